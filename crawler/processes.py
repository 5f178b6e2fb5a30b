"""WARC files read by several processes beside each other, one file a task, to the same readings as by one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from archives.children import end_with_parent
from archives.errors import GenbunError
from archives.journal import Journal
from archives.reader import TornFile
from crawler.readings import ReadingStore
from crawler.rebuilding import Moved, is_closed, passing_journal, read_into


def read_by_processes(warcs: Sequence[Path], journal: Journal, jobs: int, torn: list[TornFile],
                       moved: Moved | None) -> int:  # fmt: skip
    """Read files beside each other, the largest first; what they give is taken in order of name, as by one process."""
    sizes = {path: path.stat().st_size for path in warcs}
    exchanges = 0
    with TemporaryDirectory(prefix="genbun-parts-") as scratch:
        pool = ProcessPoolExecutor(min(jobs, len(warcs)), get_context("spawn"), end_with_parent)
        try:
            parts: dict[Path, Future[Part]] = {}
            for number, path in enumerate(sorted(warcs, key=lambda path: -sizes[path])):
                parts[path] = pool.submit(_read_apart, path, Path(scratch) / f"{number}.sqlite")
                if moved is not None:
                    parts[path].add_done_callback(_Told(moved, sizes[path]))
            for path in warcs:
                part = parts.pop(path).result()
                exchanges += part.exchanges
                if part.torn is not None and is_closed(path):
                    torn.append(TornFile(path, part.torn, sizes[path]))
                _take(journal, part.scratch)
        except BrokenProcessPool as error:
            raise GenbunError(
                f"a process that read {warcs[0].parent} was ended from outside (out of memory?), and nothing was "
                "written; try again with --jobs 1"
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return exchanges


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


def _read_apart(path: Path, scratch: Path) -> Part:
    """Read one file in a process of its own."""
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
