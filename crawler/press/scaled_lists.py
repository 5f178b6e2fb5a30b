"""Where the benchmarks' pairs are listed. Pages of listings are made when asked for; pair 0 is the newest."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

from crawler.press import herald, shimbun
from crawler.press.addresses import HERALD, SHIMBUN, herald_url, shimbun_url
from crawler.press.answer import Answer
from crawler.press.editorials import Editorial
from crawler.press.listings import (
    PER_PAGE,
    ROBOTS,
    asked_of_rest,
    feed,
    rest_error,
    rest_page,
    sitemap,
    sitemap_index,
    xml,
)

A_SITEMAP = 1000  # addresses
_POST_SITEMAP = re.compile(r"/post-sitemap(\d{1,4})\.xml")
_ARCHIVE = re.compile(r"(/|/category/editorial/)(?:page/(\d{1,6})/)?")
_MONTH = re.compile(r"(/\d{4}/\d\d/)(?:page/(\d{1,6})/)?")
_STORY_SITEMAP = re.compile(r"/feeds/sitemap/\?outputType=xml&from=(\d{1,6})")


class ScaledLists:
    """The listings of `pairs` pairs; `pair` makes one of them, `published` says when the Herald printed it.

    The newest `unprinted` of them are not listed yet.
    """

    def __init__(
        self,
        pairs: int,
        pair: Callable[[int, int], Editorial],
        published: Callable[[int], dt.datetime],
        unprinted: int = 0,
    ) -> None:
        self._numbers = range(unprinted, pairs)
        self._pair, self._published = pair, published

    def find(self, host: str, target: str, edition: int) -> Answer | None:
        """The answer for a listing's address."""
        path, _, query = target.partition("?")
        if path == "/robots.txt" and host in ROBOTS:
            return Answer(ROBOTS[host].encode(), "text/plain; charset=utf-8")
        if host == SHIMBUN:
            return self._shimbun(target, edition)
        if host != HERALD:
            return None
        if path == "/sitemap_index.xml":
            return xml(
                sitemap_index([f"https://{HERALD}/post-sitemap{at + 1}.xml" for at in self._sitemaps()], self._now)
            )
        if found := _POST_SITEMAP.fullmatch(path):
            posts = self._made(self._slice((int(found[1]) - 1) * A_SITEMAP, A_SITEMAP), edition)
            return xml(sitemap((herald_url(p), p.english.modified) for p in posts if p.english)) if posts else None
        if path == "/feed/":
            return Answer(
                feed(self._made(self._slice(0, PER_PAGE), edition), self._now).encode(), "application/rss+xml"
            )
        if path == "/wp-json/wp/v2/posts":
            return self._rest(query, edition)
        if found := _ARCHIVE.fullmatch(path):
            return self._page("Editorial", found[1], self._numbers, int(found[2] or 1), edition)
        if found := _MONTH.fullmatch(path):
            of_month = [n for n in self._numbers if f"{self._published(n):/%Y/%m/}" == found[1]]
            return self._page(found[1].strip("/"), found[1], of_month, int(found[2] or 1), edition)
        return None

    def _shimbun(self, target: str, edition: int) -> Answer | None:
        starts = [f"https://{SHIMBUN}/feeds/sitemap/?outputType=xml&from={at * A_SITEMAP}" for at in self._sitemaps()]
        if target == "/feeds/sitemapindex/?outputType=xml":
            return xml(sitemap_index(starts, self._now))
        if found := _STORY_SITEMAP.fullmatch(target):
            stories = self._made(self._slice(int(found[1]), A_SITEMAP), edition)
            return (
                xml(sitemap((shimbun_url(s), s.japanese.modified) for s in stories if s.japanese)) if stories else None
            )
        if target in ("/", "/column/editorial/"):
            newest = self._made(self._slice(0, 5 * PER_PAGE), edition)
            return Answer(shimbun.listing_page("主張", target, newest).encode())
        return None

    @property
    def _now(self) -> dt.datetime:
        return self._published(self._numbers[0])

    def _sitemaps(self) -> range:
        return range(-(-len(self._numbers) // A_SITEMAP))

    def _slice(self, start: int, length: int) -> range:
        return self._numbers[start : start + length] if start >= 0 else range(0)

    def _made(self, numbers: Sequence[int], edition: int) -> list[Editorial]:
        return [self._pair(number, edition) for number in numbers]

    def _page(self, title: str, path: str, numbers: Sequence[int], page: int, edition: int) -> Answer | None:
        pages = -(-len(numbers) // PER_PAGE)
        if not 1 <= page <= pages:
            return None
        posts = self._made(numbers[(page - 1) * PER_PAGE : page * PER_PAGE], edition)
        return Answer(herald.listing_page(title, f"https://{HERALD}{path}", posts, (page, pages)).encode())

    def _rest(self, query: str, edition: int) -> Answer:
        asked = asked_of_rest(query)
        if asked is None:
            return rest_error(400, "rest_invalid_param", "Invalid parameter(s): per_page, page")
        numbers = [n for n in self._numbers if asked.after < f"{self._published(n):%Y-%m-%dT%H:%M:%S}" < asked.before]
        shown = numbers[(asked.page - 1) * asked.size : asked.page * asked.size]
        return rest_page(self._made(shown, edition), len(numbers), asked)
