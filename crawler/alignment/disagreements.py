"""EVIDENCE → warnings: numbers and names that differ within a link, as printed, `number: translation / original`.

They are a translator's choices as often as slips: a warning says look, not wrong. What only one side has is none, since
asides are dropped and explanations added everywhere; nor is what the next sentence has after all, nor a rounded figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from crawler.alignment.evidence import Evidence
from crawler.alignment.lattice import Bead
from crawler.alignment.names import KATAKANA
from crawler.alignment.numbers import Number, agree
from crawler.alignment.sentences import Sentence
from crawler.alignment.words import stem_of

CAPITALIZED: Final = re.compile(r"(?<=[a-z,;:] )[A-Z][a-z]{2,}")
MAX_TEXT: Final = 2000
T = TypeVar("T")


class Disagreements:
    """What differs within the beads of one pair of articles."""

    def __init__(self, evidence: Evidence, translation: Sequence[Sentence], original: Sequence[Sentence]) -> None:
        self._evidence = evidence
        self._translation, self._original = translation, original
        self._names_o = [dict.fromkeys(KATAKANA.findall(sentence.text[:MAX_TEXT])) for sentence in original]
        self._names_t = [_capitalized(sentence.text[:MAX_TEXT]) for sentence in translation]
        known = evidence.renderings
        self._known = {stem for stems in known.values() for stem in stems}
        self._stems_o = [{stem for name in names for stem in known.get(name, ())} for names in self._names_o]

    def within(self, bead: Bead) -> Iterator[str]:
        """The bead's warnings."""
        if bead.links:
            end_t, end_o = bead.end
            yield from (f"number: {one} / {other}" for one, other in self._numbers(bead.t, end_t, bead.o, end_o))
            yield from (f"name: {one} / {other}" for one, other in self._names(bead.t, end_t, bead.o, end_o))

    def _numbers(self, t: int, end_t: int, o: int, end_o: int) -> Iterator[tuple[str, str]]:
        here, there = self._evidence.translation.numbers, self._evidence.original.numbers
        lone_t = _lone(here, t, end_t, there, o, end_o, self._translation)
        lone_o = _lone(there, o, end_o, here, t, end_t, self._original)
        for kind, written in lone_t:
            other = next((one for one in lone_o if one[0] == kind), None)
            if other:
                lone_o.remove(other)
                yield written, other[1]

    def _names(self, t: int, end_t: int, o: int, end_o: int) -> Iterator[tuple[str, str]]:
        """Names of the one side that the other calls by a name it knows, but not here."""
        near_t = {stem for names in _near(self._names_t, t, end_t) for stem in names}
        near_o = {stem for stems in _near(self._stems_o, o, end_o) for stem in stems}
        lone_o = [
            name
            for names in self._names_o[o:end_o]
            for name in names
            if (stems := self._evidence.renderings.get(name)) and not stems & near_t and self._is_name(stems)
        ]
        lone_t = [
            written
            for names in self._names_t[t:end_t]
            for stem, written in names.items()
            if stem in self._known and stem not in near_o
        ]
        yield from zip(lone_t, lone_o, strict=False)

    def _is_name(self, stems: frozenset[str]) -> bool:
        return any(stem in names for names in self._names_t for stem in stems)


def _capitalized(text: str) -> dict[str, str]:
    """Words with a capital that do not begin a sentence: their stems, and how they are written."""
    return {stem: word for word in CAPITALIZED.findall(text) if (stem := stem_of(word))}


def _near(rows: Sequence[T], start: int, end: int) -> Sequence[T]:
    return rows[max(0, start - 1) : end + 1]


def _lone(
    numbers: list[list[Number]], start: int, end: int, others: list[list[Number]], first: int, last: int,
    sentences: Sequence[Sentence],
) -> list[tuple[str, str]]:  # fmt: skip
    """Telling numbers that have none like them on the other side, nor in the sentences beside it: kind, as printed."""
    known = [number for row in _near(others, first, last) for number in row]
    return [
        (number.kind, sentences[at].text[number.start : number.end])
        for at in range(start, end)
        for number in numbers[at]
        if number.is_telling and not any(agree(number, other) for other in known)
    ]
