"""SENTENCES → cosines: how alike an encoder finds spans of two articles, and how much more than their neighbours.

A span's vector is the mean of its sentences' by the square roots of their lengths, so each sentence is encoded once and
a span's cosine follows from those of its sentences. Those are rounded: what processors add up differently stays behind.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from operator import mul
from typing import Final, NamedTuple

from crawler.alignment.band import Band
from crawler.alignment.encoders.protocol import Encoder
from crawler.alignment.sentences import Sentence

MAX_TEXT: Final = 2000  # code points of one sentence that are encoded
DECIMALS: Final = 4
RIVALS: Final = 4
RANKED: Final = 2 * RIVALS  # of which a span may hold so many as it has sentences


class Likeness(NamedTuple):
    """A cosine, and how far it is above the mean of the best rivals of the translation's and of the original's span."""

    cosine: float
    margin_t: float
    margin_o: float


def compare(translation: Sequence[Sentence], original: Sequence[Sentence], encoder: Encoder) -> Cosines:
    """The sentences of two articles, encoded; at once, since encoders like many."""
    texts = [_readable(sentence.text) for sentence in (*translation, *original)]
    rows = encoder.encode(texts) if texts else []
    return Cosines(_Side(translation, rows[: len(translation)]), _Side(original, rows[len(translation) :]))


class Cosines:
    """The likeness of any two spans of two articles; rivals are sentences of the other side around the same place."""

    def __init__(self, translation: _Side, original: _Side) -> None:
        self._t, self._o = translation, original
        size_t, size_o = len(translation.rows), len(original.rows)
        self._around_t, self._around_o = Band(size_t, size_o).around, Band(size_o, size_t).around
        self._pairs: dict[tuple[int, int], float] = {}
        self._rivals_t: dict[tuple[int, int], list[tuple[float, int]]] = {}
        self._rivals_o: dict[tuple[int, int], list[tuple[float, int]]] = {}

    def of(self, t: int, t_end: int, o: int, o_end: int) -> Likeness:
        """How alike these sentences of the translation are to those of the original."""
        cosine = self._cosine(t, t_end, o, o_end)
        rivals_t = _outside(self._rivals_of_t(t, t_end), o, o_end)
        rivals_o = _outside(self._rivals_of_o(o, o_end), t, t_end)
        return Likeness(cosine, cosine - rivals_t, cosine - rivals_o)

    def _cosine(self, t: int, t_end: int, o: int, o_end: int) -> float:
        total = sum(
            self._t.sizes[one] * self._o.sizes[other] * self._pair(one, other)
            for one in range(t, t_end)
            for other in range(o, o_end)
        )
        return total / (self._t.length(t, t_end) * self._o.length(o, o_end))

    def _pair(self, t: int, o: int) -> float:
        found = self._pairs.get((t, o))
        if found is None:
            found = self._pairs[t, o] = _product(self._t.rows[t], self._o.rows[o])
        return found

    def _rivals_of_t(self, t: int, t_end: int) -> list[tuple[float, int]]:
        found = self._rivals_t.get((t, t_end))
        if found is None:
            near = range(*self._around_t(t))
            found = self._rivals_t[t, t_end] = _ranked([(self._cosine(t, t_end, o, o + 1), o) for o in near])
        return found

    def _rivals_of_o(self, o: int, o_end: int) -> list[tuple[float, int]]:
        found = self._rivals_o.get((o, o_end))
        if found is None:
            near = range(*self._around_o(o))
            found = self._rivals_o[o, o_end] = _ranked([(self._cosine(t, t + 1, o, o_end), t) for t in near])
        return found


class _Side:
    """One article's sentences as vectors."""

    def __init__(self, sentences: Sequence[Sentence], rows: Sequence[Sequence[float]]) -> None:
        self.sizes = [math.sqrt(len(sentence.text)) for sentence in sentences]
        self.rows = [array("d", row) for _, row in zip(sentences, rows, strict=True)]
        self._lengths: dict[tuple[int, int], float] = {}

    def length(self, start: int, end: int) -> float:
        """Of the sum of a span's vectors."""
        found = self._lengths.get((start, end))
        if found is None:
            squares = sum(self.sizes[at] ** 2 for at in range(start, end))
            products = sum(
                self.sizes[at] * self.sizes[other] * _product(self.rows[at], self.rows[other])
                for at in range(start, end)
                for other in range(start, at)
            )
            found = self._lengths[start, end] = math.sqrt(max(1.0, squares + 2.0 * products))
        return found


def _product(one: array[float], other: array[float]) -> float:
    total: float = sum(map(mul, one, other))
    return round(total, DECIMALS)


def _ranked(found: list[tuple[float, int]]) -> list[tuple[float, int]]:
    return sorted(found, key=lambda rival: (-rival[0], rival[1]))[:RANKED]


def _outside(ranked: list[tuple[float, int]], start: int, end: int) -> float:
    """The mean of the best that are not of the span; 0 without any."""
    best = [cosine for cosine, at in ranked if not start <= at < end][:RIVALS]
    return sum(best) / len(best) if best else 0.0


def _readable(text: str) -> str:
    """What encoders can read: halves of characters, which some texts have, are question marks."""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")
