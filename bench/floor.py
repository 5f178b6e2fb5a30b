"""The floor: a plain link-following Scrapy spider on stock handlers, which fetches pages and assets and keeps nothing.

It stays as it is, so that figures of different days can be compared. With `--capture DIR` the same spider runs on our
download handler and archive: the difference is what capture costs by itself.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.link import Link
from scrapy.linkextractors import LinkExtractor
from scrapy.resolver import CachingThreadedResolver
from scrapy.spiders import CrawlSpider, Rule

HOSTS = ("herald.example", "assets.herald.example", "shimbun.example")


class Loopback(CachingThreadedResolver):
    """Every name is this machine."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:
        """Answer 127.0.0.1 for the press's hosts."""
        return super().getHostByName("127.0.0.1", timeout)


class Floor(CrawlSpider):
    """Follows every a, area, link, img and script."""

    name = "floor"
    rules = (
        Rule(
            LinkExtractor(
                tags=("a", "area", "link", "img", "script"),
                attrs=("href", "src"),
                allow_domains=list(HOSTS),
                deny_extensions=[],
                deny=r"/(?:feed|wp-json)/",
                strip=True,
            ),
            callback="keep_nothing",
            follow=True,
            process_links="to_press",
        ),
    )

    def __init__(self, origin: str, start_path: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.port = urlsplit(origin).port
        self.start_urls = [f"http://herald.example:{self.port}{start_path}"]

    def to_press(self, links: list[Link]) -> list[Link]:
        """The press listens on one port, in plain HTTP."""
        for link in links:
            scheme, _, rest = link.url.partition("://")
            if scheme == "https":
                host, slash, path = rest.partition("/")
                link.url = f"http://{host}:{self.port}{slash}{path}"
        return links

    def keep_nothing(self, response: Response) -> Iterable[Any]:
        """Keep nothing; count pages."""
        if "html" in (response.headers.get("Content-Type") or b"").decode("latin-1"):
            self.crawler.stats.inc_value("pages")
        return ()


def main() -> None:
    """Crawl the press at an origin and print how many resources were fetched, as JSON."""
    options = argparse.ArgumentParser(prog="python -m bench.floor", description=main.__doc__)
    options.add_argument("origin")
    options.add_argument("--start", default="/")
    options.add_argument("--capture", metavar="DIR")
    asked = options.parse_args()
    settings: dict[str, Any] = {
        "LOG_LEVEL": "ERROR",
        "TWISTED_DNS_RESOLVER": "bench.floor.Loopback",
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_DELAY": 0,
        "USER_AGENT": "floor",
    }
    if asked.capture:
        settings |= {
            "COLLECTION": asked.capture,
            "CONCURRENT_REQUESTS": 32,  # as our settings have it: 16 on the wire, the others waiting to be durable
            "WIRE_REQUESTS": 16,
            "DOWNLOAD_HANDLERS": {
                "http": "archives.wire.WireDownloadHandler",
                "https": "archives.wire.WireDownloadHandler",
            },
            "DOWNLOAD_MAXSIZE": 32 * 1024 * 1024,
            "DOWNLOAD_TIMEOUT": 60,
            "CONNECT_TO": [f"{host}={asked.origin}" for host in HOSTS],
            "COMPRESSION_ENABLED": False,
            "DEFAULT_REQUEST_HEADERS": {"Accept": "*/*", "Accept-Language": "en", "Accept-Encoding": "gzip"},
            "EXTENSIONS": {"bench.keeping.Keeping": 0},
        }
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Floor)
    process.crawl(crawler, origin=asked.origin, start_path=asked.start)
    process.start()
    stats = crawler.stats.get_stats()
    json.dump(
        {"resources": stats.get("downloader/response_count", 0), "pages": stats.get("pages", 0)},
        sys.stdout,
    )


if __name__ == "__main__":
    main()
