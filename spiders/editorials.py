"""A newspaper's listings → its editorials → their originals, and what those pages need to be replayed."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

import scrapy
from scrapy import Request, signals
from scrapy.exceptions import CloseSpider, DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from archives.archive import Kept
from archives.errors import UsageError
from archives.exchange import Fields
from archives.journal import Asked
from archives.records import warc_date
from archives.routes import Routes
from archives.wire import KEPT, MESSAGE, NotKept, tls_context
from crawler.addresses import resolve
from crawler.aligning import method_now
from crawler.dates import JST
from crawler.errors import ParseError
from crawler.html import MAX_PAGE, decode, document
from crawler.layers.shell import instead_of
from crawler.newspapers import Newspaper, newspaper_for, newspaper_named
from crawler.newspapers.newspaper import Found
from crawler.readings import Reading, reading_of, reading_of_revisit
from spiders.arguments import own_address, selection_of
from spiders.desk import ASKED, LEASE, Class, Desk
from spiders.discovery import Discovery, notes_of
from spiders.due import Due
from spiders.guest import Interrupted, require_contact, user_agent
from spiders.listings import Listings
from spiders.requisites import requisites_of_css, requisites_of_page
from spiders.searching import Search, search_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from spiders.collecting import Collecting
    from spiders.frontier.crawl import Lease
    from spiders.frontier.entry import Entry

MAX_HOPS: Final = 10
EDITORIALS_AHEAD: Final = 32
ADDRESSES_AHEAD: Final = 256
CSS_LEVELS: Final = 2
RECHECKS: Final = ("due", "all", "none")


class Editorials(scrapy.Spider):
    """`scrapy crawl editorials -a newspaper=japan_forward -s COLLECTION=DIR`, with the arguments of `genbun crawl`."""

    name = "editorials"

    def __init__(self, newspaper: str = "", since: str = "", until: str = "", limit: str = "", url: str = "",
                 recheck: str = "due", **kwargs: Any) -> None:  # fmt: skip
        super().__init__(**kwargs)
        if not newspaper:
            raise UsageError("which newspaper? give -a newspaper=NAME; `genbun newspapers` lists them")
        self.paper: Newspaper = newspaper_named(newspaper)
        self.selection = selection_of(since, until, limit)
        self.urls = [own_address(self.paper, one) for one in url.split()]
        if recheck not in RECHECKS:
            raise UsageError(f"recheck={recheck!r}: give one of {', '.join(RECHECKS)}")
        self.recheck = recheck
        self.discovery = Discovery(self.paper, self.selection, dt.datetime.now(JST).date())
        self.arguments = {
            "newspaper": newspaper,
            "since": since or None,
            "until": until or None,
            "limit": self.selection.limit,
            "url": self.urls,
            "recheck": recheck,
        }
        self.robots_said = ""
        self.search: Search | None = None
        self._editorials_open = 0
        self._chosen: Iterator[tuple[str, Fields]] = iter(())

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Editorials:
        """Scrapy's way of making one; refuses to begin without a folder and, on the real web, a contact."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        if not settings.get("COLLECTION"):
            raise UsageError("where to? set COLLECTION to the folder of a collection (`genbun crawl … --to DIR`)")
        contact, main_host = settings.get("CONTACT", ""), spider.paper.hosts[0]
        if not contact and Routes(settings.getlist("CONNECT_TO")).mapped(main_host) is None:
            raise UsageError(
                f"{main_host} is a real host: say who asks, with --contact MAIL|URL or GENBUN_CONTACT "
                f"(or send its requests elsewhere with --connect-to {main_host}=http://…)"
            )
        if not settings.get("USER_AGENT") or settings.getpriority("USER_AGENT") == 0:
            settings.set("USER_AGENT", user_agent(contact), priority="spider")
        if not settings["USER_AGENT"].isprintable():
            raise UsageError(
                f"--contact: the user agent would be {settings['USER_AGENT']!r}, and a control character cannot be "
                "sent; give a mail address or a page"
            )
        require_contact(contact)
        if settings.get("CA_FILE"):
            tls_context(settings["CA_FILE"])  # Scrapy would log what it raises in a handler, and go on without one
        if settings["FRONTIER"]:
            from spiders.frontier.joining import require

            require(settings)
        if settings["ENCODER"] and settings.getbool("ALIGN"):
            method_now(settings["ENCODER"])  # what is missing is said now, and not after the last page
        spider.search = search_of(spider)
        crawler.signals.connect(spider.on_idle, signal=signals.spider_idle)
        return spider

    @property
    def collecting(self) -> Collecting:
        """The extension that holds the collection."""
        from spiders.collecting import Collecting

        collecting = self.crawler.get_extension(Collecting)
        assert collecting is not None
        return collecting

    @property
    def desk(self) -> Desk:
        """The desk that every address passes."""
        return self.collecting.desk

    @property
    def papers(self) -> list[Newspaper]:
        """The newspaper, and that of its originals."""
        paper = self.paper
        return [paper, newspaper_named(paper.translates)] if paper.translates else [paper]

    async def start(self) -> AsyncIterator[Any]:
        """The listings to begin with, or the addresses that were given instead; of a shared crawl what is claimed."""
        if (worker := self.collecting.worker) is not None:
            async for claimed in worker.requests():
                yield claimed
            return
        for taken in self._take_over():
            yield taken
        if self.urls:
            for url in self.urls:
                request = self.ask_page(url, "editorial", notes_of([Found(url, "url", "command line")]))
                if request:
                    yield request
            return
        try:
            listings = await self.first_listings()
        except NotKept as error:
            self.collecting.fail(error)
            return
        except Interrupted:
            return
        for request in listings:
            yield request

    async def first_listings(self) -> list[Request]:
        """The listings that robots.txt and the newspaper's file name; none where nothing may be asked."""
        asked = await Listings(self, self.discovery, self._go_on).begin(self._look_back)
        if isinstance(asked, str):
            self.robots_said = asked
            return []
        return asked

    def _look_back(self) -> None:
        """Before listings are read: what is known already."""
        if self.collecting.worker is None:
            self.discovery.known = self.collecting.known_pages()
        if self.recheck != "all":
            self.discovery.floor = self.collecting.listed_before(self.arguments)

    def claimed(self, entry: Entry, lease: Lease) -> Request | None:
        """The request for an address that this worker of a shared crawl is to ask; None if there is none to make."""
        meta: dict[str, Any] = {"hops": entry.hops, LEASE: lease}
        if entry.klass == "requisite":
            return self.desk.ask(
                entry.url, entry.klass, entry.notes, self.on_requisite, self.on_failure, level=entry.level, **meta
            )
        if entry.day is not None and self.search is not None:
            self.search.linked_on(entry.day, entry.url)
        return self.ask_page(entry.url, entry.klass, entry.notes, **meta)

    def _take_over(self) -> Iterator[Request]:
        """What an unfinished crawl had asked and not got: asked first, whatever this crawl's own arguments are."""
        for asked in self.collecting.left_over():
            klass, notes = cast("Class", asked.klass), asked.notes
            request: Request | None = None
            hops = sum(name == "redirected-from" for name, _ in notes)
            if klass in ("editorial", "original"):
                request = self.ask_page(asked.url, klass, notes, hops=hops)
            elif klass == "requisite":
                level = self.level_of(asked)
                request = self.desk.ask(
                    asked.url, klass, notes, self.on_requisite, self.on_failure, hops=hops, level=level
                )
            if request is not None:
                yield request

    def level_of(self, asked: Asked) -> int:
        """How many style sheets lie between a page and what it needs."""
        level, above = 0, asked
        while level < CSS_LEVELS and (via := dict(above.notes).get("via")) is not None:
            found = self.collecting.journal.asked_in(self.collecting.resumes, via)
            if found is None or found.klass != "requisite":
                break
            level, above = level + 1, found
        return level

    # --- editorials

    def _go_on(self) -> Iterator[Request]:
        """The last listing has come: go on to the editorials; those of a shared crawl are handed on to all workers."""
        if self.collecting.worker is not None:
            self.collecting.worker.leading.listed.set()
            return
        self._chosen = self._choose()
        yield from self._feed()

    def _choose(self) -> Iterator[tuple[str, Fields]]:
        """The editorials to ask, each with why: what the listings named, then what is due and was not named."""
        if self.recheck == "all":
            yield from ((url, notes_of(lines)) for url, lines in self.discovery.chosen())
            return
        again = self._again() if self.recheck == "due" else {}
        for url, lines in self.discovery.chosen(again.__contains__):
            yield url, (*notes_of(lines), *((("due", again.pop(url)),) if url in again else ()))
        yield from ((url, (("due", reason),)) for url, reason in again.items())

    def _again(self) -> dict[str, str]:
        """The known editorials that are due, each with the reason; what is not due is counted."""
        counts, modified, again = self.discovery.counts, self.discovery.modified(), dict[str, str]()
        now = dt.datetime.now(dt.UTC)
        due = Due(self.collecting.journal.db, self.paper, now, now.astimezone(JST).date())
        for known in due.known():
            if not self.discovery.is_wanted(known.published):
                continue
            reason = due.reason(known, modified.get(known.url))
            counts[f"due_{reason}" if reason else "not_due"] += 1
            if reason:
                again[known.url] = reason
        return again

    def on_idle(self) -> None:
        """Nothing is under way: if editorials are left to ask, whatever held them up, go on; then search."""
        requests = list(self._feed())
        for request in requests:
            self.crawler.engine.crawl(request)
        is_alone = self.collecting.worker is None
        if requests or (self.search is not None and is_alone and self.search.go_on()):
            raise DontCloseSpider

    @property
    def has_room(self) -> bool:
        """Whether more pages may be asked now: a queue of ten thousand would cost memory."""
        return self._editorials_open < EDITORIALS_AHEAD and self.desk.open < ADDRESSES_AHEAD

    def _feed(self) -> Iterator[Request]:
        """Ask the next editorials, a few ahead of what has come, and then what a search has found."""
        while self.has_room:
            chosen = next(self._chosen, None)
            if chosen is None:
                break
            url, notes = chosen
            request = self.ask_page(url, "editorial", notes)
            if request is not None:
                yield request
        if self.search is not None:
            yield from self.search.feed()

    # --- pages

    def ask_page(self, url: str, klass: Class, notes: Fields, **meta: Any) -> Request | None:
        """The request for an editorial or an original; None if it was asked, or may not be."""
        request = self.desk.ask(url, klass, notes, self.on_page, self.on_failure, **meta)
        if request is not None and klass == "editorial":
            self._editorials_open += 1
        return request

    def on_page(self, response: Response) -> Iterator[Request]:
        """Read an editorial or an original, ask what follows from it, and the next editorial."""
        if response.meta[ASKED].klass == "editorial":
            self._editorials_open -= 1
        try:
            yield from self._read_page(response)
        except NotKept as error:
            self.collecting.fail(error)
            raise CloseSpider("archive_failed") from error
        except Exception as error:
            self.collecting.broke(response.url, error)
        self._done(response)
        yield from self._feed()

    def _read_page(self, response: Response) -> Iterator[Request]:
        request = response.request
        assert request is not None
        state = self.desk.answered(request, response)
        reading = reading_of_live(request)
        self.collecting.read(reading)
        problem = self.collecting.problem_of(reading)
        if problem is not None and problem.reason == "challenge":
            self.desk.wall(request, instead_of(problem.reason, problem.detail))
        if reading.what == "redirect":
            yield from self._follow(response, reading.target)
        if self.search is not None:
            self.search.answered(response.url, response.status)
        if response.status == 200 and state == "fetched":
            yield from self._ask_original(reading)
            yield from self._ask_requisites_of_page(response)

    def _follow(self, response: Response, target: str) -> Iterator[Request]:
        asked: Asked = response.meta[ASKED]
        hops = response.meta.get("hops", 0) + 1
        notes = (*asked.notes, ("redirected-from", response.url))
        klass = cast("Class", asked.klass)
        if hops > MAX_HOPS:
            self.desk.skip(target, klass, notes, "too_many_redirects")
            return
        if klass == "requisite":
            level = response.meta["level"]
            request = self.desk.ask(target, klass, notes, self.on_requisite, self.on_failure, hops=hops, level=level)
        else:
            request = self.ask_page(target, klass, notes, hops=hops)
        if request is not None:
            yield request

    def _ask_original(self, reading: Reading) -> Iterator[Request]:
        article = self.collecting.article_of(reading)
        if article is None or article.original is None or article.kind != "editorial":
            return
        if newspaper_for(article.url) is not self.paper:
            return
        if article.original.url is None:
            if self.search is not None:
                self.search.missing(article)
            return
        if self.search is not None:
            self.search.linked(article, article.original.url)
        request = self.ask_page(
            article.original.url, "original", (("original-of", reading.url),), day=article.published_on
        )
        if request is not None:
            yield request

    # --- requisites

    def _ask_requisites_of_page(self, response: Response) -> Iterator[Request]:
        if not self.collecting.requisites or not response.body:
            return
        if b"html" not in (response.headers.get("Content-Type") or b"html"):
            return
        try:
            root = document(response.body)
        except ParseError:
            return  # the page is a problem, and says so
        yield from self._ask_requisites(requisites_of_page(root, response.url), response.url, 0)

    def _ask_requisites(self, urls: Iterable[str], via: str, level: int) -> Iterator[Request]:
        for url in urls:
            notes = (("via", via),)
            request = self.desk.ask(url, "requisite", notes, self.on_requisite, self.on_failure, level=level)
            if request is not None:
                yield request

    def on_requisite(self, response: Response) -> Iterator[Request]:
        """A style sheet may need more; two levels deep."""
        yield from self._read_requisite(response)
        self._done(response)
        yield from self._feed()

    def _read_requisite(self, response: Response) -> Iterator[Request]:
        assert response.request is not None
        self.desk.answered(response.request, response)
        if 300 <= response.status < 400:
            target = self._redirect_target(response)
            if target is not None:
                yield from self._follow(response, target)
            return
        level: int = response.meta["level"]
        kind = response.headers.get("Content-Type") or b""
        if response.status == 200 and level < CSS_LEVELS and kind.startswith(b"text/css"):
            with suppress(ParseError):  # in no charset we know: it is kept, and what it needs is not known
                urls = requisites_of_css(decode(response.body[:MAX_PAGE]), response.url)
                yield from self._ask_requisites(urls, response.url, level + 1)

    # --- what did not come

    def on_failure(self, failure: Failure) -> Iterator[Request]:
        """Note what was not got, and go on."""
        if not self.is_settled(failure):
            return
        asked: Asked = failure.request.meta[ASKED]  # type: ignore[attr-defined]
        if asked.klass == "editorial":
            self._editorials_open -= 1
        yield from self._feed()

    def is_settled(self, failure: Failure) -> bool:
        """Note that an address was not got; false where the crawl was interrupted, and the receipt says so."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, NotKept):
            self.collecting.fail(failure.value)
            raise CloseSpider("archive_failed")
        if isinstance(failure.value, Interrupted):
            return False
        assert failure.value is not None
        self.desk.failed(request, failure.value)
        self.desk.done(request)
        return True

    def _done(self, response: Response) -> None:
        assert response.request is not None
        self.desk.done(response.request)

    def _redirect_target(self, response: Response) -> str | None:
        location = response.headers.get("Location")
        return resolve(response.url, location.decode("latin-1")) if location else None


def reading_of_live(request: Request) -> Reading:
    """What an exchange says that has just been kept; the same as is read from its WARC record later."""
    kept: Kept = request.meta[KEPT]
    capture = kept.capture
    assert capture is not None
    at = warc_date(capture.captured_at)
    if kept.refers_to:
        return reading_of_revisit(request.url, capture.record_id, at, capture.status, kept.refers_to)
    return reading_of(request.url, capture.record_id, at, capture, request.meta[MESSAGE])
