"""One pace a host, however many workers ask it; what one is told, all keep to."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from crawler.press import Answer, Press
from crawler.press.addresses import HERALD, SHIMBUN
from tests.crawl.answers import CASES, herald_path
from tests.scale.servers import Server
from tests.scale.workers import ended, workers

DELAY = 0.15
#: What a request may be late on its way to a press on the same machine, where others work too.
LATE = 0.06
WINDOW = ("--since", "2026-10-09", "--until", "2026-10-19", "--no-requisites")  # four editorials
KEY = "07-cables"


def gaps(press: Press, host: str) -> list[float]:
    """Seconds between two requests to a host."""
    at = sorted(one.at for one in press.exchanges if one.host == host)
    return [later - before for before, later in pairwise(at)]


def not_now(status: int, *after: str) -> Answer:
    """An answer that asks for a rest."""
    return Answer(b"not now\n", "text/plain", status=status, headers=tuple((b"Retry-After", a.encode()) for a in after))


def test_two_workers_keep_one_pace(press: Press, redis: Server, tmp_path: Path) -> None:
    running = workers(
        press, redis, [tmp_path / "one", tmp_path / "two"], "--no-requisites", "--limit", "12", "--delay", str(DELAY)
    )
    ended(*running)
    assert all(worker.receipt["shared"]["claimed"] > 2 for worker in running)
    for host in (HERALD, SHIMBUN):
        found = gaps(press, host)
        assert len(found) > 8
        assert min(found) > DELAY - LATE
        assert sum(found) / len(found) >= DELAY - 0.01
        assert sorted(found)[len(found) // 2] < 4 * DELAY, "they wait for each other without need"


@pytest.mark.parametrize("status", [pytest.param(429, marks=pytest.mark.long), 503])
def test_a_rest_is_kept_by_all(press: Press, redis: Server, tmp_path: Path, status: int) -> None:
    good = press.content.find(HERALD, herald_path(KEY), 1)
    assert good is not None
    press.instead(HERALD, herald_path(KEY), not_now(status, "2"), good)
    running = workers(press, redis, [tmp_path / "one", tmp_path / "two"], *WINDOW)
    ended(*running)
    asked = [one for one in press.exchanges if one.host == HERALD]
    (told,) = (one.at for one in asked if one.status == status)
    later = [one.at for one in asked if one.at > told + LATE]
    assert later
    assert min(later) - told >= 2 - LATE


@pytest.mark.long
def test_a_long_rest_closes_the_host_for_all(press: Press, redis: Server, tmp_path: Path) -> None:
    press.instead(HERALD, herald_path(KEY), not_now(503, "3600"))
    running = workers(press, redis, [tmp_path / "one", tmp_path / "two"], "--no-requisites")
    assert {worker.end() for worker in running} <= {0, 6}
    told = next(one.at for one in press.exchanges if one.status == 503)
    after = [one for one in press.exchanges if one.host == HERALD and one.at > told]
    assert len(after) <= 2 * 8, "more than what both had in flight when the host said so"
    assert not [one for one in after if one.at > told + 1]
    closed = [worker.receipt["closed"][HERALD] for worker in running if worker.receipt["reasons"]]
    assert closed
    assert all("(Retry-After, at https://herald.example" in said for said in closed)
    assert sum(worker.receipt["reasons"].get("refused: retry_after", 0) for worker in running) > 0


@pytest.mark.long
def test_a_host_that_answers_429_is_left_alone_by_all(press: Press, redis: Server, tmp_path: Path) -> None:
    for case in CASES.values():
        press.instead(HERALD, case.url.removeprefix(f"https://{HERALD}"), not_now(429))
    running = workers(press, redis, [tmp_path / "one", tmp_path / "two"], "--no-requisites")
    assert 6 in {worker.end() for worker in running}
    refused = [one for one in press.exchanges if one.status == 429]
    assert 5 <= len(refused) < len(CASES)
    assert any(HERALD in worker.receipt["closed"] for worker in running)
