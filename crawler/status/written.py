"""A file for others to read at any moment: whole or not there, and never in the place of what is not ours."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from archives.errors import UsageError

_HEAD: Final = 4096


def write_ours(path: Path, text: str, mark: str) -> None:
    """Write a file, or one in place of an earlier one of ours, which `mark` near its beginning shows.

    Raises `UsageError` where something else lies there, or nothing can be written.
    """
    if path.exists() and not _is_ours(path, mark):
        raise UsageError(f"{path}: is there, and was not written by genbun status; it stays as it is: give a new name")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")
    try:
        _replace(path, text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None


def _replace(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".genbun-", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fchmod(handle, path.stat().st_mode & 0o777 if path.exists() else 0o644)  # others read it
            os.fsync(handle)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _is_ours(path: Path, mark: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as there:
        head = there.read(_HEAD)
    return not head or mark.encode() in head
