"""How well beads agree with gold: strict, lax and by links, with intervals over documents, and calibration.

A bead is a pair of tuples of sentence numbers, translation first. Beads with an empty side are not counted. Strict:
both sides exactly right. Lax, as Vecalign has it: some sentence of each side in common with one gold bead. Links: the
pairs of sentences that beads hold.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

Bead = tuple[tuple[int, ...], tuple[int, ...]]


class Counts(NamedTuple):
    """Of one document: how many were found, how many of those are right; how many there are, how many were found."""

    found: int
    right: int
    gold: int
    recalled: int


class Interval(NamedTuple):
    """A score, and where it lies in 95 of 100 draws of documents."""

    score: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.score:.3f} [{self.low:.3f}, {self.high:.3f}]"


Counting = Callable[[Iterable[Bead], Iterable[Bead]], Counts]


def strict(found: Iterable[Bead], gold: Iterable[Bead]) -> Counts:
    """Beads that are in the gold just so."""
    return _counted(set(_paired(found)), set(_paired(gold)))


def lax(found: Iterable[Bead], gold: Iterable[Bead]) -> Counts:
    """Beads that have a sentence of each side in common with one of the gold's."""
    ours, theirs = set(_paired(found)), set(_paired(gold))
    right = sum(any(_touch(bead, other) for other in theirs) for bead in ours)
    recalled = sum(any(_touch(bead, other) for other in ours) for bead in theirs)
    return Counts(len(ours), right, len(theirs), recalled)


def links(found: Iterable[Bead], gold: Iterable[Bead]) -> Counts:
    """Pairs of sentences."""
    return _counted(set(links_of(found)), set(links_of(gold)))


def links_of(beads: Iterable[Bead]) -> Iterable[tuple[int, int]]:
    """Every pair of a sentence and one that its bead holds of the other side."""
    return ((t, o) for ts, os in beads for t in ts for o in os)


def f1(documents: Iterable[Counts]) -> float:
    """The F1 over all documents together."""
    counts = list(documents)
    found, right, gold, recalled = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0, 0)
    precision, recall = right / found if found else 0.0, recalled / gold if gold else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def interval(documents: Sequence[Counts], *, draws: int = 1000, seed: int = 1) -> Interval:
    """The F1 with a bootstrap interval: documents drawn with replacement."""
    chance = random.Random(seed)
    scores = sorted(f1(chance.choices(documents, k=len(documents))) for _ in range(draws))
    return Interval(f1(documents), scores[int(draws * 0.025)], scores[int(draws * 0.975)])


def gain(ours: Sequence[Counts], theirs: Sequence[Counts], *, draws: int = 1000, seed: int = 1) -> Interval:
    """By how much one F1 is above another, with a bootstrap interval: the same documents are drawn for both."""
    chance, pairs = random.Random(seed), list(zip(ours, theirs, strict=True))
    drawn = (zip(*chance.choices(pairs, k=len(pairs)), strict=True) for _ in range(draws))
    gains = sorted(f1(one) - f1(other) for one, other in drawn)
    return Interval(f1(ours) - f1(theirs), gains[int(draws * 0.025)], gains[int(draws * 0.975)])


def calibration_error(judged: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """How far confidences are from what they proved to be, on average (ECE, bins of equal width)."""
    rows: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for chance, is_right in judged:
        rows[min(bins - 1, int(chance * bins))].append((chance, is_right))
    gaps = (abs(sum(chance - is_right for chance, is_right in row)) for row in rows)
    return sum(gaps) / len(judged) if judged else 0.0


def is_paired(bead: Bead, gold: Iterable[Bead]) -> bool:
    """Whether at least half of a bead's links are links of the gold."""
    known = set(links_of(gold))
    ours = list(links_of([bead]))
    return 2 * sum(link in known for link in ours) >= len(ours)


def _paired(beads: Iterable[Bead]) -> Iterable[Bead]:
    return ((tuple(ts), tuple(os)) for ts, os in beads if ts and os)


def _counted(ours: set[Bead] | set[tuple[int, int]], theirs: set[Bead] | set[tuple[int, int]]) -> Counts:
    right = len(ours & theirs)
    return Counts(len(ours), right, len(theirs), right)


def _touch(one: Bead, other: Bead) -> bool:
    return not set(one[0]).isdisjoint(other[0]) and not set(one[1]).isdisjoint(other[1])
