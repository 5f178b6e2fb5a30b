"""RUNS → how often a newspaper is crawled, when the next run is due, and from when on it is overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Final

LATEST: Final = 30  # runs that tell
FEWEST: Final = 3  # intervals between them
SHORTEST: Final = dt.timedelta(minutes=10)  # what comes more often is somebody trying things
NEAR: Final = 0.25  # of the middle interval; half of them are to be as near to it, or there is no schedule
DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a newspaper is crawled, by `runs` or as was `given` (then `runs` is 0)."""

    every: dt.timedelta
    runs: int
    due: dt.datetime
    overdue_after: dt.datetime
    """Half an interval later, or a day if that is less; later still where pauses are usual, over weekends say."""

    def overdue(self, now: dt.datetime) -> bool:
        """Whether the run should long have begun."""
        return now > self.overdue_after


def schedule_of(starts: Sequence[dt.datetime], given: dt.timedelta | None) -> Schedule | None:
    """By when the runs began, in order; None without a run, and where they show no schedule and none is given."""
    if not starts:
        return None
    if given is not None:
        return _schedule(starts[-1], given, 0, given)
    lately = starts[-LATEST:]
    pauses = sorted(after - before for before, after in pairwise(lately))
    if len(pauses) < FEWEST:
        return None
    every = pauses[len(pauses) // 2]
    near = sum(abs(pause - every) <= max(NEAR * every, SHORTEST / 2) for pause in pauses)
    if every < SHORTEST or near * 2 < len(pauses):
        return None
    usual = pauses[ceil(0.9 * len(pauses)) - 1]  # Mondays come 72 hours after Fridays; an outage is rarer
    return _schedule(lately[-1], every, len(lately), min(max(every, usual), 4 * every))


def _schedule(last: dt.datetime, every: dt.timedelta, runs: int, patience: dt.timedelta) -> Schedule:
    return Schedule(every, runs, last + every, last + patience + min(patience / 2, DAY))
