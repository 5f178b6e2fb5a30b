"""COLLECTION → WACZ: what goes into the package, from one consistent state of a collection, and its list of pages."""

from __future__ import annotations

import datetime as dt
import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

from archives.bounded import MAX_LINE, lines_of, model_of, object_in, value_of
from archives.collection import OPEN, Collection, replaced
from archives.pack.writing import WaczWriter
from archives.signing import fingerprint_of, load_key, public_key_of, sign
from archives.storage.reading import open_warc, size_of
from crawler.errors import NothingFound, NotVerified, UsageError
from crawler.models import ArticleLine
from crawler.version import VERSION

SOFTWARE: Final = f"genbun {VERSION}"
HEADER: Final = {"format": "json-pages-1.0", "id": "pages", "title": "Translations, then originals", "hasText": True}


@dataclass(slots=True)
class Pages:
    """What the list of pages holds, by newspaper; and the page that a player should open first."""

    translations: Counter[str] = field(default_factory=Counter)
    originals: Counter[str] = field(default_factory=Counter)
    main: tuple[str, str, str] = ("", "", "")  # day, address, moment

    @property
    def count(self) -> int:
        """How many there are."""
        return self.translations.total() + self.originals.total()


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed."""

    path: Path
    size: int
    warcs: int
    pages: Pages
    pairs: Counter[str]
    digest: str
    signed: str | None
    """The fingerprint of the key that signed it."""


def pack(
    collection: Collection,
    target: Path,
    *,
    force: bool = False,
    key: Path | None = None,
    moved: Callable[[int, int], None] | None = None,
) -> Packed:
    """Write the collection as one WACZ file, whole or not at all; holds the collection's lock meanwhile.

    The same collection gives the same file. `moved` is told how many bytes are done, of how many in all. Raises
    `NotVerified` where the collection is not closed or does not agree with itself, `NotPlain` where it may lead
    elsewhere, `UsageError` for a bad target.
    """
    collection.require()
    _check_target(target, force=force)
    signer = load_key(key) if key else None
    with collection.lock():
        collection.require_plain()
        newest, sizes = _survey(collection)
        created = _created(collection, newest)
        files = list(_files(collection))
        total, done = sum(size_of(path) for _, path in files), 0

        def count(size: int) -> None:
            nonlocal done
            done += size
            if moved:
                moved(min(done, total), total)

        with replaced(target) as new, new.open("wb") as out, WaczWriter(out, newest, count) as writer:
            with TemporaryFile(dir=target.parent) as listed:
                pages = _write_pages(collection, listed, sizes)
                writer.add("pages/pages.jsonl", listed)
            for name, path in files:
                with open_warc(path) as source:
                    writer.add(name, source)
            pairs = _statuses(collection)
            described = _described(pages, pairs, created)
            seal = (lambda digest: sign(signer, digest, created, SOFTWARE)) if signer else None
            digest = writer.close(described, seal)
    fingerprint = fingerprint_of(public_key_of(signer)) if signer else None
    return Packed(target, target.stat().st_size, len(sizes), pages, pairs, digest, fingerprint)


def _check_target(target: Path, *, force: bool) -> None:
    if target.suffix != ".wacz":
        raise UsageError(f"{target}: a WACZ file's name ends with .wacz")
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent}: is no folder; make it first, or give another --to")
    if target.is_dir():
        raise UsageError(f"{target}: is a folder; --to takes a file's name")
    if target.exists() and not force:
        raise UsageError(f"{target}: is there already; --force takes its place, or give another --to")


def _survey(collection: Collection) -> tuple[dt.datetime, dict[str, int]]:
    """The newest capture in the index, and the size of each WARC file; all that the index names is there."""
    warcs = collection.warcs()
    unclosed = [path.name for path in warcs if path.name.endswith(OPEN)]
    if unclosed:
        raise NotVerified(
            f"{collection.archive / unclosed[0]}: was not closed, so a crawl was cut off; the next `genbun crawl … "
            f"--to {collection.path}` closes it, then pack again"
        )
    if not warcs:
        raise NothingFound(f"{collection.archive}: holds no WARC file, so there is nothing to pack; crawl first")
    sizes = {path.name: size_of(path) for path in warcs}
    newest, moment = "", dt.datetime.min.replace(tzinfo=dt.UTC)
    for number, line in enumerate(_lines(collection, collection.index), 1):
        try:
            _, stamp, fields = line.split(" ", 2)
            entry = value_of(fields.encode())
            name, end = str(entry["filename"]), int(entry["offset"]) + int(entry["length"])
            if len(stamp) != 14 or not stamp.isascii() or not stamp.isdigit():
                raise ValueError
            if stamp > newest:
                newest, moment = stamp, dt.datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
        except (ValueError, KeyError, TypeError):
            raise _disagrees(collection, collection.index, number, "is no line of an index") from None
        if end > sizes.get(name, -1):
            raise _disagrees(collection, collection.index, number, f"names what {name:.200} does not hold")
    if not newest:
        raise NothingFound(f"{collection.index}: names no capture, so there is nothing to pack; crawl first")
    return moment, sizes


def _disagrees(collection: Collection, path: Path, number: int, what: str) -> NotVerified:
    return NotVerified(
        f"{path}, line {number}: {what}; `genbun rebuild {collection.path}` makes records and index anew from "
        "archive/, `genbun verify` says more"
    )


def _lines(collection: Collection, path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines_of(lines), 1):
                try:
                    yield line.decode()
                except UnicodeDecodeError as error:
                    raise _disagrees(collection, path, number, f"is not UTF-8 ({error.reason})") from None
    except FileNotFoundError:
        raise NotVerified(f"{path}: is not there; `genbun rebuild {collection.path}` makes it from archive/") from None


def _created(collection: Collection, newest: dt.datetime) -> str:
    """When the collection became what it is: its newest capture, or the end of its last crawl. Never the clock."""
    moments = [newest]
    for path in collection.crawls.glob("*.json"):
        try:
            moments.append(dt.datetime.fromisoformat(object_in(path)["ended_at"]).astimezone(dt.UTC))
        except (ValueError, KeyError, TypeError, OverflowError):
            continue  # a receipt without an end, or none of ours: nothing to learn from it here
    return f"{max(moments):%Y-%m-%dT%H:%M:%SZ}"


def _files(collection: Collection) -> Iterator[tuple[str, Path]]:
    """What goes in as it is, under which path, what is small first. The journal stays out: it can be made anew."""
    yield "indexes/index.cdxj", collection.index
    for path in _visible(collection.records, "*.jsonl"):
        yield f"records/{path.name}", path
    for path in _visible(collection.records / "schema", "*.json"):
        # flat, since py-wacz looks one folder deep; and `….schema.json` it would read as a table's schema
        yield f"records/{path.stem}.jsonschema.json", path
    for path in sorted([*_visible(collection.crawls, "*.json"), *_visible(collection.crawls, "*.jsonl")]):
        if path.stat().st_size:  # py-wacz takes an empty file for a damaged one; it would say that all was fetched
            yield f"crawls/{path.name}", path
    for path in collection.warcs():
        yield f"archive/{path.name}", path


def _visible(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))


def _write_pages(collection: Collection, out: IO[bytes], sizes: dict[str, int]) -> Pages:
    """Write `pages.jsonl`: every version of every article, translations first."""
    pages = Pages()
    path = collection.records / "articles.jsonl"
    originals = array("Q")
    numbers = array("Q")
    _put(out, HEADER)
    if not path.exists():
        raise NotVerified(f"{path}: is not there; `genbun rebuild {collection.path}` makes it from archive/")
    with path.open("rb") as lines:
        at = 0
        for number, line in enumerate(lines_of(lines), 1):
            article = _article(collection, line, number, sizes)
            if article.original is not None:
                _put(out, _page(article, pages))
            else:
                originals.append(at)
                numbers.append(number)
            at += len(line)
        for at, number in zip(originals, numbers, strict=True):
            lines.seek(at)
            _put(out, _page(_article(collection, lines.readline(MAX_LINE), number, sizes), pages))
    return pages


def _put(out: IO[bytes], value: dict[str, Any]) -> None:
    out.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")


def _article(collection: Collection, line: bytes, number: int, sizes: dict[str, int]) -> ArticleLine:
    try:
        article = model_of(ArticleLine, line)
    except ValueError as error:
        wrong = f"is no article line ({error})"
        raise _disagrees(collection, collection.records / "articles.jsonl", number, wrong) from None
    capture = article.capture
    if capture and article.version:
        if capture.offset + capture.length <= sizes.get(capture.warc.removeprefix("archive/"), -1):
            return article
        wrong = f"was captured in what {capture.warc} does not hold"
    else:
        wrong = "names no capture"
    raise _disagrees(collection, collection.records / "articles.jsonl", number, wrong)


def _page(article: ArticleLine, pages: Pages) -> dict[str, Any]:
    """A line of `pages.jsonl`; its address and moment are those under which the index has the capture."""
    capture = article.capture
    assert capture is not None
    moment = f"{capture.captured_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    (pages.translations if article.original is not None else pages.originals)[article.newspaper] += 1
    if article.original is not None or not pages.translations:
        day = article.published_on.isoformat() if article.published_on else ""
        pages.main = max(pages.main, (day, capture.url, moment))
    return {
        "id": f"{article.id}@{article.version}",
        "url": capture.url,
        "ts": moment,
        "title": article.headline,
        "language": article.language,
        "newspaper": article.newspaper,
        "article": article.id,
        "version": article.version,
        "text": article.text,
    }


def _statuses(collection: Collection) -> Counter[str]:
    """Pairs by status."""
    path, found = collection.records / "pairs.jsonl", Counter[str]()
    for number, line in enumerate(_lines(collection, path), 1):
        try:
            found[str(value_of(line.encode())["status"])[:40]] += 1
        except (ValueError, KeyError, TypeError):
            raise _disagrees(collection, path, number, "is no pair line") from None
    return found


def _described(pages: Pages, pairs: Counter[str], created: str) -> dict[str, Any]:
    """The package's own properties."""
    from crawler.newspapers import all_newspapers

    titles = {name: paper.title for name, paper in all_newspapers().items()}

    def named(counts: Counter[str]) -> str:
        return ", ".join(f"{titles.get(name, name)} ({count:,})" for name, count in sorted(counts.items())) or "none"

    papers = [titles.get(name, name) for name in [*sorted(pages.translations), *sorted(pages.originals)]]
    main = {}
    if pages.count:
        # the specification says mainPageUrl, py-wacz writes mainPageURL: both are read somewhere
        main = {"mainPageUrl": pages.main[1], "mainPageURL": pages.main[1], "mainPageDate": pages.main[2]}
    return {
        "title": "Editorials: " + ", ".join(papers) if papers else "Editorials",
        "description": f"Editorials in translation: {named(pages.translations)}; originals: {named(pages.originals)}. "
        f"{pairs['paired']:,} of {pairs.total():,} translations are paired with their originals.\n\n"
        "`records/` holds what was read from the pages, as JSON Lines: `articles.jsonl`, `pairs.jsonl` and "
        "`problems.jsonl`, with a JSON Schema for each (`article.jsonschema.json` …); every line names the WARC "
        "record that it was read from. `crawls/` says what each crawl asked for and what came of it.",
        "created": created,
        "modified": created,
        "software": SOFTWARE,
        **main,
    }
