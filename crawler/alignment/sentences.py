"""TEXT → sentences, with the places where they stand: `split(text, language)`.

Sentences never cross a line break, and a blank line parts paragraphs. Between them the spans leave out white space and
nothing else, so that what an archive holds can be found again however often this splitter is revised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple


class Sentence(NamedTuple):
    """One sentence: code points of the article's text from `start` to `end`, and the paragraph it stands in."""

    start: int
    end: int
    paragraph: int
    text: str


def split(text: str, language: str) -> list[Sentence]:
    """The sentences of a text in English (`en`) or Japanese (`ja`)."""
    ends = _japanese_ends if language == "ja" else _english_ends
    sentences = []
    for number, (start, end) in enumerate(paragraphs(text)):
        for line in re.finditer(r"[^\n]+", text[start:end]):
            began = 0
            for ended in ends(line[0]):
                piece = line[0][began:ended]
                left = len(piece) - len(piece.lstrip())
                if words := piece.strip():
                    at = start + line.start() + began + left
                    sentences.append(Sentence(at, at + len(words), number, words))
                began = ended
    return sentences


def is_heading(text: str) -> bool:
    """Whether a line reads like a heading: short, and not closed as sentences are."""
    return len(text) <= LONGEST_HEADING and not CLOSED.search(text) and not text.isdigit()


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each part between blank lines goes; parts of nothing but white space are none."""
    start = 0
    for end, after in [*(found.span() for found in BLANK_LINES.finditer(text)), (len(text), len(text))]:
        if end > start and not text[start:end].isspace():
            yield start, end
        start = after


LONGEST_HEADING: Final = 80
CLOSED: Final = re.compile(r"[.!?。！？…:：,、][\"'”’»」』）)\]]*$")
BLANK_LINES: Final = re.compile(r"\n[^\S\n]*\n\s*")


# Japanese -----------------------------------------------------------------------------------------

MAX_QUOTE: Final = 220  # an opened bracket that has not closed by then was never meant to
OPENING: Final = dict(zip("「『（(〈《【〔“", "」』）)〉》】〕”", strict=True))
CLOSING: Final = frozenset(OPENING.values())
#: What goes on after 「…。」; anything else begins a sentence of its own.
QUOTES_ON: Final = re.compile(r"[とはがをもにのでやなかへだ、。，）」』―—…！？]")
JAPANESE_STOPS: Final = frozenset("。！？!?．")


def _japanese_ends(line: str) -> Iterator[int]:
    """Where each sentence of a line ends: at a stop outside brackets, together with what closes behind it."""
    expected: list[str] = []
    opened_at = 0
    at, size = 0, len(line)
    while at < size:
        char = line[at]
        at += 1
        if char in OPENING:
            if not expected:
                opened_at = at
            if len(expected) < 8:
                expected.append(OPENING[char])
        elif expected and at - opened_at > MAX_QUOTE:
            expected.clear()
        elif char in CLOSING and char in expected:
            del expected[expected.index(char) :]
            if not expected and line[at - 2 : at - 1] == "。" and not QUOTES_ON.match(line, at):
                yield at
        if char in JAPANESE_STOPS and not expected and not _is_decimal(line, at):
            while at < size and (line[at] in JAPANESE_STOPS or line[at] in CLOSING):
                at += 1
            yield at
    if size:
        yield size


def _is_decimal(line: str, after: int) -> bool:
    return line[after - 1] == "．" and (not line[after : after + 1] or line[after].isalnum())


# English ------------------------------------------------------------------------------------------

ABBREVIATIONS: Final = frozenset(
    """mr mrs ms dr prof st jr sr gen lt col maj capt cmdr adm sgt cpl rev hon gov sen rep pres sec amb supt det insp
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun no nos vol vs art sect fig est approx
    inc ltd co corp bros dept univ assn ave blvd rd mt ft pt messrs pp ed eds trans al cf etc eg ie dist""".split()  # noqa: SIM905 - words read better so
)
#: These may end a sentence too, before a word with a capital: `… Toyota Motor Corp. The …`.
MAY_END: Final = frozenset({"inc", "ltd", "co", "corp", "bros", "etc", "al", "jr", "sr"})
ENGLISH_STOP: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*")
INITIALS: Final = re.compile(r"(?:\b[A-Za-z]\.){1,6}$")
LAST_WORD: Final = re.compile(r"([A-Za-z]+)\.$")
STARTS: Final = re.compile(r"[\"'“‘«(\[—–-]*\s*[\"'“‘«(\[]*[A-Z0-9À-ÞЀ-Я\u3040-\u9fff$¥€£]")
COMMON_STARTS: Final = frozenset(
    """the a an it he she they we i you this that these those in on at but and or if when while as for to from by with
    however there what why how who not no so after before since although though his her its our their such yet now
    meanwhile moreover furthermore nevertheless both some many most another all one even still""".split()  # noqa: SIM905 - words read better so
)


def _english_ends(line: str) -> Iterator[int]:
    for found in ENGLISH_STOP.finditer(line):
        if _ends_english(line, found):
            yield found.end()
    if line:
        yield len(line)


def _ends_english(line: str, stop: re.Match[str]) -> bool:
    rest = line[stop.end() : stop.end() + 40]
    if not rest[:1].isspace():
        return False
    following = rest.lstrip()
    if not STARTS.match(following):
        return False
    before = line[max(0, stop.start() - 24) : stop.start() + 1]
    if stop[0] != ".":
        return True
    if INITIALS.search(before):
        return _first_word(following) in COMMON_STARTS and len(INITIALS.search(before)[0]) > 2  # type: ignore[index]
    word = LAST_WORD.search(before)
    name = word[1].lower() if word else ""
    if name == "no":
        return not following[:1].isdigit()
    return name not in ABBREVIATIONS or (name in MAY_END and _first_word(following) in COMMON_STARTS)


def _first_word(text: str) -> str:
    found = re.search(r"[A-Za-z]+", text)
    return found[0].lower() if found else ""
