"""Run one crawl in this process, as `scrapy crawl editorials` would, and hand back what it left."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from archives.errors import GenbunError

if TYPE_CHECKING:
    from spiders.collecting import Collecting


def run_crawl(arguments: dict[str, Any], settings: dict[str, Any]) -> Collecting:
    """Crawl with a spider's arguments and Scrapy settings; blocks until it has ended in order.

    Ctrl-C once ends it in order, with all that came kept; twice ends it at once. Raises `GenbunError` where it could
    not begin. One crawl a process: Twisted's reactor runs once.
    """
    import asyncio

    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    values = Settings()
    values.setmodule("crawler.settings", priority="project")
    values.update(settings, priority="cmdline")
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    process = AsyncCrawlerProcess(values)
    from spiders.collecting import Collecting
    from spiders.editorials import Editorials

    crawler = process.create_crawler(Editorials)
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
