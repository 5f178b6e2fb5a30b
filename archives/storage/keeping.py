"""`genbun store`: closed WARC files → storage, each once; and back.

A file counts as stored only when all of it was read back from there and had the digest of the one here. Only then is
it listed in `archive/stored.json`, and only what is listed is ever removed here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archives.collection import OPEN, Collection, replaced, sync_folder
from archives.storage.errors import Changed, Gone
from archives.storage.listing import StoredFile, listed, note, now, require_name
from archives.storage.places import Store, normal, store_at
from archives.storage.reading import Ranges

#: Is told how many bytes more were sent, or read back.
Moved = Callable[[int], None]

_PIECE: Final = 1024 * 1024


@dataclass(slots=True)
class Kept:
    """What became of a collection's files: names.

    `differing` are those of which something else lies there under the same name, each with what was found.
    """

    stored: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    differing: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    read: int = 0


def store(collection: Collection, address: str, *, thin: bool = False, moved: Moved | None = None) -> Kept:
    """Put every closed WARC file there that is not there yet, check all, and with `thin` remove what is safe there.

    Nothing that lies there is ever written over. Raises `UsageError`, `CollectionBusy` and `StorageFailure`; what was
    stored by then stays listed, and the next run goes on from there.
    """
    where, kept = normal(address), Kept()
    with collection.lock():
        there, moved = store_at(where), moved or _unseen
        paths = local(collection)
        for path in paths:
            require_name(path.with_name(path.name.removesuffix(OPEN)))
        _check_thinned(collection, where, there, kept)
        for path in paths:
            if path.name.endswith(OPEN):
                kept.waiting.append(path.name)
                continue
            _store(path, where, there, kept, moved)
            if thin and path.name not in kept.differing:
                path.unlink()
                sync_folder(path.parent)
                kept.removed.append(path.name)
    return kept


def fetch(collection: Collection, address: str, moved: Moved | None = None) -> Kept:
    """Bring back every WARC file that is stored there and is not here, whole and with its digest.

    Raises `UsageError`, `CollectionBusy` and `StorageFailure`.
    """
    where, kept = normal(address), Kept()
    with collection.lock():
        there = store_at(where)
        for file in _only_there(collection, where):
            path = collection.archive / file.name
            with replaced(path) as temporary:
                with temporary.open("wb") as out:
                    digest = _digest_of(file, there, moved or _unseen, out.write)
                if digest != file.sha256:
                    raise Changed(f"{where}/archive/{file.name}: its SHA-256 is not the one that was stored")
            kept.fetched.append(file.name)
            kept.read += file.size
    return kept


def local(collection: Collection) -> Sequence[Path]:
    """The WARC files that lie here."""
    return [path for path in collection.warcs() if path.is_file()]


def _store(path: Path, where: str, there: Store, kept: Kept, moved: Moved) -> None:
    name = f"archive/{path.name}"
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    found = there.head(name)
    known = next((one for one in listed(path.parent).get(path.name, ()) if one.where == where), None)
    if known is not None and known.mark and found == known.object and (known.size, known.sha256) == (size, sha256):
        kept.known.append(path.name)  # it was read back, and was not written since
        moved(2 * size)
        return
    if found is None and there.put_new(name, path):
        kept.sent += size
        kept.stored.append(path.name)
    else:
        kept.known.append(path.name)
    moved(size)
    found = there.head(name)
    if found is None:
        raise Gone(f"{where}/{name}: was stored, and is not there")
    new = StoredFile(name=path.name, size=found.size, sha256=sha256, where=where, mark=found.mark, verified_at=now())
    if found.size == size:
        kept.read += size
        theirs = _digest_of(new, there, moved)
    else:
        theirs = ""
    if theirs != sha256:
        kept.differing[path.name] = f"has {found.size:,} bytes and SHA-256 {theirs}" if theirs else (
            f"has {found.size:,} bytes, here it has {size:,}"
        )  # fmt: skip
        return
    note(path.parent, [new])


def _check_thinned(collection: Collection, where: str, there: Store, kept: Kept) -> None:
    """That what lies only there still does, and was not written since: one request each, no bytes."""
    for file in _only_there(collection, where):
        found = there.head(f"archive/{file.name}")
        if found != file.object:
            kept.differing[file.name] = "is gone" if found is None else "was written anew since it was stored"
        else:
            kept.known.append(file.name)


def _only_there(collection: Collection, where: str) -> list[StoredFile]:
    files = (file for places in listed(collection.archive).values() for file in places)
    return [file for file in files if file.where == where and not (collection.archive / file.name).exists()]


def _digest_of(file: StoredFile, there: Store, moved: Moved, take: Callable[[bytes], object] | None = None) -> str:
    """The digest of what lies there, all of it read; `take` is given the bytes."""
    digest, name = hashlib.sha256(), f"archive/{file.name}"
    expected = file.object
    with Ranges(lambda begin, end: there.read(name, begin, end, expected), file.size, f"{file.where}/{name}") as stream:
        while data := stream.read(_PIECE):
            digest.update(data)
            if take is not None:
                take(data)
            moved(len(data))
    return digest.hexdigest()


def _unseen(_: int) -> None:
    """Nobody looks."""
