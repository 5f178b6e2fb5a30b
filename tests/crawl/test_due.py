"""Incremental crawls: what is asked again and when, and how far back listings are read."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.newspapers import newspaper_named
from crawler.press import Answer, Press
from crawler.press.addresses import HERALD, SHIMBUN
from crawler.readings import ReadingStore
from spiders.due import Due, Known, floor_of, interval, is_due
from tests.crawl.answers import CASES, herald_path
from tests.crawl.crawling import Left, assert_balanced, crawl, crawled

NOW = dt.datetime(2026, 11, 25, 3, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 25)
DAY = dt.timedelta(days=1)


def posts(press: Press) -> list[str]:
    """The editorials that were asked for."""
    return sorted(one.path for one in press.exchanges if one.host == HERALD and one.path.startswith("/editorial-"))


# --- the schedule


@pytest.mark.parametrize(
    ("age", "changed", "unchanged", "days"),
    [(0, 0, 0, 0), (6, 0, 9, 0), (7, 0, 0, 1), (29, 0, 2, 1), (29, 0, 3, 2), (29, 0, 4, 4), (29, 0, 99, 4),
     (30, 0, 0, 7), (89, 1, 0, 3.5), (89, 9, 0, 1.75), (90, 0, 0, 30), (365, 0, 0, 180), (9999, 0, 4, 720)],
)  # fmt: skip
def test_the_older_and_quieter_the_seldomer(age: int, changed: int, unchanged: int, days: float) -> None:
    assert interval(age, changed, unchanged) == dt.timedelta(days=days)


def test_a_daily_crawl_that_begins_a_little_earlier_is_daily_all_the_same() -> None:
    known = Known("https://herald.example/a/", NOW - DAY + dt.timedelta(minutes=90), TODAY - 10 * DAY)
    assert is_due(known, NOW, TODAY)
    known.last = NOW - DAY / 2
    assert not is_due(known, NOW, TODAY)


@pytest.fixture
def held(press: Press, tmp_path: Path) -> Left:
    """A collection of the demo's press."""
    return crawled(press, tmp_path / "c")


@pytest.fixture
def db(held: Left) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(held.path / "journal.sqlite", isolation_level=None)
    ReadingStore(connection)
    yield connection
    connection.close()


def test_what_the_collection_knows(db: sqlite3.Connection, held: Left) -> None:
    now = dt.datetime.now(dt.UTC)
    due = Due(db, newspaper_named("example_herald"), now, now.date())
    known = {one.url: one for one in due.known()}
    articles = {line["url"]: line for line in held.lines("articles") if line["newspaper"] == "example_herald"}
    problems = {line["url"] for line in held.lines("problems") if line["newspaper"] == "example_herald"}
    assert set(known) == set(articles) | problems
    for url, article in articles.items():
        assert known[url].published == dt.date.fromisoformat(article["published_on"])
        assert known[url].original == (article["original"]["url"] or "" if article["original"] else "")
        assert (known[url].changed, known[url].unchanged) == (0, 0)


def test_a_missing_original_is_asked_for_less_and_less(db: sqlite3.Connection, held: Left) -> None:
    """One that answers 404 after a month, one that did not answer after a day."""
    (gone,) = (pair for pair in held.lines("pairs") if pair["status"] == "gone")
    (refused,) = (pair for pair in held.lines("pairs") if pair["status"] == "refused")
    paper = newspaper_named("example_herald")
    for days, expected in ((0.5, (None, None)), (2, (None, "original_missing")), (31, ("original_missing",) * 2)):
        now = dt.datetime.now(dt.UTC) + days * DAY
        due = Due(db, paper, now, dt.date(2026, 1, 1))  # all are young, and were looked at just now
        known = {one.url: one for one in due.known()}
        for one in known.values():
            one.last, one.published = now, dt.date(2025, 1, 1)
        assert (
            due.reason(known[gone["translation"]["url"]]),
            due.reason(known[refused["translation"]["url"]]),
        ) == expected


def test_what_a_listing_says_was_changed_later_is_due(db: sqlite3.Connection) -> None:
    due = Due(db, newspaper_named("example_herald"), NOW, TODAY)
    known = Known("https://herald.example/a/", NOW, TODAY - 60 * DAY)
    assert due.reason(known, NOW + dt.timedelta(seconds=1)) == "modified"
    assert due.reason(known, NOW) is None
    assert due.reason(known, TODAY) is None, "a day alone may mean a time before we looked"
    assert due.reason(known, TODAY + DAY) == "modified"


# --- a crawl


DUE = ("--recheck", "due")
WINDOW = ("--since", "2026-10-09", "--until", "2026-10-19")  # four editorials, none of them young any more


