"""WARC → READINGS: the archive read anew, with no network and no memory of the crawl.

What a file gives depends on that file alone, so files are read in any order, by one process or by several.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from archives.archive import validator
from archives.collection import OPEN, Collection, replaced
from archives.errors import UsageError
from archives.index import LONGEST_ADDRESS, cdxj_line
from archives.journal import CaptureRow, Journal
from archives.message import MAX_HEAD, MAX_INTERIM, BadMessage, Head, Message, ResponseScanner
from archives.reader import HELD, Group, Stored, TornFile, crawl_of, groups, instant
from archives.records import Record, mime_of
from archives.recovery import INCOMPLETE
from archives.retry_after import said_in
from archives.storage.reading import size_of
from archives.verify.warc import KEEP
from crawler.aligning import Alignments, Told, method_now
from crawler.likeness import KeptShares
from crawler.lines import Written, write_lines
from crawler.models import Problem
from crawler.newspapers import newspaper_for
from crawler.readings import (
    PAGE_CLASSES,
    Reading,
    ReadingStore,
    reading_of,
    reading_of_cut,
    reading_of_outcome,
    reading_of_revisit,
)

if TYPE_CHECKING:
    from crawler.cluster import Cluster

#: Is told how many bytes more of the archive were read.
Moved = Callable[[int], None]

_HEAD: Final = 8192  # what of a block is looked at for its head, where nothing else of it is wanted …
_HEADS: Final = (1 + MAX_INTERIM) * MAX_HEAD  # … and if that is not enough, this

#: At most so many processes: what one alone has to do, about a tenth of all, then takes as long as all they do.
MOST_JOBS: Final = 8
#: Bytes of WARC below which starting a process (a third of a second) costs more than it saves.
WORTH_A_PROCESS: Final = 64_000_000
_PASSING: Final = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"


def read_warc(path: Path, store: ReadingStore, journal: Journal, torn: list[TornFile] | None = None) -> int:
    """`read_into`, and all rows complete."""
    count = read_into(path, store, journal, torn)
    complete_unmodified(journal)
    return count


def read_into(path: Path, store: ReadingStore, journal: Journal, torn: list[TornFile] | None = None,
              moved: Moved | None = None, start: int = 0) -> int:  # fmt: skip
    """Read one WARC file into readings and index rows; returns how many exchanges it holds.

    A file whose end is torn raises `TornFile`; where `torn` is given, it is noted there, and all before it is read.
    With `start`, where a group begins, only what lies from there on is read. Once all files are read, the rows want
    `complete_unmodified`.
    """
    if path.name.endswith(OPEN) and not path.exists():
        path = path.with_name(path.name.removesuffix(OPEN))  # a crawl has closed it since the folder was listed
    crawl = crawl_of(path)
    rows: list[CaptureRow] = []
    readings: list[Reading] = []
    size = size_of(path)
    count, told = 0, start
    try:
        for group in groups(path, start):
            count += 1
            rows.extend(_rows(group))
            readings.extend(readings_in(group))
            if len(rows) >= 500 or len(readings) >= 100:
                _store(store, journal, rows, readings)
                if moved is not None:
                    moved(group.first.offset - told)
                    told = group.first.offset
    except TornFile as error:
        if torn is None:
            raise
        torn.append(error)
    _store(store, journal, rows, readings)
    name = path.name.removesuffix(OPEN)
    journal.commit(sizes={name: (size, path.name == name, crawl)})
    if moved is not None:
        moved(size - told)
    return count


def _store(store: ReadingStore, journal: Journal, rows: list[CaptureRow], readings: list[Reading]) -> None:
    journal.commit(rows)
    store.db.execute("BEGIN")
    store.add(readings)
    store.db.execute("COMMIT")
    rows.clear()
    readings.clear()


def complete_unmodified(journal: Journal) -> None:
    """Give each `server-not-modified` row the digest, and the validators it lacks, of the record it refers to.

    That record may lie in a file that is read later, so it is looked up once all are.
    """
    journal.db.execute(
        "UPDATE captures SET (digest, etag, modified) = (SELECT h.digest,"
        " CASE captures.etag WHEN '' THEN h.etag ELSE captures.etag END,"
        " CASE captures.modified WHEN '' THEN h.modified ELSE captures.modified END"
        " FROM captures h WHERE h.record_id = captures.refers_to)"
        " WHERE type = 'revisit' AND cdxj = '' AND EXISTS"
        " (SELECT 1 FROM captures h WHERE h.record_id = captures.refers_to AND h.type = 'response'"
        " AND (h.digest != captures.digest OR (captures.etag = '' AND h.etag != '')"
        " OR (captures.modified = '' AND h.modified != '')))"
    )


def _rows(group: Group) -> Iterator[CaptureRow]:
    answer = group.answer
    if answer is None or len(answer.url) > LONGEST_ADDRESS:
        return
    head = _head(group)
    indexed = _indexed(answer)
    record = Record(
        type="revisit" if answer.type == "revisit" else "response",
        id=answer.id,
        url=answer.url,
        date=answer.date,
        member=b"",
        status=head.status if head else 0,
        mime=mime_of(head) if head else "unk",
        payload_digest=answer.headers.get("warc-payload-digest", ""),
        refers_to=answer.headers.get("warc-refers-to", ""),
    )
    yield CaptureRow(
        record_id=answer.id,
        type=record.type,
        url=answer.url,
        at=answer.date,
        status=record.status,
        digest=record.payload_digest,
        whole=answer.truncated is None and (group.note(INCOMPLETE) is None or group.note("class") is not None),
        warc=answer.warc,
        offset=answer.offset,
        length=answer.length,
        refers_to=record.refers_to,
        cdxj=cdxj_line(record, answer.offset, answer.length, answer.warc) if indexed else "",
        etag=validator(head, b"etag") if head else "",
        modified=validator(head, b"last-modified") if head else "",
        retry=_retry(head, answer.date) if head else "",
    )


def _retry(head: Head, date: str) -> str:
    """Until when an answer asks for a rest; nothing where it bears no date to count from."""
    try:
        return said_in(head, instant(date).isoformat())
    except (ValueError, OverflowError):
        return ""


def _indexed(answer: Stored) -> bool:
    """pywb answers an empty 304 for a `server-not-modified` revisit that is indexed; so it is not."""
    return not answer.headers.get("warc-profile", "").endswith("server-not-modified")


def readings_in(group: Group) -> Iterator[Reading]:
    """What an exchange says of a page that was expected; nothing where it was for a listing or a part.

    Nor where it has no date, or too long an address: `genbun verify` names those.
    """
    answer, first = group.answer, group.first
    if group.note("class") not in PAGE_CLASSES or not _is_dated(first) or len(first.url) > LONGEST_ADDRESS:
        return
    if answer is None:
        reading = reading_of_outcome(first.url, first.id, first.date, group.notes)
        if reading is not None:
            yield reading
        return
    if answer.size > HELD:
        yield from _reading_of_large(group, answer)
        return
    message = _message(group)
    if message is None:
        return
    if answer.truncated:
        capture = group.capture(message.head.status)
        yield reading_of_cut(answer.url, answer.id, answer.date, capture, answer.truncated)
        return
    if answer.type == "revisit":
        refers_to = answer.headers.get("warc-refers-to", "")
        yield reading_of_revisit(answer.url, answer.id, answer.date, message.head.status, refers_to)
    else:
        yield reading_of(answer.url, answer.id, answer.date, group.capture(message.head.status), message)


def _is_dated(record: Stored) -> bool:
    """Whether a record says when it was made: versions are counted by that. `genbun verify` names those that do not."""
    try:
        instant(record.date)
    except ValueError:
        return False
    return True


def _reading_of_large(group: Group, answer: Stored) -> Iterator[Reading]:
    """Of what is too large for a page, and would take four times as much memory; more than `KEEP` nobody looks at."""
    head = _head(group)
    if head is None or answer.size > KEEP or "warc-payload-digest" not in answer.headers:
        return
    paper = newspaper_for(answer.url)
    problem = Problem(
        newspaper=paper.name if paper else None,
        url=answer.url,
        reason="undecodable",
        detail=f"too large: a record of {answer.size:,} bytes",
    )
    capture = group.capture(head.status)
    yield Reading(answer.id, answer.url, answer.date, "problem", head.status, problem=problem, capture=capture)


def _head(group: Group) -> Head | None:
    """The answer's head; a large body, an image mostly, is not looked at for it."""
    assert group.answer is not None
    block = group.answer.block
    for size in (_HEAD, _HEADS):
        scanner = ResponseScanner()
        with suppress(BadMessage):  # of the body, if there is a head
            scanner.feed(block[:size])
        if scanner.head is not None or len(block) <= size:
            return scanner.head
    return None


