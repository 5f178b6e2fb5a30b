"""ARCHIVE → how large it is, by month, what is open, and whether a crawl is writing to it."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archives.collection import OPEN, Collection
from archives.keys import key_of
from archives.storage.reading import is_stored, is_there, size_of
from crawler.newspapers import all_newspapers

STILL: Final = dt.timedelta(minutes=15)  # without a byte written, and a crawl that holds no lock runs no more
_LOCKS: Final = Path("/proc/locks")
_DATE: Final = re.compile(r"-(\d{4})(\d\d)\d{8}-")
_LENGTH: Final = re.compile(rb'"length": ?"(\d+)"')


@dataclass(slots=True)
class Storage:
    """The WARC files."""

    files: int = 0
    bytes: int = 0
    open: list[str] = field(default_factory=list)
    months: Counter[str] = field(default_factory=Counter)
    """Month in which a file was begun, by its name, else its date → bytes."""
    written_at: float = 0.0

    def as_json(self) -> dict[str, object]:
        """What `--json` prints of it."""
        months = dict(sorted(self.months.items()))
        return {"files": self.files, "bytes": self.bytes, "open": self.open, "months": months}


def storage_of(collection: Collection) -> Storage:
    """Measure the files, without reading them."""
    found = Storage()
    for path in collection.warcs():
        if not is_there(path):  # closed at this moment
            path = path.with_name(path.name.removesuffix(OPEN))
        size, written = size_of(path), (collection.stored if is_stored(path) else path).stat().st_mtime
        found.files, found.bytes = found.files + 1, found.bytes + size
        found.written_at = max(found.written_at, written)
        date = _DATE.search(path.name)
        begun = f"{date[1]}-{date[2]}" if date else f"{dt.datetime.fromtimestamp(written, dt.UTC):%Y-%m}"
        found.months[begun] += size
        if path.name.endswith(OPEN):
            found.open.append(path.name)
    return found


def is_written(collection: Collection, storage: Storage, now: dt.datetime) -> bool:
    """Whether a crawl runs: it holds the collection's lock, or wrote a moment ago.

    Nothing is locked to find out: the crawl that would begin at that moment could not. Where the system does not show
    its locks, or a crawl runs on another machine, what it writes tells.
    """
    latest = storage.written_at
    with suppress(OSError):
        latest = max(latest, collection.journal.with_name(f"{collection.journal.name}-wal").stat().st_mtime)
    return _is_locked(collection.path) or now.timestamp() - latest < STILL.total_seconds()


def _is_locked(path: Path) -> bool:
    try:
        locks, inode = _LOCKS.read_text(), os.stat(path).st_ino  # noqa: PTH116
    except OSError:
        return False
    return any(
        "FLOCK" in words and "WRITE" in words and any(word.endswith(f":{inode}") for word in words)
        for words in map(str.split, locks.splitlines())
    )


class Sizes:
    """The bytes of each newspaper's response records, by month of capture, those of its pages' parts too."""

    def __init__(self) -> None:
        self._counts: dict[tuple[bytes, bytes, str | None], int] = {}

    def note(self, host: bytes, stamp: bytes, line: bytes, owner: str | None = None) -> None:
        """Take a line of the index; `owner` is whose page it is, if it is one."""
        if length := _LENGTH.search(line):
            at = host, stamp[:6], owner
            self._counts[at] = self._counts.get(at, 0) + int(length[1])

    def by_newspaper(self) -> dict[str, Counter[str]]:
        """Newspaper → month → bytes."""
        names = {name: list(_keys((*paper.hosts, *paper.asset_hosts))) for name, paper in all_newspapers().items()}
        found: dict[str, Counter[str]] = {}
        for (host, month, owner), count in self._counts.items():
            serves = (
                name
                for name, keys in names.items()
                if any(host == key or (whole and host.startswith(key + b",")) for key, whole in keys)
            )
            if name := owner or next(serves, None):
                found.setdefault(name, Counter())[f"{month[:4].decode()}-{month[4:].decode()}"] += count
        return found


def _keys(hosts: Iterable[str]) -> Iterable[tuple[bytes, bool]]:
    """A host as the index's keys begin, and whether those below it count too."""
    for host in hosts:
        yield key_of(f"https://{host.removeprefix('*.')}/").partition(")")[0].encode(), host.startswith("*.")
