"""SQLite: the three tables with their keys, full-text search in both languages, and provenance; datasette opens it.

Rows go into a file that is then copied by VACUUM: the same rows give the same bytes, under the same SQLite.
"""

from __future__ import annotations

import os
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from crawler.errors import UsageError
from crawler.exporting.columns import Column, flat_columns, flat_reader, json_of
from crawler.exporting.formats import writer
from crawler.exporting.formats.datasette import FOLDS, SEARCHED, folds, metadata
from crawler.exporting.formats.search import TOKENIZER, indexed
from crawler.exporting.rows import Row

APPLICATION: Final = 0x67656E62  # "genb", for `file` and others that look
PRAGMAS: Final = f"""
PRAGMA page_size=8192; PRAGMA encoding='UTF-8'; PRAGMA auto_vacuum=NONE; PRAGMA application_id={APPLICATION};
PRAGMA user_version=2; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;
PRAGMA cache_size=-32000; PRAGMA temp_store=FILE; PRAGMA foreign_keys=OFF;
"""
TYPES: Final = {"whole": "INTEGER", "truth": "INTEGER", "number": "REAL"}  # all else is TEXT
KEYS: Final = {
    "articles": ("key INTEGER PRIMARY KEY",),
    "pairs": (
        "key INTEGER PRIMARY KEY",
        "translation_key INTEGER NOT NULL REFERENCES articles(key)",
        "original_key INTEGER REFERENCES articles(key)",
    ),
    "sentences": ("key INTEGER PRIMARY KEY", "pair_key INTEGER NOT NULL REFERENCES pairs(key)"),
    "history": (
        "key INTEGER PRIMARY KEY",
        "from_key INTEGER REFERENCES articles(key)",
        "to_key INTEGER REFERENCES articles(key)",
    ),
}
UNIQUE: Final = {
    "articles": "id, version",
    "pairs": "id",
    "sentences": "pair_id, number",
    "history": "article_id, number",
}
INDEXES: Final = """
CREATE INDEX articles_by_day ON articles (newspaper, published_on);
CREATE INDEX pairs_by_translation ON pairs (translation_key);
CREATE INDEX pairs_by_original ON pairs (original_key);
CREATE INDEX pairs_by_status ON pairs (status);
CREATE INDEX sentences_by_pair ON sentences (pair_key);
CREATE INDEX history_by_from ON history (from_key);
CREATE INDEX history_by_to ON history (to_key);
"""
NEXT: Final = (
    'sqlite3 {path} "SELECT headline FROM articles WHERE key IN '
    "(SELECT rowid FROM articles_fts WHERE articles_fts MATCH '%s')\""
)
#: Words that FTS5 takes without quotation marks, and that are one token: two ideographs alone, or letters.
EXAMPLES: Final = (
    re.compile(r"(?<![\u3005\u3400-\u9fff])[\u3400-\u9fff]{2}(?![\u3005\u3400-\u9fff])"),
    re.compile(r"\b[A-Za-z]{4,}\b"),
)


