"""Whatever a page holds, its reader gives an article or a problem, in time that grows with the page alone."""

# ruff: noqa: E501  # pieces of pages, in one line each

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.models import Article, Problem
from crawler.newspapers import parse_page
from tests.readers.layouts import LAYOUTS, Story

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = {
    "japan_forward": "https://japan-forward.com/editorial-any-page/",
    "sankei": "https://www.sankei.com/article/20240612-ABCDEFGHIJKLMNOPQRSTUVWXYZ/",
    "sankei-old": "http://www.sankei.com/column/news/180809/clm1808090002-n1.html",
}
STORY = Story(
    "World",
    "EDITORIAL | A",
    "B is so, and C is not so, as all know.",
    "D (© E)",
    [("paragraph", "F goes on. " * 20)] * 4,
)
ARTICLE = Path(__file__).resolve().parent.parent / "fixtures" / "sankei" / "figures" / "page.html"
MARKUP = st.text(alphabet="<>/=\"'& abp主張【】()©\n", max_size=200).map(str.encode)
TAGS = [
    b"<p>", b"</p>", b"<div class='entry-content'>", b"</div>", b"<h1>EDITORIAL | X", b"</h1>", b"<article class='article-wrapper'>",
    b"<div class=article-body>", b"<figure>", b"<img src=http://[>", b"<figcaption>(\xc2\xa9", b"<blockquote>", b"<ul><li>", b"<br>",
    b"<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"\\ud800\"}</script>", b"<a href=//sankei.com/x>Japanese",
    b"<script>Fusion.globalContent={\"headlines\":{\"basic\":1},\"content_elements\":[0,{\"type\":\"text\",\"content\":\"<p\"}]}</script>",
    b"words of a sentence that goes on for long enough to be one. ", b"Author: X", b"<table><tr><td>", b"\xe3\x80", b"\0", b"&#x110000;",
]  # fmt: skip


@pytest.mark.parametrize("paper", ADDRESSES)
@given(body=st.one_of(st.binary(max_size=400), MARKUP, st.lists(st.sampled_from(TAGS), max_size=40).map(b"".join)))
@settings(max_examples=150, deadline=None)
def test_any_bytes(paper: str, body: bytes) -> None:
    record = parse_page(body, ADDRESSES[paper])
    assert isinstance(record, Article | Problem)
    record.model_dump_json()


@pytest.mark.parametrize("paper", ["japan_forward", "sankei"])
@given(cut=st.integers(0, 6000), junk=st.binary(max_size=30))
@settings(max_examples=100, deadline=None)
def test_cut_and_broken_pages(paper: str, cut: int, junk: bytes) -> None:
    page = LAYOUTS["gutenberg"](STORY).encode() if paper == "japan_forward" else ARTICLE.read_bytes()
    record = parse_page(page[:cut] + junk + page[cut + len(junk) :], ADDRESSES[paper])
    assert isinstance(record, Article | Problem)
    record.model_dump_json()


HOSTILE = {
    "paragraphs": "<p>Words of a sentence that is long enough. <a href='https://www.sankei.com/x'>a</a></p>",
    "boxes": "<div class='entry-content'>",
    "closed boxes": "<div class='entry-content'><p>x</p></div>",
    "quotes": "<blockquote>x",
    "figures": "<figure><img src=a.jpg><figcaption>(",
    "breaks": "a<br><br><a href='https://www.sankei.com/x'>b</a>",
    "lists": "<ul><li>x",
    "headings": "<h1>EDITORIAL | X</h1>",
    "articles": "<article class='article-wrapper'><div class='article-body'>",
    "parentheses": "((（（",
    "spaces": " \u3000\n",
    "scripts": '<script type="application/ld+json">{"@type":"Article"}</script>',
    "captions": "<p><img src=a.jpg>Caption: photo: (© </p>",
    "words": "click read see access in original Japanese ",
    "bars": "【主張 | ",
}


@pytest.mark.parametrize("paper", ["japan_forward", "sankei"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_with_the_page(paper: str, kind: str) -> None:
    """Eight times the page in at most some thirty times the time, and never more than seconds."""

    def seconds(times: int) -> float:
        head = "<html><head><title>T</title></head><body><h1>EDITORIAL | T</h1><article class='article-wrapper'><div class='article-body'>"
        body = (head + HOSTILE[kind] * times).encode()
        best = 60.0
        for attempt in range(2):
            start = time.process_time()
            parse_page(body + b" " * attempt, ADDRESSES[paper])
            best = min(best, time.process_time() - start)
        return best

    small, large = seconds(500), seconds(4000)
    assert large < 32 * small + 0.3
    assert large < 10


def test_newspapers_need_neither_scrapy_nor_warcio() -> None:
    code = (
        "import sys\n"
        "for name in ('scrapy', 'warcio', 'twisted', 'fastwarc', 'aiohttp', 'spiders'): sys.modules[name] = None\n"
        "from crawler.newspapers import all_newspapers, parse_page\n"
        "assert {'sankei', 'japan_forward'} <= set(all_newspapers())\n"
        "assert parse_page(b'<p>', 'https://www.sankei.com/').reason == 'no_body'\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


# what a coverage-guided search has found (tools/fuzz_readers.py) ----------------------------------


@pytest.mark.parametrize("attribute", [b"{a}", b"{{ x }}", b"{a}b", b"{"])
def test_attributes_of_a_template_that_nobody_filled_in(attribute: bytes) -> None:
    words = b"Words of a sentence that goes on for long enough to be one. " * 3
    page = b"<h1>EDITORIAL | X</h1><div class=entry-content><p %s>%s<a href=/y %s>z</a></p></div>" % (
        attribute, words, attribute,
    )  # fmt: skip
    record = parse_page(page, ADDRESSES["japan_forward"])
    assert isinstance(record, Article)
    assert record.text.startswith("Words of a sentence")


@pytest.mark.parametrize("start", [b"<h1>A headline</h1>%s<div class=entry-content><p>Words go here.</p></div>", b"%s"])
@pytest.mark.parametrize("piece", [b"<p>x</p>", b"<h2>", b"<h2>a</h2>", b"<h1><h2>"])
def test_many_small_pieces_before_a_body_cost_no_more_than_their_number(start: bytes, piece: bytes) -> None:
    def once(number: int) -> float:
        began = time.process_time()
        record = parse_page(start % (piece * number), ADDRESSES["japan_forward"])
        assert isinstance(record, Article | Problem)
        return time.process_time() - began

    def seconds(number: int) -> float:
        return min(once(number) for _ in range(3))  # one may pay for all the garbage of the tests before it

    assert seconds(4000) < 30 * seconds(400) + 0.1  # a square would be a hundred times
