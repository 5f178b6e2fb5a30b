"""A crawl that asks given addresses and keeps them: the real handler and the real archive under a bare spider.

`python -m tests.archives.wire_crawl` reads a job as JSON from standard input and prints what the spider saw, since
Twisted's reactor runs once in a process. A job's addresses are in chains: within one, each is asked when the one
before it was answered.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy import Request, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from archives.archive import Archive, Kept
from archives.collection import Collection
from archives.journal import Journal
from archives.wire import KEPT, NOTES, attach
from archives.writer import WarcWriter

OVERRIDES = {
    "EXTENSIONS": {},
    "DOWNLOADER_MIDDLEWARES": {"scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None},
    "RETRY_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS": 200,
    "USER_AGENT": "Genbun/0 (+mailto:test@example.org)",
    "LOG_LEVEL": "ERROR",
}


class Asking(scrapy.Spider):
    """Asks each address once, chain by chain, and notes what Scrapy was given."""

    name = "asking"

    def __init__(self, job: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.seen: list[dict[str, Any]] = []
        self.archive: Archive

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Asking:
        spider = super().from_crawler(crawler, *args, **kwargs)
        collection = Collection(Path(spider.job["collection"]))
        collection.create()
        writer = WarcWriter(collection.archive, "wire", [("software", "wire_crawl")])
        spider.archive = Archive(writer, Journal(collection.journal), "wire")
        attach(crawler, spider.archive)
        crawler.signals.connect(spider.closing, signal=signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        for chain in self.job["chains"]:
            for request in self._next(chain):
                yield request

    def answered(self, response: Response) -> Iterator[Request]:
        assert response.request is not None
        body = base64.b64encode(response.body).decode()
        self._note(response.request, status=response.status, body=body, flags=response.flags)
        return self._next(response.meta["rest"])

    def failed(self, failure: Failure) -> Iterator[Request]:
        error: Any = failure.value
        request: Request = failure.request  # type: ignore[attr-defined]
        self._note(request, error=type(error).__name__, reason=getattr(error, "reason", repr(error)))
        return self._next(request.meta["rest"])

    async def closing(self) -> None:
        await self.archive.close()
        self.archive.journal.close()

    def _next(self, chain: list[str]) -> Iterator[Request]:
        for url in chain[:1]:
            meta = {"verbatim_url": True, NOTES: (("class", "listing"),), "rest": chain[1:]}
            if "slow." in url:
                meta["download_timeout"] = 0.5
            yield Request(url, self.answered, errback=self.failed, dont_filter=True, meta=meta)

    def _note(self, request: Request, **said: Any) -> None:
        kept: Kept | None = request.meta.get(KEPT)
        capture = kept.capture.model_dump(mode="json") if kept and kept.capture else None
        self.seen.append({"url": request.url, "capture": capture, **said})


def main() -> None:
    """Do one job."""
    job = json.load(sys.stdin)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update({**OVERRIDES, **job["settings"]}, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Asking)
    process.crawl(crawler, job=job)
    process.start()
    assert isinstance(crawler.spider, Asking)
    json.dump(crawler.spider.seen, sys.stdout)


if __name__ == "__main__":
    main()
