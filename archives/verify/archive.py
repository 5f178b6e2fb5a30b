"""A collection's archive and index: its files, then what records say of one another, and the index of them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archives.collection import Collection
from archives.verify.files import Done, Moved, check_files, default_jobs, tasks_of
from archives.verify.finding import Findings, Severity
from archives.verify.index import check_index
from archives.verify.ledger import Ledger
from archives.verify.links import LinkCheck
from archives.verify.memory import Memory, check_sizes, memory_of


@dataclass(slots=True)
class Totals:
    """How much was read."""

    files: int = 0
    records: int = 0
    bytes: int = 0
    index_lines: int = 0

    def add(self, done: Done, findings: Findings) -> None:
        """Count a file, and take what was found in it."""
        findings.take(done.findings)
        self.files += 1
        self.records += done.records
        self.bytes += done.size


@contextmanager
def opened(*paths: Path) -> Iterator[dict[Path, BinaryIO | None]]:
    """Files that are to be read later, as they are now: a crawl that ends meanwhile puts others in their place."""
    with ExitStack() as stack:
        streams: dict[Path, BinaryIO | None] = {}
        for path in paths:
            streams[path] = stack.enter_context(path.open("rb")) if path.is_file() else None
        yield streams


def check_whole(collection: Collection, memory: Memory, index: BinaryIO | None, ledger: Ledger,
                findings: Findings) -> int:  # fmt: skip
    """What can be checked once all files were read: links between records, the index, sizes, strange files.

    Returns how many lines the index has.
    """
    ledger.complete(memory.unended)
    LinkCheck(ledger, findings).run()
    check_strangers(collection, findings)
    check_sizes(collection, memory, findings)
    file = str(collection.index.relative_to(collection.path))
    if index is not None:
        return check_index(index, file, ledger, findings)
    said = "there is no index, so nothing is found in replay; a crawl's end or `genbun rebuild` makes it"
    findings.add(file, 0, "index_absent", how_bad_is_absence(collection, ledger), said)
    return 0


def how_bad_is_absence(collection: Collection, ledger: Ledger) -> Severity:
    """Of the index, or of records: before a first crawl has ended they are not there yet, and others never have any."""
    if not ledger.db.execute("SELECT 1 FROM warcs WHERE NOT waiting").fetchone():
        return "note"
    is_ours = collection.journal.exists() or any(collection.crawls.glob("*.json"))
    return "error" if is_ours else "warning"


def check_strangers(collection: Collection, findings: Findings) -> None:
    """Files in `archive/` that nothing reads: they may be WARCs that somebody believes to be in the collection."""
    known = {*collection.warcs(), collection.stored}
    for path in sorted(collection.archive.iterdir()):
        if path not in known:
            findings.add(f"archive/{path.name}", 0, "stranger", "warning", "is no .warc.gz file; nothing here reads it")


def verify_integrity(collection: Collection, scratch: Path, findings: Findings, jobs: int | None = None,
                     moved: Moved | None = None) -> Totals:  # fmt: skip
    """The archive and its index alone. `scratch` is an empty folder for what is in between. Raises `NotACollection`."""
    collection.require()
    totals = Totals()
    warcs = collection.warcs()
    memory = memory_of(collection)  # after the files are listed, before the index is opened
    with closing(Ledger(scratch / "all.ledger")) as ledger, opened(collection.index) as streams:
        for done in check_files(tasks_of(warcs, scratch, None), ledger, jobs or default_jobs(warcs), moved):
            totals.add(done, findings)
        totals.index_lines = check_whole(collection, memory, streams[collection.index], ledger, findings)
    return totals
