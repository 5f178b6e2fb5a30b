"""How far long work has come: one line that is kept up to date on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from threading import Lock
from typing import Final

ON_TERMINAL: Final = 0.2  # seconds
ELSEWHERE: Final = 30.0


class Progress:
    """Counts bytes of `total`; `word` says what is done to them. Any thread may call `moved`."""

    def __init__(self, word: str, total: int) -> None:
        self._word, self._total, self._done, self._pairs = word, total, 0, 0
        self._terminal = sys.stderr.isatty()
        self._began = self._told = time.monotonic()
        self._lock = Lock()

    def begin(self, word: str, total: int) -> None:
        """Go on to other work."""
        with self._lock:
            self._word, self._total, self._done = word, total, 0
            self._began = time.monotonic()

    def moved(self, size: int) -> None:
        """So many bytes more are done."""
        with self._lock:
            self._done += size
            now = time.monotonic()
            if now - self._told < (ON_TERMINAL if self._terminal else ELSEWHERE):
                return
            rate = self._done / max(now - self._began, 0.001)
            self._say(
                now, f"{self._word} {self._done / 1e6:,.0f} of {self._total / 1e6:,.0f} MB, {rate / 1e6:,.0f} MB/s"
            )

    def aligned(self, pairs: int) -> None:
        """So many pairs more are aligned; nobody knows yet how many there are to be."""
        with self._lock:
            self._pairs += pairs
            now = time.monotonic()
            if now - self._told >= (ON_TERMINAL if self._terminal else ELSEWHERE):
                self._say(now, f"aligned {self._pairs:,} pairs")

    def note(self, line: str) -> None:
        """A line that stays."""
        with self._lock:
            self.end()
            print(f"genbun: {line}", file=sys.stderr, flush=True)

    def _say(self, now: float, line: str) -> None:
        self._told = now
        if self._terminal:
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the terminal's line free."""
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
