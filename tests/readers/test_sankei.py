"""The Sankei Shimbun's addresses, ids and labels; its pages are fixtures."""

from __future__ import annotations

import pytest

from crawler.newspapers.newspaper import Found
from crawler.newspapers.sankei import article_id, canonical, is_editorial

ID = "ABCDEFGHIJ2345KLMNOPQRSTUV"
NEW = f"https://www.sankei.com/article/20240612-{ID}/"
OLD = "https://www.sankei.com/column/news/180809/clm1808090002-n1.html"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        (NEW, NEW),
        (NEW[:-1], NEW),
        (f"http://sankei.com/article/20240612-{ID}", NEW),
        (f"{NEW}2/", NEW),
        (f"{NEW}photo/ZZZZZZZZZZZZZZZZZZZZZZZZZZ/", NEW),
        (f"{NEW}?outputType=amp", NEW),
        (f"{NEW}?ownedutm_source=a&ownedutm_medium=b#c", NEW),
        ("http://www.sankei.com/column/news/180809/clm1808090002-n2.html", OLD),
        ("https://sankei.com/column/news/180809/clm1808090002-n1.html?x=1", OLD),
        (
            "http://www.sankei.com/column/print/170101/clm1701010003-c.html",
            "https://www.sankei.com/column/print/170101/clm1701010003-c.html",
        ),
        ("https://www.sankei.com/column/editorial", "https://www.sankei.com/column/editorial/"),
        (
            "https://www.sankei.com/feeds/sitemap/?outputType=xml&from=100",
            "https://www.sankei.com/feeds/sitemap/?outputType=xml&from=100",
        ),
        ("https://special.sankei.com/f/seiron/article/1.html", "https://special.sankei.com/f/seiron/article/1.html"),
        ("http://[", "http://["),
    ],
)
def test_canonical(url: str, wanted: str) -> None:
    assert canonical(url) == wanted
    assert canonical(wanted) == wanted


def test_ids() -> None:
    assert article_id(NEW) == article_id(f"{NEW}2/") == ID
    assert article_id(OLD) == "clm1808090002"
    assert article_id("https://www.sankei.com/column/editorial/") is None


@pytest.mark.parametrize(
    ("title", "answer"),
    [
        ("【主張】灯台", True),
        ("＜主張＞灯台　社説", True),
        ("【年のはじめに】灯台", True),
        ("【正論】灯台", False),
        ("灯台に主張あり", False),
        (None, None),
    ],
)
def test_is_editorial(title: str | None, answer: bool | None) -> None:
    assert is_editorial(Found(NEW, "archive", "https://www.sankei.com/column/editorial/", title)) is answer
