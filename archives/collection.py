"""A collection: the folder that a crawl writes into, and who may write to it now."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archives.errors import CollectionBusy, NotACollection, NotPlain
from archives.plain import is_text, require_plain

OPEN = ".open"
LONGEST_ID = 200  # bytes of a crawl's id: it is part of file names


@dataclass(frozen=True, slots=True)
class Collection:
    """Where things lie in a collection. Laid out as pywb lays out its own, so that pywb serves it as it is."""

    path: Path

    @property
    def archive(self) -> Path:
        """`archive/`: the WARC files, which all else can be made from."""
        return self.path / "archive"

    @property
    def stored(self) -> Path:
        """`archive/stored.json`: which of the WARC files are stored elsewhere; only there if any are."""
        return self.archive / "stored.json"

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

    def receipt(self, crawl: str) -> Path:
        """Where a crawl's receipt lies. Raises `NotPlain` for an id that is no file's name: a journal may hold any."""
        return self._of_crawl(crawl, ".json")

    def outcomes(self, crawl: str) -> Path:
        """Where a crawl's addresses lie that were not fetched. Raises `NotPlain` like `receipt`."""
        return self._of_crawl(crawl, ".outcomes.jsonl")

    def _of_crawl(self, crawl: str, ending: str) -> Path:
        if "/" in crawl or not is_text(crawl) or len(crawl.encode()) > LONGEST_ID:
            raise NotPlain(
                f"{self.path}: knows of a crawl {crawl[:200]!r}, which is no name; remove its journal or receipt"
            )
        return self.crawls / f"{crawl}{ending}"

    def warcs(self) -> list[Path]:
        """Every WARC file, finished or open, oldest name first; those too that are stored elsewhere, and not here.

        `archives.storage.reading` opens either. Raises `Changed` where the list of what is stored is none.
        """
        found = {path for path in self.archive.glob("*.warc.gz*") if path.name.endswith((".warc.gz", ".gz" + OPEN))}
        if self.stored.exists():
            from archives.storage.listing import listed

            found |= {self.archive / name for name in listed(self.archive)}
        return sorted(found)

    def create(self) -> None:
        """Make the folders of a new collection, or take the one that is there.

        Raises `NotACollection` for a folder that holds something else, and `NotPlain`.
        """
        if self.path.exists() and not self._has_archive():
            if not self.path.is_dir():
                raise NotACollection(f"{self.path}: is a file; --to takes a folder")
            if any(self.path.iterdir()):
                raise NotACollection(
                    f"{self.path}: holds files but no archive/, so it is not a collection; "
                    "give a new folder, or the folder of a collection"
                )
        self.require_plain()
        for folder in (self.archive, self.index.parent, self.records, self.crawls):
            folder.mkdir(parents=True, exist_ok=True)

    def require(self) -> None:
        """Raise `NotACollection` unless this is a collection's folder, and `NotPlain` for one that may lead elsewhere.

        Whoever reads a collection asks this first: none of it was opened before.
        """
        if not self._has_archive():
            what = "is not there" if not self.path.exists() else "has no archive/ folder"
            raise NotACollection(f"{self.path}: {what}, so it is not a collection; `genbun crawl … --to` makes one")
        self.require_plain()

    def _has_archive(self) -> bool:
        return self.archive.is_dir() or self.archive.is_symlink()  # of a link `require_plain` says what is wrong

    def require_plain(self) -> None:
        """Raise `NotPlain` for a link that leads out, and for what would keep a reader waiting (`archives.plain`)."""
        folders = (self.path, self.archive, self.index.parent, self.records, self.records / "schema", self.crawls)
        require_plain(self.path, folders)

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
