"""The journal: what of the archive is committed, and what a crawl has asked for. SQLite, write-ahead logged.

It is written after the WARC bytes it speaks of are durable, never before, so that every row has its record. It is a
memory, not a source: all of it but the running crawl's frontier can be made again from `archive/`.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Literal

from archives.records import Original

VERSION: Final = 4
LARGEST_VALUE: Final = 32 * 1024 * 1024  # bytes: an article may have some MB, a row has hundreds as a rule

State = Literal["asked", "fetched", "refused", "failed", "skipped"]

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS warcs (
    name TEXT PRIMARY KEY,             -- final name, without .open
    size INTEGER NOT NULL,             -- committed bytes
    closed INTEGER NOT NULL,           -- 1 once renamed to its final name
    crawl TEXT NOT NULL                -- the crawl that wrote it, as its warcinfo record says
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS captures (  -- one row a response or revisit record
    record_id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    url TEXT NOT NULL,
    at TEXT NOT NULL,                  -- WARC-Date
    status INTEGER NOT NULL,
    digest TEXT NOT NULL,              -- payload digest
    whole INTEGER NOT NULL,            -- 0 where WARC-Truncated, or where a kill left no word of what it was for
    warc TEXT NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    refers_to TEXT NOT NULL,
    cdxj TEXT NOT NULL,                -- its index line, or empty
    etag TEXT NOT NULL,                -- validators for the next request (RFC 9110, 8.8)
    modified TEXT NOT NULL,
    retry TEXT NOT NULL                -- Retry-After: the instant before which its host is not to be asked, or empty
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS captures_by_retry ON captures (retry) WHERE retry != '';
CREATE INDEX IF NOT EXISTS captures_by_digest ON captures (digest) WHERE type = 'response' AND whole;
CREATE INDEX IF NOT EXISTS captures_by_url ON captures (url, at);
CREATE INDEX IF NOT EXISTS captures_by_place ON captures (warc, offset);
CREATE TABLE IF NOT EXISTS crawls (
    id TEXT PRIMARY KEY,
    newspaper TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,                     -- null until finished with nothing left to ask
    resumes TEXT NOT NULL,             -- the unfinished crawl it took over, or empty
    number INTEGER NOT NULL            -- counts up as crawls begin: a clock may be set back, this is not
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS asked (     -- a crawl's frontier and its outcomes
    crawl TEXT NOT NULL,
    url TEXT NOT NULL,
    class TEXT NOT NULL,               -- editorial, original, listing, robots, requisite
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    notes TEXT NOT NULL,               -- JSON: who asked, and why
    record_id TEXT NOT NULL,           -- of the response, or empty
    PRIMARY KEY (crawl, url)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A response or revisit record as the journal knows it."""

    record_id: str
    type: str
    url: str
    at: str
    status: int
    digest: str
    whole: bool
    warc: str
    offset: int
    length: int
    refers_to: str
    cdxj: str
    etag: str = ""
    modified: str = ""
    retry: str = ""

    @property
    def original(self) -> Original:
        """What a revisit of this record refers to."""
        return Original(self.record_id, self.url, self.at)


@dataclass(slots=True)
class Asked:
    """One address of a crawl, and what became of it so far."""

    url: str
    klass: str
    state: State = "asked"
    reason: str = ""
    at: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    record_id: str = ""


class DamagedJournal(sqlite3.DatabaseError):
    """A journal that is no whole database."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is at fault, and not what it was asked, or the disk."""
    names = ("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_TOOBIG")
    return isinstance(error, DamagedJournal) or getattr(error, "sqlite_errorname", "") in names


