"""TEXT and what is looked for → the passages that hold it, the found words marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from crawler.exporting.formats.search import JAPANESE, WORD

MOST: Final = 2  # passages of a text
BESIDE: Final = {"ja": 36, "en": 84}  # code points shown on each side of what is found
LOOKED_AT: Final = 200_000  # code points of a text
MOST_MARKS: Final = 24  # in one passage
_ACCENTED: Final = re.compile("[\u00c0-\u036f\u1e00-\u1fff]")


class Piece(NamedTuple):
    """A run of a passage; `found` where it is what was looked for."""

    text: str
    found: bool = False


class Looked:
    """What is looked for, made ready once for many texts."""

    def __init__(self, parts: Sequence[str]) -> None:
        self._patterns = [pattern for part in parts if (pattern := _pattern(part))]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def passages(self, text: str, language: str) -> list[list[Piece]]:
        """At most two passages: the first place of each word that is not in one already."""
        text = text[:LOOKED_AT]
        folded, places = _folded(text)
        beside = BESIDE.get(language, BESIDE["en"])
        spans: list[tuple[int, int]] = []
        for pattern in self._patterns:
            found = pattern.search(folded)
            if found is None or len(spans) >= MOST:
                continue
            at, end = places[found.start()], places[found.end()]
            if not any(start <= at < stop for start, stop in spans):
                spans.append(_window(text, at, end, beside, language))
        return [self._marked(text, folded, places, *span) for span in sorted(spans)]

    def marked(self, text: str) -> list[Piece]:
        """A whole short text, such as a headline."""
        folded, places = _folded(text)
        return self._marked(text, folded, places, 0, len(text))

    def _marked(self, text: str, folded: str, places: Sequence[int], start: int, end: int) -> list[Piece]:
        found: list[tuple[int, int]] = []
        for pattern in self._patterns:
            for match in pattern.finditer(folded):
                at, stop = places[match.start()], places[match.end()]
                if at >= end:
                    break
                if at >= start:
                    found.append((at, min(stop, end)))
        pieces: list[Piece] = []
        last = start
        for at, stop in sorted(found)[:MOST_MARKS]:
            if at < last:
                continue
            pieces += [Piece(text[last:at]), Piece(text[at:stop], True)]
            last = stop
        pieces.append(Piece(text[last:end]))
        shown = [piece for piece in pieces if piece.text]
        before = "…" if start and text[start - 1] != "\n" else ""
        after = "…" if end < len(text) and text[end] != "\n" else ""
        return [*([Piece(before)] if before else []), *shown, *([Piece(after)] if after else [])]


def _window(text: str, at: int, end: int, beside: int, language: str) -> tuple[int, int]:
    """About so much on each side, within the paragraph, not in the middle of a Latin word."""
    start, stop = max(0, at - beside), min(len(text), end + beside)
    begin = text.rfind("\n", start, at) + 1
    start = begin or start
    close = text.find("\n", end, stop)
    stop = close if close >= 0 else stop
    if language != "ja":
        if start and not begin:
            start = min(at, text.find(" ", start, at) + 1 or start)
        if stop < len(text) and close < 0:
            space = text.rfind(" ", end, stop)
            stop = space if space > 0 else stop
    return start, stop


def _pattern(part: str) -> re.Pattern[str] | None:
    tokens = WORD.findall(unicodedata.normalize("NFKC", part))
    if not tokens:
        return None
    parts = []
    for token in tokens:
        folded = "".join(_fold(character) for character in token)
        plain = re.escape(folded)
        parts.append(plain if JAPANESE.match(token) else rf"(?<![^\W_]){plain}(?![^\W_])")
    joined = r"[\W_]{0,9}".join(parts)
    # A Latin word may stand against Japanese, which is a letter too: there the index parts them.
    return re.compile(joined.replace(r"(?<![^\W_])", r"(?<![0-9a-z])").replace(r"(?![^\W_])", r"(?![0-9a-z])"))


_FOLDS: dict[str, str] = {}


def _fold(character: str) -> str:
    """As the index has it: one width, lower case, without marks above Latin letters."""
    folded = _FOLDS.get(character)
    if folded is None:
        folded = unicodedata.normalize("NFKC", character).lower()
        if not JAPANESE.match(folded):
            parts = unicodedata.normalize("NFD", folded)
            folded = "".join(one for one in parts if not unicodedata.combining(one)) or folded
        if len(_FOLDS) < 50_000:
            _FOLDS[character] = folded
    return folded


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text as the index has it, and for each of its places (and its end) the place in the text."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if len(plain) == len(text) and not _ACCENTED.search(plain):  # then each is the one in its place
        return plain, range(len(text) + 1)
    parts = [_fold(character) for character in text]
    folded = "".join(parts)
    if len(folded) == len(text):
        return folded, range(len(text) + 1)
    return folded, [*_places(parts), len(text)]


def _places(parts: Sequence[str]) -> Iterator[int]:
    for at, part in enumerate(parts):
        for _ in part:
            yield at
