"""A Dask scheduler and its workers, each a process of its own, on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from distributed import Client

LISTENS = re.compile(r"Scheduler at:\s+tcp://(\S+)")


@dataclass
class Scheduler:
    """A running scheduler at `HOST:PORT`, and the workers that were started for it."""

    place: str
    process: subprocess.Popen[bytes]
    scratch: Path
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """As `--on` takes it."""
        return f"dask://{self.place}"

    def start_workers(self, *names: str, environment: Mapping[str, str] | None = None) -> None:
        """Start workers of one thread, which no nanny starts again, and wait until they are known."""
        command = [sys.executable, "-m", "distributed.cli.dask_worker", f"tcp://{self.place}", "--nthreads", "1"]
        command += ["--no-nanny", "--no-dashboard"]
        theirs = {**os.environ, **(environment or {})}
        for name in names:
            given = [*command, "--name", name, "--local-directory", str(self.scratch / name)]
            with (self.scratch / f"{name}.log").open("wb") as log:
                self.workers[name] = subprocess.Popen(given, stdout=log, stderr=log, cwd=self.scratch, env=theirs)
        with self.client() as client:
            client.wait_for_workers(len(self.workers), timeout=60)

    def client(self) -> Client:
        """A client of ours."""
        return Client(f"tcp://{self.place}", set_as_default=False)  # type: ignore[no-untyped-call]

    def wait_until_busy(self) -> None:
        """Return when every worker has a task."""
        until = time.monotonic() + 60
        with self.client() as client:
            while not all(client.processing().values()):
                assert time.monotonic() < until, "nobody works"
                time.sleep(0.02)


@contextmanager
def scheduler(scratch: Path, environment: Mapping[str, str] | None = None) -> Iterator[Scheduler]:
    """A scheduler on a free port, without workers; it and they end with the context."""
    log = scratch / "scheduler.log"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--no-dashboard", "--no-show"], stdout=out, stderr=out, env={**os.environ, **(environment or {})}
        )
    try:
        until = time.monotonic() + 30
        while (found := LISTENS.search(log.read_text())) is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, "the scheduler does not listen"
            time.sleep(0.05)
        running = Scheduler(found[1], process, scratch)
        try:
            yield running
        finally:
            for worker in running.workers.values():
                _end(worker)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    process.wait(20)
