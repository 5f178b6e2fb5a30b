"""What is usual, missing and expected, of calendars made up; and when a run is due, of runs made up."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest

from crawler.status.days import Gap, Usual, gaps_in, pace_of, whole_weeks
from crawler.status.schedule import Schedule, schedule_of

DAY = dt.timedelta(days=1)
BEGIN, UNTIL = dt.date(2025, 1, 6), dt.date(2026, 1, 4)  # a Monday, a Sunday
NOON = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def days(weekdays: str = "0123456", without: set[dt.date] | None = None, each: int = 1) -> Counter[dt.date]:
    """Editorials on those weekdays, 0 being Monday."""
    span = [BEGIN + n * DAY for n in range((UNTIL - BEGIN).days + 1)]
    return Counter({day: each for day in span if str(day.weekday()) in weekdays and day not in (without or set())})


def gaps(held: Counter[dt.date], until: dt.date = UNTIL) -> list[Gap]:
    return list(gaps_in(held, until, Usual(held, until)))


def test_no_gaps_where_nothing_is_missing() -> None:
    assert gaps(days()) == gaps(days("01234")) == gaps(days("2")) == gaps(Counter()) == []


def test_a_missing_day() -> None:
    lost = dt.date(2025, 5, 7)
    assert gaps(days(without={lost})) == [Gap(lost, lost, (lost,))]
    assert str(gaps(days(without={lost}))[0]) == "2025-05-07"


def test_weekends_are_no_gap_and_no_part_of_one() -> None:
    friday, monday = dt.date(2025, 5, 9), dt.date(2025, 5, 12)
    (gap,) = gaps(days("01234", without={friday, monday}))
    assert (gap.first, gap.last, gap.usual) == (friday, monday, (friday, monday))
    assert str(gap) == "2025-05-09 to 2025-05-12 (2)"


def test_a_long_gap_does_not_hide_itself() -> None:
    lost = {dt.date(2025, 4, 1) + n * DAY for n in range(150)}
    assert [(gap.first, gap.last, len(gap.usual)) for gap in gaps(days(without=lost))] == [(min(lost), max(lost), 150)]


def test_what_was_not_looked_at_yet_is_no_gap() -> None:
    held = days(without={UNTIL - n * DAY for n in range(5)})
    assert len(gaps(held)[0].usual) == 5
    assert gaps(held, until=UNTIL - 5 * DAY) == []


def test_a_newspaper_that_comes_to_print_more() -> None:
    held = Counter({day: 1 for day in days() if day >= dt.date(2025, 7, 1) or day.weekday() == 2})
    assert gaps(held) == []


def test_irregular_days_only_where_their_number_is_unlikely() -> None:
    chance = random.Random(1)
    held = Counter({day: 1 for day in days() if chance.random() < 0.4})
    assert gaps(held) == []
    lost = {dt.date(2025, 9, 1) + n * DAY for n in range(25)}
    (gap,) = gaps(Counter({day: 1 for day in held if day not in lost}))
    assert gap.usual == ()
    assert set(gap.missing) >= lost


def test_too_few_weeks_say_nothing() -> None:
    held = Counter({BEGIN + n * DAY: 1 for n in range(40) if n != 20})
    until = max(held)
    assert gaps(held, until) == []
    assert Usual(held, until).lately() == {}
    assert pace_of(Counter({BEGIN: 1}), BEGIN + 20 * DAY) is None


def test_weekdays() -> None:
    lately = Usual(days("04"), UNTIL).lately()
    assert lately == {"mon": 1.0, "tue": 0.0, "wed": 0.0, "thu": 0.0, "fri": 1.0, "sat": 0.0, "sun": 0.0}


def test_whole_weeks_begin_with_the_second_and_end_before_the_current() -> None:
    held = Counter({dt.date(2025, 1, 8) + n * DAY: 1 for n in range(20)})
    assert whole_weeks(held, dt.date(2025, 1, 22)) == [(dt.date(2025, 1, 13), 7)]
    assert whole_weeks(held, dt.date(2025, 1, 26))[-1] == (dt.date(2025, 1, 20), 7)


def test_what_is_expected_is_not_moved_by_an_outage_or_a_flood() -> None:
    outage = {dt.date(2025, 9, 1) + n * DAY for n in range(50)}
    held = days(without=outage)
    held[dt.date(2025, 8, 20)] = 60
    pace = pace_of(held, UNTIL)
    assert pace is not None
    assert (pace.per_week, pace.spread, pace.got, pace.got_four, pace.short) == (7, 0, 7, 28, False)
    assert pace.last_week == dt.date(2025, 12, 29)


@pytest.mark.parametrize(("lost", "short"), [(27, True), (20, True), (10, False)])
def test_fewer_than_half_and_fewer_than_by_chance(lost: int, short: bool) -> None:
    pace = pace_of(days(without={UNTIL - n * DAY for n in range(lost)}), UNTIL)
    assert pace is not None
    assert (pace.got_four, pace.short) == (28 - lost, short)


def test_one_a_week_is_short_only_by_what_chance_cannot_do() -> None:
    held = days("2", without={UNTIL - n * DAY for n in range(28)})
    pace = pace_of(held, UNTIL)
    assert pace is not None
    assert (pace.per_week, pace.got_four, pace.short) == (1, 0, False)


# when a run is due ---------------------------------------------------------------------------------


def due(*hours_ago: float, given: dt.timedelta | None = None) -> Schedule | None:
    return schedule_of([NOON - hour * HOUR for hour in sorted(hours_ago, reverse=True)], given)


def test_a_daily_run() -> None:
    found = due(*range(2, 24 * 20, 24))
    assert found is not None
    assert (found.every, found.runs, found.due, found.overdue_after) == (
        24 * HOUR,
        20,
        NOON + 22 * HOUR,
        NOON + 34 * HOUR,
    )
    assert not found.overdue(NOON + 34 * HOUR)
    assert found.overdue(NOON + 35 * HOUR)


def test_a_run_on_weekdays_is_not_overdue_on_sunday() -> None:
    friday = dt.datetime(2026, 1, 2, 4, tzinfo=dt.UTC)
    starts = [friday - n * DAY for n in range(60) if (friday - n * DAY).weekday() < 5]
    found = schedule_of(starts[::-1], None)
    assert found is not None
    assert found.every == DAY
    assert not found.overdue(friday + 2.5 * DAY)
    assert found.overdue(friday + 5 * DAY)


def test_runs_by_hand_between_and_an_outage_change_nothing() -> None:
    starts = [*range(3, 24 * 20, 24), 3.1, 30, 31]
    found = due(*(hour for hour in starts if not 100 < hour < 200))
    assert found is not None
    assert (found.every, found.due) == (24 * HOUR, NOON + 21 * HOUR)


@pytest.mark.parametrize("hours", [(), (1,), (1, 25, 49), (1, 1.01, 1.02, 1.03, 1.04), (1, 3, 60, 200, 205, 400)])
def test_no_schedule(hours: tuple[float, ...]) -> None:
    assert due(*hours) is None


def test_a_given_schedule_holds_from_the_first_run_on() -> None:
    assert due(given=DAY) is None
    found = due(1, 3, given=7 * DAY)
    assert found is not None
    assert (found.runs, found.due) == (0, NOON - HOUR + 7 * DAY)
    assert found.overdue_after == NOON - HOUR + 8 * DAY
