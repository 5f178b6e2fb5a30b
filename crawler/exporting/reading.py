"""COLLECTION → an index of its lines: whose each is and where it stands, so that no text need be held.

Every line is checked on the way, before anything is written. The two files stay open: a crawl that replaces them
meanwhile changes nothing here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self, TypeVar

from pydantic import BaseModel

from archives.bounded import lines_of, model_of
from archives.collection import Collection
from crawler.errors import NothingFound, NotVerified
from crawler.models import ArticleLine, Evidence, Line, PairLine, Rights
from crawler.text import digest_of, text_of

TABLES: Final = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;
CREATE TABLE articles (
    id TEXT, version INTEGER, at INTEGER, size INTEGER, line INTEGER, newspaper TEXT, access TEXT, truncated INTEGER,
    day TEXT, digest TEXT, captured TEXT, robots TEXT, reservation TEXT, looked INTEGER, barred TEXT, why TEXT,
    split TEXT, PRIMARY KEY (id, version)
) WITHOUT ROWID;
CREATE TABLE pairs (
    id TEXT PRIMARY KEY, at INTEGER, size INTEGER, line INTEGER, rank TEXT, status TEXT, links INTEGER,
    version INTEGER, original_id TEXT, original_version INTEGER, newspaper TEXT, day TEXT, access TEXT,
    original_newspaper TEXT, original_access TEXT, barred TEXT, why TEXT, split TEXT
) WITHOUT ROWID;
"""

_SIDES: Final = """
UPDATE pairs SET
    (newspaper, day, access) = (SELECT newspaper, day, access FROM articles a
                                WHERE (a.id, a.version) = (pairs.id, pairs.version)),
    (original_newspaper, original_access) = (SELECT newspaper, access FROM articles a
                                             WHERE (a.id, a.version) = (original_id, original_version))
"""

#: Is told how many bytes more were read.
Moved = Callable[[int], None]


Kind = TypeVar("Kind", bound=BaseModel)


