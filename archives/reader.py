"""WARC → what was captured: records in file order, and the groups they make, read back by warcio."""

from __future__ import annotations

import datetime as dt
import hashlib
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
from archives.storage.reading import open_warc, size_of

if TYPE_CHECKING:
    from hashlib import _Hash

    from archives.exchange import Fields


HELD: Final = 33 * 1024 * 1024  # of a block, more than any page has; of a longer one the rest is read, but not held
MAX_HEAD: Final = 64 * 1024  # of a record: what is longer is no record, for `archives.verify` too
MAX_NOTES: Final = 8 * 1024 * 1024  # of a block of notes, and as many fields at most as …
MOST_NOTES: Final = 10_000  # … this: each costs thirty times what it takes in the file

_PIECE: Final = 256 * 1024  # what is read at once
_UNPACKED: Final = 1024 * 1024  # what is unpacked at once: deflate reaches 1032:1
_LOADER: Final = ArcWarcRecordLoader()
_STEP: Final = 4096  # what of it a member is first tried with: many are shorter, and what is too much gets copied
_KEPT: Final = MAX_HEAD + HELD + 4  # of a member
_BLANK: Final = (b"\n\r\n", b"\n\n")


@dataclass(frozen=True, slots=True)
class Stored:
    """One record as it lies in a WARC file; `block` is its content, exactly.

    Where that is longer than `HELD`, `block` may be its beginning alone; `beyond` is how much follows, and its digest.
    """

    type: str
    id: str
    url: str
    date: str
    warc: str
    offset: int
    length: int
    block: bytes
    headers: dict[str, str]
    beyond: tuple[int, bytes] | None = None

    @property
    def size(self) -> int:
        """The length of its content."""
        return len(self.block) + (self.beyond[0] if self.beyond else 0)

    @property
    def truncated(self) -> str | None:
        """WARC-Truncated, or None."""
        return self.headers.get("warc-truncated")

    def notes(self) -> Fields:
        """The fields of an `application/warc-fields` block, in order, as many as anybody would give."""
        lines = self.block[:MAX_NOTES].decode("utf-8", "replace").split("\r\n", MOST_NOTES)
        pairs = (line.partition(": ") for line in lines[:MOST_NOTES] if ": " in line)
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
        if self.answer.beyond:
            raise BadMessage(f"a record of {self.answer.size:,} bytes")
        return read_response(self.answer.block)

    def capture(self, status: int) -> Capture | None:
        """Where the answer lies, or None. Raises `ValueError` where its WARC-Date is none."""
        answer = self.answer
        if answer is None:
            return None
        return Capture(
            record_id=answer.id,
            warc=f"archive/{answer.warc}",
            offset=answer.offset,
            length=answer.length,
            captured_at=instant(answer.date),
            status=status,
            payload_digest=answer.headers.get("warc-payload-digest") or digest_of(self.message().payload),
            url=answer.url,
        )


class TornFile(Exception):
    """A WARC file whose last bytes make no record: `offset` is where the last whole record ends."""

    def __init__(self, path: Path, offset: int, size: int) -> None:
        super().__init__(f"{shown(path.name)}: the {size - offset:,} bytes from {offset:,} on are no whole record")
        self.offset = offset


def shown(name: str) -> str:
    """A name as a terminal can show it: in a stranger's archive there may be anything in it."""
    return "".join(ch if ch.isprintable() else ascii(ch)[1:-1] for ch in name)


def instant(date: str) -> dt.datetime:
    """A WARC-Date as an aware datetime; one that is a day alone is its beginning. Raises `ValueError`."""
    if not date.isascii():  # digits of other scripts, which Python takes for digits
        raise ValueError(f"{date!r} is no timestamp")
    moment = dt.datetime.fromisoformat(date)
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
    try:
        moment.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError(f"{date} is out of range") from error
    return moment


def stored_records(path: Path, start: int = 0) -> Iterator[Stored]:
    """Every record of a file from `start` on, in order. Raises `TornFile` where the bytes make no whole record.

    Members are unpacked here, each to its checksum: warcio's own iterator hands out a member that was cut off as if
    it were whole.
    """
    offset = start
    for member in _members(path, start):
        length, stored = member.length, _stored(path, member, offset)
        if stored is None:
            raise TornFile(path, offset, size_of(path))
        del member  # what is done with the record may need the room
        yield stored
        offset += length


