"""FEATURES → corridor: where a path through both articles can be at all, found by a walk over single pairs.

A sentence rendered by three looks there like one pair and two additions, so what the walk thinks possible, a little
widened, holds the ways that the full weighing has to compare. It knows rows and columns only, and keeps no beads.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from typing import Final

from crawler.alignment.band import Band
from crawler.alignment.features import SHAPES

Cell = tuple[int, int]
Score = Callable[[int, int, int], float]
"""The logarithmic weight of a shape (its number) that begins at a sentence of the translation and of the original."""

NEVER: Final = -math.inf
#: Beads speak less loudly here than in the full weighing, so that no path worth comparing is lost.
LOUDNESS: Final = 0.5
LEAST_CHANCE: Final = math.log(2e-4)
WIDENED: Final = 1
MOST_COLUMNS: Final = 12  # of a row; text that repeats itself would have them all
SMALL: Final = 36  # cells; so few are all looked at
#: Of a long article so many sentences are weighed at once, and it is cut where a path goes through most surely.
STRETCH: Final = 240
CUT_WITHIN: Final = 80

PAIR, ADDED, DROPPED = SHAPES.index((1, 1)), SHAPES.index((1, 0)), SHAPES.index((0, 1))


def corridor(size_t: int, size_o: int, score: Score) -> list[list[Cell]]:
    """The cells that a path may go through, in order; in stretches, each of which begins where the one before ends."""
    if size_t * size_o <= SMALL or not size_t or not size_o:
        return [[(t, o) for t in range(size_t + 1) for o in range(size_o + 1)]]
    band = Band(size_t, size_o)
    rows = [range(low, high + 1) for low, high in map(band.around, range(size_t + 1))]
    walk = _Walk(rows, size_o, score)
    likely, path = walk.likely(), walk.path()
    cells = sorted({*_widened(likely, size_t, size_o), *path})
    return _in_stretches(cells, [max((likely[t].get(o, NEVER), t, o) for t, o in row) for row in _by_row(path)])


class _Walk:
    """Forward and backward sums over single pairs, additions and omissions, within the rows of a band."""

    def __init__(self, rows: list[range], size_o: int, score: Score) -> None:
        self._rows = rows
        self._added = [LOUDNESS * score(ADDED, t, 0) for t in range(len(rows) - 1)]
        self._dropped = [LOUDNESS * score(DROPPED, 0, o) for o in range(size_o)]
        self._pairs = [
            [LOUDNESS * score(PAIR, t, o) if o < size_o else NEVER for o in row] for t, row in enumerate(rows[:-1])
        ]
        self._ahead, self._behind = self._forward(), self._backward()

    def likely(self) -> list[dict[int, float]]:
        """For each row, the logarithmic share of all paths that go through a column, where it is enough."""
        total = self._behind[0][0]
        rows: list[dict[int, float]] = []
        for row, ahead, behind in zip(self._rows, self._ahead, self._behind, strict=True):
            shares = zip(
                row, (before + after - total for before, after in zip(ahead, behind, strict=True)), strict=True
            )
            likely = sorted((share, o) for o, share in shares if share >= LEAST_CHANCE)[-MOST_COLUMNS:]
            rows.append({o: share for share, o in sorted(likely, key=lambda one: one[1])})
        return rows

    def path(self) -> list[Cell]:
        """One way from the first cell to the last, always to where most lies ahead."""
        t = o = 0
        cells = [(0, 0)]
        behind = [_Row(row, values) for row, values in zip(self._rows, self._behind, strict=True)]
        end_t, end_o = len(self._rows) - 1, self._rows[-1][-1]
        while (t, o) != (end_t, end_o):
            options = []
            if t < end_t:
                options.append((behind[t + 1].at(o + 1) + _Row(self._rows[t], self._pairs[t]).at(o), t + 1, o + 1))
                options.append((behind[t + 1].at(o) + self._added[t], t + 1, o))
            if o < end_o:
                options.append((behind[t].at(o + 1) + self._dropped[o], t, o + 1))
            _, t, o = max(options)
            cells.append((t, o))
        return cells

    def _forward(self) -> list[list[float]]:
        sums: list[list[float]] = []
        for t, row in enumerate(self._rows):
            above = _Row(self._rows[t - 1], sums[t - 1]) if t else None
            pairs = _Row(self._rows[t - 1], self._pairs[t - 1]) if t else None
            line: list[float] = []
            for o in row:
                value = 0.0 if above is None and o == 0 else NEVER
                if above is not None and pairs is not None:
                    value = _add(above.at(o) + self._added[t - 1], above.at(o - 1) + pairs.at(o - 1))
                if line:
                    value = _add(value, line[-1] + self._dropped[o - 1])
                line.append(value)
            sums.append(line)
        return sums

    def _backward(self) -> list[list[float]]:
        sums: list[list[float]] = [[] for _ in self._rows]
        for t in range(len(self._rows) - 1, -1, -1):
            row = self._rows[t]
            below = _Row(self._rows[t + 1], sums[t + 1]) if t + 1 < len(self._rows) else None
            line = [NEVER] * len(row)
            for at in range(len(row) - 1, -1, -1):
                o = row[at]
                value = 0.0 if below is None and at == len(row) - 1 else NEVER
                if below is not None:
                    value = _add(below.at(o) + self._added[t], below.at(o + 1) + self._pairs[t][at])
                if at + 1 < len(row):
                    value = _add(value, line[at + 1] + self._dropped[o])
                line[at] = value
            sums[t] = line
        return sums


class _Row:
    """A row's values by column; outside the band there is no way."""

    def __init__(self, columns: range, values: list[float]) -> None:
        self._first = columns.start
        self._values = values

    def at(self, column: int) -> float:
        place = column - self._first
        return self._values[place] if 0 <= place < len(self._values) else NEVER


def _add(one: float, other: float) -> float:
    """ln(e^one + e^other)."""
    if one < other:
        one, other = other, one
    return one if other == NEVER else one + math.log1p(math.exp(other - one))


def _widened(rows: list[dict[int, float]], size_t: int, size_o: int) -> list[Cell]:
    wide: list[set[int]] = [set() for _ in rows]
    for t, row in enumerate(rows):
        for near in range(max(0, t - WIDENED), min(size_t, t + WIDENED) + 1):
            wide[near].update(o + step for o in row for step in range(-WIDENED, WIDENED + 1) if 0 <= o + step <= size_o)
    return [(t, o) for t, row in enumerate(wide) for o in sorted(row)]


def _by_row(path: list[Cell]) -> list[list[Cell]]:
    return [list(cells) for _, cells in groupby(path, key=itemgetter(0))]


def _in_stretches(cells: list[Cell], surest: list[tuple[float, int, int]]) -> list[list[Cell]]:
    """The cells of one stretch after the other, cut at cells of the path; `surest` has one of each row."""
    cuts: list[Cell] = []
    row = STRETCH
    while row + CUT_WITHIN < len(surest):
        _, row, column = max(surest[row : row + CUT_WITHIN])
        cuts.append((row, column))
        row += STRETCH
    starts, ends = [cells[0], *cuts], [*cuts, cells[-1]]
    return [
        [cell for cell in cells[bisect_left(cells, start) : bisect_right(cells, end)] if start[1] <= cell[1] <= end[1]]
        for start, end in zip(starts, ends, strict=True)
    ]
