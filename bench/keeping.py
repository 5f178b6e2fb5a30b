"""The archive alone, for any Scrapy spider: what `spiders.collecting` does, without reading a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals

from archives.archive import Archive
from archives.collection import Collection
from archives.journal import Journal
from archives.wire import attach
from archives.writer import WarcWriter

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Keeping:
    """Keeps every exchange of a crawl in COLLECTION."""

    def __init__(self, crawler: Crawler) -> None:
        collection = Collection(Path(crawler.settings["COLLECTION"]))
        collection.create()
        self.journal = Journal(collection.journal)
        writer = WarcWriter(collection.archive, "bench", [("software", "genbun bench")])
        self.archive = Archive(writer, self.journal, "bench")
        attach(crawler, self.archive)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Keeping:
        """Scrapy's way of making one."""
        keeping = cls(crawler)
        crawler.signals.connect(keeping.spider_closed, signal=signals.spider_closed)
        return keeping

    async def spider_closed(self) -> None:
        """Leave whole files behind."""
        await self.archive.close()
        self.journal.close()
