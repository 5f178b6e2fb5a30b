"""What one worker does for all: it reads the listings, and looks in the end for originals that no link names."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from spiders.discovery import notes_of
from spiders.frontier import own
from spiders.frontier.crawl import Settled, SharedCrawl, batches, read_listing_kept
from spiders.frontier.entry import Entry, fingerprint

if TYPE_CHECKING:
    from spiders.frontier.worker import Worker

ANNOUNCED_WITHIN: Final = 60.0  # seconds that the listings wait for what other workers know


class Leading:
    """The listings in the hands of one worker; `has_led` says whether it was this one, `listed` that all have answered.

    What each listing says is kept in Redis until all are read, for whoever goes on if this worker is killed.
    """

    def __init__(self, worker: Worker, crawl: SharedCrawl) -> None:
        self.has_led = False
        self.listed = asyncio.Event()
        self._worker = worker
        self._crawl = crawl
        self._listings: dict[bytes, bytes] = {}

    def heard(self, url: str) -> tuple[int, str, bytes] | None:
        """What a listing said to a worker that led before this one: status, Location and body."""
        data = self._listings.pop(fingerprint(url), None)
        return read_listing_kept(data) if data is not None else None

    def keep(self, url: str, status: int, location: str, body: bytes) -> None:
        """Keep what a listing said."""
        self._worker.soon(self._crawl.keep_listing(url, status, location, body))

    async def read_listings(self) -> None:
        """Read the listings, and hand on what they name. Raises `Interrupted` where the crawl is ending."""
        crawl, spider = self._crawl, self._worker.spider
        self.has_led = True
        await self._all_announced()
        modified: dict[str, str] = {}
        found: Iterable[Entry]
        if spider.urls:
            found = (Entry.of(url, "editorial", notes_of([own.given(url)])) for url in spider.urls)
        else:
            spider.discovery.known = await self._known()
            self._listings = await crawl.listings()
            for request in await spider.first_listings():
                self._worker.ask(request)
            if not spider.robots_said:
                await self.listed.wait()
            await self._all_announced()  # more workers may have come meanwhile
            spider.discovery.known = await self._known()
            modified = {url: moment.isoformat() for url, moment in spider.discovery.modified().items()}
            found = own.new(spider)
        for some in batches(found):
            await crawl.exchange([Settled(None, some)], 0)
        floor = spider.discovery.floor
        await crawl.discovered(modified, floor.isoformat() if floor else "", is_all=spider.search is None)

    async def search(self) -> None:
        """Nothing else is left: look for originals that no link names, for all workers."""
        crawl, search = self._crawl, self._worker.spider.search
        days = await crawl.days()
        if search is not None and days:
            self._listings = await crawl.listings()
            search.begin(days, await self._known())
            await search.is_over.wait()
            for some in batches(self._worker.take_found()):
                await crawl.exchange([Settled(None, some)], 0)
        await crawl.searched()

    async def _known(self) -> own.Known:
        return own.Known(self._worker.spider.collecting.known_pages(), await self._crawl.known())

    async def _all_announced(self) -> None:
        began = time.monotonic()
        while not await self._crawl.all_announced() and time.monotonic() - began < ANNOUNCED_WITHIN:
            await asyncio.sleep(0.1)
