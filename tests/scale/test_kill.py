"""`kill -9` of a worker at any moment: the others take over, nothing is lost, nothing committed is asked again."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crawler.press import Press
from spiders.frontier.entry import fingerprint
from tests.recovery.crawls import answers, balanced, receipts
from tests.scale.servers import Server
from tests.scale.workers import (
    KEY,
    Worker,
    asked_twice,
    assert_equals_one_workers,
    ended,
    merged,
    wait_for,
    workers,
)

LISTINGS = ("/sitemap", "/post-sitemap", "/feed", "/wp-json/", "/category/", "/column/editorial/")
LONG_LEASE = ("--set", "FRONTIER_LEASE=600")
POINTS = [pytest.param(0.1, marks=pytest.mark.long), 0.6]
LONG_POINTS = [random.Random(seed).random() for seed in range(20)]


@pytest.mark.parametrize("point", POINTS)
def test_the_others_take_over(press: Press, redis: Server, whole: Path, tmp_path: Path, point: float) -> None:
    kill_one(press, redis, whole, tmp_path, point, again=False)


@pytest.mark.parametrize("point", [0.3])
def test_a_killed_worker_comes_back(press: Press, redis: Server, whole: Path, tmp_path: Path, point: float) -> None:
    kill_one(press, redis, whole, tmp_path, point, again=True)


@pytest.mark.long
@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("point", LONG_POINTS)
def test_at_any_moment(press: Press, redis: Server, whole: Path, tmp_path: Path, point: float, again: bool) -> None:
    kill_one(press, redis, whole, tmp_path, point, again=again)


@pytest.mark.long
def test_a_stopped_worker_gives_the_rest_to_the_others_at_once(
    press: Press, redis: Server, whole: Path, tmp_path: Path
) -> None:
    stopped, other = workers(press, redis, [tmp_path / "one", tmp_path / "two"], *LONG_LEASE)
    wait_for(press, 30, stopped, other)
    stopped.process.terminate()
    assert stopped.end() == 1, stopped.said
    assert balanced(stopped.receipt)
    assert not stopped.receipt["finished"]
    ended(other)
    assert asked_twice(press) == {}
    assert_equals_one_workers(whole, merged(tmp_path / "merged", stopped.folder, other.folder))
    asked = len(press.exchanges)
    ended(Worker(press, stopped.folder, "--frontier", redis.url))
    assert len(press.exchanges) == asked


@pytest.mark.long
def test_a_suspended_worker_hears_that_it_was_given_up(
    press: Press, redis: Server, whole: Path, tmp_path: Path
) -> None:
    suspended, other = workers(press, redis, [tmp_path / "one", tmp_path / "two"])
    wait_for(press, 30, suspended, other)
    suspended.process.send_signal(signal.SIGSTOP)
    try:
        ended(other)
    finally:
        suspended.process.send_signal(signal.SIGCONT)
    assert suspended.end() in (0, 1)
    ended(Worker(press, suspended.folder, "--frontier", redis.url))
    twice = set(asked_twice(press))
    assert len(twice) <= 2 * 16
    assert_equals_one_workers(whole, merged(tmp_path / "merged", suspended.folder, other.folder), twice=twice)


def kill_one(press: Press, redis: Server, whole: Path, tmp_path: Path, point: float, *, again: bool) -> None:
    """Kill one of two; with `again` it is started again at once, else once the other has finished."""
    folders = [tmp_path / "one", tmp_path / "two"]
    first, second = workers(press, redis, folders)
    wait_for(press, max(1, int(point * sum(answers(whole).values()))), first, second)
    victim, other = random.sample([first, second], 2)
    victim.kill()
    in_flight = in_flight_of(redis, press, victim)
    if again:
        back = Worker(press, victim.folder, "--frontier", redis.url)
        ended(back, other)
    else:
        ended(other)
        asked = len(press.exchanges)
        back = Worker(press, victim.folder, "--frontier", redis.url)
        ended(back)
        assert len(press.exchanges) == asked, "the crawl was over, and yet something was asked"
        assert back.receipt["resumes"] is None or back.receipt["resumes"] == receipts(victim.folder)[0]["id"]
    assert set(asked_twice(press)) <= in_flight
    assert_equals_one_workers(whole, merged(tmp_path / "merged", *folders), twice=in_flight)


def in_flight_of(redis: Server, press: Press, worker: Worker) -> set[str]:
    """What a killed worker had claimed and not settled, as Redis has it; and the listings it had asked and not kept."""
    found: set[str] = set()
    with redis.client() as client:
        members = client.hgetall(f"{KEY}:members")
        numbers = [members[crawl.encode()] for crawl in crawls_of(worker.folder) if crawl.encode() in members]
        for stream in [key for key in client.keys(f"{KEY}:*") if client.type(key) == b"stream"]:
            for number in numbers:
                for one in client.xpending_range(stream, "workers", "-", "+", 1000, number):
                    for _, fields in client.xrange(stream, one["message_id"], one["message_id"]):
                        found.add(json.loads(fields[b"entry"])["url"])
        kept = client.hkeys(f"{KEY}:listings")
    listings = {f"https://{one.host}{one.path}" for one in press.exchanges if one.path.startswith(LISTINGS)}
    return found | {url for url in listings if fingerprint(url) not in kept}


def crawls_of(folder: Path) -> list[str]:
    """The ids of the crawls that a journal knows."""
    try:
        with closing(sqlite3.connect(f"file:{folder / 'journal.sqlite'}?mode=ro", uri=True)) as db:
            return [crawl for (crawl,) in db.execute("SELECT id FROM crawls")]
    except sqlite3.OperationalError:  # killed before there was one
        return []
