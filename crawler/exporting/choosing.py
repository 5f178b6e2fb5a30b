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
    """What is asked for. Nothing named means all; days are days in Japan, both included."""

    newspapers: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    statuses: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    min_confidence: float | None = None
    sample: int | None = None
    text: bool = True
    members: bool = False

    def as_json(self) -> dict[str, Any]:
        """As provenance has them."""
        return {
            "newspaper": list(self.newspapers) or None,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "status": list(self.statuses) or None,
            "access": list(self.access) or None,
            "min_confidence": self.min_confidence,
            "sample": self.sample,
            "no_text": not self.text,
            "members": self.members,
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


#: A pair is chosen by its translation's day, and by the newspaper and access of both its sides.
_PAIRS: Final = """
UPDATE pairs SET why = CASE
    WHEN :newspapers IS NOT NULL AND newspaper NOT IN (SELECT value FROM json_each(:newspapers))
         AND COALESCE(original_newspaper, '') NOT IN (SELECT value FROM json_each(:newspapers)) THEN 'newspaper'
    WHEN day IS NULL AND (:since IS NOT NULL OR :until IS NOT NULL) THEN 'no_day'
    WHEN day < :since OR day > :until THEN 'day'
    WHEN :access IS NOT NULL AND (access NOT IN (SELECT value FROM json_each(:access))
         OR original_access NOT IN (SELECT value FROM json_each(:access))) THEN 'access'
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
        "statuses": _listed(filters.statuses),
        "sample": filters.sample,
    }
    records.db.execute(_PAIRS, values)
    if filters.sample is not None:
        records.db.execute(_SAMPLE, values)
    records.db.execute(_ARTICLES, values)
    records.db.execute(_SIDES)


def left_out(db: sqlite3.Connection, table: str) -> dict[str, int]:
    """How many lines are left out, by reason."""
    counted = f"SELECT why, COUNT(*) FROM {table} WHERE why IS NOT NULL GROUP BY why ORDER BY why"  # noqa: S608  # ours
    return dict(db.execute(counted).fetchall())


def _listed(values: Sequence[str]) -> str | None:
    return json.dumps(values) if values else None


def _check_newspapers(db: sqlite3.Connection, names: Sequence[str]) -> None:
    held = [name for (name,) in db.execute("SELECT DISTINCT newspaper FROM articles ORDER BY newspaper")]
    for name in names:
        if name not in held:
            raise UsageError(f"--newspaper {name}: nothing here is of it; there are: {', '.join(held) or 'none'}")
