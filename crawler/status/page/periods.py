"""Counts by month as bars: every month between the first and the last, or every year where months are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from crawler.status.page.bars import Bar
from crawler.status.state import UNDATED

MOST: Final = 48  # months; more become years


def periods_of(months: Mapping[str, Counter[str]], parts: Sequence[str]) -> list[Bar]:
    """A bar a month or year, its parts in that order."""
    dated = {month: counts for month, counts in months.items() if month != UNDATED}
    if not dated:
        return []
    named = _between(min(dated), max(dated))
    if len(named) <= MOST:
        return [_bar(month, dated.get(month, Counter()), parts, month) for month in named]
    years: dict[str, Counter[str]] = {month[:4]: Counter() for month in named}
    for month, counts in dated.items():
        years[month[:4]].update(counts)
    return [_bar(year, counts, parts, year) for year, counts in years.items()]


def _bar(label: str, counts: Counter[str], parts: Sequence[str], mark: str) -> Bar:
    return Bar(label, tuple(counts[part] for part in parts), mark)


def _between(first: str, last: str) -> list[str]:
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(begin, end + 1)]
