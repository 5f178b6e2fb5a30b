"""A YEAR of a newspaper → its sheet: a row for each month, a cell for each day, gaps where an editorial is usual."""

from __future__ import annotations

import calendar
from typing import Any, Final

from crawler.reading_room.index import Index

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONGEST: Final = 31


def sheet_of(index: Index, newspaper: str, title: str, year: str) -> dict[str, Any]:
    """The sheet as its template takes it; `year` has four digits."""
    days, gaps = index.days(newspaper, year), index.gaps(newspaper, year)
    rows = []
    for month, name in enumerate(MONTHS, 1):
        length = calendar.monthrange(max(int(year), 1), month)[1]
        dates = [f"{year}-{month:02}-{day:02}" for day in range(1, LONGEST + 1)]
        cells = [
            {"date": date, "count": days.get(date, 0), "gap": date in gaps, "real": day <= length}
            for day, date in enumerate(dates, 1)
        ]
        rows.append((name, cells))
    return {
        "name": newspaper,
        "title": title,
        "rows": rows,
        "days": days,
        "gaps": sorted(gaps),
        "total": sum(days.values()),
    }
