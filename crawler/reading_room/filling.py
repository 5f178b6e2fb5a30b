"""RECORDS → the index. A line that it has already stays as it is, so that a crawl's few new ones are soon in it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from isal import isal_zlib

from archives.bounded import MAX_LINE, lines_of, model_of
from archives.collection import Collection
from crawler.errors import NothingFound, NotVerified
from crawler.exporting.formats.search import indexed
from crawler.models import ArticleLine, PairLine, ProblemLine
from crawler.reading_room.tables import ENTRIES, connect, prepare, run
from crawler.status.days import Usual, gaps_in

Moved = Callable[[int], None]
FILES: Final = ("articles.jsonl", "pairs.jsonl", "problems.jsonl")
NAMED: Final = 5  # lines that cannot be read are counted, and so many named


@dataclass(slots=True)
class Filled:
    """What an update did: lines put in and taken out, and those that are none, by file and number."""

    added: int = 0
    removed: int = 0
    unreadable: list[str] = field(default_factory=list)
    count_unreadable: int = 0

    def refuse(self, name: str, number: int, why: str) -> None:
        """Note a line that cannot be shown."""
        self.count_unreadable += 1
        if len(self.unreadable) < NAMED:
            self.unreadable.append(f"records/{name}, line {number}: {why}")


def fingerprint(collection: Collection) -> str:
    """What tells one state of the records from another, without reading them."""
    found: dict[str, list[int] | None] = {}
    for name in FILES:
        try:
            stat = (collection.records / name).stat()
            found[name] = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
        except FileNotFoundError:
            found[name] = None
    return json.dumps(found)


def require_records(collection: Collection) -> None:
    """Raise where there is nothing to read: `NotACollection`, `NothingFound`, `NotVerified`, with what to do."""
    collection.require()
    path = collection.records / "articles.jsonl"
    if path.exists():
        return
    if not collection.warcs():
        raise NothingFound(f"{collection.path}: holds no WARC file and no records; crawl first")
    raise NotVerified(
        f"{path}: is not there, so a crawl has not ended or records were removed; the next `genbun crawl` goes on "
        f"with it, `genbun rebuild {collection.path}` makes records from archive/ alone"
    )


def is_current(collection: Collection, path: Path) -> bool:
    """Whether the index was made from the records as they are now."""
    with closing(connect(path)) as db:
        row = db.execute("SELECT value FROM about WHERE name = 'fingerprint'").fetchone()
    return row is not None and row[0] == fingerprint(collection)


def update(collection: Collection, path: Path, moved: Moved = lambda size: None) -> Filled:
    """Bring the index up to the records, in one transaction: who reads meanwhile sees what was before.

    The file is made if there is none. Nothing of the collection is written or locked.
    """
    prepare(path)
    with closing(connect(path, write=True)) as db:
        db.execute("PRAGMA synchronous = OFF")  # what a power cut leaves of a cache is found out, or made anew
        db.execute("PRAGMA cache_size = -16000")
        db.execute("BEGIN IMMEDIATE")
        seen = fingerprint(collection)
        filled = Filled()
        for name, filler in zip(FILES, (_Articles(db), _Pairs(db), _Problems(db)), strict=True):
            filler.fill(collection.records / name, filled, moved)
        run(db, ENTRIES)
        _tell(db, collection, seen, filled)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return filled


class _Filler(ABC):
    """One table from one file. What both have is known by a digest of the line."""

    table = ""
    file = ""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._known: dict[bytes, list[int]] = {}
        for mark, key in db.execute(f"SELECT mark, key FROM {self.table}"):  # noqa: S608  # a name of ours
            self._known.setdefault(mark, []).append(key)

    def fill(self, path: Path, filled: Filled, moved: Moved) -> None:
        """Put in what is new, take out what is gone."""
        for number, line in self._lines(path):
            moved(len(line))
            mark = hashlib.blake2b(line, digest_size=16).digest()
            keys = self._known.get(mark)
            if keys:
                keys.pop()
                continue
            try:
                self.add(line, mark)
                filled.added += 1
            except ValueError as error:
                filled.refuse(path.name, number, str(error)[:300])
        for key in (key for keys in self._known.values() for key in keys):
            self.remove(key)
            filled.removed += 1

    def _lines(self, path: Path) -> Iterator[tuple[int, bytes]]:
        """Whole lines, and pieces of one without end; one that is being written now will be seen when it is whole."""
        try:
            with path.open("rb") as file:
                number = 1
                for line in lines_of(file):
                    if line.endswith(b"\n") or len(line) == MAX_LINE:
                        yield number, line
                    number += line.endswith(b"\n")
        except FileNotFoundError:
            return

    @abstractmethod
    def add(self, line: bytes, mark: bytes) -> None:
        """Put a line in. Raises `ValueError` where it is none."""

    def remove(self, key: int) -> None:
        """Take one out."""
        self.db.execute(f"DELETE FROM {self.table} WHERE key = ?", (key,))  # noqa: S608  # a name of ours


class _Articles(_Filler):
    table = "articles"

    def add(self, line: bytes, mark: bytes) -> None:
        article = model_of(ArticleLine, line)
        if article.capture is None or article.version is None:
            raise ValueError("names no capture, or no version")
        row = (
            mark, article.id, article.version, uuid_of(article.capture.record_id), article.newspaper,
            article.language.partition("-")[0], article.kind, article.section, article.headline,
            article.published_on.isoformat() if article.published_on else None, article.access, article.truncated,
            article.capture.captured_at.astimezone(dt.UTC).isoformat(), len(article.text),
        )  # fmt: skip
        key = self.db.execute(
            "INSERT INTO articles (mark, id, version, record, newspaper, language, kind, section, headline, day,"
            " access, truncated, captured, size) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            row,
        ).lastrowid
        self.db.execute("INSERT INTO lines VALUES (?, ?)", (key, packed(line)))
        self.db.execute(
            "INSERT INTO words (rowid, headline, body) VALUES (?, ?, ?)", (key, *searched(json.loads(line)))
        )

    def remove(self, key: int) -> None:
        (line,) = self.db.execute("SELECT line FROM lines WHERE key = ?", (key,)).fetchone()
        self.db.execute(
            "INSERT INTO words (words, rowid, headline, body) VALUES ('delete', ?, ?, ?)",
            (key, *searched(unpacked(line))),
        )
        self.db.execute("DELETE FROM lines WHERE key = ?", (key,))
        super().remove(key)


class _Pairs(_Filler):
    table = "pairs"

    def add(self, line: bytes, mark: bytes) -> None:
        pair = model_of(PairLine, line)
        row = (mark, pair.id, pair.status, pair.original.id if pair.original else None, pair.alignment is not None)
        self.db.execute(
            "INSERT INTO pairs (mark, id, status, original, aligned, line) VALUES (?,?,?,?,?,?)", (*row, packed(line))
        )


class _Problems(_Filler):
    table = "problems"

    def add(self, line: bytes, mark: bytes) -> None:
        problem = model_of(ProblemLine, line)
        record = uuid_of(problem.capture.record_id) if problem.capture else None
        self.db.execute(
            "INSERT INTO problems (mark, newspaper, reason, url, record, line) VALUES (?,?,?,?,?,?)",
            (mark, problem.newspaper, problem.reason, problem.url, record, packed(line)),
        )


def uuid_of(record_id: str) -> str:
    """A record id as addresses here carry it: `<urn:uuid:…>` without what is always there."""
    return record_id.removeprefix("<").removesuffix(">").removeprefix("urn:uuid:")


def searched(line: dict[str, Any]) -> tuple[str, str]:
    """The words of an article line that are searched: the headline, and the rest."""
    parts = [line["standfirst"], line["text"]]
    parts += [block[name] for block in line["blocks"] for name in ("caption", "credit")]
    return indexed(line["headline"]) or "", indexed("\n".join(part for part in parts if part)) or ""


def packed(line: bytes) -> bytes:
    """A line as it lies in the index."""
    return isal_zlib.compress(line, 1)


def unpacked(blob: bytes) -> dict[str, Any]:
    """The line again, as JSON has it."""
    line: dict[str, Any] = json.loads(isal_zlib.decompress(blob))
    return line


# what is said of the whole ------------------------------------------------------------------------


def _tell(db: sqlite3.Connection, collection: Collection, seen: str, filled: Filled) -> None:
    papers = _papers(db)
    said = {
        "fingerprint": seen,
        "name": collection.path.resolve().name,
        "papers": json.dumps(papers, ensure_ascii=False),
        "unreadable": json.dumps([filled.count_unreadable, filled.unreadable], ensure_ascii=False),
        "updated": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }
    db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", said.items())
    db.execute("DELETE FROM gaps")
    for newspaper in (paper["name"] for paper in papers if paper["translates"]):  # of others only originals are fetched
        db.executemany("INSERT OR IGNORE INTO gaps VALUES (?, ?)", ((newspaper, day) for day in _gaps(db, newspaper)))


def _papers(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """The newspapers there are, those that translate first, with what they call themselves."""
    from crawler.newspapers import all_newspapers

    known, found = all_newspapers(), []
    rows = db.execute(
        "SELECT newspaper, language, COUNT(*) FROM articles WHERE latest GROUP BY 1 ORDER BY 1"
    ).fetchall()
    for name, language, count in rows:
        paper = known.get(name)
        translates = (
            paper.translates is not None
            if paper
            else db.execute(
                "SELECT 1 FROM pairs p JOIN articles a ON a.id = p.id WHERE a.newspaper = ? LIMIT 1", (name,)
            ).fetchone()
            is not None
        )
        title = paper.title if paper else name
        found.append({"name": name, "title": title, "language": language, "articles": count, "translates": translates})
    return sorted(found, key=lambda one: (not one["translates"], one["name"]))


def _gaps(db: sqlite3.Connection, newspaper: str) -> Iterator[str]:
    """Days without an editorial on which one is usual, between the first and the last that are held."""
    rows = db.execute(
        "SELECT day, COUNT(*) FROM articles WHERE latest AND kind = 'editorial' AND newspaper = ? AND day > ''"
        " GROUP BY day",
        (newspaper,),
    )
    days = Counter({dt.date.fromisoformat(day): count for day, count in rows})
    if days:
        until = max(days)
        for gap in gaps_in(days, until, Usual(days, until)):
            yield from (day.isoformat() for day in gap.missing)
