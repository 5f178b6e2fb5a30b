"""WARC records → readings, while the records are being checked: so that each file is read only once."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from archives.reader import Group, Stored
from archives.verify.syntax import target_of
from archives.verify.warc import Held
from crawler.readings import Reading, ReadingStore
from crawler.rebuilding import readings_in

AT_ONCE = 100


class Rereading:
    """Reads the records of one file as `rebuild` does; the readings are beside `scratch` once it is closed."""

    def __init__(self, scratch: Path) -> None:
        self._db = sqlite3.connect(readings_beside(scratch), isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-4000;")
        self._store = ReadingStore(self._db)
        self._group: Group | None = None
        self._readings: list[Reading] = []

    def take(self, record: Held) -> None:
        """Take the next record. Groups are made of them as `archives.reader.groups` makes them."""
        stored, group = _stored(record), self._group
        if stored.type != "metadata":
            self._end_group()
            self._group = Group(stored)
        elif group is not None and group.answer and stored.headers.get("warc-concurrent-to") == group.answer.id:
            group.metadata, group.notes = stored, stored.notes()
        else:
            self._end_group()
            self._read(Group(None, stored, stored.notes()))

    def close(self) -> None:
        """The file has ended."""
        self._end_group()
        self._write()
        self._db.close()

    def _end_group(self) -> None:
        group, self._group = self._group, None
        if group is not None:
            self._read(group)

    def _read(self, group: Group) -> None:
        with suppress(ValueError):  # a date or status that is none was found to be none already
            self._readings.extend(readings_in(group))
        if len(self._readings) >= AT_ONCE:
            self._write()

    def _write(self) -> None:
        self._db.execute("BEGIN")
        self._store.add(self._readings)
        self._db.execute("COMMIT")
        self._readings.clear()


def readings_beside(scratch: Path) -> Path:
    """Where the readings of a file are left."""
    return scratch.with_suffix(".readings")


def take_readings(store: ReadingStore, scratch: Path) -> None:
    """Add a file's readings to all others, and remove what held them."""
    path = readings_beside(scratch)
    store.db.execute("ATTACH ? AS other", (str(path),))
    store.db.execute("INSERT OR REPLACE INTO main.readings SELECT * FROM other.readings")
    store.db.execute("DETACH other")
    path.unlink()


def _stored(record: Held) -> Stored:
    fields = record.fields
    return Stored(
        type=fields.get("warc-type", ""),
        id=fields.get("warc-record-id", ""),
        url=target_of(fields),
        date=fields.get("warc-date", ""),
        warc=record.name,
        offset=record.offset,
        length=record.length,
        block=record.block,
        headers=fields,
    )