class Journal:
    """The journal of one collection. Every write method takes effect only when `commit` returns."""

    def __init__(self, path: Path) -> None:
        """Open or create the journal; `:memory:` works as a path for a journal that is not kept."""
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
        self._forget_other_version()
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000;")
        self._db.executescript(_TABLES)
        self._db.execute(f"PRAGMA user_version={VERSION}")

    def _forget_other_version(self) -> None:
        """A journal of another version is emptied: the next crawl reads the archive into it again."""
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version in (0, VERSION):
            return
        for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            self._db.execute(f'DROP TABLE "{name}"')

    def check(self) -> None:
        """Raise `DamagedJournal` where pages lie in one another, or are none: to read such a one may never end.

        All of it is read: 0.3 s for 700 MB that the system holds in memory.
        """
        (said,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise DamagedJournal(" ".join(said.split()))

    @property
    def db(self) -> sqlite3.Connection:
        """The connection, for tables that other rooms keep in the same file."""
        return self._db

    def close(self) -> None:
        """Close; what was not committed is gone."""
        self._db.close()

    def commit(self, captures: Iterable[CaptureRow] = (), sizes: dict[str, tuple[int, bool, str]] | None = None,
               asked: Iterable[tuple[str, Asked]] = ()) -> None:  # fmt: skip
        """Commit these together: record rows, WARC files' (size, closed, crawl), and (crawl, address) rows."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(
                "INSERT OR REPLACE INTO captures VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (_values(row) for row in captures),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO warcs VALUES (?,?,?,?)",
                ((name, size, int(closed), crawl) for name, (size, closed, crawl) in (sizes or {}).items()),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO asked VALUES (?,?,?,?,?,?,?,?)",
                (
                    (
                        crawl,
                        a.url,
                        a.klass,
                        a.state,
                        a.reason,
                        a.at,
                        json.dumps(a.notes),  # escaped: a note may hold half of a surrogate pair, which SQLite refuses
                        a.record_id,
                    )
                    for crawl, a in asked
                ),
            )
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk may have ended it already
                self._db.execute("ROLLBACK")
            raise

    def holder_of(self, digest: str) -> Original | None:
        """The earliest whole response record with that payload, under any address."""
        row = self._db.execute(
            "SELECT record_id, url, at FROM captures INDEXED BY captures_by_digest"
            " WHERE digest = ? AND type = 'response' AND whole ORDER BY at LIMIT 1",
            (digest,),
        ).fetchone()
        return Original(*row) if row else None

    def unchanged_since(self, url: str, digest: str, status: int) -> Original | None:
        """The response record that holds what the address gave last, if that was this payload under this status.

        Only the latest capture counts: a page that goes back to an earlier text (A, B, A) is stored whole again, so
        that each version of an article begins with a response record.
        """
        found = self.holder_last(url)
        if found is None:
            return None
        _, held = found
        return held.original if (held.digest, held.status) == (digest, status) else None

    def warcs(self) -> dict[str, tuple[int, bool]]:
        """Every WARC file it knows: final name → (committed size, closed)."""
        return {name: (size, bool(closed)) for name, size, closed, _ in self._db.execute("SELECT * FROM warcs")}

    def forget_warc(self, name: str) -> None:
        """Drop what is known of a file, so that it can be read again."""
        self._db.execute("DELETE FROM warcs WHERE name = ?", (name,))  # first: a file that is not known is read
        self._db.execute("DELETE FROM captures WHERE warc = ?", (name,))

    def capture_before(self, name: str, offset: int) -> int:
        """Where the last capture begins that lies in a file before an offset; 0 if none does."""
        row = self._db.execute("SELECT MAX(offset) FROM captures WHERE warc = ? AND offset <= ?", (name, offset))
        return row.fetchone()[0] or 0

    def index_lines(self) -> Iterator[str]:
        """The CDXJ lines in byte order, as `LC_ALL=C sort` gives them."""
        for (line,) in self._db.execute("SELECT cdxj FROM captures WHERE cdxj != '' ORDER BY cdxj COLLATE BINARY"):
            yield line

    def begin_crawl(self, crawl: str, newspaper: str, started_at: str, resumes: str = "") -> None:
        """Note that a crawl began; it stays unfinished until `end_crawl`.

        Durable when this returns: after a power cut the journal may have lost its last commits (`synchronous=NORMAL`),
        but not that there was a crawl to take over.
        """
        values = (crawl, newspaper, started_at, resumes)
        number = "(SELECT COALESCE(MAX(number), 0) + 1 FROM crawls)"
        self._db.execute(f"INSERT OR REPLACE INTO crawls VALUES (?,?,?,NULL,?,{number})", values)  # noqa: S608
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def end_crawl(self, crawl: str, ended_at: str) -> None:
        """Note that a crawl is finished."""
        self._db.execute("UPDATE crawls SET ended_at = ? WHERE id = ?", (ended_at, crawl))

    def unfinished_crawls(self, newspaper: str) -> list[str]:
        """The latest crawl of that newspaper, if it was not finished, and those it had taken over; newest first."""
        row = self._db.execute(
            "SELECT id, ended_at, resumes FROM crawls WHERE newspaper = ? ORDER BY number DESC LIMIT 1",
            (newspaper,),
        ).fetchone()
        chain: list[str] = []
        while row is not None and row[1] is None and row[0] not in chain:
            chain.append(row[0])
            row = self._db.execute("SELECT id, ended_at, resumes FROM crawls WHERE id = ?", (row[2],)).fetchone()
        return chain

    def started_at(self, crawl: str) -> str:
        """When a crawl began."""
        row = self._db.execute("SELECT started_at FROM crawls WHERE id = ?", (crawl,)).fetchone()
        return str(row[0]) if row else ""

    def captured_in(self, crawls: Iterable[str], url: str) -> CaptureRow | None:
        """The latest whole answer that those crawls got from an address.

        One that a further attempt followed is not it, whatever a clock that was set back says of their order.
        """
        names = json.dumps(list(crawls))
        row = self._db.execute(
            "SELECT c.* FROM captures c JOIN warcs w ON w.name = c.warc WHERE c.url = ? AND c.whole AND w.crawl IN"
            " (SELECT value FROM json_each(?)) ORDER BY c.status >= 500 OR c.status = 408, c.at DESC LIMIT 1",
            (url, names),
        ).fetchone()
        return _row_of(row) if row else None

    def asked_in(self, crawls: Iterable[str], url: str) -> Asked | None:
        """What those crawls noted of an address."""
        row = self._db.execute(
            "SELECT url, class, state, reason, at, notes, record_id FROM asked"
            " WHERE url = ? AND crawl IN (SELECT value FROM json_each(?)) LIMIT 1",
            (url, json.dumps(list(crawls))),
        ).fetchone()
        return _asked_of(*row) if row else None

    def settled_in(self, crawls: Iterable[str], url: str) -> State | None:
        """What an address had come to in the latest of those crawls that settled it, if one did."""
        row = self._db.execute(
            "SELECT a.state FROM asked a JOIN crawls k ON k.id = a.crawl WHERE a.url = ? AND a.state != 'asked'"
            " AND a.crawl IN (SELECT value FROM json_each(?)) ORDER BY k.number DESC LIMIT 1",
            (url, json.dumps(list(crawls))),
        ).fetchone()
        return row[0] if row else None

    def holder_last(self, url: str) -> tuple[CaptureRow, CaptureRow] | None:
        """The latest whole capture of an address, and the response record that holds its bytes; None if neither is."""
        row = self._db.execute(
            "SELECT * FROM captures WHERE url = ? AND whole ORDER BY at DESC LIMIT 1", (url,)
        ).fetchone()
        if row is None:
            return None
        latest = _row_of(row)
        if latest.type == "response":
            return latest, latest
        held = self.capture(latest.refers_to)
        return (latest, held) if held is not None and held.type == "response" else None

    def rests(self, now: str) -> Iterator[tuple[str, str]]:
        """Answers that ask for a rest which is not over: address, and until when."""
        yield from self._db.execute(
            "SELECT url, retry FROM captures INDEXED BY captures_by_retry WHERE retry > ? AND retry != ''", (now,)
        )

    def capture(self, record_id: str) -> CaptureRow | None:
        """A record by its id."""
        row = self._db.execute("SELECT * FROM captures WHERE record_id = ?", (record_id,)).fetchone()
        return _row_of(row) if row else None

    def asked(self, crawl: str) -> Iterator[Asked]:
        """Every address of a crawl with its outcome, in order of address."""
        rows = self._db.execute(
            "SELECT url, class, state, reason, at, notes, record_id FROM asked WHERE crawl = ? ORDER BY url", (crawl,)
        )
        for row in rows:
            yield _asked_of(*row)

    def sums(self, crawl: str) -> dict[str, Counter[str]]:
        """How many addresses of each class are in each state."""
        sums: dict[str, Counter[str]] = {}
        rows = self._db.execute(
            "SELECT class, state, COUNT(*) FROM asked WHERE crawl = ? GROUP BY class, state", (crawl,)
        )
        for klass, state, count in rows:
            sums.setdefault(klass, Counter())[state] = count
        return sums


def _asked_of(url: str, klass: str, state: State, reason: str, at: str, notes: str, record_id: str) -> Asked:
    pairs = tuple((name, value) for name, value in json.loads(notes))
    return Asked(url, klass, state, reason, at, pairs, record_id)


def _values(row: CaptureRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _COLUMNS)


def _row_of(values: tuple[object, ...]) -> CaptureRow:
    row = dict(zip(_COLUMNS, values, strict=True))
    return CaptureRow(**{**row, "whole": bool(row["whole"])})  # type: ignore[arg-type]  # columns have their fields' types


_COLUMNS: Final = tuple(field.name for field in fields(CaptureRow))
