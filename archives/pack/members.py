"""The WARC files inside a WACZ, as streams: nothing is unpacked, since a WACZ holds them as they are."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

PIECE: Final = 256 * 1024
LOCAL_HEADER: Final = 30  # bytes, before the file's name and extra fields
MAX_DIRECTORY: Final = 8 * 1024 * 1024  # of some 100,000 files; in memory it takes ten times as much
MOST_AS_LARGE: Final = 200  # times: text has 3 to 20, deflate reaches 1032
ALWAYS: Final = 64 * 1024 * 1024  # bytes that a file may unpack to, however small it is packed
_CLOSING: Final = 22  # bytes, and a comment


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a WACZ that is stored there as it is: `size` bytes from `offset` on."""

    wacz: Path
    path: str
    offset: int
    size: int

    @property
    def name(self) -> str:
        """The bare file name, as the index and captures' `archive/<name>` say it."""
        return self.path.rpartition("/")[2]

    def open(self) -> BinaryIO:
        """Its bytes, as a file of its own: seekable, offset 0 is its first byte."""
        return io.BufferedReader(_Part(self.wacz, self.offset, self.size), PIECE)


def warcs_in(wacz: Path) -> Iterator[Member]:
    """Each WARC file inside, by name. One that was compressed again is left out, and all where some lie in one another.

    So is what cannot be found. `check_wacz` says what is wrong.
    """
    with suppress(zipfile.BadZipFile), opened(wacz) as file, wacz.open("rb") as raw:
        for info in sorted([] if overlap(file.infolist()) else file.infolist(), key=lambda info: info.filename):
            if is_warc(info.filename) and info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1:
                yield Member(wacz, info.filename, data_offset(raw, info), info.file_size)


def opened(wacz: Path) -> zipfile.ZipFile:
    """A ZIP file, its directory read. Raises `zipfile.BadZipFile` for what is none, or has a directory of millions."""
    with wacz.open("rb") as raw:
        size = raw.seek(0, io.SEEK_END)
        raw.seek(max(0, size - _CLOSING - 0xFFFF))
        tail = raw.read()
        at = tail.rfind(b"PK\x05\x06")
        directory = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
        if directory == 0xFFFFFFFF and (zip64 := tail.rfind(b"PK\x06\x06", 0, at)) >= 0:
            directory = int.from_bytes(tail[zip64 + 40 : zip64 + 48], "little")
    if directory > MAX_DIRECTORY:
        raise zipfile.BadZipFile(f"its directory has {directory:,} bytes; {MAX_DIRECTORY:,} are read")
    return zipfile.ZipFile(wacz)


def overlap(infos: list[zipfile.ZipInfo]) -> bool:
    """Whether files lie in one another, by what the directory says."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            return True
        end = info.header_offset + LOCAL_HEADER + info.compress_size
    return False


def is_warc(path: str) -> bool:
    """Whether a path inside a WACZ is that of a WARC file."""
    return path.startswith("archive/") and path.endswith((".warc.gz", ".warc"))


def data_offset(raw: BinaryIO, info: zipfile.ZipInfo) -> int:
    """Where a member's data begins in the ZIP file: after its local header."""
    raw.seek(info.header_offset)
    header = raw.read(LOCAL_HEADER)
    if len(header) != LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile(f"{info.filename}: no local header at {info.header_offset:,}")
    name, extra = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
    return info.header_offset + LOCAL_HEADER + name + extra


def require_bounded(info: zipfile.ZipInfo) -> None:
    """Raise `zipfile.BadZipFile` for a file that would unpack to far more than text does."""
    if info.file_size > max(ALWAYS, MOST_AS_LARGE * info.compress_size):
        raise zipfile.BadZipFile(f"it unpacks from {info.compress_size:,} to {info.file_size:,} bytes")


def content_of(raw: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member's content in pieces, at last against its checksum. Raises `zipfile.BadZipFile`.

    Stricter than zipfile, which does not look at how a compressed member ends.
    """
    require_bounded(info)
    raw.seek(data_offset(raw, info))
    checksum = size = 0
    for piece in _unpacked(raw, info):
        checksum, size = zlib.crc32(piece, checksum), size + len(piece)
        if size > info.file_size:
            break
        yield piece
    if (checksum, size) != (info.CRC, info.file_size):
        raise zipfile.BadZipFile("its checksum or size is another one")


def _unpacked(raw: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(f"it is compressed by method {info.compress_type}, which players do not read")
    deflated = info.compress_type == zipfile.ZIP_DEFLATED
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left = info.compress_size
    while left and (piece := raw.read(min(PIECE, left))):
        left -= len(piece)
        while deflated and piece:
            try:
                yield inflater.decompress(piece, PIECE)
            except zlib.error as error:
                raise zipfile.BadZipFile(str(error)) from None
            piece = inflater.unconsumed_tail
        if piece:
            yield piece
    if left or (deflated and (not inflater.eof or inflater.unused_data)):
        raise zipfile.BadZipFile("it does not end where it should")


class _Part(io.RawIOBase):
    """`size` bytes of a file from `offset` on, as if they were the file."""

    def __init__(self, path: Path, offset: int, size: int) -> None:
        self._file = path.open("rb", buffering=0)
        self._offset = offset
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader gives it
        count = max(min(len(buffer), self._size - self._at), 0)
        self._file.seek(self._offset + self._at)
        read = self._file.readinto(memoryview(buffer)[:count]) or 0
        self._at += read
        return read

    def close(self) -> None:
        self._file.close()
        super().close()
