"""What a worker brings of its own: what its collection holds, what it left undone, and what of it is due."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archives.journal import Asked
from crawler.dates import JST
from crawler.newspapers.newspaper import Found
from spiders.discovery import Moment, notes_of
from spiders.due import Due
from spiders.frontier.entry import SHARED, BadEntry, Entry, fingerprint

if TYPE_CHECKING:
    from spiders.editorials import Editorials

log = logging.getLogger(__name__)


class Known(set[str]):
    """The pages that any worker knew before: this one's by address, all others' by fingerprint."""

    def __init__(self, own: set[str], prints: set[bytes]) -> None:
        super().__init__(own)
        self._prints = prints

    def __contains__(self, url: object) -> bool:
        return super().__contains__(url) or (isinstance(url, str) and fingerprint(url) in self._prints)


def held(spider: Editorials) -> Iterator[str]:
    """The addresses of which the collection holds a whole answer, so that it can ask whether they have changed."""
    rows = spider.collecting.journal.db.execute("SELECT DISTINCT url FROM captures WHERE whole AND status = 200")
    for (url,) in rows:
        yield url


def undone(spider: Editorials) -> Iterator[Entry]:
    """All that the crawls asked which this one takes over: what they got is recalled, and so is what follows."""
    collecting = spider.collecting
    for crawl in collecting.resumes:
        for asked in collecting.journal.asked(crawl):
            if asked.klass in SHARED and asked.state != "skipped":
                yield from _entry_of(spider, asked)


def _entry_of(spider: Editorials, asked: Asked) -> Iterator[Entry]:
    hops = sum(name == "redirected-from" for name, _ in asked.notes)
    level = spider.level_of(asked) if asked.klass == "requisite" else 0
    try:
        yield Entry.of(asked.url, asked.klass, asked.notes, hops, level)
    except BadEntry as error:
        log.warning("%s: cannot be asked again: %s", asked.url, error)


def given(url: str) -> Found:
    """What names an address that was given on the command line."""
    return Found(url, "url", "command line")


def new(spider: Editorials) -> Iterator[Entry]:
    """The editorials that the listings named and no worker knew, newest first."""
    for url, lines in spider.discovery.chosen(lambda url: False):
        yield Entry.of(url, "editorial", notes_of(lines))


def due(spider: Editorials, modified: dict[bytes, str]) -> Iterator[Entry]:
    """The known editorials that are to be asked again; `modified` is what the listings say of when they changed."""
    if spider.recheck == "none":
        return
    now = dt.datetime.now(dt.UTC)
    table = Due(spider.collecting.journal.db, spider.paper, now, now.astimezone(JST).date())
    counts = spider.discovery.counts
    for known in table.known():
        if not spider.discovery.is_wanted(known.published):
            continue
        changed = _moment(modified.get(fingerprint(known.url), ""))
        reason = "all" if spider.recheck == "all" else table.reason(known, changed)
        counts[f"due_{reason}" if reason else "not_due"] += 1
        if reason:
            yield Entry.of(known.url, "editorial", (("due", reason),))


def _moment(text: str) -> Moment | None:
    try:
        if "T" not in text:
            return dt.date.fromisoformat(text)
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
