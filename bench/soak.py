"""A crawl at full rate for a long time, with faults mixed in: do memory, file handles and journal stay as they are?

python -m bench.soak [--minutes 60] [--faults 0.05] [--pairs 20000] [--every 5]

One process crawls the embedded press of very many pairs, without a delay. A share of the editorials, originals and
images that it asks for is answered by a fault: a reset within the head or the body, a body that is cut off, 503, 429 or
503 with `Retry-After: 1`, or the right answer in slow pieces. What the process takes is looked at from outside, every
few seconds. A crawl that ends before its time is followed by a recrawl of the next edition, in a process of its own.

Whether it is flat is judged in the process that lasted longest, of its two halves each by itself, as they do other
work: while it fetches, and, when the last page has come, while it aligns (in two processes more). The last third of the
samples of a half is held against the middle third (the first holds the listings, and caches that fill). The journal
grows with what is captured, so that it is what a capture takes there that has to stay; aligning adds to it. Ends with 1
if anything is not flat, or a crawl ended as it should not.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Final, NamedTuple

from bench.floor import HOSTS
from bench.measure import run
from crawler.press import Answer, Press, Raw, scaled, server
from crawler.press.answer import http_date
from crawler.press.connection import Connection
from crawler.press.server import FIRST_DAY

GENBUN: Final = [sys.executable, "-m", "crawler.commands.main"]
PAGES: Final = re.compile(r"/(editorial-|article/|uploads/|photo/|resizer/)")
KINDS: Final = ("reset in head", "reset in body", "cut", "slow", "503", "slow", "503", "cut", "429 later", "503 later")
PIECES: Final = 8
SECONDS: Final = 2.0  # that a slow answer takes
GROWTH: Final = 1.10  # of the last third over the middle one is taken for flat …
STOP_WITHIN: Final = 300.0


class Spoiled(bytes):
    """The bytes of an answer, and what the connection does with them."""

    kind = ""


class Faulty:
    """A press's content with a share of faults, the same ones every time."""

    hosts = HOSTS

    def __init__(self, pairs: int, share: float) -> None:
        self._content, self._share = scaled(pairs), share
        self._dice = random.Random(pairs)

    def find(self, host: str, target: str, edition: int) -> Answer | Raw | None:
        """The answer, or a fault."""
        answer = self._content.find(host, target, edition)
        if answer is None or not PAGES.match(target) or self._dice.random() >= self._share:
            return answer
        kind = self._dice.choice(KINDS)
        if kind[0] in "45":
            later = b"Retry-After: 1\r\n" if kind.endswith("later") else b""
            status = int(kind[:3])
            wire = b"HTTP/1.1 %d Not Now\r\n%sContent-Length: 9\r\n\r\nnot now.\n" % (status, later)
            return Raw(wire, status=status, close=False)
        wire = Spoiled(answer.wire(zipped=True, fresh=False, head=False, old=False, date=http_date(FIRST_DAY)))
        wire.kind = kind
        return Raw(wire, close=kind != "slow")


