"""What one captured exchange says: an article, a problem, a redirect, or that nothing was got.

The step between archive and lines. `reading_of` is the only way an exchange is interpreted, while crawling and when
records are made again, so both give the same. Readings are held in SQLite (`ReadingStore`): the crawl's are a memory
of pure functions of WARC records, in the journal, and never a source (docs/decisions/0002).
"""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Literal

from archives.capture import Capture
from archives.exchange import Fields
from archives.message import BadMessage, Head, Message, TooLarge
from crawler.addresses import resolve
from crawler.models import Article, Problem, Reason
from crawler.newspapers import all_newspapers, newspaper_for, parse_page

log = logging.getLogger(__name__)

#: The classes of addresses whose pages are read as articles.
PAGE_CLASSES: Final = frozenset({"editorial", "original"})
MAX_BODY: Final = 32 * 1024 * 1024
REFUSALS: Final = frozenset({401, 403, 429, 451})

What = Literal["article", "problem", "redirect", "same", "nothing"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one exchange, or one outcome without any, says of a page that was expected to be an article.

    `target` is where a redirect leads, or the record id that a revisit refers to. `status` is the HTTP status, 0
    where nothing was answered. `outcome` says refused, failed or skipped where a metadata record says so.
    """

    record_id: str
    url: str
    at: str
    what: What
    status: int = 0
    target: str = ""
    outcome: str = ""
    article: Article | None = None
    problem: Problem | None = None
    capture: Capture | None = None


def reading_of(url: str, record_id: str, at: str, capture: Capture | None, message: Message) -> Reading:
    """Interpret a whole response to a request for a page."""
    status = message.head.status
    if 300 <= status < 400 and status != 304:
        location = (message.head.get(b"location") or b"").decode("latin-1")
        target = resolve(url, location) if location else None
        if target == url:
            return _problem(record_id, url, at, status, capture, "failed", f"{status} that leads to itself")
        if target:
            return Reading(record_id, url, at, "redirect", status, target, capture=capture)
        return _problem(record_id, url, at, status, capture, "failed", f"{status} without an address to go to")
    if not 200 <= status < 300:
        return _problem(record_id, url, at, status, capture, "failed", _status_line(status))
    try:
        body = message.body(MAX_BODY)
    except TooLarge as error:
        return _problem(record_id, url, at, status, capture, "undecodable", f"too large: {error}")
    except BadMessage as error:
        return _problem(record_id, url, at, status, capture, "undecodable", str(error))
    mime = (message.head.get(b"content-type") or b"").split(b";", 1)[0].strip().lower()
    if mime and mime not in (b"text/html", b"application/xhtml+xml") and not _looks_like_html(body):
        return _problem(record_id, url, at, status, capture, "not_html", f"the page is {mime.decode('latin-1')[:60]}")
    try:
        read = parse_page(body, url, headers_of(message.head))
    except Exception as error:  # a fault of the reader: the page is kept, and is read again after the fix
        log.error("%s: its reader failed: %s: %s", url, error.__class__.__name__, error)
        detail = f"its reader failed: {error.__class__.__name__}"
        return _problem(record_id, url, at, status, capture, "failed", detail)
    if isinstance(read, Article):
        return Reading(record_id, url, at, "article", status, article=read, capture=capture)
    return Reading(record_id, url, at, "problem", status, problem=read, capture=capture)


def reading_of_cut(url: str, record_id: str, at: str, capture: Capture | None, truncated: str) -> Reading:
    """An answer that did not come whole: whatever it seems to say is not read."""
    status = capture.status if capture else 0
    return _problem(record_id, url, at, status, capture, "failed", f"the answer was cut off ({truncated})")


def reading_of_revisit(url: str, record_id: str, at: str, status: int, refers_to: str) -> Reading:
    """A page that was what it had been: the reading of the record it refers to, at a later time."""
    return Reading(record_id, url, at, "same", status, refers_to)


def reading_of_outcome(url: str, record_id: str, at: str, notes: Fields) -> Reading | None:
    """A page that was expected and not got, as its metadata record says; None if the record says no such thing."""
    said = dict(notes)
    outcome, reason = said.get("outcome"), said.get("reason", "unknown")
    if outcome is None or said.get("class") not in PAGE_CLASSES or reason.startswith("status_"):
        return None  # an answer with such a status is a record of its own, and read as that
    detail = f"{outcome}: {reason}"
    paper = newspaper_for(url)
    problem = Problem(newspaper=paper.name if paper else None, url=url, reason="failed", detail=detail)
    return Reading(record_id, url, at, "nothing", outcome=outcome, problem=problem)


def _problem(record_id: str, url: str, at: str, status: int, capture: Capture | None, reason: Reason,
             detail: str) -> Reading:  # fmt: skip
    paper = newspaper_for(url)
    problem = Problem(newspaper=paper.name if paper else None, url=url, reason=reason, detail=detail)
    return Reading(record_id, url, at, "problem", status, problem=problem, capture=capture)


def headers_of(head: Head) -> list[tuple[str, str]]:
    """A response's headers as `parse_page` takes them."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.fields]


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _looks_like_html(body: bytes) -> bool:
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html"))


_TABLE: Final = """
CREATE TABLE IF NOT EXISTS readings (
    record_id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    at TEXT NOT NULL,
    what TEXT NOT NULL,
    status INTEGER NOT NULL,
    target TEXT NOT NULL,
    outcome TEXT NOT NULL,
    article_id TEXT NOT NULL,
    version_key TEXT NOT NULL,         -- what makes a new version when it changes
    article_url TEXT NOT NULL,
    is_translation INTEGER NOT NULL,
    parser TEXT NOT NULL,              -- name and version of the reader, to read again when it changes
    article TEXT NOT NULL,             -- JSON, or empty
    problem TEXT NOT NULL,
    capture TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS readings_by_article ON readings (article_id, at, record_id) WHERE article_id != '';
CREATE INDEX IF NOT EXISTS readings_by_url ON readings (url, at);
CREATE INDEX IF NOT EXISTS readings_that_say ON readings (url, at) WHERE what != 'same';
CREATE INDEX IF NOT EXISTS readings_of_articles ON readings (url, at) WHERE what = 'article';
CREATE INDEX IF NOT EXISTS readings_by_article_url ON readings (article_url) WHERE article_url != '';
"""


class ReadingStore:
    """Readings on disk, so that a hundred thousand pages need no memory; give it `:memory:` or a journal's database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        db.executescript(_TABLE)

    def add(self, readings: Iterable[Reading]) -> None:
        """Store readings; one with a known record id takes the place of the earlier one."""
        marks = ",".join("?" * 15)
        self.db.executemany(f"INSERT OR REPLACE INTO readings VALUES ({marks})", map(_row, readings))  # noqa: S608

    def has(self, record_id: str) -> bool:
        """Whether a record was read already."""
        return self.db.execute("SELECT 1 FROM readings WHERE record_id = ?", (record_id,)).fetchone() is not None

    def forget_warc(self, name: str) -> None:
        """Drop the readings of a file's records."""
        self.db.execute(
            "DELETE FROM readings WHERE json_extract(NULLIF(capture, ''), '$.warc') = ?", (f"archive/{name}",)
        )

    def warcs_read_by_other_parsers(self) -> set[str]:
        """The files with pages that another version of their reader has read: today's may read them otherwise."""
        current = {
            f"{name} {number}" for name, number in ((paper.name, paper.version) for paper in all_newspapers().values())
        }
        rows = self.db.execute(
            "SELECT DISTINCT parser, json_extract(capture, '$.warc') FROM readings WHERE parser != '' AND capture != ''"
        )
        return {warc.removeprefix("archive/") for parser, warc in rows if parser not in current}


def version_key(article: Article) -> str:
    """What makes a new version of an article when it changes: headline, standfirst and text (DESIGN 3)."""
    return "\x1f".join((article.headline, article.standfirst or "\x00", article.text_digest))


def _row(reading: Reading) -> tuple[object, ...]:
    article = reading.article
    paper = newspaper_for(article.url) if article else None
    return (
        reading.record_id,
        reading.url,
        reading.at,
        reading.what,
        reading.status,
        reading.target,
        reading.outcome,
        article.id if article else "",
        version_key(article) if article else "",
        article.url if article else "",
        int(bool(article and paper and paper.translates and article.kind == "editorial")),
        f"{article.parser.name} {article.parser.version}" if article else "",
        article.line() if article else "",
        reading.problem.line() if reading.problem else "",
        reading.capture.model_dump_json() if reading.capture else "",
    )


def moment(at: str) -> dt.datetime:
    """A WARC-Date as an aware datetime."""
    return dt.datetime.fromisoformat(at)
