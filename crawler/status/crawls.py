"""CRAWLS → how each of them ended, and what was refused. From receipts and outcomes; the journal knows of the rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from archives.bounded import lines_of, object_in, value_of
from archives.collection import Collection
from archives.errors import NotPlain
from crawler.status.state import OUTCOMES, Crawl, Refusal

MOST: Final = 50_000  # crawls that a journal may know of: one an hour for five years
_REFUSED: Final = b'"outcome": "refused"'


def crawls_of(collection: Collection, journal: sqlite3.Connection | None) -> list[Crawl]:
    """Every crawl, oldest first."""
    found = {crawl.id: crawl for path in _receipts(collection) if (crawl := _by_receipt(path)) is not None}
    for crawl in _by_journal(journal) if journal is not None else ():
        found.setdefault(crawl.id, crawl)
    return sorted(found.values(), key=lambda crawl: (crawl.started_at or "", crawl.id))


def refusals_of(collection: Collection, crawl: Crawl) -> Iterator[Refusal]:
    """What a crawl was refused."""
    try:
        path = collection.outcomes(crawl.id)
    except NotPlain:
        return
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for line in lines_of(lines):
            said = _object(line) if _REFUSED in line else None
            if said and said.get("outcome") == "refused" and isinstance(said.get("url"), str):
                yield Refusal(said["url"], str(said.get("reason")), said.get("at"), said.get("class"), crawl.id)


def _receipts(collection: Collection) -> list[Path]:
    return [path for path in collection.crawls.glob("*.json") if not path.name.startswith(".")]


def _by_receipt(path: Path) -> Crawl | None:
    try:
        said = object_in(path)
    except OSError:
        return None
    if not said:
        return None
    return Crawl(
        id=str(said.get("id") or path.stem),
        newspaper=_text(said, "newspaper"),
        started_at=_text(said, "started_at"),
        ended_at=_text(said, "ended_at"),
        exit=said["exit"] if isinstance(said.get("exit"), int) else None,
        message=_text(said, "message"),
        finished=said.get("finished") is True,
        resumes=_text(said, "resumes"),
        has_receipt=True,
        sums={name: said[name] if isinstance(said.get(name), int) else 0 for name in ("asked", *OUTCOMES)},
        closed=_sentences(said.get("closed")),
    )


def _by_journal(journal: sqlite3.Connection) -> Iterator[Crawl]:
    rows = journal.execute(
        "SELECT id, newspaper, started_at, ended_at, resumes FROM crawls LIMIT ?", (MOST + 1,)
    ).fetchall()
    if len(rows) > MOST:
        raise sqlite3.DatabaseError(f"it knows more than {MOST:,} crawls")
    for crawl, newspaper, started_at, ended_at, resumes in rows:
        counts = dict(journal.execute("SELECT state, COUNT(*) FROM asked WHERE crawl = ? GROUP BY state", (crawl,)))
        sums = {"asked": sum(counts.values()), **{name: counts.get(name, 0) for name in OUTCOMES}}
        yield Crawl(
            str(crawl), newspaper, started_at, ended_at, None, None, bool(ended_at), resumes or None, False, sums, {}
        )


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        said = value_of(text)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _sentences(said: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in said.items()} if isinstance(said, dict) else {}


def _text(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) and value else None
