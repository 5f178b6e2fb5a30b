"""Rows of words as lines, in columns."""

from __future__ import annotations

from collections.abc import Sequence


def table(rows: Sequence[tuple[str, ...]], sides: str) -> list[str]:
    """The lines; a side, `<` or `>`, for each column."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(sides))]
    return [
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True)).rstrip()
        for row in rows
    ]
