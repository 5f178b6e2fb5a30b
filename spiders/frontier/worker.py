"""One of the workers of a crawl: claims addresses, hands them to Scrapy, and settles each once it is durable.

Scrapy's own scheduler holds no more than what was claimed: the spider's `start()` goes on giving requests until the
whole crawl is over. A worker that is killed has settled nothing that is not in its archive, and the others take over
the rest as soon as it has been silent for the time of a lease.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request

from archives.errors import GenbunError
from archives.exchange import Fields
from archives.wire import NotKept
from spiders.frontier import own
from spiders.frontier.connection import FrontierLost
from spiders.frontier.crawl import Claimed, Lease, Settled, SharedCrawl
from spiders.frontier.entry import BadEntry, Entry
from spiders.frontier.leading import Leading
from spiders.guest import Interrupted

if TYPE_CHECKING:
    from spiders.collecting import Collecting
    from spiders.editorials import Editorials

log = logging.getLogger(__name__)

MOST_TRIES: Final = 5  # an address that so many workers claimed and did not come back from is asked no more
FIRST_LOOK, LAST_LOOK = 0.02, 0.25  # seconds between two looks while nothing is there to claim
LEAVE_WITHIN: Final = 5.0


class Worker:
    """This worker's part in a crawl. `lease` is for how many seconds it may be silent, `room` how much it claims."""

    def __init__(self, collecting: Collecting, crawl: SharedCrawl, lease: float, room: int) -> None:
        self.crawl = crawl
        self.leading = Leading(self, crawl)
        self.since = ""
        self.counts: Counter[str] = Counter()
        self._collecting = collecting
        self._lease = lease
        self._room = room
        self._held: set[Lease] = set()
        self._found: list[Entry] = []
        self._settled: list[Settled] = []
        self._sending: list[Settled] = []
        self._wake = asyncio.Event()
        self._discovered = asyncio.Event()
        self._has_announced = self._has_searched = False
        self._is_over = crawl.joined.over
        self._requests: asyncio.Queue[Request | None] = asyncio.Queue()
        self._parts: list[asyncio.Task[None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None

    @property
    def spider(self) -> Editorials:
        """The spider that asks and reads."""
        return self._collecting.spider

    # --- what the spider asks and gives

    async def requests(self) -> AsyncIterator[Request]:
        """What this worker is to ask, until nothing is left for anybody."""
        if self._is_over:
            log.warning(
                "the crawl %s was finished %d s ago, so nothing is left for this worker; another begins under another "
                "--crawl NAME, or once FRONTIER_AGAIN seconds have passed", self.crawl.name, self.crawl.joined.ago,
            )  # fmt: skip
            return
        self._parts = [self.soon(part) for part in (self._carry(), self._bring(), self._watch())]
        while (request := await self._requests.get()) is not None:
            yield request

    def give(self, url: str, klass: str, notes: Fields, meta: Mapping[str, Any]) -> None:
        """Take an address that was found on the page which is being read: it goes to whoever claims it."""
        try:
            hops, level, day = meta.get("hops", 0), meta.get("level", 0), meta.get("day")
            self._found.append(Entry.of(url, klass, notes, hops, level, day))
        except BadEntry as error:
            self.counts["strange"] += 1
            log.warning("%.200s: cannot be handed on: %s", url, error)

    def done(self, lease: Lease | None) -> None:
        """An address is done with: settle it, and hand on what was found on its page, once both are durable."""
        search = self.spider.search
        found = self.take_found()
        if lease is not None or found:
            settled = Settled(lease, found, search.take_days() if search is not None else set())
            self._collecting.archive.when_durable(lambda: self._settle(settled))

    def take_found(self) -> list[Entry]:
        """What was found since the last page was done with."""
        found, self._found = self._found, []
        return found

    def ask(self, request: Request) -> None:
        """Have Scrapy ask something that is this worker's alone."""
        self._requests.put_nowait(request)

    def learned(self, host: str, said: str, until: dt.datetime | None) -> None:
        """Another worker was told to leave a host alone."""
        self._collecting.patience.closed.setdefault(host, (said, until))

    def soon(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do that, and end the crawl in order if Redis cannot be had."""
        task = asyncio.get_running_loop().create_task(self._guarded(coroutine))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @property
    def is_lost(self) -> bool:
        """Whether it takes no more part in the crawl, which is why it ends."""
        return self._closing is not None

    def lose(self, error: GenbunError, reason: str = "frontier_lost") -> None:
        """End the crawl: what was not settled stays in Redis, or is known from the archive."""
        self._collecting.fail(error)
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close(reason))

    async def leave(self) -> None:
        """Settle what is durable, and give the rest to the others."""
        connection = self.crawl.connection
        connection.patience = min(connection.patience, LEAVE_WITHIN)
        for part in self._parts:
            part.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LEAVE_WITHIN)
            for task in late:
                task.cancel()
        try:
            if not self._is_over:
                await self.crawl.exchange([*self._sending, *self._settled], 0)
                await self.crawl.leave()
        except FrontierLost as error:
            log.warning("%s", error)  # the others notice that nothing is heard of this worker
        finally:
            with suppress(Exception):
                await connection.close()

    def account(self) -> dict[str, Any]:
        """What the receipt says of it."""
        connection = self.crawl.connection
        return {
            "crawl": self.crawl.name,
            "run": self.crawl.joined.run,
            "worker": self.crawl.joined.number or None,
            "frontier": connection.where,
            "read_listings": self.leading.has_led,
            "claimed": self.counts["claimed"],
            "taken_over": self.counts["taken_over"],
            "strange": self.counts["strange"],
            "commands": connection.commands,
            "seconds": round(connection.seconds, 3),
        }

    # --- what goes on meanwhile

    async def _carry(self) -> None:
        """To Redis and back: what is settled goes there, what is claimed comes from there."""
        pause = FIRST_LOOK
        while True:
            self._sending, self._settled = self._settled, []
            self._held -= {one.lease for one in self._sending if one.lease is not None}
            may_claim = self._has_announced and self._collecting.crawler.engine.running
            want = max(self._room - len(self._held), 0) if may_claim else 0
            answer = await self.crawl.exchange(self._sending, want)
            self._sending = []
            if answer.discovered:
                self._discovered.set()
            for claimed in answer.claimed:
                self._take(claimed)
            for lease, why in answer.strange:
                self._refuse(lease, why)
            if answer.searches and not self._has_searched:
                self._has_searched = True
                self.soon(self.leading.search())
            if answer.finished:
                self._is_over = True
                self._requests.put_nowait(None)
                return
            is_hungry = want > len(answer.claimed)
            pause = min(pause * 2, LAST_LOOK) if is_hungry and not answer.claimed else FIRST_LOOK
            self._wake.clear()
            if not self._settled:
                await _at_most(pause if is_hungry else self._lease / 6, self._wake)

    def _take(self, claimed: Claimed) -> None:
        lease, entry = claimed.lease, claimed.entry
        if lease in self._held:
            return
        if why_not := self.spider.desk.why_not(entry.url, entry.klass):
            self._refuse(lease, f"{entry.url:.200}: {why_not}")
            return
        self._held.add(lease)
        self.counts["claimed"] += 1
        self.counts["taken_over"] += claimed.tries > 0
        try:
            if claimed.tries >= MOST_TRIES:
                self.spider.desk.skip(entry.url, entry.klass, entry.notes, "workers_died")
                request = None
            else:
                request = self.spider.claimed(entry, lease)
        except NotKept as error:
            self.lose(error, "archive_failed")
            return
        if request is None:
            self.done(lease)
        else:
            self._requests.put_nowait(request)

    def _refuse(self, lease: Lease, why: str) -> None:
        self.counts["strange"] += 1
        log.warning("%s: %s holds what is no entry of ours (%s); it is thrown away", self.crawl.name, lease[0], why)
        self._held.add(lease)
        self._settle(Settled(lease, []))

    def _settle(self, settled: Settled) -> None:
        self._settled.append(settled)
        self._wake.set()

    async def _bring(self) -> None:
        """What this worker knows and has to do by itself; and the listings, if nobody else reads them."""
        crawl, spider = self.crawl, self.spider
        if not crawl.joined.remembered:
            await crawl.keep(own.undone(spider))
        await crawl.announce(own.held(spider), self._collecting.known_pages())
        await crawl.announced()
        self._has_announced = True  # what it has got or is to ask itself is known to all: now it may take its share
        self._wake.set()
        while not self._discovered.is_set():
            if await crawl.lead():
                await self.leading.read_listings()
                self._discovered.set()
            await _at_most(min(1.0, self._lease / 4), self._discovered)
        self.since = await crawl.since()
        await crawl.keep(own.due(spider, await crawl.modified()))
        await crawl.let_go()
        self._wake.set()

    async def _watch(self) -> None:
        """Give what a worker had to the others if nothing was heard of it for the time of a lease.

        Each watches by its own clock, and begins anew after Redis was away: nobody could be heard of then.
        """
        heard: dict[str, tuple[str, float]] = {}
        outages = 0
        while True:
            await asyncio.sleep(self._lease / 4)
            beats = await self.crawl.beats()
            now = time.monotonic()
            if outages != self.crawl.connection.outages:
                outages, heard = self.crawl.connection.outages, {}
            for number, count in beats.items():
                before = heard.get(number)
                if before is None or before[0] != count:
                    heard[number] = count, now
                elif now - before[1] > self._lease and number != self.crawl.joined.number:
                    moved = await self.crawl.bury(number, count)
                    if moved >= 0:
                        log.warning(
                            "worker %s of %s was silent for %.0f s: %d addresses that it had are for others now",
                            number, self.crawl.name, now - before[1], moved,
                        )  # fmt: skip

    async def _guarded(self, coroutine: Coroutine[Any, Any, None]) -> None:
        try:
            await coroutine
        except Interrupted:
            return  # the crawl is ending already
        except GenbunError as error:
            self.lose(error, "archive_failed" if isinstance(error, NotKept) else "frontier_lost")
        except Exception as error:
            log.exception("the shared crawl failed")
            self.lose(
                GenbunError(
                    f"failed unexpectedly: {error.__class__.__name__}: {error}; all that came is kept; run it again "
                    "with --debug to see where, and please report it"
                )
            )

    async def _close(self, reason: str) -> None:
        engine = self._collecting.crawler.engine
        self._requests.put_nowait(None)
        if engine.spider is not None:
            await engine.close_spider_async(reason=reason)


async def _at_most(seconds: float, event: asyncio.Event) -> None:
    """Wait for an event, but no longer than that."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
