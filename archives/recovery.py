"""What a crawl that was killed left behind: open files are closed, torn tails cut; nothing whole is ever removed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from archives.collection import OPEN, Collection, sync_folder
from archives.errors import GenbunError
from archives.journal import Journal
from archives.reader import TornFile, stored_records


@dataclass(frozen=True, slots=True)
class Recovered:
    """A file that was left open: how many whole records it holds, and how many torn bytes were cut from its end."""

    warc: str
    records: int
    cut: int


def close_open_files(collection: Collection) -> Iterator[Recovered]:
    """Give each file that a killed crawl left `.open` its final name, its incomplete last member cut off.

    Only to be called while the collection's lock is held. Raises `GenbunError` for a file that is damaged where the
    journal says it was durable: that is no torn tail, and nothing is cut.
    """
    durable = _durable(collection)
    for path in collection.warcs():
        if not path.name.endswith(OPEN):
            continue
        size = path.stat().st_size
        records, end = 0, 0
        try:
            for record in stored_records(path):
                records, end = records + 1, record.offset + record.length
        except TornFile as torn:
            end = torn.offset
            if end < durable.get(path.name.removesuffix(OPEN), 0):
                raise GenbunError(
                    f"{torn}, though they were once; run `genbun verify {collection.path}` to see what is damaged"
                ) from torn
        if records == 0:
            path.unlink()
        else:
            with path.open("r+b") as handle:
                handle.truncate(end)
                os.fsync(handle.fileno())
            path.rename(path.with_name(path.name.removesuffix(OPEN)))
        sync_folder(path.parent)
        yield Recovered(path.name.removesuffix(OPEN), records, size - end)


def _durable(collection: Collection) -> dict[str, int]:
    """How much of each file was durable, as far as there is a journal that knows."""
    if not collection.journal.exists():
        return {}
    journal = Journal(collection.journal)
    try:
        return {name: size for name, (size, _) in journal.warcs().items()}
    finally:
        journal.close()
