"""The journal at a glance: read without a lock while a crawl may write it, and without a trace beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archives.journal import VERSION


@contextmanager
def glance(path: Path) -> Iterator[sqlite3.Connection | None]:
    """The last committed state of a journal, read-only; None where there is none that can be read.

    What goes wrong while it is read is an `sqlite3.Error`: the journal is a memory, and whoever glances at it has to
    do without.
    """
    db = _opened(path) if path.is_file() else None
    try:
        yield db
    finally:
        if db is not None:
            db.close()


def _opened(path: Path) -> sqlite3.Connection | None:
    """SQLite would make files beside one that nobody has open, and must be told not to; nor can it change then."""
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, timeout=5, isolation_level=None)
    except sqlite3.Error:
        return None
    try:
        db.execute("BEGIN")  # one state for all that is asked
        if db.execute("PRAGMA user_version").fetchone() == (VERSION,):
            return db
    except sqlite3.Error:
        pass
    db.close()
    return None
