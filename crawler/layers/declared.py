"""What a post's page declares and prints around its text: titles, section, dates, authors; each by layered signals.

The order is everywhere the same: what is printed where it is known where, JSON-LD, OpenGraph, microdata, the rest.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from lxml.etree import _Element as Element

from crawler.dates import read_day, read_instant
from crawler.errors import ParseError
from crawler.html import find, node_of_type, one, said, text
from crawler.layers.page import Page
from crawler.layers.post import BY, DATELINE, SENTENCE, Post
from crawler.text import Headline, split_headline

PRINTED = re.compile(r"^(?:published|updated|posted)?\W*(?:on\W*)?[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\b", re.IGNORECASE)
LONGEST_NAME = 80
CATEGORIES = frozenset({"mvp-post-cat", "cat-links", "entry-category", "post-category", "td-post-category"})


def titles(page: Page) -> dict[str, str]:
    """The headline as the page's data give it, by signal, in order."""
    found = {
        "json-ld": said(page.article, "headline") or said(page.article, "name"),
        "og:title": page.meta("og:title", "twitter:title"),
        "microdata": page.itemprop("headline"),
        "title": page.title(),
    }
    return {name: title for name, title in found.items() if title}


def headline(page: Page, post: Post, titles: dict[str, str], site_names: tuple[str, ...]) -> tuple[Headline, str]:
    """Headline with label, and the headline as found. The kicker is part of the title and may be cut from one of its
    copies, so it is taken from the first that has it; so is the end of a title that another copy cuts with `…`."""
    shown = text(post.headline)
    title = titles.get("title")
    copies = [*((name, raw) for name, raw in titles.items() if name != "title"), ("dom", shown), ("title", title)]
    split = [(name, raw, split_headline(raw, site_names)) for name, raw in copies if raw]
    if not split:
        raise ParseError(page.url, "not_an_article", "no headline anywhere on the page")
    name, raw, head = split[0]
    if head.text.endswith(("…", "...")):
        whole = [c for c in split if c[2].text.startswith(head.text.rstrip("….")) and len(c[2].text) > len(head.text)]
        name, raw, head = (whole or split)[0]
    page.signals["headline"] = name
    labelled = [c for c in split if c[2].label and c[2].text.casefold() == head.text.casefold()]
    if labelled:
        page.signals["label"] = labelled[0][0]
        return labelled[0][2]._replace(text=head.text), raw if head.label else labelled[0][1]
    return head, raw


def section(page: Page, post: Post) -> str | None:
    """As the page shows it, above the headline; else as its data say."""
    listed = page.article.get("articleSection")
    named = (e for e in find(page.root, "//*[contains(@class, 'cat')]") if CATEGORIES & set(e.get("class", "").split()))
    shown = next(named, None)
    return page.signals.first(
        "section",
        ("theme", text(shown) if shown is not None else None),
        ("line above the headline", post.section),
        ("json-ld", said(listed[-1] if isinstance(listed, list) and listed else listed)),
        ("article:section", page.meta("article:section")),
        ("microdata", page.itemprop("articleSection")),
        ("breadcrumb", page.crumb()),
    )


def published(page: Page) -> dt.datetime | None:
    """The instant, where the page gives one with its zone."""
    dates = [*_dates(page, "datePublished", "article:published_time"), ("time", _time(page))]
    return page.signals.first("published_at", *((name, read_instant(value)) for name, value in dates))


def modified(page: Page) -> dt.datetime | None:
    """The instant of the last change that the page declares."""
    dates = _dates(page, "dateModified", "article:modified_time")
    return page.signals.first("modified_at", *((name, read_instant(value)) for name, value in dates))


def published_day(page: Page) -> dt.date | None:
    """The day, where the page gives no more: `2023-07-14`, `Published on July 14, 2023`."""
    dates = [*_dates(page, "datePublished", "article:published_time"), ("time", _time(page))]
    day = page.signals.first("published_on", *((name, read_day(value)) for name, value in dates))
    if day is None:
        shorts = (text(line) for line in _short_lines(page))
        day = read_day(next((words for words in shorts if PRINTED.search(words)), None))
        page.signals.first("published_on", ("text", day))
    return day


def _dates(page: Page, name: str, meta: str) -> list[tuple[str, str | None]]:
    graph = node_of_type(page.nodes, "WebPage") or {}
    return [
        ("json-ld", said(page.article, name)),
        ("json-ld page", said(graph, name)),
        (meta, page.meta(meta)),
        ("microdata", page.itemprop(name)),
    ]


def _time(page: Page) -> str | None:
    """The first `time` that is no card's."""
    times = "//time[not(ancestor::aside or ancestor::footer or ancestor::nav)]"
    found = one(page.root, f"({times})[1]")
    return None if found is None else found.get("datetime") or text(found)


def _short_lines(page: Page) -> list[Element]:
    """Short lines that may print the date."""
    lines = "//*[self::p or self::span or self::div or self::li][not(*[self::p or self::div])]"
    return [line for line in find(page.root, lines)[:200] if len(text(line)) <= 80]


def byline(page: Page, post: Post, company: re.Pattern[str]) -> str | None:
    """As the author's line prints it, else as the page names its author; a company's name is no author."""
    printed = post.author_line
    named = (
        ("author line", printed),
        ("dom", None if printed else _author_named(page.root)),
        ("line above the text", post.by_line),
        ("json-ld", _author(page)),
        ("meta", page.meta("author", "twitter:data1")),
    )
    people = ((signal, name) for signal, name in named if name and not company.fullmatch(name) and "://" not in name)
    return page.signals.first("byline", *people)


def _author(page: Page) -> str | None:
    """The first author in JSON-LD; in a graph the article only gives the `@id` of its node."""
    author: Any = page.article.get("author")
    first = author[0] if isinstance(author, list) and author else author
    if not isinstance(first, dict):
        return said(first)
    node = next((n for n in page.nodes if n.get("@id") and n.get("@id") == first.get("@id") and n.get("name")), first)
    return said(node, "name")


def _author_named(root: Element) -> str | None:
    """Who is named as author beside the headline: `rel=author`, itemprop, names like `td-post-author-name`."""
    named = "contains(@class, 'author') or contains(@class, 'byline')"
    for element in find(root, f"//*[@rel='author' or @itemprop='author' or {named}][not(self::meta or self::body)]")[
        :10
    ]:
        words = text(element).rstrip(" -–—|,")
        is_name = len(words.split()) <= 4 or not SENTENCE.search(
            words
        )  # `Taro Y. Jr.` is one, a sentence on him is none
        if words and is_name and len(words) <= LONGEST_NAME and not DATELINE.search(BY.sub("", words)):
            found = BY.match(words)
            return found[1] if found else words
    return None
