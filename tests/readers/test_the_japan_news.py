"""The Japan News: each trap of its pages, one by one."""

from __future__ import annotations

import pytest

from tests.readers.reading import problem, read

EDITORIAL, NEWS = "the_japan_news/editorial", "the_japan_news/news"


def test_a_headline_is_whole_where_the_title_for_sharing_is_cut_at_a_semicolon() -> None:
    article = read(EDITORIAL)
    assert article.headline == "Ferry Landing Closed: Council Must Show Its Figures; Islands Need More than a Bus"
    assert read("the_japan_news/without-data").headline == article.headline
    assert article.label is None


def test_an_editorial_is_one_by_its_address_or_by_two_words_of_the_page() -> None:
    moved = "https://japannews.yomiuri.co.jp/original/20261113-412345/"
    address = ("https://japannews.yomiuri.co.jp/editorial/yomiuri-editorial/20261113-412345/", moved)
    escaped = tuple(url.replace("/", "\\/") for url in address)
    assert read(EDITORIAL).kind == "editorial"
    assert read(EDITORIAL, address, escaped, url=moved).kind == "editorial"  # type: ignore[arg-type]  # a pair
    assert read(NEWS).kind == "news"
    assert read("the_japan_news/column").kind == "column"


def test_a_time_is_as_printed_and_the_poster_is_no_author() -> None:
    article = read(NEWS)
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-11-10T17:41:00+09:00"
    assert article.byline == "By Umi Nada and Kai Shiraishi / Yomiuri Shimbun Staff Writers"
    assert read("the_japan_news/print-date-line").byline is None  # The Yomiuri Shimbun
    bare = read(NEWS, ("article:published_time", "x"), ("datePublished", "x"))
    assert bare.published_at == article.published_at
    assert bare.parser.signals["published_at"] == "dom"


def test_a_credit_stands_above_its_caption_and_the_publisher_is_none() -> None:
    first, second = (block for block in read(NEWS).blocks if block.kind == "figure")
    assert (first.caption, first.credit) == ("Visitors climb the lighthouse in Kitahama on Monday.", None)
    assert (second.caption, second.credit) == ("The lamp", "Courtesy of Kitahama town")


@pytest.mark.parametrize(
    ("changes", "access"),
    [
        ([], "free"),
        ([('content="free"', 'content="member"')], "members"),
        ([("無料記事", "有料記事")], "members"),
        ([('"cXenseParse:yoj-articletype"', '"x"')], "free"),
        ([('"cXenseParse:yoj-articletype"', '"x"'), ("無料記事", "")], "unknown"),
    ],
)
def test_a_fee_flag_among_keywords(changes: list[tuple[str, str]], access: str) -> None:
    article = read(EDITORIAL, *changes)
    assert article.access == access
    assert article.truncated is (access == "members")


def test_a_page_that_is_not_understood_is_no_empty_article() -> None:
    assert problem("the_japan_news/empty-block") == "no_body"
    assert problem("the_japan_news/two-articles-in-one") == "disagreement"


def test_the_page_of_another_article_is_read_as_that_one() -> None:
    other = "https://japannews.yomiuri.co.jp/editorial/yomiuri-editorial/20261114-412999/"
    article = read(EDITORIAL, url=other)
    assert article.id == "the_japan_news:20261113-412345"
    assert article.url.endswith("/20261113-412345/")
    assert article.parser.signals["id"] == "canonical≠url"


def test_links_in_the_text_are_citations_and_a_link_line_is_none_of_it() -> None:
    article = read("the_japan_news/link-to-the-original")
    assert article.original is not None
    assert article.original.url == "https://www.yomiuri.co.jp/editorial/20261112-GYT1T00123/"
    assert [candidate.rule for candidate in article.original.candidates] == ["link_line", "body_link"]
    assert "Japanese" not in article.text
