"""Workers in processes of their own, and what their collections hold together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archives.collection import Collection
from archives.verify.finding import Findings
from crawler.merging import merge
from crawler.press import Press
from crawler.verifying.collection import verify
from tests.conftest import ROOT
from tests.recovery.crawls import answers, assert_sound, balanced, lines, receipts
from tests.scale.servers import Server

KINDS = ("articles", "pairs", "problems")
LEASE = 3.0
WITHIN = 60.0
SLOW = 1.0
KEY = "genbun:{example_herald}"


class Worker:
    """A worker that runs."""

    def __init__(self, press: Press, folder: Path, *more: str, newspaper: str = "example_herald") -> None:
        self.folder = folder
        self.said = ""
        words = ["crawl", newspaper, "--to", str(folder), "--no-align", "--set", f"FRONTIER_LEASE={LEASE}"]
        words += [word for host, origin in press.connect_to.items() for word in ("--connect-to", f"{host}={origin}")]
        words += ["--concurrency", "2", *(() if "--delay" in more else ("--delay", "0")), *more]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crawler.commands.main", *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def end(self) -> int:
        """Its exit status, once it has ended."""
        self.said, _ = self.process.communicate(timeout=WITHIN)
        return self.process.returncode

    def kill(self) -> None:
        """`kill -9`."""
        self.process.send_signal(signal.SIGKILL)
        self.said, _ = self.process.communicate()

    @property
    def receipt(self) -> dict[str, Any]:
        """Its last receipt."""
        return receipts(self.folder)[-1]


def workers(press: Press, redis: Server, folders: Sequence[Path], *more: str) -> list[Worker]:
    """A worker for each folder, begun together: the press is slow until all of them take part, however slow we are."""
    latency, press.latency = press.latency, SLOW
    try:
        running = [Worker(press, folder, "--frontier", redis.url, *more) for folder in folders]
        until = time.monotonic() + WITHIN
        with redis.client() as client:
            while client.hlen(f"{KEY}:beats") < len(folders) and all(one.process.poll() is None for one in running):
                assert time.monotonic() < until
                time.sleep(0.01)
    finally:
        press.latency = latency
    return running


def ended(*running: Worker) -> None:
    """All have ended, each with 0 and a receipt that balances."""
    for worker in running:
        assert worker.end() == 0, worker.said
        assert all(balanced(receipt) for receipt in receipts(worker.folder))
        assert worker.receipt["finished"]


def alone(press: Press, folder: Path, *more: str) -> Path:
    """A crawl that shares with nobody."""
    ended(Worker(press, folder, *more))
    return folder


def merged(folder: Path, *sources: Path) -> Path:
    """All of them in one."""
    merge([Collection(source) for source in sources], Collection(folder), 1)
    return folder


def assert_equals_one_workers(whole: Path, folder: Path, *, twice: set[str] | None = None) -> None:
    """The merged collection holds what one worker would have got: the same addresses, the same lines.

    `twice` are addresses that may have been asked by two, since one of them was killed meanwhile.
    """
    ours, theirs = answers(folder), answers(whole)
    missing, more = set(theirs) - set(ours), set(ours) - set(theirs)
    assert not missing, f"not there: {missing}"
    assert not more, f"one worker would not have asked: {more}"
    again = {url for url, count in ours.items() if count > 1 and not url.endswith("/robots.txt")}
    assert again <= (twice or set())
    pairs_of_one = merged(folder.with_name(f"{folder.name}-whole"), whole)
    for kind in KINDS:
        assert lines(folder, kind) == lines(pairs_of_one, kind), kind
    assert_sound(folder)


def assert_verifies(folder: Path) -> None:
    """Every byte, digest, index line, record and receipt of a worker's own collection agrees."""
    with TemporaryDirectory() as scratch:
        findings = Findings()
        verify(Collection(folder), Path(scratch), findings)
        errors = [str(finding) for finding in findings if finding.severity == "error"]
        assert not errors, "\n".join(errors)


def asked_twice(press: Press) -> dict[str, int]:
    """The addresses that the press was asked for more than once; each worker asks robots.txt for itself."""
    asked = Counter(f"https://{one.host}{one.path}" for one in press.exchanges)
    return {url: count for url, count in asked.items() if count > 1 and not url.endswith("/robots.txt")}


def wait_for(press: Press, served: int, *running: Worker) -> None:
    """Wait until the press has answered so many more times."""
    goal, until = len(press.exchanges) + served, time.monotonic() + WITHIN
    while len(press.exchanges) < goal and all(worker.process.poll() is None for worker in running):
        assert time.monotonic() < until
        time.sleep(0.001)
