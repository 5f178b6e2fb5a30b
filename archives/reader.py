"""WARC → what was captured: records in file order, and the groups they make, read back by warcio."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from isal import isal_zlib
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader

from archives.capture import Capture
from archives.collection import OPEN
from archives.message import BadMessage, Message, digest_of, read_response

if TYPE_CHECKING:
    from archives.exchange import Fields


_PIECE: Final = 256 * 1024  # what is read at once
_LOADER: Final = ArcWarcRecordLoader()
_STEP: Final = 4096  # what of it a member is first tried with: many are shorter, and what is too much gets copied


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


def stored_records(path: Path, start: int = 0) -> Iterator[Stored]:
    """Every record of a file from `start` on, in order. Raises `TornFile` where the bytes make no whole record.

    Members are unpacked here, each to its checksum: warcio's own iterator hands out a member that was cut off as if
    it were whole.
    """
    offset = start
    for length, member in _members(path, start):
        stored = _stored(path, member, offset, length)
        if stored is None:
            raise TornFile(path, offset, path.stat().st_size)
        yield stored
        offset += length


def _stored(path: Path, member: bytes, offset: int, length: int) -> Stored | None:
    """The record that a member holds, or None if it holds no whole one."""
    stream = BytesIO(member)
    try:
        record = _LOADER.parse_record_stream(stream, known_format="warc", no_record_parse=True)
    except (ArchiveLoadFailed, EOFError):
        return None
    block = record.raw_stream.read()
    if record.length != len(block) or stream.read() != b"\r\n\r\n":
        return None
    headers = {key.lower(): value for key, value in record.rec_headers.headers}
    return Stored(
        type=headers.get("warc-type", ""),
        id=headers.get("warc-record-id", ""),
        url=headers.get("warc-target-uri", ""),
        date=headers.get("warc-date", ""),
        warc=path.name.removesuffix(OPEN),
        offset=offset,
        length=length,
        block=block,
        headers=headers,
    )


def _members(path: Path, start: int) -> Iterator[tuple[int, bytes]]:
    """Each gzip member of a file: its length there, and what it holds. Raises `TornFile`."""
    offset = start
    with path.open("rb") as handle:
        handle.seek(start)
        ahead = memoryview(handle.read(_PIECE))
        while ahead:
            unpacker = isal_zlib.decompressobj(wbits=31)
            parts: list[bytes] = []
            length, step, whole = 0, _STEP, False
            while ahead and not whole:
                piece = ahead[:step]
                try:
                    parts.append(unpacker.decompress(piece))
                except isal_zlib.error:  # type: ignore[misc]  # isal's types call the class an instance
                    break
                whole, taken = unpacker.eof, len(piece) - len(unpacker.unused_data)
                length += taken
                ahead = ahead[taken:] or memoryview(handle.read(_PIECE))
                step = _PIECE
            if not whole:
                raise TornFile(path, offset, path.stat().st_size)
            yield length, b"".join(parts)
            offset += length


def record_at(path: Path, offset: int, length: int) -> Stored:
    """The one record whose member lies there. Raises `TornFile` where there is none."""
    with path.open("rb") as handle:
        handle.seek(offset)
        member = handle.read(length)
    try:
        content = isal_zlib.decompress(member, wbits=31)
    except isal_zlib.error as error:  # type: ignore[misc]  # isal's types call the class an instance
        raise TornFile(path, offset, offset + length) from error
    stored = _stored(path, content, offset, length)
    if stored is None:
        raise TornFile(path, offset, offset + length)
    return stored


def crawl_of(path: Path) -> str:
    """The crawl that wrote a file, as its warcinfo record says; empty where it says none."""
    with suppress(TornFile):
        for record in stored_records(path):
            said = dict(record.notes()) if record.type == "warcinfo" else {}
            return said.get("isPartOf", "")
    return ""


def groups(path: Path, start: int = 0) -> Iterator[Group]:
    """The exchanges of a file from `start` on, in order; a metadata record that belongs to none is its own group."""
    current: Group | None = None
    for record in stored_records(path, start):
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
