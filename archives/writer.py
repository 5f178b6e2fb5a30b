"""WARC files while they are written: names, warcinfo, appending whole groups, rotation."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archives.collection import OPEN, sync_folder
from archives.records import Record, warcinfo

DEFAULT_SIZE: Final = 1_000_000_000
DEFAULT_AGE: Final = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one record lies: the file's final name, and its gzip member's offset and length."""

    warc: str
    offset: int
    length: int


@dataclass(slots=True)
class WarcWriter:
    """Appends groups of records to one file at a time; a file is named `.open` until it is closed.

    `prefix` begins every file name; `info` is said in each file's warcinfo record. A group is written by one call,
    and a group that could not be written whole is cut off again before the error goes on.
    """

    folder: Path
    prefix: str
    info: list[tuple[str, str]]
    max_size: int = DEFAULT_SIZE
    max_age: dt.timedelta = DEFAULT_AGE
    name: str = ""
    warcinfo_id: str = ""
    size: int = 0
    _handle: int = -1
    _began: float = 0.0  # by a clock that nobody sets
    _serial: int = 0

    def append(self, group: list[Record]) -> list[Place]:
        """Write a group at the end of the file; returns where each record lies. Not yet durable: see `sync_later`."""
        places: list[Place] = []
        offset = self.size
        for record in group:
            places.append(Place(self.name, offset, len(record.member)))
            offset += len(record.member)
        self._write(b"".join([record.member for record in group]))
        return places

    def ensure_open(self) -> str:
        """Open a file if none is; returns the id of its warcinfo record, which the group must name."""
        if self._handle < 0:
            self._open()
        return self.warcinfo_id

    def due(self) -> bool:
        """Whether the file has reached its size or age and should be closed."""
        age = time.monotonic() - self._began
        return self._handle >= 0 and (self.size >= self.max_size or age >= self.max_age.total_seconds())

    @property
    def is_open(self) -> bool:
        """Whether a file is open."""
        return self._handle >= 0

    def sync_later(self) -> Callable[[], None]:
        """What makes all that was appended so far durable when it is called, from any thread."""
        handle = os.dup(self._handle)

        def sync() -> None:
            try:
                os.fdatasync(handle)
            finally:
                os.close(handle)

        return sync

    def close(self) -> str | None:
        """Make the file durable under its final name; returns that name, or None if none was open."""
        if self._handle < 0:
            return None
        os.fsync(self._handle)
        os.close(self._handle)
        self._handle = -1
        final = self.folder / self.name
        final.with_name(self.name + OPEN).rename(final)
        sync_folder(self.folder)
        return self.name

    def abandon(self) -> None:
        """Let go of the file as it is: it stays `.open`, so that the next crawl judges what of it is whole."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _open(self) -> None:
        now = dt.datetime.now(dt.UTC)
        self._began = time.monotonic()
        self.name = self._free_name(now)
        path = self.folder / (self.name + OPEN)
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self.size = 0
        first = warcinfo(self.name, now, self.info)
        self.warcinfo_id = first.id
        try:
            self._write(first.member)
            sync_folder(self.folder)
        except OSError:
            self.abandon()
            path.unlink()
            raise

    def _free_name(self, now: dt.datetime) -> str:
        """A name that no finished file has: two crawls may begin in one second, and clocks are set back."""
        while True:
            self._serial += 1
            name = f"{self.prefix}-{now:%Y%m%d%H%M%S}-{self._serial:05}.warc.gz"
            if not (self.folder / name).exists() and not (self.folder / (name + OPEN)).exists():
                return name

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._handle, view) :]
        except OSError:
            try:
                os.ftruncate(self._handle, self.size)
                os.lseek(self._handle, self.size, os.SEEK_SET)
            except OSError:  # torn bytes that stay: nothing may follow them
                self.abandon()
            raise
        self.size += len(data)
