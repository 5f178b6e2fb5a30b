"""Printed dates: the strings that pages have, and what they mean."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.dates import JST, day_in_japan, read_date, read_day, read_instant

INSTANTS = [
    ("2023-03-31T05:00:01+09:00", "2023-03-31T05:00:01+09:00", "2023-03-31"),  # Sankei's JSON-LD
    ("2023-03-30T20:00:00Z", "2023-03-30T20:00:00+00:00", "2023-03-31"),  # Sankei's display_date: the day before in UTC
    ("2021-10-13T03:20:09.010Z", "2021-10-13T03:20:09.010000+00:00", "2021-10-13"),
    ("2023-07-14T05:00:00.123456789z", "2023-07-14T05:00:00.123456+00:00", "2023-07-14"),
    ("2024-12-31T15:00:00+0000", "2024-12-31T15:00:00+00:00", "2025-01-01"),
    ("2025-01-14T01:28:54+0900", "2025-01-14T01:28:54+09:00", "2025-01-14"),  # Mainichi writes no colon
    ("2023-07-14 05:00:00 -0500", "2023-07-14T05:00:00-05:00", "2023-07-14"),
    ("Fri, 14 Jul 2023 16:00:00 +0000", "2023-07-14T16:00:00+00:00", "2023-07-15"),  # feeds
    ("Fri, 14 Jul 2023 16:00:00 GMT", "2023-07-14T16:00:00+00:00", "2023-07-15"),
    ("17:41 JST,\u2002October 13, 2024", "2024-10-13T17:41:00+09:00", "2024-10-13"),  # The Japan News
    ("May 30, 2022 at 17:10 JST", "2022-05-30T17:10:00+09:00", "2022-05-30"),  # AJW
    ("Jul. 4, 2023 5:00 p.m. JST", "2023-07-04T17:00:00+09:00", "2023-07-04"),
    ("July 4, 2023 12:05 AM (JST)", "2023-07-04T00:05:00+09:00", "2023-07-04"),
]
DAYS = [
    ("2023-07-14", "2023-07-14"),
    ("2018-08-09", "2018-08-09"),
    ("20230714", "2023-07-14"),
    ("2023/7/14", "2023-07-14"),
    ("July 14, 2023", "2023-07-14"),
    ("Sept. 1st, 2023", "2023-09-01"),
    ("Friday, 14 July 2023", "2023-07-14"),
    ("Published 2 days ago on July 14, 2023", "2023-07-14"),
    ("2023年3月31日", "2023-03-31"),
    ("２０２３年３月３１日", "2023-03-31"),
    ("令和5年3月31日", "2023-03-31"),
    ("令和元年5月1日", "2019-05-01"),
    ("平成30年8月9日付", "2018-08-09"),
]
JAPANESE_TIMES = [  # without a zone: an instant only for a paper that says they are Japan's
    ("2023年3月31日 05:00", "2023-03-31T05:00:00+09:00"),
    ("２０２３年３月３１日　０５：００", "2023-03-31T05:00:00+09:00"),
    ("2023/3/31 05:00", "2023-03-31T05:00:00+09:00"),
    ("2018.8.9 05:02更新", "2018-08-09T05:02:00+09:00"),
    ("2023年3月31日 午後5時41分", "2023-03-31T17:41:00+09:00"),
    ("2023年3月31日 5時", "2023-03-31T05:00:00+09:00"),
    ("2023-03-31T05:00", "2023-03-31T05:00:00+09:00"),
]
NOTHING = [
    None,
    "",
    " ",
    "yesterday",
    "2 days ago",
    "2023-13-40",
    "0000-00-00",
    "0001-01-01T00:00:00Z",
    "12:30",
    "9" * 500,
]


@pytest.mark.parametrize(("text", "instant", "day"), INSTANTS)
def test_instants(text: str, instant: str, day: str) -> None:
    found = read_instant(text)
    assert found is not None
    assert found.isoformat() == instant
    assert day_in_japan(found).isoformat() == day
    assert read_date(text) == found


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_bare_days_are_no_instants(text: str, day: str) -> None:
    assert read_instant(text) is None
    assert read_instant(text, JST) is None
    assert read_day(text) == read_date(text) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(("text", "instant"), JAPANESE_TIMES)
def test_times_without_a_zone(text: str, instant: str) -> None:
    found = read_instant(text, JST)
    assert read_instant(text) is None
    assert found is not None
    assert found.isoformat() == instant
    assert read_day(text) == found.date()


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_no_date(text: str | None) -> None:
    assert read_instant(text, JST) is None
    assert read_day(text) is None


def test_a_time_without_zone_has_no_day_in_japan() -> None:
    with pytest.raises(ValueError, match="no zone"):
        day_in_japan(dt.datetime(2023, 3, 31))
