"""READINGS → LINES: `articles.jsonl`, `problems.jsonl` and `pairs.jsonl`, the same from a crawl and from its WARCs."""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

from archives.capture import Capture
from archives.collection import Collection, replaced
from crawler.aligning import Aligning
from crawler.likeness import Shares
from crawler.models import ArticleLine, Line, PairLine, Problem, ProblemLine
from crawler.newspapers import newspaper_for
from crawler.pairs import MAX_REDIRECTS, line_of, pair_lines
from crawler.readings import ReadingStore

SCHEMAS: Final[dict[str, type[Line]]] = {"article": ArticleLine, "pair": PairLine, "problem": ProblemLine}

_VERSIONS: Final = """
DROP TABLE IF EXISTS temp.versions; DROP TABLE IF EXISTS temp.declared;
CREATE TEMP TABLE versions (
    article_id TEXT NOT NULL, version INTEGER NOT NULL, record_id TEXT NOT NULL, capture TEXT NOT NULL,
    PRIMARY KEY (article_id, version)
) WITHOUT ROWID;
"""
_DECLARED: Final = """
CREATE TEMP TABLE IF NOT EXISTS declared AS SELECT json_extract(article, '$.original.url') AS url FROM readings
WHERE article != ''
"""
_TRANSLATIONS_AFTER: Final = (
    "SELECT v.article_id, r.article, v.version, v.capture FROM temp.versions v"
    " JOIN readings r ON r.record_id = v.record_id WHERE v.article_id > ? AND r.is_translation AND v.version ="
    " (SELECT MAX(version) FROM temp.versions w WHERE w.article_id = v.article_id) ORDER BY v.article_id LIMIT ?"
)
AT_ONCE: Final = 100  # translations


@dataclass(slots=True)
class Written:
    """How many lines there are now, pairs by status, how many of them have an alignment, and how many can have none."""

    articles: int = 0
    versions: int = 0
    problems: int = 0
    pairs: dict[str, int] = field(default_factory=dict)
    aligned: int = 0
    not_aligned: int = 0


def write_lines(store: ReadingStore, collection: Collection, alignments: Aligning, shares: Shares) -> Written:
    """Write all three files and the schemas, each replaced as a whole; returns what they hold."""
    collection.records.mkdir(parents=True, exist_ok=True)
    written = Written()
    _number_versions(store.db)
    with replaced(collection.records / "articles.jsonl") as path:
        written.versions = _write(path, article_lines(store.db))
    written.articles = store.db.execute("SELECT COUNT(DISTINCT article_id) FROM temp.versions").fetchone()[0]
    with replaced(collection.records / "problems.jsonl") as path:
        written.problems = _write(path, problem_lines(store.db))
    with replaced(collection.records / "pairs.jsonl") as path, path.open("w", encoding="utf-8", newline="\n") as out:
        for pair in pair_lines(store.db, latest_translations(store.db), alignments, shares):
            out.write(pair.line() + "\n")
            written.pairs[pair.status] = written.pairs.get(pair.status, 0) + 1
            written.aligned += pair.alignment is not None
            written.not_aligned += pair.not_aligned is not None
    write_schemas(collection.records / "schema")
    return written


def article_lines(db: sqlite3.Connection) -> Iterator[ArticleLine]:
    """A line per distinct version of each article, by id and version."""
    rows = db.execute(
        "SELECT r.article, v.version, v.capture FROM temp.versions v JOIN readings r ON r.record_id = v.record_id"
        " ORDER BY v.article_id, v.version"
    )
    for article, version, capture in rows:
        yield line_of(article, version, capture)


def latest_translations(db: sqlite3.Connection) -> Iterator[ArticleLine]:
    """The latest version of each editorial in a translating newspaper, by id.

    A few at a time: whoever takes them also writes, and while a query is open SQLite's write-ahead log only grows.
    """
    last = ""
    while rows := db.execute(_TRANSLATIONS_AFTER, (last, AT_ONCE)).fetchall():
        for _, article, version, capture in rows:
            yield line_of(article, version, capture)
        last = rows[-1][0]


def problem_lines(db: sqlite3.Connection) -> Iterator[ProblemLine]:
    """A line for each address that was expected to be an article and never gave one, by address."""
    return heapq.merge(_problems(db), _loops(db), key=lambda line: line.url)


