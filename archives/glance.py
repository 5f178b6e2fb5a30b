"""The journal at a glance: read without a lock while a crawl may write it, and without a trace beside it.

It may come from a stranger, and be made to be read without end: a view may be endless, and so may a table whose pages
lie in one another. Whoever glances at such a one is told that it cannot be read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from archives.journal import LARGEST_VALUE, VERSION

_STEPS: Final = 1_000_000  # of SQLite's machine, some 10 ms; to read a row takes about 20 of them
_ALWAYS: Final = 8  # million steps that may be taken, and one more for each byte: a row has some 500
_NO_TABLE: Final = """
SELECT CASE WHEN type = 'table' THEN 'virtual table' ELSE type END FROM sqlite_master
WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'
"""
_COMPUTED: Final = """
SELECT 'computed column' FROM sqlite_master m JOIN pragma_table_xinfo(m.name) x WHERE m.type = 'table' AND x.hidden
"""


@contextmanager
def glance(path: Path) -> Iterator[sqlite3.Connection | None]:
    """The last committed state of a journal, read-only; None where there is none that can be read.

    What goes wrong while it is read is an `sqlite3.Error`: the journal is a memory, and whoever glances at it has to
    do without.
    """
    db = _of_this_version(path) if path.is_file() else None
    try:
        yield db
    finally:
        if db is not None:
            db.close()


def opened(path: Path) -> sqlite3.Connection:
    """A journal of any version, read-only, one state for all that is asked. Raises `sqlite3.Error` with the reason.

    SQLite would make files beside one that nobody has open, and must be told not to; nor can it change then.
    """
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    db = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, timeout=5, isolation_level=None)
    try:
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
        _limit(db, path.stat().st_size)
        db.execute("BEGIN")
        if found := foreign_in(db):
            raise sqlite3.DatabaseError(f"it holds a {found}, which no journal of ours does")
    except BaseException:
        db.close()
        raise
    return db


def foreign_in(db: sqlite3.Connection) -> str:
    """What a database holds that no journal of ours does, and that may be endless; empty if nothing."""
    found = db.execute(_NO_TABLE).fetchone() or db.execute(_COMPUTED).fetchone()
    return found[0] if found else ""


def _limit(db: sqlite3.Connection, size: int) -> None:
    """Let it take as long as a journal of that size may take, and no longer."""
    left = _ALWAYS + size // _STEPS

    def has_ended() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    db.set_progress_handler(has_ended, _STEPS)


def _of_this_version(path: Path) -> sqlite3.Connection | None:
    try:
        db = opened(path)
    except sqlite3.Error:
        return None
    try:
        if db.execute("PRAGMA user_version").fetchone() == (VERSION,):
            return db
    except sqlite3.Error:
        pass
    db.close()
    return None
