"""A binary stream → gzip members, unpacked piece by piece: whatever they hold, memory stays the same.

Any seekable stream will do, from a given offset on and of a given size: a file, or one stored inside a ZIP (WACZ).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Final

from isal import isal_zlib

BUFFER: Final = 1 << 20  # read at once
FIRST: Final = 2048  # of it, tried first: most members are shorter, and what lies behind a member is copied by isal
STEP: Final = 1 << 16
PIECE: Final = 1 << 18  # unpacked at once; deflate reaches 1032:1, so unbounded output would be 64 MB a step
TRIES: Final = 2000  # places of one file tried to find a record behind damage
MAGIC: Final = b"\x1f\x8b\x08"


class Damaged(Exception):
    """A gzip member that is none, or is not whole; `what` is the kind of finding it is."""

    def __init__(self, what: str, detail: str) -> None:
        super().__init__(detail)
        self.what = what


class Members:
    """The gzip members of a stream, one after the other: `begin` the next, `read` it to its end.

    `moved` is told how many bytes were read. A member is whole only when `read` has returned nothing: its checksum
    and length (RFC 1952, 2.3.1) come last.
    """

    def __init__(self, stream: BinaryIO, start: int = 0, size: int | None = None,
                 moved: Callable[[int], None] | None = None) -> None:  # fmt: skip
        self._stream, self._start, self._size = stream, start, size
        self._moved = moved
        self._buffer = bytearray(BUFFER)
        self._view = memoryview(self._buffer)
        self._unpacker = isal_zlib.decompressobj(wbits=31)
        self._step = FIRST
        self._tries = TRIES
        self.offset = 0
        self._seek(0)

    @property
    def position(self) -> int:
        """How far the stream was read: where the member ends once it is read whole."""
        return self._base + self._at

    @property
    def whole(self) -> bool:
        """Whether the member was unpacked to its end."""
        return self._unpacker.eof

    def begin(self) -> bool:
        """Begin the member that lies here; False at the end of the stream. Raises `Damaged` where none can begin."""
        if self._at == self._end and not self._fill():
            return False
        self.offset = self._base + self._at
        if self._end - self._at < 4:
            self._seek(self.offset)
            self._fill()
        if self._view[self._at] != MAGIC[0]:
            raise Damaged("no_gzip", "bytes that are no gzip member")
        if self._view[self._at + 3] & 0xE0 and self._end - self._at > 3:
            raise Damaged("gzip_damaged", "reserved flags in a gzip header: zlib refuses it (RFC 1952, 2.3.1.2)")
        self._unpacker = isal_zlib.decompressobj(wbits=31)
        self._step = FIRST
        return True

    def read(self) -> bytes:
        """The next piece of the member, at most `PIECE` bytes; nothing at its end. Raises `Damaged`."""
        unpacker = self._unpacker
        while not unpacker.eof:
            if self._at == self._end and not self._fill():
                return self._last()
            piece = self._view[self._at : min(self._at + self._step, self._end)]
            try:
                data = unpacker.decompress(piece, PIECE)
            except isal_zlib.error as error:  # type: ignore[misc]  # isal's types call the class an instance
                raise Damaged("gzip_damaged", _said(error)) from None
            self._at += len(piece) - len(unpacker.unused_data) - len(unpacker.unconsumed_tail)
            self._step = STEP
            if data:
                return data
        return b""

    def skip(self) -> None:
        """Read the member to its end. Raises `Damaged`."""
        while self.read():
            pass

    def find_next(self) -> bool:
        """After damage: go to the next place at which a member begins that holds a WARC record, if there is one."""
        at = self.offset + 1
        while self._tries:
            self._tries -= 1
            found = self._find(at)
            if found < 0:
                break
            if self._begins_record(found):
                self._seek(found)
                return True
            at = found + 1
        return False

    def go_to(self, position: int) -> None:
        """Read on from there."""
        self._seek(position)
        self.offset = position

    def _last(self) -> bytes:
        """What the unpacker still holds when there is nothing more to give it."""
        try:
            data = self._unpacker.decompress(b"", PIECE)
        except isal_zlib.error as error:  # type: ignore[misc]
            raise Damaged("gzip_damaged", _said(error)) from None
        if not data and not self._unpacker.eof:
            raise Damaged("gzip_torn", f"the gzip member is cut off after {self.position - self.offset:,} bytes")
        return data

    def _seek(self, position: int) -> None:
        self._stream.seek(self._start + position)
        self._base, self._at, self._end = position, 0, 0

    def _fill(self) -> bool:
        self._base += self._end
        self._at = 0
        self._end = self._read_into(self._view)
        if self._moved is not None:
            self._moved(self._end)
        return self._end > 0

    def _read_into(self, view: memoryview) -> int:
        if self._size is not None:
            view = view[: max(0, self._size - self._base)]
        data = self._stream.readinto(view) if hasattr(self._stream, "readinto") else None
        if data is None:
            got = self._stream.read(len(view))
            view[: len(got)] = got
            return len(got)
        return int(data)

    def _find(self, position: int) -> int:
        """Where the next bytes lie that begin a gzip member, or -1."""
        self._seek(position)
        before = b""
        while self._fill():
            block = before + bytes(self._view[: self._end])
            found = block.find(MAGIC)
            if found >= 0:
                return self._base - len(before) + found
            before = block[-2:]
        return -1

    def _begins_record(self, position: int) -> bool:
        self._seek(position)
        got = self._read_into(self._view[:4096])
        try:
            return isal_zlib.decompressobj(wbits=31).decompress(self._view[:got], 5) == b"WARC/"
        except isal_zlib.error:  # type: ignore[misc]
            return False


def _said(error: Exception) -> str:
    """isal's message without its leading error number: `Error -4 Incorrect checksum`."""
    return f"the gzip member does not unpack: {error}"
