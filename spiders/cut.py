"""Pages that were cut off: each attempt is a record, so each is read as it is kept, whether or not another follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archives.archive import Kept
from archives.records import warc_date
from archives.wire import KEPT, RECALL
from crawler.readings import PAGE_CLASSES, reading_of_cut
from spiders.desk import ASKED

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class CutMiddleware:
    """Stands below Scrapy's retries: else a crawl that is stopped before the next attempt forgets this one."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CutMiddleware:
        """Scrapy's way of making one."""
        return cls(crawler)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Read what was kept of a page, and let whoever is next decide what becomes of it."""
        from spiders.collecting import Collecting

        kept: Kept | None = request.meta.get(KEPT)
        asked, collecting = request.meta.get(ASKED), self.crawler.get_extension(Collecting)
        if RECALL in request.meta or asked is None or asked.klass not in PAGE_CLASSES or collecting is None:
            return
        if kept is not None and kept.capture is not None and kept.truncated:
            at = warc_date(kept.capture.captured_at)
            collecting.read(reading_of_cut(request.url, kept.capture.record_id, at, kept.capture, kept.truncated))
