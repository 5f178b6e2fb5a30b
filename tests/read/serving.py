"""`genbun read` in a process of its own, and what it answers."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

GENBUN = (sys.executable, "-m", "crawler.commands.main")


@dataclass(frozen=True, slots=True)
class Got:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Served:
    """A reading room that is open. `pid` is its process."""

    address: str
    captures: str
    player: str
    pid: int
    errors: Path = field(repr=False)

    @property
    def origin(self) -> str:
        """Without a path."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def get(self, path: str, method: str = "GET", origin: str = "", **headers: str) -> Got:
        """Ask once, as it is written; what a browser would escape is escaped."""
        parts = urlsplit(origin or self.origin)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, quote(path, safe="/?&=:%+~<>\"'()*!;,@#$[]"), headers=given)
            answer = connection.getresponse()
            return Got(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()


@contextmanager
def serving(collection: Path, cache: Path, *options: str) -> Iterator[Served]:
    """Open a collection's reading room on any port, until the block ends; then it must end by itself."""
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    errors = cache.parent / f"{cache.name}.err"
    with errors.open("w") as said:
        process = subprocess.Popen(
            [*GENBUN, "read", str(collection), "--port", "0", "--no-open", "--json", *options],
            stdout=subprocess.PIPE, stderr=said, text=True, env=environment,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, errors.read_text()
        told = json.loads(line)
        yield Served(told["address"], told["captures"], told["player"] or "", process.pid, errors)
        assert process.poll() is None, errors.read_text()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0, errors.read_text()
    finally:
        process.kill()
        process.wait(10)


def read(collection: Path, cache: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    command = [*GENBUN, "read", str(collection), *options]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
