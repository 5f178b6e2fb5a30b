"""TRANSLATIONS that no link leads from → listings of the paper they translate → what may be their originals.

The search begins when all else has been asked, so that it knows all days for which originals are missing; which of them
belong together is told afterwards, by their words (`crawler.likeness`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scrapy import Request

from archives.exchange import Fields
from archives.wire import NotKept
from crawler.dates import JST
from crawler.likeness.windows import Window, window_between
from crawler.models import Article
from crawler.newspapers import newspaper_named
from crawler.newspapers.newspaper import Newspaper
from spiders.discovery import Discovery, Selection, notes_of, published_of
from spiders.guest import Interrupted
from spiders.listings import Listings

if TYPE_CHECKING:
    from spiders.editorials import Editorials


class Search:
    """One crawl's search: `missing` and `answered` say what for, `go_on` begins it, `feed` asks what it found."""

    def __init__(self, spider: Editorials, paper: Newspaper) -> None:
        self._spider = spider
        self.paper = paper
        self.window: Window = window_between(spider.paper.name, paper.name)
        self.discovery: Discovery | None = None
        self._days: set[dt.date] = set()
        self._linked: dict[str, dt.date] = {}
        self._found: Iterator[tuple[str, Fields]] = iter(())
        self._beginning: asyncio.Task[None] | None = None
        self.is_over = asyncio.Event()

    def missing(self, translation: Article) -> None:
        """A translation that names no original."""
        if translation.published_on is not None:
            self._days.add(translation.published_on)

    def linked(self, translation: Article, url: str) -> None:
        """A translation whose original is asked for, and may be gone."""
        if translation.published_on is not None:
            self._linked[url] = translation.published_on

    def answered(self, url: str, status: int) -> None:
        """What an original's address answered."""
        day = self._linked.pop(url, None)
        if day is not None and status in (404, 410):
            self._days.add(day)

    def linked_on(self, day: dt.date, url: str) -> None:
        """The same of a translation that another worker has read."""
        self._linked[url] = day

    def take_days(self) -> set[dt.date]:
        """The days for which originals are missing so far, to be put together with those of other workers."""
        days, self._days = self._days, set()
        return days

    def go_on(self) -> bool:
        """Nothing else is under way: begin, if there is anything to look for; whether the crawl has to wait for it."""
        if self._beginning is None and self._days:
            self.begin(self._days, self._spider.collecting.known_pages())
        return self._beginning is not None and not self._beginning.done()

    def begin(self, days: set[dt.date], known: set[str]) -> None:
        """Look for originals of those days; `known` are pages that were got before."""
        self._days = days
        self._beginning = asyncio.get_running_loop().create_task(self._begin(known))

    def feed(self) -> Iterator[Request]:
        """The next editorials that may be originals."""
        spider = self._spider
        while spider.has_room:
            found = next(self._found, None)
            if found is None:
                return
            request = spider.ask_page(found[0], "original", found[1])
            if request is not None:
                yield request

    def account(self) -> dict[str, Any]:
        """What it came to, for the receipt."""
        if self.discovery is None:
            return {}
        selection = self.discovery.selection
        return {
            "newspaper": self.paper.name,
            "since": f"{selection.since}",
            "until": f"{selection.until}",
            "lines": dict(self.discovery.lines),
            **dict(self.discovery.counts),
        }

    async def _begin(self, known: set[str]) -> None:
        spider, paper = self._spider, self.paper
        first, last = dt.timedelta(days=self.window.first), dt.timedelta(days=self.window.last)
        selection = Selection(since=min(self._days) - last, until=max(self._days) - first)
        self.discovery = Discovery(paper, selection, dt.datetime.now(JST).date(), known)
        try:
            asked = await Listings(spider, self.discovery, self._go_on).begin()
        except NotKept as error:
            spider.collecting.fail(error)
            return
        except Interrupted:
            return
        if isinstance(asked, str):
            self.discovery.counts["robots_unreachable"] += 1
            self.is_over.set()
            return
        for request in asked:
            spider.crawler.engine.crawl(request)

    def _go_on(self) -> Iterator[Request]:
        """The last listing has come: go on to what they named."""
        assert self.discovery is not None
        self._found = self._choose(self.discovery)
        yield from self.feed()
        self.is_over.set()

    def _choose(self, discovery: Discovery) -> Iterator[tuple[str, Fields]]:
        """Those that are not known and were printed when some translation's original may have been."""
        for url, lines in discovery.chosen(lambda url: False):
            day = published_of(lines)
            if day is None or any(self.window.first <= (one - day).days <= self.window.last for one in self._days):
                yield url, notes_of(lines)
            else:
                discovery.counts["outside_window"] += 1


def search_of(spider: Editorials) -> Search | None:
    """The search of a paper that translates another one, unless it is switched off."""
    translates = spider.paper.translates
    if not translates or not spider.settings.getbool("SEARCH"):
        return None
    return Search(spider, newspaper_named(translates))
