"""The extension that holds a crawl's collection: opened and locked before the first request, left whole after the last.

Everything a crawl leaves goes through here, so `scrapy crawl`, Scrapyd and `genbun crawl` leave the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import logging
import math
import os
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scrapy import signals
from scrapy.exceptions import NotConfigured

from archives.archive import Archive, why_not_written
from archives.bounded import object_in
from archives.collection import Collection, sync_folder
from archives.errors import GenbunError, NotACollection, UsageError
from archives.exchange import Fields
from archives.journal import Asked, Journal, is_damage
from archives.records import Record, warc_date
from archives.routes import Routes
from archives.wire import NotKept, attach
from archives.writer import WarcWriter
from crawler.aligning import Alignments, default_jobs
from crawler.likeness import KeptShares
from crawler.lines import Written, write_lines
from crawler.models import Article, Problem
from crawler.readings import REFUSALS, Reading, ReadingStore, reading_of_outcome
from crawler.rebuilding import write_index
from crawler.receipts import write_outcomes, write_receipt
from spiders.account import close_receipts, lines_there, receipt_of, warcinfo
from spiders.adopting import adopt, store_readings
from spiders.desk import Desk, Hosts
from spiders.due import floor_of
from spiders.editorials import Editorials
from spiders.guest import Interrupted
from spiders.patience import PatienceMiddleware
from spiders.progress import Progress
from spiders.stopping import stop_asked
from spiders.verdict import verdict

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from spiders.frontier.worker import Worker

log = logging.getLogger(__name__)

READINGS_AT_ONCE: Final = 32
STOP_POLL: Final = 0.2
ALIGNS_STOPPED: Final = 20.0  # seconds that a crawl that was stopped goes on aligning; systemd gives it 90 to end


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
        self.aligned: dict[str, float] = {"computed": 0, "failed": 0, "left": 0, "seconds": 0.0}
        self.ask_refused_again = False
        self.failure: GenbunError | None = None
        self.worker: Worker | None = None
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
        if settings["FRONTIER"]:
            from spiders.frontier.joining import worker_of

            self.worker = worker_of(self)
        close_receipts(self)
        writer = WarcWriter(
            self.collection.archive,
            f"genbun-{spider.paper.name}",
            warcinfo(self),
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
        self.desk.elsewhere = self.worker
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
        with contextlib.suppress(OSError):
            receipt = object_in(self.collection.receipt(crawls[0]))
            self.ask_refused_again = receipt.get("exit") == 6
            if receipt.get("finished") is True:
                self.journal.end_crawl(crawls[0], str(receipt.get("ended_at")))
                return []
        return crawls

    def _open_journal(self) -> None:
        """Open the journal and bring it in line with the archive; a damaged one is set aside and made anew."""
        path = self.collection.journal
        for attempt in (1, 2):
            try:
                self.journal = Journal(path)
                self._open.callback(self.journal.close)  # closing twice is nothing
                self.journal.check()
                self.store = ReadingStore(self.journal.db)
                for line in adopt(self.collection, self.journal, self.store):
                    self._say(line)
            except sqlite3.DatabaseError as error:
                if not (is_damage(error) and attempt == 1):
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

    def problem_of(self, reading: Reading) -> Problem | None:
        """What stood in the way of a reading, also of one that says nothing has changed."""
        if reading.what != "same":
            return reading.problem
        for one in self._unread:
            if one.record_id == reading.target:
                return one.problem
        row = self.journal.db.execute(
            "SELECT problem FROM readings WHERE record_id = ? AND problem != ''", (reading.target,)
        ).fetchone()
        return Problem.model_validate_json(row[0]) if row else None

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

    def listed_before(self, arguments: dict[str, Any]) -> dt.date | None:
        """The day before which earlier crawls have read the listings, so that this one need not."""
        paths = sorted(self.collection.crawls.glob(f"*-{self.spider.paper.name}-*.json"), reverse=True)
        receipts: Iterator[dict[str, Any]] = map(object_in, paths)
        if self.worker is None:  # what workers of a shared crawl were told of lies in all their collections
            receipts = (receipt for receipt in receipts if "shared" not in receipt)
        return floor_of(receipts, arguments, self.started_at)

    def left_over(self) -> list[Asked]:
        """What the crawls that are taken over had asked for and not got."""
        return [asked for crawl in self.resumes for asked in self.journal.asked(crawl) if asked.state == "asked"]

    def fail(self, error: GenbunError) -> None:
        """Note why the crawl cannot go on; the first reason counts."""
        if self.failure is None:
            self.failure = error
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
        if response is not None and response.request is not None:
            self.desk.done(response.request)
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
            try:
                await self.archive.close()
            finally:
                if self.worker is not None:
                    await self.worker.leave()
            self._store_readings()
            with stop_asked("pairs that are not aligned yet are left for the next crawl") as stopped:
                until = time.monotonic() + (ALIGNS_STOPPED if reason == "shutdown" else math.inf)
                self._write_lines(lambda: stopped() or time.monotonic() > until)
            write_index(self.journal, self.collection)
        except (OSError, sqlite3.Error, NotKept) as error:
            self._cannot_write(error)
        ended_at = dt.datetime.now(dt.UTC)
        self.exit_status, self.message = verdict(self, reason, pending)
        finished = reason == "finished" and not pending and self.failure is None and self.exit_status != 6
        try:
            write_outcomes(self.collection, self.crawl, self.journal.asked(self.crawl))
            receipt = receipt_of(self, reason, ended_at, finished, pending)
            self.receipt = write_receipt(self.collection, self.crawl, receipt)
            if finished:  # after its receipt: a crawl without one is not finished
                self.journal.end_crawl(self.crawl, warc_date(ended_at))
        except (OSError, sqlite3.Error) as error:
            self._cannot_write(error)
            self.exit_status, self.message = verdict(self, reason, pending)

    def _write_lines(self, stopped: Callable[[], bool]) -> None:
        """Pairs are aligned as they are written: after the last page, and in time of its own, until we are stopped."""
        aligns = self.crawler.settings.getbool("ALIGN")
        alignments = Alignments(
            self.journal.db,
            computes=aligns,
            jobs=default_jobs() if aligns else 1,
            told=self.progress.aligned,
            encoder=self.crawler.settings["ENCODER"] or "",
            stopped=stopped,
        )
        shares = KeptShares(self.journal.db, jobs=default_jobs())
        began = time.monotonic()
        try:
            self.written = write_lines(self.store, self.collection, alignments, shares)
        finally:
            self.progress.end()
            self.aligned = {
                "computed": alignments.made,
                "failed": alignments.failed,
                "left": alignments.left,
                "seconds": round(time.monotonic() - began, 3),
            }

    def _cannot_write(self, error: OSError | sqlite3.Error | NotKept) -> None:
        if not isinstance(error, NotKept):
            error = NotKept(why_not_written(self.collection.path, error))
        self.fail(error)
        if not self.written.articles:
            self.written = lines_there(self.collection)

    # --- inside

    async def _let_go_when_stopped(self) -> None:
        """Once the crawl is to stop, drop what waits for its host's next turn: that may take minutes."""
        engine, told = self.crawler.engine, False
        while True:
            await asyncio.sleep(STOP_POLL)
            is_lost = self.worker is not None and self.worker.is_lost
            if engine.running and not is_lost:
                continue
            if not told and not is_lost:
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