def _loops(db: sqlite3.Connection) -> Iterator[ProblemLine]:
    """Addresses whose redirects lead back to themselves: a line for the first of each circle that was asked."""
    found: list[ProblemLine] = []
    told: set[str] = set()
    rows = db.execute(
        "SELECT url, capture FROM (SELECT url, capture, at, record_id, ROW_NUMBER() OVER"
        " (PARTITION BY url ORDER BY at, record_id) AS nth FROM readings WHERE what = 'redirect')"
        " WHERE nth = 1 ORDER BY at, record_id"
    )
    for url, capture in rows:
        circle = _circle(db, url)
        if circle and told.isdisjoint(circle) and not _are_originals(db, circle):
            told.update(circle)
            paper = newspaper_for(url)
            found.append(
                ProblemLine(
                    newspaper=paper.name if paper else None,
                    url=url,
                    reason="failed",
                    detail=f"its redirects lead back to it, by way of {len(circle)} addresses",
                    capture=Capture.model_validate_json(capture) if capture else None,
                )
            )
    yield from sorted(found, key=lambda line: line.url)


def _are_originals(db: sqlite3.Connection, urls: list[str]) -> bool:
    """Whether a translation declares one of them as its original: then its pair says what became of it."""
    db.execute(_DECLARED)
    db.execute("CREATE INDEX IF NOT EXISTS temp.declared_urls ON declared (url)")
    query = "SELECT 1 FROM temp.declared WHERE url IN (SELECT value FROM json_each(?))"
    return db.execute(query, (json.dumps(urls),)).fetchone() is not None


def _circle(db: sqlite3.Connection, url: str) -> list[str]:
    """The addresses of the circle that archived redirects from an address run into; empty if they come to an end."""
    seen: list[str] = []
    while url not in seen:
        row = db.execute(
            "SELECT what, target FROM readings WHERE url = ? AND what != 'same'"
            " ORDER BY at DESC, record_id DESC LIMIT 1",
            (url,),
        ).fetchone()
        if row is None or row[0] != "redirect" or len(seen) > MAX_REDIRECTS:
            return []
        seen.append(url)
        url = row[1]
    return seen


def _problems(db: sqlite3.Connection) -> Iterator[ProblemLine]:
    """The latest problem of each address at which no article was ever read, by address.

    Its capture is the latest answer there, which may be one that was cut off.
    """
    rows = db.execute("SELECT url, problem, capture FROM readings WHERE problem != '' ORDER BY url, at, record_id")
    for url, readings in groupby(rows, key=lambda row: row[0]):
        problem = capture = ""
        for _, problem, captured in readings:  # noqa: B007  # the last one counts
            capture = captured or capture
        if db.execute("SELECT 1 FROM readings WHERE url = ? AND what = 'article'", (url,)).fetchone():
            continue
        read = Problem.model_validate_json(problem)
        kept = Capture.model_validate_json(capture) if capture else None
        yield ProblemLine(**dict(read), capture=kept)


def _number_versions(db: sqlite3.Connection) -> None:
    """Count versions: captures in order of (WARC-Date, record id), a new one where what is read differs from before."""
    db.executescript(_VERSIONS)
    rows = db.execute(
        "SELECT COALESCE(held.article_id, r.article_id) AS id, COALESCE(held.version_key, r.version_key),"
        " COALESCE(held.record_id, r.record_id), COALESCE(held.capture, r.capture)"
        " FROM readings r LEFT JOIN readings held ON r.what = 'same' AND held.record_id = r.target"
        " WHERE COALESCE(held.article_id, r.article_id) != '' ORDER BY id, r.at, r.record_id"
    )
    current, key, version = "", "", 0
    for article_id, version_key, record_id, capture in rows:
        if article_id != current:
            current, key, version = article_id, "", 0
        if version_key != key:
            key, version = version_key, version + 1
            db.execute("INSERT INTO temp.versions VALUES (?,?,?,?)", (article_id, version, record_id, capture))


def _write(path: Path, lines: Iterator[Line]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for line in lines:
            out.write(line.line() + "\n")
            count += 1
    return count


def schema_of(model: type[Line]) -> str:
    """The JSON Schema (2020-12) of a line kind, as text."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(mode="serialization"),
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path) -> None:
    """Write `article.json`, `pair.json` and `problem.json` beside the lines."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in SCHEMAS.items():
        path = folder / f"{name}.json"
        text = schema_of(model)
        if not path.exists() or path.read_text("utf-8") != text:
            with replaced(path) as new:
                new.write_text(text, encoding="utf-8", newline="\n")
