"""Any bytes give a `Listed`, in time that grows with them and no faster."""

# ruff: noqa: E501  # markup is easier to read in one piece
from __future__ import annotations

import gzip
import time
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.addresses import is_http
from crawler.listings import read_listing
from crawler.newspapers.newspaper import Listed, Way

WAYS = get_args(Way)
URLS = [
    "https://herald.example/category/x/page/2/?a=1",
    "https://herald.example/",
    "",
    "x",
    "http://[",
    "https://h.example/\ud800",
]
BITS = (  # noqa: SIM905  # a list would be three times as long
    "<urlset>|<url>|<sitemap>|<loc>|</loc>|<lastmod>|</url>|<news:title>|<rss>|<feed>|<item>|<entry>|<link>|<link href='/a'/>|<title>"
    "|</title>|<pubDate>|</item>|https://herald.example/a/|/b|2023-07-13T00:00:00Z|2023-07-13|<![CDATA[|]]>|&|&amp;|&#1;|&lt;|<!--|-->"
    "|<?xml version='1.0' encoding='utf-16'?>|<!DOCTYPE a [|<!ENTITY a 'b'>|]>|<a href='/story-{}/'>|</a>|<h2>|</h2>|<article>|</article>"
    "|<li>|</li>|<nav>|</nav>|<time datetime='2020-01-01'>|</time>|<base href='//x'>|<a rel=next href='page/3/'>|A headline of some length"
    '|＜主張＞題　名|[{|}]|"link":|"/a"|,|"title":|{|}|[|]|null|1e999|\x00|\ufeff|\ud7ff|\n| |<script>|<svg>|<div class=author>|<p itemprop=author>'
).split("|")
SOUP = st.lists(st.sampled_from(BITS), max_size=40).map("".join)
BODIES = st.one_of(
    st.binary(max_size=300),
    SOUP.map(str.encode),
    SOUP.map(lambda text: text.encode("utf-16")),
    SOUP.map(lambda text: gzip.compress(text.encode())),
    SOUP.map(lambda text: gzip.compress(text.encode())[:-6]),
    st.binary(max_size=60).map(lambda tail: b"\x1f\x8b\x08\x00" + tail),
)


@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BODIES, st.sampled_from(URLS), st.sampled_from(WAYS))
def test_any_bytes_give_a_listed(body: bytes, url: str, way: Way) -> None:
    listed = read_listing(body, url, way)
    assert isinstance(listed, Listed)
    for line in listed.lines:
        assert is_http(line.url)
        assert line.listing == url
        assert line.title is None or (line.title.strip() == line.title != "" and "\x00" not in line.title)
    for more in listed.more:
        assert is_http(more.url)
        assert more.url != url


def test_what_is_no_listing_is_empty() -> None:
    assert read_listing(b"<urlset><url><loc>https://herald.example/</loc></url></urlset>", URLS[1], "url") == Listed()


PIECES = [
    b"<", b"&", b"<x/>", b"<a>", b"<url>", b"<url><loc>", b"<!--", b"<![CDATA[", b"<![CDATA[x]]>", b"<a b='", b"&#65;", b"]]", b"[", b"{",
    b"<a href=/x/>", b"<h2>", b"<h2><a href=/a/b>", b"<p class=author>w ", b"<ul><li>", b"<time>1", b"<table><tr><td>", b"<b>", b"\r",
    b"<article><h2><a href=/s/>T</a></h2></article>", b"https://a.example/\n", b"[{}],", b'{"link":', b"<item><link>", b"<title>&lt;",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES, ids=[piece.decode() for piece in PIECES])
@pytest.mark.parametrize("way", ["sitemap", "feed", "rest", "archive"])
def test_hostile_repetition_takes_linear_time(piece: bytes, way: Way) -> None:
    def seconds(size: int) -> float:
        body = b"<a>" + piece * (size // len(piece))
        start = time.process_time()
        read_listing(body, URLS[0], way)
        return time.process_time() - start

    small, large = seconds(100_000), seconds(800_000)
    assert large < 1.0 or large < 30 * small  # eight times as much; squared would be sixty-four
