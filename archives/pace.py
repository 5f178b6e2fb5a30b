"""The pace of requests to one host: the time between two of them as they leave, rests it asks for, and its closing."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable

from scrapy.exceptions import DownloadCancelledError


class Closed(DownloadCancelledError):
    """A host has asked not to be asked: the request was not sent, and there is no exchange. `reason` is one word."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Pace:
    """One host's pace. What waits here has no answer to wait for yet, so no time limit runs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent_at: float | None = None
        self._rested_at = 0.0
        self._closed: Closed | None = None

    def rest(self, seconds: float) -> None:
        """Send nothing for so long."""
        self._rested_at = max(self._rested_at, self._clock() + seconds)

    def slow(self, delay: float) -> None:
        """Take note that the host wants that many seconds between two requests; whoever asks for a turn says so."""

    def close(self, reason: str, message: str, until: dt.datetime | None = None) -> None:
        """Send nothing more, also of what waits already, and not before `until`; the first reason counts."""
        self._closed = self._closed or Closed(reason, message)

    @property
    def closed(self) -> Closed | None:
        """Why nothing more is sent, or None."""
        return self._closed

    async def turn(self, delay: float) -> None:
        """Wait until the next request may leave, `delay` seconds after the last one. Raises `Closed`."""
        while True:
            if self._closed is not None:
                raise Closed(self._closed.reason, str(self._closed))
            now = self._clock()
            free = self._rested_at if self._sent_at is None else max(self._rested_at, self._sent_at + delay)
            if free <= now:
                break
            await asyncio.sleep(min(free - now, 1.0))  # it may be closed while it waits
        self._sent_at = now
