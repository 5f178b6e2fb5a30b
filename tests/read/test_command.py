"""`genbun read` beside a crawl and after it: nothing is locked or written, and what is new is soon to be read."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.read.made import article, made, write
from tests.read.serving import read, serving


def state(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size if path.is_file() else 0)
        for path in [folder, *folder.rglob("*")]
    }


def test_the_collection_is_only_read(collection: Path, tmp_path: Path) -> None:
    before = state(collection)
    handle = os.open(collection, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # as a crawl holds it
        with serving(collection, tmp_path / "cache") as room:
            for path in ("/", "/articles?q=病院", "/calendar/2026", "/problems"):
                assert room.get(path).status == 200
        done = read(collection, tmp_path / "cache", "--static", str(tmp_path / "site"))
        assert done.returncode == 0, done.stderr
        assert "holds the reading room" in done.stdout
    finally:
        os.close(handle)
    assert state(collection) == before


def test_what_a_crawl_adds_is_soon_to_be_read(tmp_path: Path) -> None:
    first = article("最初の話。", "example_shimbun:A")
    folder = made(tmp_path / "c", [first])
    with serving(folder, tmp_path / "cache") as room:
        assert room.get("/articles.json").json["total"] == 1
        write(folder, [first, article("憲法の話。", "example_shimbun:B")])
        end = time.monotonic() + 60
        while room.get("/articles.json?q=憲法").json["total"] != 1:
            assert time.monotonic() < end, room.errors.read_text()
            time.sleep(0.3)
        assert room.get("/articles.json").json["total"] == 2


def test_two_rooms_share_one_index(tmp_path: Path) -> None:
    folder = made(tmp_path / "c", [article("憲法の話。", "example_shimbun:A")])
    with serving(folder, tmp_path / "cache") as one, serving(folder, tmp_path / "cache") as other:
        for room in (one, other):
            assert room.get("/articles.json?q=憲法").json["total"] == 1
    assert len(list((tmp_path / "cache").rglob("*.sqlite"))) == 1


def test_help_imports_nothing_of_it() -> None:
    code = (
        "import sys\nfrom crawler.commands.main import make_parser\nmake_parser()\n"
        "sys.exit(str({'starlette', 'uvicorn', 'jinja2', 'pydantic'} & set(sys.modules) or ''))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == ""
