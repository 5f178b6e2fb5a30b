"""Lists that a page gives as data: JSON-LD's CollectionPage and ItemList, beside what it shows or in its place."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from crawler.listings import ENTRY_LIMIT, read_listing
from crawler.newspapers.newspaper import Found

URL = "https://herald.example/editorial/"
AT = dt.datetime(2026, 11, 13, 2, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))


def read(data: Any, body: str = "") -> tuple[Found, ...]:
    script = f'<script type="application/ld+json">{data if isinstance(data, str) else json.dumps(data)}</script>'
    return read_listing(f"<html><head>{script}</head><body>{body}</body></html>".encode(), URL, "archive").lines


def part(number: int, **more: Any) -> dict[str, Any]:
    url = f"https://herald.example/articles/{number}"
    return {"@type": "NewsArticle", "url": url, "headline": f"Editorial: Number {number}"} | more


def test_the_parts_of_a_collection_with_title_and_time() -> None:
    collection = {"@type": "CollectionPage", "hasPart": [part(1, datePublished="2026-11-13T02:00:00+0900"), part(2)]}
    first, second = read(collection)
    assert first == Found("https://herald.example/articles/1", "archive", URL, "Editorial: Number 1", None, AT)
    assert (second.title, second.published) == ("Editorial: Number 2", None)


@pytest.mark.parametrize(
    "element",
    [
        {"@type": "ListItem", "url": "/articles/1", "name": "One"},
        {"@type": "ListItem", "item": {"@id": "https://herald.example/articles/1", "name": "One"}},
        {"@type": "ListItem", "item": "https://herald.example/articles/1", "name": "One"},
    ],
)
def test_an_item_list_however_its_elements_name_their_pages(element: dict[str, Any]) -> None:
    for data in (
        {"@type": "ItemList", "itemListElement": [element]},
        {"@type": "WebPage", "mainEntity": {"@type": ["ItemList"], "itemListElement": element}},
    ):
        assert [(line.url, line.title) for line in read(data)] == [("https://herald.example/articles/1", "One")]


def test_what_a_page_shows_comes_first_and_is_filled_in_by_what_it_states() -> None:
    shown = (
        '<ul><li><h3><a href="/articles/2">Editorial: The second one</a></h3></li>'
        '<li><a href="/articles/3">3</a><time datetime="2026-11-11">11</time></li></ul>'
    )
    collection = {"@type": "CollectionPage", "hasPart": [part(n, datePublished="2026-11-13") for n in (1, 2, 3)]}
    lines = [(line.url[-1], line.title, line.published) for line in read(collection, shown)]
    day = dt.date(2026, 11, 13)
    assert lines == [
        ("2", "Editorial: The second one", day),
        ("3", "Editorial: Number 3", dt.date(2026, 11, 11)),
        ("1", "Editorial: Number 1", day),
    ]


def test_breadcrumbs_other_hosts_and_the_list_itself_are_no_articles() -> None:
    crumbs = {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "item": URL + "x", "name": "x"}]}
    others = [part(1, url=url) for url in ("https://shimbun.example/articles/1", URL, "javascript:x", "", None, 7)]
    assert read([crumbs, {"@type": "CollectionPage", "hasPart": others}]) == ()


@pytest.mark.parametrize(
    "data",
    ["{", "null", [1], {"@type": 7}, {"@type": [[]], "hasPart": []}, {"@type": "ItemList", "itemListElement": 7},
     {"@type": "ItemList", "itemListElement": [None, [], {"item": []}, {"url": {}, "name": []}]}],
)  # fmt: skip
def test_whatever_the_data_are(data: Any) -> None:
    assert read(data) == ()


def test_no_more_is_read_than_of_any_listing() -> None:
    parts = [{"url": f"/articles/{number}"} for number in range(ENTRY_LIMIT + 5)]
    lines = read({"@type": "CollectionPage", "hasPart": parts}, '<h3><a href="/articles/x">Editorial: x</a></h3>')
    assert len(lines) == ENTRY_LIMIT
