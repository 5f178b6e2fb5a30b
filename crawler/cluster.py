"""WARC files read on many machines, one file a task, by the workers of a Dask scheduler (`genbun rebuild --on`).

A worker opens the files itself, under the same path, and sends back what it read. What a file gives depends on that
file alone: a task whose worker died is run again, by another, to the same lines.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from archives.errors import GenbunError, UsageError
from archives.reader import shown
from archives.storage.reading import is_stored, open_warc, require_allowed, size_of
from crawler.processes import Part, Parts, read_apart
from crawler.rebuilding import Moved, is_closed
from crawler.version import VERSION

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

SECONDS_TO_CONNECT: Final = 10
SECONDS_TO_WAIT: Final = 30  # for a first worker: a batch system starts them one after the other
_ADDRESS: Final = re.compile(r"dask://(?P<place>local|[^/@?#\s]+:\d{1,5})/?")
#: What a page is read with: another version of any may read other words in it.
_READ_WITH: Final = ("beautifulsoup4", "charset-normalizer", "lxml", "pydantic", "trafilatura", "jusText", "w3lib")


@dataclass(frozen=True, slots=True)
class Made:
    """What reads the pages in a process: two that differ in anything may give other lines."""

    genbun: str
    python: str
    code: str
    packages: tuple[tuple[str, str], ...]

    def differing(self, here: Made) -> list[str]:
        """What is other than `here`, in words."""
        said = [f"{name} {theirs} (here {ours})" for name, theirs, ours in (
            ("Genbun", self.genbun, here.genbun), ("Python", self.python, here.python))  if theirs != ours]  # fmt: skip
        ours = dict(here.packages)
        said += [f"{name} {theirs} (here {ours[name]})" for name, theirs in self.packages if theirs != ours[name]]
        return said or (["Genbun's code, under the same number"] if self.code != here.code else [])


@dataclass(frozen=True, slots=True)
class Seen:
    """What a worker sees: the size of each file, or why it cannot be read."""

    made: Made
    files: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """What one file gave, on its way here: `data` is the database of `Part`, deflated."""

    data: bytes
    exchanges: int
    torn: int | None


class Cluster:
    """The workers of the scheduler at `dask://HOST:PORT`; `dask://local` starts `jobs` of them here.

    To be used as a context. Raises `UsageError` for an address that is none, or without the extra `dask`, and
    `GenbunError` if nobody answers there.
    """

    def __init__(self, address: str, jobs: int | None = None) -> None:
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise UsageError(f"--on {shown(address)}: give dask://HOST:PORT, a scheduler's address, or dask://local")
        _require_distributed()
        self.address = address
        self._own: LocalCluster | None = None
        if found["place"] == "local":
            from distributed import LocalCluster

            self._own = LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=jobs or len(os.sched_getaffinity(0)),
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
            )
        try:
            self._client = self._connect(found["place"])
        except BaseException:
            self._end_own()
            raise

    def __enter__(self) -> Cluster:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the scheduler; what was asked of it and is not done is given up."""
        self._client.close(timeout=2)  # type: ignore[no-untyped-call]
        self._end_own()

    def require(self, warcs: Sequence[Path]) -> None:
        """Look before anything is read: there are workers, with our code, and each sees these files as we do.

        Raises `GenbunError`, which names the worker.
        """
        try:
            self._client.wait_for_workers(1, timeout=SECONDS_TO_WAIT)
        except TimeoutError as error:
            raise GenbunError(
                f"{self.address}: the scheduler has no workers; start some with `dask worker`, where Genbun is, too"
            ) from error
        paths = [str(path.resolve()) for path in warcs]
        wanted = tuple(size_of(path) if is_closed(path) else None for path in warcs)
        for worker, seen in self._client.run(look, paths, on_error="return").items():
            if not isinstance(seen, Seen):
                raise GenbunError(
                    f"the worker {worker} cannot run Genbun ({shown(str(seen))[:200]}); install the same version there"
                )
            self._require_same(worker, seen, paths, wanted)

    def parts(self, warcs: Sequence[Path], scratch: Path, moved: Moved | None) -> Parts:
        """A part for each file, in the order of `warcs`. What comes before its turn waits in the folder `scratch`.

        Raises `GenbunError` where a file ends its workers again and again, a worker fails, or the scheduler is gone.
        """
        from distributed import as_completed

        sizes = {path: size_of(path) for path in warcs}
        numbers = {path: number for number, path in enumerate(warcs)}
        made, run = made_here(), uuid4().hex
        tasks = {
            self._client.submit(
                read_there,
                str(path.resolve()),
                made,
                key=f"genbun-{run}-{path.name}",
                pure=False,
            ): path
            for path in sorted(warcs, key=lambda path: -sizes[path])
        }
        parts: dict[Path, Part] = {}
        done = as_completed(tasks, loop=self._client.loop)  # type: ignore[no-untyped-call]
        for path in warcs:
            while path not in parts:
                task = self._next(done)
                one = tasks.pop(task)
                parts[one] = self._received(task, one, scratch / f"{numbers[one]}.sqlite")
                task.release()  # type: ignore[no-untyped-call]
                if moved is not None:
                    moved(sizes[one])
            yield parts.pop(path)

    def _connect(self, place: str) -> Client:
        from distributed import Client

        to = f"tcp://{place}" if self._own is None else self._own
        try:
            return Client(to, timeout=SECONDS_TO_CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError, ValueError) as error:
            raise GenbunError(
                f"{self.address}: no Dask scheduler answers there; start one with `dask scheduler`, and give the "
                "address that it prints, with dask:// for tcp://"
            ) from error

    def _require_same(self, worker: str, seen: Seen, paths: Sequence[str], wanted: Sequence[int | None]) -> None:
        differing = seen.made.differing(made_here())
        if differing:
            raise GenbunError(
                f"the worker {worker} has {', '.join(differing)}, and might read other lines; install the same there"
            )
        for path, size, theirs in zip(paths, wanted, seen.files, strict=True):
            if isinstance(theirs, str):
                raise GenbunError(
                    f"the worker {worker} cannot read {shown(path)} ({theirs}); a worker has to see the collection "
                    "under the same path, on a file system that all machines share, and what is stored elsewhere by "
                    "settings of its own"
                )
            if size is not None and size != theirs:
                raise GenbunError(
                    f"the worker {worker} sees {theirs:,} bytes of {shown(path)}, here it has {size:,}; it is another "
                    "file, or not all of it has come there"
                )

    def _next(self, done: Any) -> Future[Sent]:
        try:
            task: Future[Sent] = next(done)
        except StopIteration:
            raise self._is_gone() from None
        return task

    def _received(self, task: Future[Sent], path: Path, scratch: Path) -> Part:
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        try:
            sent = task.result()
        except KilledWorker as error:
            raise GenbunError(
                f"{path}: the workers that read it were ended again and again (out of memory?), the last of them at "
                f"{error.last_worker.address}; nothing was written"
            ) from error
        except FutureCancelledError as error:
            raise self._is_gone() from error
        except (OSError, GenbunError) as error:
            raise GenbunError(f"{path}: a worker cannot read it ({error}); nothing was written") from error
        scratch.write_bytes(zlib.decompress(sent.data))
        return Part(scratch, sent.exchanges, sent.torn)

    def _is_gone(self) -> GenbunError:
        return GenbunError(
            f"{self.address}: the scheduler is gone, and nothing was written; start it, and run this again"
        )

    def _end_own(self) -> None:
        if self._own is not None:
            self._own.close()


