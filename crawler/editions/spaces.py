"""CHANGES → what is left between them: paragraphs split and joined, and white space that came or went with sentences.

With these the changes are complete: without them old and new text are the same characters.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import Final

from crawler.editions.order import Pair
from crawler.editions.pieces import Pieces
from crawler.editions.records import Place, TextChange, What

Span = tuple[int, int]
BLANK_LINE: Final = re.compile(r"\n[^\S\n]*\n")


def spaces(old: Pieces, new: Pieces, chain: Sequence[Pair], found: Sequence[TextChange]) -> Iterator[TextChange]:
    """What lies between sentences that stay in order, less what other changes account for."""
    here = _Between(old, [a for a, _ in chain], [one.old for one in found if one.old])
    there = _Between(new, [b for _, b in chain], [one.new for one in found if one.new])
    for number in range(len(chain) + 1):
        before, after = here.left(number), there.left(number)
        while before and after and old.text[slice(*before[0])] == new.text[slice(*after[0])]:
            del before[0], after[0]
        while before and after and old.text[slice(*before[-1])] == new.text[slice(*after[-1])]:
            del before[-1], after[-1]
        for one, other in zip_longest(before, after):
            was, now = _place(old, one), _place(new, other)
            what = _what(was, now) if here.is_bare(number) and there.is_bare(number) else "spacing"
            yield TextChange(what=what, unit="space", old=was, new=now)


class _Between:
    """One text, parted by the sentences that stay."""

    def __init__(self, pieces: Pieces, stay: Sequence[int], taken: Sequence[Place]) -> None:
        ends = [0, *(pieces.sentences[at].end for at in stay)]
        starts = [*(pieces.sentences[at].start for at in stay), len(pieces.text)]
        self._parts = list(zip(ends, starts, strict=True))
        self._inside: list[list[Span]] = [[] for _ in self._parts]
        number = 0
        for span in sorted((place.start, place.end) for place in taken):
            while number < len(self._parts) - 1 and span[0] >= self._parts[number][1]:
                number += 1
            if span[0] >= self._parts[number][0] and span[1] <= self._parts[number][1]:
                self._inside[number].append(span)

    def is_bare(self, number: int) -> bool:
        """Whether no sentence stands in that part."""
        return not self._inside[number]

    def left(self, number: int) -> list[Span]:
        """What no change takes, of that part."""
        start, end = self._parts[number]
        edges = [start, *(edge for span in self._inside[number] for edge in span), end]
        return [(a, b) for a, b in list(pairwise(edges))[::2] if b > a]


def _place(pieces: Pieces, span: Span | None) -> Place | None:
    if span is None:
        return None
    paragraph = max(0, bisect_left(pieces.paragraphs, span[0], key=lambda one: one.start) - 1)
    return Place(paragraph=paragraph, start=span[0], end=span[1], text=pieces.text[span[0] : span[1]])


def _what(was: Place | None, now: Place | None) -> What:
    had, has = (bool(place and BLANK_LINE.search(place.text)) for place in (was, now))
    return "spacing" if had == has else "split" if has else "joined"
