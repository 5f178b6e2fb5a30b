"""A disk that loses power: what was synced stays, of all else any part may be gone.

`Disk` runs in the crawling process and notes what becomes durable: bytes by fsync and fdatasync of a file, names by
fsync of a folder. After so many events it writes down what it knows, and the process is killed. `lose_power` then
makes of what lies on the disk one of the states that a power cut might have left:

- of a file, bytes past the last sync are cut off somewhere, or at a page, or some of their blocks are zeros;
- of a folder, the last creations, renames and removals since its last sync are undone, in their order;
- of SQLite's log, the last frames are gone, as far as no checkpoint has made them durable; its shared memory always.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import random
import shutil
import stat
import struct
from pathlib import Path
from typing import Any

PAGE = 4096
FRAME = 24 + PAGE
SQLITE = "journal.sqlite"
GZIP = b"\x1f\x8b\x08"


class Disk:
    """Notes what is durable under `root`. At event `at` it leaves `note` (JSON) and ends the process by SIGKILL."""

    def __init__(self, root: str, at: int, note: str) -> None:
        self.root, self.at, self.note = Path(root).resolve(), at, Path(note)
        self.events = 0
        self.synced: dict[int, int] = {}
        self.ops: dict[str, list[list[str]]] = {}
        self.told: list[tuple[str, str]] = []
        self.journal_named = (self.root / SQLITE).exists()
        self.stash = self.note.with_suffix(".stash")
        self.stash.mkdir(exist_ok=True)

    def install(self) -> None:
        for path in self.root.rglob("*") if self.root.exists() else ():
            self.synced[path.stat().st_ino] = path.stat().st_size  # what an earlier process left is long on the disk
        for name in ("open", "write", "fsync", "fdatasync", "mkdir", "rename", "replace", "unlink"):
            setattr(os, name, getattr(self, f"_{name}")(getattr(os, name)))
        io.open = self._io_open(io.open)
        builtins.open = io.open
        from archives.archive import Archive

        keep = Archive.keep

        async def told(archive: Archive, exchange: Any, **more: Any) -> Any:
            kept = await keep(archive, exchange, **more)
            if kept.capture is not None:
                self.told.append((exchange.url, kept.capture.record_id))
            return kept

        setattr(Archive, "keep", told)  # noqa: B010  # mypy would compare them

    def event(self) -> None:
        self.events += 1
        if self.events == self.at:
            with _open(self.note, "w") as out:
                json.dump(
                    {"synced": self.synced, "ops": self.ops, "told": self.told, "journal": self.journal_named}, out
                )
            from tests.recovery.interfering import die

            die()

    def _inside(self, path: Any) -> Path | None:
        if not isinstance(path, str | os.PathLike):
            return None
        whole = Path(os.path.abspath(os.fspath(path)))  # noqa: PTH100  # links stay links
        inside = whole.is_relative_to(self.root) or whole in self.root.parents
        return None if not inside or whole.name.startswith(SQLITE) else whole

    def _did(self, path: Path, *operation: str) -> None:
        self.ops.setdefault(str(path.parent), []).append(list(operation))
        self.event()

    def _created(self, path: Path) -> None:
        self.synced[path.stat().st_ino] = 0
        self._did(path, "create", path.name)

    def _stashed(self, path: Path) -> str:
        if not path.exists():
            return ""
        kept = self.stash / str(len(list(self.stash.iterdir())))
        os.link(path, kept)
        return str(kept)

    def _open(self, real: Any) -> Any:
        def opened(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
            inside = self._inside(path)
            new = bool(flags & os.O_CREAT) and inside is not None and not inside.exists()
            handle: int = real(path, flags, *args, **kwargs)
            if new and inside is not None:
                self._created(inside)
            return handle

        return opened

    def _io_open(self, real: Any) -> Any:
        def opened(path: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            inside = self._inside(path)
            new = any(ch in mode for ch in "wax") and inside is not None and not inside.exists()
            handle = real(path, mode, *args, **kwargs)
            if inside is not None and (new or "w" in mode):
                self.synced[inside.stat().st_ino] = 0
                if new:
                    self._created(inside)
            return handle

        return opened

    def _write(self, real: Any) -> Any:
        def write(handle: int, data: Any) -> int:
            written: int = real(handle, data)
            if stat.S_ISREG(os.fstat(handle).st_mode):
                self.event()
            return written

        return write

    def _fsync(self, real: Any) -> Any:
        def sync(handle: int) -> None:
            self.event()
            size = os.fstat(handle).st_size  # what is written meanwhile, by another thread, is not promised
            real(handle)
            found = os.fstat(handle)
            if stat.S_ISDIR(found.st_mode):
                path = Path(f"/proc/self/fd/{handle}").readlink()
                self.ops[str(path)] = []
                if path == self.root:
                    self.journal_named = (self.root / SQLITE).exists()
            else:
                self.synced[found.st_ino] = max(self.synced.get(found.st_ino, 0), size)
            self.event()

        return sync

    _fdatasync = _fsync

    def _mkdir(self, real: Any) -> Any:
        def mkdir(path: Any, *args: Any, **kwargs: Any) -> None:
            real(path, *args, **kwargs)
            inside = self._inside(path)
            if inside is not None:
                self._did(inside, "mkdir", inside.name)

        return mkdir

    def _rename(self, real: Any) -> Any:
        def rename(old: Any, new: Any, **kwargs: Any) -> None:
            source, target = self._inside(old), self._inside(new)
            kept = self._stashed(target) if target is not None else ""
            real(old, new, **kwargs)
            if source is not None and target is not None:
                self._did(target, "rename", source.name, target.name, kept)

        return rename

    _replace = _rename

    def _unlink(self, real: Any) -> Any:
        def unlink(path: Any, **kwargs: Any) -> None:
            inside = self._inside(path)
            kept = self._stashed(inside) if inside is not None else ""
            real(path, **kwargs)
            if inside is not None and kept:
                self._did(inside, "unlink", inside.name, kept)

        return unlink


_open = open


def lose_power(root: Path, note: Path, rng: random.Random) -> list[tuple[str, str]]:
    """Make of a collection what a power cut might have left; returns what had been told durable: (url, record id)."""
    known = json.loads(note.read_text("utf-8"))
    synced = {int(inode): size for inode, size in known["synced"].items()}
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.name.startswith(SQLITE):
            found = path.stat()
            if found.st_size > synced.get(found.st_ino, found.st_size):
                tear(path, synced[found.st_ino], rng)
    _lose_frames(root, rng)
    for folder, operations in known["ops"].items():
        stay = rng.randint(0, len(operations))
        for operation in reversed(operations[stay:]):
            _undo(Path(folder), *operation)
    if not known["journal"] and rng.random() < 0.5:
        for path in root.glob(f"{SQLITE}*"):
            path.unlink()
    return [(url, record_id) for url, record_id in known["told"]]


def tear(path: Path, synced: int, rng: random.Random) -> None:
    """Lose some of what came after the last sync."""
    data = bytearray(path.read_bytes())
    how = rng.choice(("nothing", "all", "anywhere", "page", "member", "zeros", "zeros and cut"))
    if how == "all":
        del data[synced:]
    if how == "anywhere":
        del data[rng.randint(synced, len(data)) :]
    if how == "page":
        pages = [at for at in range(synced, len(data)) if at % PAGE == 0]
        del data[rng.choice([synced, *pages]) :]
    if how == "member":  # within a group, between two of its records
        del data[rng.choice([at for at in range(synced, len(data)) if data[at : at + 3] == GZIP] or [synced]) :]
    if how.startswith("zeros"):
        for at in range(synced // 512 * 512, len(data), 512):
            if rng.random() < 0.5:
                begin, end = max(at, synced), min(at + 512, len(data))
                data[begin:end] = bytes(end - begin)
    if how == "zeros and cut":
        del data[rng.randint(synced, len(data)) :]
    path.write_bytes(data)


def _lose_frames(root: Path, rng: random.Random) -> None:
    log, memory = root / f"{SQLITE}-wal", root / f"{SQLITE}-shm"
    if log.exists() and memory.exists() and memory.stat().st_size >= 100 and log.stat().st_size > 32:
        index = memory.read_bytes()
        (last,) = struct.unpack_from("=I", index, 16)
        (in_database,) = struct.unpack_from("=I", index, 96)
        if in_database < last:
            keep = rng.randint(in_database, last)
            torn = rng.choice((0, 0, 1, FRAME - 1, rng.randrange(FRAME))) if keep < last else 0
            with log.open("r+b") as handle:
                handle.truncate(32 + keep * FRAME + torn)
    memory.unlink(missing_ok=True)


def _undo(folder: Path, what: str, name: str, *more: str) -> None:
    path = folder / name
    if what == "create":
        path.unlink(missing_ok=True)
    elif what == "mkdir":
        shutil.rmtree(path, ignore_errors=True)
    elif what == "unlink" and folder.is_dir():
        os.link(more[0], path)
    elif what == "rename" and folder.is_dir():
        target = folder / more[0]
        if target.exists():
            target.rename(path)
        if more[1]:
            os.link(more[1], target)
