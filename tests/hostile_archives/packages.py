"""WACZ packages that mean harm: ZIP files put together by hand, since no library would."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.hostile_archives import warcs
from tests.hostile_archives.warcs import MB

INDEX: Final = "indexes/index.cdxj"
PAGES: Final = "pages/pages.jsonl"


def package(files: dict[str, bytes], listed: dict[str, bytes] | None = None) -> bytes:
    """A package that is sound but for its files; `listed` are others that its list names."""
    whole = {"archive/a.warc.gz": warcs.harmless(), INDEX: b"", PAGES: b"{}\n", **files}
    resources = [
        {"path": name, "name": name, "hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data)}
        for name, data in {**whole, **(listed or {})}.items()
    ]
    data = json.dumps({"wacz_version": "1.1.1", "resources": resources}).encode()
    seal = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in {
            **whole,
            "datapackage.json": data,
            "datapackage-digest.json": json.dumps(seal).encode(),
        }.items():
            kind = zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED
            file.writestr(zipfile.ZipInfo(name), content, kind)
    return out.getvalue()


def bomb(name: str, megabytes: int) -> bytes:
    """A package in which one file unpacks to that many megabytes of zeros."""
    packer, checksum = zlib.compressobj(9, zlib.DEFLATED, -15), 0
    parts = []
    for _ in range(megabytes):
        parts.append(packer.compress(bytes(MB)))
        checksum = zlib.crc32(bytes(MB), checksum)
    packed = b"".join(parts) + packer.flush()
    sums = struct.pack("<3I", checksum, len(packed), megabytes * MB)
    return with_entries([(name, sums, packed)], listed=(name, megabytes * MB))


def overlapping(count: int, name: str = "archive/{}.warc.gz") -> bytes:
    """A package in which that many files are the same bytes."""
    data = warcs.packed([warcs.record("metadata", 1, b"a: b\r\n" * MB)])
    sums = struct.pack("<3I", zlib.crc32(data), len(data), len(data))
    local = b"PK\x03\x04" + struct.pack("<5H", 20, 0, 0, 0, 33) + sums + struct.pack("<2H", 1, 0) + b"x" + data
    entries = b"".join(_entry(name.format(number), sums, 0, 0) for number in range(count))
    return local + entries + _closing(count, len(entries), len(local))


def entries(count: int) -> bytes:
    """A ZIP file whose directory names that many files, all of nothing."""
    sums = struct.pack("<3I", 0, 0, 0)

    def all_of_them() -> Iterator[bytes]:
        for number in range(count):
            yield _entry(f"{number:08d}", sums, 0, 0)

    directory = b"".join(all_of_them())
    zip64 = b"PK\x06\x06" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, count, count, len(directory), 0)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, len(directory), 1)
    return (
        directory
        + zip64
        + locator
        + b"PK\x05\x06"
        + struct.pack("<4H2IH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    )


def with_entries(more: list[tuple[str, bytes, bytes]], listed: tuple[str, int]) -> bytes:
    """A sound package with more files behind its own: name, sums, and data that is deflated."""
    name, size = listed
    zeros = hashlib.sha256()
    for _ in range(size // MB):
        zeros.update(bytes(MB))
    sound = package({})
    with zipfile.ZipFile(io.BytesIO(sound)) as file:
        infos, start = file.infolist(), file.start_dir
        described = json.loads(file.read("datapackage.json"))
    described["resources"].append({"path": name, "name": name, "hash": f"sha256:{zeros.hexdigest()}", "bytes": size})
    out, directory = bytearray(), bytearray()
    texts = {"datapackage.json": json.dumps(described).encode()}
    with zipfile.ZipFile(io.BytesIO(sound)) as file:
        for info in infos:
            if info.filename == name or info.filename == "datapackage-digest.json":
                continue
            data = texts.get(info.filename) or file.read(info)
            sums = struct.pack("<3I", zlib.crc32(data), len(data), len(data))
            directory += _entry(info.filename, sums, 0, len(out))
            out += _local(info.filename, sums, 0) + data
    for path, sums, data in more:
        directory += _entry(path, sums, 8, len(out))
        out += _local(path, sums, 8) + data
    assert start
    count = len(infos) - 1 + len(more) - sum(info.filename == name for info in infos)
    return bytes(out + directory) + _closing(count, len(directory), len(out))


def _local(name: str, sums: bytes, method: int) -> bytes:
    path = name.encode()
    return b"PK\x03\x04" + struct.pack("<5H", 20, 0, method, 0, 33) + sums + struct.pack("<2H", len(path), 0) + path


def _entry(name: str, sums: bytes, method: int, offset: int) -> bytes:
    path = name.encode()
    start = b"PK\x01\x02" + struct.pack("<6H", 20, 20, 0, method, 0, 33)
    return start + sums + struct.pack("<5H2I", len(path), 0, 0, 0, 0, 0, offset) + path


def _closing(count: int, size: int, start: int) -> bytes:
    return b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, count, count, size, start, 0)


def write(path: Path, data: bytes) -> Path:
    """That file."""
    path.write_bytes(data)
    return path
