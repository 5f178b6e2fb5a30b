"""A collection: the folder that a crawl writes into, and who may write to it now."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archives.errors import CollectionBusy, NotACollection

OPEN = ".open"


@dataclass(frozen=True, slots=True)
class Collection:
    """Where things lie in a collection. Laid out as pywb lays out its own, so that pywb serves it as it is."""

    path: Path

    @property
    def archive(self) -> Path:
        """`archive/`: the WARC files, which all else can be made from."""
        return self.path / "archive"

    @property
    def index(self) -> Path:
        """`indexes/index.cdxj`."""
        return self.path / "indexes" / "index.cdxj"

    @property
    def records(self) -> Path:
        """`records/`: article, pair and problem lines, and their schemas."""
        return self.path / "records"

    @property
    def crawls(self) -> Path:
        """`crawls/`: a receipt for each crawl, and its addresses that were not fetched."""
        return self.path / "crawls"

    @property
    def journal(self) -> Path:
        """`journal.sqlite`: what is committed; can be made anew from `archive/`."""
        return self.path / "journal.sqlite"

    def warcs(self) -> list[Path]:
        """Every WARC file, finished or open, oldest name first."""
        return sorted(
            path for path in self.archive.glob("*.warc.gz*") if path.name.endswith((".warc.gz", ".gz" + OPEN))
        )

    def create(self) -> None:
        """Make the folders of a new collection, or take the one that is there.

        Raises `NotACollection` for a folder that holds something else.
        """
        if self.path.exists() and not self.archive.is_dir():
            if not self.path.is_dir():
                raise NotACollection(f"{self.path}: is a file; --to takes a folder")
            if any(self.path.iterdir()):
                raise NotACollection(
                    f"{self.path}: holds files but no archive/, so it is not a collection; "
                    "give a new folder, or the folder of a collection"
                )
        for folder in (self.archive, self.index.parent, self.records, self.crawls):
            folder.mkdir(parents=True, exist_ok=True)

    def require(self) -> None:
        """Raise `NotACollection` unless this is a collection's folder."""
        if not self.archive.is_dir():
            what = "is not there" if not self.path.exists() else "has no archive/ folder"
            raise NotACollection(f"{self.path}: {what}, so it is not a collection; `genbun crawl … --to` makes one")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the collection for writing, by a lock of the operating system that ends with the process.

        Raises `CollectionBusy` at once if another process holds it.
        """
        handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CollectionBusy(
                    f"{self.path}: in use by another genbun process; wait for it to end, or stop it"
                ) from None
            yield
        finally:
            os.close(handle)


def sync_folder(path: Path) -> None:
    """Make a folder's entries (new and renamed files) durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place, durable and whole, when the block ends without error."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
