"""ROBOTS.TXT → listings → what they name: the listings of one newspaper, asked until the last of them has answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archives.wire import CUT
from crawler.addresses import resolve
from crawler.newspapers.newspaper import More
from spiders.discovery import Discovery
from spiders.guest import RobotsMiddleware

if TYPE_CHECKING:
    from spiders.editorials import Editorials


class Listings:
    """One reading of a newspaper's listings: what each says goes to `discovery`, which may name more of them.

    `then` is called once, when every listing that was asked has answered or failed; it gives what is asked next.
    """

    def __init__(self, spider: Editorials, discovery: Discovery, then: Callable[[], Iterable[Request]]) -> None:
        self._spider = spider
        self._discovery = discovery
        self._then = then
        self._open = 0
        self._is_over = False

    async def begin(self, prepare: Callable[[], None] = lambda: None) -> list[Request] | str:
        """The first listings, those that robots.txt names before those that the newspaper's file does; or why none
        may be asked. `prepare` is called before `discovery` is. Raises `NotKept`, `Interrupted`."""
        robots = self._spider.crawler.get_downloader_middleware(RobotsMiddleware)
        assert robots is not None
        home = f"https://{self._discovery.paper.hosts[0]}/"
        rules = await robots.of(home)
        if rules.rules is None:
            return rules.why
        prepare()
        sitemaps = [address for address in (resolve(home, line) for line in rules.sitemaps) if address]
        return [*self._ask(self._discovery.first(sitemaps)), *self._after()]

    def _ask(self, listings: Iterable[More]) -> list[Request]:
        """Ask these; what one of them said to another worker of a shared crawl is heard at once."""
        worker, waiting, requests = self._spider.collecting.worker, deque(listings), list[Request]()
        while waiting:
            more = waiting.popleft()
            heard = worker.leading.heard(more.url) if worker is not None else None
            if heard is not None:
                status, location, body = heard
                waiting.extend(self._discovery.heard(more, status, more.url, location, body))
                continue
            request = self._spider.desk.ask(
                more.url, "listing", (("way", more.way),), self._on_listing, self._on_failure, more=more
            )
            if request is not None:
                self._open += 1
                requests.append(request)
        return requests

    def _on_listing(self, response: Response) -> Iterator[Request]:
        assert response.request is not None
        self._spider.desk.answered(response.request, response)
        if response.status == 200 and CUT in response.flags:
            self._discovery.counts["listings_cut"] += 1
        more: More = response.meta["more"]
        location = (response.headers.get("Location") or b"").decode("latin-1")
        worker = self._spider.collecting.worker
        if worker is not None:
            worker.leading.keep(more.url, response.status, location, response.body)
        named = self._discovery.heard(more, response.status, response.url, location, response.body)
        if (word := self._discovery.walls.get(response.url)) is not None:
            self._spider.desk.wall(response.request, word)
        self._open -= 1
        yield from [*self._ask(named), *self._after()]

    def _on_failure(self, failure: Failure) -> Iterator[Request]:
        if self._spider.is_settled(failure):
            self._open -= 1
            yield from self._after()

    def _after(self) -> Iterable[Request]:
        """If none is open any more: fall back on other listings, or go on."""
        requests = self._ask(self._discovery.second()) if not self._open else []
        if self._open or self._is_over:
            return requests
        self._is_over = True
        return self._then()
