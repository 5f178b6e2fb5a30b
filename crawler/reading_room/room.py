"""One collection in the room: its index, its archive, and whether the records have changed meanwhile."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any, Final

from archives.collection import Collection
from crawler.reading_room.cache import index_path
from crawler.reading_room.captures import Captures
from crawler.reading_room.filling import Filled, Moved, fingerprint, is_current, require_records, update
from crawler.reading_room.index import Index
from crawler.reading_room.tables import discard, prepare

LOOK_EVERY: Final = 1.0  # seconds between two looks at the records' files
REST: Final = 10  # times as long as an update took, the next one waits


class NoSuchPage(Exception):
    """There is nothing at that address; the text says what was looked for."""


class Room:
    """What all pages are drawn from. `open` first, then from several threads."""

    def __init__(self, collection: Collection) -> None:
        require_records(collection)
        self.collection = collection
        self.path = index_path(collection.path)
        self.captures = Captures(collection)
        self.index = Index(self.path)
        self._lock = threading.Lock()
        self._looked = 0.0
        self._next = 0.0
        self._seen = ""
        self._papers: tuple[str, dict[str, dict[str, Any]]] = ("", {})

    def open(self, moved: Moved = lambda size: None) -> Filled | None:
        """Bring the index up to the records; None where it is already."""
        prepare(self.path)
        try:
            if is_current(self.collection, self.path):
                return None
            return update(self.collection, self.path, moved)
        except sqlite3.DatabaseError:  # a damaged cache, in the middle; what is wrong with the disk shows again
            discard(self.path)
            return update(self.collection, self.path, moved)

    @property
    def size(self) -> int:
        """Bytes of the records."""
        files = self.collection.records.glob("*.jsonl")
        return sum(path.stat().st_size for path in files)

    @property
    def papers(self) -> dict[str, dict[str, Any]]:
        """The newspapers by name: `title`, `language`, `translates`, `articles`."""
        state = self.index.about("fingerprint")
        papers = self._papers
        if papers[0] != state:
            papers = self._papers = (state, {one["name"]: one for one in self.index.about("papers")})
        return papers[1]

    def title(self, newspaper: str) -> str:
        """What a newspaper calls itself."""
        return str(self.papers.get(newspaper, {}).get("title", newspaper))

    def capture_of(self, record: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Where a record lies, as the line that names it says; and the article line. Raises `NoSuchPage`."""
        row = self.index.of_record(record)
        if row is not None:
            line = self.index.line(row["key"])
            return line["capture"], line
        problem = self.index.problem_of_record(record)
        if problem is None:
            raise NoSuchPage(f"no line of this collection names a record {record[:80]}")
        return problem["capture"], None

    def look(self) -> None:
        """See now and then whether the records have changed, and if so bring the index up to them, in the background.

        A crawl that writes right now is waited for: the files must have been the same for a second.
        """
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY or now < self._next or not self._lock.acquire(blocking=False):
            return
        try:
            self._looked = now
            seen = fingerprint(self.collection)
            steady, self._seen = seen == self._seen, seen
            if steady and seen != self.index.about("fingerprint"):
                threading.Thread(target=self._update, daemon=True).start()
                self._next = now + 60  # until it has ended, and then by how long it took
        finally:
            self._lock.release()

    def _update(self) -> None:
        began = time.monotonic()
        try:
            update(self.collection, self.path)
        finally:
            ended = time.monotonic()
            self._next = ended + REST * (ended - began)

    def close(self) -> None:
        """Let go of the index."""
        self.index.close()


def room_of(folder: Path) -> Room:
    """The room of a collection's folder. Raises `NotACollection`, `NothingFound`, `NotVerified`."""
    return Room(Collection(folder))
