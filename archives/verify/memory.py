"""What the journal remembers: how much of each file was committed, and which crawls have not ended.

The journal may be missing, and is never needed. But it alone knows that whole records are gone from the end of a file.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from archives.collection import OPEN, Collection
from archives.glance import opened
from archives.storage.reading import is_there, size_of
from archives.verify.finding import Findings


@dataclass(frozen=True, slots=True)
class Memory:
    """Each file's committed size and whether it was closed, None without a journal; the crawls that have not ended.

    `failure` says why a journal that is there cannot be read.
    """

    sizes: dict[str, tuple[int, bool]] | None = None
    unended: frozenset[str] = frozenset()
    failure: str = ""


def memory_of(collection: Collection) -> Memory:
    """Read the journal, in a way that writes nothing beside it.

    A crawl has not ended if it is its newspaper's latest, and has no receipt. Index and lines need not speak of it yet.
    """
    path = collection.journal
    if not path.exists():
        return Memory()
    try:
        with closing(opened(path)) as db:
            files = db.execute(_SIZES, (MOST_FILES + 1,)).fetchall()
            unended = {crawl for (crawl,) in db.execute(_UNENDED)}
    except sqlite3.Error as error:
        return Memory(failure=str(error))
    if len(files) > MOST_FILES:
        return Memory(failure=f"it knows more than {MOST_FILES:,} files")
    sizes = {name: (size, bool(closed)) for name, size, closed in files}
    return Memory(sizes, frozenset(unended - {receipt.stem for receipt in collection.crawls.glob("*.json")}))


MOST_FILES = 200_000
_SIZES = "SELECT name, size, closed FROM warcs LIMIT ?"
_UNENDED = """SELECT id FROM crawls c WHERE ended_at IS NULL AND NOT EXISTS
    (SELECT 1 FROM crawls d WHERE d.newspaper = c.newspaper AND d.number > c.number)"""


def check_sizes(collection: Collection, memory: Memory, findings: Findings) -> None:
    """Check that every file still has the bytes that were committed of it."""
    if memory.failure:
        said = f"cannot be read ({memory.failure}); without it, the next crawl makes it anew from archive/"
        findings.add(collection.journal.name, 0, "journal", "warning", said)
    if memory.sizes is None:
        return
    there = {file.name.removesuffix(OPEN): file for file in collection.warcs() if is_there(file)}
    for name, (size, closed) in memory.sizes.items():
        file = there.get(name)
        found = size_of(file) if file is not None else 0
        if file is None:
            findings.add(f"archive/{name}", 0, "file_missing", "error", f"gone; {size:,} bytes of it were committed")
        elif found < size or (closed and found != size):
            said = f"has {found:,} bytes, but {size:,} were committed"
            findings.add(f"archive/{file.name}", min(found, size), "file_size", "error", said)
    for name in there.keys() - memory.sizes.keys():
        said = "not in the journal; the next crawl reads it in"
        findings.add(f"archive/{there[name].name}", 0, "journal", "note", said)
