"""Which signal gave which field: the first of several candidates that says anything, and its name kept."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


class Signals(dict[str, str]):
    """Field → the signal that gave it; what becomes `parser.signals`."""

    def first(self, field: str, *candidates: tuple[str, T | None]) -> T | None:
        """The first candidate that says anything; its name is kept as the field's signal."""
        for name, value in candidates:
            if value:
                self[field] = name
                return value
        return None
