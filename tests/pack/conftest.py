"""One collection for all tests of packing: the demo's press, crawled, edited and crawled again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archives.collection import Collection
from crawler.packing import pack
from crawler.press import Press, answer, demo
from crawler.press.demo import printed_edition


@dataclass(frozen=True, slots=True)
class Opened:
    """A WACZ file as any ZIP reader finds it."""

    path: Path

    def names(self) -> list[str]:
        """The paths in it."""
        with zipfile.ZipFile(self.path) as file:
            return file.namelist()

    def read(self, path: str) -> bytes:
        """One file in it."""
        with zipfile.ZipFile(self.path) as file:
            return file.read(path)

    def json(self, path: str) -> dict[str, Any]:
        """One JSON file in it."""
        return dict(json.loads(self.read(path)))

    def pages(self) -> list[dict[str, Any]]:
        """The lines of `pages.jsonl`, the header first."""
        return [json.loads(line) for line in self.read("pages/pages.jsonl").decode().splitlines()]


def changed(wacz: Path, to: Path, changes: dict[str, Callable[[Any], None]]) -> Path:
    """The same package with some of its JSON files changed."""
    with zipfile.ZipFile(wacz) as old, zipfile.ZipFile(to, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename in changes:
                value = json.loads(data)
                changes[info.filename](value)
                data = json.dumps(value).encode()
            new.writestr(info, data)
    return to


def _without_extensions(body: bytes) -> bytes:
    pieces = [body[at : at + answer.CHUNK] for at in range(0, len(body), answer.CHUNK)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection; not to be changed.

    Its press leaves the extensions of chunks out: ReplayWeb.page 2.4.6 shows a page that has them as it came over the
    wire, length lines and gzip and all. Other chunked pages it shows as they should be.
    """
    folder = tmp_path_factory.mktemp("pack") / "editorials"
    printed_edition.cache_clear()  # other tests may have had its answers made, with extensions
    with pytest.MonkeyPatch.context() as patch, Press(demo()) as press:
        patch.setattr(answer, "chunks", _without_extensions)
        for _ in range(2):
            command = [sys.executable, "-m", "crawler.commands.main", "crawl", "example_herald", "--to", str(folder)]
            command += ["--delay", "0", "--recheck", "all"]
            for host, origin in press.connect_to.items():
                command += ["--connect-to", f"{host}={origin}"]
            subprocess.run(command, check=True, capture_output=True)
            press.edit()
            time.sleep(1.1)  # an index knows whole seconds: editions of one second cannot be told apart
    printed_edition.cache_clear()
    return folder


@pytest.fixture
def collection(crawled: Path, tmp_path: Path) -> Collection:
    """A copy of it that a test may change."""
    return Collection(Path(shutil.copytree(crawled, tmp_path / "editorials")))


@pytest.fixture
def packed(crawled: Path, tmp_path: Path) -> Callable[..., Opened]:
    """Packs it: `packed(key=…)`."""

    def packed(name: str = "editorials.wacz", **options: Any) -> Opened:
        return Opened(pack(Collection(crawled), tmp_path / name, **options).path)

    return packed
