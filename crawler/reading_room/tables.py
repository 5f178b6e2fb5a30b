"""The tables of the index, and a connection to them. Lines lie compressed beside what is asked of them."""
# ruff: noqa: S608  # a constant of ours is put in

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from crawler.exporting.formats.search import TOKENIZER

VERSION: Final = 1  # raised when the tables, or what is put into them, change: an older index is made anew
NAME: Final = 0x67656E62  # "genb"

TABLES: Final = f"""
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE lines (key INTEGER PRIMARY KEY, line BLOB);
CREATE TABLE articles (
    key INTEGER PRIMARY KEY, mark BLOB, id TEXT, version INTEGER, record TEXT, newspaper TEXT, language TEXT,
    kind TEXT, section TEXT, headline TEXT, day TEXT, access TEXT, truncated INTEGER, captured TEXT, size INTEGER,
    editions INTEGER DEFAULT 1, latest INTEGER DEFAULT 1
);
CREATE INDEX article_ids ON articles (id, version);
CREATE INDEX article_records ON articles (record);
CREATE TABLE pairs (
    key INTEGER PRIMARY KEY, mark BLOB, id TEXT, status TEXT, original TEXT, aligned INTEGER, line BLOB
);
CREATE INDEX pair_ids ON pairs (id);
CREATE INDEX pair_originals ON pairs (original);
CREATE TABLE problems (
    key INTEGER PRIMARY KEY, mark BLOB, newspaper TEXT, reason TEXT, url TEXT, record TEXT, line BLOB
);
CREATE INDEX problem_records ON problems (record);
CREATE TABLE entries (
    key INTEGER PRIMARY KEY, first INTEGER, second INTEGER, status TEXT, day TEXT, newspaper TEXT, paper2 TEXT,
    section TEXT, section2 TEXT, access TEXT, access2 TEXT, edited INTEGER
);
CREATE INDEX entry_days ON entries (day, key);
CREATE TABLE sides (article INTEGER, entry INTEGER, latest INTEGER, PRIMARY KEY (article, entry)) WITHOUT ROWID;
CREATE TABLE gaps (newspaper TEXT, day TEXT, PRIMARY KEY (newspaper, day)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(headline, body, content='', tokenize='{TOKENIZER}');
INSERT INTO words(words, rank) VALUES ('rank', 'bm25(4.0, 1.0)');
PRAGMA application_id = {NAME};
PRAGMA user_version = {VERSION};
"""

#: A list's unit: a translation with its original, or an article that stands alone. Latest versions only.
ENTRIES: Final = """
DELETE FROM entries;
DELETE FROM sides;
UPDATE articles SET
    editions = (SELECT COUNT(DISTINCT o.version) FROM articles o WHERE o.id = articles.id),
    latest = NOT EXISTS (SELECT 1 FROM articles o
                         WHERE o.id = articles.id AND (o.version, o.key) > (articles.version, articles.key));
INSERT INTO entries (first, second, status, day, newspaper, paper2, section, section2, access, access2, edited)
    SELECT t.key, o.key, p.status, t.day, t.newspaper, o.newspaper, t.section, o.section, t.access, o.access,
           MAX(t.editions, COALESCE(o.editions, 1)) > 1
    FROM articles t LEFT JOIN pairs p ON p.id = t.id LEFT JOIN articles o ON o.id = p.original AND o.latest
    WHERE t.latest AND (p.id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM pairs q WHERE q.original = t.id));
INSERT OR IGNORE INTO sides SELECT a.key, e.key, a.latest
    FROM entries e JOIN articles f ON f.key IN (e.first, e.second) JOIN articles a ON a.id = f.id;
"""


def connect(path: Path, *, write: bool = False) -> sqlite3.Connection:
    """A connection; one that only reads cannot write, whatever it is asked."""
    db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA cache_size = -4000")
    if not write:
        db.execute("PRAGMA query_only = ON")
    return db


def prepare(path: Path) -> None:
    """Make the file and its tables, or make it anew where it is of another version or damaged."""
    if path.exists() and not _is_ours(path):
        discard(path)
    if not path.exists():
        path.touch(mode=0o600)
    db = connect(path, write=True)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            for statement in _statements(TABLES):
                db.execute(statement)
        db.execute("COMMIT")
    finally:
        db.close()


def discard(path: Path) -> None:
    """Remove an index: it can be made anew."""
    for old in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        old.unlink(missing_ok=True)


def _statements(script: str) -> list[str]:
    return [one for one in script.split(";\n") if one.strip()]


def run(db: sqlite3.Connection, script: str) -> None:
    """Several statements within the transaction that is open: `executescript` would end it."""
    for statement in _statements(script):
        db.execute(statement)


def _is_ours(path: Path) -> bool:
    db = sqlite3.connect(path)
    try:
        said = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        return said in ([NAME, VERSION], [0, 0])
    except sqlite3.DatabaseError:
        return False
    finally:
        db.close()
