"""The page after a listing page: the one that its links name, never one that is guessed."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml.etree import _Element as Element

from crawler.addresses import resolve, same_host
from crawler.html import text
from crawler.newspapers.newspaper import More

_IN_PATH = re.compile(r"(?P<base>.*/)page/(?P<number>[1-9]\d{0,5})/?$")
_BARE = re.compile(r"(?P<base>.*/)(?P<number>[1-9]\d{0,2})/?$")
_PARAMETERS = ("paged", "page", "pageno", "pg")
_NEXT_WORDS = re.compile(
    r"[«‹<←\s]*(?:older (?:posts|articles|entries)|next(?: page| posts)?|load more|more (?:posts|articles)"
    r"|次(?:へ|の\S{1,6})?|つぎへ|もっと見る|続き(?:を見る|を読む)?)[\s»›>→]*",
    re.IGNORECASE,
)


def next_page(root: Element, url: str, base: str, way: Literal["archive", "month"]) -> tuple[More, ...]:
    """The next page, from `rel=next`, a link to this listing's page N+1, or words such as "Older Posts" and 次へ.

    It must be a page of the same listing: same host, same path and query but for the number, and a higher number
    where there is one. WordPress marks an article's neighbour `rel=next` too, and some themes a newer page "Next".
    """
    listing, number = _numbered(url)
    ranked: list[tuple[int, str]] = []
    for link in root.iter("a", "link"):
        address = resolve(base, link.get("href") or "") if link.get("href") else None
        if address is None or address == resolve(url, "") or not same_host(address, url):
            continue
        other, page = _numbered(address, listing)
        if other == listing and page > number and (rank := _rank(link, page == number + 1)) is not None:
            ranked.append((rank, address))
        elif _goes_on(other, listing, link):
            ranked.append((3, address))
    return tuple(More(address, way) for _, address in sorted(ranked, key=lambda pair: pair[0])[:1])


def without_page(url: str) -> str:
    """The listing that a page belongs to: its address without the page's number."""
    (path, query), _ = _numbered(url)
    return resolve(url, path + (f"?{urlencode(query)}" if query else "")) or url


def _goes_on(other: _Listing, listing: _Listing, link: Element) -> bool:
    """Whether a link goes on within the same path by a query we do not know (`?offset=20`), and says that it does."""
    return other[0] == listing[0] and other != listing and _rank(link, False) is not None


_Listing = tuple[str, tuple[tuple[str, str], ...]]


def _rank(link: Element, is_following: bool) -> int | None:
    """How surely a link to this listing is the next page: 0 by its relation, 1 by its number, 2 by its words."""
    if "next" in (link.get("rel") or "").lower().split():
        return 0
    if link.tag != "a":
        return None
    if is_following:
        return 1
    return 2 if _NEXT_WORDS.fullmatch(text(link)[:60]) else None


def _numbered(url: str, listing: _Listing | None = None) -> tuple[_Listing, int]:
    """A listing and the number of its page, 1 where none stands: `/page/3/`, `?paged=3`, or a bare `/3`.

    A bare number is a page only directly under the listing, and never under a year or a month: `/2017/11/` is none.
    """
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    numbers = [value for name, value in query if name in _PARAMETERS and re.fullmatch(r"[1-9]\d{0,5}", value)]
    rest = tuple((name, value) for name, value in query if name not in _PARAMETERS)
    found = _IN_PATH.fullmatch(parts.path)
    if found is None and (bare := _BARE.fullmatch(parts.path)) and _is_page_of(bare["base"], listing):
        found = bare
    path = found["base"] if found else parts.path.rstrip("/") + "/"
    number = int(found["number"] if found else numbers[0] if numbers else 1)
    return (path, rest), number


def _is_page_of(path: str, listing: _Listing | None) -> bool:
    """Whether a number right under this path counts pages: under the listing itself, or under words."""
    under_number = path.rstrip("/").rpartition("/")[2].isdigit()
    return not under_number and path != "/" and (listing is None or path == listing[0])
