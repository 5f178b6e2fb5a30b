"""The WARC files of a collection, each read once: one after the other, or several at a time by processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from archives.collection import OPEN
from archives.errors import GenbunError
from archives.verify.finding import Findings
from archives.verify.ledger import Ledger
from archives.verify.warc import Held, Place, WarcCheck

#: At most so many processes by default, and bytes of WARC below which one alone is as quick.
MOST_JOBS: Final = 8
WORTH_A_PROCESS: Final = 64_000_000

#: Is told how many bytes more were read.
Moved = Callable[[int], None]


class Reader(Protocol):
    """Who wants the records of a file too, while it is being read."""

    def take(self, record: Held) -> None:
        """Take the next record."""

    def close(self) -> None:
        """The file has ended."""


#: Makes the reader of one WARC file; what it leaves goes beside that path, named with a suffix of its own.
MakeReader = Callable[[Path], Reader]


@dataclass(frozen=True, slots=True)
class Task:
    """One WARC file to check, its number, and where what is seen goes: beside `scratch`."""

    path: Path
    number: int
    scratch: Path
    make_reader: MakeReader | None


@dataclass(frozen=True, slots=True)
class Done:
    """A file that was checked."""

    task: Task
    findings: Findings
    records: int
    size: int


def tasks_of(warcs: Sequence[Path], scratch: Path, make_reader: MakeReader | None) -> list[Task]:
    """A task for each file; what is in between goes into the folder `scratch`."""
    return [Task(path, number, scratch / str(number), make_reader) for number, path in enumerate(warcs)]


def default_jobs(warcs: Sequence[Path]) -> int:
    """A process for each file and processor, but one alone where there is little to read."""
    if sum(path.stat().st_size for path in warcs if path.exists()) < WORTH_A_PROCESS:
        return 1
    return max(1, min(len(os.sched_getaffinity(0)), len(warcs), MOST_JOBS))


def check_files(tasks: Sequence[Task], ledger: Ledger, jobs: int = 1, moved: Moved | None = None) -> Iterator[Done]:
    """Check files, each read once, in order; what was seen of their records is in the ledger as each is given back."""
    if min(jobs, len(tasks)) <= 1:
        for task in tasks:
            yield _check(task, ledger, moved)
        return
    for done in _by_processes(tasks, jobs):
        ledger.take(_ledger_of(done.task))
        if moved is not None:
            moved(done.size)
        yield done


def _by_processes(tasks: Sequence[Task], jobs: int) -> Iterator[Done]:
    """Forked where we can: a new interpreter costs as much as 40 MB of WARC, and nothing here has threads yet."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    context = get_context("fork" if sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), context, _end_with_parent)
    try:
        yield from pool.map(_check_alone, tasks)
    except BrokenProcessPool as error:
        raise GenbunError(
            f"a process that read {tasks[0].path.parent} was ended from outside (out of memory?); "
            "try again with --jobs 1"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """End this process at Ctrl-C at once and in silence, and when the one that started it ends, however it does."""
    from multiprocessing import parent_process
    from threading import Thread

    def wait() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    Thread(target=wait, daemon=True).start()


def _check_alone(task: Task) -> Done:
    """Check a file in a process of its own, with a ledger of its own."""
    ledger = Ledger(_ledger_of(task))
    try:
        return _check(task, ledger, None)
    finally:
        ledger.commit()
        ledger.close()


def _ledger_of(task: Task) -> Path:
    return task.scratch.with_suffix(".ledger")


def _check(task: Task, ledger: Ledger, moved: Moved | None) -> Done:
    path, findings = task.path, Findings()
    is_open = path.name.endswith(OPEN)
    if is_open and not path.exists():
        path = path.with_name(path.name.removesuffix(OPEN))  # its crawl has closed it since
    place = Place(f"archive/{path.name}", path.name.removesuffix(OPEN), task.number, is_open)
    reader = task.make_reader(task.scratch) if task.make_reader is not None else None
    take = reader.take if reader is not None else None
    records = size = 0
    try:
        if not path.is_file():
            raise OSError("it is no file")
        with path.open("rb", buffering=0) as stream:
            size = os.fstat(stream.fileno()).st_size
            records = WarcCheck(stream, place, findings, ledger, take, moved=moved).run()
    except OSError as error:
        findings.add(place.file, 0, "unreadable", "error", f"cannot be read: {error}")
        ledger.add_warc(place.number, place.file, place.name, "", is_open=is_open)
    if reader is not None:
        reader.close()
    if is_open:
        findings.add(place.file, 0, "open", "note", "a crawl is writing it, or was ended while it did")
    return Done(task, findings, records, size)
