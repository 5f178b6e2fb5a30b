"""A glance at a newspaper: one listing of each of its ways, its newest editorials, and their originals; nothing more.

`scrapy crawl sample -a newspaper=japan_forward -s COLLECTION=DIR -s REQUISITES=0`. It is the crawl of
`editorials` with another answer to the question which listings and pages are asked; `genbun newspapers check` runs it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from crawler.dates import JST, day_in_japan
from crawler.listings import read_listing, rest_address
from crawler.newspapers.newspaper import Found, More
from spiders.discovery import Discovery, Moment
from spiders.editorials import Editorials

EDITORIALS: Final = 2


class OneOfEach(Discovery):
    """One sitemap (of an index, one child more), one feed, one page of REST, one section or month; all of them, since
    what each answers is what one wants to know. Known pages are asked again."""

    _child_asked = False

    def first(self, robots_sitemaps: Iterable[str]) -> list[More]:
        """All listings that will be asked."""
        listings = self.paper.listings
        sitemaps = list(robots_sitemaps) or list(listings.sitemaps)
        begin = [More(url, "sitemap") for url in sitemaps[:1]] + [More(url, "feed") for url in listings.feeds[:1]]
        if listings.rest:
            begin.append(More(rest_address(listings.rest, self.selection.since, self.selection.until), "rest"))
        sections = [More(url, "archive") for url in listings.archives[:1]]
        return self._new(begin + (sections or list(self._months())[:1]))

    def second(self) -> list[More]:
        """None: all were asked at first."""
        return []

    def take(self, body: bytes, url: str, more: More) -> list[More]:
        """Read one listing page; of a sitemap's index its newest child is asked, once."""
        listed = read_listing(body, url, more.way)
        self._collect(listed)
        if more.way != "sitemap" or listed.lines or self._child_asked or not listed.more:
            return []
        self._child_asked = True
        return self._new([max(listed.more, key=lambda child: _newest([child.modified]))])

    def chosen(self, wanted: Callable[[str], bool] | None = None) -> Iterator[tuple[str, tuple[Found, ...]]]:
        """The newest editorials; where no line is told to be one, the newest of those that may be."""
        self.known = set()
        undecided = {url: tuple(lines) for url, lines in self.found.items() if self._verdict(lines) is None}
        any_chosen = False
        for one in super().chosen():
            any_chosen = True
            yield one
        newest = sorted(undecided.items(), key=lambda one: (_newest(_moments(one[1])), one[0]), reverse=True)
        yield from [] if any_chosen else newest[: self.selection.limit]


def _moments(lines: Iterable[Found]) -> Iterator[Moment | None]:
    for line in lines:
        yield from (line.published, line.modified)


def _newest(moments: Iterable[Moment | None]) -> dt.date:
    days = (day_in_japan(one) if isinstance(one, dt.datetime) else one for one in moments if one is not None)
    return max(days, default=dt.date.min)


class Sample(Editorials):
    """The spider; the arguments are those of `editorials`, `limit` being 2."""

    name = "sample"

    def __init__(self, newspaper: str = "", since: str = "", until: str = "", limit: str = "", url: str = "",
                 recheck: str = "all", **kwargs: Any) -> None:  # fmt: skip
        super().__init__(newspaper, since, until, limit or str(EDITORIALS), url, recheck, **kwargs)
        self.discovery = OneOfEach(self.paper, self.selection, dt.datetime.now(JST).date())
