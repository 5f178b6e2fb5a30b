"""INDEX → what is gone, what came after all, and when each newspaper was last captured; read once for all of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archives.bounded import lines_of, value_of
from archives.keys import key_of
from archives.verify.index import MAX_LINE
from crawler.newspapers import Newspaper, all_newspapers, newspaper_for
from crawler.status.robots import KEY, Robots
from crawler.status.stamps import moment_of
from crawler.status.state import Removal
from crawler.status.storage import Sizes

_GONE: Final = (b'"status": "404"', b'"status": "410"')


class Gone:
    """Articles whose latest capture is 404 or 410.

    The index is read twice: first for the addresses that ever were gone, few as a rule; then, once it is known which
    articles had one of those, for what else their addresses gave.
    """

    def __init__(self) -> None:
        self.last: dict[str, tuple[str, int]] = {}
        """Address → when it was last gone, and with which status."""
        self._articles: dict[str, set[str]] = {}

    def note(self, line: bytes) -> None:
        """Take a line of the index."""
        if _GONE[0] in line or _GONE[1] in line:
            stamp, url, status = _fields(line)
            if status in (404, 410):
                self.last[url] = max(self.last.get(url, ("", 0)), (stamp, status))

    def article(self, article_id: str, urls: set[str]) -> None:
        """Say which addresses an article was captured at."""
        if not urls.isdisjoint(self.last):
            self._articles[article_id] = urls

    def urls(self) -> set[str]:
        """The addresses of the articles that may be gone."""
        return {url for urls in self._articles.values() for url in urls}

    def removed(self, got: dict[str, str], journal: sqlite3.Connection | None) -> Iterator[Removal]:
        """The articles that are gone; `got` says when an address last gave something else."""
        for article_id, urls in sorted(self._articles.items()):
            (stamp, status), url = max((self.last[url], url) for url in urls if url in self.last)
            at = moment_of(stamp)
            if max(got.get(url, "") for url in urls) <= stamp and not _read_since(journal, article_id, at):
                yield Removal(article_id, url, status, at)


def _read_since(journal: sqlite3.Connection | None, article_id: str, at: str) -> bool:
    """Whether it was read after that at an address that no line names: an article may move without a new version."""
    if journal is None:
        return False
    query = "SELECT 1 FROM readings WHERE article_id = ? AND article_id != '' AND at > ? LIMIT 1"
    return journal.execute(query, (article_id, at)).fetchone() is not None


def first_pass(index: Path, gone: Gone, robots: Robots, sizes: Sizes) -> dict[str, str]:
    """Note what was gone at some time, each robots.txt, and sizes; returns when each newspaper was last captured."""
    papers: dict[bytes, set[str]] = {}
    for name, paper in all_newspapers().items():
        for site in paper.hosts:
            papers.setdefault(key_of(f"https://{site}/").partition(")")[0].encode(), set()).add(name)
    latest: dict[str, bytes] = {}
    for line in _lines(index):
        key, stamp, _ = line.split(b" ", 2)
        host = key.partition(b")")[0]
        owner = _owner(papers.get(host, set()), line)
        if owner and stamp > latest.get(owner, b""):
            latest[owner] = stamp
        sizes.note(host, stamp, line, owner)
        gone.note(line)
        if key.endswith(KEY):
            robots.note(line)
    return {name: moment_of(stamp.decode()) for name, stamp in latest.items()}


def _owner(names: set[str], line: bytes) -> str | None:
    """Whose line of the index it is, of those who share a host."""
    if len(names) < 2:
        return next(iter(names), None)
    try:
        return owner_of(value_of(line.split(b" ", 2)[2])["url"], None)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def second_pass(index: Path, urls: set[str]) -> dict[str, str]:
    """When each of those addresses last gave a page, or led on to one; those that never did are left out."""
    got: dict[str, str] = {}
    keys = {key_of(url).encode() for url in urls}
    for line in _lines(index) if keys else ():
        if line.partition(b" ")[0] in keys:
            stamp, url, code = _fields(line)
            if url in urls and 200 <= code < 400:
                got[url] = max(got.get(url, ""), stamp)
    return got


def last_in_journal(journal: sqlite3.Connection, newspaper: str) -> str:
    """When a newspaper was last captured by the journal, which knows of pages too that had not been modified."""
    paper, found = all_newspapers().get(newspaper), [""]
    for first, end in _addresses(paper) if paper else ():
        query = "SELECT MAX(at) FROM captures WHERE url >= ? AND url < ?"
        (at,) = journal.execute(query, (first, end)).fetchone()
        found.append(f"{at[:19]}Z" if at else "")
    return max(found)


def _addresses(paper: Newspaper) -> Iterator[tuple[str, str]]:
    """The ranges in which a newspaper's addresses lie, without those of others on the same host."""
    for host in paper.hosts:
        first, end = _range(host, paper.path)
        others = (other.path for other in all_newspapers().values() if host in other.hosts and other is not paper)
        for path in sorted(path for path in others if path.startswith(paper.path)):
            before, behind = _range(host, path)
            yield first, before
            first = behind
        yield first, end


def _range(host: str, path: str) -> tuple[str, str]:
    return f"https://{host}{path}", f"https://{host}{path.removesuffix('/')}0"  # 0 is what follows the slash


def owner_of(url: str, otherwise: str | None) -> str | None:
    """The newspaper that an address counts for: its own, else the one that was being crawled."""
    paper = newspaper_for(url)
    return paper.name if paper else otherwise


def _fields(line: bytes) -> tuple[str, str, int]:
    try:
        _, stamp, fields = line.decode().split(" ", 2)
        entry = value_of(fields.encode())
        return stamp, entry["url"], int(entry["status"])
    except (ValueError, KeyError, TypeError):
        return "", "", 0


def _lines(index: Path) -> Iterator[bytes]:
    if not index.exists():
        return
    with index.open("rb") as lines:
        yield from (line for line in lines_of(lines, MAX_LINE) if line.count(b" ") >= 2)
