"""LISTING → LINES: what a sitemap, a feed, WordPress' REST answer or a listing page says of articles.

Pure functions of bytes and address, called by the spiders and by a rebuild; any bytes give a `Listed`.
"""

from __future__ import annotations

from crawler.listings.archive import read_archive
from crawler.listings.elements import ENTRY_LIMIT
from crawler.listings.feed import read_feed
from crawler.listings.rest import read_rest, rest_address
from crawler.listings.sitemap import read_sitemap
from crawler.newspapers.newspaper import Listed, Way

__all__ = ["ENTRY_LIMIT", "is_cut", "read_listing", "rest_address"]


def read_listing(body: bytes, url: str, way: Way) -> Listed:
    """What a listing lists: its lines in order, and the listings that go on from it.

    `body` has its content coding removed (a `.xml.gz` file is unpacked here). `url` is where it came from, after
    redirects. A way that is no listing ("url") gives an empty `Listed`.
    """
    if way == "sitemap":
        return read_sitemap(body, url)
    if way == "feed":
        return read_feed(body, url)
    if way == "rest":
        return read_rest(body, url)
    if way in ("archive", "month"):
        return read_archive(body, url, way)
    return Listed()


def is_cut(listed: Listed) -> bool:
    """Whether a listing may have gone on behind what is read of one (`ENTRY_LIMIT`): worth a warning."""
    return len(listed.lines) + len(listed.more) >= ENTRY_LIMIT
