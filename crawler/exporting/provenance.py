"""What an export says of itself: which collection and crawls, what was asked, written and left out, and why."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Final

from archives.bounded import lines_of, object_in, value_of
from archives.collection import OPEN, Collection
from crawler.exporting.changing import Changes
from crawler.exporting.choosing import Filters, left_out, links_left_out, unknown_rules
from crawler.exporting.formats import Format, Writer
from crawler.exporting.making import Maker
from crawler.exporting.reading import Records
from crawler.version import VERSION

#: Of each newspaper: what is said, and in how many versions of articles.
_ACCESS: Final = "SELECT newspaper, access, COUNT(*) FROM articles WHERE why IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
_RESERVATION: Final = (
    "SELECT newspaper, CASE WHEN looked THEN COALESCE(reservation, 'not_said') ELSE 'not_looked' END, COUNT(*)"
    " FROM articles WHERE why IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
)
_ROBOTS: Final = (
    "SELECT newspaper, COALESCE(value, CASE WHEN NOT looked THEN 'not_looked' WHEN robots IS NULL THEN 'not_said'"
    " ELSE 'unclear' END), COUNT(*) FROM articles LEFT JOIN json_each(articles.robots) WHERE why IS NULL"
    " GROUP BY 1, 2 ORDER BY 1, 2"
)
NOT_LOOKED: Final = "not asked for (--no-history): what changed between versions is neither written nor counted"
_CAPTURED: Final = "SELECT MIN(captured), MAX(captured) FROM articles WHERE why IS NULL"


def origin_of(collection: Collection, format_: Format, filters: Filters) -> dict[str, Any]:
    """What is known before any row. Names no folder of this machine but the collection's own."""
    return {
        "schema": "genbun/provenance/1",
        "collection": shown(collection.path.resolve().name),
        "genbun": VERSION,
        "format": format_.name,
        "filters": filters.as_json(),
        "crawls": _crawls(collection),
        "unfinished": [path.name for path in collection.warcs() if path.name.endswith(OPEN)],
    }


def provenance_of(records: Records, writer: Writer, maker: Maker, changes: Changes) -> dict[str, Any]:
    """All of it but the files' digests."""
    job, db = writer.job, records.db
    sentences = maker.left_out + writer.left_out + Counter(links_left_out(db))
    written = dict(writer.written)
    not_written = {
        "articles": left_out(db, "articles") if "articles" in job.format.tables else {},
        "pairs": left_out(db, "pairs"),
        "sentences": dict(sorted(sentences.items())),
        "history": dict(sorted(changes.left_out.items())),
    }
    notes = dict(writer.notes)
    if "history" in written and not job.filters.history:
        del written["history"], not_written["history"]
        notes["history"] = NOT_LOOKED
    if unknown := unknown_rules(db, job.filters.robots):
        notes["leave_out_robots"] = unknown
    return {
        **job.origin,
        "records": dict(sorted(records.digests.items())),
        "captured": dict(zip(("first", "last"), db.execute(_CAPTURED).fetchone(), strict=True)),
        "written": written,
        "rights": _counts(db, _ACCESS),
        "tdm_reservation": _counts(db, _RESERVATION),
        "robots": _counts(db, _ROBOTS),
        "withheld": {table: dict(sorted(maker.withheld[table].items())) for table in maker.withheld
                     if table in job.format.tables and not job.format.needs_text},
        "left_out": not_written,
        "alignment": {
            "methods": dict(sorted(maker.methods.items())),
            "pairs_aligned": maker.methods.total(),
            "pairs_not_aligned": maker.not_aligned.total(),
            "not_aligned": dict(sorted(maker.not_aligned.items())),
        },
        "problems": _problems(records.collection),
        "characters_replaced": writer.replaced,
        "made_with": writer.made_with,
        "notes": notes,
    }  # fmt: skip


def _counts(db: sqlite3.Connection, query: str) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for newspaper, said, count in db.execute(query):
        counts.setdefault(newspaper, {})[said] = count
    return counts


def files_of(folder: Path) -> list[dict[str, Any]]:
    """Every file of an export with its size and digest, by path."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [_file(path, shown(path.relative_to(folder).as_posix())) for path in paths]


def shown(name: str) -> str:
    """A file's name as UTF-8, whatever the locale; what is none in it as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def write_provenance(path: Path, provenance: dict[str, Any]) -> None:
    """Write it, for people too."""
    path.write_text(json.dumps(provenance, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


def _file(path: Path, name: str) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"path": name, "bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _crawls(collection: Collection) -> list[dict[str, Any]]:
    """The crawls that the collection has receipts of, by id."""
    return [_crawl(path) for path in sorted(collection.crawls.glob("*.json"))]


def _crawl(path: Path) -> dict[str, Any]:
    names = ("id", "newspaper", "started_at", "ended_at", "finished")
    receipt = object_in(path)
    return {name: receipt.get(name) for name in names} if receipt else {**dict.fromkeys(names), "id": path.stem}


def _problems(collection: Collection) -> dict[str, int]:
    """Pages that gave no article, by reason: they are in no export."""
    counts: Counter[str] = Counter()
    try:
        with (collection.records / "problems.jsonl").open("rb") as lines:
            counts.update(_reasons(lines))
    except FileNotFoundError:
        pass
    return dict(sorted(counts.items()))


def _reasons(lines: IO[bytes]) -> Iterable[str]:
    for line in lines_of(lines):
        try:
            yield str(value_of(line)["reason"])
        except (ValueError, KeyError, TypeError):
            yield "unreadable_line"
