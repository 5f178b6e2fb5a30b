"""How we behave as guests: who we say we are, robots.txt, and the pace it asks for (RFC 9309)."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from archives.archive import Kept
from archives.errors import UsageError
from archives.message import Message
from archives.wire import KEPT, MESSAGE, NOTES, RECALL, NotKept
from crawler.addresses import resolve
from crawler.robots import TOKEN, rules_of
from crawler.version import VERSION

if TYPE_CHECKING:
    from protego import Protego
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.desk import Desk

log = logging.getLogger(__name__)

REDIRECTS: Final = 5  # RFC 9309, 2.3.1.2
MAX_CRAWL_DELAY: Final = 120.0
DAY: Final = 24 * 3600.0  # RFC 9309, 2.4: robots.txt is not to be relied on longer
IN_FORCE: Final = "robots"  # in a capture's metadata: the record id of the robots.txt that allowed it

CONTACT: Final = re.compile(
    r"[^\s@:/<>()\"',;]{1,64}@(?:[^\s@:/<>().,;\"']{1,63}\.)+(?!\d+$)[^\s@:/<>().,;\"']{2,63}"
    r"|https?://(?:[^\s@:/?#.]{1,63}\.)+(?!\d+(?:[:/?#]|$))[^\s@:/?#.]{2,63}(?::\d{1,5})?(?:[/?#]\S*)?",
)

UNREACHABLE: Final = "robots_unreachable"
DISALLOWED: Final = "robots"


def require_contact(contact: str) -> None:
    """Raise `UsageError` where a contact is neither a mail address nor a page: whoever is asked could not answer."""
    if contact and not CONTACT.fullmatch(contact):
        raise UsageError(
            f"--contact {contact!r}: is neither a mail address nor an http(s) address at which the newspaper could "
            "reach you; give one, as in you@example.org or https://example.org/about (also in GENBUN_CONTACT)"
        )


def user_agent(contact: str) -> str:
    """Our name, version and contact; honest, and the same for every request."""
    if not contact:
        return f"{TOKEN}/{VERSION}"
    where = contact if contact.startswith(("http://", "https://")) else f"mailto:{contact}"
    return f"{TOKEN}/{VERSION} (+{where})"


class Interrupted(IgnoreRequest):
    """The crawl was stopped before this address was asked: nothing is known of it, and nothing noted."""


class RobotsRefused(IgnoreRequest):
    """robots.txt, or its absence in a way that means no, forbids this address. `reason` is one word."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Robots:
    """What one host's robots.txt says to us; `rules` is None where everything is forbidden.

    `record_id` is that of the capture it was read from, empty where there is none.
    """

    def __init__(self, rules: Protego | None, why: str = "", record_id: str = "") -> None:
        self.rules = rules
        self.why = why
        self.record_id = record_id

    def allows(self, url: str) -> bool:
        """Whether we may ask for that address."""
        return self.rules is not None and bool(self.rules.can_fetch(url, TOKEN))

    @property
    def delay(self) -> float:
        """The Crawl-delay in seconds, at most `MAX_CRAWL_DELAY`; 0 where none is asked for."""
        delay = self.rules.crawl_delay(TOKEN) if self.rules is not None else None
        return min(float(delay), MAX_CRAWL_DELAY) if delay else 0.0

    @property
    def sitemaps(self) -> list[str]:
        """The sitemaps it names."""
        return list(self.rules.sitemaps) if self.rules is not None else []


class RobotsMiddleware:
    """Asks robots.txt once a host and day, and keeps to it; each capture's metadata names the robots.txt in force.

    A 4xx answer means no rules; a 5xx answer, none at all, or more than five redirects mean that nothing may be
    asked (RFC 9309, 2.3.1.3 and 2.3.1.4; Scrapy's own middleware allows everything then).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._known: dict[str, tuple[float, asyncio.Future[Robots]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way of making one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or raise `RobotsRefused`."""
        if request.meta.get("is_robots_txt") or RECALL in request.meta:
            return
        robots = await self.of(request.url)
        if not robots.allows(request.url):
            if robots.rules is None:
                raise RobotsRefused(UNREACHABLE, f"robots.txt {robots.why}")
            raise RobotsRefused(DISALLOWED, "robots.txt forbids it")
        self._keep_pace(request, robots)
        if robots.record_id:
            others = [note for note in request.meta.get(NOTES, ()) if note[0] != IN_FORCE]
            request.meta[NOTES] = (*others, (IN_FORCE, robots.record_id))

    async def of(self, url: str) -> Robots:
        """What the robots.txt of that address's host says; fetched once a day (RFC 9309, 2.4)."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        asked_at, known = self._known.get(origin, (0.0, None))
        if known is None or (known.done() and time.monotonic() - asked_at > DAY):
            known = asyncio.get_running_loop().create_future()
            self._known[origin] = time.monotonic(), known
            try:
                known.set_result(await self._ask(f"{origin}/robots.txt"))
            except BaseException as error:
                known.set_exception(error)
                known.exception()
                raise
        return await known

    async def _ask(self, url: str) -> Robots:
        for hops in range(REDIRECTS + 1):
            request = self._desk.ask(url, "robots") or (self._desk.again(url, "robots") if not hops else None)
            if request is None:
                return Robots(None, f"leads to {url}, which is not ours to ask")
            request = request.replace(
                priority=1000, callback=NO_CALLBACK, errback=None, meta={**request.meta, "is_robots_txt": True}
            )
            try:
                response = await self.crawler.engine.download_async(request)
            except (NotKept, Interrupted):
                raise
            except Exception as error:  # whatever went wrong, it was not reachable
                self._desk.failed(request, error)
                message: Message | None = request.meta.get(MESSAGE)
                if getattr(error, "reason", "") == "too_large" and message is not None and message.head.status == 200:
                    return _rules(message.payload, request)  # RFC 9309, 2.5: its beginning is to be read
                return Robots(None, f"could not be fetched: {error}")
            self._desk.answered(request, response)
            if not 300 <= response.status < 400:
                return _read(response, request)
            location = response.headers.get("Location")
            target = resolve(url, location.decode("latin-1")) if location else None
            if target is None:
                return Robots(None, "is redirected to nowhere")
            url = target
        return Robots(None, f"is redirected more than {REDIRECTS} times")

    @property
    def _desk(self) -> Desk:
        from spiders.collecting import Collecting

        collecting = self.crawler.get_extension(Collecting)
        assert collecting is not None
        return collecting.desk

    def _keep_pace(self, request: Request, robots: Robots) -> None:
        delay = robots.delay
        if not delay:
            return
        downloader = self.crawler.engine.downloader
        _, slot = downloader._get_slot(request)
        if slot.delay < delay:
            log.info("%s asks for %g s between requests", urlsplit(request.url).hostname, delay)
            slot.delay = delay


def _read(response: Response, request: Request) -> Robots:
    status, record_id = response.status, _record_of(request)
    if status >= 500:
        return Robots(None, f"answered {status}", record_id)
    if status >= 400:
        return Robots(rules_of(b""), "", record_id)
    return _rules(response.body, request)


def _rules(body: bytes, request: Request) -> Robots:
    return Robots(rules_of(body), "", _record_of(request))


def _record_of(request: Request) -> str:
    kept: Kept | None = request.meta.get(KEPT)
    return kept.capture.record_id if kept is not None and kept.capture is not None else ""
