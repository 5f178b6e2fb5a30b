"""What the papers of Yomiuri, Asahi, Mainichi and Nikkei have in common: whose page it is, which lines of a listing
are editorials, and that any page gives an article or a problem, in time that grows with the page alone."""

# ruff: noqa: E501  # pieces of pages, in one line each

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.listings.archive import read_archive
from crawler.models import Article, Problem
from crawler.newspapers import newspaper_for, newspaper_named, parse_page
from crawler.newspapers.newspaper import Found

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
ADDRESSES = {
    "the_japan_news": "https://japannews.yomiuri.co.jp/editorial/yomiuri-editorial/20261113-412345/",
    "yomiuri": "https://www.yomiuri.co.jp/editorial/20261112-GYT1T00123/",
    "asahi_ajw": "https://www.asahi.com/ajw/articles/16012345",
    "asahi": "https://www.asahi.com/articles/DA3S16012345.html",
    "the_mainichi": "https://mainichi.jp/english/articles/20261114/p2a/00m/0op/005000c",
    "mainichi": "https://mainichi.jp/articles/20261113/ddm/005/070/123000c",
    "nikkei": "https://www.nikkei.com/article/DGXZQODK123AB0S6A111C2000000/",
}
OWNERS = [
    *((url, name) for name, url in ADDRESSES.items()),
    ("https://www.asahi.com/ajw/opinion/editorial/", "asahi_ajw"),
    ("https://www.asahi.com/ajw", "asahi_ajw"),
    ("https://www.asahi.com/ajwx", "asahi"),
    ("https://www.asahi.com/", "asahi"),
    ("https://digital.asahi.com/articles/DA3S16012345.html", "asahi"),
    ("http://ajw.asahi.com/article/views/editorial/AJ201411140012", "asahi_ajw"),
    ("https://www.asahi.com./ajw/articles/16012345", "asahi_ajw"),
    ("https://mainichi.jp/english", "the_mainichi"),
    ("https://www.mainichi.jp/english/articles/20261114/p2a/00m/0op/005000c", "the_mainichi"),
    ("https://mainichi.jp/englishes/", "mainichi"),
    ("https://mainichi.jp/editorial/", "mainichi"),
    ("https://nikkei.com/article/DGXZQODK123AB0S6A111C2000000", "nikkei"),
]


@pytest.mark.parametrize(("url", "name"), OWNERS)
def test_two_papers_on_one_host_are_told_apart_by_their_paths(url: str, name: str) -> None:
    paper = newspaper_for(url)
    assert paper is not None
    assert paper.name == name


