"""What a crawl takes up before it begins: open files closed, and all that the archive holds known to the journal."""

from __future__ import annotations

from typing import Final

from archives.archive import capture_of
from archives.collection import Collection
from archives.errors import GenbunError
from archives.journal import CaptureRow, Journal
from archives.message import BadMessage, read_response
from archives.reader import TornFile, record_at
from archives.recovery import close_open_files
from archives.storage.errors import StorageFailure
from archives.storage.reading import require_allowed, size_of
from crawler.readings import Reading, ReadingStore, reading_of, reading_of_outcome, reading_of_revisit
from crawler.rebuilding import complete_unmodified, read_into
from spiders.desk import outcome_notes

#: The pages of unfinished crawls that are in the journal and have no reading: readings are stored by the dozen.
_UNREAD: Final = """
SELECT c.* FROM crawls k JOIN warcs w ON w.crawl = k.id JOIN captures c ON c.warc = w.name
JOIN asked a ON a.crawl = k.id AND a.url = c.url
WHERE k.ended_at IS NULL AND c.whole AND a.class IN ('editorial', 'original')
AND NOT EXISTS (SELECT 1 FROM readings r WHERE r.record_id = c.record_id)
"""
_UNNOTED: Final = """
SELECT a.crawl, a.url FROM crawls k JOIN asked a ON a.crawl = k.id
WHERE k.ended_at IS NULL AND a.record_id != '' AND a.class IN ('editorial', 'original')
AND NOT EXISTS (SELECT 1 FROM readings r WHERE r.record_id = a.record_id)
"""


def adopt(collection: Collection, journal: Journal, store: ReadingStore) -> list[str]:
    """Bring the journal in line with `archive/`: close what a killed crawl left open, read what it does not know."""
    said: list[str] = []
    for recovered in close_open_files(collection, journal):
        cut = f", {recovered.cut:,} torn bytes cut from its end" if recovered.cut else ""
        mark = "; its last exchange had lost its last records, and is marked" if recovered.marked else ""
        said.append(f"{recovered.warc}: was left open, and is closed now{cut}{mark}")
    known = journal.warcs()
    there = {path.name: path for path in collection.warcs()}
    require_allowed(there.values())  # a crawl looks things up in all of them
    for name in known.keys() - there.keys():
        journal.forget_warc(name)
        store.forget_warc(name)
    outdated = store.warcs_read_by_other_parsers()
    for name, path in there.items():
        size, closed = known.get(name, (0, False))
        if closed and size == size_of(path) and name not in outdated:
            continue
        if not size or closed or name in outdated:  # else all before `size` was taken in as it was committed
            journal.forget_warc(name)
            store.forget_warc(name)
            size = 0
        try:
            count = read_into(path, store, journal, start=size)
        except TornFile as torn:
            raise GenbunError(f"{torn}; run `genbun verify {collection.path}` to see what is damaged") from torn
        except StorageFailure as error:  # as an error of a file it would be said to be one of writing
            raise GenbunError(str(error)) from error
        if count:
            complete_unmodified(journal)
        if count or not size:
            said.append(f"{name}: read into the journal{f' from {size:,} on' if size else ''}, {count:,} exchanges")
    read_what_was_not(collection, journal, store)
    return said


def read_what_was_not(collection: Collection, journal: Journal, store: ReadingStore) -> None:
    """Read the pages that a crawl had kept and not yet read when it was killed, and note what it had not got."""
    readings: list[Reading] = []
    for values in journal.db.execute(_UNREAD).fetchall():
        row = CaptureRow(*values)
        try:
            message = read_response(record_at(collection.archive / row.warc, row.offset, row.length).block)
        except BadMessage:
            continue
        except (OSError, TornFile) as error:
            raise GenbunError(
                f"{collection.archive / row.warc}: the record at {row.offset:,} cannot be read ({error}); "
                f"run `genbun verify {collection.path}` to see what is damaged"
            ) from error
        if row.type == "revisit":
            readings.append(reading_of_revisit(row.url, row.record_id, row.at, row.status, row.refers_to))
        else:
            readings.append(reading_of(row.url, row.record_id, row.at, capture_of(row), message))
    for crawl, url in journal.db.execute(_UNNOTED).fetchall():
        asked = journal.asked_in([crawl], url)
        assert asked is not None
        reading = reading_of_outcome(url, asked.record_id, asked.at, outcome_notes(asked))
        if reading is not None:
            readings.append(reading)
    store_readings(journal, store, readings)


def store_readings(journal: Journal, store: ReadingStore, readings: list[Reading]) -> None:
    """Store readings, all or none."""
    journal.db.execute("BEGIN")
    try:
        store.add(readings)
        journal.db.execute("COMMIT")
    except BaseException:
        if journal.db.in_transaction:
            journal.db.execute("ROLLBACK")
        raise
