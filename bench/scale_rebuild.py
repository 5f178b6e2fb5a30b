"""`genbun rebuild` by the workers of a Dask scheduler beside `--jobs`; and what it and `verify` ask of an S3.

    python -m bench.scale_rebuild [--pairs 700] [--rounds 3] [--workers 1 2] [--storage]

Pairs are generated and crawled into files of 16 MB: 700 are about 280 MB of WARC. Scheduler and workers are processes
of this machine, one thread each, started before and not counted. Each round runs all ways one after the other; ratios
are those of a round, their median is printed. What each writes must be the same. `--storage` counts requests and bytes
against moto's server on loopback; its speed says nothing of a real S3.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from bench.measure import Cost, middle, run, run_for_peak
from bench.rebuild import GENBUN, fill, size_of
from tests.rebuild.workers import scheduler
from tests.storage.s3 import relay, serving


def compare(folder: Path, scratch: Path, rounds: int, counts: list[int]) -> None:
    """Alternate processes and workers; what they write must be the same."""
    with ExitStack() as stack:
        ways = {f"--jobs {count}": ["--jobs", str(count)] for count in counts}
        for count in counts:
            (scratch / f"scheduler-{count}").mkdir()
            running = stack.enter_context(scheduler(scratch / f"scheduler-{count}"))
            running.start_workers(*(f"worker-{number}" for number in range(count)))
            ways[f"{count} Dask workers"] = ["--on", running.address, "--jobs", str(count)]
        costs: dict[str, list[Cost]] = {name: [] for name in ways}
        for _ in range(rounds):
            for number, (name, words) in enumerate(ways.items()):
                costs[name].append(
                    run([*GENBUN, "rebuild", str(folder), "--to", str(scratch / f"to-{number}"), *words])
                )
    for number in range(1, len(ways)):
        for path in sorted((scratch / "to-0").rglob("*")):
            other = scratch / f"to-{number}" / path.relative_to(scratch / "to-0")
            assert path.is_dir() or path.read_bytes() == other.read_bytes(), other
    size, files = size_of(folder), len(list((folder / "archive").iterdir()))
    print(f"{size:,.0f} MB of WARC in {files} files, {rounds} rounds; {len(os.sched_getaffinity(0))} processors")
    print(f"{'by':>16}{'wall s':>8}{'MB/s':>7}{'times as fast':>15}{'peak MB here':>14}")
    base = costs[f"--jobs {counts[0]}"]
    for name, found in costs.items():
        wall = middle([cost.wall for cost in found])
        ratio = middle([first.wall / cost.wall for first, cost in zip(base, found, strict=True)])
        print(f"{name:>16}{wall:>8.2f}{size / wall:>7.0f}{ratio:>15.2f}{max(cost.peak for cost in found):>14.0f}")


def count_requests(folder: Path, scratch: Path) -> None:
    """What commands ask of an S3 when every file is stored there alone."""
    size, files = size_of(folder), len(list((folder / "archive").iterdir()))
    print(f"\n{size:,.0f} MB of WARC in {files} files, in moto's S3")
    print(f"{'command':>34}{'requests':>10}{'of them':>34}{'MB received':>13}{'peak MB':>9}")
    with serving(scratch) as s3, relay(s3) as between:
        os.environ.update(s3.environment(between.endpoint), GENBUN_STORAGE=s3.address)
        address = f"{s3.address}/editorials"
        for words in (
            ["store", str(folder), "--to", address],
            ["store", str(folder), "--to", address],
            ["store", str(folder), "--to", address, "--thin"],
            ["verify", str(folder), "--integrity", "--jobs", "1"],
            ["verify", str(folder), "--jobs", "1"],
            ["rebuild", str(folder), "--to", str(scratch / "again"), "--jobs", "1"],
            ["pack", str(folder), "--to", str(scratch / "packed.wacz")],
            ["store", str(folder), "--from", address],
        ):
            before, received = len(s3.asked()), between.received
            cost = run_for_peak([*GENBUN, *words])
            methods = Counter(method for method, _ in s3.asked()[before:])
            said = ", ".join(f"{count:,} {method}" for method, count in sorted(methods.items()))
            name = " ".join(word for word in words if not word.startswith(("/", "s3:"))).removesuffix(" --to")
            megabytes = (received - between.received) / 1e6
            print(f"{name:>34}{methods.total():>10,}{said:>34}{megabytes:>13,.1f}{cost.peak:>9.0f}", flush=True)


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(prog="python -m bench.scale_rebuild", description=main.__doc__)
    options.add_argument("--pairs", type=int, default=700)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    options.add_argument("--storage", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "collection"
        fill(folder, asked.pairs)
        if asked.workers:
            compare(folder, Path(scratch), asked.rounds, asked.workers)
        if asked.storage:
            count_requests(folder, Path(scratch))


if __name__ == "__main__":
    main()
