"""What else fsspec speaks: a mounted disk (file://), sftp, WebHDFS, SMB …

None of these writes only where nothing is, in one step. So a file comes under a name of its own, and gets its real one
when it is whole, if nothing has that by then; who else writes there in that moment is not kept from it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]  # it ships no types

from archives.collection import sync_folder
from archives.errors import UsageError
from archives.storage.errors import Changed, Gone, StorageFailure
from archives.storage.places import Object


class Files:
    """A folder."""

    def __init__(self, address: str) -> None:
        self._address = address
        try:
            self._fs, self._root = fsspec.url_to_fs(address)
        except ImportError as error:
            raise UsageError(f"{address}: wants one more library ({error})") from error
        except Exception as error:  # each of its many libraries has errors of its own
            raise UsageError(f"{address}: cannot be asked ({error.__class__.__name__}: {error})") from error

    def head(self, name: str) -> Object | None:
        """What is there under that name, or None."""
        path = self._path(name)
        with self._saying(name):
            try:
                info = self._fs.info(path)
            except FileNotFoundError:
                return None
            return Object(int(info["size"]), _mark(info))

    def put_new(self, name: str, path: Path) -> bool:
        """Put a file there under another name, then give it its own, if nothing has that."""
        target = self._path(name)
        folder, _, last = target.rpartition("/")
        part = f"{folder}/.{last}.part"
        with self._saying(name):
            self._fs.makedirs(folder, exist_ok=True)
            if self._fs.exists(target):
                return False
            self._fs.put_file(str(path), part)
            if self._is_local:
                with Path(part).open("rb") as written:
                    os.fsync(written.fileno())
            if self._fs.exists(target):
                self._fs.rm_file(part)
                return False
            self._fs.mv(part, target)
            if self._is_local:
                sync_folder(Path(folder))
        return True

    def read(self, name: str, begin: int, end: int, expected: Object) -> bytes:
        """A range of it, if it still is what is expected."""
        found = self.head(name)
        if found is None:
            raise Gone(f"{self._address}/{name}: is no longer there")
        if found.size != expected.size:
            raise Changed(f"{self._address}/{name}: has {found.size:,} bytes, {expected.size:,} were stored")
        if expected.mark and found.mark != expected.mark:
            raise Changed(f"{self._address}/{name}: was written anew since it was stored")
        with self._saying(name):
            return bytes(self._fs.cat_file(self._path(name), start=begin, end=end))

    @property
    def _is_local(self) -> bool:
        return self._address.startswith("file://")

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    @contextmanager
    def _saying(self, name: str) -> Iterator[None]:
        try:
            yield
        except StorageFailure:
            raise
        except Exception as error:  # each of its many libraries has errors of its own
            raise StorageFailure(
                f"{self._address}/{name}: cannot be reached or written ({error.__class__.__name__}: {error}); try again"
            ) from error


def _mark(info: dict[str, Any]) -> str:
    moment = info.get("mtime") or info.get("modified") or info.get("last_modified") or info.get("LastModified")
    return str(info.get("ETag") or info.get("etag") or moment or "")
