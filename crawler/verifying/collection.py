"""Verify a whole collection: the archive, its index, the lines made from it, and the receipts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archives.collection import Collection
from archives.verify.archive import Totals, check_whole, how_bad_is_absence, opened
from archives.verify.files import Done, Moved, check_files, default_jobs, tasks_of
from archives.verify.finding import Findings
from archives.verify.ledger import Ledger
from archives.verify.memory import memory_of
from crawler.likeness import KeptShares
from crawler.lines import write_lines
from crawler.readings import ReadingStore
from crawler.verifying.alignments import GivenAlignments
from crawler.verifying.lines import KINDS, check_lines, check_schemas
from crawler.verifying.receipts import check_receipts
from crawler.verifying.rereading import Rereading, take_readings


@dataclass(slots=True)
class WholeTotals(Totals):
    """How much was read, lines and receipts too."""

    articles: int = 0
    pairs: int = 0
    problems: int = 0
    receipts: int = 0


def verify(collection: Collection, scratch: Path, findings: Findings, jobs: int | None = None,
           moved: Moved | None = None) -> WholeTotals:  # fmt: skip
    """Read everything once and hold it against each other. `scratch` is an empty folder for what is in between.

    Raises `NotACollection`.
    """
    collection.require()
    totals = WholeTotals()
    lines = [collection.records / f"{kind}.jsonl" for kind in KINDS]
    warcs = collection.warcs()
    tasks = tasks_of(warcs, scratch, Rereading)
    memory = memory_of(collection)  # after the files are listed, before index and lines are opened
    with closing(Ledger(scratch / "all.ledger")) as ledger, opened(collection.index, *lines) as streams:
        jobs = jobs or default_jobs(warcs)
        files = list(check_files(tasks, ledger, jobs, moved))
        for done in files:
            totals.add(done, findings)
        totals.index_lines = check_whole(collection, memory, streams[collection.index], ledger, findings)
        _Records(collection, streams, ledger, totals, jobs).check(files, scratch, findings)
    totals.receipts = check_receipts(collection.crawls, findings)
    return totals


class _Records:
    """Lines and schemas against what the archive gives.

    Lines are written when a crawl ends. While one has not, they may be as before it, or, after a rebuild, with it: they
    are held against both, and have to agree with one.
    """

    def __init__(self, collection: Collection, streams: dict[Path, BinaryIO | None], ledger: Ledger,
                 totals: WholeTotals, jobs: int) -> None:  # fmt: skip
        self.collection, self.streams, self.ledger, self.totals = collection, streams, ledger, totals
        self.jobs = jobs
        self.absent = how_bad_is_absence(collection, ledger)

    def check(self, files: list[Done], scratch: Path, findings: Findings) -> None:
        """Check them; the readings of each file lie beside its scratches."""
        waiting = {warc for (warc,) in self.ledger.rows("SELECT warc FROM warcs WHERE waiting")}
        with closing(sqlite3.connect(scratch / "all.readings", isolation_level=None)) as db:
            db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-4000;")
            store = ReadingStore(db)
            for done in files:
                if done.task.number not in waiting:
                    _take_all(store, done)
            found = self._compare(store, scratch / "ended")
            if waiting and not found.count("error"):
                found.add("records", 0, "lines_waiting", "note", "as they were before a crawl that has not ended")
            elif waiting:
                for done in files:
                    if done.task.number in waiting:
                        _take_all(store, done)
                other = self._compare(store, scratch / "all")
                found = found if other.count("error") else other
        findings.take(found)

    def _compare(self, store: ReadingStore, folder: Path) -> Findings:
        findings, fresh, records = Findings(), Collection(folder), self.collection.records
        given = GivenAlignments(self.streams[records / "pairs.jsonl"], findings)
        write_lines(store, fresh, given, KeptShares(store.db, jobs=self.jobs))
        counts: dict[str, int] = {}
        for kind in KINDS:
            stream = self.streams[records / f"{kind}.jsonl"]
            if stream is None:
                said = "is not there; a crawl's end or `genbun rebuild` makes it from archive/"
                findings.add(f"records/{kind}.jsonl", 0, "lines_absent", self.absent, said)
                continue
            stream.seek(0)
            with (fresh.records / f"{kind}.jsonl").open("rb") as right:
                counts[kind] = check_lines(stream, right, kind, self.ledger, findings)
        totals = self.totals
        totals.articles, totals.pairs, totals.problems = (
            counts.get(kind, 0) for kind in ("articles", "pairs", "problems")
        )
        check_schemas(records, fresh.records, findings, self.absent)
        return findings


def _take_all(store: ReadingStore, done: Done) -> None:
    for scratch in done.scratches:
        take_readings(store, scratch)
