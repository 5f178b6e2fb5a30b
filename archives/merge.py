"""Several archives → one: which files it will hold, and under which names; then the copying. Knows no newspaper.

Everything here depends on what files hold and never on the order in which archives are given, so that merging is
associative, commutative and idempotent (docs/archivists.md):

- Files with the same content are one. Of records with the same id one is kept: that in the larger file, whole files
  being ranked by size, then digest. A file all of whose records lie in others is left out; one that has some of them
  is copied without those, its other gzip members as they are.
- A file keeps its name. Where several want the same, the first by rank has it, and each other one gets a piece of its
  own digest before its ending; by that it is known again, and takes part in the next merge under its first name.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from archives.collection import Collection, sync_folder
from archives.errors import CollectionBusy, GenbunError
from archives.reader import TornFile, record_at, stored_records
from archives.storage.reading import open_warc, size_of

PIECE: Final = 1 << 20
ENDING: Final = ".warc.gz"
NEW: Final = ".new"
_ROWS: Final = 2000

Moved = Callable[[int], None]


class NotMergeable(GenbunError):
    """An archive that is damaged, or contradicts another one."""

    exit_status = 4


@dataclass(frozen=True, slots=True)
class Content:
    """One file of the merged archive: where it comes from, and its name, size and digest there.

    `rank` is its number among what was surveyed; `parted` says that some of its records lie in other files already.
    """

    path: Path
    name: str
    size: int
    digest: str
    rank: int = 0
    parted: bool = False

    @property
    def is_renamed(self) -> bool:
        """Whether its name was made for it, since another file has the one it had."""
        return self.name.endswith(_tail(self.digest)) and self.path.name != self.name


@contextmanager
def shared_lock(collection: Collection) -> Iterator[None]:
    """Keep crawls from writing to a collection while it is read. Raises `CollectionBusy` at once if one does."""
    handle = os.open(collection.path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CollectionBusy(
                f"{collection.path}: in use by another genbun process; wait for it to end, or stop it"
            ) from None
        yield
    finally:
        os.close(handle)


class Plan:
    """What the merged archive holds; `scratch` is a path for what does not fit into memory."""

    def __init__(self, scratch: Path) -> None:
        self.files: list[Content] = []
        self.same = self.covered = 0
        self._db = sqlite3.connect(scratch, isolation_level=None)
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Give back what the survey took."""
        self._db.close()

    def survey(self, warcs: Iterable[Path], moved: Moved) -> None:
        """Read all files, those of the archive that is merged into first. Raises `NotMergeable`."""
        found: dict[str, Content] = {}
        for path in warcs:
            content = _content(path, moved)
            held = found.get(content.digest)
            self.same += held is not None
            found[content.digest] = replace(held, name=min(held.name, content.name)) if held else content
        ranked = sorted(found.values(), key=_rank)
        ranked = [replace(content, rank=rank) for rank, content in enumerate(ranked)]
        for content in ranked:
            self._scan(content, moved)
        self._db.executescript(_DROPPED)
        self._check_dropped(ranked)
        kept = [part for content in ranked if (part := self._part(content)) is not None]
        self.covered = len(ranked) - len(kept)
        self.files = list(_named(kept))

    def pieces(self, content: Content) -> Iterator[bytes]:
        """The bytes that a file will have."""
        rows = self._db.cursor().execute(
            "SELECT offset, length FROM dropped WHERE rank = ? ORDER BY offset", (content.rank,)
        )
        with open_warc(content.path) as handle:
            for offset, length in rows if content.parted else ():
                yield from _range(handle.read, offset - handle.tell())
                handle.seek(offset + length)
            yield from _range(handle.read, size_of(content.path) - handle.tell())

    def _scan(self, content: Content, moved: Moved) -> None:
        """Note where each record lies."""
        rows: list[tuple[str, int, int, int]] = []
        told = 0
        try:
            for record in stored_records(content.path):
                rows.append((record.id, content.rank, record.offset, record.length))
                if len(rows) == _ROWS:
                    self._note(rows)
                    moved(record.offset - told)
                    told = record.offset
        except TornFile as torn:
            raise NotMergeable(
                f"{content.path.parent}: {torn}; run `genbun verify` there to see what is damaged; nothing was merged"
            ) from torn
        self._note(rows)
        moved(content.size - told)

    def _note(self, rows: list[tuple[str, int, int, int]]) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO records VALUES (?,?,?,?)", rows)
        self._db.execute("COMMIT")
        rows.clear()

    def _check_dropped(self, ranked: Sequence[Content]) -> None:
        """A record is left out only where the one that is kept says the same."""
        for *left, rank, offset, length in self._db.cursor().execute("SELECT * FROM dropped"):
            one, other = ranked[left[0]].path, ranked[rank].path
            dropped, kept = record_at(one, left[1], left[2]), record_at(other, offset, length)
            if any(
                getattr(dropped, name) != getattr(kept, name) for name in ("type", "url", "date", "block", "beyond")
            ):
                raise NotMergeable(
                    f"{one} at {left[1]:,} and {other} at {offset:,} hold different records under the same id "
                    f"{kept.id}; run `genbun verify` on both collections; nothing was merged"
                )

    def _part(self, content: Content) -> Content | None:
        """What is to be kept of a file; None if nothing is."""
        dropped, bytes_dropped = self._db.execute(
            "SELECT COUNT(*), TOTAL(length) FROM dropped WHERE rank = ?", (content.rank,)
        ).fetchone()
        if not dropped:
            return content
        if int(bytes_dropped) == content.size:
            return None
        part = replace(content, size=content.size - int(bytes_dropped), parted=True)
        digest = hashlib.sha256()
        for piece in self.pieces(part):
            digest.update(piece)
        return replace(part, digest=digest.hexdigest())


