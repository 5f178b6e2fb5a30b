"""The extension that holds a crawl's collection: opened and locked before the first request, left whole after the last.

Everything a crawl leaves goes through here, so `scrapy crawl`, Scrapyd and `genbun crawl` leave the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import logging
import os
import secrets
import sqlite3
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scrapy import signals
from scrapy.exceptions import NotConfigured

from archives.archive import Archive, why_not_written
from archives.collection import Collection, sync_folder
from archives.errors import GenbunError, NotACollection, UsageError
from archives.exchange import Fields
from archives.journal import Asked, Journal
from archives.records import CONFORMS_TO, Record, warc_date
from archives.routes import Routes
from archives.wire import NotKept, attach
from archives.writer import WarcWriter
from crawler.lines import Written, write_lines
from crawler.models import Article
from crawler.readings import REFUSALS, Reading, ReadingStore, reading_of_outcome
from crawler.rebuilding import write_index
from crawler.receipts import balance, versions, write_outcomes, write_receipt
from spiders.adopting import adopt, store_readings
from spiders.desk import Desk, Hosts
from spiders.editorials import Editorials
from spiders.guest import Interrupted
from spiders.patience import PatienceMiddleware
from spiders.progress import Progress

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

log = logging.getLogger(__name__)

READINGS_AT_ONCE: Final = 32
STOP_POLL: Final = 0.2


class Collecting:
    """One crawl into one collection. After the crawl, `exit_status` and `message` say how it went."""

    def __init__(self, crawler: Crawler, spider: Editorials) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.spider = spider
        self.collection = Collection(Path(settings["COLLECTION"]))
        self.requisites: bool = settings.getbool("REQUISITES")
        self.started_at = dt.datetime.now(dt.UTC)
        self.crawl = f"{self.started_at:%Y%m%dT%H%M%SZ}-{spider.paper.name}-{secrets.token_hex(2)}"
        self.exit_status = 1
        self.message = ""
        self.written = Written()
        self.receipt: Path | None = None
        self.new_articles: Counter[str] = Counter()
        self.faults: list[str] = []
        self.ask_refused_again = False
        self._failure: GenbunError | None = None
        self._unread: list[Reading] = []
        self._open = ExitStack()
        try:
            self.collection.create()
        except OSError as error:
            raise NotACollection(
                f"{self.collection.path}: cannot be made or written to ({error.strerror}); give another folder"
            ) from error
        self._open.enter_context(self.collection.lock())
        try:
            self._begin()
        except BaseException as error:
            self._open.close()
            if isinstance(error, OSError | sqlite3.Error):
                raise NotKept(why_not_written(self.collection.path, error)) from error
            raise
        self.progress = Progress(self)

    def _begin(self) -> None:
        """Everything that is written before the first request: what was left is taken up, and a crawl is noted."""
        crawler, spider, settings = self.crawler, self.spider, self.crawler.settings
        _require_writable(self.collection)
        self.adopted: list[str] = []
        self._open_journal()
        self.resumes = self._unfinished()
        self._close_receipts()
        writer = WarcWriter(
            self.collection.archive,
            f"genbun-{spider.paper.name}",
            self._warcinfo(),
            settings.getint("WARC_SIZE"),
            dt.timedelta(seconds=settings.getfloat("WARC_AGE")),
        )
        self.archive = Archive(
            writer, self.journal, self.crawl, settings.getfloat("COMMIT_INTERVAL"), settings.getint("REVISIT_MIN")
        )
        attach(crawler, self.archive)
        self.desk = Desk(
            self.archive,
            _hosts(spider),
            Routes(settings.getlist("CONNECT_TO")),
            known_contact=bool(settings.get("CONTACT")),
            missed=self._missed,
            resumes=self.resumes,
            ask_refused_again=self.ask_refused_again,
        )
        self.journal.begin_crawl(self.crawl, spider.paper.name, warc_date(self.started_at), (self.resumes or [""])[0])
        sync_folder(self.collection.path)  # else a power cut might take archive/ away, with all that is durable in it
        with contextlib.suppress(OSError):  # it need not be readable for us
            sync_folder(self.collection.path.absolute().parent)

    def _say(self, line: str) -> None:
        log.warning("%s", line)
        self.adopted.append(line)

    def _unfinished(self) -> list[str]:
        """The crawls to take over. One whose receipt says it has finished has, though the journal may not know yet."""
        crawls = self.journal.unfinished_crawls(self.spider.paper.name)
        if not crawls:
            return []
        with contextlib.suppress(OSError, ValueError):
            receipt = json.loads((self.collection.crawls / f"{crawls[0]}.json").read_text("utf-8"))
            self.ask_refused_again = receipt["exit"] == 6
            if receipt["finished"]:
                self.journal.end_crawl(crawls[0], receipt["ended_at"])
                return []
        return crawls

    def _open_journal(self) -> None:
        """Open the journal and bring it in line with the archive; a damaged one is set aside and made anew."""
        path = self.collection.journal
        for attempt in (1, 2):
            try:
                self.journal = Journal(path)
                self._open.callback(self.journal.close)  # closing twice is nothing
                self.store = ReadingStore(self.journal.db)
                for line in adopt(self.collection, self.journal, self.store):
                    self._say(line)
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorname not in ("SQLITE_NOTADB", "SQLITE_CORRUPT") or attempt == 2:
                    raise
                aside = path.with_name(f"{path.name}.damaged")
                path.replace(aside)
                for suffix in ("-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
                self._say(f"{path}: is damaged ({error}); set aside as {aside.name}, and made anew from archive/")
            else:
                return

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Collecting:
        """Scrapy's way of making one."""
        spider = crawler.spider
        if not isinstance(spider, Editorials):
            raise NotConfigured("Collecting serves the spiders of Genbun")
        collecting = cls(crawler, spider)
        crawler.signals.connect(collecting.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(collecting.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(collecting.spider_error, signal=signals.spider_error)
        return collecting

    @property
    def patience(self) -> PatienceMiddleware:
        """What hosts have asked for."""
        patience = self.crawler.get_downloader_middleware(PatienceMiddleware)
        assert patience is not None
        return patience

    # --- what the spider gives and asks

    def read(self, reading: Reading) -> None:
        """Take what a page says."""
        self._unread.append(reading)
        if reading.article is not None:
            self.new_articles[reading.article.newspaper] += 1
        if len(self._unread) >= READINGS_AT_ONCE:
            self._store_readings()

    def article_of(self, reading: Reading) -> Article | None:
        """The article of a reading, also of one that says nothing has changed."""
        if reading.what != "same":
            return reading.article
        self._store_readings()
        row = self.journal.db.execute(
            "SELECT article FROM readings WHERE record_id = ? AND article != ''", (reading.target,)
        ).fetchone()
        return Article.model_validate_json(row[0]) if row else None

    def known_pages(self) -> set[str]:
        """The addresses that gave a page before this crawl, and those it takes over, whether or not it was an article.

        What an unfinished crawl got counts as this one's, so that `--limit` means the same as without the break.
        """
        rows = self.journal.db.execute(
            "SELECT DISTINCT r.url, r.status FROM readings r JOIN captures c USING (record_id)"
            " JOIN warcs w ON w.name = c.warc WHERE r.status BETWEEN 1 AND 499"
            " AND w.crawl NOT IN (SELECT value FROM json_each(?))",
            (json.dumps(self.resumes),),
        )
        return {url for url, status in rows if status not in REFUSALS}

    def left_over(self) -> list[Asked]:
        """What the crawls that are taken over had asked for and not got."""
        return [asked for crawl in self.resumes for asked in self.journal.asked(crawl) if asked.state == "asked"]

    def fail(self, error: GenbunError) -> None:
        """Note why the crawl cannot go on; the first reason counts."""
        if self._failure is None:
            self._failure = error
            log.error("%s", error)

    def broke(self, url: str, error: Exception) -> None:
        """Note a fault of our own at a page: the page is kept, the crawl goes on, and ends with exit status 1."""
        log.error("%s: %s", url, error, exc_info=error)
        self.faults.append(f"{url}: {error.__class__.__name__}: {error}")

    # --- begin and end

    def spider_opened(self) -> None:
        """Keep to what hosts have asked of earlier crawls, and show progress from now on."""
        self.patience.remember(self.journal.rests(warc_date(dt.datetime.now(dt.UTC))))
        self.progress.begin()
        self._watch = asyncio.get_running_loop().create_task(self._let_go_when_stopped())

    def spider_error(self, failure: Failure, response: Response | None) -> None:
        """A fault of our own: the crawl goes on, and does not end as if all were well."""
        error = failure.value
        where = f"{response.url}: " if response is not None else ""
        self.fail(
            error
            if isinstance(error, GenbunError)
            else GenbunError(
                f"{where}failed unexpectedly: {error.__class__.__name__}: {error}; all that came is kept; "
                "run it again with --debug to see where, and please report it"
            )
        )

    async def spider_closed(self, reason: str) -> None:
        """Leave the collection whole, whatever ended the crawl."""
        self._watch.cancel()
        self.progress.end()
        try:
            await self._finish(reason)
        except Exception as error:
            self.exit_status = getattr(error, "exit_status", 1)
            self.message = str(error)
            log.exception("the crawl could not be finished")
        finally:
            self._open.close()

    async def _finish(self, reason: str) -> None:
        pending: Counter[str] = Counter(asked.klass for asked in self.desk.still_open())
        try:
            await self.archive.close()
            self._store_readings()
            self.written = write_lines(self.store, self.collection)
            write_index(self.journal, self.collection)
        except (OSError, sqlite3.Error, NotKept) as error:
            self._cannot_write(error)
        ended_at = dt.datetime.now(dt.UTC)
        self.exit_status, self.message = self._verdict(reason, pending)
        finished = reason == "finished" and not pending and self._failure is None and self.exit_status != 6
        try:
            write_outcomes(self.collection, self.crawl, self.journal.asked(self.crawl))
            receipt = self._receipt(reason, ended_at, finished, pending)
            self.receipt = write_receipt(self.collection, self.crawl, receipt)
            if finished:  # after its receipt: a crawl without one is not finished
                self.journal.end_crawl(self.crawl, warc_date(ended_at))
        except (OSError, sqlite3.Error) as error:
            self._cannot_write(error)
            self.exit_status, self.message = self._verdict(reason, pending)

    def _cannot_write(self, error: OSError | sqlite3.Error | NotKept) -> None:
        if not isinstance(error, NotKept):
            error = NotKept(why_not_written(self.collection.path, error))
        self.fail(error)
        if not self.written.articles:
            self.written = lines_there(self.collection)

    def _receipt(self, reason: str, ended_at: dt.datetime, finished: bool, pending: Counter[str]) -> dict[str, Any]:
        settings = self.crawler.settings
        lost = isinstance(self._failure, NotKept)  # then only what the journal has of it is so
        sums = self._committed_sums(self.crawl) if lost else balance(self.desk.sums, pending)
        return {
            "schema": "genbun/receipt/1",
            "id": self.crawl,
            "newspaper": self.spider.paper.name,
            "resumes": self.resumes[0] if self.resumes else None,
            "recalled": self.desk.recalled,
            "recovered": self.adopted,
            "arguments": self.spider.arguments,
            "settings": {
                "contact": settings.get("CONTACT") or None,
                "user_agent": settings.get("USER_AGENT"),
                "delay": settings.getfloat("DOWNLOAD_DELAY"),
                "concurrency": settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
                "connect_to": settings.getlist("CONNECT_TO"),
                "requisites": self.requisites,
            },
            "versions": versions(),
            "started_at": warc_date(self.started_at),
            "ended_at": warc_date(ended_at),
            "finished": finished,
            "ended_because": reason,
            "exit": self.exit_status,
            "message": self.message or None,
            **sums["all"],
            "classes": {klass: row for klass, row in sums.items() if klass != "all"},
            "reasons": dict(self.desk.reasons.most_common()),
            "closed": {host: said for host, (said, _) in sorted(self.patience.closed.items())},
            "discovery": {
                "lines": dict(self.spider.discovery.lines),
                **dict(self.spider.discovery.counts),
            },
            "archive": {
                "responses": self.archive.responses,
                "revisits": self.archive.revisits,
                "bytes": self.archive.bytes_written,
            },
            "records": {
                "articles": self.written.articles,
                "versions": self.written.versions,
                "problems": self.written.problems,
                "pairs": self.written.pairs,
            },
        }

    def _verdict(self, reason: str, pending: Counter[str]) -> tuple[int, str]:
        """The exit status and what to say (DESIGN 4)."""
        if self._failure is not None:
            return self._failure.exit_status, str(self._failure)
        if reason not in ("finished", "shutdown"):
            return 1, f"the crawl ended early ({reason}); all that came is kept; run it again to go on"
        if reason == "shutdown":
            return 1, f"stopped on request with {sum(pending.values())} addresses to go; run it again to go on"
        if self.faults:
            more = f" (and {len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
            return 1, f"a page could not be taken in, through a fault of ours: {self.faults[0]}{more}; please report it"
        host = self.spider.paper.hosts[0]
        listings, pages = self.desk.sums.get("listing", Counter()), self.desk.sums.get("editorial", Counter())
        if host in self.patience.closed and not pages["asked"]:
            return 6, f"{self.patience.closed[host][0]}; all that came is kept; run it again then"
        if self.spider.robots_said:
            said = self.spider.robots_said
            return 3, f"nothing found: https://{host}/robots.txt {said}, so nothing may be asked (RFC 9309, 2.3.1.4)"
        if pages["refused"] and pages["refused"] * 2 >= pages["asked"]:
            refused = f"{host} refused {pages['refused']} of {pages['asked']} editorials asked ({self._refusals()})"
            if host in self.patience.closed:
                refused += f"; {self.patience.closed[host][0]}"
            return 6, f"{refused}; all that came is kept; run it again later, or more slowly"
        if pages["asked"] or self.spider.urls or self.spider.discovery.counts["editorials"]:
            return 0, ""
        if listings["refused"] and not listings["fetched"]:
            return 6, f"{host} refused its listings ({self._refusals()}); is the crawl welcome there?"
        if listings["failed"] and not listings["fetched"]:
            return 3, f"nothing found: no listing of {host} answered; is it up, and is the network?"
        return 3, f"nothing found: the listings of {host} named no editorial; does the site still look the same?"

    def _refusals(self) -> str:
        reasons = (reason.partition(": ") for reason in self.desk.reasons)
        return ", ".join(reason for state, _, reason in reasons if state == "refused")

    # --- inside

    def _close_receipts(self) -> None:
        """A crawl that was killed has left no receipt: its own says so, from what the journal knows."""
        for crawl in self.resumes:
            if (self.collection.crawls / f"{crawl}.json").exists():
                continue
            sums = self._committed_sums(crawl)
            receipt = {
                "schema": "genbun/receipt/1",
                "id": crawl,
                "newspaper": self.spider.paper.name,
                "started_at": self.journal.started_at(crawl),
                "ended_at": None,
                "finished": False,
                "ended_because": "killed",
                "exit": None,
                "resumed_by": self.crawl,
                **sums["all"],
                "classes": {klass: row for klass, row in sums.items() if klass != "all"},
            }
            write_outcomes(self.collection, crawl, self.journal.asked(crawl))
            write_receipt(self.collection, crawl, receipt)

    def _committed_sums(self, crawl: str) -> dict[str, dict[str, int]]:
        """What the journal knows of a crawl, as a receipt tells it."""
        asked = self.journal.sums(crawl)
        sums = {klass: Counter({**count, "asked": sum(count.values())}) for klass, count in asked.items()}
        return balance(sums, Counter({klass: count["asked"] for klass, count in asked.items()}))

    async def _let_go_when_stopped(self) -> None:
        """Once the crawl is to stop, drop what waits for its host's next turn: that may take minutes."""
        engine, told = self.crawler.engine, False
        while True:
            await asyncio.sleep(STOP_POLL)
            if engine.running:
                continue
            if not told:
                log.warning("stopping: what is under way is finished and kept; once more ends it at once")
                told = True
            for slot in engine.downloader.slots.values():
                while slot.queue:
                    _, waiting = slot.queue.popleft()
                    waiting.errback(Interrupted("the crawl was stopped"))

    def _missed(self, record: Record, notes: Fields) -> None:
        reading = reading_of_outcome(record.url, record.id, record.date, notes)
        if reading is not None:
            self._unread.append(reading)

    def _store_readings(self) -> None:
        unread, self._unread = self._unread, []
        if unread:
            try:
                store_readings(self.journal, self.store, unread)
            except sqlite3.Error as error:
                self._unread = unread + self._unread  # the next crawl reads them again from their records
                raise NotKept(why_not_written(self.collection.path, error)) from error

    def _warcinfo(self) -> list[tuple[str, str]]:
        settings = self.crawler.settings
        said = versions()
        return [
            ("software", " ".join(f"{name}/{number}" for name, number in said.items())),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", CONFORMS_TO),
            ("isPartOf", self.crawl),
            ("description", f"editorials of {self.spider.paper.title}, and their originals"),
            ("operator", settings.get("CONTACT") or "not given"),
            ("http-header-user-agent", settings.get("USER_AGENT") or ""),
            ("robots", "obey (RFC 9309)"),
            ("capture", "HTTP/1.1 messages as sent and received, transfer and content coding kept"),
        ]


def lines_there(collection: Collection) -> Written:
    """What the records hold that an earlier crawl wrote, where this one could not."""
    written = Written()
    with contextlib.suppress(OSError, ValueError, KeyError):
        articles = [json.loads(line)["id"] for line in (collection.records / "articles.jsonl").open(encoding="utf-8")]
        written.articles, written.versions = len(set(articles)), len(articles)
        written.problems = sum(1 for _ in (collection.records / "problems.jsonl").open(encoding="utf-8"))
        pairs = (collection.records / "pairs.jsonl").open(encoding="utf-8")
        written.pairs = dict(Counter(json.loads(line)["status"] for line in pairs))
    return written


def _require_writable(collection: Collection) -> None:
    """Raise `UsageError` where the collection lies on what cannot be written to: nothing is asked then."""
    folders = (collection.path, collection.archive, collection.index.parent, collection.records, collection.crawls)
    for path in (*folders, collection.journal):
        if path.exists() and not os.access(path, os.W_OK):
            raise UsageError(
                f"{path}: cannot be written to (its file system is read-only, or it belongs to somebody else); "
                "make it writable, or give another folder; nothing was asked"
            )


def _hosts(spider: Editorials) -> Hosts:
    papers = spider.papers
    return Hosts(
        frozenset(host for paper in papers for host in paper.hosts),
        tuple(asset for paper in papers for asset in paper.asset_hosts),
    )
