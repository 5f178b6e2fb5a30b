"""`genbun read` on an invented collection: how long pages and searches take, what memory, how large pages are.

    python -m bench.read [--pairs 10000] [--rounds 5] [--static]

The collection is that of `bench.export`, which has records alone; so captured pages are not measured here. Pages are
asked for one after the other over one connection, as a browser does that is on the same machine; each is asked for
`--rounds` times, and a figure is the median over all answers of its row. What is looked for is drawn from the texts by
a fixed die: words of two characters, longer ones, English words and phrases.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from archives.collection import Collection
from bench.export import make, size_of
from bench.measure import middle

DRAWN = 20  # of each kind of words
ARTICLES = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """The answers to a row of addresses: milliseconds of each, bytes of the largest."""

    milliseconds: list[float]
    largest: int

    def __str__(self) -> str:
        ordered = sorted(self.milliseconds)
        tail = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        return f"{middle(ordered):>9.1f}{tail:>9.1f}{ordered[-1]:>9.1f}{self.largest / 1000:>10.1f}"


def command(collection: Path, *options: str) -> list[str]:
    """The command."""
    return [sys.executable, "-m", "crawler.commands.main", "read", str(collection), *options]


@contextmanager
def serving(collection: Path, cache: Path) -> Iterator[tuple[http.client.HTTPConnection, int, float]]:
    """A connection to the room, its process, and the seconds until its first page had come."""
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    began = time.monotonic()
    process = subprocess.Popen(
        command(collection, "--port", "0", "--no-open", "--json"), stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        address = urlsplit(json.loads(process.stdout.readline())["address"])
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=600)
        connection.request("GET", "/")
        connection.getresponse().read()
        yield connection, process.pid, time.monotonic() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def ask(connection: http.client.HTTPConnection, paths: Sequence[str], rounds: int) -> Asked:
    """Ask for each of these so many times."""
    taken, largest = [], 0
    for path in [path for _ in range(rounds) for path in paths]:
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        largest = max(largest, len(body))
    return Asked(taken, largest)


def drawn(collection: Collection) -> tuple[list[str], dict[str, list[str]]]:
    """Ids of articles, and what is looked for, by kind; always the same of the same collection."""
    dice = random.Random(10)
    ids: list[str] = []
    texts: dict[str, list[str]] = {"en": [], "ja": []}
    with (collection.records / "articles.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 97 == 0:
                article = json.loads(line)
                ids.append(article["id"])
                texts[article["language"]].append(article["text"])
    japanese, english = "\n".join(texts["ja"]), "\n".join(texts["en"])
    words = {
        "two characters": re.findall("[一-鿿]{2}", japanese),
        "longer, Japanese": re.findall("[一-鿿ァ-ヺー]{3,8}", japanese),
        "an English word": re.findall("[A-Za-z]{4,}", english),
        "two words, or a phrase": re.findall("[A-Za-z]{3,} [A-Za-z]{3,}", english),
    }
    chosen = {kind: dice.sample(sorted(set(found)), DRAWN) for kind, found in words.items()}
    chosen["two words, or a phrase"][::2] = [f'"{words}"' for words in chosen["two words, or a phrase"][::2]]
    chosen["the most common words"] = ["the", "of the", "日本", "政府", "の", "こと"]
    return dice.sample(ids, min(ARTICLES, len(ids))), chosen


def memory(pid: int) -> float:
    """Peak resident memory of a process, in MB."""
    said = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+)", said)[0]) / 1024


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(prog="python -m bench.read", description=main.__doc__)
    options.add_argument("--pairs", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--static", action="store_true", help="also write the static site")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        collection, cache = Collection(Path(scratch) / "editorials"), Path(scratch) / "cache"
        make(collection, 2 * asked.pairs)
        ids, words = drawn(collection)
        with serving(collection.path, cache) as (_, pid, first):
            indexing = memory(pid)
        print(f"{asked.pairs:,} pairs, {size_of(collection.records) / 1e6:,.0f} MB of lines")
        print(
            f"indexed and started in {first:.1f} s and {indexing:.0f} MB; the index has {size_of(cache) / 1e6:,.0f} MB"
        )
        with serving(collection.path, cache) as (connection, pid, start):
            print(f"started in {start:.2f} s\n")
            print(f"{'ms':<32}{'median':>9}{'95 %':>9}{'most':>9}{'kB most':>10}")
            articles = [f"/articles/{quote(one, safe=':')}" for one in ids]
            rows = {
                "first page": ["/"] * 10,
                "calendar": [f"/calendar/{year}" for year in range(2000, 2026)],
                "list, filtered": ["/articles", "/articles?section=Politics&access=free", "/articles?page=200",
                                   "/articles?since=2010-01-01&until=2010-12-31&order=oldest"],
                "side by side": articles,
                "provenance": [f"/records/{record}" for record in _records(connection, ids)],
                "JSON": [f"{path}.json" for path in articles],
            }  # fmt: skip
            for name, paths in rows.items():
                print(f"{name:<32}{ask(connection, paths, asked.rounds)}", flush=True)
            searches = Asked([], 0)
            for kind, looked in words.items():
                found = ask(connection, [f"/articles?{urlencode({'q': one})}" for one in looked], asked.rounds)
                print(f"search: {kind:<24}{found}", flush=True)
                searches = Asked(searches.milliseconds + found.milliseconds, max(searches.largest, found.largest))
            print(f"{'search, all':<32}{searches}")
            print(f"\npeak memory {memory(pid):.0f} MB")
        if asked.static:
            _static(collection.path, cache, Path(scratch) / "site")


def _records(connection: http.client.HTTPConnection, ids: Sequence[str]) -> list[str]:
    found = []
    for one in ids[:20]:
        connection.request("GET", f"/articles/{quote(one, safe=':')}.json")
        found.append(json.loads(connection.getresponse().read())["article"]["capture"]["record_id"][10:-1])
    return found


def _static(collection: Path, cache: Path, target: Path) -> None:
    from bench.measure import run_for_peak

    os.environ["XDG_CACHE_HOME"] = str(cache)
    cost = run_for_peak(command(collection, "--static", str(target), "--json"))
    written = json.loads(cost.output)
    shards = [path.stat().st_size for path in (target / "search").glob("t*.js")]
    print(
        f"static: {cost.wall:.0f} s, {cost.peak:.0f} MB, {written['files']:,} files, {written['bytes'] / 1e6:,.0f} MB"
    )
    print(
        f"a word's shard has {middle([float(one) for one in shards]) / 1000:.0f} kB, at most {max(shards) / 1000:.0f}"
    )


if __name__ == "__main__":
    main()
