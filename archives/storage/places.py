"""Addresses of storage: which there are, which may be followed, and what answers there.

A collection says where its files are (`archive/stored.json`), but a collection may come from a stranger. So it is only
followed to places that whoever reads it has named himself: in `GENBUN_STORAGE`, or by `--storage`, which sets that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

from archives.errors import UsageError
from archives.storage.errors import NotAllowed

#: Places that may be asked, separated by blanks: each stands for all that lies below it.
ALLOWED: Final = "GENBUN_STORAGE"
#: Where S3 is, if it is not Amazon's.
ENDPOINT: Final = "AWS_ENDPOINT_URL"

_ADDRESS: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>[^/\s?#\\]*)(?P<path>/[^\s?#\\]*)?")
_OBJECTS: Final = frozenset({"s3", "gs", "az"})
#: Schemes of fsspec that wrap others, keep nothing, or only read.
_NONE: Final = frozenset({
    "asynclocal", "blockcache", "cached", "data", "dir", "filecache", "generic", "gist", "git", "github", "hf", "http",
    "https", "jlab", "jupyter", "lakefs", "libarchive", "local", "memory", "reference", "root", "simplecache", "tar",
    "wandb", "zip",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Object:
    """What lies in a place: its size in bytes, and a mark that is another once it is written anew; empty if unknown."""

    size: int
    mark: str


class Store(Protocol):
    """What answers at an address. `name` is a path below it. All raise `StorageFailure`, `Gone` and `Changed`."""

    def head(self, name: str) -> Object | None:
        """What is there under that name, or None."""

    def put_new(self, name: str, path: Path) -> bool:
        """Put a file there, whole or not at all; False, and nothing done, where something has that name already."""

    def read(self, name: str, begin: int, end: int, expected: Object) -> bytes:
        """The bytes from `begin` to `end`, if it still is what is expected."""


def normal(address: str) -> str:
    """An address as it is written down. Raises `UsageError` for what is none, or bears a secret."""
    found = _ADDRESS.fullmatch(address)
    shown = "".join(ch if ch.isprintable() else "?" for ch in address)[:200]
    if found is None or "::" in address or ".." in address.split("/"):
        raise UsageError(f"{shown}: is no address of storage; give s3://BUCKET/PREFIX, or another that fsspec knows")
    user, at, _ = found["host"].rpartition("@")
    if ":" in user or (at and found["scheme"] in _OBJECTS):
        raise UsageError("credentials do not belong in an address; the environment and the usual files may have them")
    if found["scheme"] in _NONE:
        raise UsageError(f"{shown}: {found['scheme']} is no place to keep files in; s3, gs, az, file and sftp are some")
    if not found["host"] and found["scheme"] != "file":
        raise UsageError(f"{shown}: names no bucket or host; give {found['scheme']}://NAME/PREFIX")
    return address.rstrip("/")


def allowed() -> tuple[str, ...]:
    """The places that may be asked, as the environment says. Raises `UsageError`."""
    return tuple(normal(address) for address in os.environ.get(ALLOWED, "").split())


def require_allowed(address: str, file: str) -> None:
    """Raise `NotAllowed` unless a place, which a collection names for `file`, may be asked."""
    if not any(address == one or address.startswith(f"{one}/") for one in allowed()):
        raise NotAllowed(
            f"{file}: lies in {address}, as its collection says, and is not read from there unless you say so: "
            f"--storage {address}, or {ALLOWED}={address}"
        )


def allow(addresses: list[str], endpoint: str = "") -> None:
    """Let these places be asked by this process and by those that it starts, besides what the environment says."""
    known = os.environ.get(ALLOWED, "").split()
    os.environ[ALLOWED] = " ".join([*known, *(normal(address) for address in addresses)])
    if endpoint:
        os.environ[ENDPOINT] = endpoint


def store_at(address: str) -> Store:
    """What answers at an address. Raises `UsageError` where what it needs is not installed, or not given."""
    return _store_at(normal(address), os.getpid())


@lru_cache(maxsize=8)
def _store_at(address: str, process: int) -> Store:  # a process that is forked has none of our connections
    try:
        if address.partition("://")[0] in _OBJECTS:
            from archives.storage.objects import Objects

            return Objects(address)
        from archives.storage.files import Files

        return Files(address)
    except ImportError as error:
        raise UsageError(f"{address}: wants a library ({error}): pip install 'genbun[storage]'") from error


def parts_of(address: str) -> Iterator[str]:
    """Scheme, bucket or host, and path of an address in normal form; the path without slashes around it."""
    scheme, _, rest = address.partition("://")
    host, _, path = rest.partition("/")
    yield from (scheme, host, path.strip("/"))