def look(paths: Sequence[str]) -> Seen:
    """On a worker: what it sees, before anything is read. Of what is stored elsewhere, one file stands for all."""
    one_stored = next(filter(is_stored, map(Path, paths)), None)
    return Seen(made_here(), tuple(_seen(path, read=path == one_stored) for path in map(Path, paths)))


def read_there(path: str, made: Made) -> Sent:
    """On a worker: read one file. One that came since the first look is looked at here."""
    differing = made_here().differing(made)
    if differing:
        raise GenbunError(f"a worker has {', '.join(differing)}")
    with TemporaryDirectory(prefix="genbun-part-") as scratch:
        part = read_apart(Path(path), Path(scratch) / "part.sqlite")
        return Sent(zlib.compress(part.scratch.read_bytes(), 1), part.exchanges, part.torn)


@cache
def made_here() -> Made:
    """What reads the pages in this process."""
    digest = sha256()
    root = Path(__file__).parent.parent
    for path in sorted(path for package in ("archives", "crawler") for path in (root / package).rglob("*.py")):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    packages = tuple((name, _version(name)) for name in _READ_WITH)
    return Made(VERSION, "{}.{}".format(*sys.version_info), digest.hexdigest(), packages)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _seen(path: Path, *, read: bool) -> int | str:
    try:
        require_allowed([path])
        if read or not is_stored(path):
            with open_warc(path) as file:
                file.read(1)
        return size_of(path)
    except (OSError, GenbunError) as error:
        return getattr(error, "strerror", None) or str(error)


def _require_distributed() -> None:
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise UsageError(f"--on wants Dask ({error}): pip install 'genbun[dask]'") from error
    for name in logging.root.manager.loggerDict:  # it logs a traceback where we say what is wrong
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)
