"""`kill -9` at any moment: the next crawl goes on, and ends where an uninterrupted one would have."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from crawler.press import Press
from tests.recovery.crawls import answers, asked_since, assert_whole, command, crawl, receipts

POINTS = [0.15, 0.5, 0.85]
LONG_POINTS = [random.Random(seed).random() for seed in range(30)]


@pytest.mark.parametrize("point", POINTS)
def test_kill(press: Press, whole: Path, tmp_path: Path, point: float) -> None:
    kill_and_resume(press, whole, tmp_path / "collection", point)


@pytest.mark.long
@pytest.mark.parametrize("point", LONG_POINTS)
def test_kill_anywhere(press: Press, whole: Path, tmp_path: Path, point: float) -> None:
    kill_and_resume(press, whole, tmp_path / "collection", point)


def test_kill_twice(press: Press, whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "collection"
    kill(press, folder, 30)
    kill(press, folder, 30)
    assert crawl(press, folder).returncode == 0
    assert_whole(whole, folder)
    assert [receipt["ended_because"] for receipt in receipts(folder)] == ["killed", "killed", "finished"]


def test_limit_means_the_same_after_a_kill(press: Press, tmp_path: Path) -> None:
    whole, folder = tmp_path / "whole", tmp_path / "collection"
    assert crawl(press, whole, "--limit", "4").returncode == 0
    kill(press, folder, 14, "--limit", "4")
    assert crawl(press, folder, "--limit", "4").returncode == 0
    assert_whole(whole, folder)


def kill_and_resume(press: Press, whole: Path, folder: Path, point: float) -> None:
    total = sum(answers(whole).values())
    kill(press, folder, max(1, int(point * total)))
    before = answers_of_killed(folder)
    asked_before = len(press.exchanges)
    second = crawl(press, folder)
    assert second.returncode == 0, second.stderr
    assert asked_since(press, asked_before) & before == set(), "a committed page was fetched again"
    assert_whole(whole, folder)
    assert receipts(folder)[-1]["resumes"] == receipts(folder)[0]["id"]


def kill(press: Press, folder: Path, served: int, *extra: str) -> None:
    """Crawl, and kill the process once the press has served that many answers."""
    goal = len(press.exchanges) + served
    process = subprocess.Popen(command(press, folder, *extra), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(press.exchanges) < goal and process.poll() is None:
        time.sleep(0.001)
    time.sleep(random.random() * 0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()


def answers_of_killed(folder: Path) -> set[str]:
    """The addresses that the journal of a killed crawl calls committed."""
    import sqlite3

    if not (folder / "journal.sqlite").exists():
        return set()
    journal = sqlite3.connect(f"file:{folder / 'journal.sqlite'}?mode=ro", uri=True)
    try:
        return {url for (url,) in journal.execute("SELECT url FROM captures WHERE whole")}
    except sqlite3.OperationalError:  # killed before the tables were made
        return set()
    finally:
        journal.close()
