"""What was seen of every record, on disk: a table row each, so that memory stays the same however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

ROWS: Final = 2000

_TABLES: Final = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-4000; PRAGMA locking_mode=EXCLUSIVE;
CREATE TABLE warcs (warc INTEGER PRIMARY KEY, file TEXT NOT NULL, name TEXT NOT NULL, crawl TEXT NOT NULL,
    waiting INTEGER NOT NULL);
CREATE TABLE ids (id TEXT NOT NULL, type TEXT NOT NULL, warc INTEGER NOT NULL, offset INTEGER NOT NULL);
CREATE TABLE answers (id TEXT, type TEXT, warc INTEGER, offset INTEGER, length INTEGER, url TEXT, date TEXT,
    status INTEGER, digest TEXT, asked INTEGER, cdxj TEXT);
CREATE TABLE revisits (id TEXT, warc INTEGER, offset INTEGER, profile TEXT, refers_to TEXT, uri TEXT, date TEXT,
    digest TEXT);
CREATE TABLE links (id TEXT, concurrent TEXT, type TEXT, warc INTEGER, offset INTEGER);
"""
_INDEXES: Final = """
CREATE INDEX by_id ON ids (id);
CREATE INDEX by_answer ON answers (id);
"""
_WAITING: Final = "UPDATE warcs SET waiting = 1 WHERE crawl != '' AND crawl IN (SELECT crawl FROM warcs WHERE waiting)"
_TABLES_WITH_ROWS: Final = {"warcs": 5, "ids": 4, "answers": 11, "revisits": 8, "links": 5}

Row = Sequence[object]


class Ledger:
    """One row a record (`ids`), more for those that others refer to or that refer to others. Made to be thrown away."""

    def __init__(self, path: Path | str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript(_TABLES)
        self.db.execute("BEGIN")
        self.ids: list[Row] = []
        self.answers: list[Row] = []
        self.revisits: list[Row] = []
        self.links: list[Row] = []

    def add_warc(self, number: int, file: str, name: str, crawl: str, *, is_open: bool) -> None:
        """Note a file that was read to its end: the number its rows have, its path and final name, whose crawl it is.

        Files of a crawl that has one open wait: neither index nor lines speak of them before that crawl ends.
        """
        self.db.execute("INSERT INTO warcs VALUES (?,?,?,?,?)", (number, file, name, crawl, int(is_open)))
        self.store()

    def store(self, keep: int = 0) -> None:
        """Write the rows that are in memory, but for the last `keep` answers: their requests are still to come."""
        last = self.answers[len(self.answers) - keep :]
        del self.answers[len(self.answers) - keep :]
        for table, rows in (("ids", self.ids), ("answers", self.answers), ("revisits", self.revisits),
                            ("links", self.links)):  # fmt: skip
            marks = ",".join("?" * _TABLES_WITH_ROWS[table])
            self.db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
            rows.clear()
        self.answers.extend(last)

    def commit(self) -> None:
        """Make what was stored visible to others."""
        self.db.execute("COMMIT")

    def take(self, path: Path) -> None:
        """Take the rows of another ledger, which a process of its own has written, and remove it."""
        self.db.execute("COMMIT")
        self.db.execute("ATTACH ? AS other", (str(path),))
        for table in _TABLES_WITH_ROWS:
            self.db.execute(f"INSERT INTO {table} SELECT * FROM other.{table}")  # noqa: S608
        self.db.execute("DETACH other")
        self.db.execute("BEGIN")
        path.unlink()

    def complete(self, unended: frozenset[str] = frozenset()) -> None:
        """All is in: make it quick to look up. `unended` are crawls that are known not to have ended."""
        self.store()
        self.db.executemany("UPDATE warcs SET waiting = 1 WHERE crawl = ?", ((crawl,) for crawl in unended))
        self.db.execute(_WAITING)
        self.db.execute("COMMIT")
        self.db.executescript(_INDEXES)

    def names(self) -> dict[int, str]:
        """File number → final name."""
        return dict(self.db.execute("SELECT warc, name FROM warcs"))

    def files(self) -> dict[int, str]:
        """File number → its path in the collection."""
        return dict(self.db.execute("SELECT warc, file FROM warcs"))

    def rows(self, query: str, values: tuple[object, ...] = ()) -> Iterator[tuple[str | int, ...]]:
        """The rows of a query."""
        yield from self.db.execute(query, values)

    def close(self) -> None:
        """Close."""
        self.db.close()
