"""`genbun verify --integrity` beside `warcio check` on the same files; full verify; peak memory by size.

    python -m bench.verify [--pairs 300] [--rounds 7] [--sizes 100 1000]

Each round runs both, one after the other; ratios are those of a round, their median is printed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
from pathlib import Path

from archives.exchange import Exchange
from archives.message import parse_head
from archives.reader import stored_records
from archives.records import group_of
from archives.writer import WarcWriter
from bench.floor import HOSTS
from bench.measure import Cost, middle, press, run, run_for_peak

GENBUN = [sys.executable, "-m", "crawler.commands.main"]
VERIFY = [*GENBUN, "verify"]
WARCIO = [sys.executable, "-m", "warcio.cli", "check"]


def size_of(folder: Path) -> int:
    """Bytes of WARC in a collection."""
    return sum(path.stat().st_size for path in (folder / "archive").iterdir())


def crawl(origin: str, folder: Path, *options: str) -> None:
    """A crawl of a press, all of it in one WARC file."""
    command = [*GENBUN, "crawl", "example_herald", "--to", str(folder), "--delay", "0", "--concurrency", "16", *options]
    for host in HOSTS:
        command += ["--connect-to", f"{host}={origin}"]
    run(command)


def compare(folder: Path, rounds: int) -> None:
    """Alternate warcio, ours, and the full verify on one collection."""
    warcs = [str(path) for path in sorted((folder / "archive").iterdir())]
    commands = {
        "warcio check": [*WARCIO, *warcs],
        "verify --integrity": [*VERIFY, str(folder), "--integrity", "--jobs", "1"],
        "… --jobs 2": [*VERIFY, str(folder), "--integrity", "--jobs", "2"],
        "verify": [*VERIFY, str(folder), "--jobs", "1"],
        "… --jobs 2 ": [*VERIFY, str(folder), "--jobs", "2"],
    }
    rows: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            rows[name].append(
                run(command, accept=(0, 1) if name == "warcio check" else (0,))
            )  # it fails chunked payloads
    size = size_of(folder) / 1e6
    print(f"{size:.0f} MB of WARC in {len(warcs)} files, {rounds} rounds; commands of their own, start-up included")
    print(f"{'':<20}{'wall s':>8}{'CPU s':>8}{'MB/s':>8}{'x warcio (wall)':>17}{'x warcio (CPU)':>16}")
    for name, costs in rows.items():
        wall = [base.wall / cost.wall for base, cost in zip(rows["warcio check"], costs, strict=True)]
        cpu = [base.cpu / cost.cpu for base, cost in zip(rows["warcio check"], costs, strict=True)]
        print(
            f"{name:<20}{middle([cost.wall for cost in costs]):>8.2f}{middle([cost.cpu for cost in costs]):>8.2f}"
            f"{size / middle([cost.cpu for cost in costs]):>8.0f}{middle(wall):>17.2f}{middle(cpu):>16.2f}"
        )
    _above_start_up(rows, folder, rounds)
    articles = sum(1 for _ in (folder / "records" / "articles.jsonl").open())
    full, archive = middle([cost.cpu for cost in rows["verify"]]), middle([c.cpu for c in rows["verify --integrity"]])
    print(f"full verify: {full / articles * 1000:.2f} ms CPU an article ({articles} articles), of it "
          f"{(full - archive) / articles * 1000:.2f} ms for parse, join and lines")  # fmt: skip


def _above_start_up(rows: dict[str, list[Cost]], folder: Path, rounds: int) -> None:
    """What a byte costs by itself: CPU of each command less what the same command takes for next to nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        tiny = Path(scratch) / "archive" / "x.warc.gz"
        tiny.parent.mkdir()
        first = next((folder / "archive").iterdir())
        tiny.write_bytes(first.read_bytes()[: next(stored_records(first)).length])
        theirs = middle([run([*WARCIO, str(tiny)]).cpu for _ in range(rounds)])
        ours = middle([run([*VERIFY, scratch, "--integrity", "--jobs", "1"]).cpu for _ in range(rounds)])
    pairs = zip(rows["warcio check"], rows["verify --integrity"], strict=True)
    ratio = middle([(base.cpu - theirs) / (cost.cpu - ours) for base, cost in pairs])
    print(f"start-up: warcio {theirs:.2f} s, ours {ours:.2f} s CPU; without it, {ratio:.2f} times as fast a byte (CPU)")


def fill(folder: Path, megabytes: int, body: int = 60_000) -> None:
    """A collection of that size, of exchanges with random bodies; no index is made, so none is checked."""
    archive = folder / "archive"
    archive.mkdir(parents=True)
    writer = WarcWriter(archive, "bench", [("software", "genbun bench")])
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % body
    number = 0
    while number * body < megabytes * 1_000_000:
        number += 1
        payload = os.urandom(body)
        exchange = Exchange(
            url=f"https://herald.example/{number}.png",
            started_at=dt.datetime.now(dt.UTC),
            sent=b"GET / HTTP/1.1\r\nHost: herald.example\r\n\r\n",
            received=head + payload,
            head=parse_head(head.removesuffix(b"\r\n\r\n")),
            head_length=len(head),
            payload=payload,
        )
        writer.append(group_of(exchange, writer.ensure_open()))
        if writer.due():
            writer.close()
    writer.close()


def memory(sizes: list[int]) -> None:
    """Peak memory of `verify --integrity` and of `verify`, by size."""
    print(f"{'MB of WARC':>12}{'records':>10}{'--integrity: peak MB':>22}{'MB/s':>8}{'full: peak MB':>15}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "c"
            fill(folder, size)
            archive = run_for_peak([*VERIFY, str(folder), "--integrity", "--jobs", "1"])
            full = run_for_peak([*VERIFY, str(folder), "--jobs", "1"])
            records = size * 1_000_000 // 60_000 * 3
            print(
                f"{size_of(folder) / 1e6:>12,.0f}{records:>10,}{archive.peak:>22.0f}"
                f"{size_of(folder) / 1e6 / archive.wall:>8.0f}{full.peak:>15.0f}",
                flush=True,
            )


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(prog="python -m bench.verify", description=main.__doc__)
    options.add_argument("--pairs", type=int, default=300)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--sizes", type=int, nargs="*", default=[100, 1000], help="megabytes; [] for no memory table")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        with press(asked.pairs) as origin:
            crawl(origin, Path(scratch) / "whole")
            crawl(origin, Path(scratch) / "pages", "--no-requisites")
        print("pages and all they need (four fifths of the bytes are images)")
        compare(Path(scratch) / "whole", asked.rounds)
        print("pages alone")
        compare(Path(scratch) / "pages", asked.rounds)
    memory(asked.sizes)


if __name__ == "__main__":
    main()
