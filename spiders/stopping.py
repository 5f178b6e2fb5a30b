"""A request to stop while nothing else hears it: Scrapy's own way needs its loop, and lines are written outside it."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

log = logging.getLogger(__name__)

ASKING: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_asked(doing: str) -> Iterator[Callable[[], bool]]:
    """Whether SIGINT or SIGTERM has come since; at the first, `doing` is said, and at the second the process ends.

    Outside the main thread, which alone hears signals, nobody asks.
    """
    came: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if len(came) > 1:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        else:
            log.warning("stopping: %s; once more ends it at once", doing)

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = {number: signal.signal(number, ask) for number in ASKING}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
