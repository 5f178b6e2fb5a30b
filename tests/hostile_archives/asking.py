"""Asks `measured.py` to run a command, and judges what must hold whatever it was given."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crawler.press.addresses import HERALD, HERALD_ASSETS, SHIMBUN

SECONDS: Final = 5  # of CPU a command may take, where a test does not say otherwise; most take a tenth of one
PEAK: Final = 250  # MB; a process that was forked counts up to 45 MB of Python and libraries less than one of its own
SAID: Final = 200_000  # characters of output


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended, after `seconds` of CPU; `touched` is what it opened or changed outside."""

    status: int
    killed: bool
    seconds: float
    mb: int
    touched: list[str]
    out: str
    err: str

    @property
    def said(self) -> str:
        """All it said."""
        return self.out + self.err


class Asking:
    """Runs commands in `folder`: `collection` is what they are given, `outside` what they must not touch."""

    def __init__(self, server: subprocess.Popen[str], folder: Path) -> None:
        self._server, self._folder = server, folder.resolve()
        for name in ("outside", "tmp", "said"):
            (self._folder / name).mkdir()

    @property
    def collection(self) -> Path:
        """The hostile collection, not made yet."""
        return self._folder / "collection"

    @property
    def outside(self) -> Path:
        """A folder of somebody's own."""
        return self._folder / "outside"

    def run(self, *arguments: str, seconds: float = SECONDS, mb: int = PEAK) -> Ran:
        """Run a command and hold it to what holds for all."""
        before = _state(self.outside)
        said = self._folder / "said"
        asked: dict[str, Any] = {
            "arguments": arguments, "seconds": seconds, "cwd": str(self._folder), "tmp": str(self._folder / "tmp"),
            "out": str(said / "out"), "err": str(said / "err"), "report": str(said / "report"),
            "outside": str(self.outside),
        }  # fmt: skip
        (said / "report").unlink(missing_ok=True)
        shutil.rmtree(self._folder / "tmp")
        (self._folder / "tmp").mkdir()
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps(asked), file=self._server.stdin, flush=True)
        told = json.loads(self._server.stdout.readline())
        texts: dict[str, Any] = {
            name: (said / name).read_bytes()[: 4 * SAID].decode("utf-8", "backslashreplace") for name in ("out", "err")
        }
        ran = Ran(**told, **texts)
        spent = f"{arguments} was not done after {ran.seconds:.1f} s of CPU: {ran.said[-2000:]}"
        assert not ran.killed, spent
        assert ran.status != -signal.SIGKILL, spent
        assert ran.seconds < seconds, spent
        assert "Traceback" not in ran.said, ran.said[-5000:]
        assert "failed unexpectedly" not in ran.said, ran.said[-2000:]
        assert ran.touched == [], "names led it outside"
        assert _state(self.outside) == before, "the outside was changed"
        left = list((self._folder / "tmp").iterdir())
        assert left == [], "something was left in the temporary folder"
        assert ran.mb < mb, f"{arguments} took {ran.mb} MB"
        assert len(ran.said) < SAID
        assert not _unprintable(ran.said), f"control characters for a terminal: {_unprintable(ran.said)!r}"
        return ran


def asking(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The process that runs commands, for as many tests as there are."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GENBUN_", "SCRAPY_"))}
    command = [sys.executable, "-m", "tests.hostile_archives.measured"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as server:
        yield server
        assert server.stdin is not None
        server.stdin.close()


def crawl(collection: Path) -> list[str]:
    """A crawl that adopts the collection and finds that nobody listens."""
    nowhere = [f"--connect-to={host}=http://127.0.0.1:9" for host in (HERALD, HERALD_ASSETS, SHIMBUN)]
    return ["crawl", "example_herald", "--to", str(collection), "--delay", "0", "--set", "RETRY_TIMES=0", *nowhere]


def _unprintable(said: str) -> str:
    return "".join(ch for ch in said if unicodedata.category(ch) in ("Cc", "Cf", "Cs") and ch != "\n")[:20]


def _state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file there: size, time and, where it is small, content."""
    return {
        str(path): (
            found.st_size,
            found.st_mtime_ns,
            path.read_bytes() if path.is_file() and found.st_size < 1e6 else b"",
        )
        for path in sorted(folder.rglob("*"))
        for found in [path.lstat()]
    }
