"""What a second crawl costs that finds ten new editorials among many known ones.

    python -m bench.incremental [--pairs N]

The press lists all but the newest ten; a crawl takes them; then it lists those too, and the next crawl is measured:
how many requests it sends, and when the first of them is sent. Pages that lie within the last week are asked again, by
the dates of the press.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archives.reader import groups
from bench.floor import HOSTS
from bench.measure import run

NEW = 10


@contextmanager
def press(pairs: int, unprinted: int) -> Iterator[str]:
    """A press in a process of its own."""
    command = [sys.executable, "-m", "crawler.press", "--pairs", str(pairs), "--unprinted", str(unprinted)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def crawl(origin: str, folder: Path) -> list[str]:
    """The command."""
    command = [sys.executable, "-m", "crawler.commands.main", "crawl", "example_herald", "--to", str(folder), "--json"]
    command += ["--delay", "0", "--concurrency", "16", "--no-requisites", "--no-align"]
    return command + [word for host in HOSTS for word in ("--connect-to", f"{host}={origin}")]


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(prog="python -m bench.incremental", description=main.__doc__)
    options.add_argument("--pairs", type=int, default=10_000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "c"
        with press(asked.pairs + NEW, NEW) as origin:
            first = run(crawl(origin, folder))
        known = set(folder.glob("archive/*"))
        with press(asked.pairs + NEW, 0) as origin:
            began = time.time()
            second = run(crawl(origin, folder))
        receipt = json.loads(second.output)
        (new,) = set(folder.glob("archive/*")) - known
        answers = [group.answer for group in groups(new) if group.answer is not None]
        sent = min(_seconds(answer.date) for answer in answers) - began
        by_class = Counter(note for group in groups(new) if (note := group.note("class")) and group.answer is not None)
    print(f"{asked.pairs:,} editorials known, {NEW} new: {len(answers)} requests ({dict(by_class)})")
    print(f"first request sent {sent:.1f} s after the command was given; all of it {second.wall:.1f} s, "
          f"{second.cpu:.1f} s CPU, {second.peak:.0f} MB (the first crawl: {first.wall:.0f} s)")  # fmt: skip
    print(json.dumps(receipt["discovery"]))


def _seconds(date: str) -> float:
    return dt.datetime.fromisoformat(date).timestamp()


if __name__ == "__main__":
    main()
