"""A WARC file of a collection, opened wherever it lies: in `archive/`, else where `archive/stored.json` says it is.

Whoever reads a WARC asks here. What is stored is read by ranges: little at first, since most want one record, then
larger pieces, the next one while the last is being used. Never more than three of those are in memory.
"""

from __future__ import annotations

import io
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from archives.storage.errors import Changed, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archives.storage.listing import StoredFile

FIRST: Final = 256 * 1024  # bytes of a first range …
LARGEST: Final = 8 * 1024 * 1024  # … which doubles up to this while a file is read on


def open_warc(path: Path) -> BinaryIO:
    """A WARC file of a collection, for reading, unbuffered. `path` is where it lies, or would, if it were here.

    Raises `FileNotFoundError` where it is neither here nor stored, `NotAllowed`, and `StorageFailure`, that also as it
    is read.
    """
    try:
        return path.open("rb", buffering=0)
    except FileNotFoundError:
        if _stored(path) is None:
            raise
    return cast("BinaryIO", _ranges_of(path))


def size_of(path: Path) -> int:
    """How many bytes it has. Raises `FileNotFoundError`."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        stored = _stored(path)
        if stored is None:
            raise
    return stored.size


def is_there(path: Path) -> bool:
    """Whether it is a file here, or is stored."""
    return path.is_file() or (not path.exists() and _stored(path) is not None)


def is_stored(path: Path) -> bool:
    """Whether it is not here, but stored."""
    return not path.exists() and _stored(path) is not None


def require_allowed(paths: Iterable[Path]) -> None:
    """Raise `NotAllowed` if one of them is stored where nobody allowed to ask; nothing is asked yet."""
    for path in paths:
        if is_stored(path):
            _choose(path)


def _stored(path: Path) -> StoredFile | None:
    """What is known of a file that is not here; of several places any, since all hold the same."""
    if not (path.parent / "stored.json").exists():
        return None
    from archives.storage.listing import listed

    return next(iter(listed(path.parent).get(path.name, ())), None)


def _choose(path: Path) -> StoredFile:
    """The first place that may be asked for it. Raises `NotAllowed`."""
    from archives.storage import places
    from archives.storage.listing import listed

    refused: NotAllowed | None = None
    for file in listed(path.parent)[path.name]:
        try:
            places.require_allowed(file.where, path.name)
        except NotAllowed as error:
            refused = refused or error
        else:
            return file
    assert refused is not None
    raise refused


def _ranges_of(path: Path) -> Ranges:
    from archives.storage.places import store_at

    stored = _choose(path)
    store, name, expected = store_at(stored.where), f"archive/{stored.name}", stored.object
    return Ranges(lambda begin, end: store.read(name, begin, end, expected), stored.size, f"{stored.where}/{name}")


class Ranges(io.RawIOBase):
    """A file that is got by `read(begin, end)`, as a stream that can be sought in."""

    def __init__(self, read: Callable[[int, int], bytes], size: int, name: str) -> None:
        super().__init__()
        self._read, self._size, self._name = read, size, name
        self._position = 0
        self._begin, self._data = 0, b""
        self._step = FIRST
        self._ahead: tuple[int, Future[bytes]] | None = None
        self._thread: ThreadPoolExecutor | None = None

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte; nothing is got yet."""
        self._position = max(0, offset + (0, self._position, self._size)[whence])
        return self._position

    def tell(self) -> int:
        """Which byte is read next."""
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer is wider
        """Fill some of a buffer: what is left of the range that is here, or the beginning of the next."""
        at = self._position - self._begin
        if not 0 <= at < len(self._data):
            if self._position >= self._size or not len(buffer):
                return 0
            self._get(len(buffer))
            at = 0
        count = min(len(buffer), len(self._data) - at)
        buffer[:count] = memoryview(self._data)[at : at + count]
        self._position += count
        return count

    def close(self) -> None:
        """Let go of what was asked ahead."""
        self._data, self._ahead = b"", None
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
        super().close()

    def _get(self, wanted: int) -> None:
        """The range that begins here, and ask for the one behind it if the file is being read on."""
        goes_on = self._position == self._begin + len(self._data) and self._data != b""
        self._data = b""
        if goes_on:
            self._step = min(2 * self._step, LARGEST)
        else:
            self._step = FIRST
        begin, end = self._position, min(self._position + max(self._step, min(wanted, LARGEST)), self._size)
        if self._ahead is not None and self._ahead[0] == begin:
            data = self._ahead[1].result()
            end = begin + len(data)
        else:
            data = self._checked(begin, end)
        self._ahead = None
        self._begin, self._data = begin, data
        if goes_on and end < self._size:
            self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="ahead")
            self._ahead = end, self._thread.submit(self._checked, end, min(end + self._step, self._size))

    def _checked(self, begin: int, end: int) -> bytes:
        data = self._read(begin, end)
        if len(data) != end - begin:
            raise Changed(f"{self._name}: gave {len(data):,} bytes for {end - begin:,} from {begin:,} on")
        return data
