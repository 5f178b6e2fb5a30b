"""What was told to whom: a file in the state folder of whoever tells, never in the collection, which is read only."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from archives.collection import replaced
from archives.errors import UsageError

SCHEMA: Final = "genbun/told/1"


@dataclass(frozen=True, slots=True)
class Told:
    """A matter that somebody was told of, and has not been told is over."""

    kind: str
    newspaper: str | None
    sentence: str
    since: str


@dataclass(slots=True)
class Memory:
    """What each target was told of one collection, by the matters' keys."""

    path: Path
    collection: str
    targets: dict[str, dict[str, Told]] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether anything was ever told, or found not to need telling."""
        return bool(self.targets)

    def of(self, digest: str) -> dict[str, Told]:
        """What a target was told."""
        return self.targets.get(digest, {})

    def keep(self, digest: str, told: dict[str, Told]) -> None:
        """Remember what a target has now been told of, durably."""
        self.targets[digest] = told
        values = {"schema": SCHEMA, "collection": self.collection, "targets": self._plain()}
        with replaced(self.path) as new:
            new.touch(0o600)
            new.write_text(json.dumps(values, ensure_ascii=True, indent=2) + "\n", "utf-8")

    def _plain(self) -> dict[str, dict[str, dict[str, Any]]]:
        return {name: {key: asdict(one) for key, one in told.items()} for name, told in self.targets.items()}


def path_for(collection: Path, folder: Path | None) -> Path:
    """Where the memory of a collection lies. Raises `UsageError` where it would lie inside the collection."""
    whole = collection.resolve()
    digest = hashlib.sha256(os.fsencode(whole)).hexdigest()[:12]
    path = (folder or _state_folder()).absolute() / f"{whole.name}-{digest}.json"
    if path.resolve().is_relative_to(whole):
        raise UsageError(f"{path.parent}: lies in the collection, which notices only read; give another --state")
    return path


def _state_folder() -> Path:
    """As systemd gives it to a service (StateDirectory=), else as XDG says."""
    if given := os.environ.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(given)
    if (xdg := os.environ.get("XDG_STATE_HOME", "")).startswith("/"):
        return Path(xdg) / "genbun"
    try:
        return Path.home() / ".local" / "state" / "genbun"
    except RuntimeError:
        raise UsageError("this user has no home folder; say where to remember what was told: --state DIR") from None


def recall(path: Path, collection: Path) -> Memory:
    """The memory as it is; an empty one where there is none that can be read."""
    memory = Memory(path, str(collection.resolve()))
    try:
        said = json.loads(path.read_text("utf-8"))
        memory.targets = {
            name: {key: Told(**one) for key, one in told.items()} for name, told in said["targets"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        memory.targets = {}
    return memory


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold it, so that nothing is told twice by two that run at once; the second waits for the first.

    Raises `UsageError` where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(
            f"{path.parent}: cannot be written ({error.strerror}); say where to remember what was told: --state DIR"
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
