"""Merges, and WARC files made from others, record by record."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from archives.collection import Collection
from archives.reader import Stored, stored_records
from crawler.merging import Merged, merge
from crawler.press import Press
from tests.crawl.crawling import crawl

KINDS = ("articles", "pairs", "problems")


def crawled(press: Press, to: Path, newspaper: str = "example_herald") -> Path:
    """A crawl into that folder."""
    done = crawl(press, to, newspaper=newspaper)
    assert done.status == 0, done.err
    return to


def merged(to: Path, *sources: Path) -> Path:
    """A merge into that folder."""
    merge_of(to, *sources)
    return to


def merge_of(to: Path, *sources: Path) -> Merged:
    """What a merge did."""
    return merge([Collection(source) for source in sources], Collection(to), 1)


def lines(folder: Path) -> dict[str, str]:
    """All that is made from an archive."""
    texts = {kind: (folder / "records" / f"{kind}.jsonl").read_text("utf-8") for kind in KINDS}
    return {**texts, "index": (folder / "indexes" / "index.cdxj").read_text("utf-8")}


def archive(folder: Path) -> dict[str, str]:
    """Name → digest of each WARC file."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "archive").iterdir()}


def crawls(folder: Path) -> dict[str, bytes]:
    """Name → content of receipts and outcomes."""
    return {path.name: path.read_bytes() for path in (folder / "crawls").iterdir()}


def journal(folder: Path, table: str = "captures") -> set[tuple[object, ...]]:
    """A table of the journal."""
    db = sqlite3.connect(folder / "journal.sqlite")
    try:
        return set(db.execute(f"SELECT * FROM {table}"))  # noqa: S608
    finally:
        db.close()


def records(folder: Path) -> list[Stored]:
    """Every record of every file."""
    return [record for path in sorted((folder / "archive").iterdir()) for record in stored_records(path)]


def assert_same(one: Path, other: Path) -> None:
    """The same archive, lines, index, receipts, and journal."""
    assert archive(one) == archive(other)
    assert lines(one) == lines(other)
    assert crawls(one) == crawls(other)
    for table in ("captures", "warcs", "readings", "crawls", "asked"):
        assert journal(one, table) == journal(other, table), table


def split(folder: Path, to: Path) -> tuple[Path, Path]:
    """Each of a collection's two files as a collection of its own, without anything else."""
    first, second = sorted((folder / "archive").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    return tuple(collection(to / f"half-{n}", path) for n, path in enumerate((first, second)))  # type: ignore[return-value]


def collection(folder: Path, *warcs: Path) -> Path:
    """A folder with nothing but an archive of those files."""
    (folder / "archive").mkdir(parents=True)
    for path in warcs:
        (folder / "archive" / path.name).write_bytes(path.read_bytes())
    return folder


def members(path: Path) -> list[bytes]:
    """The gzip member of each record."""
    data = path.read_bytes()
    return [data[record.offset : record.offset + record.length] for record in stored_records(path)]


def only_warc(folder: Path) -> Path:
    """The one file of an archive."""
    (path,) = (folder / "archive").iterdir()
    return path


def put(path: Path, pieces: Iterable[bytes]) -> Path:
    """A WARC file of those members."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(pieces))
    return path
