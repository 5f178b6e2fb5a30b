"""The link from a translation to its original: by host, position and wording, every candidate kept.

link_line  `(Read the editorial in Japanese.)`, a line of its own                       → declares
widget     `このページを` `日本語` `で読む` at the top of the text                       → declares
link_words the same words within a longer paragraph, or a link that only says Japanese   → declares
line_end   a line that is nothing but such a link, right before the author's line        → declares
body_link  a citation                                                                    → does not
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from crawler.layers.pieces import Piece
from crawler.models import Candidate, Original

VERB = r"(?:click|read|see|access|view|find|go|check)"
JAPANESE = (
    r"(?:in\s(?:its\s|the\s)?(?:original\s)?japanese|(?:in\s)?(?:its\s|the\s)?original\s(?:in\s)?japanese"
    r"|japanese\s(?:version|original|article|text|edition|page|here))"
)
TAIL = r"(?:\W*(?:here|at|on|from|via)\b.{0,60})?\W*$"
# A whole line, in parentheses or not, that says where the original can be read; it is no part of the text.
LINK_LINE = re.compile(rf"^[\W_]*(?:please\s)?{VERB}\b.{{0,90}}?\b{JAPANESE}\b{TAIL}", re.IGNORECASE)
LABEL_LINE = re.compile(
    rf"^[\W_]*(?:the\s)?(?:original\s(?:article|editorial|column|text)\b.{{0,30}}\bjapanese|{JAPANESE})\b{TAIL}",
    re.IGNORECASE,
)
JAPANESE_LINE = re.compile(
    r"^[\W_]*(?:この(?:ページ|記事|社説|コラム|論説)を|原文|元の記事|オリジナル)?[はをの（(\s]*(?:日本語版?)?[)）\s]*"
    r"(?:で|を|は|の)?\s*(?:読む|こちら|記事|見る)?(?:から)?[\W_]*$"
)
WORDS = re.compile(
    rf"\b{VERB}\b.{{0,120}}\bjapanese\b|{JAPANESE}|\b(?:originally|first)\s(?:published|appeared)|\btranslat(?:ed|ion)\s(?:from|of)\b",
    re.IGNORECASE,
)
BARE_WORDS = re.compile(
    r"^\W*(?:japanese(?:\s(?:version|original|here))?|here|日本語版?|原文|こちら)\W*$", re.IGNORECASE
)
LONGEST_LINE = 180
LONGEST_WORDING = 1_000  # of a paragraph that cites; two hundred candidates may stand in one
MOST_CANDIDATES = 200
DECLARES = 50  # the least score that makes a candidate the original's address
SCORES = {"link_line": 100, "widget": 90, "link_words": 70, "line_end": 50, "body_link": 10}


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of the page that may name the original, its place counted from the end of the text."""

    piece: Piece
    from_end: int


def is_link_line(text: str) -> bool:
    """Whether a line does nothing but say where the Japanese can be read; also true where it carries no link."""
    return len(text) <= LONGEST_LINE and bool(LINK_LINE.match(text) or LABEL_LINE.match(text))


def is_widget(text: str) -> bool:
    """Whether a line is the Japanese `このページを日本語で読む`, or one of the three nodes it comes in."""
    return bool(re.search(r"日本語|このページ|この記事|で読む|原文", text)) and bool(JAPANESE_LINE.match(text))


def recognise(lines: list[Line], is_original: Callable[[str], bool], canonical: Callable[[str], str]) -> Original:
    """The original as the page declares it; `is_original` says of an address whether it may be one."""
    found: list[tuple[int, int, Candidate]] = []
    for at, line in enumerate(lines):
        for url, words, _ in line.piece.links if len(found) < MOST_CANDIDATES else ():
            if is_original(url):
                rule = _rule(line, words)
                score = SCORES[rule] + (5 if line.from_end <= 3 else 0)
                wording = line.piece.text[:LONGEST_WORDING]
                found.append((-score, at, Candidate(url=canonical(url), wording=wording, rule=rule)))
    best = sorted(found, key=lambda entry: entry[:2])
    unique: dict[str, Candidate] = {}
    for _, _, candidate in best:
        unique.setdefault(candidate.url, candidate)
    declared = best[0][2] if best and -best[0][0] >= DECLARES else None
    texts = [line.piece.text for line in lines]
    said = next((t for t in texts if is_link_line(t)), None) or next((t for t in texts if is_widget(t)), None)
    return Original(
        url=declared.url if declared else None,
        wording=declared.wording if declared else said,
        candidates=tuple(unique.values()),
    )


def _rule(line: Line, words: str) -> str:
    text = line.piece.text
    if is_link_line(text):
        return "link_line"
    if is_widget(text):
        return "widget"
    japanese = bool(re.search(r"japanese|日本語|原文", text, re.IGNORECASE))
    if (
        WORDS.search(words)
        or (japanese and BARE_WORDS.match(words))
        or (WORDS.search(text) and len(text) <= LONGEST_LINE)
    ):
        return "link_words"
    is_alone = len(words) * 10 >= len(text) * 8
    return "line_end" if is_alone and line.from_end <= 3 else "body_link"
