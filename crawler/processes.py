"""WARC files read beside each other, one file a task, to the same readings as by one process.

Who runs the tasks is another matter: processes of this machine, here, or workers of many, in `crawler.cluster`.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

from archives.children import end_with_parent
from archives.errors import GenbunError
from archives.journal import Journal
from archives.reader import TornFile
from archives.storage.reading import size_of
from crawler.readings import ReadingStore
from crawler.rebuilding import Moved, is_closed, passing_journal, read_into

if TYPE_CHECKING:
    from crawler.cluster import Cluster

Parts: TypeAlias = "Generator[Part, None, None]"


def read_beside(warcs: Sequence[Path], journal: Journal, jobs: int, torn: list[TornFile], moved: Moved | None,
                cluster: Cluster | None) -> int:  # fmt: skip
    """Read files beside each other, by processes or by the workers of a cluster; returns how many exchanges they hold.

    What they give is taken in order of name, as one process reads them.
    """
    exchanges = 0
    with TemporaryDirectory(prefix="genbun-parts-") as scratch:
        if cluster is not None:
            parts = cluster.parts(warcs, Path(scratch), moved)
        else:
            parts = parts_by_processes(warcs, Path(scratch), jobs, moved)
        with closing(parts):
            for path, part in zip(warcs, parts, strict=True):
                exchanges += part.exchanges
                if part.torn is not None and is_closed(path):
                    torn.append(TornFile(path, part.torn, size_of(path)))
                _take(journal, part.scratch)
    return exchanges


def parts_by_processes(warcs: Sequence[Path], scratch: Path, jobs: int, moved: Moved | None) -> Parts:
    """Read files beside each other, the largest first; a part for each, in the order of `warcs`."""
    sizes = {path: size_of(path) for path in warcs}
    pool = ProcessPoolExecutor(min(jobs, len(warcs)), get_context("spawn"), end_with_parent)
    try:
        parts: dict[Path, Future[Part]] = {}
        for number, path in enumerate(sorted(warcs, key=lambda path: -sizes[path])):
            parts[path] = pool.submit(read_apart, path, scratch / f"{number}.sqlite")
            if moved is not None:
                parts[path].add_done_callback(_Told(moved, sizes[path]))
        for path in warcs:
            yield parts.pop(path).result()
    except BrokenProcessPool as error:
        raise GenbunError(
            f"a process that read {warcs[0].parent} was ended from outside (out of memory?), and nothing was "
            "written; try again with --jobs 1"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Part:
    """What one file gave, in `scratch`; `torn` is where its whole records end, if more than those is there."""

    scratch: Path
    exchanges: int
    torn: int | None


@dataclass(frozen=True, slots=True)
class _Told:
    moved: Moved
    size: int

    def __call__(self, done: Future[Part]) -> None:
        if not done.cancelled():
            self.moved(self.size)


def read_apart(path: Path, scratch: Path) -> Part:
    """Read one file by itself: the task. What it gives is a database at `scratch`."""
    journal, torn = passing_journal(scratch), list[TornFile]()
    try:
        count = read_into(path, ReadingStore(journal.db), journal, torn)
    finally:
        journal.close()
    return Part(scratch, count, torn[0].offset if torn else None)


def _take(journal: Journal, scratch: Path) -> None:
    """Add what one file gave to all else, and remove what held it."""
    db = journal.db
    db.execute("ATTACH ? AS part", (str(scratch),))
    db.execute("BEGIN")
    for table in ("captures", "readings", "warcs"):
        db.execute(f"INSERT OR REPLACE INTO main.{table} SELECT * FROM part.{table}")  # noqa: S608
    db.execute("COMMIT")
    db.execute("DETACH part")
    scratch.unlink()
