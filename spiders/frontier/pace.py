"""A host's pace across workers: Redis says whose turn it is, and what one worker was told, all keep to."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Final

from archives.pace import Closed, Pace
from spiders.frontier.connection import FrontierLost
from spiders.guest import Interrupted

if TYPE_CHECKING:
    from spiders.frontier.crawl import Step
    from spiders.frontier.worker import Worker

_REASONS: Final = ("retry_after", "rate_limited")
_LONGEST_SLEEP: Final = 2.0  # seconds; then one looks whether the host was closed


class SharedPace(Pace):
    """One host's pace, kept with all other workers. A turn is taken twice: a place in the row, and then the sending.

    This worker's own requests keep their distance whatever Redis says.
    """

    def __init__(self, worker: Worker, host: str) -> None:
        super().__init__()
        self._worker = worker
        self._host = host
        self._left_at = 0.0

    def rest(self, seconds: float) -> None:
        """Send nothing for so long."""
        super().rest(seconds)
        self._worker.soon(self._worker.crawl.rest(self._host, seconds=seconds))

    def slow(self, delay: float) -> None:
        """Leave that many seconds between two requests from now on."""
        self._worker.soon(self._worker.crawl.rest(self._host, delay=delay))

    def close(self, reason: str, message: str, until: dt.datetime | None = None) -> None:
        """Send nothing more, until then or in this crawl."""
        super().close(reason, message, until)
        said = f"{reason}|{message}"
        if until is None:
            self._worker.soon(self._worker.crawl.close_host(self._host, said))
        else:
            seconds = (until - dt.datetime.now(dt.UTC)).total_seconds()
            self._worker.soon(self._worker.crawl.rest(self._host, seconds=max(seconds, 0), closed=said))

    async def turn(self, delay: float) -> None:
        """Wait until this worker may send its next request to the host. Raises `Closed`, `Interrupted`."""
        wait = await self._step(delay, "place")
        while wait > 0:
            await self._wait(wait)
            wait = await self._step(delay, "turn")
        while (early := self._left_at + delay - self._clock()) > 0:
            await asyncio.sleep(early)
        self._left_at = self._clock()

    async def _wait(self, seconds: float) -> None:
        """Wait for one's place in the row; the host may be closed meanwhile, here or by another worker."""
        while seconds > 0:
            await asyncio.sleep(min(seconds, _LONGEST_SLEEP))
            seconds -= _LONGEST_SLEEP
            if seconds > 0:
                await self._step(0, "look")

    async def _step(self, delay: float, step: Step) -> float:
        await super().turn(0)  # what this worker itself was told may not have come to Redis yet
        try:
            wait, why, until = await self._worker.crawl.turn(self._host, delay, step)
        except FrontierLost as error:
            self._worker.lose(error)
            raise Interrupted(str(error)) from error
        if wait < 0:
            raise self._learn(why, until)
        return wait

    def _learn(self, why: str, until: float) -> Closed:
        reason, _, message = why.partition("|")
        message = "".join(character for character in message[:300] if character.isprintable())
        closed = Closed(reason if reason in _REASONS else _REASONS[0], message or f"{self._host} is to be left alone")
        self._closed = self._closed or closed
        moment = dt.datetime.fromtimestamp(until, dt.UTC) if 0 < until < 4e9 else None
        self._worker.learned(self._host, str(closed), moment)
        return closed
