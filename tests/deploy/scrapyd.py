"""A Scrapyd of our own, as docs/deploying.md sets one up, and its HTTP API."""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.conftest import ROOT
from tests.test_readme import blocks

SHIPPED = ROOT / "deploy" / "scrapyd"
DOCS = ROOT / "docs" / "deploying.md"
STATES = ("pending", "running", "finished")

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Job:
    """A job as listjobs.json knows it."""

    id: str
    state: str


class Scrapyd:
    """Scrapyd with the configurations that we ship, on a free port, in an empty folder; a context manager."""

    def __init__(self, environment: Path, folder: Path, *confs: str, **variables: str) -> None:
        self.bin, self.folder = environment / "bin", folder
        self.port = free_port()
        self.log = folder / "scrapyd.log"
        shipped = [(SHIPPED / conf).read_text("utf-8") for conf in ("scrapyd.conf", *confs)]
        (folder / "scrapyd.conf").write_text("".join(shipped), "utf-8")
        # Read after it, from the home folder: only so that the tests wait less.
        (folder / ".scrapyd.conf").write_text("[scrapyd]\npoll_interval = 0.1\n", "utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        path = os.pathsep.join([str(self.bin), os.environ["PATH"]])
        self._environment = clean_environment(
            HOME=str(folder), PATH=path, SCRAPYD_HTTP_PORT=str(self.port), **variables
        )

    def __enter__(self) -> Self:
        while True:
            with self.log.open("wb") as log:
                self._process = subprocess.Popen(
                    [SHIPPED / "genbun-scrapyd"], cwd=self.folder, env=self._environment, stdout=log, stderr=log
                )
            until(self._has_begun, 20, self._said)
            if self._process.poll() is None:
                return self
            assert "Address already in use" in self._said(), self._said()
            self.port = free_port()  # another test was given the one that was free a moment ago
            self._environment["SCRAPYD_HTTP_PORT"] = str(self.port)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> int:
        """End it in order, crawls first; its exit status."""
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def get(self, service: str, **query: str) -> dict[str, Any]:
        """Ask a service; that its status is "ok" is asserted."""
        return self._asked(f"{service}?{urllib.parse.urlencode(query)}", None)

    def post(self, service: str, fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """Tell a service; that its status is "ok" is asserted."""
        return self._asked(service, urllib.parse.urlencode(list(fields)).encode())

    def job(self, wanted: str) -> Job:
        """A job, as listjobs.json has it now."""
        listed = self.get("listjobs.json", project="genbun")
        (found,) = (Job(wanted, state) for state in STATES for one in listed[state] if one["id"] == wanted)
        return found

    def wait(self, wanted: str, state: str, seconds: float = 40) -> None:
        """Wait until a job has come to that state."""
        until(lambda: self.job(wanted).state == state, seconds, lambda: f"{self.job(wanted)}\n{self._said()}")

    def log_of(self, job: str) -> str:
        """What a job's log says."""
        return (self.folder / "logs" / "genbun" / "editorials" / f"{job}.log").read_text("utf-8")

    def _asked(self, address: str, body: bytes | None) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{address}", body, timeout=20) as answer:
            said: dict[str, Any] = json.load(answer)
        assert said["status"] == "ok", said
        return said

    def _has_begun(self) -> bool:
        assert self._process is not None
        return self._process.poll() is not None or self._answers()

    def _answers(self) -> bool:
        with suppress(urllib.error.URLError):
            return bool(self.get("daemonstatus.json"))
        return False

    def _said(self) -> str:
        return self.log.read_text("utf-8", "replace")[-4000:]


def documented(service: str) -> Fields:
    """What docs/deploying.md sends to a service, by the curl command it shows."""
    lines = [line for block in blocks(DOCS, "console") for line in block.replace("\\\n", "").splitlines()]
    (command,) = (shlex.split(line) for line in lines if line.startswith("curl ") and f"/{service}" in line)
    fields = [value for flag, value in pairwise(command) if flag == "-d"]
    return [(name, value) for name, _, value in (field.partition("=") for field in fields)]


def instead(fields: Fields, **other: str) -> Fields:
    """The same fields with other values, those of `setting=NAME=…` by NAME; each must have been there."""
    changed = []
    for name, value in fields:
        key = value.partition("=")[0] if name == "setting" else name
        new = other.pop(key, None)
        changed.append((name, value if new is None else f"{key}={new}" if name == "setting" else new))
    assert not other, f"the documented command does not give {other}"
    return changed


def clean_environment(**more: str) -> dict[str, str]:
    """Ours without what would lead Python or Scrapy elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SCRAPY", "GENBUN"))}
    return kept | {"PYTHONWARNINGS": "ignore"} | more  # pkg_resources warns of itself, in every job's log


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until(what: Callable[[], bool], seconds: float, said: Callable[[], str]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not after {seconds} s: {said()}"
        time.sleep(0.05)
