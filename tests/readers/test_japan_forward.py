"""JAPAN Forward's reader: addresses, what is an editorial, the link to the original, and pages that vary one thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.models import Article, Problem
from crawler.newspapers import parse_page
from crawler.newspapers.japan_forward import canonical, is_editorial, slug_of
from crawler.newspapers.newspaper import Found
from tests.readers.layouts import LAYOUTS, SANKEI, URL, Story, flat, gutenberg, renamed, zox

STORY = Story(
    "World",
    "EDITORIAL | Keep the Lamp of Kurumi Bay",
    "The council wants to put out the lamp. It should not.",
    "The lamp in June. (© Sankei by Taro Yamakawa)",
    [
        ("paragraph", "The council of Kurumi Bay has decided to put out the lamp of its harbor after midnight."),
        ("paragraph", "We cannot agree with a decision that saves a little oil and costs a great deal of trust."),
        ("figure", "Boats at night. (via Harbor Office)"),
        ("heading", "Who Pays?"),
        ("paragraph", "Last year many boats came in after midnight. Eleven of them carried passengers."),
        ("paragraph", "A lamp costs little. We urge the council to think again before the storms come."),
    ],
)
TEXTS = [words for kind, words in STORY.items if kind != "figure"]

ADDRESSES = [
    ("http://www.japan-forward.com/editorial-x", "https://japan-forward.com/editorial-x/"),
    ("https://japan-forward.com/editorial-x/?utm_source=a&fbclid=b#top", "https://japan-forward.com/editorial-x/"),
    ("https://japan-forward.com/editorial-x/amp/", "https://japan-forward.com/editorial-x/"),
    ("https://japan-forward.com/?p=53092", "https://japan-forward.com/?p=53092"),
    ("https://japan-forward.com?p=53092&utm_medium=x", "https://japan-forward.com/?p=53092"),
    ("https://japan-forward.com/its-2025-%E3%83%BC-can/", "https://japan-forward.com/its-2025-%e3%83%bc-can/"),
    ("https://japan-forward.com/its-2025-ー-can", "https://japan-forward.com/its-2025-%e3%83%bc-can/"),
    ("https://japan-forward.com//editorial-x//", "https://japan-forward.com/editorial-x/"),
    ("HTTPS://Japan-Forward.com:443/feed", "https://japan-forward.com/feed/"),
    ("https://japan-forward.com/wp-json/wp/v2/posts?page=2", "https://japan-forward.com/wp-json/wp/v2/posts/?page=2"),
    ("https://japan-forward.com/wp-content/uploads/a.jpg", "https://japan-forward.com/wp-content/uploads/a.jpg"),
    ("http://[", "http://["),
]


@pytest.mark.parametrize(("url", "wanted"), ADDRESSES)
def test_canonical(url: str, wanted: str) -> None:
    assert canonical(url) == wanted
    assert canonical(wanted) == wanted


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://japan-forward.com/editorial-x", "editorial-x"),
        ("https://japan-forward.com/?p=53092", "p53092"),
        ("https://japan-forward.com/japanese/some-page/", "japanese/some-page"),
        ("https://japan-forward.com/", ""),
        ("https://japan-forward.com/category/culture/page/2/", ""),
        ("https://japan-forward.com/tag/Reiwa/", ""),
        ("https://japan-forward.com/author/x", ""),
        ("https://japan-forward.com/2017/06/", ""),
        ("https://japan-forward.com/feed/", ""),
        ("https://japan-forward.com/wp-json/wp/v2/posts", ""),
        ("https://japan-forward.com/japanese/top/recommend/", ""),
    ],
)
def test_slug(url: str, slug: str) -> None:
    assert slug_of(url) == slug


@pytest.mark.parametrize(
    ("title", "slug", "author", "answer"),
    [
        ("EDITORIAL | Keep the Lamp", "editorial-keep-the-lamp", None, True),
        ("Editorial: Keep the Lamp", "keep-the-lamp", None, True),
        ("BOOKMARK | An Editorial's Cat", "bookmark-cat", None, False),
        ("How an Editorial Changed a Harbor", "how-an-editorial-changed-a-harbor", None, False),
        ("Keep the Lamp", "editorial-keep-the-lamp", "Editorial Board, The Sankei Shimbun", True),
        ("Editorial Cartoons of the Year", "editorial-cartoons-of-the-year", "Taro", None),
        (None, "editorial-keep-the-lamp", None, True),
        (None, "keep-the-lamp", None, False),
        (None, "?p=53092", None, None),
        ("Keep the Lamp", "keep-the-lamp", "Editorial Board, The Sankei Shimbun", None),
    ],
)
def test_is_editorial(title: str | None, slug: str, author: str | None, answer: bool | None) -> None:
    found = Found(f"https://japan-forward.com/{slug}", "feed", "https://japan-forward.com/feed/", title, author)
    assert is_editorial(found) is answer


def read(page: str, url: str = URL) -> Article:
    record = parse_page(page.encode(), url)
    assert isinstance(record, Article), record
    return record


def texts(article: Article) -> list[str | None]:
    return [block.text for block in article.blocks if block.kind != "figure"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout(layout: str) -> None:
    article = read(LAYOUTS[layout](STORY))
    assert texts(article) == TEXTS
    assert (article.kind, article.label, article.section) == ("editorial", "EDITORIAL", "World")
    assert article.standfirst == STORY.standfirst
    assert [block.credit for block in article.blocks if block.kind == "figure"] == [
        "Sankei by Taro Yamakawa",
        "via Harbor Office",
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_standfirst(layout: str) -> None:
    """A page without one (2018, 2020) has none: neither the caption nor the first paragraph stands in."""
    article = read(LAYOUTS[layout](replace(STORY, standfirst=None)))
    assert article.standfirst is None
    assert texts(article) == TEXTS


LINK = f'<a href="{SANKEI}">'
WORDINGS = [
    (f"<p>(Read the editorial in {LINK}Japanese</a>.)</p>", "link_line"),
    (f"<p>{LINK}(Read the editorial in Japanese.)</a></p>", "link_line"),
    (f"<p><em>(Click {LINK}here</a> to read the article in its original Japanese.)</em></p>", "link_line"),
    (f"<p>(Click {LINK}here</a> to read the original article in Japanese.)</p>", "link_line"),
    (f"<p>(Read the column in Japanese {LINK}here</a>.)</p>", "link_line"),
    (f"<p>{LINK}Read the original in Japanese</a></p>", "link_line"),
    (f"<p>(Click {LINK}here</a> to access the article in Japanese.)</p>", "link_line"),
    (f"<h4>(Read the interview in {LINK}Japanese</a>)</h4>", "link_line"),
    (f"<div>(Read the essay in {LINK}Japanese</a>.)</div>", "link_line"),
    (f"<p>{LINK}Japanese version</a></p>", "link_line"),
    (f"<p>このページを</p><p>{LINK}日本語</a></p><p>で読む</p>", "widget"),
    (f"<p>このページを{LINK}日本語</a>で読む</p>", "widget"),
    (f"<div><span>このページを</span> {LINK}<span>日本語</span></a> <span>で読む</span></div>", "widget"),
    (f"<p>{LINK}この記事を日本語で読む</a></p>", "widget"),
]


@pytest.mark.parametrize(("line", "rule"), WORDINGS)
@pytest.mark.parametrize("layout", [zox, renamed], ids=["zox", "renamed"])
def test_wordings_of_the_link(line: str, rule: str, layout: object) -> None:
    assert callable(layout)
    page = (
        layout(replace(STORY, original=None))
        .replace("(Read the editorial in Japanese.)", "@")
        .replace("<p>@</p>", line)
    )
    page = page.replace('<p class="l2">@</p>', line)
    article = read(page)
    assert article.original is not None
    assert article.original.url == SANKEI
    assert article.original.candidates[0].rule == rule
    assert texts(article) == TEXTS


def test_link_line_behind_the_author_and_outside_of_the_text() -> None:
    line = f"<p>(Read the editorial in {LINK}Japanese</a>.)</p>"
    plain = zox(replace(STORY, original=None)).replace("<p>(Read the editorial in Japanese.)</p>", "")
    behind = plain.replace("</strong></p></div>", f"</strong></p>{line}</div>")
    outside = plain.replace("</strong></p></div>", f"</strong></p></div><div>{line}</div>")
    for page in (behind, outside):
        article = read(page)
        assert article.original is not None
        assert article.original.url == SANKEI
        assert texts(article) == TEXTS


def test_a_citation_is_kept_but_declares_nothing() -> None:
    page = zox(replace(STORY, original=None, link_line="Storms come in October.")).replace(
        "Eleven of them", f'<a href="{SANKEI}">Eleven of them</a>'
    )
    article = read(page)
    assert article.original is not None
    assert (article.original.url, article.original.wording) == (None, None)
    assert [candidate.rule for candidate in article.original.candidates] == ["body_link"]


def test_the_link_line_beats_citation_and_widget() -> None:
    other = "https://www.sankei.com/article/20230101-BBBBBBBBBBBBBBBBBBBBBBBBBB/"
    page = gutenberg(STORY).replace("Eleven of them", f'<a href="{other}">Eleven of them</a>')
    article = read(page)
    assert article.original is not None
    assert article.original.url == SANKEI
    assert [candidate.rule for candidate in article.original.candidates] == ["link_line", "widget", "body_link"]


def test_the_original_is_canonical() -> None:
    noisy = "http://sankei.com/article/20230715-ABCDEFGHIJKLMNOPQRSTUVWXYZ/2/?outputType=amp"
    old = "http://www.sankei.com/column/news/180809/clm1808090002-n2.html"
    for written, wanted in ((noisy, SANKEI), (old, old.replace("http:", "https:").replace("-n2", "-n1"))):
        original = read(zox(replace(STORY, original=written))).original
        assert original is not None
        assert original.url == wanted


def test_noise_of_the_years_is_no_text() -> None:
    """Blank paragraphs, advertisements, counters, alternative texts as lines, pointers to other posts."""
    noise = "<p>\u00a0</p><p>Advertisement</p><p>204</p><p>RELATED: <a href='/x/'>Another Post</a></p><p>Share</p>"
    article = read(zox(STORY).replace("<h2>Who", f"{noise}<h2>Who"))
    assert texts(article) == TEXTS


def test_text_without_paragraph_tags() -> None:
    page = renamed(replace(STORY, items=[item for item in STORY.items if item[0] == "paragraph"]))
    page = page.replace('<div class="c0"><p>', '<div class="c0">').replace("</p>\n<p>", "<br>\n<br>")
    article = read(page)
    assert texts(article)[:3] == [words for kind, words in STORY.items if kind == "paragraph"][:3]


def test_a_site_name_as_heading_is_no_headline() -> None:
    page = renamed(STORY).replace("<body>", "<body><header><h1>JAPAN Forward</h1></header>")
    assert read(page).headline == "Keep the Lamp of Kurumi Bay"
    page = gutenberg(STORY).replace(
        '<body class="single">', '<body class="single"><h1><a href="/">JAPAN Forward</a></h1>'
    )
    assert read(page).headline == "Keep the Lamp of Kurumi Bay"


def test_a_title_that_data_cut_or_strip() -> None:
    cut = gutenberg(STORY).replace(
        '"headline": "EDITORIAL | Keep the Lamp of Kurumi Bay"', '"headline": "EDITORIAL | Keep the Lamp of\\u2026"'
    )
    stripped = gutenberg(STORY).replace('"headline": "EDITORIAL | Keep', '"headline": "Keep')
    for page in (cut, stripped):
        article = read(page)
        assert (article.label, article.headline) == ("EDITORIAL", "Keep the Lamp of Kurumi Bay")
        assert article.headline_raw == STORY.headline


def test_a_day_alone_is_no_instant() -> None:
    article = read(zox(replace(STORY, published="2023-07-19")))
    assert article.published_at is None
    assert str(article.published_on) == "2023-07-19"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_article_without_its_text_is_a_problem(layout: str) -> None:
    bare = LAYOUTS[layout](replace(STORY, items=[], standfirst=None, link_line="", author_line=""))
    record = parse_page(bare.encode(), URL)
    assert isinstance(record, Problem), record
    assert record.reason in ("no_body", "not_an_article")


def test_a_short_links_page_says_its_slug() -> None:
    article = read(zox(STORY), "https://japan-forward.com/?p=53092")
    assert (article.id, article.url) == ("japan_forward:editorial-a-made-up-page", URL)


def test_a_board_without_kicker_needs_the_slug() -> None:
    bare = replace(STORY, headline="Keep the Lamp of Kurumi Bay", link_line="(Read the article in Japanese.)")
    assert read(zox(bare)).kind == "editorial"
    page = flat(bare)
    assert read(page, "https://japan-forward.com/keep-the-lamp/").kind == "news"


def test_the_pages_own_copy_of_the_text_is_a_check() -> None:
    for words, mark in ((" ".join(TEXTS), "="), ("Something else entirely. " * 20, "≠")):
        page = gutenberg(STORY).replace('"@type": "Article"', f'"@type": "Article", "articleBody": "{words}"')
        assert read(page).parser.signals["body"] == f"entry-content{mark}json-ld"


def test_text_in_sections_without_names() -> None:
    parts = "".join(f"<section><div><p>{words}</p></div></section>" for words in TEXTS)
    head = "<title>EDITORIAL | Keep the Lamp</title>"
    article = read(f"{head}<h2>EDITORIAL | Keep the Lamp</h2><div>{parts}<p>Author: Taro Y.</p></div></body></html>")
    assert texts(article)[-4:] == TEXTS[-4:]
    assert (article.byline, article.label) == ("Taro Y.", "EDITORIAL")


def test_a_byline_above_the_text() -> None:
    page = renamed(replace(STORY, author_line="")).replace("July 19, 2023", "By Taro Yamakawa July 19, 2023 0 comments")
    assert read(page).byline == "Taro Yamakawa"
