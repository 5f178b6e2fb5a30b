"""DAYS → a calendar of a year: a square a day, the darker the more editorials; gaps are crossed out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Final

from crawler.status.page.markup import Html, svg, tag
from crawler.status.page.style import LEVELS

SIZE: Final = 14
STEP: Final = 17
LEFT: Final = 46
TOP: Final = 18
WIDTH: Final = LEFT + 54 * STEP
HEIGHT: Final = TOP + 7 * STEP + 8
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY: Final = dt.timedelta(days=1)


def calendar_of(
    year: int, days: Counter[dt.date], missing: set[dt.date], span: tuple[dt.date, dt.date], name: str
) -> Html:
    """A year of it. Only days within `span` are drawn; `missing` are those on which an editorial is usual."""
    drawn = [day for day in _days_of(year) if span[0] <= day <= span[1]]
    held = [day for day in drawn if days[day]]
    crossed = [day for day in drawn if day in missing]
    bare = [day for day in drawn if not days[day] and day not in missing]
    count = sum(days[day] for day in held)
    told = f"{year}: {count:,} {'editorial' if count == 1 else 'editorials'} on {len(held):,} days"
    gaps = f", {len(crossed):,} usual days without" if crossed else ""
    return svg(
        WIDTH, HEIGHT, told + gaps, "One square a day, a column for each week, Monday above.", name,
        tag("text", str(year), x=0, y=TOP + SIZE - 1, class_="year"),
        *_months(year),
        *(tag("text", word, x=LEFT - 6, y=TOP + row * STEP + 11, text_anchor="end") for row, word in _ROWS),
        *([tag("path", d="".join(_square(day) for day in bare), class_="none")] if bare else []),
        *(_day(day, days[day]) for day in held),
        *(_gap(day) for day in crossed),
    )  # fmt: skip


_ROWS: Final = ((2, "Wed"), (4, "Fri"), (6, "Sun"))


def months_of(year: int, days: Counter[dt.date], missing: set[dt.date]) -> Iterable[tuple[str, str, str, str]]:
    """A year as rows of a table, the latest month first: editorials, days with one, usual days without."""
    for month in range(12, 0, -1):
        held = [day for day in _days_of(year, month) if days[day]]
        lost = [f"{day:%d}" for day in _days_of(year, month) if day in missing]
        if held or lost:
            count = sum(days[day] for day in held)
            yield f"{year}-{month:02}", f"{count:,}", f"{len(held):,}", ", ".join(lost)


def square_for(level: str) -> Html:
    """A square for the legend."""
    drawing = _cross(0, 0) if level == "gap" else tag("path", d=f"M0 0h{SIZE}v{SIZE}h-{SIZE}z", class_=level)
    return tag("svg", drawing, width=13, height=13, viewBox="-.5 -.5 15 15", aria_hidden="true")


def _days_of(year: int, month: int | None = None) -> list[dt.date]:
    first = dt.date(year, month or 1, 1)
    end = dt.date(year + 1, 1, 1) if month in (None, 12) else dt.date(year, month + 1, 1)
    return [first + n * DAY for n in range((end - first).days)]


def _place(day: dt.date) -> tuple[int, int]:
    january = dt.date(day.year, 1, 1)
    week = ((day - january).days + january.weekday()) // 7
    return LEFT + week * STEP, TOP + day.weekday() * STEP


def _square(day: dt.date) -> str:
    x, y = _place(day)
    return f"M{x} {y}h{SIZE}v{SIZE}h-{SIZE}z"


def _day(day: dt.date, count: int) -> Html:
    said = f"{day:%a} {day}: {count} {'editorial' if count == 1 else 'editorials'}"
    return tag("path", tag("title", said), d=_square(day), class_=f"c{min(count, LEVELS)}")


def _gap(day: dt.date) -> Html:
    return _cross(*_place(day), tag("title", f"{day:%a} {day}: none, where one is usual"))


def _cross(x: int, y: int, *title: Html) -> Html:
    return tag("path", *title, d=f"M{x}.5 {y}.5h13v13h-13zl13 13m0-13l-13 13", class_="gap")


def _months(year: int) -> Iterable[Html]:
    for month, word in enumerate(MONTHS, 1):
        yield tag("text", word, x=_place(dt.date(year, month, 1))[0], y=TOP - 6)
