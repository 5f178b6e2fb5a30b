"""A dataset folder: Parquet in splits by date, a data card (README.md), and Croissant (croissant.json)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Any, Final

from crawler.exporting.columns import json_of
from crawler.exporting.formats import writer
from crawler.exporting.formats.card import card_of
from crawler.exporting.formats.croissant import croissant_of
from crawler.exporting.formats.parquet import GROUP_BYTES, Table, library
from crawler.exporting.rows import Row

#: Oldest first. The last tenth of aligned pairs by their day is the test, the tenth before it the validation; days stay
#: whole, and whatever is not aligned goes by the same days.
SPLITS: Final = ("train", "validation", "test")
SHARE: Final = 0.1

#: A pair's day here is the latest of all translations of its original, so that no original is in two splits.
_DAYS: Final = """
CREATE TEMP TABLE days AS SELECT id, COALESCE(original_id, id) AS held,
    MAX(day) OVER (PARTITION BY COALESCE(original_id, id)) AS day, links FROM pairs WHERE why IS NULL;
CREATE INDEX temp.days_by_held ON days (held);
CREATE INDEX temp.days_by_id ON days (id);
"""
#: What the tenths are tenths of: the first of these that there are, each by its days, oldest first.
_COUNTED: Final = {
    "aligned pairs": "SELECT day, COUNT(*) FROM days WHERE day IS NOT NULL AND links > 0 GROUP BY day ORDER BY day",
    "pairs": "SELECT day, COUNT(*) FROM days WHERE day IS NOT NULL GROUP BY day ORDER BY day",
    "articles": "SELECT day, COUNT(DISTINCT id) FROM articles WHERE why IS NULL AND day IS NOT NULL"
    " GROUP BY day ORDER BY day",
}
_SPLIT: Final = "CASE WHEN day >= :test THEN 'test' WHEN day >= :validation THEN 'validation' ELSE 'train' END"
_PAIRS: Final = f"""
UPDATE pairs SET split = (SELECT {_SPLIT} FROM (SELECT day FROM days WHERE days.id = pairs.id)) WHERE why IS NULL
"""  # noqa: S608  # ours
#: All versions of an article go with its pair; an article of no pair goes by the last day of its versions.
_ARTICLES: Final = f"""
UPDATE articles SET split = (SELECT {_SPLIT} FROM (SELECT COALESCE(
    (SELECT MAX(day) FROM days WHERE days.id = articles.id), (SELECT MAX(day) FROM days WHERE held = articles.id),
    (SELECT MAX(day) FROM articles a WHERE a.id = articles.id)) AS day)) WHERE why IS NULL
"""  # noqa: S608  # ours


class Writer(writer.Writer):
    """`data/<table>/<split>.parquet`; a split without rows has no file."""

    next = ("python -c \"from datasets import load_dataset; print(load_dataset('{path}', '{table}'))\"",)

    def begin(self) -> None:
        """Say for every line which split it belongs to."""
        self.made_with = {"pyarrow": str(library("pyarrow").__version__)}
        self.notes = {"splits": _split(self.job.records.db)}
        self._files: dict[tuple[str, str], Table] = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._split = ""

    def add(self, table: str, row: Row) -> None:
        """Write a row into its split."""
        if table == "articles":
            self._split = self._found(
                "SELECT split FROM articles WHERE (id, version) = (?, ?)", row["id"], row["version"]
            )
        elif table == "history":
            self._split = self._found(
                "SELECT MIN(split) FROM articles WHERE id = ? AND split IS NOT NULL", row["article_id"]
            )
        elif table == "pairs":  # and its sentences, which follow
            self._split = self._found("SELECT split FROM pairs WHERE id = ?", row["id"])
        place = table, self._split
        if place not in self._files:
            path = self.job.path / "data" / table / f"{self._split}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._files[place] = Table(table, path, GROUP_BYTES // len(SPLITS))
            self.stack.callback(self._files[place].close)
        self._files[place].add(row)
        self._counts[place] += 1
        self.written[table] += 1

    def finish(self, provenance: dict[str, Any]) -> None:
        """Write what is still held, the card and Croissant."""
        for file in self._files.values():
            file.finish()
        counts = {
            table: {split: self._counts[table, split] for split in SPLITS if (table, split) in self._counts}
            for table in provenance["written"]
        }
        with self.open(self.job.path / "README.md") as out:
            out.write(card_of(provenance, counts))
        with self.open(self.job.path / "croissant.json") as out:
            out.write(json_of(croissant_of(self.job.path, provenance, counts)) + "\n")

    def _found(self, query: str, *values: object) -> str:
        return str(self.job.records.db.execute(query, values).fetchone()[0])


def _split(db: sqlite3.Connection) -> dict[str, Any]:
    """Note every line's split; returns the first days of validation and test."""
    db.executescript(_DAYS)
    by_days = ((name, db.execute(query).fetchall()) for name, query in _COUNTED.items())
    counted, by_day = next(((name, days) for name, days in by_days if days), ("articles", []))
    begins = first_days(by_day)
    db.execute(_PAIRS, begins)
    db.execute(_ARTICLES, begins)
    by = "the translation's day in Japan, or an article's own where it is in no pair"
    return {"by": by, "counted": counted, **begins}


def first_days(by_day: list[tuple[str, int]]) -> dict[str, str | None]:
    """On which day validation and test begin, by how many aligned pairs there are of each day, oldest first."""
    share = SHARE * sum(count for _, count in by_day)
    test = _first_day(by_day, share)
    return {
        "validation": _first_day([(day, count) for day, count in by_day if test and day < test], share),
        "test": test,
    }


def _first_day(by_day: list[tuple[str, int]], share: float) -> str | None:
    """The first day of the last days that have at most so many pairs; at least the last day, never the first."""
    held, first = 0, None
    for day, count in reversed(by_day[1:]):
        if first is not None and held + count > share:
            break
        first, held = day, held + count
    return first
