"""What `genbun status` says, as values; `--json` is these, field by field."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from crawler.status.drift import Drift

OUTCOMES = ("fetched", "refused", "failed", "skipped")


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


@dataclass(slots=True)
class Paper:
    """One newspaper in the collection. `articles` counts ids, `versions` the lines; days are those of publication."""

    articles: int = 0
    versions: int = 0
    pairs: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    removed: list[Removal] = field(default_factory=list)
    first_published_on: str | None = None
    last_published_on: str | None = None
    last_capture: str | None = None
    drift: Drift = field(default_factory=Drift)


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


@dataclass(slots=True)
class Status:
    """A whole collection. `elsewhere` is for hosts that no newspaper owns; `attention` is what needs a hand."""

    collection: str
    files: int = 0
    bytes: int = 0
    open: list[str] = field(default_factory=list)
    newspapers: dict[str, Paper] = field(default_factory=dict)
    elsewhere: Paper = field(default_factory=Paper)
    crawls: list[Crawl] = field(default_factory=list)
    attention: list[str] = field(default_factory=list)

    def paper(self, name: str | None) -> Paper:
        """A newspaper by its name; all others are one."""
        return self.newspapers.setdefault(name, Paper()) if name else self.elsewhere

    def as_json(self) -> dict[str, object]:
        """The object that `--json` prints."""
        return {
            "schema": "genbun/status/1",
            "collection": self.collection,
            "attention": self.attention,
            "newspapers": {name: _paper(name, paper) for name, paper in sorted(self.newspapers.items())},
            "elsewhere": {
                "problems": dict(sorted(self.elsewhere.problems.items())),
                "refusals": [_refusal(one) for one in self.elsewhere.refusals],
            },
            "crawls": [_slots(one) for one in self.crawls],
            "archive": {"files": self.files, "bytes": self.bytes, "open": self.open},
        }


def _paper(name: str, paper: Paper) -> dict[str, object]:
    return {
        **_slots(paper),
        "pairs": dict(sorted(paper.pairs.items())),
        "problems": dict(sorted(paper.problems.items())),
        "refusals": [_refusal(one) for one in paper.refusals],
        "removed": [_slots(one) for one in paper.removed],
        "drift": paper.drift.as_json(name),
    }


def _refusal(one: Refusal) -> dict[str, object]:
    values = _slots(one)
    return {("class" if name == "klass" else name): value for name, value in values.items()}


def _slots(value: Paper | Crawl | Removal | Refusal) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}
