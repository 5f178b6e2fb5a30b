"""WARC files, indexes, lines taken apart and put together again, with something wrong in them; and `genbun verify`."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.commands.main import main
from tests.archives.warc_bytes import Raw, records, sha1

#: A file of the collection, and where in it.
Where = tuple[str, int | None]
#: Does harm to a collection; returns where.
Harm = Callable[[Path], Where]


@dataclass(frozen=True, slots=True)
class Report:
    """What `genbun verify --json` said."""

    status: int
    said: dict[str, Any]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """All of it."""
        found: list[dict[str, Any]] = self.said["findings"]
        return found

    def kinds(self, severity: str | None = None) -> set[str]:
        """Which kinds were found, of that severity."""
        return {one["what"] for one in self.findings if severity in (None, one["severity"])}

    def at(self, file: str, offset: int | None = None) -> set[str]:
        """Which kinds were found in that file, at that byte."""
        return {one["what"] for one in self.findings if one["file"] == file and offset in (None, one["offset"])}


def verify(folder: Path, *options: str) -> Report:
    """Verify in this process."""
    out = io.StringIO()
    with redirect_stdout(out):
        status = main(["verify", str(folder), "--json", "--debug", *options])
    return Report(status, json.loads(out.getvalue()))


@dataclass(slots=True)
class Record:
    """One record that may be changed."""

    version: str
    fields: list[tuple[str, str]]
    block: bytes
    tail: bytes = b"\r\n\r\n"
    line_end: str = "\r\n"
    at: int = 0

    def get(self, name: str) -> str:
        """The first value of a field, or nothing."""
        return next((value for key, value in self.fields if key == name), "")

    def set(self, name: str, value: str) -> None:
        """Give a field another value."""
        self.fields = [(key, value if key == name else old) for key, old in self.fields]

    def rename(self, name: str, other: str) -> None:
        """Give a field another name."""
        self.fields = [(other if key == name else key, value) for key, value in self.fields]

    def digest_anew(self) -> None:
        """Make length and block digest those of the block."""
        self.set("Content-Length", str(len(self.block)))
        self.set("WARC-Block-Digest", sha1(self.block))

    def member(self) -> bytes:
        """Its gzip member."""
        return zlib.compress(self.content(), 6, 31)

    def content(self) -> bytes:
        """Its bytes."""
        lines = [self.version, *(f"{name}: {value}" for name, value in self.fields), "", ""]
        return self.line_end.join(lines).encode() + self.block + self.tail


def warcs(folder: Path) -> list[Path]:
    """The WARC files, oldest first."""
    return sorted((folder / "archive").iterdir())


def take_apart(path: Path) -> list[Record]:
    """Every record of a file."""
    return [_record(raw) for raw in records(path)]


def _record(raw: Raw) -> Record:
    return Record(raw.version, list(raw.fields), raw.block, at=raw.offset)


def put_together(path: Path, parts: list[Record]) -> None:
    """Write a file again; each record knows its place then."""
    data = bytearray()
    for part in parts:
        part.at = len(data)
        data += part.member()
    path.write_bytes(bytes(data))


def change(path: Path, which: Callable[[Record], bool], how: Callable[[Record], None]) -> Record:
    """Change the first record that fits, and write the file again; returns that record."""
    parts = take_apart(path)
    chosen = next(part for part in parts if which(part))
    how(chosen)
    put_together(path, parts)
    return chosen


def of(kind: str, text: str = "") -> Callable[[Record], bool]:
    """Records of that type, with that text in their address or block."""
    return lambda part: (
        part.get("WARC-Type") == kind and text.encode() in part.get("WARC-Target-URI").encode() + part.block
    )


def flip(path: Path, at: int, bit: int = 0) -> None:
    """Flip one bit."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(bytes(data))


def lines(path: Path) -> list[bytes]:
    """The lines of a file, with their ends."""
    return path.read_bytes().splitlines(keepends=True)


def edit_line(path: Path, number: int, how: Callable[[dict[str, Any]], None]) -> int:
    """Change the values of one JSON line; returns its offset."""
    all_lines = lines(path)
    value = json.loads(all_lines[number])
    how(value)
    all_lines[number] = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    path.write_bytes(b"".join(all_lines))
    return sum(len(line) for line in all_lines[:number])
