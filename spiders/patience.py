"""What a host's "not now" does to a crawl: Retry-After is kept, in this crawl and the next; 429 slows us down."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.retry import get_retry_request

from archives.message import Message
from archives.pace import Closed
from archives.retry_after import not_before
from archives.wire import MESSAGE, RECALL, pace_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

log = logging.getLogger(__name__)

RESTING: Final = "retry_after"
LIMITED: Final = "rate_limited"
#: So many answers of 429 in a row, and no pace is slow enough: the host is left alone for this crawl.
IN_A_ROW: Final = 5
SLOWEST: Final = 60.0
FIRST_DELAY: Final = 0.25  # what is doubled where there was no delay


class PatienceMiddleware:
    """Answers 403, 429 and 503 as the host asks.

    With a Retry-After of at most `PATIENCE` seconds the host is let rest, then asked again, `RETRY_TIMES` times an
    address; where it answers 429 after five rests in a row, it is closed for this crawl (`rate_limited`). With a longer
    one it is closed: what is still to ask of it is refused as `retry_after`, in later crawls too until then. A 429
    without one is an answer; the time between two requests doubles, and after five in a row the host is closed for this
    crawl. A 503 without one is asked again, as other faults of a server are.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._patience = crawler.settings.getfloat("PATIENCE")
        self._refused: Counter[str] = Counter()
        self._rests: Counter[str] = Counter()
        self._rested: dict[str, dt.datetime] = {}
        self.closed: dict[str, tuple[str, dt.datetime | None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PatienceMiddleware:
        """Scrapy's way of making one."""
        return cls(crawler)

    def remember(self, rests: Iterable[tuple[str, str]]) -> None:
        """Take up what earlier crawls were told: addresses, and until when their hosts are not to be asked."""
        for url, until in rests:
            self._close(urlsplit(url).hostname or "", url, dt.datetime.fromisoformat(until))

    def process_request(self, request: Request) -> None:
        """Let a request pass, or raise `Closed`."""
        if RECALL in request.meta:
            return
        closed = pace_of(self.crawler, urlsplit(request.url).hostname or "").closed
        if closed is not None:
            raise Closed(closed.reason, str(closed))

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Pass an answer on, or ask again when the host has had its rest."""
        if RECALL in request.meta:
            return response
        host = urlsplit(request.url).hostname or ""
        if response.status not in (403, 429, 503):
            self._refused.pop(host, None)
            self._rests.pop(host, None)
            return response
        message: Message = request.meta[MESSAGE]
        now = dt.datetime.now(dt.UTC)
        until = not_before(message.head, now)
        self._refused[host] += response.status == 429
        if until is not None:
            seconds = (until - now).total_seconds()
            if seconds > self._patience:
                self._close(host, request.url, until)
                return response
            if response.status == 429 and now >= self._rested.get(host, now):  # all that were under way are one rest
                self._rests[host] += 1
            self._rested[host] = until
            if self._rests[host] >= IN_A_ROW:
                said = f"{host} answered 429 after {IN_A_ROW} rests in a row; it is asked no more in this crawl"
                self._close_for(host, LIMITED, said, None)
                return response
            log.info("%s asks for %.0f s of rest (%d, Retry-After)", host, seconds, response.status)
            pace_of(self.crawler, host).rest(seconds)
            return self._again(request, "Retry-After") or response
        if response.status == 403:
            return response
        if response.status == 503:
            return self._again(request, "503") or response
        if self._refused[host] >= IN_A_ROW:
            said = f"{host} answered 429 {IN_A_ROW} times in a row; it is asked no more in this crawl"
            self._close_for(host, LIMITED, said, None)
        self._slow_down(request, host)
        return response

    def _again(self, request: Request, reason: str) -> Request | None:
        return get_retry_request(request, spider=self.crawler.spider, reason=reason)  # type: ignore[arg-type]  # there is one

    def _slow_down(self, request: Request, host: str) -> None:
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if slot is not None:
            slot.delay = min(max(slot.delay * 2, FIRST_DELAY), SLOWEST)
            pace_of(self.crawler, host).slow(slot.delay)
            log.info("%s answered 429: %g s between requests from now on", host, slot.delay)

    def _close(self, host: str, url: str, until: dt.datetime) -> None:
        when = f"{until.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._close_for(host, RESTING, f"{host} asks not to be asked before {when} (Retry-After, at {url})", until)

    def _close_for(self, host: str, reason: str, said: str, until: dt.datetime | None) -> None:
        known = self.closed.get(host)
        if known is not None and (until is None or (known[1] is not None and known[1] >= until)):
            return
        log.warning("%s", said)
        self.closed[host] = said, until
        pace_of(self.crawler, host).close(reason, said, until)
