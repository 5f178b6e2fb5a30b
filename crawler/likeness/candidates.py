"""ARTICLES → candidates: what pairing by likeness knows of an article, and what it says of a translation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crawler.models import ArticleLine, Kind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A translation without its original, or an article that may be one.

    `is_whole` is false where the archived page held only the beginning of the text.
    """

    id: str
    newspaper: str
    published_on: dt.date
    kind: Kind
    headline: str
    text: str
    text_digest: str
    is_whole: bool = True

    @classmethod
    def of(cls, line: ArticleLine) -> Candidate | None:
        """An article line as a candidate; None without a day, since then no window can be laid around it."""
        if line.published_on is None:
            return None
        return cls(
            line.id,
            line.newspaper,
            line.published_on,
            line.kind,
            line.headline,
            line.text,
            line.text_digest,
            not line.truncated and line.access != "members",
        )


@dataclass(frozen=True, slots=True)
class Rival:
    """An original that was considered, and how sure it is that it is the one."""

    id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Likely:
    """What likeness says of a translation: its original, or none; the best that was considered, and the next best.

    `detail` says, where there is no original, why not.
    """

    original: str | None
    best: Rival | None
    runner_up: Rival | None
    detail: str | None = None

    @property
    def confidence(self) -> float:
        """How sure the pair is; 0 where there is none."""
        return self.best.confidence if self.original and self.best else 0.0