class FaultyConnection(Connection):
    """Sends what is spoiled as its kind says."""

    def _send(self, wire: bytes, close: bool) -> None:
        kind = wire.kind if isinstance(wire, Spoiled) else ""
        if kind == "slow":
            self._waiting = True
            self._slowly(wire, len(wire) // PIECES + 1)
        elif kind:
            self._transport.write(wire[: 60 if kind == "reset in head" else len(wire) // 2])
            if kind != "cut":
                linger = struct.pack("ii", 1, 0)
                self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._transport.close()
        else:
            super()._send(wire, close)

    def _slowly(self, wire: bytes, size: int) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(wire[:size])
        if len(wire) > size:
            assert self._press._loop is not None
            self._press._loop.call_later(SECONDS / PIECES, self._slowly, wire[size:], size)
        else:
            self._waiting = False
            self._answer_all()


def serve(pairs: int, share: float) -> None:
    """Be the press until interrupted; SIGUSR1 goes to the next edition."""
    vars(server)["Connection"] = FaultyConnection  # what the press makes its connections of
    stop = threading.Event()
    with Press(Faulty(pairs, share), log=False) as press:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        signal.signal(signal.SIGUSR1, lambda *_: press.edit())
        print(press.origin, flush=True)
        stop.wait()


@contextmanager
def faulty_press(pairs: int, share: float) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Such a press in a process of its own: its origin, and the process."""
    command = [sys.executable, "-m", "bench.soak", "--serve", "--pairs", str(pairs), "--faults", str(share)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), process
    finally:
        process.terminate()
        process.wait(10)


@dataclass(frozen=True, slots=True)
class Sample:
    """What a crawl takes at one moment."""

    crawl: int
    at: float
    rss: float
    handles: int
    captures: int
    waiting: int
    journal: float
    wal: float

    @property
    def each(self) -> float:
        """Bytes of the journal that one capture takes."""
        return self.journal * 1e6 / max(self.captures, 1)


class Figure(NamedTuple):
    """What of a crawl has to stay, and how much more of it is no growth."""

    name: str
    slack: float
    value: Callable[[Sample], float]


FIGURES: Final = (
    Figure("memory, MB", 5.0, lambda one: one.rss),
    Figure("file handles", 3.0, lambda one: one.handles),
    Figure("write-ahead log, MB", 1.0, lambda one: one.wal),
    Figure("journal, bytes a capture", 0.0, lambda one: one.each),
    Figure("waiting addresses", 100.0, lambda one: one.waiting),
)
ENOUGH: Final = 12  # samples of an end of a crawl, so that it is judged


def sample(crawl: int, began: float, pid: int, folder: Path) -> Sample | None:
    """Look at a crawl from outside; None while there is nothing to see, or if it has just ended."""
    journal, wal = folder / "journal.sqlite", folder / "journal.sqlite-wal"
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        handles = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
        with closing(sqlite3.connect(f"{journal.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as db:
            (captures,) = db.execute("SELECT COUNT(*) FROM captures").fetchone()
            (waiting,) = db.execute("SELECT COUNT(*) FROM asked WHERE state = 'asked'").fetchone()
        rss = re.search(r"VmRSS:\s+(\d+)", status)
        sizes = [path.stat().st_size / 1e6 if path.exists() else 0.0 for path in (journal, wal)]
    except (OSError, sqlite3.Error):
        return None
    if rss is None:
        return None
    return Sample(crawl, time.monotonic() - began, int(rss[1]) / 1024, handles, captures, waiting, *sizes)


def crawl_until(
    end: float, number: int, began: float, origin: str, folder: Path, every: float
) -> tuple[list[Sample], int]:
    """One crawl, to its end or the given time: samples, and its exit status."""
    command = [*GENBUN, "crawl", "example_herald", "--to", str(folder), "--delay", "0", "--concurrency", "16"]
    for host in HOSTS:
        command += ["--connect-to", f"{host}={origin}"]
    samples: list[Sample] = []
    with (folder.parent / "said.txt").open("a") as said:
        process = subprocess.Popen([*command, "--log", "ERROR"], stdout=said, stderr=said)
        while process.poll() is None and time.monotonic() < end:
            with suppress(subprocess.TimeoutExpired):
                process.wait(every)
            found = sample(number, began, process.pid, folder) if process.poll() is None else None
            if found is not None:
                samples.append(found)
                print(row(found), flush=True)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        return samples, process.wait(STOP_WITHIN)


def row(one: Sample) -> str:
    """A line of the table."""
    return (
        f"{one.crawl:>5}{one.at:>8.0f}{one.rss:>9.1f}{one.handles:>9}{one.captures:>10,}{one.waiting:>9,}"
        f"{one.journal:>12.1f}{one.wal:>8.1f}{one.each:>13,.0f}"
    )


def judge(samples: list[Sample]) -> bool:
    """Say of each figure of a crawl whether it is flat; True if all are."""
    fetching = 1 + max((number for number, one in enumerate(samples) if one.waiting), default=0)
    flat = _judge("fetching", samples[:fetching], FIGURES)
    aligning = samples[fetching:]
    if len(aligning) >= ENOUGH:
        flat = _judge("aligning", aligning, FIGURES[:3]) and flat
    return flat


def _judge(half: str, samples: list[Sample], figures: tuple[Figure, ...]) -> bool:
    third = len(samples) // 3
    middle, last = samples[third : 2 * third], samples[2 * third :]
    flat = True
    print(f"\n{half + f', {len(samples)} samples':<28}{'middle third':>14}{'last third':>12}{'times':>8}")
    for name, slack, value in figures:
        before, now = mean(map(value, middle)), mean(map(value, last))
        holds = now <= before * GROWTH + slack
        flat = flat and holds
        print(f"{name:<28}{before:>14,.1f}{now:>12,.1f}{now / max(before, 1e-9):>8.2f}  {'flat' if holds else 'GROWS'}")
    return flat


def report(folder: Path, statuses: list[int], stopped: bool) -> bool:
    """Say what the crawls left; True if each balances and ended as it should."""
    well = all(status == 0 for status in statuses[:-1]) and statuses[-1] == (1 if stopped else 0)
    for path in sorted((folder / "crawls").glob("*Z-*.json")):
        receipt = json.loads(path.read_text("utf-8"))
        sums = {name: receipt[name] for name in ("asked", "fetched", "refused", "failed", "skipped")}
        well = well and sums["asked"] == sum(sums.values()) - sums["asked"]
        print(f"receipt: exit {receipt['exit']}, {sums}, {receipt.get('reasons')}")
    cost = run([*GENBUN, "verify", str(folder)], accept=(0, 4))
    print("\n".join(line for line in cost.output.splitlines() if line.startswith("error")))
    print(f"verify, {cost.peak:.0f} MB: {cost.output.splitlines()[-1]}")
    return well and cost.output.splitlines()[-1].startswith("verified")


def main() -> int:
    """Soak."""
    options = argparse.ArgumentParser(prog="python -m bench.soak", description=main.__doc__)
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--faults", type=float, default=0.05, help="share of the answers that are spoiled")
    options.add_argument("--pairs", type=int, default=20_000)
    options.add_argument("--every", type=float, default=5.0, help="seconds between two samples")
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.serve:
        serve(asked.pairs, asked.faults)
        return 0
    samples: list[Sample] = []
    statuses: list[int] = []
    with faulty_press(asked.pairs, asked.faults) as (origin, press), tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "collection"
        began = time.monotonic()
        end = began + 60 * asked.minutes
        print(f"{asked.pairs:,} pairs, {asked.faults:.0%} faults, {asked.minutes:g} minutes")
        print("crawl       s   RSS MB  handles  captures  waiting  journal MB  log MB  bytes/capture")
        while time.monotonic() < end and all(status == 0 for status in statuses):
            more, status = crawl_until(end, len(statuses) + 1, began, origin, folder, asked.every)
            samples, statuses = samples + more, [*statuses, status]
            press.send_signal(signal.SIGUSR1)
        crawls = [[one for one in samples if one.crawl == number] for number in range(1, len(statuses) + 1)]
        flat = judge(max(crawls, key=len))
        well = report(folder, statuses, stopped=time.monotonic() >= end)
        print((Path(scratch) / "said.txt").read_text()[-800:])
    return 0 if flat and well else 1


if __name__ == "__main__":
    sys.exit(main())
