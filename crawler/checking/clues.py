"""What one saved page tells of its newspaper: language, names, what it declares, where its words stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from crawler.checking.markup import containers, path_of
from crawler.html import absolute, base_of, json_ld, meta, said, text
from crawler.layers import declared
from crawler.layers.container import find_body, headline_element
from crawler.layers.page import Page
from crawler.text import split_headline

MOST = 6
FEEDS = ("application/rss+xml", "application/atom+xml")


@dataclass(frozen=True, slots=True)
class Clues:
    """`declared` are lines for people: field, signal, value. The rest goes into the newspaper's file."""

    language: str
    title: str | None = None
    label: str | None = None
    types: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    rest: str | None = None
    wordpress: bool = False
    asset_hosts: tuple[str, ...] = ()


def clues_of(body: bytes, url: str) -> Clues:
    """The clues in a page; raises `ParseError` where there is none."""
    page = Page.read(body, url)
    titles = declared.titles(page)
    site = page.meta("og:site_name")
    heads = [split_headline(title, (site,) if site else ()) for title in titles.values()]
    feeds = [link for kind, link in _alternates(page) if kind in FEEDS and "comments" not in link]
    generator = meta(page.root, "generator") or ""
    return Clues(
        language=language_of(page),
        title=site or next((said(node, "publisher", "name") for node in page.nodes if "publisher" in node), None),
        label=next((head.label for head in heads if head.label), None),
        types=tuple(str(node["@type"]) for node in json_ld(page.root) if "@type" in node)[:MOST],
        declared=tuple(_declared(page)),
        containers=tuple(_containers(page, list(titles.values()))),
        feeds=tuple(dict.fromkeys(feeds))[:2],
        rest=_rest(page),
        wordpress="wordpress" in generator.lower() or b"/wp-content/" in body,
        asset_hosts=tuple(_asset_hosts(page)),
    )


def language_of(page: Page) -> str:
    """As the page says, else by its letters."""
    stated = (page.root.get("lang") or page.meta("og:locale") or said(page.article, "inLanguage") or "").strip()
    if stated:
        return stated.replace("_", "-").split("-")[0].lower()
    words = text(page.root.find("body"))[:5000]
    return "ja" if sum(1 for char in words if "\u3041" <= char <= "\u30ff") * 20 > len(words) else "en"


def _declared(page: Page) -> Iterator[str]:
    """What gives which field."""
    article = page.article
    stated = (
        ("headline", "json-ld", said(article, "headline")),
        ("headline", "og:title", page.meta("og:title")),
        ("published_at", "json-ld", said(article, "datePublished")),
        ("published_at", "article:published_time", page.meta("article:published_time")),
        ("modified_at", "json-ld", said(article, "dateModified")),
        ("modified_at", "article:modified_time", page.meta("article:modified_time")),
        ("section", "json-ld", said(article.get("articleSection"))),
        ("section", "article:section", page.meta("article:section")),
        ("section", "breadcrumb", page.crumb()),
        ("byline", "json-ld", said(article.get("author")) or said(article.get("author"), "name")),
        ("byline", "meta", page.meta("author")),
        ("access", "json-ld", str(article["isAccessibleForFree"]) if "isAccessibleForFree" in article else None),
    )
    yield from (f"{field}: {signal}: {value[:70]}" for field, signal, value in stated if value)


def _containers(page: Page, titles: list[str]) -> Iterator[str]:
    """Where the text may stand: the place the shared layers would take, and the names they know."""
    found = find_body(page.root, headline_element(page.root, titles))
    if found is not None:
        yield f"{path_of(found[0])[-75:]} ({found[1]}, {len(text(found[0]))} characters)"
    for one in islice(containers(page.root), MOST):
        yield f"{one['path'][-75:]} ({one['known']}, {one['characters']} characters)"


def _alternates(page: Page) -> Iterator[tuple[str, str]]:
    for link in page.root.iter("link"):
        address = absolute(link.get("href"), base_of(page.root, page.url))
        if "alternate" in (link.get("rel") or "").lower().split() and address:
            yield (link.get("type") or "").lower(), address


def _rest(page: Page) -> str | None:
    """The endpoint of WordPress's posts, where the page names its REST interface."""
    for link in page.root.iter("link"):
        if link.get("rel") == "https://api.w.org/" and (address := absolute(link.get("href"), page.url)):
            return f"{address.rstrip('/')}/wp/v2/posts"
    return None


def _asset_hosts(page: Page) -> Iterator[str]:
    """The hosts that most of its images come from, its own left out."""
    own = urlsplit(page.url).hostname
    images = (absolute(image.get("data-src") or image.get("src"), page.url) for image in page.root.iter("img"))
    hosts = Counter(urlsplit(image).hostname for image in images if image)
    yield from (host for host, count in hosts.most_common(3) if host and host != own and count > 1)
