"""INDEX → when a host's robots.txt changed, and which record holds the new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from archives.bounded import value_of
from archives.collection import OPEN, Collection
from archives.reader import TornFile, record_at
from archives.storage.errors import NotAllowed
from crawler.status.stamps import moment_of

KEY: Final = b")/robots.txt"
NO_RULES: Final = "none"  # 4xx, whatever its page says: there are no rules (RFC 9309, 2.3.1.3)


@dataclass(frozen=True, slots=True)
class Change:
    """A robots.txt that differs from the capture before it. `before` and `digest` are `none` where there were no rules;
    `record_id` is null where neither the journal nor the archive can be asked."""

    host: str
    at: str
    before: str
    digest: str
    record_id: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    warc: str
    offset: int
    length: int


class Robots:
    """What each host's robots.txt was last, and how it changed. Redirects and 5xx say nothing of it."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}
        self._changes: list[tuple[Change, _Place]] = []

    def note(self, line: bytes) -> None:
        """Take a line of the index that is of a robots.txt."""
        try:
            _, stamp, fields = line.decode().split(" ", 2)
            entry = value_of(fields.encode())
            url, status, digest = entry["url"], int(entry["status"]), str(entry["digest"])
            host = urlsplit(url).hostname or ""
            place = _Place(str(entry["filename"]), int(entry["offset"]), int(entry["length"]))
        except (ValueError, KeyError, TypeError):
            return
        if status == 200 or 400 <= status < 500:
            said = digest if status == 200 else NO_RULES
            before = self._last.setdefault(url, said)
            if before != said:
                self._changes.append((Change(host, moment_of(stamp), before, said, None), place))
            self._last[url] = said

    def changes(self, collection: Collection, journal: sqlite3.Connection | None) -> Iterator[Change]:
        """The changes, oldest first."""
        for change, place in sorted(self._changes, key=lambda found: (found[0].at, found[0].host)):
            record_id = _by_journal(journal, place) or _by_archive(collection, place)
            yield Change(change.host, change.at, change.before, change.digest, record_id)


def _by_journal(journal: sqlite3.Connection | None, place: _Place) -> str | None:
    if journal is None:
        return None
    query = "SELECT record_id FROM captures WHERE warc = ? AND offset = ?"
    with suppress(sqlite3.Error):
        row = journal.execute(query, (place.warc, place.offset)).fetchone()
        return str(row[0]) if row else None
    return None


def _by_archive(collection: Collection, place: _Place) -> str | None:
    for name in (place.warc, place.warc + OPEN):
        with suppress(OSError, TornFile, ValueError, NotAllowed):
            return record_at(collection.archive / Path(name).name, place.offset, place.length).id or None
    return None
