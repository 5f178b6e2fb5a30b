"""Attempts at a page that did not succeed: each is a record, so each is read as it is kept, whatever follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archives.archive import Kept
from archives.records import warc_date
from archives.wire import KEPT, MESSAGE, RECALL
from crawler.readings import PAGE_CLASSES, reading_of, reading_of_cut
from spiders.desk import ASKED

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class AttemptsMiddleware:
    """Stands below all that asks again: of what that takes to itself, a spider never hears."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AttemptsMiddleware:
        """Scrapy's way of making one."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Read what says "not now": a rest that is asked for, or a fault of the server's."""
        kept = self._kept_of_a_page(request)
        if kept is not None and (response.status >= 500 or response.status in (408, 429)):
            self._read(request, kept)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Read what was kept of a page that was cut off, and let whoever is next decide what becomes of it."""
        kept = self._kept_of_a_page(request)
        if kept is not None and kept.truncated:
            self._read(request, kept)

    def _kept_of_a_page(self, request: Request) -> Kept | None:
        asked, kept = request.meta.get(ASKED), request.meta.get(KEPT)
        if RECALL in request.meta or asked is None or asked.klass not in PAGE_CLASSES:
            return None
        return kept if isinstance(kept, Kept) else None

    def _read(self, request: Request, kept: Kept) -> None:
        from spiders.collecting import Collecting

        capture, collecting = kept.capture, self.crawler.get_extension(Collecting)
        if capture is None or collecting is None:
            return
        url, record_id, at = request.url, capture.record_id, warc_date(capture.captured_at)
        if kept.truncated:
            collecting.read(reading_of_cut(url, record_id, at, capture, kept.truncated))
        else:
            collecting.read(reading_of(url, record_id, at, capture, request.meta[MESSAGE]))
