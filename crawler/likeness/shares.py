"""SHORTLISTS → shares: how much of either text the aligner surely pairs with the other; each two texts weighed once.

It takes for granted that one renders the other, and its confidences say where it was wrong: their mean, by length, is
high for an original and low for an article on the same matter. What is kept is a memory of pure functions of two texts.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from archives.glance import opened
from crawler.alignment.align import method_of, weigh
from crawler.alignment.evidence import gather
from crawler.alignment.lexicon import load as load_lexicon
from crawler.alignment.links import Weighed
from crawler.alignment.sentences import Sentence, split
from crawler.alignment.weights import load as load_weights
from crawler.likeness.candidates import Candidate

METHOD: Final = "genbun-share/1"
#: So many sentences of each article are looked at: time grows with their product.
SENTENCES: Final = 24
MOST_TEXT: Final = 20_000  # code points among which they are looked for

LENGTHS: Final = 2.9  # code points of English for one of Japanese
MARGIN: Final = 300

WORTH_PROCESSES: Final = 24
AHEAD: Final = 4  # translations a process that wait
AT_ONCE: Final = 64

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS shares (
    translation TEXT NOT NULL,         -- text_digest of each side
    original TEXT NOT NULL,            -- and that only its beginning is shown, if so
    method TEXT NOT NULL,
    of_translation REAL NOT NULL,
    of_original REAL NOT NULL,
    PRIMARY KEY (translation, original)
) WITHOUT ROWID;
"""
# a journal may have been made by anybody
_KNOWN: Final = """
SELECT of_translation, of_original, method FROM shares WHERE translation = ? AND original = ?
 AND typeof(of_translation) = 'real' AND typeof(of_original) = 'real'
 AND of_translation BETWEEN 0 AND 1 AND of_original BETWEEN 0 AND 1
"""


class Share(NamedTuple):
    """How much of each text has its counterpart in the other, from 0 to 1."""

    of_translation: float
    of_original: float


class Asked(NamedTuple):
    """A translation, and the few originals that its words are to be weighed against."""

    translation: Candidate
    originals: tuple[Candidate, ...]


Found = dict[str, Share]
"""An original's id → its share; those that are not known are left out."""


class Shares(Protocol):
    """Whoever has shares."""

    def of(self, asked: Iterable[Asked]) -> Iterator[Found]:
        """The shares of each that is asked, in order."""


def beginning(translation: str, original: Candidate) -> str:
    """As much of a translation as may render what is shown of an original: all, where that is whole."""
    return translation if original.is_whole else translation[: MARGIN + int(LENGTHS * len(original.text))]


def share_of(translation: str, original: str) -> Share:
    """How much of either text the aligner pairs with the other."""
    here, there = split(translation[:MOST_TEXT], "en")[:SENTENCES], split(original[:MOST_TEXT], "ja")[:SENTENCES]
    weighed = weigh(gather(here, there, load_lexicon()), load_weights())
    return Share(
        _covered(here, [(one.bead.t, one.bead.end[0], one) for one in weighed]),
        _covered(there, [(one.bead.o, one.bead.end[1], one) for one in weighed]),
    )


def _covered(sentences: Sequence[Sentence], weighed: Iterable[tuple[int, int, Weighed]]) -> float:
    lengths = [len(sentence.text) for sentence in sentences]
    met = sum(one.confidence.p_pair * sum(lengths[start:end]) for start, end, one in weighed if one.bead.links)
    return round(met / max(1, sum(lengths)), 4)


def method_now() -> str:
    """What a share depends on besides the two texts."""
    return f"{METHOD} {method_of(load_lexicon(), load_weights())}"


@dataclass(slots=True)
class _Waiting:
    asked: Asked
    known: Found
    missing: list[Candidate] = field(default_factory=list)
    future: Future[list[Share]] | None = None


class KeptShares:
    """The shares that a database holds; what is missing is made, or left out where it does not compute.

    `made` counts the pairs of texts that were weighed.
    """

    def __init__(self, db: sqlite3.Connection, *, computes: bool = True, jobs: int = 1) -> None:
        self._db, self._computes, self._jobs = db, computes, jobs
        self._new: list[tuple[str, str, str, float, float]] = []
        self.made = 0
        db.executescript(_TABLE)

    def take(self, path: Path) -> None:
        """Take over what another journal remembers, if it can be read."""
        if not path.is_file():
            return
        with suppress(sqlite3.Error), closing(opened(path)) as other:
            rows = other.execute("SELECT translation, original, method, of_translation, of_original FROM shares")
            self._db.executemany("INSERT OR IGNORE INTO shares VALUES (?,?,?,?,?)", rows)

    def of(self, asked: Iterable[Asked]) -> Iterator[Found]:
        """The shares of each that is asked, in order."""
        method, waiting, pool = method_now(), deque[_Waiting](), None
        ahead = self._jobs * AHEAD + WORTH_PROCESSES if self._jobs > 1 else 0
        try:
            for one in asked:
                waiting.append(self._begin(one, method))
                if pool is None and self._jobs > 1 and self.made + len(waiting) > WORTH_PROCESSES:
                    pool = ProcessPoolExecutor(self._jobs, get_context("spawn"))
                if pool is not None:
                    for late in waiting:
                        if late.missing and late.future is None:
                            late.future = pool.submit(_shares, _texts(late))
                while len(waiting) > ahead:
                    yield self._finish(waiting.popleft(), method)
            while waiting:
                yield self._finish(waiting.popleft(), method)
        finally:
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)
            self._keep()

    def _begin(self, asked: Asked, method: str) -> _Waiting:
        known: Found = {}
        missing: list[Candidate] = []
        for original in asked.originals:
            row = self._db.execute(_KNOWN, (asked.translation.text_digest, _key(original))).fetchone()
            if row is not None and (row[2] == method or not self._computes):
                known[original.id] = Share(row[0], row[1])
            elif self._computes:
                missing.append(original)
        return _Waiting(asked, known, missing)

    def _finish(self, one: _Waiting, method: str) -> Found:
        if not one.missing:
            return one.known
        made = one.future.result() if one.future is not None else _shares(_texts(one))
        here = one.asked.translation.text_digest
        for original, share in zip(one.missing, made, strict=True):
            one.known[original.id] = share
            self._new.append((here, _key(original), method, *share))
        self.made += len(made)
        if len(self._new) >= AT_ONCE:
            self._keep()
        return one.known

    def _keep(self) -> None:
        new, self._new = self._new, []
        if new:
            begun = self._db.in_transaction
            if not begun:
                self._db.execute("BEGIN")
            self._db.executemany("INSERT OR REPLACE INTO shares VALUES (?,?,?,?,?)", new)
            if not begun:
                self._db.execute("COMMIT")


def _texts(waiting: _Waiting) -> list[tuple[str, str]]:
    text = waiting.asked.translation.text
    return [(beginning(text, original), original.text) for original in waiting.missing]


def _key(original: Candidate) -> str:
    return original.text_digest if original.is_whole else f"{original.text_digest} beginning"


def _shares(texts: list[tuple[str, str]]) -> list[Share]:
    return [share_of(translation, original) for translation, original in texts]