def test_a_second_crawl_asks_next_to_nothing(press: Press, tmp_path: Path) -> None:
    left = crawled(press, tmp_path / "c", *WINDOW)
    assert len(posts(press)) == 4
    press.exchanges.clear()
    assert crawl(press, left.path, "--no-requisites", *WINDOW, *DUE).status == 0
    assert posts(press) == []
    assert not [one for one in press.exchanges if one.host == SHIMBUN]
    assert left.receipt["discovery"]["not_due"] == 4
    assert_balanced(left)


def test_what_is_new_is_asked_alone(press: Press, tmp_path: Path) -> None:
    left = crawled(press, tmp_path / "c", "--since", "2026-10-12", "--until", "2026-10-19")
    press.exchanges.clear()
    assert crawl(press, left.path, "--no-requisites", *WINDOW, *DUE).status == 0
    assert posts(press) == [herald_path("06-pipes")]


def test_listings_are_read_back_to_the_last_crawl_only(press: Press, held: Left) -> None:
    listed = [one.path for one in press.exchanges if "sitemap" in one.path or "/wp-json/" in one.path]
    press.exchanges.clear()
    assert crawl(press, held.path, "--no-requisites", *DUE).status == 0
    again = [one.path for one in press.exchanges if "sitemap" in one.path or "/wp-json/" in one.path]
    assert held.receipt["discovery"]["since"] is not None
    assert len(again) <= len(listed)
    assert any("after=" in path for path in again)
    assert not any("after=" in path for path in listed)
    assert crawl(press, held.path, "--no-requisites", "--recheck", "all").status == 0
    assert held.receipt["discovery"]["since"] is None


def test_a_missing_original_is_found_by_a_later_crawl(press: Press, tmp_path: Path) -> None:
    """It did not answer, so its translation is due again a day later; the archive's clock is set back for that."""
    case = CASES["07-cables"]
    assert case.original_url is not None
    path = case.original_url.removeprefix(f"https://{SHIMBUN}")
    press.instead(SHIMBUN, path, Answer(b"gone\n", "text/plain", status=404))
    left = crawled(press, tmp_path / "c", *WINDOW)
    assert left.statuses()[case.url] != "paired"
    with sqlite3.connect(left.path / "journal.sqlite") as db:
        for table in ("readings", "captures"):
            db.execute(f"UPDATE {table} SET at = '2026-10-20T00:00:00Z'")  # noqa: S608
    press.instead(SHIMBUN, path)
    press.exchanges.clear()
    assert crawl(press, left.path, "--no-requisites", *WINDOW, *DUE).status == 0
    assert left.receipt["discovery"]["due_age"] >= 1
    assert left.statuses()[case.url] == "paired"


# --- how far back listings are read


def receipt(days_ago: float, **given: Any) -> dict[str, object]:
    started = NOW - days_ago * DAY
    return {
        "started_at": f"{started:%Y-%m-%dT%H:%M:%SZ}",
        "exit": 0,
        "finished": True,
        "arguments": {"since": None, "until": None, "limit": None, "url": []},
        "discovery": {"since": None},
    } | given


WANTED: dict[str, object] = {"since": None, "until": None, "limit": None, "url": []}


@pytest.mark.parametrize(
    ("receipts", "floor"),
    [
        ([], None),
        ([receipt(1)], dt.date(2026, 11, 10)),
        ([receipt(31)], None),
        ([receipt(1, exit=6)], None),
        ([receipt(1, finished=False)], None),
        ([receipt(1, arguments={"limit": 5})], None),
        ([receipt(1, arguments={"url": ["x"]})], None),
        ([receipt(1, arguments={"until": "2026-01-01"})], None),
        ([receipt(1, arguments={"since": "2026-01-01"})], None),
        ([receipt(1, exit=6), receipt(2)], dt.date(2026, 11, 9)),
        ([receipt(1, discovery={"since": "2026-10-01"}), receipt(20)], dt.date(2026, 11, 10)),
        ([receipt(1, discovery={"since": "2026-10-01"}), receipt(40)], None),
        ([{}, {"arguments": 5}, receipt(1)], dt.date(2026, 11, 10)),
    ],
)
def test_listings_are_read_as_far_back_as_needed(receipts: list[dict[str, object]], floor: dt.date | None) -> None:
    assert floor_of(iter(receipts), dict(WANTED), NOW) == floor


def test_a_window_that_was_wider_before_is_enough() -> None:
    earlier = receipt(1, arguments={"since": "2026-01-01"})
    assert floor_of(iter([earlier]), WANTED | {"since": "2026-03-01"}, NOW) is not None
    assert floor_of(iter([earlier]), WANTED | {"since": "2025-03-01"}, NOW) is None
    assert json.dumps(earlier)
