"""INDEX → which of its lines are exported, and of each other line why not."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from crawler.errors import UsageError
from crawler.exporting.reading import Records

#: Why a row was left out, as provenance has it → in words.
REASONS: Final = {
    "newspaper": "of another newspaper",
    "no_day": "without a day",
    "day": "of another day",
    "access": "of other access",
    "reserved": "of pages that reserve text and data mining, or leave that unclear",
    "robots": "of pages with such rules for robots",
    "status": "of another status",
    "sample": "not in the sample",
    "in_no_pair": "in none of these pairs",
    "confidence": "less sure than asked",
    "one_side_empty": "with one side empty",
    "members": "for members only (`--members` exports them)",
    "languages": "not English and Japanese",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for. Nothing named means all; days are days in Japan, both included. `robots` are rules whose pages
    are left out, and so are those that reserve text and data mining where `reserved` is false."""

    newspapers: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    statuses: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    reserved: bool = True
    robots: tuple[str, ...] = ()
    min_confidence: float | None = None
    sample: int | None = None
    text: bool = True
    members: bool = False
    history: bool = True

    def as_json(self) -> dict[str, Any]:
        """As provenance has them."""
        return {
            "newspaper": list(self.newspapers) or None,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "status": list(self.statuses) or None,
            "access": list(self.access) or None,
            "leave_out_reserved": not self.reserved,
            "leave_out_robots": list(self.robots) or None,
            "min_confidence": self.min_confidence,
            "sample": self.sample,
            "no_text": not self.text,
            "members": self.members,
            "no_history": not self.history,
        }

    def check(self) -> None:
        """Raise `UsageError` for what makes no sense."""
        if self.since and self.until and self.since > self.until:
            raise UsageError(f"--since {self.since} is after --until {self.until}: no day is in between")
        if self.min_confidence is not None and not 0 <= self.min_confidence <= 1:
            raise UsageError(f"--min-confidence {self.min_confidence}: give a probability, from 0 to 1")
        if self.sample is not None and self.sample < 1:
            raise UsageError(f"--sample {self.sample}: give a number from 1 on")
        if self.members and not self.text:
            raise UsageError("--members asks for words and --no-text for none: give one of them")


#: Which pages say of themselves what is asked to be left out: a rule by its name, its value or not.
_BARRED: Final = """
UPDATE articles SET barred = CASE
    WHEN NOT :reserved AND reservation IN ('reserved', 'unclear') THEN 'reserved'
    WHEN EXISTS (SELECT 1 FROM json_each(articles.robots) said, json_each(:robots) asked
                 WHERE said.value = asked.value OR substr(said.value, 1, length(asked.value) + 1) = asked.value || ':')
         THEN 'robots'
END
"""
_BARRED_PAIRS: Final = """
UPDATE pairs SET barred = COALESCE(
    (SELECT barred FROM articles a WHERE (a.id, a.version) = (pairs.id, pairs.version)),
    (SELECT barred FROM articles a WHERE (a.id, a.version) = (original_id, original_version)))
"""
#: `none` says both; who asks for the one asks for the other.
NONE: Final = frozenset({"noindex", "nofollow"})

