"""What a crawl shows while it runs: one line that is kept up to date on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from spiders.collecting import Collecting

log = logging.getLogger(__name__)

ON_TERMINAL: Final = 0.5
ELSEWHERE: Final = 30.0
SETTLED: Final = ("fetched", "refused", "failed", "skipped")


class Progress:
    """Tells how far a crawl has come, at its own pace."""

    def __init__(self, collecting: Collecting) -> None:
        self._collecting = collecting
        self._terminal = sys.stderr.isatty()
        self._told_by_log = collecting.crawler.settings["LOG_LEVEL"] in ("DEBUG", "INFO")
        self._began = self._told = time.monotonic()
        self._pairs = 0
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to tell."""
        self._task = asyncio.get_running_loop().create_task(self._tell())

    def end(self) -> None:
        """Stop telling, and leave the terminal's line free."""
        if self._task is not None:
            self._task.cancel()
        if self._terminal:
            with contextlib.suppress(OSError):
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()

    def aligned(self, pairs: int) -> None:
        """The last page has come, and so many pairs more are aligned."""
        self._pairs += pairs
        now = time.monotonic()
        if now - self._told < (ON_TERMINAL if self._terminal else ELSEWHERE):
            return
        self._told = now
        self._show(f"{self._pairs} pairs aligned, sentence by sentence")

    def line(self) -> str:
        """How far the crawl has come, in one line."""
        collecting = self._collecting
        sums = collecting.desk.sums
        seconds = max(time.monotonic() - self._began, 0.001)
        fetched = sum(count["fetched"] for count in sums.values())
        parts = [
            f"{_done(sums, 'editorial')} editorials",
            f"{_done(sums, 'original')} originals",
            f"{fetched} pages and parts",
            f"{collecting.archive.bytes_written / 1e6:.1f} MB",
            f"{fetched / seconds:.1f}/s",
        ]
        left = len(collecting.desk.still_open())
        lost = sum(count["refused"] + count["failed"] for count in sums.values())
        if lost:
            parts.append(f"{lost} refused or failed")
        parts.append(
            f"waiting for {left}" + (f", listings first ({_done(sums, 'listing')})" if self._listing() else "")
        )
        return " · ".join(parts)

    def _listing(self) -> bool:
        return not self._collecting.desk.sums.get("editorial")

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(ON_TERMINAL if self._terminal else ELSEWHERE)
            self._show(self.line())

    def _show(self, line: str) -> None:
        if self._terminal:
            with contextlib.suppress(OSError):
                sys.stderr.write("\r\x1b[K" + line[:160])
                sys.stderr.flush()
        elif self._told_by_log:
            log.info("%s", line)
        else:
            print(line, file=sys.stderr, flush=True)


def _done(sums: dict[str, Counter[str]], klass: str) -> str:
    count = sums.get(klass, Counter())
    return f"{sum(count[state] for state in SETTLED)}/{count['asked']}"
