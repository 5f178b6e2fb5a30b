"""What is looked at before a collection is written to: what a killed crawl left behind.

Open files are closed, torn tails cut; nothing whole is ever removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archives.collection import OPEN, Collection, sync_folder
from archives.errors import GenbunError, NotPlain
from archives.exchange import Fields
from archives.glance import foreign_in
from archives.journal import Journal
from archives.reader import Stored, TornFile, crawl_of, stored_records
from archives.records import metadata

#: What of a file is read again although the journal knows it: enough to see that the disk kept its word at the end.
LOOKED_AT_AGAIN: Final = 16 * 1024 * 1024
#: The note that marks an answer whose request, and what else lay beside it, were lost.
INCOMPLETE: Final = "incomplete"


@dataclass(frozen=True, slots=True)
class Recovered:
    """A file that was left open: how many whole records were read in it, and how many torn bytes cut from its end.

    `marked` says whether its last exchange had lost its last records, and a metadata record now says so.
    """

    warc: str
    records: int
    cut: int
    marked: bool = False


def close_open_files(collection: Collection, journal: Journal | None = None) -> Iterator[Recovered]:
    """Give each file that a killed crawl left `.open` its final name, its incomplete last member cut off.

    What `journal` knows to be durable is not read again, but for the last of it; without one all is. It also knows
    what an exchange was for whose last records were cut off: such a one is marked, with what is known of it.

    Only to be called while the collection's lock is held. Raises `GenbunError` for a file that is damaged where the
    journal says it was durable: that is no torn tail, and nothing is cut. Raises `NotPlain`.
    """
    collection.require_plain()
    if journal is not None and (found := foreign_in(journal.db)):
        raise NotPlain(
            f"{collection.journal}: holds a {found}, which no journal of ours does; remove it, and the next crawl "
            "makes it anew from archive/"
        )
    durable = journal.warcs() if journal is not None else _durable(collection)
    for path in collection.warcs():
        if path.name.endswith(OPEN):
            size, _ = durable.get(path.name.removesuffix(OPEN), (0, False))
            yield _close(path, size, journal, collection)


def _close(path: Path, durable: int, journal: Journal | None, collection: Collection) -> Recovered:
    name, size = path.name.removesuffix(OPEN), path.stat().st_size
    start = end = 0
    if journal is not None and durable > LOOKED_AT_AGAIN:
        start = end = journal.capture_before(name, durable - LOOKED_AT_AGAIN)
    records, last = 0, list[Stored]()
    try:
        for record in stored_records(path, start):
            records, end = records + 1, record.offset + record.length
            last = _last_group(last, record)
    except TornFile as torn:
        end = torn.offset
        if end < durable:
            raise _damaged(collection, str(torn)) from torn
    if end < durable:
        raise _damaged(collection, f"{path.name}: has {end:,} bytes of {durable:,} that were written")
    mark = _mark(last, journal, path) if last and journal is not None else b""
    if end == 0:
        path.unlink()
    else:
        with path.open("r+b") as handle:
            handle.truncate(end)
            handle.seek(end)
            handle.write(mark)
            handle.flush()
            os.fsync(handle.fileno())
        path.rename(path.with_name(name))
    sync_folder(path.parent)
    return Recovered(name, records, size - end, bool(mark))


def _last_group(last: list[Stored], record: Stored) -> list[Stored]:
    """What of a group is there that has no metadata record yet: an answer, its request, or both."""
    if record.type in ("warcinfo", "metadata"):
        return []
    return [*last[:1], record] if record.type == "request" else [record]


def _damaged(collection: Collection, what: str) -> GenbunError:
    return GenbunError(f"{what}, though they were once; run `genbun verify {collection.path}` to see what is damaged")


def _mark(last: list[Stored], journal: Journal, path: Path) -> bytes:
    """The metadata record of an exchange that has lost its own: each group ends with one."""
    first = last[0]
    asked = journal.asked_in([crawl_of(path)], first.url)
    notes: Fields = (("class", asked.klass), *asked.notes) if asked is not None else ()
    lost = "request and metadata" if len(last) == 1 and first.type != "request" else "metadata"
    notes = (*notes, (INCOMPLETE, f"its {lost} records were cut off when the crawl was killed"))
    common = [
        ("WARC-Target-URI", first.url),
        ("WARC-Date", first.date),
        ("WARC-Warcinfo-ID", first.headers.get("warc-warcinfo-id", "")),
    ]
    return metadata(first.url, first.date, common, list(notes), first.id).member


def _durable(collection: Collection) -> dict[str, tuple[int, bool]]:
    """How much of each file was durable, as far as there is a journal that knows."""
    if not collection.journal.exists():
        return {}
    journal = Journal(collection.journal)
    try:
        return journal.warcs()
    finally:
        journal.close()
