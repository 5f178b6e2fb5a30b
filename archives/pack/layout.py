"""The ZIP file itself: every byte belongs to a member or to the directory, and both say the same of each member.

Hashes cover what is in the members; this covers what lies around them, where bytes could be altered or hidden.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Generator, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from archives.pack.members import LOCAL_HEADER
from archives.plain import is_text

DESCRIPTOR: Final = 0x08  # flag: sizes follow the data
ENCRYPTED: Final = 0x01
SIZES: Final = (12, 16, 20, 24)
"""What a data descriptor may take."""


def layout_findings(file: zipfile.ZipFile, raw: BinaryIO) -> Iterator[tuple[str, int, str]]:
    """What is wrong with the file around its members: path ("" for none), offset, what."""
    names: set[str] = set()
    at = 0
    for info in sorted(file.infolist(), key=lambda info: info.header_offset):
        path = info.filename
        if path in names:
            yield path, info.header_offset, "is there twice"
        names.add(path)
        if path.startswith("/") or "\\" in path or ".." in PurePosixPath(path).parts or info.orig_filename != path:
            yield path, info.header_offset, "is no plain path within the package"
        if not is_text(path):
            yield path, info.header_offset, "has a name that is no text"
        if info.flag_bits & ENCRYPTED:
            yield path, info.header_offset, "is encrypted"
        gap = info.header_offset - at
        if gap > 0:
            yield path, at, f"{gap:,} bytes before it belong to no file"
        elif gap < 0:
            yield path, info.header_offset, "overlaps the file before it"
        length = yield from _local_header(raw, info)
        at = max(at, info.header_offset + length + info.compress_size)
        if info.flag_bits & DESCRIPTOR:
            at += _descriptor(raw, at)
    yield from _directory(file, raw, at)


def _local_header(raw: BinaryIO, info: zipfile.ZipInfo) -> Generator[tuple[str, int, str], None, int]:
    """Findings of a member's local header; returns its length."""
    start = info.header_offset
    raw.seek(start)
    header = raw.read(LOCAL_HEADER)
    if len(header) < LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        yield info.filename, start, "has no local header"
        return LOCAL_HEADER
    version, flags, method, time, date, crc, packed, size, name, extra = struct.unpack("<5H3I2H", header[4:])
    there = raw.read(name + extra)
    fields = _extra(there[name:])
    if size == packed == 0xFFFFFFFF and len(fields.get(1, b"")) >= 16:
        size, packed = struct.unpack("<QQ", fields[1][:16])
    said = [flags, method, _stamp(date, time)]
    listed = [info.flag_bits, info.compress_type, info.date_time]
    if not flags & DESCRIPTOR:
        said += [crc, packed, size]
        listed += [info.CRC, info.compress_size, info.file_size]
    plain = there[:name] == info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")
    if said != listed or not plain or version > info.extract_version:
        yield info.filename, start, "its local header and the directory say different things"
    return LOCAL_HEADER + len(there)


def _directory(file: zipfile.ZipFile, raw: BinaryIO, at: int) -> Iterator[tuple[str, int, str]]:
    """Findings of the central directory and of what closes the file."""
    start, count = file.start_dir, len(file.infolist())
    if start != at:
        yield "", min(at, start), f"{abs(start - at):,} bytes before the directory belong to no file"
    raw.seek(start)
    rest = raw.read()
    size = 0
    for _ in range(count):  # each entry's fixed part, and what follows it
        size += 46 + sum(struct.unpack("<3H", rest[size + 28 : size + 34]))
    end = rest[size:]
    counts, sizes = (count, count), (size, start)
    if end[:4] == b"PK\x06\x06":  # ZIP64: a record and where it is, before the plain record
        if len(end) < 76 or struct.unpack("<Q2H2I4Q", end[4:56])[3:] != (0, 0, *counts, *sizes):
            yield "", start + size, "its ZIP64 record does not fit its directory"
        if end[56:76] != struct.pack("<4sIQI", b"PK\x06\x07", 0, start + size, 1):
            yield "", start + size + 56, "its ZIP64 record is not where the file says"
        end = end[76:]
        counts, sizes = (min(count, 0xFFFF),) * 2, (min(size, 0xFFFFFFFF), min(start, 0xFFFFFFFF))
    closing = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, *counts, *sizes, len(file.comment)) + file.comment
    if end != closing:
        yield "", start + len(rest) - len(end), "what closes the file does not fit its directory"


def _extra(data: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    while len(data) >= 4:
        kind, size = struct.unpack("<2H", data[:4])
        fields[kind], data = data[4 : 4 + size], data[4 + size :]
    return fields


def _stamp(date: int, time: int) -> tuple[int, ...]:
    return (date >> 9) + 1980, date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2


def _descriptor(raw: BinaryIO, at: int) -> int:
    """How long the data descriptor is that begins there: until the next header's signature."""
    raw.seek(at)
    after = raw.read(32)
    return next((size for size in SIZES if after[size : size + 3] in (b"PK\x03", b"PK\x01", b"PK\x06")), 0)
