"""WARC → READINGS: the archive read anew, with no network and no memory of the crawl."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from archives.archive import validator
from archives.collection import OPEN, Collection, replaced
from archives.errors import UsageError
from archives.index import cdxj_line
from archives.journal import CaptureRow, Journal
from archives.message import BadMessage, Message
from archives.reader import Group, Stored, TornFile, crawl_of, groups
from archives.records import Record, mime_of
from crawler.lines import Written, write_lines
from crawler.readings import (
    PAGE_CLASSES,
    Reading,
    ReadingStore,
    reading_of,
    reading_of_cut,
    reading_of_outcome,
    reading_of_revisit,
)


def read_warc(path: Path, store: ReadingStore, journal: Journal, torn: list[TornFile] | None = None) -> int:
    """Read one WARC file into readings and index rows; returns how many exchanges it holds.

    A file whose end is torn raises `TornFile`; where `torn` is given, it is noted there, and all before it is read.
    """
    crawl = crawl_of(path)
    rows: list[CaptureRow] = []
    readings: list[Reading] = []
    size = path.stat().st_size
    count = 0
    try:
        for group in groups(path):
            count += 1
            rows.extend(_rows(group, journal, rows))
            readings.extend(_readings(group))
            if len(rows) >= 500 or len(readings) >= 100:
                _store(store, journal, rows, readings)
    except TornFile as error:
        if torn is None:
            raise
        torn.append(error)
    _store(store, journal, rows, readings)
    name = path.name.removesuffix(".open")
    journal.commit(sizes={name: (size, path.name == name, crawl)})
    return count


def _store(store: ReadingStore, journal: Journal, rows: list[CaptureRow], readings: list[Reading]) -> None:
    journal.commit(rows)
    store.add(readings)
    rows.clear()
    readings.clear()


def _rows(group: Group, journal: Journal, pending: list[CaptureRow]) -> Iterator[CaptureRow]:
    answer = group.answer
    if answer is None:
        return
    message = _message(group)
    held = None if _indexed(answer) else _held(answer.headers.get("warc-refers-to", ""), journal, pending)
    record = Record(
        type="revisit" if answer.type == "revisit" else "response",
        id=answer.id,
        url=answer.url,
        date=answer.date,
        member=b"",
        status=message.head.status if message else 0,
        mime=mime_of(message.head) if message else "unk",
        payload_digest=answer.headers.get("warc-payload-digest", ""),
        refers_to=answer.headers.get("warc-refers-to", ""),
    )
    yield CaptureRow(
        record_id=answer.id,
        type=record.type,
        url=answer.url,
        at=answer.date,
        status=record.status,
        digest=held.digest if held else record.payload_digest,
        whole=answer.truncated is None,
        warc=answer.warc,
        offset=answer.offset,
        length=answer.length,
        refers_to=record.refers_to,
        cdxj=cdxj_line(record, answer.offset, answer.length, answer.warc) if _indexed(answer) else "",
        etag=(validator(message.head, b"etag") if message else "") or (held.etag if held else ""),
        modified=(validator(message.head, b"last-modified") if message else "") or (held.modified if held else ""),
    )


def _held(record_id: str, journal: Journal, pending: list[CaptureRow]) -> CaptureRow | None:
    return next((row for row in pending if row.record_id == record_id), None) or journal.capture(record_id)


def _indexed(answer: Stored) -> bool:
    """pywb answers an empty 304 for a `server-not-modified` revisit that is indexed; so it is not."""
    return not answer.headers.get("warc-profile", "").endswith("server-not-modified")


def _readings(group: Group) -> Iterator[Reading]:
    answer = group.answer
    if answer is None:
        first = group.first
        reading = reading_of_outcome(first.url, first.id, first.date, group.notes)
        if reading is not None:
            yield reading
        return
    if group.note("class") not in PAGE_CLASSES:
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


def rebuild(source: Collection, target: Collection) -> Rebuilt:
    """Write `target`'s records and index from `source`'s archive alone. Holds the target's lock.

    A file whose end is torn is read up to there; `torn` names those of them that no crawl is writing.
    """
    try:
        target.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{target.path}: cannot be made a folder ({error.strerror}); give another one") from error
    torn: list[TornFile] = []
    with target.lock(), TemporaryDirectory(prefix="genbun-") as scratch:
        journal = Journal(Path(scratch) / "rebuild.sqlite")
        try:
            store = ReadingStore(journal.db)
            warcs = source.warcs()
            exchanges = sum(read_warc(path, store, journal, torn if path.suffix != OPEN else []) for path in warcs)
            written = write_lines(store, target)
            write_index(journal, target)
        finally:
            journal.close()
    return Rebuilt(len(warcs), exchanges, written, tuple(torn))


def write_index(journal: Journal, collection: Collection) -> None:
    """Write `indexes/index.cdxj`, as a whole."""
    collection.index.parent.mkdir(parents=True, exist_ok=True)
    with replaced(collection.index) as path, path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(journal.index_lines())
