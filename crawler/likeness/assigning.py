"""LOG ODDS → who has whom: each translation at most one original, each original at most one translation.

The assignment whose log odds come to most, which under the model is the most probable one. Shortest augmenting paths
with potentials: a translation looks no further than to where leaving someone without an original costs less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

NOBODY: Final = ""

Column = tuple[str, str]
"""An original's id and nothing, or nothing and the id of a translation that has none."""
Odds = Mapping[str, Mapping[str, float]]
"""Translation → original → log odds."""


def assign(odds: Odds) -> dict[str, str]:
    """Translation → original, for those that have one. What is less probable than none is never chosen."""
    search = _Search()
    for translation in sorted(odds):
        costs = {(original, NOBODY): -gain for original, gain in odds[translation].items() if gain > 0}
        search.enter(translation, costs | {(NOBODY, translation): 0.0})
    return {translation: column[0] for translation, column in sorted(search.column_of.items()) if column[0]}


@dataclass(slots=True)
class _Search:
    column_of: dict[str, Column] = field(default_factory=dict)
    row_of: dict[Column, str] = field(default_factory=dict)
    costs: dict[str, dict[Column, float]] = field(default_factory=dict)
    of_rows: dict[str, float] = field(default_factory=dict)
    of_columns: dict[Column, float] = field(default_factory=dict)

    def enter(self, row: str, costs: dict[Column, float]) -> None:
        """Give one more row a column, and others another one where that costs least."""
        self.costs[row] = costs
        self.of_rows[row] = min(costs.values())
        far, came_from, free = self._walk(row)
        self.of_rows[row] += far[free]
        for column, distance in far.items():
            if column != free:
                self.of_rows[self.row_of[column]] += far[free] - distance
                self.of_columns[column] = self.of_columns.get(column, 0.0) - (far[free] - distance)
        self._turn(row, free, came_from)

    def _walk(self, row: str) -> tuple[dict[Column, float], dict[Column, str], Column]:
        """Distances of the columns that were reached before a free one, from which rows, and the free one."""
        far: dict[Column, float] = {}
        best: dict[Column, float] = {}
        came_from: dict[Column, str] = {}
        waiting: list[tuple[float, bool, Column]] = []  # of those as far, free ones first
        base = 0.0
        while True:
            for column, cost in self.costs[row].items():
                distance = base + cost - self.of_rows[row] - self.of_columns.get(column, 0.0)
                if column not in far and distance < best.get(column, distance + 1):
                    best[column], came_from[column] = distance, row
                    heappush(waiting, (distance, column in self.row_of, column))
            base, _, column = heappop(waiting)
            while column in far:
                base, _, column = heappop(waiting)
            far[column] = base
            if column not in self.row_of:
                return far, came_from, column
            row = self.row_of[column]

    def _turn(self, row: str, column: Column, came_from: Mapping[Column, str]) -> None:
        """Along the path, each row takes the column by which it was left."""
        while True:
            taker = came_from[column]
            before = self.column_of.get(taker)
            self.column_of[taker], self.row_of[column] = column, taker
            if taker == row or before is None:
                return
            column = before
