"""Two newspapers on one host are told apart by their paths; what is not proven of a newspaper is said."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from crawler.newspapers import all_newspapers
from crawler.status.captures import last_in_journal
from crawler.status.objects import object_of
from crawler.status.page.page import page_of
from crawler.status.state import Status
from crawler.status.text import text_of
from tests.status.made import NOW, Made

ENGLISH, JAPANESE = "the_mainichi", "mainichi"
FIRST, SECOND = NOW - dt.timedelta(hours=9), NOW - dt.timedelta(hours=2)
LINES = (
    ("https://mainichi.jp/english/articles/20261114/p2a/00m/0op/005000c", FIRST, 3000),
    ("https://mainichi.jp/articles/20261113/ddm/005/070/123000c", SECOND, 5000),
    ("https://mainichi.jp/robots.txt", SECOND, 70),
    ("https://cdn.mainichi.jp/vol1/images/logo.png", SECOND, 900),
)


@pytest.fixture
def status(tmp_path: Path) -> Status:
    made = Made(tmp_path / "c")
    for url, at, length in LINES:
        made.line(url, at, "A", length=length)
    made.editorial(dt.date(2026, 11, 14), newspaper=ENGLISH, original={"url": None, "wording": None})
    made.editorial(dt.date(2026, 11, 13), newspaper=JAPANESE, pair=None)
    return made.status()


def test_the_last_capture_of_each_is_its_own(status: Status) -> None:
    papers = status.newspapers
    assert (papers[ENGLISH].last_capture, papers[JAPANESE].last_capture) == (
        "2026-11-24T03:00:00Z",
        "2026-11-24T10:00:00Z",
    )


def test_bytes_count_for_whose_page_it_is_and_the_rest_for_the_hosts_first(status: Status) -> None:
    months = {name: dict(status.newspapers[name].months) for name in (ENGLISH, JAPANESE)}
    assert months == {ENGLISH: {"2026-11": 3000}, JAPANESE: {"2026-11": 5970}}


def test_a_line_that_names_no_address_is_nobodys(tmp_path: Path) -> None:
    made = Made(tmp_path / "c")
    made.editorial(dt.date(2026, 11, 14), newspaper=ENGLISH)
    made.index += [f"jp,mainichi)/english/x 20261114000000 {rest}\n" for rest in ("{", "[]", "null", '{"url": 7}')]
    assert made.status().newspapers[ENGLISH].last_capture is None


def test_the_journal_is_asked_for_each_ones_own_addresses() -> None:
    journal = sqlite3.connect(":memory:")
    journal.execute("CREATE TABLE captures (url TEXT, at TEXT)")
    more = [
        ("https://www.asahi.com/ajw/articles/16012345", FIRST, 0),
        ("https://www.asahi.com/articles/DA3S16012345.html", SECOND, 0),
        ("https://www.asahi.com/a", FIRST, 0),
    ]
    journal.executemany(
        "INSERT INTO captures VALUES (?, ?)", [(url, f"{at:%Y-%m-%dT%H:%M:%SZ}") for url, at, _ in (*LINES, *more)]
    )
    first, second = "2026-11-24T03:00:00Z", "2026-11-24T10:00:00Z"
    assert [last_in_journal(journal, name) for name in (ENGLISH, JAPANESE)] == [first, second]
    assert [last_in_journal(journal, name) for name in ("asahi_ajw", "asahi")] == [first, second]
    assert last_in_journal(journal, "nikkei") == last_in_journal(journal, "nobody") == ""


def test_what_is_not_proven_is_said_with_how_often_it_was_found(status: Status) -> None:
    words = " ".join("\n".join(text_of(status)).split())
    link = next(one for one in all_newspapers()[ENGLISH].unproven if one.field == "original")
    assert f"unproven original, found in 0 of 1: {link.what}" in words
    assert f"<dt>unproven</dt><dd>original, found in 0 of 1: {link.what}</dd>" in page_of(status)
    papers = object_of(status)["newspapers"]
    assert isinstance(papers, dict)
    assert {"field": "original", "what": link.what} in papers[ENGLISH]["unproven"]


def test_every_unproven_matter_is_of_a_field_or_of_the_listings() -> None:
    from crawler.models import Article

    fields = {*Article.model_fields, "listings"}
    for paper in all_newspapers().values():
        for one in paper.unproven:
            assert one.field in fields, (paper.name, one)
            assert one.what == one.what.strip(". ")
