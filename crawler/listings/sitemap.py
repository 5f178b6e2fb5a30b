"""Sitemaps: https://www.sitemaps.org/protocol.html, and Google's news extension.

An index's children become further listings, a set's addresses become lines. Namespaces and prefixes are not looked at,
parents are: an `image:loc` is no page. A sitemap may be plain text, or a feed, by the same protocol.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from crawler.addresses import resolve
from crawler.listings.elements import ENTRY_LIMIT, Entry, decoded, entries
from crawler.listings.feed import link_text, read_feed
from crawler.listings.moments import read_moment
from crawler.listings.titles import plain
from crawler.newspapers.newspaper import Found, Listed, More

_NAMES = frozenset({"url", "sitemap"})
_FIELDS = frozenset(
    {("url", "loc"), ("url", "lastmod"), ("sitemap", "loc"), ("sitemap", "lastmod")}
    | {("news", "publication_date"), ("news", "title")}
)
_FEED_ROOT = re.compile(r"<(?:rss|feed|(?:rdf:)?RDF)[\s>]")

_FAMILIES = (
    (  # Yoast, AIOSEO, Rank Math: https://yoast.com/help/xml-sitemaps-in-the-wordpress-seo-plugin/
        re.compile(r"post-sitemap\d*\.xml(\.gz)?"),
        re.compile(r"(page|category|post_tag|post_format|author|attachment|local|video)-sitemap\d*\.xml(\.gz)?"),
    ),
    (  # WordPress itself, since 5.5: https://make.wordpress.org/core/2020/07/22/new-xml-sitemaps-functionality-in-wordpress-5-5/
        re.compile(r"wp-sitemap-posts-post-\d+\.xml"),
        re.compile(r"wp-sitemap-(posts-page|posts-attachment|taxonomies-[\w-]+|users)-\d+\.xml"),
    ),
    (  # Jetpack: https://jetpack.com/support/sitemaps/
        re.compile(r"sitemap-\d+\.xml"),
        re.compile(r"(image|video)-sitemap-(index-)?\d+\.xml"),
    ),
)


def read_sitemap(body: bytes, url: str) -> Listed:
    """The lines and further sitemaps of one sitemap, in order, at most `ENTRY_LIMIT` together.

    A `lastmod` is kept as `modified`, the news extension's date and title as `published` and `title`.
    """
    head = "".join(islice(decoded(body), 1))
    if "<" not in head or head.lstrip().lower().startswith("http"):
        return Listed(lines=tuple(islice(_text_lines(body, url), ENTRY_LIMIT)))
    if _FEED_ROOT.search(head, 0, 4_000):
        return read_feed(body, url)
    return _read_xml(body, url)


def children_with_posts(addresses: list[str]) -> list[str]:
    """An index's children without those that surely list no posts; an unknown name is followed.

    A name says something only where its neighbours show who made the index: `page-sitemap.xml` is Yoast's list of
    static pages beside a `post-sitemap.xml`, and could be anything elsewhere.
    """
    names = [_file_name(address) for address in addresses]
    other = [others for posts, others in _FAMILIES if any(posts.fullmatch(name) for name in names)]
    return [
        address
        for address, name in zip(addresses, names, strict=True)
        if not any(pattern.fullmatch(name) for pattern in other)
    ]


def _read_xml(body: bytes, url: str) -> Listed:
    lines: list[Found] = []
    children: dict[str, More] = {}
    own = resolve(url, "")
    for entry in islice(entries(body, _NAMES, _FIELDS), ENTRY_LIMIT):
        address = resolve(url, link_text(entry.text("loc")))
        if entry.text("loc") is None or address is None:
            continue
        if entry.name == "url":
            lines.append(_line(entry, address, url))
        elif address != own:
            children.setdefault(address, More(address, "sitemap", read_moment(entry.text("lastmod"))))
    return Listed(tuple(lines), tuple(children[address] for address in children_with_posts(list(children))))


def _line(entry: Entry, address: str, url: str) -> Found:
    return Found(
        url=address,
        way="sitemap",
        listing=url,
        title=plain(entry.text("title")),
        published=read_moment(entry.text("publication_date")),
        modified=read_moment(entry.text("lastmod")),
    )


def _text_lines(body: bytes, url: str) -> Iterator[Found]:
    """A plain-text sitemap: one absolute address a line, nothing else."""
    carried = ""
    for text in decoded(body):
        *whole, carried = (carried + text).split("\n")
        carried = carried[:4_096]
        yield from _addresses(whole, url)
    yield from _addresses([carried], url)


def _addresses(lines: list[str], url: str) -> Iterator[Found]:
    for line in lines:
        address = resolve(url, line) if line.strip("\ufeff \t\r").lower().startswith(("http://", "https://")) else None
        if address is not None:
            yield Found(url=address, way="sitemap", listing=url)


def _file_name(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2]
