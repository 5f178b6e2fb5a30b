"""One worker or several on one Redis, where each page takes its time: how much sooner is it done, and at what cost?

python -m bench.scale [--pairs 240] [--latency 0.2] [--concurrency 2] [--workers 2] [--runs 7] [--short]

Each run crawls the same press by one worker without a frontier, by one with, and by so many that share it, in turn.
Time is that of the whole, from the start of the first process to the end of the last. What Redis does is read from its
own counters (INFO), what a worker waits for it from its receipt. A page is an editorial or an original.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from redis import Redis, RedisError

from bench.floor import HOSTS
from bench.measure import middle, press
from spiders.frontier.entry import Entry, fingerprint
from spiders.frontier.scripts import EXCHANGE, JOIN, TURN

GENBUN: Final = [sys.executable, "-m", "crawler.commands.main", "crawl", "example_herald", "--json", "--no-requisites"]
ENTRIES: Final = 100_000
TURNS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Run:
    """A crawl by some workers. `sent` counts what they sent to Redis, `inside` what its scripts did there.

    `redis_ms` is CPU time of Redis, `waited_ms` what the workers waited for its answers, `kilobytes` what went over the
    wire to it and from it; all are for one page.
    """

    pages: int
    seconds: float
    sent: float = 0.0
    inside: float = 0.0
    redis_ms: float = 0.0
    waited_ms: float = 0.0
    kilobytes: float = 0.0

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.pages / self.seconds


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A Redis of our own, which keeps nothing on disk."""
    program = shutil.which("redis-server")
    if program is None:
        sys.exit("bench.scale needs redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", ""]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            client = Redis(port=port)
            for _ in range(200):
                try:
                    client.ping()
                    break
                except RedisError:
                    time.sleep(0.02)
            yield client
        finally:
            process.terminate()
            process.wait(10)


