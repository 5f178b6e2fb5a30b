"""ARCHIVE → how often each edition was captured, and when last: an unchanged page leaves no line, only a record.

The journal remembers what each record said. Without one, or with one that does not know every file, the records at the
articles' addresses are read again from `archive/`: the answer is the same, and takes as long as reading the files does.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from archives.collection import OPEN, Collection
from archives.glance import glance
from archives.reader import TornFile, groups
from crawler.errors import NotVerified
from crawler.models import ArticleLine
from crawler.readings import ReadingStore, moment, version_key
from crawler.rebuilding import readings_in

Moved = Callable[[int], None]

_SAID = (
    "SELECT r.at, COALESCE(held.version_key, r.version_key) FROM readings r"
    " LEFT JOIN readings held ON r.what = 'same' AND held.record_id = r.target"
    " WHERE r.url = ? AND COALESCE(held.article_id, r.article_id) = ?"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The captures of one edition."""

    count: int
    last: dt.datetime


class Visits:
    """When articles were captured, by all records at the addresses that their lines name."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def of(self, lines: Sequence[ArticleLine]) -> list[Seen]:
        """The captures of each edition of one article, whose lines these are, in order."""
        moments = sorted({said for url in addresses_of(lines) for said in self._at(url, lines[0].id)})
        starts = [_captured(line) for line in lines]
        seen = []
        for line, start, end in zip(lines, starts, [*starts[1:], None], strict=True):
            key = version_key(line)
            own = [at for at, said in moments if said == key and at >= start and (end is None or at < end)]
            seen.append(Seen(max(1, len(own)), max([start, *own])))
        return seen

    def _at(self, url: str, article_id: str) -> Iterator[tuple[dt.datetime, str]]:
        try:
            rows = self._db.execute(_SAID, (url, article_id)).fetchall()
        except sqlite3.Error as error:
            raise NotVerified(
                f"journal.sqlite: cannot be read ({error}); move it away, the archive says the same"
            ) from error
        for at, key in rows:
            yield moment(at), key


def addresses_of(lines: Iterable[ArticleLine]) -> set[str]:
    """Where an article was captured."""
    return {url for line in lines for url in (line.url, line.capture.url if line.capture else line.url)}


def _captured(line: ArticleLine) -> dt.datetime:
    assert line.capture is not None
    return line.capture.captured_at


@contextmanager
def visits_to(collection: Collection, wanted: Callable[[], set[str]], moved: Moved | None = None) -> Iterator[Visits]:
    """All visits to a collection's articles. `wanted` are the addresses asked for, where files have to be read."""
    with glance(collection.journal) as journal:
        if journal is not None and _knows_all(journal, collection):
            yield Visits(journal)
            return
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        _read_files(ReadingStore(db), collection, wanted(), moved)
        yield Visits(db)


def _knows_all(journal: sqlite3.Connection, collection: Collection) -> bool:
    """Whether the journal knows every file that lies in `archive/`, and has readings."""
    try:
        known = {name for (name,) in journal.execute("SELECT name FROM warcs")}
        journal.execute("SELECT 1 FROM readings LIMIT 1")
    except sqlite3.Error:
        return False
    return all(path.name.removesuffix(OPEN) in known for path in collection.warcs())


def _read_files(store: ReadingStore, collection: Collection, urls: set[str], moved: Moved | None) -> None:
    """Read what was captured at these addresses; a file's torn end is passed over, as by the journal."""
    for path in collection.warcs():
        told = 0
        with suppress(TornFile, FileNotFoundError):
            for group in groups(path):
                if group.first.url in urls:
                    with suppress(ValueError):  # a date or status that is none
                        store.add(readings_in(group))
                if moved is not None:
                    moved(group.first.offset - told)
                    told = group.first.offset