#: A pair is chosen by its translation's day, and by the newspaper, access and rights of both its sides.
_PAIRS: Final = """
UPDATE pairs SET why = CASE
    WHEN :newspapers IS NOT NULL AND newspaper NOT IN (SELECT value FROM json_each(:newspapers))
         AND COALESCE(original_newspaper, '') NOT IN (SELECT value FROM json_each(:newspapers)) THEN 'newspaper'
    WHEN day IS NULL AND (:since IS NOT NULL OR :until IS NOT NULL) THEN 'no_day'
    WHEN day < :since OR day > :until THEN 'day'
    WHEN :access IS NOT NULL AND (access NOT IN (SELECT value FROM json_each(:access))
         OR original_access NOT IN (SELECT value FROM json_each(:access))) THEN 'access'
    WHEN barred IS NOT NULL THEN barred
    WHEN :statuses IS NOT NULL AND status NOT IN (SELECT value FROM json_each(:statuses)) THEN 'status'
END
"""
_SAMPLE: Final = """
UPDATE pairs SET why = 'sample' WHERE why IS NULL
    AND id NOT IN (SELECT id FROM pairs WHERE why IS NULL ORDER BY rank, id LIMIT :sample)
"""
_ARTICLES: Final = """
UPDATE articles SET why = CASE
    WHEN :newspapers IS NOT NULL AND newspaper NOT IN (SELECT value FROM json_each(:newspapers)) THEN 'newspaper'
    WHEN day IS NULL AND (:since IS NOT NULL OR :until IS NOT NULL) THEN 'no_day'
    WHEN day < :since OR day > :until THEN 'day'
    WHEN :access IS NOT NULL AND access NOT IN (SELECT value FROM json_each(:access)) THEN 'access'
    WHEN barred IS NOT NULL THEN barred
    WHEN :statuses IS NOT NULL OR :sample IS NOT NULL THEN 'in_no_pair'
END
"""
#: The sides of a chosen pair come with it, whatever the filters say of them alone: no pair names what is not there.
_SIDES: Final = """
UPDATE articles SET why = NULL WHERE (id, version) IN (
    SELECT id, version FROM pairs WHERE why IS NULL
    UNION SELECT original_id, original_version FROM pairs WHERE why IS NULL AND original_id IS NOT NULL
)
"""


def choose(records: Records, filters: Filters) -> None:
    """Note of every line in the index why it is left out; null where it is exported."""
    filters.check()
    _check_newspapers(records.db, filters.newspapers)
    values = {
        "newspapers": _listed(filters.newspapers),
        "since": filters.since and filters.since.isoformat(),
        "until": filters.until and filters.until.isoformat(),
        "access": _listed(filters.access),
        "reserved": filters.reserved,
        "robots": _listed(_rules(filters.robots)),
        "statuses": _listed(filters.statuses),
        "sample": filters.sample,
    }
    if not filters.reserved or filters.robots:
        records.db.execute(_BARRED, values)
        records.db.execute(_BARRED_PAIRS)
    records.db.execute(_PAIRS, values)
    if filters.sample is not None:
        records.db.execute(_SAMPLE, values)
    records.db.execute(_ARTICLES, values)
    records.db.execute(_SIDES)


def unknown_rules(db: sqlite3.Connection, asked: Sequence[str]) -> str | None:
    """Which of the rules for robots no page here gives, and which there are; None where each is given."""
    given = [rule for (rule,) in db.execute("SELECT DISTINCT value FROM articles, json_each(articles.robots)")]
    unknown = [rule for rule in asked if not _is_given(rule, given)]
    if not unknown:
        return None
    names = sorted({rule.partition(":")[0] for rule in given})
    return f"no page here gives robots the rule {' or '.join(unknown)}; there are: {', '.join(names) or 'none'}"


def links_left_out(db: sqlite3.Connection) -> dict[str, int]:
    """How many links of sentences are left out with their pairs, by reason."""
    counted = "SELECT why, SUM(links) FROM pairs WHERE why IS NOT NULL AND links > 0 GROUP BY why ORDER BY why"
    return dict(db.execute(counted).fetchall())


def left_out(db: sqlite3.Connection, table: str) -> dict[str, int]:
    """How many lines are left out, by reason."""
    counted = f"SELECT why, COUNT(*) FROM {table} WHERE why IS NOT NULL GROUP BY why ORDER BY why"  # noqa: S608  # ours
    return dict(db.execute(counted).fetchall())


def _is_given(rule: str, given: Sequence[str]) -> bool:
    """Whether it is one of these, by its name, its value or not: as `_BARRED` has it."""
    return any(f"{one}:".startswith(f"{name}:") for name in _rules([rule]) for one in given)


def _rules(asked: Sequence[str]) -> list[str]:
    """Rules in lower case, and `none` where it says as much."""
    rules = [rule.strip().lower() for rule in asked]
    return [*rules, "none"] if NONE.intersection(rules) else rules


def _listed(values: Sequence[str]) -> str | None:
    return json.dumps(values) if values else None


def _check_newspapers(db: sqlite3.Connection, names: Sequence[str]) -> None:
    held = [name for (name,) in db.execute("SELECT DISTINCT newspaper FROM articles ORDER BY newspaper")]
    for name in names:
        if name not in held:
            raise UsageError(f"--newspaper {name}: nothing here is of it; there are: {', '.join(held) or 'none'}")
