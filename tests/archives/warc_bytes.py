"""WARC files taken apart by hand, so that nothing of what is tested reads its own work."""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Raw:
    """One record: its first line, its fields in order, its block, and where its gzip member lies."""

    version: str
    fields: tuple[tuple[str, str], ...]
    block: bytes
    offset: int
    length: int

    def all(self, name: str) -> list[str]:
        """Every value of that field."""
        return [value for key, value in self.fields if key == name]

    def get(self, name: str) -> str | None:
        """The one value of that field, or None."""
        values = self.all(name)
        assert len(values) < 2, f"{name} given {len(values)} times"
        return values[0] if values else None

    @property
    def type(self) -> str:
        """WARC-Type."""
        return self.get("WARC-Type") or ""

    @property
    def url(self) -> str:
        """WARC-Target-URI."""
        return self.get("WARC-Target-URI") or ""

    def notes(self) -> dict[str, str]:
        """The fields of a warc-fields block."""
        lines = self.block.decode().removesuffix("\r\n").split("\r\n")
        return {line.split(": ", 1)[0]: line.split(": ", 1)[1] for line in lines}


def members(data: bytes) -> list[bytes]:
    """The gzip members of a file, compressed; the last may be torn."""
    found: list[bytes] = []
    while data:
        unpacker = zlib.decompressobj(31)
        unpacker.decompress(data)
        rest = unpacker.unused_data
        found.append(data[: len(data) - len(rest)])
        data = rest
    return found


def records(path: Path) -> list[Raw]:
    """Every record of a file; asserts that each is alone in its member, and framed as WARC/1.1 says."""
    found: list[Raw] = []
    offset = 0
    for member in members(path.read_bytes()):
        found.append(record_of(zlib.decompress(member, 31), offset, len(member)))
        offset += len(member)
    return found


def record_of(record: bytes, offset: int = 0, length: int = 0) -> Raw:
    """One record's bytes, taken apart."""
    head, _, rest = record.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    fields = tuple((line.split(": ", 1)[0], line.split(": ", 1)[1]) for line in lines)
    size = int(dict(fields)["Content-Length"])
    assert rest[size:] == b"\r\n\r\n"
    return Raw(first, fields, rest[:size], offset, length)


def sha1(data: bytes) -> str:
    """A digest as WARC fields give it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
