"""What `genbun status` says, as values; `--json` is these, field by field."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from crawler.newspapers.newspaper import Unproven
from crawler.status.closed import Closed
from crawler.status.days import Gap, Pace
from crawler.status.drift import Drift
from crawler.status.robots import Change
from crawler.status.schedule import Schedule
from crawler.status.storage import Storage

OUTCOMES = ("fetched", "refused", "failed", "skipped")
UNDATED: Final = "undated"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An address that was refused and has not been got since. `at` is null where only its line is left to tell."""

    url: str
    reason: str
    at: str | None
    klass: str | None
    crawl: str | None


@dataclass(frozen=True, slots=True)
class Removal:
    """An article whose latest capture says that it is not there any more, since when we know."""

    id: str
    url: str
    status: int
    at: str


@dataclass(frozen=True, slots=True)
class Crawl:
    """One crawl: by its receipt, or where it has none, being under way or killed, by the journal (`exit` is null)."""

    id: str
    newspaper: str | None
    started_at: str | None
    ended_at: str | None
    exit: int | None
    message: str | None
    finished: bool
    resumes: str | None
    has_receipt: bool
    sums: dict[str, int]
    closed: dict[str, str]
    """Host → the sentence that says why it was not asked any more."""


@dataclass(slots=True)
class Paper:
    """One newspaper in the collection. `articles` counts ids, `versions` the lines; days are those of publication."""

    articles: int = 0
    versions: int = 0
    pairs: Counter[str] = field(default_factory=Counter)
    pair_months: dict[str, Counter[str]] = field(default_factory=dict)
    """Month of the translation → pairs by status."""
    problems: Counter[str] = field(default_factory=Counter)
    """By reason."""
    instead: Counter[str] = field(default_factory=Counter)
    """The same, told apart: a consent wall, a login page, an empty shell … (`crawler.layers.shell.instead_of`)."""
    refusals: list[Refusal] = field(default_factory=list)
    removed: list[Removal] = field(default_factory=list)
    closed: list[Closed] = field(default_factory=list)
    robots: list[Change] = field(default_factory=list)
    first_published_on: str | None = None
    last_published_on: str | None = None
    last_capture: str | None = None
    months: Counter[str] = field(default_factory=Counter)
    """Month of capture → bytes of its response records."""
    days: Counter[dt.date] = field(default_factory=Counter)
    """Day → editorials."""
    seen_until: dt.date | None = None
    """The last day of which a crawl that ended well saw all; null where the newspaper is not crawled for itself."""
    weekdays: dict[str, float] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    pace: Pace | None = None
    run: Crawl | None = None
    """Its last crawl."""
    ended: Crawl | None = None
    """Its last crawl that has a receipt: the same, unless one is under way or was killed."""
    last_success: dt.datetime | None = None
    """When the last one began that was finished with exit status 0."""
    schedule: Schedule | None = None
    drift: Drift = field(default_factory=Drift)
    unproven: tuple[Unproven, ...] = ()
    """What its reader has from hearsay only."""


@dataclass(slots=True)
class Status:
    """A whole collection at a moment. `elsewhere` is for hosts that no newspaper owns."""

    collection: str
    at: dt.datetime
    storage: Storage = field(default_factory=Storage)
    running: bool = False
    """Whether a crawl writes to it."""
    has_records: bool = True
    newspapers: dict[str, Paper] = field(default_factory=dict)
    elsewhere: Paper = field(default_factory=Paper)
    crawls: list[Crawl] = field(default_factory=list)

    def paper(self, name: str | None) -> Paper:
        """A newspaper by its name; all others are one."""
        return self.newspapers.setdefault(name, Paper()) if name else self.elsewhere

    def named(self) -> list[tuple[str, Paper]]:
        """The newspapers by name, and then the others."""
        return [*sorted(self.newspapers.items()), ("elsewhere", self.elsewhere)]
