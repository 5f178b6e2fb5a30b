"""Run commands one after the other and read what the operating system says they cost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Cost:
    """One run of a command: CPU seconds (user and system, children too), wall seconds, peak memory in MB."""

    cpu: float
    wall: float
    peak: float
    output: str


def run(command: list[str], *, accept: tuple[int, ...] = (0,)) -> Cost:
    """Run a command to its end. Raises `RuntimeError` with what it said if its exit status is not accepted.

    Byte code of ours is kept, as pip keeps that of what is installed: else we alone would be compiled in every run.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert process.stderr is not None
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accept:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {errors[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024, output)


_WAITING = (
    "import resource, subprocess, sys; status = subprocess.run(sys.argv[1:]).returncode;"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(status)"
)


def run_for_peak(command: list[str]) -> Cost:
    """Run a command to its end by way of a small process, for its peak alone.

    What the system says of a child counts what its parent had in memory when it began: in `run`, all of this process.
    """
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", _WAITING, *command], capture_output=True, text=True, check=True)
    return Cost(0.0, time.monotonic() - began, int(done.stderr.split()[-1]) / 1024, done.stdout)


@contextmanager
def press(pairs: int, latency: float = 0.0) -> Iterator[str]:
    """A press of that many pairs in a process of its own; gives its origin."""
    command = [sys.executable, "-m", "crawler.press", "--pairs", str(pairs), "--latency", str(latency)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)


def middle(values: list[float]) -> float:
    """The median."""
    return median(values)
