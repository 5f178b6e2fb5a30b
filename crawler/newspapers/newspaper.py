"""What a newspaper's file says of its paper: one frozen value of facts and pure functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from crawler.models import Article

Way = Literal["sitemap", "feed", "rest", "archive", "month", "url"]


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a listing: an address, and what the listing says of it.

    `published` is the listing's own date of publication (aware, or a day in Japan), `modified` a date before which
    the page was surely published (a sitemap's lastmod). `listing` is the address of the listing.
    """

    url: str
    way: Way
    listing: str
    title: str | None = None
    author: str | None = None
    published: dt.datetime | dt.date | None = None
    modified: dt.datetime | dt.date | None = None


@dataclass(frozen=True, slots=True)
class More:
    """A further listing that a listing names: a sitemap's child, a next page. `modified` is its lastmod."""

    url: str
    way: Way
    modified: dt.datetime | dt.date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What one listing page gave: its lines in order, and the listings that go on from it."""

    lines: tuple[Found, ...] = ()
    more: tuple[More, ...] = ()


@dataclass(frozen=True, slots=True)
class Listings:
    """Where a newspaper lists its articles. The sitemaps that its robots.txt names come first, always.

    `sitemaps` are tried where robots.txt names none; `rest` is a WordPress posts endpoint; `archives` are listing
    pages with pagination (sections, categories); `month` is an address with `{year}` and `{month:02d}`, from
    `first_month` on.
    """

    sitemaps: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    rest: str | None = None
    archives: tuple[str, ...] = ()
    month: str | None = None
    first_month: dt.date = dt.date(2017, 1, 1)


@dataclass(frozen=True, slots=True)
class Unproven:
    """What a newspaper's file has from hearsay, or infers, and no page has shown; `field` is the article's that rests
    on it, or `listings`."""

    field: str
    what: str


@dataclass(frozen=True, slots=True)
class Newspaper:
    """One newspaper: facts, and pure functions from bytes and an address to records.

    `hosts` are the hosts its pages are fetched from, the first one its main host; where another newspaper shares one,
    `path` is what its own addresses there begin with. `asset_hosts` serve images, styles and scripts (`*.` allowed in
    front). `translates` names the newspaper of its originals. `names` are what it calls itself besides `title`, in
    headlines, bylines and below pages: they stay in anonymised fixtures. `unproven` is what is not known of it well
    enough: its reader does not rely on it alone, and `genbun status` says so.
    `is_editorial` answers from a listing line alone: True, False, or None where only the page can tell.
    `parse_article` raises `ParseError`. `version` is the reader's: raised when it reads pages otherwise than before, so
    that collections are read again.
    """

    name: str
    title: str
    language: str
    hosts: tuple[str, ...]
    canonical: Callable[[str], str]
    parse_article: Callable[[bytes, str], Article]
    is_editorial: Callable[[Found], bool | None]
    listings: Listings
    path: str = "/"
    asset_hosts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    translates: str | None = None
    version: int = 1
    unproven: tuple[Unproven, ...] = ()
    demo: bool = False
