"""What one saved page tells of its newspaper: language, names, what it declares, where its words stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from crawler.checking.markup import containers, path_of
from crawler.errors import ParseError
from crawler.html import absolute, base_of, headings, json_ld, meta, node_of_type, said, text
from crawler.layers import declared, japanese
from crawler.layers.container import find_body, headline_element
from crawler.layers.page import Page
from crawler.layers.post import read_post
from crawler.layers.shell import LOGIN_WORDS, WALLS, declares_article, instead_of, refuse
from crawler.text import Headline, fold, split_headline

MOST = 6
LONGEST_JAPANESE_LABEL: Final = 8
LEAST_HEADLINE: Final = 4
SEPARATOR: Final = re.compile(r"\s*[|｜»«：]\s*|\s+[-–—:]\s+")  # between a headline, a section and the site's name
MARKED: Final = re.compile(r"(社説)\u3000")  # as `japanese.split` does not part it: 社説　川の水
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
    """The clues in a page; raises `ParseError` where there is none, or a challenge or a login in its place."""
    page = Page.read(body, url)
    titles = declared.titles(page)
    _refuse_wall(page, list(titles.values()))
    site, language = site_of(page, titles.values()), language_of(page)
    feeds = [link for kind, link in _alternates(page) if kind in FEEDS and "comments" not in link]
    generator = meta(page.root, "generator") or ""
    return Clues(
        language=language,
        title=site,
        label=label_of(titles.values(), site, language),
        types=tuple(str(node["@type"]) for node in json_ld(page.root) if "@type" in node)[:MOST],
        declared=tuple(_declared(page)),
        containers=tuple(_containers(page, list(titles.values()))),
        feeds=tuple(dict.fromkeys(feeds))[:2],
        rest=_rest(page),
        wordpress="wordpress" in generator.lower() or b"/wp-content/" in body,
        asset_hosts=tuple(_asset_hosts(page)),
    )


def _refuse_wall(page: Page, titles: list[str]) -> None:
    """Raise what `refuse` says of a page that stands before the site's articles; a login's form beside one is none."""
    is_login = LOGIN_WORDS.match(page.title() or "") is not None and not declares_article(page.root)
    if not is_login and read_post(page, titles) is not None:
        return
    try:
        refuse(page.root)
    except ParseError as error:
        if instead_of(error.reason, error.detail) in WALLS:
            raise


def site_of(page: Page, titles: Iterable[str]) -> str | None:
    """What the paper calls itself: as its meta tags and data say, else what stands in `<title>` after a headline."""
    publisher = next((said(node, "publisher", "name") for node in page.nodes if "publisher" in node), None)
    site = node_of_type(page.nodes, "WebSite") or {}
    named = page.meta("og:site_name") or publisher or said(site, "name") or page.meta("application-name")
    return named or _end_of_title(page, titles)


def _end_of_title(page: Page, titles: Iterable[str]) -> str | None:
    whole = fold(page.title() or "")
    shown = (text(heading) for heading in headings(page.root, "h1"))
    for head in (*shown, *map(fold, titles)):
        at = whole.find(head) if len(head) >= LEAST_HEADLINE else -1
        rest = whole[at + len(head) :] if at >= 0 else ""
        if SEPARATOR.match(rest) and (name := SEPARATOR.split(rest)[-1].strip(" \u3000")):
            return name
    return None


def label_of(titles: Iterable[str], site: str | None, language: str) -> str | None:
    """The series' label before a headline. What another copy has as its whole headline is none."""
    names = (site,) if site else ()
    whole = {fold(title) for title in titles}
    labels = (_split(title, names, language).label for title in titles)
    return next((label for label in labels if label and label not in whole and _is_short(label, language)), None)


def _split(title: str, names: tuple[str, ...], language: str) -> Headline:
    if language != "ja":
        return split_headline(title, names)
    marked = MARKED.match(fold(title))
    return Headline(title, marked[1]) if marked else japanese.split(title, names)


def _is_short(label: str, language: str) -> bool:
    return language != "ja" or label.isascii() or len(label) <= LONGEST_JAPANESE_LABEL


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
