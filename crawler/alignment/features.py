"""EVIDENCE → features: what speaks for rendering these sentences by those, as a few numbers a weight each is fitted to.

A bead takes `t` sentences of the translation and `o` of the original; where one is 0, a sentence was added or dropped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from crawler.alignment.cosines import Cosines, Likeness
from crawler.alignment.evidence import Evidence, Side
from crawler.alignment.numbers import agree

#: (t, o): how many sentences of the translation and of the original a bead takes.
SHAPES: Final = (
    (1, 1), (1, 2), (2, 1), (1, 0), (0, 1), (2, 2), (1, 3), (3, 1), (2, 3), (3, 2), (1, 4), (4, 1),
)  # fmt: skip
MAX_SIDE: Final = max(max(shape) for shape in SHAPES)

PAIRED: Final = (
    "covered_t", "covered_o", "uncovered_t", "uncovered_o", "share", "share_merged", "rival_t", "rival_o", "weakest",
    "joint", "orphans", "length", "length_merged", "numbers_agree", "numbers_disagree", "question", "quote",
    "crosses_t", "crosses_o", "starts", "drift", "headings", "heading_apart",
)  # fmt: skip
ALONE: Final = ("total", "best", "orphans", "length", "heading", "paragraph")
#: One weight each; first a prior a shape, then what pairs have, then what lone sentences have on either side.
NAMES: Final = (
    *(f"shape_{t}_{o}" for t, o in SHAPES),
    *PAIRED,
    *(f"added_{name}" for name in ALONE),
    *(f"dropped_{name}" for name in ALONE),
)
#: What pairs have besides, where there is an encoder.
ENCODED: Final = ("cosine", "cosine_merged", "margin_t", "margin_o")

A_WORD: Final = 8.0  # bits are counted in words of so many
A_COSINE: Final = 0.2  # what cosines are counted in
AN_ORPHAN: Final = 4.0  # bits that a word without any counterpart would have had


class _Overlap(NamedTuple):
    covered: int
    total: int
    rival: int
    weakest: float
    joint: int
    orphans: int


class Features:
    """The features of any bead of one pair of articles; those of ENCODED too, if an encoder has compared them."""

    def __init__(self, evidence: Evidence, cosines: Cosines | None = None) -> None:
        self._cosines = cosines
        self._t, self._o = evidence.translation, evidence.original
        self.size = len(self._t.paragraphs), len(self._o.paragraphs)
        self._to_o = len(self._o.paragraphs) / max(1, len(self._t.paragraphs))
        length_t, length_o = sum(self._t.lengths), sum(self._o.lengths)
        self._ratio = length_t / length_o if length_t and length_o else 1.0

    def of(self, shape: int, t: int, o: int) -> list[tuple[int, float]]:
        """Which weights a bead that begins at (t, o) calls for, and how much of each."""
        size_t, size_o = SHAPES[shape]
        if not size_o:
            return [(shape, 1.0), *self._alone(self._t, t, _ADDED)]
        if not size_t:
            return [(shape, 1.0), *self._alone(self._o, o, _DROPPED)]
        found = [(shape, 1.0), *self._paired(t, t + size_t, o, o + size_o)]
        if self._cosines is not None:
            found += _encoded(self._cosines.of(t, t + size_t, o, o + size_o), is_merged=size_t + size_o > 2)
        return found

    def likeness(self, t: int, t_end: int, o: int, o_end: int) -> tuple[float, float]:
        """How much of what these sentences say is met on the other side of them, and how much they say, in bits."""
        sides = _overlap(self._t, t, t_end, o, o_end), _overlap(self._o, o, o_end, t, t_end)
        met = sum(side.covered for side in sides)
        return met, sum(side.total + AN_ORPHAN * side.orphans for side in sides) + AN_ORPHAN

    def _alone(self, side: Side, at: int, first: int) -> list[tuple[int, float]]:
        best = side.best[at][0][0] if side.best[at] else 0
        return list(
            enumerate(
                (
                    side.totals[at] / A_WORD,
                    best / A_WORD,
                    side.orphans[at] / A_WORD,
                    side.lengths[at] / (100 if side is self._t else 100 / self._ratio),
                    side.headings[at],
                    _starts(side, at) and (at + 1 == len(side.lengths) or _starts(side, at + 1)),
                ),
                first,
            )
        )

    def _paired(self, t: int, t_end: int, o: int, o_end: int) -> list[tuple[int, float]]:
        from_t, from_o = _overlap(self._t, t, t_end, o, o_end), _overlap(self._o, o, o_end, t, t_end)
        is_merged = t_end - t + o_end - o > 2
        share = (from_t.covered + from_o.covered + 1) / (from_t.total + from_o.total + 2)
        headings_t, headings_o = self._t.headings[t:t_end], self._o.headings[o:o_end]
        are_headings = all(headings_t) and all(headings_o)
        length = abs(self._length(t, t_end, o, o_end))
        agreeing, disagreeing = _numbers(self._t, t, t_end, self._o, o, o_end)
        return [
            (first, value)
            for first, value in enumerate(
                (
                    from_t.covered / A_WORD,
                    from_o.covered / A_WORD,
                    (from_t.total - from_t.covered) / A_WORD,
                    (from_o.total - from_o.covered) / A_WORD,
                    0.0 if is_merged else share,
                    share if is_merged else 0.0,
                    from_t.rival / A_WORD,
                    from_o.rival / A_WORD,
                    min(from_t.weakest, from_o.weakest) if is_merged else 0.0,
                    (from_t.joint + from_o.joint) / A_WORD,
                    (from_t.orphans + from_o.orphans) / A_WORD,
                    0.0 if is_merged else length,
                    length if is_merged else 0.0,
                    agreeing,
                    disagreeing,
                    _is_unlike(self._t.questions[t:t_end], self._o.questions[o:o_end]),
                    _is_unlike(self._t.quotes[t:t_end], self._o.quotes[o:o_end]),
                    self._t.paragraphs[t_end - 1] - self._t.paragraphs[t],
                    self._o.paragraphs[o_end - 1] - self._o.paragraphs[o],
                    _starts(self._t, t) == _starts(self._o, o),
                    abs((t + t_end) * self._to_o - (o + o_end)) / 2 / max(8.0, len(self._o.paragraphs)),
                    are_headings,
                    not are_headings and (any(headings_t) or any(headings_o)),
                ),
                _PAIRED,
            )
            if value
        ]

    def _length(self, t: int, t_end: int, o: int, o_end: int) -> float:
        """How far the two lengths are from each other, in the spread that Gale and Church give them."""
        length_t = sum(self._t.lengths[t:t_end])
        expected = sum(self._o.lengths[o:o_end]) * self._ratio
        return 2.0 * (length_t - expected) / (7.0 * math.sqrt(length_t + expected) + 1.0)


_PAIRED: Final = len(SHAPES)
_ADDED: Final = _PAIRED + len(PAIRED)
_DROPPED: Final = _ADDED + len(ALONE)
_ENCODED: Final = _DROPPED + len(ALONE)


def _encoded(likeness: Likeness, *, is_merged: bool) -> Iterator[tuple[int, float]]:
    cosine, margin_t, margin_o = (value / A_COSINE for value in likeness)
    values = (0.0 if is_merged else cosine, cosine if is_merged else 0.0, margin_t, margin_o)
    return ((at, value) for at, value in enumerate(values, _ENCODED) if value)


def _overlap(side: Side, start: int, end: int, other: int, other_end: int) -> _Overlap:
    """How much of these sentences the other side's have, and how much others there would have."""
    covered = total = rival = joint = orphans = 0
    weakest = 1.0
    for at in range(start, end):
        matched = side.matched[at]
        if other_end - other == 1:
            bits = single = matched.get(other, 0).bit_count()
        else:
            parts = [matched.get(one, 0) for one in range(other, other_end)]
            together = 0
            for part in parts:
                together |= part
            bits, single = together.bit_count(), max(part.bit_count() for part in parts)
        outside = next((count for count, one in side.best[at] if not other <= one < other_end), 0)
        covered += bits
        joint += bits - single
        total += side.totals[at]
        orphans += side.orphans[at]
        rival += max(0, outside - bits)
        weakest = min(weakest, (bits + 1) / (side.totals[at] + 2))
    return _Overlap(covered, total, rival, weakest, joint, orphans)


def _numbers(one: Side, start: int, end: int, two: Side, other: int, other_end: int) -> tuple[int, int]:
    """How many telling numbers both have, and how many of each have none like them (the fewer of the two)."""
    here = [number for at in range(start, end) for number in one.numbers[at] if number.is_telling]
    there = [number for at in range(other, other_end) for number in two.numbers[at] if number.is_telling]
    if not here or not there:
        return 0, 0
    agreeing = sum(any(agree(number, known) for known in there) for number in here)
    return agreeing, min(len(here) - agreeing, max(0, len(there) - agreeing))


def _is_unlike(one: Sequence[bool], other: Sequence[bool]) -> bool:
    return any(one) != any(other)


def _starts(side: Side, at: int) -> bool:
    """Whether a paragraph begins with this sentence."""
    return at == 0 or side.paragraphs[at - 1] != side.paragraphs[at]
