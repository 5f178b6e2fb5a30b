"""DAYS → on which of them an editorial is usual, which of those are missing, and how many come in a week.

Pure functions of the days on which a collection holds editorials. What is usual is learned of the weeks around a day,
so that a newspaper may come to print more, or fewer, over the years; weeks that hold nothing teach nothing, so that a
long gap does not hide itself.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod, sqrt
from statistics import median
from typing import Final

NEIGHBOURS: Final = 8  # weeks on each side of a day that say what is usual on its weekday
ENOUGH: Final = 6  # such weeks, or nothing is said
USUAL: Final = 0.85  # of these weeks hold an editorial on that weekday
UNLIKELY: Final = 0.001  # where no weekday is usual: the chance of so many days without, by those weeks
LATELY: Final = 26  # weeks that say how many editorials come in one
FOUR: Final = 4  # weeks that are held against them
FEWEST_WEEKS: Final = 4
TO_SIGMA: Final = 1.4826  # what makes a median deviation of a standard one
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without an editorial. `usual` are those on which one is usual; none where only their number is unlikely."""

    first: dt.date
    last: dt.date
    usual: tuple[dt.date, ...]

    @property
    def missing(self) -> tuple[dt.date, ...]:
        """The days of it that an editorial is missed on."""
        days = (self.last - self.first).days + 1
        return self.usual or tuple(self.first + dt.timedelta(n) for n in range(days))

    def __str__(self) -> str:
        """As `2026-05-03`, or `2026-05-03 to 2026-05-05 (3)`."""
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last} ({len(self.missing)})"


@dataclass(frozen=True, slots=True)
class Pace:
    """Editorials a week: what is expected by earlier weeks, and what came in the last whole one and the last four."""

    per_week: float
    spread: float
    weeks: int
    last_week: dt.date
    """The Monday of the last whole week."""
    got: int
    got_four: int

    @property
    def short(self) -> bool:
        """Whether the four weeks brought less than half of what is expected, and less than chance explains."""
        expected = FOUR * self.per_week
        return self.got_four * 2 < expected and expected - self.got_four > 3 * sqrt(expected)


class Usual:
    """How often an editorial comes on a weekday, by the weeks around it."""

    def __init__(self, days: Counter[dt.date], until: dt.date) -> None:
        held: dict[int, set[int]] = {}
        for day in days:
            if day <= until:
                held.setdefault(monday(day), set()).add(day.weekday())
        part = {min(held, default=0), monday(until + dt.timedelta(1))}  # weeks that are not seen whole
        self._weeks = sorted(held.keys() - part)
        self._sums = [[0] * 7]
        for week in self._weeks:
            self._sums.append([count + (day in held[week]) for day, count in enumerate(self._sums[-1])])

    def on(self, day: dt.date) -> tuple[int, int]:
        """In how many of how many weeks around that day its weekday held one."""
        week, weekday = monday(day), day.weekday()
        at = bisect_left(self._weeks, week)
        after = at + (at < len(self._weeks) and self._weeks[at] == week)
        spans = ((max(0, at - NEIGHBOURS), at), (after, min(len(self._weeks), after + NEIGHBOURS)))
        held = sum(self._sums[end][weekday] - self._sums[begin][weekday] for begin, end in spans)
        return held, sum(end - begin for begin, end in spans)

    def lately(self) -> dict[str, float]:
        """Weekday → in what share of the latest weeks it held one; nothing where they are too few."""
        weeks = min(LATELY, len(self._weeks))
        if weeks < ENOUGH:
            return {}
        end, begin = self._sums[-1], self._sums[-1 - weeks]
        return {name: round((end[at] - begin[at]) / weeks, 2) for at, name in enumerate(WEEKDAYS)}


def gaps_in(days: Counter[dt.date], until: dt.date, usual: Usual) -> Iterator[Gap]:
    """The gaps from the first day held to `until`, in order."""
    held = sorted(day for day in days if day <= until)
    if not held:
        return
    for before, after in pairwise([*held, until + dt.timedelta(1)]):
        empty = [before + dt.timedelta(n) for n in range(1, (after - before).days)]
        seen = [(day, *usual.on(day)) for day in empty]
        if missed := [day for day, had, of in seen if of >= ENOUGH and had >= USUAL * of]:
            yield Gap(missed[0], missed[-1], tuple(missed))
        elif seen and min(of for *_, of in seen) >= ENOUGH:
            chance = prod((of - had + 1) / (of + 2) for _, had, of in seen)
            if chance < UNLIKELY:
                yield Gap(empty[0], empty[-1], ())


def pace_of(days: Counter[dt.date], until: dt.date) -> Pace | None:
    """What comes in a week; None where the whole weeks are too few to say."""
    weeks = whole_weeks(days, until)
    lately = FOUR if len(weeks) >= FOUR + FEWEST_WEEKS else 1
    before = [count for _, count in weeks[-LATELY - lately : -lately] if count]
    if len(before) < FEWEST_WEEKS:
        return None
    middle = median(before)
    spread = TO_SIGMA * median(abs(count - middle) for count in before)
    got_four = sum(count for _, count in weeks[-FOUR:])
    week, got = weeks[-1]
    return Pace(float(middle), round(spread, 2), len(before), week, got, got_four)


def whole_weeks(days: Counter[dt.date], until: dt.date) -> Sequence[tuple[dt.date, int]]:
    """Monday → editorials of each week that is seen whole, those without any too; in order."""
    if not days:
        return []
    counts: Counter[int] = Counter()
    for day, count in days.items():
        counts[monday(day)] += count
    first, end = monday(min(days)) + 7, monday(until + dt.timedelta(1))
    return [(dt.date.fromordinal(week), counts[week]) for week in range(first, end, 7)]


def monday(day: dt.date) -> int:
    """The ordinal of its week's Monday."""
    return day.toordinal() - day.weekday()
