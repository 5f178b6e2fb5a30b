"""Which sentences of the other side a sentence is compared with: those near the diagonal, so that time stays linear."""

from __future__ import annotations

import math
from typing import Final

LEAST: Final = 24
MOST: Final = 40


class Band:
    """The sentences there, around the place where those here would be if both articles went at one pace."""

    def __init__(self, here: int, there: int) -> None:
        self._there = there
        self._pace = there / here if here else 0.0
        wide = min(MOST, max(LEAST, math.ceil(max(here, there) / 4)))
        self._half = max(wide, math.ceil(self._pace) + 1) if here else there

    def around(self, at: int) -> tuple[int, int]:
        """The first, and one past the last, for the sentence `at`; with one more, for the cell before it."""
        middle = round(at * self._pace)
        return max(0, middle - self._half), min(self._there, middle + self._half + 1)
