"""Workers that share a crawl: their collections together are what one worker's is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.press import Press
from tests.conftest import ROOT
from tests.recovery.crawls import lines, receipts
from tests.scale.servers import Server
from tests.scale.workers import (
    KEY,
    SLOW,
    Worker,
    alone,
    asked_twice,
    assert_equals_one_workers,
    assert_verifies,
    ended,
    merged,
    workers,
)

AGAIN = ("--set", "FRONTIER_AGAIN=0")


@pytest.mark.parametrize("count", [2, pytest.param(3, marks=pytest.mark.long)])
def test_merged_they_equal_one_workers(press: Press, redis: Server, whole: Path, tmp_path: Path, count: int) -> None:
    folders = [tmp_path / f"worker-{number}" for number in range(count)]
    running = workers(press, redis, folders)
    ended(*running)
    assert asked_twice(press) == {}
    for worker in running:
        assert_verifies(worker.folder)
    assert sum(worker.receipt["shared"]["claimed"] > 0 for worker in running) >= 2, "one worker had it all"
    assert sum(worker.receipt["shared"]["read_listings"] for worker in running) == 1
    assert_equals_one_workers(whole, merged(tmp_path / "merged", *folders))
    one = receipts(whole)[0]
    for klass in ("editorial", "original", "requisite", "listing"):
        asked = sum(worker.receipt["classes"][klass]["asked"] for worker in running)
        assert asked == one["classes"][klass]["asked"], klass


@pytest.mark.long
def test_one_worker_with_a_frontier_equals_one_without(
    press: Press, redis: Server, whole: Path, tmp_path: Path
) -> None:
    (worker,) = workers(press, redis, [tmp_path / "shared"])
    ended(worker)
    assert_equals_one_workers(whole, merged(tmp_path / "merged", tmp_path / "shared"))
    assert {name: row for name, row in worker.receipt.items() if name in ("asked", "classes", "reasons")} == {
        name: row for name, row in receipts(whole)[0].items() if name in ("asked", "classes", "reasons")
    }


@pytest.mark.long
def test_nothing_but_the_names_of_the_workers_is_left_in_redis(press: Press, redis: Server, tmp_path: Path) -> None:
    ended(*workers(press, redis, [tmp_path / "one"], "--url", "https://herald.example/submarine-cables/"))
    with redis.client() as client:
        left = {key.decode() for key in client.keys("genbun:{*")}
        assert left == {KEY, f"{KEY}:members"}
        assert all(client.ttl(key) > 0 for key in left)


@pytest.mark.long
def test_scrapy_crawl_takes_part(press: Press, redis: Server, whole: Path, tmp_path: Path) -> None:
    settings = {
        "COLLECTION": str(tmp_path / "scrapy"),
        "FRONTIER": redis.url,
        "DOWNLOAD_DELAY": "0",
        "ALIGN": "False",
        "CONNECT_TO": ",".join(f"{host}={origin}" for host, origin in press.connect_to.items()),
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "editorials", "-a", "newspaper=example_herald"]
    command += [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    (worker,) = workers(press, redis, [tmp_path / "genbun"])
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60)
    assert done.returncode == 0, done.stderr
    ended(worker)
    assert asked_twice(press) == {}
    assert_equals_one_workers(whole, merged(tmp_path / "merged", tmp_path / "genbun", tmp_path / "scrapy"))


@pytest.mark.long
def test_a_second_crawl_asks_each_page_by_who_holds_it(press: Press, redis: Server, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    ended(*workers(press, redis, folders, "--recheck", "all"))
    of_one = alone(press, tmp_path / "alone", "--recheck", "all")
    press.edit()
    press.exchanges.clear()
    second = workers(press, redis, folders, "--recheck", "all", *AGAIN)
    ended(*second)
    assert asked_twice(press) == {}
    asked = {f"{one.host}{one.path}" for one in press.exchanges}
    statuses = statuses_of(press)
    press.exchanges.clear()
    alone(press, of_one, "--recheck", "all")
    assert asked == {f"{one.host}{one.path}" for one in press.exchanges}
    assert statuses == statuses_of(press)
    assert 304 in statuses.values()
    assert_equals_merged(of_one, merged(tmp_path / "merged", *folders))


def statuses_of(press: Press) -> dict[str, int]:
    """What pages and their parts answered; listings are asked by whoever reads them, with or without conditions."""
    not_these = ("/robots.txt", "/sitemap", "/post-sitemap", "/feed", "/wp-json/", "/column/editorial/")
    return {f"{one.host}{one.path}": one.status for one in press.exchanges if not one.path.startswith(not_these)}


def assert_equals_merged(one: Path, folder: Path) -> None:
    for kind in ("articles", "problems"):
        assert lines(folder, kind) == lines(one, kind), kind


def test_due_pages_are_asked_by_who_holds_them(press: Press, redis: Server, tmp_path: Path) -> None:
    """Nothing is new, and what the listings call changed is asked conditionally, so that it is kept as a revisit."""
    folders = [tmp_path / "one", tmp_path / "two"]
    ended(*workers(press, redis, folders))
    first = {folder: set(folder.glob("archive/*")) for folder in folders}
    press.exchanges.clear()
    second = workers(press, redis, folders, *AGAIN)
    ended(*second)
    assert asked_twice(press) == {}
    pages = [one for one in press.exchanges if one.path.startswith("/article/")]
    assert pages
    assert {one.status for one in pages} <= {304, 404, 403}
    for folder in folders:
        assert_verifies(folder)
        assert first[folder] < set(folder.glob("archive/*"))


@pytest.mark.long
def test_workers_with_other_arguments_do_not_mix(press: Press, redis: Server, tmp_path: Path) -> None:
    press.latency = SLOW
    (first,) = workers(press, redis, [tmp_path / "one"])
    other = Worker(press, tmp_path / "two", "--frontier", redis.url, "--limit", "3")
    assert other.end() == 2
    assert "is under way" in other.said
    assert "or another name" in other.said
    press.latency = 0.0
    ended(first)


@pytest.mark.long
def test_names_part_crawls(press: Press, redis: Server, tmp_path: Path) -> None:
    running = [
        Worker(press, tmp_path / name, "--frontier", redis.url, "--crawl", name, "--limit", "2", "--no-requisites")
        for name in ("monday", "tuesday")
    ]
    ended(*running)
    assert [worker.receipt["shared"]["crawl"] for worker in running] == ["monday", "tuesday"]
    assert all(worker.receipt["shared"]["read_listings"] for worker in running)
    assert all(worker.receipt["classes"]["editorial"]["asked"] >= 2 for worker in running)


@pytest.mark.long
def test_limit_counts_for_all_of_them(press: Press, redis: Server, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    running = workers(press, redis, folders, "--limit", "5", "--no-requisites")
    ended(*running)
    found = merged(tmp_path / "merged", *folders)
    alone(press, tmp_path / "alone", "--limit", "5", "--no-requisites")
    for kind in ("articles", "problems"):
        ours, theirs = ((one / "records" / f"{kind}.jsonl").read_text("utf-8") for one in (found, tmp_path / "alone"))
        assert [json.loads(line)["url"] for line in ours.splitlines()] == [
            json.loads(line)["url"] for line in theirs.splitlines()
        ]


def test_who_comes_late_begins_no_other_crawl(press: Press, redis: Server, tmp_path: Path) -> None:
    ended(*workers(press, redis, [tmp_path / "one"], "--limit", "1", "--no-requisites"))
    asked = len(press.exchanges)
    (late,) = workers(press, redis, [tmp_path / "two"], "--limit", "1", "--no-requisites")
    ended(late)
    assert len(press.exchanges) == asked
    assert "nothing is left for this worker" in late.said
    assert late.receipt["asked"] == 0