@dataclass(slots=True)
class _Member:
    """A gzip member: its length in the file, the size of what it holds, the first `_KEPT` bytes, digest of the rest."""

    length: int
    size: int
    data: bytes | bytearray
    end: bytes
    beyond: bytes


def _stored(path: Path, member: _Member, offset: int) -> Stored | None:
    """The record that a member holds, or None if it holds no whole one."""
    data = member.data
    stream = BytesIO(data[:MAX_HEAD])
    try:
        record = _LOADER.parse_record_stream(stream, known_format="warc", no_record_parse=True)
    except (ArchiveLoadFailed, EOFError):
        return None
    begin = stream.tell()
    if not data.endswith(_BLANK, 0, begin) or record.length is None:
        return None
    if member.size != begin + record.length + 4 or member.end != b"\r\n\r\n":
        return None
    headers = {key.lower(): value for key, value in record.rec_headers.headers}
    with memoryview(data) as view:
        block = bytes(view[begin : begin + record.length])
    return Stored(
        type=headers.get("warc-type", ""),
        id=headers.get("warc-record-id", ""),
        url=headers.get("warc-target-uri", ""),
        date=headers.get("warc-date", ""),
        warc=path.name.removesuffix(OPEN),
        offset=offset,
        length=member.length,
        block=block,
        headers=headers,
        beyond=(record.length - len(block), member.beyond) if member.beyond else None,
    )


def _members(path: Path, start: int, piece: int = _PIECE) -> Iterator[_Member]:
    """Each gzip member of a file, which is read in such pieces. Raises `TornFile`."""
    offset = start
    with open_warc(path) as handle:
        handle.seek(start)
        ahead = memoryview(handle.read(piece))
        while ahead:
            unpacker = isal_zlib.decompressobj(wbits=31)
            contents = _Contents()
            length, step = 0, _STEP
            while not unpacker.eof:
                ahead = ahead or memoryview(handle.read(piece))
                given = ahead[:step]
                try:
                    part = unpacker.decompress(given, _UNPACKED)
                except isal_zlib.error:  # type: ignore[misc]  # isal's types call the class an instance
                    break
                if not given and not part:
                    break
                taken = len(given) - len(unpacker.unused_data) - len(unpacker.unconsumed_tail)
                length, ahead, step = length + taken, ahead[taken:], _PIECE
                contents.add(part)
            if not unpacker.eof:
                raise TornFile(path, offset, size_of(path))
            yield contents.member(length)
            offset += length
            ahead = ahead or memoryview(handle.read(piece))


class _Contents:
    """What a member holds, gathered: no more than `_KEPT` bytes of it stay in memory."""

    __slots__ = ("_beyond", "_data", "_end", "_size")

    def __init__(self) -> None:
        self._data: bytes | bytearray = b""
        self._size = 0
        self._end = b""
        self._beyond: _Hash | None = None

    def add(self, part: bytes) -> None:
        """Take the next part."""
        room = max(_KEPT - self._size, 0)
        self._end = part[-4:] if len(part) > 3 else (self._end + part)[-4:]
        if not self._size:
            self._data = part
        elif room:
            if isinstance(self._data, bytes):
                self._data = bytearray(self._data)
            self._data += part[:room]
        if len(part) > room:
            self._beyond = self._beyond or hashlib.sha256()
            self._beyond.update(part[room:])
        self._size += len(part)

    def member(self, length: int) -> _Member:
        """All of it."""
        data, self._data = self._data, b""
        return _Member(length, self._size, data, self._end, self._beyond.digest() if self._beyond else b"")


def record_at(path: Path, offset: int, length: int) -> Stored:
    """The one record whose member lies there. Raises `TornFile` where there is none."""
    member = next(_members(path, offset, max(1, min(length, _PIECE))), None)
    stored = _stored(path, member, offset) if member is not None and member.length == length else None
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
