"""FEATURES → beads: how probable every bead is, and the way through both articles that gets most of them right.

The posteriors are exact for the model within the corridor: forward and backward sums over every path through it. What
is chosen is not the single most probable path but the one whose beads are right most often.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Final, NamedTuple

from crawler.alignment.corridor import Cell, Score
from crawler.alignment.features import SHAPES

#: What a lone sentence that is right counts beside a bead that is.
WORTH_ALONE: Final = 0.5


class Bead(NamedTuple):
    """So many sentences of the translation for so many of the original, and how probable it is that just these are."""

    t: int
    o: int
    shape: int
    posterior: float

    @property
    def end(self) -> Cell:
        """Where the next bead begins."""
        size_t, size_o = SHAPES[self.shape]
        return self.t + size_t, self.o + size_o

    @property
    def links(self) -> list[Cell]:
        """Every pair of one of its sentences with one of the others."""
        end_t, end_o = self.end
        return [(t, o) for t in range(self.t, end_t) for o in range(self.o, end_o)]


class Lattice:
    """All beads between the cells of a stretch of the corridor, in order, from its first to its last."""

    def __init__(self, cells: list[Cell], score: Score) -> None:
        self.cells = cells
        self.start, self.end = cells[0], cells[-1]
        self.beads: list[Bead] = []
        edges = _edges(cells, score)
        forward, backward = _forward(edges, self.start), _backward(edges, self.end)
        self.total = backward.get(self.start, -math.inf)
        for (t, o), leaving in edges.items():
            for shape, end, weight in leaving:
                chance = forward.get((t, o), -math.inf) + weight + backward.get(end, -math.inf) - self.total
                self.beads.append(Bead(t, o, shape, math.exp(min(0.0, chance))))

    def best(self) -> list[Bead]:
        """Beads in order that take every sentence of the stretch once."""
        leaving: dict[Cell, list[Bead]] = defaultdict(list)
        for bead in self.beads:
            leaving[bead.t, bead.o].append(bead)
        worth = {self.end: 0.0}
        chosen: dict[Cell, Bead] = {}
        for cell in reversed(leaving):
            options = [
                (_worth(bead) + worth[bead.end], -bead.shape, bead) for bead in leaving[cell] if bead.end in worth
            ]
            if options:
                worth[cell], _, chosen[cell] = max(options)
        path, cell = [], self.start
        while cell != self.end:
            path.append(chosen[cell])
            cell = chosen[cell].end
        return path

    def links(self) -> dict[Cell, float]:
        """How probable it is that two sentences are in one bead, whatever its shape."""
        chances: dict[Cell, float] = defaultdict(float)
        for bead in self.beads:
            for link in bead.links if bead.posterior > 1e-6 else ():
                chances[link] += bead.posterior
        return chances


Edges = dict[Cell, list[tuple[int, Cell, float]]]
"""Cell → the beads that begin there: shape, the cell behind, logarithmic weight. Cells in order."""


def _worth(bead: Bead) -> float:
    return bead.posterior * (WORTH_ALONE if 0 in SHAPES[bead.shape] else 1.0)


def _edges(cells: list[Cell], score: Score) -> Edges:
    inside = set(cells)
    shapes = list(enumerate(SHAPES))
    return {
        (t, o): [
            (shape, end, weight)
            for shape, (size_t, size_o) in shapes
            if (end := (t + size_t, o + size_o)) in inside and (weight := score(shape, t, o)) > -math.inf
        ]
        for t, o in cells
    }


def _forward(edges: Edges, start: Cell) -> dict[Cell, float]:
    arriving: dict[Cell, list[float]] = defaultdict(list)
    arriving[start] = [0.0]
    sums: dict[Cell, float] = {}
    for cell, leaving in edges.items():
        if cell in arriving:
            sums[cell] = before = _log_sum(arriving.pop(cell))
            for _, end, weight in leaving:
                arriving[end].append(before + weight)
    return sums


def _backward(edges: Edges, end: Cell) -> dict[Cell, float]:
    sums = {end: 0.0}
    for cell in reversed(edges):
        values = [weight + sums[behind] for _, behind, weight in edges[cell] if behind in sums]
        if values:
            sums[cell] = _log_sum(values)
    return sums


def _log_sum(values: list[float]) -> float:
    """The logarithm of the sum of what these are logarithms of."""
    most = max(values)
    return most + math.log(sum(math.exp(value - most) for value in values))