SPELLINGS = {
    "the_japan_news": [
        "http://japannews.yomiuri.co.jp/editorial/yomiuri-editorial/20261113-412345",
        "https://japannews.yomiuri.co.jp//editorial/yomiuri-editorial/20261113-412345/?utm_source=x#top",
    ],
    "yomiuri": [
        "http://yomiuri.co.jp/editorial/20261112-GYT1T00123",
        "https://www.yomiuri.co.jp/editorial/20261112-GYT1T00123/2/?from=ytop",
    ],
    "asahi_ajw": ["http://asahi.com/ajw/articles/16012345/", "https://www.asahi.com/ajw/articles/16012345?iref=x"],
    "asahi": [
        "http://asahi.com/articles/DA3S16012345.html?iref=pc_rensai",
        "https://digital.asahi.com/articles/DA3S16012345.html?_requesturl=articles%2FDA3S16012345.html",
        "https://www.asahi.com/sp/articles/DA3S16012345.html",
    ],
    "the_mainichi": [
        "http://www.mainichi.jp/english/articles/20261114/p2a/00m/0op/005000c",
        "https://mainichi.jp/english//articles/20261114/p2a/00m/0op/005000c/?inb=ra#x",
    ],
    "mainichi": [
        "http://mainichi.jp/articles/20261113/ddm/005/070/123000c?cx_fm=mailsokuho",
        "https://www.mainichi.jp/articles/20261113/ddm/005/070/123000c/",
    ],
    "nikkei": [
        "http://nikkei.com/article/DGXZQODK123AB0S6A111C2000000",
        "https://www.nikkei.com/article/DGXZQODK123AB0S6A111C2000000/?unlock=1",
    ],
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_of_an_address_is_one(name: str) -> None:
    canonical = newspaper_named(name).canonical
    assert {canonical(url) for url in SPELLINGS[name]} == {ADDRESSES[name]}
    assert canonical(ADDRESSES[name]) == ADDRESSES[name]


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("url", ["http://[", "", "mailto:x@y.example", "//", "https://", "\ud800"])
def test_what_is_no_address_does_no_harm(name: str, url: str) -> None:
    paper = newspaper_named(name)
    assert isinstance(paper.canonical(url), str)
    assert paper.is_editorial(Found(url, "feed", "x")) is False


LINES = [
    ("the_japan_news", ADDRESSES["the_japan_news"], None, True),
    ("the_japan_news", "https://japannews.yomiuri.co.jp/editorial/political-pulse/20261107-410500/", "Editorial: X", False),
    ("the_japan_news", "https://japannews.yomiuri.co.jp/editorial/yomiuri-editorial/", None, False),
    ("yomiuri", ADDRESSES["yomiuri"], "桟橋の閉鎖　評議会は試算を示せ", True),
    ("yomiuri", "https://www.yomiuri.co.jp/world/20241203-OYT1T50218/", None, False),
    ("yomiuri", "https://www.yomiuri.co.jp/editorial/", "社説", False),
    ("asahi_ajw", ADDRESSES["asahi_ajw"], "EDITORIAL: Show the figures November 14, 2026", True),
    ("asahi_ajw", ADDRESSES["asahi_ajw"], "VOX POPULI: The stairs of a lighthouse", False),
    ("asahi_ajw", ADDRESSES["asahi_ajw"], None, None),
    ("asahi_ajw", ADDRESSES["asahi"], "EDITORIAL: X", False),
    ("asahi_ajw", "http://ajw.asahi.com/article/views/editorial/AJ201411140012", None, True),
    ("asahi", ADDRESSES["asahi"], "（社説）桟橋の閉鎖　評議会は試算を示せ", True),
    ("asahi", ADDRESSES["asahi"], "（天声人語）灯台の階段", False),
    ("asahi", ADDRESSES["asahi"], "灯台の扉、95年ぶりに開く", False),
    ("asahi", ADDRESSES["asahi"], None, None),
    ("asahi", ADDRESSES["asahi_ajw"], "（社説）X", False),
    ("the_mainichi", ADDRESSES["the_mainichi"], "Editorial: Council must show its figures - The Mainichi", True),
    ("the_mainichi", ADDRESSES["the_mainichi"].replace("0op", "0na"), "Editorial: Council must show its figures", True),
    ("the_mainichi", ADDRESSES["the_mainichi"], "News Navigator: What exactly is a ferry landing?", False),
    ("the_mainichi", ADDRESSES["the_mainichi"], None, None),
    ("the_mainichi", ADDRESSES["mainichi"], "Editorial: X", False),
    ("mainichi", ADDRESSES["mainichi"], None, True),
    ("mainichi", ADDRESSES["mainichi"].replace("ddm/005", "k00/00m"), "社説：桟橋の閉鎖　評議会は試算を示せ - 毎日新聞", True),
    ("mainichi", ADDRESSES["mainichi"].replace("ddm/005", "ddm/001"), "灯台の階段", False),
    ("mainichi", ADDRESSES["the_mainichi"], "社説：X", False),
    ("nikkei", ADDRESSES["nikkei"], "［社説］桟橋の閉鎖　評議会は試算を示せ - 日本経済新聞", True),
    ("nikkei", ADDRESSES["nikkei"], "灯台の階段", False),
    ("nikkei", ADDRESSES["nikkei"], None, None),
    ("nikkei", "https://www.nikkei.com/opinion/editorial/", "［社説］X", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "url", "title", "verdict"), LINES)
def test_which_lines_of_a_listing_are_editorials(name: str, url: str, title: str | None, verdict: bool | None) -> None:
    assert newspaper_named(name).is_editorial(Found(url, "archive", "x", title=title)) is verdict


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_editorials_of_a_list_are_found(name: str) -> None:
    paper = newspaper_named(name)
    listed = read_archive((FIXTURES / name / "listing" / "page.html").read_bytes(), paper.listings.archives[0])
    found = [line for line in listed.lines if paper.is_editorial(line)]
    assert len(found) == 2
    assert paper.canonical(found[0].url) == ADDRESSES[name]


@pytest.mark.parametrize(
    ("translation", "original"), [("the_japan_news", "yomiuri"), ("asahi_ajw", "asahi"), ("the_mainichi", "mainichi")]
)
def test_translations_name_their_paper_and_no_page(translation: str, original: str) -> None:
    assert newspaper_named(translation).translates == original
    article = read(translation, "editorial")
    assert article.kind == "editorial"
    assert article.original is not None
    assert (article.original.url, article.original.candidates) == (None, ())
    assert read(translation, "column").original is None


@pytest.mark.parametrize("name", ["the_japan_news", "asahi_ajw", "the_mainichi"])
def test_a_line_that_names_paper_and_day_is_no_text_and_is_kept(name: str) -> None:
    with_line, without = read(name, "print-date-line"), read(name, "editorial")
    assert with_line.text == without.text
    assert with_line.original is not None
    assert "Shimbun, Nov. 13" in (with_line.original.wording or "")


def read(name: str, case: str) -> Article:
    article = parse_page((FIXTURES / name / case / "page.html").read_bytes(), ADDRESSES[name])
    assert isinstance(article, Article), article
    return article


# any page -----------------------------------------------------------------------------------------

MARKUP = st.text(alphabet="<>/=\"'& abp社説（）：；―\n", max_size=200).map(str.encode)
TAGS = [
    b"<p>", b"</p>", b"<div id=p-article-block>", b"</div>", b"<h1>EDITORIAL: X", b"</h1>", b"<article class=article-content>", b"<main>",
    b"<div class='p-main-contents '>", b"<div class=ArticleText>", b"<div id=MainInner>", b"<div class=nfyQp>", b"<p id=_gtm_LastLine>",
    b"<p itemprop=articleBody>", b"<ruby>\xe7\x81\xaf<rt>x", b"<figure><figcaption><span>A</span><br>", b"<img srcset=',' src='data:'>",
    b"<img src=http://[>", b"<time datetime=2026>", b"<span id=update>2026/99/99 99:99", "残り12文字".encode(), "有料記事".encode(),
    b"<meta property=og:url content=http://[>", b"<meta name=keywords content=x>", b"<meta name=pubdate content=+09:00>",
    b"<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"\\ud800\",\"author\":[[1]],\"creator\":{\"a\":1},\"mainEntityOfPage\":[]}</script>",
    b"<script type=application/ld+json>[{\"@type\":\"BreadcrumbList\",\"itemListElement\":[[{\"name\":1}]]}]</script>",
    b"<section id=articledetail-body class=is-mustpay>", b"<p class=txt>", b"<h1 class=title-page>", b"<section data-track-article-content>",
    b"<k-lock-banner>", b"<div data-paywall>", b"<article><header>", b"<ul class=articledetail-head-category-list><li>", b"<div><br><ul><li>",
    b"<script id=js-k2-hydrate-client-exposed-context>{\"paywallProps\":[1],\"createAtlasContentStatusArgs\":{\"showFull\":1}}</script>",
    b"words of a sentence that goes on for long enough to be one. ", b"(From The Yomiuri Shimbun, Nov. 13)", b"\xe3\x80", b"\0", b"&#x110000;",
]  # fmt: skip


@pytest.mark.parametrize("name", ADDRESSES)
@given(body=st.one_of(st.binary(max_size=400), MARKUP, st.lists(st.sampled_from(TAGS), max_size=40).map(b"".join)))
@settings(max_examples=150, deadline=None)
def test_any_bytes(name: str, body: bytes) -> None:
    judge(body, name)


@pytest.mark.parametrize("name", ADDRESSES)
@given(cut=st.integers(0, 6000), junk=st.one_of(st.binary(max_size=30), st.sampled_from(TAGS)))
@settings(max_examples=100, deadline=None)
def test_cut_and_broken_pages(name: str, cut: int, junk: bytes) -> None:
    page = (FIXTURES / name / "editorial" / "page.html").read_bytes()
    judge(page[:cut] + junk + page[cut + len(junk) :], name)


def judge(body: bytes, name: str) -> None:
    record = parse_page(body, ADDRESSES[name])
    assert isinstance(record, Article | Problem)
    assert isinstance(record, Problem) or record.text
    record.model_dump_json()


HOSTILE = {
    "paragraphs": "<p>Words of a sentence. <a href='https://www.asahi.com/articles/X.html'>a</a></p>",
    "blocks": "<div id=p-article-block class='p-main-contents ArticleText nfyQp'>",
    "last lines": "<p id=_gtm_LastLine>",
    "figures": "<figure><img src=a.jpg><figcaption><span>A</span><br>",
    "boxes of figures": "<div><figure><img src=a.jpg></figure></div>",
    "spans": "<span><a>x",
    "headings": "<h1>EDITORIAL: X</h1>",
    "articles": "<article><h1>x</h1>",
    "marks": "<p>残り12文字",
    "rubies": "<ruby>灯<rt>x</rt></ruby>\n",
    "times": "<time datetime=2026-11-13T00:00:00Z>2026",
    "blanks": "\u3000 \n灯",
    "lists": "<ul><li>x",
    "boxes": "<div>x<br><figure><img src=a.jpg><figcaption>x</figcaption></figure>x<ul><li>x</ul></div>",
    "old paragraphs": "<p class=txt>x",
    "locks": "<k-lock-banner><div data-paywall>残り12文字",
    "writers": "<a class=articletag-author>x</a>",
    "originals": "<a href='https://mainichi.jp/articles/20261113/ddm/005/070/123000c'>Japanese version</a>",
    "scripts": '<script type="application/ld+json">{"@type":"NewsArticle"}</script>',
}


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_with_the_page(name: str, kind: str) -> None:
    """Eight times the page in at most some thirty times the time, and never more than seconds."""

    def seconds(times: int) -> float:
        head = "<html><head><title>T</title></head><body><main><h1>EDITORIAL: T</h1><div id=MainInner><article><header id=articledetail-title><h1>T</h1></header><section id=articledetail-body data-track-article-content><div>"
        body = (head + HOSTILE[kind] * times).encode()
        best = 60.0
        for attempt in range(2):
            start = time.process_time()
            parse_page(body + b" " * attempt, ADDRESSES[name])
            best = min(best, time.process_time() - start)
        return best

    small, large = seconds(500), seconds(4000)
    assert large < 32 * small + 0.3
    assert large < 10
