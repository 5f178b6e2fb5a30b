"""PAIRS → alignments, each pair of texts aligned once: kept in SQLite by the digests of the two texts.

An alignment is a pure function of two texts and of a method (code, weights, lexicon), so what is kept is a memory and
never a source: `rebuild` makes the same again (docs/decisions/0004).
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Protocol

from archives.children import end_with_parent
from archives.glance import glance
from crawler.alignment.records import Alignment

log = logging.getLogger(__name__)

#: Below so many pairs that are to be aligned, starting processes costs more than it saves.
WORTH_PROCESSES: Final = 24
AT_ONCE: Final = 32  # kept together: a crawl that is killed loses no more
AHEAD: Final = 4  # pairs a process that wait to be aligned

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS alignments (
    translation TEXT NOT NULL,         -- text_digest of each side
    original TEXT NOT NULL,
    method TEXT NOT NULL,
    alignment TEXT NOT NULL,           -- JSON, or why the two cannot be aligned
    PRIMARY KEY (translation, original)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Texts:
    """Two texts that are to be aligned, with their pair's id, their languages and digests."""

    pair: str
    translation: str
    original: str
    languages: tuple[str, str]
    digests: tuple[str, str]


#: An alignment, why there can be none, or None: not tried.
Outcome = Alignment | str | None
#: Is told how many pairs were aligned since it was last told.
Told = Callable[[int], None]


class Aligning(Protocol):
    """Whoever has alignments."""

    def of(self, asked: Iterable[Texts | None]) -> Iterator[Outcome]:
        """The alignment of each, in order, or why there can be none; None for None, and where nobody has tried."""


class Alignments:
    """The alignments that a database holds; `computes` says whether what is missing is made, or left out.

    `encoder` is the optional one, `universal` or a folder. `made` and `failed` count what was aligned, and what could
    not be through a fault of ours. Once `stopped`, what is missing is left out, and counted by `left`.
    """

    def __init__(self, db: sqlite3.Connection, *, computes: bool = True, jobs: int = 1, told: Told | None = None,
                 encoder: str = "", stopped: Callable[[], bool] = lambda: False) -> None:  # fmt: skip
        self._db, self._computes, self._jobs, self._encoder = db, computes, jobs, encoder
        self._told, self._stopped = told, stopped
        self._new: list[tuple[str, str, str, str]] = []
        self.made = self.failed = self.left = 0
        db.executescript(_TABLE)

    def take(self, path: Path) -> None:
        """Take over what another journal remembers, if it can be read."""
        with glance(path) as other, suppress(sqlite3.Error):
            if other is not None:
                rows = other.execute("SELECT translation, original, method, alignment FROM alignments")
                self._db.executemany("INSERT OR IGNORE INTO alignments VALUES (?,?,?,?)", rows)

    def of(self, asked: Iterable[Texts | None]) -> Iterator[Outcome]:
        """The alignment of each, in order, or why there can be none; None for None, and for what is not computed."""
        method, waiting, pool = "", deque[_Waiting](), None
        try:
            for texts in asked:
                if texts is not None and not method:
                    method = method_now(self._encoder) if self._computes else ""
                waiting.append(self._begin(texts, method))
                if pool is None and self._jobs > 1 and self.made + len(self._missing(waiting)) > WORTH_PROCESSES:
                    pool = ProcessPoolExecutor(self._jobs, get_context("spawn"), end_with_parent)
                if pool is not None and not self._stopped():
                    self._submit(pool, self._missing(waiting))
                ahead = self._jobs * AHEAD + WORTH_PROCESSES if self._jobs > 1 else 0
                while len(waiting) > ahead:
                    yield self._finish(waiting.popleft(), method)
            while waiting:
                yield self._finish(waiting.popleft(), method)
        finally:
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)
            self._keep()

    @staticmethod
    def _missing(waiting: Iterable[_Waiting]) -> list[_Waiting]:
        return [one for one in waiting if one.texts is not None and one.known is None and one.future is None]

    def _submit(self, pool: ProcessPoolExecutor, missing: list[_Waiting]) -> None:
        with suppress(BrokenProcessPool):  # what has no future is aligned in this process
            for one in missing:
                assert one.texts is not None
                one.future = pool.submit(aligned, one.texts, self._encoder)

    def _begin(self, texts: Texts | None, method: str) -> _Waiting:
        if texts is None:
            return _Waiting(None, "")
        row = self._db.execute(
            "SELECT alignment, method FROM alignments WHERE translation = ? AND original = ?", texts.digests
        ).fetchone()
        if row is not None and row[0] and (row[1] == method or not self._computes):
            return _Waiting(texts, row[0])
        return _Waiting(texts, None if self._computes else "")

    def _finish(self, one: _Waiting, method: str) -> Outcome:
        known = one.known
        if known is None:
            assert one.texts is not None
            if self._stopped() and (one.future is None or one.future.cancel()):
                self.left += 1
                return None
            known = self._result(one.texts, one.future)
            if known is None:
                self.failed += 1
                return None
            self._new.append((*one.texts.digests, method, known))
            self.made += 1
            if self._told is not None:
                self._told(1)
            if len(self._new) >= AT_ONCE:
                self._keep()
        return Alignment.model_validate_json(known) if known.startswith("{") else known or None

    def _result(self, texts: Texts, future: Future[str | None] | None) -> str | None:
        if future is not None:
            try:
                return future.result()
            except BrokenProcessPool:  # one of them was ended from outside (out of memory?): the lines are worth more
                log.error("%s: a process that aligned was ended from outside; it is aligned in this one", texts.pair)
        return aligned(texts, self._encoder)

    def _keep(self) -> None:
        new, self._new = self._new, []
        if new:
            begun = self._db.in_transaction
            if not begun:
                self._db.execute("BEGIN")
            self._db.executemany("INSERT OR REPLACE INTO alignments VALUES (?,?,?,?)", new)
            if not begun:
                self._db.execute("COMMIT")


@dataclass(slots=True)
class _Waiting:
    texts: Texts | None
    known: str | None
    future: Future[str | None] | None = None


def default_jobs() -> int:
    """A process for each processor, at most 8."""
    return min(len(os.sched_getaffinity(0)), 8)


def method_now(encoder: str = "") -> str:
    """The method that is at work here, as alignments name it. Raises `NoEncoder`."""
    from crawler.alignment import lexicon, weights
    from crawler.alignment.align import method_of
    from crawler.alignment.encoders import named

    if not encoder:
        return method_of(lexicon.load(), weights.load())
    chosen = named(encoder)
    return method_of(lexicon.load(), weights.load_for(chosen), chosen)


def aligned(texts: Texts, encoder: str = "") -> str | None:
    """The alignment of two texts as JSON, or why they cannot be aligned; None after a fault of ours.

    A pair without alignment is worth more than none, so a fault is told and does not end what is under way.
    """
    from crawler.alignment import NotAlignable, align
    from crawler.alignment.encoders import named

    here, there = texts.languages
    try:
        found = align(
            texts.translation,
            texts.original,
            translation_language=here,
            original_language=there,
            encoder=named(encoder) if encoder else None,
        )
    except NotAlignable as why:
        return str(why)
    except Exception as error:
        log.error("%s could not be aligned: %s: %s", texts.pair, error.__class__.__name__, error)
        return None
    return found.model_dump_json()