def _message(group: Group) -> Message | None:
    try:
        return group.message()
    except BadMessage:
        return None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild read and wrote."""

    files: int
    exchanges: int
    written: Written
    torn: tuple[TornFile, ...] = ()


def rebuild(source: Collection, target: Collection, jobs: int = 1, moved: Moved | None = None, *,
            aligns: bool = True, aligned: Told | None = None, encoder: str = "",
            cluster: Cluster | None = None) -> Rebuilt:  # fmt: skip
    """Write `target`'s records and index from `source`'s archive alone, by `jobs` processes. Holds the target's lock.

    With `cluster`, its workers read the WARC files; the rest is done here.

    `aligns`: whether pairs are aligned; what the source's journal remembers of that is taken from there. A file whose
    end is torn is read up to there; `torn` names those of them that no crawl is writing. Raises `NotPlain`.
    """
    if encoder and aligns:
        method_now(encoder)  # what is missing is said before anything is read
    try:
        target.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{target.path}: cannot be made a folder ({error.strerror}); give another one") from error
    source.require_plain()
    target.require_plain()
    with target.lock(), TemporaryDirectory(prefix="genbun-") as scratch:
        journal = passing_journal(Path(scratch) / "rebuild.sqlite")
        try:
            alignments = Alignments(journal.db, computes=aligns, jobs=jobs, told=aligned, encoder=encoder)
            shares = KeptShares(journal.db, jobs=jobs)
            alignments.take(source.journal)
            shares.take(source.journal)
            return rebuild_with(journal, source.warcs(), target, alignments, shares, jobs, moved, cluster)
        finally:
            journal.close()


def rebuild_with(journal: Journal, warcs: Sequence[Path], target: Collection, alignments: Alignments,
                 shares: KeptShares, jobs: int = 1, moved: Moved | None = None,
                 cluster: Cluster | None = None) -> Rebuilt:  # fmt: skip
    """Read those files into an empty journal, and write `target`'s records and index from it. Takes no lock."""
    from crawler.processes import read_beside

    store = ReadingStore(journal.db)
    torn: list[TornFile] = []
    if cluster is not None or min(jobs, len(warcs)) > 1:
        exchanges = read_beside(warcs, journal, jobs, torn, moved, cluster)
    else:
        exchanges = sum(read_into(path, store, journal, torn if is_closed(path) else [], moved) for path in warcs)
    written = write_lines(store, target, alignments, shares)
    write_index(journal, target)
    return Rebuilt(len(warcs), exchanges, written, tuple(torn))


def passing_journal(path: Path) -> Journal:
    """A journal that nobody goes back to if the process ends: written without a care for that."""
    journal = Journal(path)
    journal.db.executescript(_PASSING)
    return journal


def write_index(journal: Journal, collection: Collection) -> None:
    """Write `indexes/index.cdxj`, as a whole."""
    collection.index.parent.mkdir(parents=True, exist_ok=True)
    with replaced(collection.index) as path, path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(journal.index_lines())


def default_jobs(warcs: Sequence[Path]) -> int:
    """As many processes as there are processors for us: what is written is the same, and each takes about 90 MB."""
    if sum(map(size_of, warcs)) < WORTH_A_PROCESS:
        return 1
    ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(ours, len(warcs), MOST_JOBS))


def is_closed(path: Path) -> bool:
    """Whether no crawl is writing a file, nor was ended while it did."""
    return not path.name.endswith(OPEN)
