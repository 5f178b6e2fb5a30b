"""Run one crawl in this process, as `scrapy crawl editorials` would, and hand back what it left."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from archives.errors import GenbunError

if TYPE_CHECKING:
    from spiders.collecting import Collecting
    from spiders.editorials import Editorials


def run_crawl(arguments: dict[str, Any], settings: dict[str, Any], *, debug: bool = False,
              spider: type[Editorials] | None = None) -> Collecting:  # fmt: skip
    """Crawl with a spider's arguments and Scrapy settings; blocks until it has ended in order.

    `spider` is the one of `genbun crawl` unless another is given.

    Ctrl-C once ends it in order, with all that came kept; twice ends it at once. Raises `GenbunError` where it could
    not begin. One crawl a process: Twisted's reactor runs once. Tracebacks are logged with `debug` only.
    """
    import asyncio

    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    values = Settings()
    values.setmodule("crawler.settings", priority="project")
    values.update({"FRONTIER": "", **settings}, priority="cmdline")  # GENBUN_FRONTIER is for `crawl` alone
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    if not debug:
        logging.setLogRecordFactory(_without_traceback)
    process = AsyncCrawlerProcess(values)
    from spiders.collecting import Collecting
    from spiders.editorials import Editorials

    crawler = process.create_crawler(spider or Editorials)
    task: asyncio.Task[None] = process.crawl(crawler, **arguments)
    failures: list[BaseException] = []

    def note(done: asyncio.Task[None]) -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None:
            failures.append(error)

    task.add_done_callback(note)
    process.start()
    if failures:
        raise failures[0]
    collecting = crawler.get_extension(Collecting)
    if collecting is None:
        raise GenbunError("the extension spiders.collecting.Collecting was switched off, so nothing was kept")
    return collecting


def _without_traceback(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A log record that says what was raised in one line; Scrapy gives every traceback, some within the message."""
    record = logging.LogRecord(*args, **kwargs)
    if record.exc_info and record.exc_info[0]:
        said = record.getMessage().partition("\nTraceback")[0]
        record.msg, record.args = f"{said}: {record.exc_info[0].__name__}: {record.exc_info[1]}", None
        record.exc_info = None
    return record
