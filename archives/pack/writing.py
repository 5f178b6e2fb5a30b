"""COLLECTION → WACZ: files into one ZIP, each read once and hashed while it is copied; memory stays flat."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, Any, Final, Self

WACZ_VERSION: Final = "1.1.1"
PACKAGE: Final = "datapackage.json"
DIGEST: Final = "datapackage-digest.json"
PIECE: Final = 1024 * 1024

ATTRIBUTES: Final = 0o100644 << 16  # a plain file, readable for all
UNIX: Final = 3
FIRST: Final = (1980, 1, 1, 0, 0, 0)  # and the last date that a ZIP file can hold
LAST: Final = (2107, 12, 31, 23, 59, 58)

Sign = Callable[[str], dict[str, str]]
"""A hash as written in `datapackage-digest.json` → `signedData`."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One file in the package, as `datapackage.json` lists it."""

    name: str
    path: str
    hash: str
    bytes: int


class WaczWriter:
    """Writes one WACZ. The same files in the same order give the same bytes (with the same zlib).

    Use it as a context manager. `moment` dates all that is within; `moved` is told of each piece how many bytes it had.
    """

    def __init__(self, out: IO[bytes], moment: dt.datetime, moved: Callable[[int], None] | None = None) -> None:
        self.resources: list[Resource] = []
        self._zip = zipfile.ZipFile(out, "w")
        self._moment = moment.astimezone(dt.UTC)
        self._moved = moved
        self._names: set[str] = set()
        self._piece = memoryview(bytearray(PIECE))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()

    def add(self, path: str, source: IO[bytes]) -> Resource:
        """Copy a seekable file in, from its beginning, under that path. Raises `OSError` if it changes meanwhile."""
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        digest = hashlib.sha256()
        copied = 0
        with self._zip.open(self._entry(path, size), "w") as out:
            while count := source.readinto(self._piece):  # type: ignore[attr-defined]  # every file opened "rb" has it
                piece = self._piece[:count]
                digest.update(piece)
                out.write(piece)
                copied += count
                if self._moved:
                    self._moved(count)
        if copied != size:
            raise OSError(f"{path}: changed while it was packed ({size:,} bytes before, {copied:,} read)")
        resource = Resource(self._name(path), path, f"sha256:{digest.hexdigest()}", size)
        self.resources.append(resource)
        return resource

    def close(self, described: dict[str, Any], sign: Sign | None = None) -> str:
        """Write what lists and seals the rest; returns the hash of `datapackage.json`.

        `described` are the package's own properties: title, description, created …
        """
        package = {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            **described,
            "resources": [asdict(resource) for resource in self.resources],
        }
        data = _json(package)
        seal: dict[str, Any] = {"path": PACKAGE, "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        if sign is not None:
            seal["signedData"] = sign(seal["hash"])
        for path, text in ((PACKAGE, data), (DIGEST, _json(seal))):
            self.add(path, BytesIO(text))
        self._zip.close()
        return str(seal["hash"])

    def _entry(self, path: str, size: int) -> zipfile.ZipInfo:
        """How a file is entered: what is compressed already stays as it is, so that players read parts of it."""
        info = zipfile.ZipInfo(path, min(max(self._moment.timetuple()[:6], FIRST), LAST))
        info.create_system = UNIX
        info.external_attr = ATTRIBUTES
        if not path.endswith(".gz"):
            info.compress_type = zipfile.ZIP_DEFLATED
        # zipfile gives files a little under 2 GiB a ZIP64 field in the local header alone; ReplayWeb.page, which
        # takes the central directory's word for it, then reads them 20 bytes off. Told no size, it gives them none.
        info.file_size = size if size > zipfile.ZIP64_LIMIT else 0
        return info

    def _name(self, path: str) -> str:
        """A data package's names are unique and in lower case; py-wacz takes the file's own."""
        name = PurePosixPath(path).name.lower()
        if name in self._names:
            name = path.lower().replace("/", "-")
        self._names.add(name)
        return name


def ours(info: zipfile.ZipInfo) -> bool:
    """Whether what a ZIP file says of a member beside its content is what we say."""
    said = (info.create_system, info.external_attr, info.internal_attr, info.volume, info.reserved, info.comment)
    return said == (UNIX, ATTRIBUTES, 0, 0, 0, b"") and info.create_version == info.extract_version


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