class Writer(writer.Writer):
    """One file, and beside it metadata for datasette."""

    next: tuple[str, ...] = ("datasette {path} -m {path}.metadata.json",)

    def begin(self) -> None:
        """Make the tables, in a file that is copied at the end."""
        self.made_with = {"sqlite": sqlite3.sqlite_version}
        self._rough = self.job.path.with_name(f".{self.job.path.name}.rough")
        self._db = sqlite3.connect(self._rough, isolation_level=None)
        self.stack.callback(self._rough.unlink, missing_ok=True)
        self.stack.callback(self._db.close)
        self._db.executescript(PRAGMAS)
        for table in self.job.format.tables:
            self._db.execute(_table(table, flat_columns(table)))
        self._searched = SEARCHED if self.job.filters.text else {}
        for table, names in self._searched.items():
            self._make_search(table, names)
        self._insert = {
            table: f"INSERT INTO {table} VALUES ({', '.join('?' * (len(KEYS[table]) + len(flat_columns(table))))})"  # noqa: S608  # ours
            for table in self.job.format.tables
        }
        self._index = {
            table: f"INSERT INTO {table}_fts (rowid, {', '.join(names)}) VALUES (?{', ?' * len(names)})"  # noqa: S608  # ours
            for table, names in self._searched.items()
        }
        self._readers = {table: flat_reader(table) for table in self.job.format.tables}
        self._db.execute("BEGIN")
        if self._searched:
            self._make_folds()

    def add(self, table: str, row: Row) -> None:
        """Insert a row, and what is searched of it."""
        self.written[table] += 1
        key = self.written[table]
        values = [self.clean(value) if isinstance(value, str) else value for value in self._readers[table](row)]
        self._db.execute(self._insert[table], (key, *self._references(table, row), *values))
        if names := self._searched.get(table):
            words = [indexed(row[name]) for name in names]
            self._db.execute(self._index[table], (key, *words))

    def finish(self, provenance: dict[str, Any]) -> None:
        """Write provenance and indexes, and copy it all."""
        self._db.execute("COMMIT")
        self._db.executescript(INDEXES)
        self._db.execute("CREATE TABLE provenance (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
        rows = ((key, value if isinstance(value, str) else json_of(value)) for key, value in provenance.items())
        self._db.executemany("INSERT INTO provenance VALUES (?, ?)", rows)
        for table in self._searched:
            self._db.execute(f"INSERT INTO {table}_fts ({table}_fts) VALUES ('optimize')")  # noqa: S608  # ours
        self._db.execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(self.job.path),))  # as UTF-8, whatever the locale
        (beside,) = self.job.format.beside
        name = os.fsencode(self.job.path.stem).decode("utf-8", "replace")
        said = metadata(name, provenance, self.job.format.tables, is_searched=bool(self._searched))
        with self.open(self.job.path.with_name(f"{self.job.path.name}.{beside}")) as out:
            out.write(json_of(said) + "\n")
        if self._searched and (example := self._example()):
            self.next += (NEXT % example,)

    def _references(self, table: str, row: Row) -> Sequence[int | None]:
        if table == "pairs":
            return [self._article(row["translation"]), self._article(row["original"])]
        if table == "history":
            return [self._version(row["article_id"], row[f"{name}_version"]) for name in ("from", "to")]
        return [self.written["pairs"]] if table == "sentences" else []  # a pair's sentences come after it

    def _article(self, side: Row | None) -> int | None:
        if side is None:
            return None
        return self._version(side["id"], side["version"])

    def _version(self, article_id: str, version: int) -> int | None:
        """The row of a version, if it is in the export: with `--status` only the latest is."""
        found = self._db.execute("SELECT key FROM articles WHERE (id, version) = (?, ?)", (article_id, version))
        row = found.fetchone()
        return row[0] if row else None

    def _example(self) -> str | None:
        """A word that a headline has, a Japanese one if there is any."""
        for word in EXAMPLES:
            for (headline,) in self._db.execute("SELECT headline FROM articles ORDER BY key"):
                if found := word.search(unicodedata.normalize("NFKC", headline)):
                    return found[0].lower()
        return None

    def _make_folds(self) -> None:
        self._db.execute(f"CREATE TABLE {FOLDS} (written TEXT PRIMARY KEY, folded TEXT NOT NULL) WITHOUT ROWID")
        self._db.executemany(f"INSERT INTO {FOLDS} VALUES (?, ?)", folds())  # noqa: S608  # ours

    def _make_search(self, table: str, names: tuple[str, ...]) -> None:
        """The index of a table: without content, since what is indexed is not what the table holds."""
        try:
            self._db.execute(
                f"CREATE VIRTUAL TABLE {table}_fts USING fts5({', '.join(names)}, content='', tokenize='{TOKENIZER}')"
            )
        except sqlite3.OperationalError as error:
            raise UsageError(
                f"this Python's SQLite {sqlite3.sqlite_version} has no FTS5 ({error}); take another"
            ) from None


def _table(table: str, columns: Sequence[Column]) -> str:
    fields = [f"{one.name} {TYPES.get(one.kind, 'TEXT')}{'' if one.nullable else ' NOT NULL'}" for one in columns]
    return f"CREATE TABLE {table} ({', '.join([*KEYS[table], *fields, f'UNIQUE ({UNIQUE[table]})'])})"