_TABLES: Final = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-4000; PRAGMA locking_mode=EXCLUSIVE;
CREATE TABLE records (id TEXT, rank INTEGER, offset INTEGER, length INTEGER);
CREATE TABLE dropped (rank INTEGER, offset INTEGER, length INTEGER,
    kept INTEGER, kept_offset INTEGER, kept_length INTEGER);
"""
_DROPPED: Final = """
CREATE INDEX by_id ON records (id, rank, offset, length);
INSERT INTO dropped SELECT r.rank, r.offset, r.length, k.rank, k.offset, k.length
    FROM (SELECT id FROM records WHERE id != '' GROUP BY id HAVING COUNT(*) > 1) d
    JOIN records k ON k.id = d.id AND (k.rank, k.offset) =
        (SELECT rank, offset FROM records WHERE id = d.id ORDER BY rank, offset LIMIT 1)
    JOIN records r ON r.id = d.id AND (r.rank, r.offset) != (k.rank, k.offset);
CREATE INDEX by_rank ON dropped (rank, offset);
"""


def carry_out(plan: Plan, archive: Path, moved: Moved) -> int:
    """Make `archive` hold what was planned; returns how many files were copied into it.

    Copies are durable under a name of their own before anything else is touched; what is taken away then lies in
    another file. So whenever the machine goes down, nothing is lost, and the same merge again completes it.
    """
    for stale in archive.glob(f".*{ENDING}{NEW}"):
        stale.unlink()  # from a merge that was killed
    target = {content.name for content in plan.files}
    copied = [content for content in plan.files if content.parted or content.path.parent != archive]
    stay = [content for content in plan.files if content not in copied and content.path.name != content.name]
    for content in copied:
        _copy(plan, content, archive / f".{content.name}{NEW}", moved)
    sync_folder(archive)
    there = {path.name for path in archive.iterdir()}
    for content in [content for content in stay if content.name not in there]:
        content.path.rename(archive / content.name)
        stay.remove(content)
    for content in copied:
        (archive / f".{content.name}{NEW}").replace(archive / content.name)
    for content in stay:
        content.path.replace(archive / content.name)
    for path in Collection(archive.parent).warcs():
        if path.name not in target:
            path.unlink()
    sync_folder(archive)
    return len(copied)


def _copy(plan: Plan, content: Content, to: Path, moved: Moved) -> None:
    digest = hashlib.sha256()
    try:
        with to.open("wb") as out:
            for piece in plan.pieces(content):
                digest.update(piece)
                out.write(piece)
                moved(len(piece))
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        to.unlink(missing_ok=True)
        raise GenbunError(
            f"{content.path} could not be copied to {to.parent} ({error.strerror or error}); nothing of it was merged; "
            "mend that, and run the merge again"
        ) from error
    if digest.hexdigest() != content.digest:
        to.unlink()
        raise GenbunError(f"{content.path} has changed while it was being merged, or is read otherwise each time")


def _content(path: Path, moved: Moved) -> Content:
    digest, size = hashlib.sha256(), 0
    with open_warc(path) as handle:
        for piece in _range(handle.read, size_of(path)):
            digest.update(piece)
            size += len(piece)
            moved(len(piece))
    return Content(path, _first_name(path.name, digest.hexdigest()), size, digest.hexdigest())


def _range(read: Callable[[int], bytes], size: int) -> Iterator[bytes]:
    while size > 0 and (piece := read(min(size, PIECE))):
        size -= len(piece)
        yield piece


def _rank(content: Content) -> tuple[int, str]:
    return -content.size, content.digest


def _first_name(name: str, digest: str) -> str:
    """The name a file had before another merge gave it one of its own."""
    return name.removesuffix(_tail(digest)) + ENDING if name.endswith(_tail(digest)) else name


def _tail(digest: str) -> str:
    return f"-{digest[:8]}{ENDING}"


def _named(contents: Iterable[Content]) -> Iterator[Content]:
    """Each under a name that no other one has."""
    taken: set[str] = set()
    for content in sorted(contents, key=_rank):
        own = content.name.removesuffix(ENDING) + _tail(content.digest)
        name = own if content.name in taken else content.name
        if name in taken:
            raise NotMergeable(f"{content.path}: another file is called {name} already; give it another name")
        taken.add(name)
        yield replace(content, name=name)
