"""`genbun parse` on what is no page, and on a page that means harm."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.hostile_archives import warcs
from tests.hostile_archives.asking import Asking
from tests.hostile_archives.warcs import MB, PAGE


def sparse(path: Path) -> None:
    """A file of 1 GB."""
    with path.open("wb") as file:
        file.truncate(1000 * MB)


def endless(path: Path) -> None:
    """A FIFO to which somebody writes for ever, as `parse <(…)` may be given."""
    os.mkfifo(path)

    def write() -> None:
        with suppress(BrokenPipeError), path.open("wb") as fifo:
            while True:
                fifo.write(b"<p>and so on\n" * 1000)

    threading.Thread(target=write, daemon=True).start()


FILES: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "a file of 1 GB": (sparse, 2, "bytes"),
    "an endless FIFO": (endless, 2, "bytes"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), 2, "bytes"),
    "a folder": (lambda path: path.mkdir(), 2, "directory"),
    "nothing": (lambda path: None, 2, "No such file"),
    "a link to itself": (lambda path: path.symlink_to(path), 2, "symbolic links"),
    "1 GB of zeros in gzip": (lambda path: path.write_bytes(warcs.bomb(1000, b"")), 2, "unpacks to more than"),
    "gzip cut off": (lambda path: path.write_bytes(warcs.packed([b"<p>" * 1000])[:20]), 2, "cut off"),
    "32 MB of tags": (lambda path: path.write_bytes(b"<p>" * (32 * MB // 3)), 3, "problem"),
    "an empty file": (lambda path: path.write_bytes(b""), 3, "problem"),
    "NUL bytes": (lambda path: path.write_bytes(bytes(MB)), 3, "problem"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_page(name: str, ask: Asking) -> None:
    make, status, says = FILES[name]
    path = ask.collection
    make(path)
    ran = ask.run("parse", str(path), "--url", PAGE)
    assert ran.status == status, ran.said
    assert says in ran.said


ADDRESSES = [
    "file:///etc/passwd",
    "",
    "https://",
    "javascript:alert(1)",
    "https://x/" + "y" * 100_000,
    PAGE + "\x1b[2J",
]


@pytest.mark.parametrize("address", ADDRESSES, ids=["a file", "nothing", "no host", "a script", "100 KB", "an escape"])
def test_an_address_is_never_asked_nor_opened(address: str, ask: Asking) -> None:
    ask.collection.write_bytes(warcs.page())
    ran = ask.run("parse", str(ask.collection), f"--url={address}")
    assert ran.status in (0, 2, 3), ran.said
