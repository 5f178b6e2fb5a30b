"""A CHANGE → the sentences of the other side that render what was changed, and how surely these are the ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.editions.pieces import Piece
from crawler.editions.records import Basis, Place, Spot
from crawler.editions.shelf import AlignmentPart, SpanPart
from crawler.editions.telling import Told

TRANSLATION: Final = 0
ORIGINAL: Final = 1


@dataclass(frozen=True, slots=True)
class Counter:
    """Sentences of the other side, and the edition of it in which they are looked at."""

    basis: Basis
    edition: int
    threads: frozenset[int]
    places: tuple[Spot, ...]


class Links:
    """Which sentences of one side are which of the other, by the alignment of two versions, if there is one."""

    def __init__(
        self, translation: Told, original: Told, alignment: AlignmentPart | None, versions: tuple[int, int]
    ) -> None:
        self._sides = translation, original
        self._linked: tuple[dict[int, set[int]], dict[int, set[int]]] = ({}, {})
        here, there = translation.place_of(versions[TRANSLATION]), original.place_of(versions[ORIGINAL])
        if alignment is None or here is None or there is None:
            return
        for link in alignment.sentences:
            ours, theirs = _threads(translation, here, link.translation), _threads(original, there, link.original)
            for thread in ours:
                self._linked[TRANSLATION].setdefault(thread, set()).update(theirs)
            for thread in theirs:
                self._linked[ORIGINAL].setdefault(thread, set()).update(ours)

    def are_spoken_for(self, side: int, threads: frozenset[int]) -> bool:
        """Whether sentences of a side are known to render some of the other, and so no sentence that has no link."""
        return any(self._linked[side].get(thread) for thread in threads)

    def counter(self, side: int, threads: frozenset[int], at: int, place: Place, moment: dt.datetime) -> Counter:
        """The counterpart of sentences that stand, or stood, at a place of a side's edition `at`.

        By their own links, else by those of others in their paragraph, else by the paragraph's position alone.
        """
        own, other = self._sides[side], self._sides[1 - side]
        edition, linked = other.in_force(moment), self._linked[side]
        if known := threads & linked.keys():
            theirs = frozenset().union(*(linked[thread] for thread in known))
            return Counter("sentence", edition, theirs, _spots(other.known(edition, theirs)))
        near = own.threads_of_paragraph(at, place.paragraph) & linked.keys()
        found = other.known(edition, set().union(*(linked[thread] for thread in near)))
        if found:
            numbers = {sentence.paragraph for sentence in found}
            return _of_paragraphs("paragraph", other, edition, numbers)
        sizes = len(own.pieces[at].paragraphs), len(other.pieces[edition].paragraphs)
        return _of_paragraphs("position", other, edition, {_scaled(place.paragraph, *sizes)})


def _of_paragraphs(basis: Basis, other: Told, edition: int, numbers: set[int]) -> Counter:
    whole = [one for number in sorted(numbers) if (one := other.paragraph(edition, number))]
    threads = (thread for one in whole for thread in other.threads[edition][one.first : one.last])
    return Counter(basis, edition, frozenset(threads), _spots(whole))


def _spots(pieces: Iterable[Piece]) -> tuple[Spot, ...]:
    return tuple(Spot(paragraph=one.paragraph, start=one.start, end=one.end) for one in pieces)


def _threads(article: Told, at: int, spans: Sequence[SpanPart]) -> set[int]:
    return set().union(*(article.threads_in(at, span.start, span.end) for span in spans))


def _scaled(number: int, size: int, other: int) -> int:
    """The paragraph at the same place in a text of another number of paragraphs."""
    return number if size == other or size < 2 else round(number * (other - 1) / (size - 1))
