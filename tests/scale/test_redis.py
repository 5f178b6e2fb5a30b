"""Redis cannot be had, goes away, or comes back without what it held."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archives.errors import UsageError
from crawler.press import Press
from spiders.frontier.connection import opened
from tests.recovery.crawls import answers, balanced, receipts
from tests.scale.servers import Server, free_port
from tests.scale.workers import (
    LEASE,
    Worker,
    asked_twice,
    assert_equals_one_workers,
    ended,
    merged,
    wait_for,
    workers,
)

PATIENT = ("--set", "FRONTIER_PATIENCE=20")
HASTY = ("--set", "FRONTIER_PATIENCE=1")


@pytest.fixture
def server(program: Callable[[str], str], tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """A Redis of the test's own, with options."""
    made: list[Server] = []

    def make(*options: str) -> Server:
        made.append(Server(program("redis-server"), tmp_path, options))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_no_redis_there(press: Press, tmp_path: Path) -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    worker = Worker(press, tmp_path / "c", "--frontier", url)
    assert worker.end() == 1
    assert f"--frontier {url}: cannot be reached" in worker.said
    assert_nothing_began(press, worker)


def test_a_server_that_is_no_redis(press: Press, tmp_path: Path) -> None:
    worker = Worker(press, tmp_path / "c", "--frontier", f"redis://127.0.0.1:{press.port}/0")
    assert worker.end() == 1
    assert "nothing was asked" in worker.said
    assert_nothing_began(press, worker)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:6379/0", "127.0.0.1:6379", "redis://127.0.0.1:port/0", "redis://user:secret@127.0.0.1:x/0", "x"],
)
def test_no_address_of_one(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of a Redis") as raised:
        opened(url)
    assert "secret" not in str(raised.value)


@pytest.mark.long
def test_a_password(press: Press, server: Callable[..., Server], tmp_path: Path) -> None:
    redis = server("--requirepass", "let-me-in")
    refused = Worker(press, tmp_path / "c", "--frontier", redis.url)
    assert refused.end() == 1
    assert "GENBUN_FRONTIER" in refused.said
    assert_nothing_began(press, refused)
    wrong = Worker(press, tmp_path / "c", "--frontier", redis.url.replace("//", "//:not-that@"))
    assert wrong.end() == 1
    assert "not-that" not in wrong.said
    given = Worker(
        press, tmp_path / "c", "--frontier", redis.url.replace("//", "//:let-me-in@"), "--limit", "1", "--no-requisites"
    )
    ended(given)
    assert "let-me-in" not in given.said
    for path in tmp_path.glob("c/crawls/*"):
        assert b"let-me-in" not in path.read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--frontier", "http://127.0.0.1:1/0"), "is no address of a Redis"),
        pytest.param(
            ("--frontier", "redis://127.0.0.1:1/0", "--crawl", "two words"), "'two words'", marks=pytest.mark.long
        ),
        pytest.param(("--crawl", "alone"), "give --frontier too", marks=pytest.mark.long),
        pytest.param(
            ("--frontier", "redis://127.0.0.1:1/0", "--set", "FRONTIER_LEASE=0.1"), "LEASE", marks=pytest.mark.long
        ),
    ],
)
def test_wrong_usage(press: Press, tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    worker = Worker(press, tmp_path / "c", *options)
    assert worker.end() == 2
    assert said in worker.said
    assert_nothing_began(press, worker)


def test_restarted_with_what_it_held(press: Press, server: Callable[..., Server], whole: Path, tmp_path: Path) -> None:
    """Redis is away for longer than a lease: the crawl waits, and goes on; nobody takes a living worker for dead."""
    redis = server("--appendonly", "yes", "--appendfsync", "always")
    folders = [tmp_path / "one", tmp_path / "two"]
    running = workers(press, redis, folders, *PATIENT)
    wait_for(press, 40, *running)
    redis.stop()
    time.sleep(0.3)
    waiting = len(press.exchanges)
    time.sleep(LEASE)
    assert len(press.exchanges) == waiting, "a host was asked though Redis could not say whose turn it is"
    redis.start()
    ended(*running)
    assert "trying again" in running[0].said
    assert asked_twice(press) == {}
    assert all("was silent" not in worker.said for worker in running)
    assert_equals_one_workers(whole, merged(tmp_path / "merged", *folders))


@pytest.mark.long
def test_away_for_good_then_there_again(
    press: Press, server: Callable[..., Server], whole: Path, tmp_path: Path
) -> None:
    redis = server("--appendonly", "yes", "--appendfsync", "always")
    folders = [tmp_path / "one", tmp_path / "two"]
    running = workers(press, redis, folders, *HASTY)
    wait_for(press, 40, *running)
    redis.stop()
    for worker in running:
        assert worker.end() == 1
        assert "Redis has not answered" in worker.said
        assert worker.receipt["ended_because"] == "frontier_lost"
        assert not worker.receipt["finished"]
        assert balanced(worker.receipt)
    redis.start()
    ended(*workers(press, redis, folders))
    assert asked_twice(press) == {}
    assert_equals_one_workers(whole, merged(tmp_path / "merged", *folders))


@pytest.mark.long
def test_emptied(press: Press, redis: Server, whole: Path, tmp_path: Path) -> None:
    """It forgets the crawl: the workers end and say so; run again, they know from their archives what they got."""
    folders = [tmp_path / "one", tmp_path / "two"]
    running = workers(press, redis, folders)
    wait_for(press, 40, *running)
    with redis.client() as client:
        client.flushall()
    for worker in running:
        assert worker.end() == 1
        assert "no longer knows the crawl" in worker.said
        assert not worker.receipt["finished"]
        assert balanced(worker.receipt)
    again = workers(press, redis, folders)
    ended(*again)
    for folder in folders:
        twice = {url for url, count in answers(folder).items() if count > 1}
        assert not [url for url in twice if not url.endswith("/robots.txt")], "a worker asked again what it had got"
    assert sum(receipts(folder)[-1]["recalled"] for folder in folders) > 0
    assert_equals_one_workers(whole, merged(tmp_path / "merged", *folders), twice=set(asked_twice(press)))


@pytest.mark.long
def test_without_the_package(press: Press, tmp_path: Path) -> None:
    """A folder in front of all others hides it: the message says what to install."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys; sys.modules['redis'] = None\n")
    command = Worker(press, tmp_path / "c", "--limit", "1", "--no-requisites").process.args
    assert isinstance(command, list)
    environment = {**os.environ, "PYTHONPATH": f"{hidden}{os.pathsep}{Path.cwd()}"}
    without = subprocess.run(
        [*command, "--frontier", "redis://127.0.0.1:1/0"], capture_output=True, text=True, env=environment
    )
    assert without.returncode == 2
    assert "pip install 'genbun[redis]'" in without.stderr


def assert_nothing_began(press: Press, worker: Worker) -> None:
    assert not worker.folder.exists()
    assert not [one for one in press.exchanges if one.host == "herald.example"]
    assert "Traceback" not in worker.said
