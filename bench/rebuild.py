"""`genbun rebuild` by one process and by several; peak memory of it and of `genbun merge`, by size.

    python -m bench.rebuild [--pairs 700] [--rounds 5] [--jobs 2] [--sizes 250 1250]

Pairs are generated and crawled into files of 16 MB: 700 are about 280 MB of WARC, 2600 about 1 GB. Each round runs one
after the other; ratios are those of a round, their median is printed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench.floor import HOSTS
from bench.measure import Cost, middle, press, run, run_for_peak

GENBUN = [sys.executable, "-m", "crawler.commands.main"]
WARC_SIZE = 16_000_000


def fill(folder: Path, pairs: int) -> None:
    """A crawl of that many generated pairs, into files of 16 MB."""
    with press(pairs) as origin:
        command = [*GENBUN, "crawl", "example_herald", "--to", str(folder), "--json", "--delay", "0"]
        command += ["--concurrency", "16", "--set", f"WARC_SIZE={WARC_SIZE}"]
        for host in HOSTS:
            command += ["--connect-to", f"{host}={origin}"]
        run(command)


def size_of(folder: Path) -> float:
    """Megabytes of WARC in a collection."""
    return sum(path.stat().st_size for path in (folder / "archive").iterdir()) / 1e6


def compare(folder: Path, scratch: Path, rounds: int, jobs: int) -> None:
    """Alternate one process and several; what they write must be the same."""
    rows: dict[int, list[Cost]] = {1: [], jobs: []}
    for _ in range(rounds):
        for count in rows:
            to = scratch / f"by-{count}"
            rows[count].append(run([*GENBUN, "rebuild", str(folder), "--to", str(to), "--jobs", str(count)]))
    for path in sorted((scratch / "by-1").rglob("*")):
        other = scratch / f"by-{jobs}" / path.relative_to(scratch / "by-1")
        assert path.is_dir() or path.read_bytes() == other.read_bytes(), path
    size = size_of(folder)
    files, processors = len(list((folder / "archive").iterdir())), len(os.sched_getaffinity(0))
    print(f"{size:,.0f} MB of WARC in {files} files, {rounds} rounds, start-up too; {processors} processors")
    print(f"{'processes':>10}{'wall s':>8}{'CPU s':>8}{'MB/s':>7}{'times as fast':>15}{'peak MB, the largest':>22}")
    for count, costs in rows.items():
        wall = [base.wall / cost.wall for base, cost in zip(rows[1], costs, strict=True)]
        print(
            f"{count:>10}{middle([cost.wall for cost in costs]):>8.2f}{middle([cost.cpu for cost in costs]):>8.2f}"
            f"{size / middle([cost.wall for cost in costs]):>7.0f}{middle(wall):>15.2f}"
            f"{max(cost.peak for cost in costs):>22.0f}"
        )


def memory(sizes: list[int]) -> None:
    """Peak memory of one process of `rebuild`, and of `merge`, by size."""
    print(f"{'MB of WARC':>11}{'exchanges':>11}{'rebuild: peak MB':>18}{'MB/s':>7}{'merge: peak MB':>16}{'MB/s':>7}")
    for pairs in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder, merged = Path(scratch) / "collection", Path(scratch) / "merged"
            fill(folder, pairs)
            alone = run_for_peak([*GENBUN, "rebuild", str(folder), "--jobs", "1"])
            merging = run_for_peak([*GENBUN, "merge", str(folder), "--to", str(merged), "--jobs", "1"])
            size, exchanges = size_of(folder), alone.output.split(" exchanges")[0].split()[-1]
            print(
                f"{size:>11,.0f}{exchanges:>11}{alone.peak:>18.0f}{size / alone.wall:>7.0f}"
                f"{merging.peak:>16.0f}{size / merging.wall:>7.0f}",
                flush=True,
            )


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(prog="python -m bench.rebuild", description=main.__doc__)
    options.add_argument("--pairs", type=int, default=700)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--sizes", type=int, nargs="*", default=[250, 1250], help="pairs; none for no such table")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "collection"
        fill(folder, asked.pairs)
        compare(folder, Path(scratch), asked.rounds, asked.jobs)
    memory(asked.sizes)


if __name__ == "__main__":
    main()
