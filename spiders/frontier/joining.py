"""From the settings to a worker: the Redis is tried before anything is written, the crawl joined before it is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archives.errors import UsageError
from archives.wire import share_paces
from spiders.frontier.connection import Connection, checked_name, opened
from spiders.frontier.crawl import SharedCrawl, join
from spiders.frontier.pace import SharedPace
from spiders.frontier.worker import Worker

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from spiders.collecting import Collecting

SHORTEST_LEASE: Final = 1.0
TRIED_WITHIN: Final = 3.0
#: Claimed for each request that one host may have under way: two hosts as a rule, and the next ones at hand.
AHEAD: Final = 4


def require(settings: BaseSettings) -> None:
    """Try the Redis that FRONTIER names. Raises `UsageError`, `FrontierRefused`."""
    checked_name(settings["FRONTIER_CRAWL"] or "x")
    if settings.getfloat("FRONTIER_LEASE") < SHORTEST_LEASE:
        raise UsageError(f"FRONTIER_LEASE={settings['FRONTIER_LEASE']}: give {SHORTEST_LEASE:g} seconds or more")
    opened(settings["FRONTIER"], within=TRIED_WITHIN).close()


def worker_of(collecting: Collecting) -> Worker:
    """Join the crawl that the settings name, as one of its workers. Raises `UsageError`, `FrontierRefused`."""
    settings, spider = collecting.crawler.settings, collecting.spider
    url, name = settings["FRONTIER"], settings["FRONTIER_CRAWL"] or spider.paper.name
    arguments: dict[str, Any] = {**spider.arguments, "requisites": collecting.requisites,
                                 "search": spider.search is not None}  # fmt: skip
    before = [] if collecting.ask_refused_again else collecting.resumes  # that one has seen its end, and asks again
    joined = join(url, name, spider.paper.name, arguments, collecting.crawl, before,
                  settings.getfloat("FRONTIER_AGAIN"))  # fmt: skip
    connection = Connection(url, settings.getfloat("FRONTIER_PATIENCE"))
    room = min(settings.getint("CONCURRENT_REQUESTS"), AHEAD * settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
    worker = Worker(collecting, SharedCrawl(connection, name, joined), settings.getfloat("FRONTIER_LEASE"), room)
    share_paces(collecting.crawler, lambda host: SharedPace(worker, host))
    return worker
