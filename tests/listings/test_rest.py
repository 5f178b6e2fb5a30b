"""WordPress' posts endpoint: its answers, its errors, its addresses."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.listings import read_listing, rest_address
from crawler.newspapers.newspaper import Found, Listed, More

ENDPOINT = "https://herald.example/wp-json/wp/v2/posts"
URL = rest_address(ENDPOINT, None, None)


def read(value: Any, url: str = URL) -> Listed:
    return read_listing(json.dumps(value).encode(), url, "rest")


def test_a_post() -> None:
    post = {
        "link": "https://herald.example/editorial-a/",
        "slug": "editorial-a",
        "title": {"rendered": "EDITORIAL | Japan&#8217;s <em>Choice</em> &amp; Duty"},
        "date": "2023-07-13T10:00:00",
        "date_gmt": "2023-07-13T01:00:00",
        "modified_gmt": "2023-07-14T01:00:00",
    }
    assert read([post]).lines == (
        Found(
            "https://herald.example/editorial-a/",
            "rest",
            URL,
            title="EDITORIAL | Japan’s Choice & Duty",
            published=dt.datetime(2023, 7, 13, 1, tzinfo=dt.UTC),
            modified=dt.datetime(2023, 7, 14, 1, tzinfo=dt.UTC),
        ),
    )


def test_what_may_be_missing() -> None:
    (line,) = read([{"guid": {"rendered": "https://herald.example/?p=9"}, "date": "2023-07-13T10:00:00"}]).lines
    assert (line.url, line.title, line.published) == ("https://herald.example/?p=9", None, dt.date(2023, 7, 13))
    (line,) = read(
        [{"link": "/a/", "date_gmt": "0000-00-00T00:00:00", "_embedded": {"author": [{"name": "J. Doe"}]}}]
    ).lines
    assert (line.published, line.author) == (None, "J. Doe")
    assert read([{}, None, 1, "x", [], {"link": 5}, {"link": "javascript:x"}, {"link": None, "title": []}]).lines == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'{"code":"rest_disabled","message":"off","data":{"status":401}}',
        b'{"code":"rest_post_invalid_page_number"}',
        b"<html>",
        b"[" * 100_000,
        b"[" + b"1" * 10_000 + b"]",
        b"\xff\xfe",
        b'[{"link": "https://herald.example/a/"',
        b"[" + b"{}," * 4_000_000 + b"{}]",
    ],
)
def test_no_list_of_posts_is_empty(body: bytes) -> None:
    assert read_listing(body, URL, "rest") == Listed()


def test_the_next_page_follows_a_full_one() -> None:
    def following(count: int, query: str) -> str | None:
        more = read([{"link": "/a/"}] * count, f"{ENDPOINT}{query}").more
        return more[0].url.removeprefix(ENDPOINT) if more else None

    assert (
        following(100, "?per_page=100&page=1&after=2020-01-01T00:00:00")
        == "?per_page=100&after=2020-01-01T00:00:00&page=2"
    )
    assert following(99, "?per_page=100&page=1") is None
    assert following(10, "") == "?page=2"
    assert following(9, "?page=5") is None
    assert following(0, "?per_page=0") is None
    assert following(100, "?per_page=100&page=1000") is None
    assert following(10, "?page=x&per_page=-1") == "?per_page=-1&page=2"
    assert read([None] * 100).more == (More(_second(), "rest"),)


def _second() -> str:
    return f"{ENDPOINT}?per_page=100&orderby=date&order=desc&_fields=link,slug,title,date_gmt,modified_gmt&page=2"


def test_the_address_asks_for_days_in_japan_with_a_days_margin() -> None:
    address = rest_address(ENDPOINT, dt.date(2023, 7, 1), dt.date(2023, 7, 31), page=3)
    assert address == (
        f"{ENDPOINT}?per_page=100&page=3&orderby=date&order=desc&_fields=link,slug,title,date_gmt,modified_gmt"
        "&after=2023-06-30T00:00:00&before=2023-08-01T23:59:59"
    )
    jst = dt.timezone(dt.timedelta(hours=9))
    first, last = dt.datetime(2023, 7, 1, tzinfo=jst), dt.datetime(2023, 7, 31, 23, 59, 59, tzinfo=jst)
    for hours in range(-12, 15):  # whatever zone the site keeps
        zone = dt.timezone(dt.timedelta(hours=hours))
        assert first.astimezone(zone).isoformat()[:19] > "2023-06-30T00:00:00"
        assert last.astimezone(zone).isoformat()[:19] < "2023-08-01T23:59:59"


def test_addresses_at_the_ends_of_time_and_with_a_query() -> None:
    query = parse_qs(
        urlsplit(rest_address("https://herald.example/?rest_route=/wp/v2/posts", dt.date.min, dt.date.max)).query
    )
    assert query["rest_route"] == ["/wp/v2/posts"]
    assert not {"after", "before"} & set(query)
