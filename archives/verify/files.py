"""The WARC files of a collection, each read once: one after the other, or several at a time by processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from archives.children import end_with_parent
from archives.collection import OPEN
from archives.errors import GenbunError
from archives.storage.reading import is_stored, is_there, open_warc, size_of
from archives.verify.finding import Findings
from archives.verify.ledger import Ledger
from archives.verify.parts import part_size, parts_of
from archives.verify.warc import Counts, Held, Place, WarcCheck, conclude

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
    """A file that was checked. What its readers left lies beside `scratches`, one for each part of it, in order."""

    task: Task
    findings: Findings
    records: int
    size: int
    scratches: tuple[Path, ...]


def tasks_of(warcs: Sequence[Path], scratch: Path, make_reader: MakeReader | None) -> list[Task]:
    """A task for each file; what is in between goes into the folder `scratch`."""
    return [Task(path, number, scratch / str(number), make_reader) for number, path in enumerate(warcs)]


def default_jobs(warcs: Sequence[Path]) -> int:
    """A process for each processor, but one alone where there is little to read."""
    if sum(size_of(path) for path in warcs if is_there(path)) < WORTH_A_PROCESS:
        return 1
    return max(1, min(len(os.sched_getaffinity(0)), MOST_JOBS))


def check_files(tasks: Sequence[Task], ledger: Ledger, jobs: int = 1, moved: Moved | None = None) -> Iterator[Done]:
    """Check files, each read once, in order; what was seen of their records is in the ledger as each is given back."""
    if jobs <= 1 or not tasks:
        for task in tasks:
            yield _check(task, ledger, moved)
        return
    yield from _by_processes(tasks, ledger, jobs, moved)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a task's file, from the byte `begin` to `end`; the whole file where `end` is None."""

    task: Task
    begin: int
    end: int | None
    scratch: Path


@dataclass(frozen=True, slots=True)
class _PartDone:
    """A part that was checked."""

    part: _Part
    findings: Findings
    counts: Counts
    size: int


def _parts_of(task: Task, size: int) -> list[_Part]:
    """The parts of a file; one that a crawl still writes, is stored elsewhere or cannot be read, is one."""
    try:
        whole = task.path.name.endswith(OPEN) or is_stored(task.path)
        spans = [] if whole else parts_of(task.path, size)
    except OSError:
        spans = []
    if len(spans) < 2:
        return [_Part(task, 0, None, task.scratch)]
    return [_Part(task, *span, task.scratch.with_name(f"{task.number}-{part}")) for part, span in enumerate(spans)]


def _by_processes(tasks: Sequence[Task], ledger: Ledger, jobs: int, moved: Moved | None) -> Iterator[Done]:
    """Forked where we can: a new interpreter costs as much as 40 MB of WARC, and nothing here has threads yet.

    What reads from storage has threads, and none of them would be there in a child.
    """
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    size = part_size([size_of(task.path) for task in tasks if is_there(task.path)], jobs)
    files = [_parts_of(task, size) for task in tasks]
    forks = sys.platform == "linux" and not any(is_stored(task.path) for task in tasks)
    context = get_context("fork" if forks else "spawn")
    pool = ProcessPoolExecutor(min(jobs, sum(map(len, files))), context, end_with_parent)
    try:
        checked = pool.map(_check_alone, [part for parts in files for part in parts])
        for parts in files:
            yield _together([_taken(next(checked), moved) for _ in parts], ledger)
    except BrokenProcessPool as error:
        raise GenbunError(
            f"a process that read {tasks[0].path.parent} was ended from outside (out of memory?); "
            "try again with --jobs 1"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _taken(done: _PartDone | Done, moved: Moved | None) -> _PartDone | Done:
    if moved is not None:
        moved(done.size)
    return done


def _together(parts: Sequence[_PartDone | Done], ledger: Ledger) -> Done:
    """What the parts of a file say of it. Where one has an error it is read again, whole: what is found then counts."""
    first = parts[0]
    if isinstance(first, Done):
        ledger.take(_ledger_of(first.scratches[0]))
        return first
    done = [part for part in parts if isinstance(part, _PartDone)]
    task, counts, findings = first.part.task, Counts(), Findings()
    if any(part.findings.count("error") for part in done):
        for part in done:
            _ledger_of(part.part.scratch).unlink()
        return _check(task, ledger, None)
    for part in done:
        counts.add(part.counts)
        findings.take(part.findings)
        ledger.take(_ledger_of(part.part.scratch))
    conclude(_place_of(task, task.path), counts, findings, ledger)
    scratches = tuple(part.part.scratch for part in done)
    return Done(task, findings, counts.records, sum(part.size for part in done), scratches)


def _check_alone(part: _Part) -> _PartDone | Done:
    """Check a file, or a part of one, in a process of its own, with a ledger of its own."""
    ledger = Ledger(_ledger_of(part.scratch))
    try:
        return _check(part.task, ledger, None) if part.end is None else _check_part(part, part.end, ledger)
    finally:
        ledger.commit()
        ledger.close()


def _ledger_of(scratch: Path) -> Path:
    return scratch.with_suffix(".ledger")


def _place_of(task: Task, path: Path) -> Place:
    return Place(
        f"archive/{path.name}", path.name.removesuffix(OPEN), task.number, is_open=task.path.name.endswith(OPEN)
    )


def _check_part(part: _Part, end: int, ledger: Ledger) -> _PartDone:
    task, findings = part.task, Findings()
    reader = task.make_reader(part.scratch) if task.make_reader is not None else None
    take = reader.take if reader is not None else None
    counts = Counts()
    try:
        with open_warc(task.path) as stream:
            check = WarcCheck(stream, _place_of(task, task.path), findings, ledger, take, size=end)
            counts = check.read_part(part.begin)
    except OSError as error:
        findings.add(task.path.name, 0, "unreadable", "error", f"cannot be read: {error}")
    if reader is not None:
        reader.close()
    return _PartDone(part, findings, counts, end - part.begin)


def _check(task: Task, ledger: Ledger, moved: Moved | None) -> Done:
    path, findings = task.path, Findings()
    if path.name.endswith(OPEN) and not path.exists():
        path = path.with_name(path.name.removesuffix(OPEN))  # its crawl has closed it since
    place = _place_of(task, path)
    reader = task.make_reader(task.scratch) if task.make_reader is not None else None
    take = reader.take if reader is not None else None
    records = size = 0
    try:
        if not is_there(path):
            raise OSError("it is no file")
        with open_warc(path) as stream:
            size = size_of(path)
            records = WarcCheck(stream, place, findings, ledger, take, moved=moved).run()
    except OSError as error:
        findings.add(place.file, 0, "unreadable", "error", f"cannot be read: {error}")
        ledger.add_warc(place.number, place.file, place.name, "", is_open=place.is_open)
    if reader is not None:
        reader.close()
    if place.is_open:
        findings.add(place.file, 0, "open", "note", "a crawl is writing it, or was ended while it did")
    return Done(task, findings, records, size, (task.scratch,))
