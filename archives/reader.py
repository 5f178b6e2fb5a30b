"""WARC → what was captured: records in file order, and the groups they make, read back by warcio."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archives.capture import Capture
from archives.collection import OPEN
from archives.message import BadMessage, Message, digest_of, read_response

if TYPE_CHECKING:
    from archives.exchange import Fields


@dataclass(frozen=True, slots=True)
class Stored:
    """One record as it lies in a WARC file; `block` is its content, exactly."""

    type: str
    id: str
    url: str
    date: str
    warc: str
    offset: int
    length: int
    block: bytes
    headers: dict[str, str]

    @property
    def truncated(self) -> str | None:
        """WARC-Truncated, or None."""
        return self.headers.get("warc-truncated")

    def notes(self) -> Fields:
        """The fields of an `application/warc-fields` block, in order."""
        lines = self.block.decode("utf-8", "replace").split("\r\n")
        pairs = (line.partition(": ") for line in lines if ": " in line)
        return tuple((name, value) for name, _, value in pairs)


@dataclass(slots=True)
class Group:
    """What one exchange left: its answer (response or revisit) if there is one, and the notes beside it.

    Without an answer `metadata` is the record that says why. `url` and `date` are those of the exchange.
    """

    answer: Stored | None
    metadata: Stored | None = None
    notes: Fields = field(default=())

    @property
    def first(self) -> Stored:
        """The record that stands for the exchange."""
        record = self.answer or self.metadata
        assert record is not None
        return record

    def note(self, name: str) -> str | None:
        """The first note of that name, or None."""
        return next((value for key, value in self.notes if key == name), None)

    def message(self) -> Message:
        """The answer taken apart. Raises `BadMessage`."""
        if self.answer is None:
            raise BadMessage("nothing was answered")
        return read_response(self.answer.block)

    def capture(self, status: int) -> Capture | None:
        """Where the answer lies, or None."""
        answer = self.answer
        if answer is None:
            return None
        return Capture(
            record_id=answer.id,
            warc=f"archive/{answer.warc}",
            offset=answer.offset,
            length=answer.length,
            captured_at=dt.datetime.fromisoformat(answer.date),
            status=status,
            payload_digest=answer.headers.get("warc-payload-digest") or digest_of(self.message().payload),
            url=answer.url,
        )


class TornFile(Exception):
    """A WARC file whose last bytes make no record: `offset` is where the last whole record ends."""

    def __init__(self, path: Path, offset: int, size: int) -> None:
        super().__init__(f"{path.name}: the {size - offset:,} bytes from {offset:,} on are no whole record")
        self.offset = offset


def stored_records(path: Path) -> Iterator[Stored]:
    """Every record of a file, in order. Raises `TornFile` at the end of a file that was cut off."""
    name = path.name.removesuffix(OPEN)
    end = 0
    with path.open("rb") as handle:
        records = ArchiveIterator(handle, no_record_parse=True)
        try:
            for record in records:
                block = record.raw_stream.read()  # before asking for offset and length, which skips what is left
                offset = records.get_record_offset()
                length = records.get_record_length()
                end = offset + length
                headers = {key.lower(): value for key, value in record.rec_headers.headers}
                yield Stored(
                    type=headers.get("warc-type", ""),
                    id=headers.get("warc-record-id", ""),
                    url=headers.get("warc-target-uri", ""),
                    date=headers.get("warc-date", ""),
                    warc=name,
                    offset=offset,
                    length=length,
                    block=block,
                    headers=headers,
                )
        except (ArchiveLoadFailed, EOFError):
            pass
    size = path.stat().st_size
    if end != size:
        raise TornFile(path, end, size)


def groups(path: Path) -> Iterator[Group]:
    """The exchanges of a file, in order; a metadata record that belongs to none makes a group of its own."""
    current: Group | None = None
    for record in stored_records(path):
        if record.type in ("response", "revisit"):
            if current is not None:
                yield current
            current = Group(record)
        elif record.type == "metadata":
            answer = current.answer if current else None
            if current and answer and record.headers.get("warc-concurrent-to") == answer.id:
                current.metadata, current.notes = record, record.notes()
            else:
                if current is not None:
                    yield current
                current = None
                yield Group(None, record, record.notes())
    if current is not None:
        yield current