def crawl(origin: str, folder: Path, workers: int, redis: Redis | None, concurrency: int) -> Run:
    """Crawl by so many workers; without a Redis by one that shares with nobody."""
    common = ["--delay", "0", "--concurrency", str(concurrency), "--no-align", "--no-search"]
    common += [word for host in HOSTS for word in ("--connect-to", f"{host}={origin}")]
    if redis is not None:
        redis.flushall()
        redis.config_resetstat()
        common += ["--frontier", f"redis://127.0.0.1:{redis.connection_pool.connection_kwargs['port']}/0"]
    before = _cpu(redis)
    began = time.monotonic()
    processes = [
        subprocess.Popen(
            [*GENBUN, "--to", str(folder / str(number)), *common],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(workers)
    ]  # fmt: skip
    said = [process.communicate() for process in processes]
    seconds = time.monotonic() - began
    for process, (_, errors) in zip(processes, said, strict=True):
        if process.returncode:
            raise RuntimeError(f"a worker ended with {process.returncode}: {errors[-2000:]}")
    receipts = [json.loads(output) for output, _ in said]
    pages = sum(receipt["classes"][klass]["fetched"] for receipt in receipts for klass in ("editorial", "original"))
    if redis is None:
        return Run(pages, seconds)
    shared = [receipt["shared"] for receipt in receipts]
    info = redis.info("stats")
    calls = sum(one["calls"] for one in redis.info("commandstats").values())
    return Run(
        pages,
        seconds,
        sent=sum(one["commands"] for one in shared) / pages,
        inside=calls / pages,
        redis_ms=(_cpu(redis) - before) * 1000 / pages,
        waited_ms=sum(one["seconds"] for one in shared) * 1000 / pages,
        kilobytes=(info["total_net_input_bytes"] + info["total_net_output_bytes"]) / 1000 / pages,
    )


def entry_bytes(redis: Redis, count: int) -> dict[str, float]:
    """Bytes that Redis takes for an editorial that waits, for one that is done, and for an address that is held.

    With it, how much one client that asks one thing after the other has Redis do a second.
    """
    redis.flushall()
    key, url = "genbun:{memory}", "https://herald.example/editorial-{:08d}-the-light-in-the-reading-room-stays-on/"
    said = (
        '{{"way": "rest", "listing": "https://herald.example/wp-json/wp/v2/posts?per_page=100&page={}", "url": "{}", '
    )
    said += '"title": "EDITORIAL | The Light in the Reading Room Stays On", "published": "2026-10-14T08:00:00+09:00"}}'
    _, run, number, _ = redis.register_script(JOIN)(keys=[key], args=["run", "worker", "bench", "{}", 0])
    exchange = redis.register_script(EXCHANGE)
    empty = redis.info("memory")["used_memory"]
    for start in range(0, count, 500):
        entries = [
            Entry.of(url.format(n), "editorial", (("found", said.format(n // 100, url.format(n))),))
            for n in range(start, start + 500)
        ]
        words = [word for entry in entries for word in (fingerprint(entry.url), entry.klass, entry.dump())]
        exchange(keys=[key], args=[run, number, 0, 0, 0, *words])
    full = redis.info("memory")["used_memory"]
    began = time.monotonic()
    settled = 0
    while settled < count:
        _, _, *claimed = exchange(keys=[key], args=[run, number, 16, 0, 0])
        leases = [word for stream, one, _, _ in claimed for word in (stream, one)]
        exchange(keys=[key], args=[run, number, 0, 0, len(claimed), *leases])
        settled += len(claimed)
    took = time.monotonic() - began
    done = redis.info("memory")["used_memory"]
    pairs = [(fingerprint(url.format(n)), number) for n in range(count, 2 * count)]
    for start in range(0, count, 500):
        redis.hset(f"{key}:holders", mapping=dict(pairs[start : start + 500]))
    held = redis.info("memory")["used_memory"]
    turn = redis.register_script(TURN)
    began = time.monotonic()
    for n in range(TURNS):
        turn(keys=[f"genbun:pace:{n % 8}", f"{key}:closed"], args=[n % 8, 0, "place"])
    turns = TURNS / (time.monotonic() - began)
    return {
        "entries": count,
        "waiting_bytes": (full - empty) / count,
        "done_bytes": (done - empty) / count,
        "held_bytes": (held - done) / count,
        "claims_per_second": count / took,
        "turns_per_second": turns,
    }


def _cpu(redis: Redis | None) -> float:
    if redis is None:
        return 0.0
    info = redis.info("cpu")
    return float(info["used_cpu_user"] + info["used_cpu_sys"])


def main() -> None:
    """Alternate the crawls; print medians, the median of same-run ratios, and all of it as JSON."""
    options = argparse.ArgumentParser(prog="python -m bench.scale", description=main.__doc__)
    options.add_argument("--pairs", type=int, default=240)
    options.add_argument("--latency", type=float, default=0.2, metavar="SECONDS", help="before each answer")
    options.add_argument("--concurrency", type=int, default=2, help="requests at once of each worker to each host")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--short", action="store_true", help="one small run, to see that it works")
    asked = options.parse_args()
    if asked.short:
        asked.pairs, asked.runs = 60, 1
    many = f"{asked.workers} workers"
    rows: dict[str, list[Run]] = {"no frontier": [], "1 worker": [], many: []}
    with press(asked.pairs, asked.latency) as origin, redis_server() as redis:
        for _ in range(asked.runs):
            for name, workers, frontier in (
                ("no frontier", 1, None),
                ("1 worker", 1, redis),
                (many, asked.workers, redis),
            ):
                with tempfile.TemporaryDirectory() as scratch:
                    rows[name].append(crawl(origin, Path(scratch), workers, frontier, asked.concurrency))
        memory = entry_bytes(redis, ENTRIES // 50 if asked.short else ENTRIES)
    ratios = [one.seconds / other.seconds for one, other in zip(rows["1 worker"], rows[many], strict=True)]
    table: dict[str, dict[str, Any]] = {
        name: {field: middle([getattr(run, field) for run in runs]) for field in (*asdict(runs[0]), "rate")}
        for name, runs in rows.items()
    }
    tell(asked, table, ratios, memory)
    print(
        json.dumps({"options": vars(asked), "rows": table, "ratio": middle(ratios), "ratios": ratios, "memory": memory})
    )


def tell(asked: argparse.Namespace, table: dict[str, dict[str, Any]], ratios: list[float],
         memory: dict[str, float]) -> None:  # fmt: skip
    """Print the figures for people."""
    print(
        f"{asked.pairs} pairs, {asked.latency * 1000:g} ms before each answer, {asked.concurrency} requests at once to "
        f"a host, {asked.runs} runs"
    )
    heads = ("pages", "seconds", "pages/s", "sent/page", "inside/page", "redis ms/page", "waited ms/page", "kB/page")
    fields = {
        "pages": 0,
        "seconds": 2,
        "rate": 1,
        "sent": 2,
        "inside": 1,
        "redis_ms": 3,
        "waited_ms": 3,
        "kilobytes": 1,
    }
    print(f"{'':<12}" + "".join(f"{head:>15}" for head in heads))
    for name, row in table.items():
        print(f"{name:<12}" + "".join(f"{row[field]:>15.{digits}f}" for field, digits in fields.items()))
    print(
        f"{asked.workers} workers are {middle(ratios):.2f} times as quick as one "
        f"({min(ratios):.2f} to {max(ratios):.2f})"
    )
    print(
        f"an entry takes {memory['waiting_bytes']:.0f} bytes while it waits and {memory['done_bytes']:.0f} once it is "
        f"done, an address that a worker holds {memory['held_bytes']:.0f}; one client claims and settles "
        f"{memory['claims_per_second']:,.0f} a second, 16 at a time, and takes {memory['turns_per_second']:,.0f} turns"
    )


if __name__ == "__main__":
    main()