class Records:
    """The article and pair lines of a collection, by an index; `with` closes them."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.digests: dict[str, str] = {}
        self._stack = ExitStack()
        self.db = sqlite3.connect("", isolation_level=None)  # on disk, nameless, gone when it is closed
        self._stack.callback(self.db.close)
        self.db.executescript(TABLES)

    def __enter__(self) -> Self:
        try:
            self._articles, self._pairs = self._open("articles.jsonl"), self._open("pairs.jsonl")
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    @property
    def size(self) -> int:
        """Bytes there are to index."""
        return sum(Path(file.name).stat().st_size for file in (self._articles, self._pairs))

    def index(self, moved: Moved) -> None:
        """Read and check every line. Raises `NotVerified`, which names the file and the line that is wrong."""
        self.db.execute("BEGIN")
        for line, at, number in self._lines(self._articles, moved):
            self._index_article(line, at, number)
        for line, at, number in self._lines(self._pairs, moved):
            self._index_pair(line, at, number)
        self.db.execute(_SIDES)
        self._check_sides()
        self.db.execute("COMMIT")

    def article(self, at: int) -> dict[str, Any]:
        """The article line that begins there."""
        return _json_at(self._articles, at, ArticleLine)

    def article_named(self, article_id: str, version: int) -> dict[str, Any]:
        """An article line."""
        row = self.db.execute("SELECT at FROM articles WHERE (id, version) = (?, ?)", (article_id, version)).fetchone()
        return self.article(row[0])

    def texts_of(self, article_id: str) -> Iterator[bytes]:
        """An article's lines as they stand, by version."""
        rows = self.db.execute("SELECT at FROM articles WHERE id = ? ORDER BY version", (article_id,)).fetchall()
        for (at,) in rows:
            self._articles.seek(at)
            yield self._articles.readline()

    def pair(self, at: int) -> dict[str, Any]:
        """The pair line that begins there."""
        return _json_at(self._pairs, at, PairLine)

    def disagrees(self, name: str, number: int, what: str) -> NotVerified:
        """What to raise for a line that is not as it should be."""
        return NotVerified(
            f"{self.collection.records / name}, line {number}: {what}; nothing was written. If a crawl is running, "
            f"export when it has ended; else `genbun rebuild {self.collection.path}` makes records anew from archive/"
        )

    def _open(self, name: str) -> IO[bytes]:
        path = self.collection.records / name
        try:
            return self._stack.enter_context(path.open("rb"))
        except FileNotFoundError:
            if not self.collection.warcs():
                raise NothingFound(f"{self.collection.path}: holds no WARC file and no records; crawl first") from None
            raise NotVerified(
                f"{path}: is not there, so a crawl has not ended or records were removed; the next `genbun crawl` goes "
                f"on with it, `genbun rebuild {self.collection.path}` makes records from archive/ alone"
            ) from None

    def _lines(self, file: IO[bytes], moved: Moved) -> Iterator[tuple[bytes, int, int]]:
        """Each line, where it begins and its number; the whole file's digest is noted."""
        name, at, digest = Path(file.name).name, 0, hashlib.sha256()
        for number, line in enumerate(lines_of(file), 1):
            if not line.endswith(b"\n"):
                raise self.disagrees(name, number, "is cut off, it has no line end, or is longer than any page")
            yield line, at, number
            at += len(line)
            digest.update(line)
            moved(len(line))
        self.digests[name] = f"sha256:{digest.hexdigest()}"

    def _read(self, kind: type[Kind], name: str, line: bytes, number: int) -> Kind:
        try:
            return model_of(kind, line)
        except ValueError as error:
            raise self.disagrees(name, number, f"is no such line ({error})") from None

    def _index_article(self, line: bytes, at: int, number: int) -> None:
        article = self._read(ArticleLine, "articles.jsonl", line, number)
        if article.version is None or article.capture is None:
            raise self.disagrees("articles.jsonl", number, "names no capture, or no version")
        if article.text != text_of(article.blocks) or article.text_digest != digest_of(article.text):
            raise self.disagrees("articles.jsonl", number, "has a text that is not that of its blocks, or its digest")
        day = article.published_on.isoformat() if article.published_on else None
        captured = f"{article.capture.captured_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
        rights = article.rights
        robots = None if rights.robots is None else json.dumps(rights.robots)
        row = (article.id, article.version, at, len(line), number, article.newspaper, article.access, article.truncated,
               day, article.text_digest, captured, robots, rights.tdm_reservation, bool(rights.looked_in))  # fmt: skip
        self._insert("articles", row, number)

    def _index_pair(self, line: bytes, at: int, number: int) -> None:
        pair = self._read(PairLine, "pairs.jsonl", line, number)
        if pair.id != pair.translation.id:
            raise self.disagrees("pairs.jsonl", number, "has an id that is not its translation's")
        if pair.alignment and not pair.original:
            raise self.disagrees("pairs.jsonl", number, "is aligned, and has no original")
        original = (pair.original.id, pair.original.version) if pair.original else (None, None)
        rank = hashlib.sha256(pair.id.encode()).hexdigest()
        links = len(pair.alignment.sentences) if pair.alignment else None
        row = (pair.id, at, len(line), number, rank, pair.status, links, pair.translation.version, *original)
        self._insert("pairs", row, number)

    def _insert(self, table: str, row: tuple[Any, ...], number: int) -> None:
        names = {
            "articles": "id, version, at, size, line, newspaper, access, truncated, day, digest, captured, robots, "
            "reservation, looked",
            "pairs": "id, at, size, line, rank, status, links, version, original_id, original_version",
        }[table]
        try:
            self.db.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608  # constants
        except sqlite3.IntegrityError:
            raise self.disagrees(f"{table}.jsonl", number, f"says {row[0]} again, as a line before it did") from None

    def _check_sides(self) -> None:
        """Every pair's sides are among the articles."""
        row = self.db.execute(
            "SELECT line, id FROM pairs WHERE newspaper IS NULL"
            " OR (original_id IS NOT NULL AND original_newspaper IS NULL) ORDER BY line LIMIT 1"
        ).fetchone()
        if row:
            raise self.disagrees(
                "pairs.jsonl", row[0], f"names a version of a side of {row[1]} that articles.jsonl lacks"
            )


def _json_at(file: IO[bytes], at: int, kind: type[Line]) -> dict[str, Any]:
    """The line that begins there, with every field that its kind has today: an older one may lack the newest."""
    file.seek(at)
    text = file.readline()
    line: dict[str, Any] = json.loads(text)
    inner, model = _NEWEST[kind]
    if len(line) == len(kind.model_fields) and len(line[inner]) == len(model.model_fields):
        return line
    return kind.model_validate_json(text).model_dump(mode="json", by_alias=True)


#: The objects within lines that gained fields.
_NEWEST: Final[dict[type[Line], tuple[str, type[BaseModel]]]] = {
    ArticleLine: ("rights", Rights),
    PairLine: ("evidence", Evidence),
}
