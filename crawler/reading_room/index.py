"""The index as pages ask it: entries of the list, articles, pairs, days; read-only, from several threads."""
# ruff: noqa: S608  # statements are put together from constants of this file; what is asked is always a parameter

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crawler.reading_room.filling import unpacked
from crawler.reading_room.tables import connect
from crawler.reading_room.wanted import Wanted

PER_PAGE: Final = 25
MOST_SECTIONS: Final = 80
MOST_HELD: Final = 200  # answers about the whole

Row = dict[str, Any]

_ARTICLES: Final = (
    "SELECT key, id, version, record, newspaper, language, kind, section, headline, day, access, truncated, captured,"
    " size, editions, latest FROM articles"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of entries, and how many there are in all."""

    entries: Sequence[Row]
    total: int


class Index:
    """One index. Each thread has a connection of its own; the oldest state it may see is that of a moment ago."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._held: tuple[str, dict[Any, Any]] = ("", {})

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection."""
        if not hasattr(self._local, "db"):
            self._local.db = connect(self.path)
            self._all.append(self._local.db)
        found: sqlite3.Connection = self._local.db
        return found

    def close(self) -> None:
        """Close all connections."""
        for db in self._all:
            db.close()

    def about(self, name: str) -> Any:
        """What is said of the whole: `papers`, `unreadable`; `name`, `fingerprint` and `updated` are plain text."""
        row = self.db.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        value = row[0] if row else ""
        return json.loads(value) if name in ("papers", "unreadable") else value

    def _once(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """The rows of a question about the whole, asked once for each state of the index."""
        state = self.about("fingerprint")
        held = self._held  # of this state, whatever another thread puts there meanwhile
        if held[0] != state or len(held[1]) > MOST_HELD:
            held = self._held = (state, {})
        if (sql, values) not in held[1]:
            held[1][sql, values] = self.db.execute(sql, values).fetchall()
        return list(held[1][sql, values])

    # articles -------------------------------------------------------------------------------------

    def article(self, article_id: str, version: int | None = None) -> Row | None:
        """What is known of an article's version, else of its latest."""
        return self._one(
            _ARTICLES + " WHERE id = ? AND (version = ? OR (? IS NULL AND latest)) ORDER BY key DESC LIMIT 1",
            (article_id, version, version),
        )

    def of_record(self, record: str) -> Row | None:
        """The version that was read from a record, its latest where there are several."""
        return self._one(_ARTICLES + " WHERE record = ? ORDER BY key DESC LIMIT 1", (record,))

    def editions(self, article_id: str) -> list[Row]:
        """All versions of an article, in order."""
        return self._rows(_ARTICLES + " WHERE id = ? ORDER BY version, key", (article_id,))

    def line(self, key: int) -> Row:
        """The article line itself."""
        return unpacked(self.db.execute("SELECT line FROM lines WHERE key = ?", (key,)).fetchone()[0])

    def all_articles(self) -> list[Row]:
        """Every version of every article."""
        return self._rows(_ARTICLES + " ORDER BY key", ())

    def pair(self, translation: str) -> Row | None:
        """A translation's pair line."""
        row = self.db.execute(
            "SELECT line FROM pairs WHERE id = ? ORDER BY key DESC LIMIT 1", (translation,)
        ).fetchone()
        return unpacked(row[0]) if row else None

    def translations(self, original: str) -> list[str]:
        """The ids of the translations of an original."""
        rows = self.db.execute("SELECT DISTINCT id FROM pairs WHERE original = ? ORDER BY id", (original,))
        return [row[0] for row in rows]

    def problems(self) -> list[Row]:
        """Pages that gave no article."""
        return [unpacked(row[0]) for row in self.db.execute("SELECT line FROM problems ORDER BY url, key")]

    def problem_of_record(self, record: str) -> Row | None:
        """The problem line that a record led to."""
        row = self.db.execute("SELECT line FROM problems WHERE record = ?", (record,)).fetchone()
        return unpacked(row[0]) if row else None

    # the list -------------------------------------------------------------------------------------

    def listed(self, wanted: Wanted, size: int = PER_PAGE) -> Listed:
        """A page of the list. Words find latest versions, with `earlier` all of them."""
        conditions, values = _conditions(wanted)
        query = wanted.query
        if wanted.words and not query:
            return Listed((), 0)
        at = (wanted.page - 1) * size
        if query:
            versions = "" if wanted.earlier else " AND s.latest"
            order = {"newest": "e.day DESC, e.key", "oldest": "e.day, e.key"}.get(wanted.order, "score, e.day DESC")
            sql = (
                "WITH hits AS MATERIALIZED (SELECT rowid AS article, rank AS score FROM words WHERE words MATCH ?)"
                " SELECT e.key, MIN(h.score) AS score, COUNT(*) OVER () AS total"
                f" FROM hits h JOIN sides s ON s.article = h.article{versions} JOIN entries e ON e.key = s.entry"
                f" {conditions} GROUP BY e.key ORDER BY {order} LIMIT ? OFFSET ?"
            )
            rows = self.db.execute(sql, (query, *values, size, at)).fetchall()
            total = rows[0][2] if rows else self._count_hits(wanted, query, conditions, values)
        else:
            order = "e.day, e.key" if wanted.order == "oldest" else "e.day DESC, e.key"
            rows = self.db.execute(
                f"SELECT key FROM entries e {conditions} ORDER BY {order} LIMIT ? OFFSET ?",
                (*values, size, at),
            ).fetchall()
            total = self._once(f"SELECT COUNT(*) FROM entries e {conditions}", tuple(values))[0][0]
        return Listed(self._entries([row[0] for row in rows]), total)

    def _count_hits(self, wanted: Wanted, query: str, conditions: str, values: Sequence[Any]) -> int:
        """Where a page behind the last one is asked for."""
        if wanted.page == 1:
            return 0
        versions = "" if wanted.earlier else " AND s.latest"
        sql = (
            "SELECT COUNT(DISTINCT e.key) FROM words w"
            f" JOIN sides s ON s.article = w.rowid{versions} JOIN entries e ON e.key = s.entry"
            f" {conditions or 'WHERE'}{' AND' if conditions else ''} words MATCH ?"
        )
        return int(self.db.execute(sql, (*values, query)).fetchone()[0])

    def _entries(self, keys: Sequence[int]) -> list[Row]:
        """Entries by key, with the articles of both sides, in that order."""
        asked = json.dumps(keys)
        rows = self._rows(
            "SELECT key, first, second, status, day, edited FROM entries WHERE key IN (SELECT value FROM json_each(?))",
            (asked,),
        )
        articles = json.dumps([row[name] for row in rows for name in ("first", "second") if row[name] is not None])
        facts = {
            fact["key"]: fact
            for fact in self._rows(
                _ARTICLES + " WHERE key IN (SELECT value FROM json_each(?))",
                (articles,),
            )
        }
        found = {
            row["key"]: {**row, "sides": [facts[row[name]] for name in ("first", "second") if row[name] in facts]}
            for row in rows
        }
        return [found[key] for key in keys if key in found]

    def all_entries(self) -> Iterator[Row]:
        """Every entry, the newest first."""
        keys = [row[0] for row in self.db.execute("SELECT key FROM entries ORDER BY day DESC, key")]
        for at in range(0, len(keys), 200):
            yield from self._entries(keys[at : at + 200])

    def earlier(self, entry: Row) -> list[Row]:
        """The versions of an entry's articles before the latest, the newest first."""
        return self._rows(
            _ARTICLES + " WHERE key IN (SELECT article FROM sides WHERE entry = ? AND NOT latest)"
            " ORDER BY version DESC, key DESC",
            (entry["key"],),
        )

    def sections(self, newspaper: str = "") -> list[str]:
        """The sections there are, the largest first."""
        rows = self._once(
            "SELECT section, COUNT(*) FROM articles WHERE latest AND section > '' AND (? = '' OR newspaper = ?)"
            " GROUP BY section ORDER BY 2 DESC, 1 LIMIT ?",
            (newspaper, newspaper, MOST_SECTIONS),
        )
        return [row[0] for row in rows]

    # the whole ------------------------------------------------------------------------------------

    def statuses(self) -> dict[str, int]:
        """How many pairs there are of each status."""
        return dict(self._once("SELECT status, COUNT(*) FROM pairs GROUP BY 1 ORDER BY 2 DESC, 1"))

    def count(self, table: str) -> int:
        """Rows of `entries`, `pairs` or `problems`."""
        if table not in ("articles", "entries", "pairs", "problems"):
            raise ValueError(table)
        return int(self._once(f"SELECT COUNT(*) FROM {table}")[0][0])  # one of those

    def years(self) -> dict[str, dict[str, int]]:
        """Year → newspaper → articles; those without a day under an empty year."""
        found: dict[str, dict[str, int]] = {}
        rows = self._once(
            "SELECT COALESCE(SUBSTR(day, 1, 4), ''), newspaper, COUNT(*) FROM articles WHERE latest GROUP BY 1, 2"
            " ORDER BY 1 DESC"
        )
        for year, newspaper, count in rows:
            found.setdefault(year, {})[newspaper] = count
        return found

    def days(self, newspaper: str, year: str) -> dict[str, int]:
        """Day → articles, of one newspaper in one year."""
        return dict(
            self.db.execute(
                "SELECT day, COUNT(*) FROM articles WHERE latest AND newspaper = ? AND day >= ? AND day < ? GROUP BY 1",
                (newspaper, f"{year}-", f"{year}~"),
            ).fetchall()
        )

    def gaps(self, newspaper: str, year: str) -> set[str]:
        """The days of a year on which an editorial is missed."""
        rows = self.db.execute(
            "SELECT day FROM gaps WHERE newspaper = ? AND day >= ? AND day < ?", (newspaper, f"{year}-", f"{year}~")
        )
        return {row[0] for row in rows}

    def captured(self) -> tuple[str, str]:
        """When the first and the last of the articles were captured."""
        ((first, last),) = self._once("SELECT MIN(captured), MAX(captured) FROM articles")
        return first or "", last or ""

    def _one(self, sql: str, values: Sequence[Any]) -> Row | None:
        cursor = self.db.execute(sql, values)
        row = cursor.fetchone()
        return dict(zip([one[0] for one in cursor.description], row, strict=True)) if row else None

    def _rows(self, sql: str, values: Sequence[Any]) -> list[Row]:
        cursor = self.db.execute(sql, values)
        names = [one[0] for one in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _conditions(wanted: Wanted) -> tuple[str, list[str]]:
    """The filters as SQL. A pair goes by its translation's day, and by either side's newspaper, section and access."""
    found: list[str] = []
    values: list[str] = []
    for name, columns in (
        ("newspaper", ("newspaper", "paper2")), ("section", ("section", "section2")), ("access", ("access", "access2")),
        ("status", ("status",)),
    ):  # fmt: skip
        value = getattr(wanted, name)
        if value:
            found.append("(" + " OR ".join(f"e.{column} = ?" for column in columns) + ")")
            values += [value] * len(columns)
    if wanted.since:
        found.append("e.day >= ?")
        values.append(wanted.since)
    if wanted.until:
        found.append("e.day <= ?")
        values.append(wanted.until)
    if wanted.edited:
        found.append("e.edited")
    return (f"WHERE {' AND '.join(found)}" if found else ""), values
