"""Pairs aligned by several processes: the same as by one, whatever happens to them."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from crawler import aligning
from crawler.aligning import Alignments, Texts
from crawler.alignment import Alignment
from tests.conftest import ROOT

ENGLISH = "The ferry stops on Friday. Nobody asked the {} islanders.\n\nThe council must say why."
JAPANESE = "渡船は金曜日に止まる。島民{}人には何も聞いていない。\n\n評議会は理由を述べよ。"

MANY = """
import sqlite3
from tests.alignment.test_processes import texts
from crawler.aligning import Alignments
for _ in Alignments(sqlite3.connect(":memory:"), jobs=2).of(texts(100_000)):
    pass
"""


def texts(count: int) -> Iterator[Texts]:
    """So many pairs of texts, each a little different."""
    for number in range(count):
        digests = f"sha1:E{number}", f"sha1:J{number}"
        yield Texts(f"pair-{number}", ENGLISH.format(number), JAPANESE.format(number), ("en", "ja"), digests)


def made(jobs: int, count: int = 60) -> list[str]:
    with sqlite3.connect(":memory:", isolation_level=None) as db:
        found = Alignments(db, jobs=jobs).of(texts(count))
        return [one.model_dump_json() if isinstance(one, Alignment) else "" for one in found]


def test_why_not_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Texts("a", "The ferry.", "The ferry, too.", ("en", "ja"), ("sha1:E", "sha1:J"))
    with sqlite3.connect(":memory:", isolation_level=None) as db:
        (first,) = Alignments(db).of([one])
        monkeypatch.setattr(aligning, "aligned", None)  # nobody is asked again
        (second,) = Alignments(db).of([one])
        (unasked,) = Alignments(db, computes=False).of([one])
    assert first == second == unasked == "a text said to be 'ja' is not: 0 of its 11 letters are Japanese"


def test_several_processes_find_what_one_finds() -> None:
    assert made(2) == made(1)


def test_a_process_that_is_ended_from_outside_costs_time_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = made(1)
    pools: list[ProcessPoolExecutor] = []

    class Pool(ProcessPoolExecutor):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            pools.append(self)

    monkeypatch.setattr(aligning, "ProcessPoolExecutor", Pool)
    with sqlite3.connect(":memory:", isolation_level=None) as db:
        alignments = Alignments(db, jobs=2)
        found = []
        for one in alignments.of(texts(60)):
            found.append(one.model_dump_json() if isinstance(one, Alignment) else "")
            if len(found) == 5:
                for pid in list(pools[0]._processes):
                    os.kill(pid, signal.SIGKILL)
    assert len(pools) == 1
    assert found == expected
    assert (alignments.made, alignments.failed) == (60, 0)


def test_processes_end_with_the_one_that_started_them() -> None:
    process = subprocess.Popen([sys.executable, "-c", MANY], cwd=ROOT, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        pytest.skip("needs /proc with children")
    try:
        found: list[str] = []
        while len(found) < 3 and process.poll() is None:  # two workers, and what multiprocessing keeps beside them
            found = children.read_text().split()
            time.sleep(0.05)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    until = time.monotonic() + 20
    while any(_runs(pid) for pid in found):
        assert time.monotonic() < until, "left behind"
        time.sleep(0.05)


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
