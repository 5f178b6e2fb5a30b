"""A clock that is set back, between two crawls and within one: nothing is lost, nothing clashes, and order holds."""

from __future__ import annotations

import datetime as dt
import signal
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archives import writer as writing
from archives.journal import Journal
from archives.writer import WarcWriter
from crawler.press import Press, demo
from tests.recovery.crawls import (
    answers,
    asked_since,
    assert_same_lines,
    assert_sound,
    assert_whole,
    crawl,
    raw_lines,
    receipts,
    records,
)
from tests.recovery.interfering import Shifted

DAY = 86_400
BACK = [[0, -2 * DAY]]


def test_set_back_between_two_crawls(tmp_path: Path) -> None:
    """The second crawl finds the edited article and dates it before the first: versions go by WARC-Date all the same.

    It is killed, and the third takes it over: which crawl was the last is no matter of its date.
    """
    folder = tmp_path / "c"
    with Press(demo(), latency=0.004) as press:
        assert crawl(press, folder).returncode == 0
        press.edit()
        killed = crawl(press, folder, clock=BACK, kill=["archives.archive:Archive.keep", 60, "after"])
        assert killed.returncode == -signal.SIGKILL
        asked = len(press.exchanges)
        got = {record.url for record in records(folder) if is_early(record.date)}
        third = crawl(press, folder, clock=BACK)
        assert third.returncode == 0, third.stderr
        assert asked_since(press, asked) & got == set()
    assert set(answers(folder).values()) == {2}
    assert_sound(folder)
    said = {receipt["id"]: receipt["resumes"] for receipt in receipts(folder) if "resumes" in receipt}
    assert sorted(map(bool, said.values())) == [False, True]
    assert_versions_in_order(folder)
    [(older, newer)] = [held for held in versions(folder).values() if len(held) > 1]
    assert is_early(older["capture"]["captured_at"])
    assert not is_early(newer["capture"]["captured_at"])
    assert_revisits_resolve(folder)


def test_set_back_within_a_crawl(press: Press, whole: Path, tmp_path: Path) -> None:
    """To the same second again and again, while files rotate: their names would be the same."""
    folder, now = tmp_path / "c", 0
    back = [[0, now], [60, now - 1], [90, now - 3600], [150, now - 2 * DAY], [220, now + DAY]]
    done = crawl(press, folder, "--set", "WARC_SIZE=15000", clock=back)
    assert done.returncode == 0, done.stderr
    assert_whole(whole, folder)
    assert len({record.warc for record in records(folder)}) > 10


@pytest.mark.long
@pytest.mark.parametrize("at", [25, 50, 75])
def test_killed_after_it_was_set_back(press: Press, whole: Path, tmp_path: Path, at: int) -> None:
    folder = tmp_path / "c"
    back = [[0, 0], [60, -3600], [120, -2 * DAY]]
    killed = crawl(
        press, folder, "--set", "WARC_SIZE=15000", clock=back, kill=["archives.archive:Archive.keep", at, "after"]
    )
    assert killed.returncode == -signal.SIGKILL
    done = crawl(press, folder, clock=[[0, -4 * DAY]])
    assert done.returncode == 0, done.stderr
    assert_whole(whole, folder)


@pytest.mark.long
def test_the_journal_made_anew_where_dates_and_names_disagree(tmp_path: Path) -> None:
    """A revisit's file may sort before that of the record it refers to; its validators are found all the same."""
    folder = tmp_path / "c"
    with Press(demo(), latency=0.004) as press:
        assert crawl(press, folder).returncode == 0
        assert crawl(press, folder, clock=BACK).returncode == 0
        for path in folder.glob("journal.sqlite*"):
            path.unlink()
        asked = len(press.exchanges)
        assert crawl(press, folder, clock=[[0, DAY]]).returncode == 0
        pages = [one for one in press.exchanges[asked:] if "/editorial-" in one.path]
        assert pages
        assert {one.status for one in pages} == {304}
    assert_sound(folder)
    assert_revisits_resolve(folder)
    assert_same_lines(folder, folder)


def is_early(date: str) -> bool:
    return dt.datetime.fromisoformat(date) < dt.datetime.now(dt.UTC) - dt.timedelta(days=1)


def versions(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in raw_lines(folder, "articles"):
        assert line["version"] == len(found[line["id"]]) + 1
        found[line["id"]].append(line)
    return found


def assert_versions_in_order(folder: Path) -> None:
    """By (WARC-Date, record id) of the captures, as the contract says; a revisit may be earlier than what it names."""
    first: dict[str, str] = {}
    for record in records(folder):
        held = record.headers.get("warc-refers-to") or record.id
        if record.type in ("response", "revisit"):
            first[held] = min(first.get(held, record.date), record.date)
    for lines in versions(folder).values():
        dates = [(first[line["capture"]["record_id"]], line["capture"]["record_id"]) for line in lines]
        assert dates == sorted(dates)


def assert_revisits_resolve(folder: Path) -> None:
    there = {record.id: record for record in records(folder) if record.type == "response"}
    revisits = [record for record in records(folder) if record.type == "revisit"]
    assert revisits
    for record in revisits:
        held = there[record.headers["warc-refers-to"]]
        assert record.headers["warc-refers-to-target-uri"] == held.url
        assert record.headers["warc-refers-to-date"] == held.date


# --- parts


def test_age_is_measured_by_a_clock_that_nobody_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 1000.0
    monkeypatch.setattr(writing, "time", SimpleNamespace(monotonic=lambda: seconds))
    monkeypatch.setattr(writing, "dt", Shifted([(0, 0), (1, -3600), (2, -7200)]))
    writer = WarcWriter(tmp_path, "x", [], max_age=dt.timedelta(hours=1))
    for _ in range(3):
        writer.ensure_open()
        assert not writer.due()
        seconds += 3599
        assert not writer.due()
        seconds += 1
        assert writer.due()
        writer.close()
    assert len(list(tmp_path.iterdir())) == 3


def test_the_last_crawl_is_the_one_that_began_last(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.begin_crawl("20260102", "sankei", "2026-01-02")
    journal.end_crawl("20260102", "2026-01-02")
    journal.begin_crawl("20260101", "sankei", "2026-01-01")
    assert journal.unfinished_crawls("sankei") == ["20260101"]
    journal.end_crawl("20260101", "2026-01-01")
    assert journal.unfinished_crawls("sankei") == []
    journal.close()
