"""`genbun newspapers new`: a newspaper's file, and from a saved page its first case, which fails until all is true."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.util
import ipaddress
import json
import keyword
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from archives.collection import Collection
from archives.errors import UsageError
from archives.message import BadMessage, remove_content_coding
from archives.reader import groups
from crawler.addresses import resolve
from crawler.checking.clues import Clues, clues_of
from crawler.checking.template import source_of
from crawler.errors import ParseError
from crawler.newspapers import all_newspapers, newspaper_for
from crawler.readings import MAX_BODY

if TYPE_CHECKING:
    from crawler.models import Article

NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
LONGEST_NAME: Final = 34
HERE: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Saved:
    """A page as it was saved, and when."""

    body: bytes
    at: dt.datetime


def begin(name: str, url: str, page: Path | None, collection: Path | None, into: Path | None) -> Iterator[str]:
    """Write the file and the case; yields what was done and what comes next. Raises `UsageError` before anything is."""
    root = _root(into)
    asked, module = _address(url), root / "crawler" / "newspapers" / f"{name}.py"
    case = root / "tests" / "fixtures" / name / "first"
    _check_name(name, module, case)
    saved = _saved(page) if page else _archived(collection, asked) if collection else None
    address, port = _without_port(asked)
    clues = _clues(saved, page or collection, address)
    source, new = source_of(name, address, clues), not case.parent.exists()
    try:
        if saved is not None:
            _write_case(case, saved, address)
        module.write_text(source, encoding="utf-8")
    except OSError as error:
        module.unlink(missing_ok=True)
        shutil.rmtree(case.parent if new else case, ignore_errors=True)
        where = error.filename or module
        raise UsageError(f"{where}: cannot be written: {error.strerror}; nothing was begun") from error
    return _said(name, address, port, module, case, saved)


def _write_case(case: Path, saved: Saved, url: str) -> None:
    source = {"url": url, "captured_at": saved.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    case.mkdir(parents=True)
    (case / "page.html").write_bytes(saved.body)
    (case / "source.json").write_text(json.dumps(source, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _said(name: str, url: str, port: int | None, module: Path, case: Path, saved: Saved | None) -> Iterator[str]:
    yield f"{module}: written; its parse_article is still to be filled in"
    if port is not None:
        yield f"  port {port} is not kept: a newspaper is known by its host, and asked where http and https are"
    if saved is not None:
        yield f"{case}/: its first case, without the record that must be read there"
        yield "  the page is the paper's own text: put invented text in its place before you publish it"
        yield from _draft(module, saved.body, url)
    yield ""
    yield "next:"
    yield f"  fill in parse_article in {module.name}: `draft` below it is a beginning (docs/adding-a-newspaper.md)"
    if saved is not None:
        yield f"  genbun parse {case / 'page.html'} --url {url}"
    yield f"  genbun newspapers check {name} --contact you@example.org    # what the live site answers"


def _draft(module: Path, body: bytes, url: str) -> Iterator[str]:
    """What the file's own `draft` reads there."""
    spec = importlib.util.spec_from_file_location(f"genbun_begun_{module.stem}", module)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    try:
        article: Article = loaded.draft(body, url)
    except ParseError as error:
        yield f"  `draft` reads no article there: {error.reason}: {error.detail}"
        return
    yield f"  `draft` reads there: {article.headline}"
    yield f"    {len(article.blocks)} blocks, {len(article.text)} characters, found by {article.parser.signals['body']}"
    yield f"    published_at {article.published_at or article.published_on}; byline {article.byline or 'null'}"


# what is asked for ----------------------------------------------------------------------------


def _root(into: Path | None) -> Path:
    root = (into or HERE).resolve()
    is_whole = (root / "crawler" / "newspapers" / "newspaper.py").is_file() and (into or (root / "tests").is_dir())
    if not is_whole:
        raise UsageError(f"{root}: is no checkout of Genbun (crawler/newspapers, tests); give one by --into FOLDER")
    return root


def _check_name(name: str, module: Path, case: Path) -> None:
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        form = "give small letters, digits and single _, as in the_times"
        raise UsageError(f"{name!r} cannot be a newspaper's name: {form}")
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise UsageError(f"{name!r} is a word of Python's, and no module can be called so; give another name")
    if name in all_newspapers() or module.exists():
        raise UsageError(f"{name!r} is taken: {module} is there already, and nothing is overwritten")
    if case.exists():
        raise UsageError(f"{case}: is there already, and nothing is overwritten")


def _address(url: str) -> str:
    address = resolve(url, url) if urlsplit(url).scheme in ("http", "https") else None
    if address and _is_literal(urlsplit(address).hostname or ""):
        raise UsageError(f"{url!r} has an IP address for its host; a newspaper is known by its name, as www.example.jp")
    if address is None or "." not in (urlsplit(address).hostname or ""):
        raise UsageError(f"{url!r} is no http or https address of a newspaper's site, as in https://www.example.jp/")
    owner = newspaper_for(address)
    if owner is not None:
        raise UsageError(f"{urlsplit(address).hostname} is a host of {owner.name} already; mend its file instead")
    return address


def _is_literal(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return False


def _without_port(address: str) -> tuple[str, int | None]:
    parts = urlsplit(address)
    return parts._replace(netloc=parts.hostname or "").geturl(), parts.port


def _saved(page: Path) -> Saved:
    try:
        body, at = page.read_bytes(), dt.datetime.fromtimestamp(page.stat().st_mtime, dt.UTC)
        if body[:2] == b"\x1f\x8b":
            body = remove_content_coding(body, [b"gzip"], MAX_BODY)
    except OSError as error:
        raise UsageError(f"{page}: cannot be read: {error.strerror}") from error
    except BadMessage as error:
        raise UsageError(f"{page}: {error}") from error
    return Saved(body, at)


def _archived(folder: Path, url: str) -> Saved:
    """The newest whole answer that a collection has of an address."""
    collection = Collection(folder)
    collection.require()
    found: Saved | None = None
    for path in collection.warcs():
        for group in groups(path):
            if group.answer is None or group.answer.url != url or group.answer.type != "response":
                continue
            try:
                message = group.message()
                if message.head.status == 200:
                    found = Saved(message.body(MAX_BODY), dt.datetime.fromisoformat(group.answer.date))
            except BadMessage:
                continue
    if found is None:
        raise UsageError(f"{folder}: has no page of {url} that was answered with 200")
    return found


def _clues(saved: Saved | None, where: Path | None, url: str) -> Clues:
    if saved is None:
        return Clues(language="ja" if (urlsplit(url).hostname or "").endswith(".jp") else "en")
    try:
        return clues_of(saved.body, url)
    except ParseError as error:
        raise UsageError(f"{where}: is no page to begin with: {error.reason}: {error.detail}") from error
