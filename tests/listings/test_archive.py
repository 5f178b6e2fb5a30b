"""Listing pages, in the shapes that themes give them; all words are invented."""

# ruff: noqa: E501  # markup is easier to read in one piece
from __future__ import annotations

import datetime as dt

import pytest

from crawler.listings import read_listing
from crawler.listings.archive import is_headline
from crawler.newspapers.newspaper import Found, Listed, More

URL = "https://herald.example/category/opinion/"
SANKEI = "https://shimbun.example/column/editorial/"


def read(body: str, url: str = URL) -> Listed:
    return read_listing(f"<!DOCTYPE html><html><body>{body}</body></html>".encode(), url, "archive")


def lines(body: str, url: str = URL) -> list[tuple[str, str | None, dt.date | None]]:
    host = "/".join(url.split("/")[:3])
    return [(line.url.removeprefix(host), line.title, line.published) for line in read(body, url).lines]


def following(body: str, url: str = URL) -> str | None:
    more = read(body, url).more
    return more[0].url if more else None


def test_sankeis_story_cards() -> None:
    """Picture link, heading link, a lock, and a time in UTC: the day in Japan is the next one."""

    def card(letter: str, title: str) -> str:
        href = f"/article/20230331-{letter * 26}/"
        return (
            f'<div class="col"><article class="storycard"><figure><div><a href="{href}"><img alt="写真の説明"></a></div></figure>'
            f'<div class="order-1"><h3 class="headline"><a href="{href}">{title}</a><img alt="有料プラン記事"></h3>'
            '<div class="under-headline"><time datetime="2023-03-30T20:00:00Z">2023/3/31 05:00</time></div></div></article></div>'
        )

    ranking = (
        '<li class="ranking__item"><h3><a href="https://shimbun.example/article/20230330-'
        + "C" * 26
        + "/?ownedutm_source=x"
        '">＜主張＞順位　上がれ　社説</a></h3></li>'
    )
    body = (
        '<header><nav><a href="/politics/">政治</a></nav></header><ul><li><a href="/column/">オピニオン</a></li></ul>'
        f'<main><h1>主張</h1><div class="story-card-feed">{card("A", "＜主張＞春の窓　開け放て　社説")}{card("B", "会員の話")}</div>'
        f"<section><h2>ランキング</h2><ol>{ranking}</ol></section></main><aside><ol>{ranking.replace('C', 'D')}</ol></aside>"
        '<footer><a href="/about-this-site/">このサイトについての大切なお知らせ</a></footer>'
    )
    instant = dt.datetime(2023, 3, 30, 20, tzinfo=dt.UTC)
    assert lines(body, SANKEI) == [
        (f"/article/20230331-{'A' * 26}/", "＜主張＞春の窓　開け放て　社説", instant),
        (f"/article/20230331-{'B' * 26}/", "会員の話", instant),
        (f"/article/20230330-{'C' * 26}/?ownedutm_source=x", "＜主張＞順位　上がれ　社説", None),
    ]


def test_a_wordpress_archive() -> None:
    def post(slug: str) -> str:
        return (
            f'<article class="post"><header><span><a href="/category/politics/" rel="category tag">A Section Whose Name Is Long</a>'
            f'</span><h2><a href="/{slug}/" rel="bookmark">EDITORIAL | {slug}</a></h2><span class="author vcard"><a class="url fn n" '
            f'href="/author/board/">Editorial Board</a></span><time class="published" datetime="2023-07-13T10:00:00+09:00">July 13</time>'
            f'<time class="updated" datetime="2023-07-14T10:00:00+09:00">July 14</time></header><p>An excerpt. <a href="/{slug}/">'
            f'Continue reading</a></p><footer><a href="/{slug}/#respond">2 Comments</a><a href="/{slug}/?share=facebook">Share this post '
            'with all friends</a><a href="/tag/x/" rel="tag">x</a></footer></article>'
        )

    body = f'<div><h1>Category: Opinion</h1>{post("one")}{post("two")}</div><div class="nav-links"><a href="{URL}page/2/">Older Posts</a></div>'
    nine = dt.timezone(dt.timedelta(hours=9))
    assert read(body).lines == tuple(
        Found(
            f"https://herald.example/{slug}/",
            "archive",
            URL,
            title=f"EDITORIAL | {slug}",
            author="Editorial Board",
            published=dt.datetime(2023, 7, 13, 10, tzinfo=nine),
            modified=dt.datetime(2023, 7, 14, 10, tzinfo=nine),
        )
        for slug in ("one", "two")
    )
    assert read(body).more == (More(f"{URL}page/2/", "archive"),)


def test_one_link_around_a_whole_card() -> None:
    """Zox and many others: the link holds picture, section, heading and date."""
    card = (
        '<li><a href="/{0}/"><div><span>Opinion</span><time datetime="2020-05-0{1}">x</time><h{1}>Headline {0}</h{1}><p>Excerpt of some '
        "length that could be taken for a headline.</p></div></a></li>"
    )
    body = "<ul>" + card.format("one", 2) + card.format("two", 4) + "</ul>"
    assert lines(body) == [
        ("/one/", "Headline one", dt.date(2020, 5, 2)),
        ("/two/", "Headline two", dt.date(2020, 5, 4)),
    ]


def test_a_heading_without_a_link_belongs_to_the_link_of_its_card() -> None:
    card = (
        '<div><a href="/{0}/"><img alt=""></a><div><h3>Headline {0}</h3><time datetime="2020-05-01">x</time><a href="/{0}/">Read more</a>'
        "</div></div>"
    )
    body = "<main><h1>Opinion</h1>" + card.format("one") + card.format("two") + "</main>"
    assert lines(body) == [
        ("/one/", "Headline one", dt.date(2020, 5, 1)),
        ("/two/", "Headline two", dt.date(2020, 5, 1)),
    ]


def test_plain_lists_of_links() -> None:
    body = (
        '<div><ul class="list"><li><span>Section</span> <a href="/n/1">〈社説〉春の窓　開け放て</a> <time>2024年4月1日</time></li>'
        '<li><a href="/n/2">Why the Windows Should Be Opened</a><time>April 2, 2024</time></li>'
        '<li><a href="/n/3">About us</a></li><li><a href="/n/4">もっと見る、もっと読む、もっと</a></li></ul></div>'
    )
    assert lines(body) == [
        ("/n/1", "〈社説〉春の窓　開け放て", dt.date(2024, 4, 1)),
        ("/n/2", "Why the Windows Should Be Opened", dt.date(2024, 4, 2)),
    ]


def test_a_flat_page_gives_no_article_anothers_date() -> None:
    body = (
        '<div><h3><a href="/one/">One</a></h3><time datetime="2020-05-01">a</time><h3><a href="/two/">Two</a></h3>'
        '<time datetime="2020-05-02">b</time></div><p><time datetime="2024-01-01">today</time></p>'
    )
    assert [published for _, _, published in lines(body)] == [None, None]


def test_related_links_within_a_card_do_not_take_its_date() -> None:
    body = (
        '<article><h2><a href="/one/">One</a></h2><time datetime="2020-05-01">a</time><ul><li><a href="/old/">An older story that is '
        'related to it</a></li></ul></article><article><h2><a href="/two/">Two</a></h2><time datetime="2020-05-02">b</time></article>'
    )
    assert lines(body) == [
        ("/one/", "One", dt.date(2020, 5, 1)),
        ("/old/", "An older story that is related to it", None),
        ("/two/", "Two", dt.date(2020, 5, 2)),
    ]


def test_one_article_alone_on_the_page_takes_neither_title_nor_date_of_the_page() -> None:
    body = '<main><h1>Opinion</h1><time datetime="2024-01-01">today</time><article><h2><a href="/one/">One</a></h2></article></main>'
    assert lines(body) == [("/one/", "One", None)]


def test_other_hosts_lists_and_files_are_no_articles() -> None:
    hrefs = [
        "https://elsewhere.example/a/",
        "https://herald.example.evil.example/a/",
        "javascript:alert(1)",
        "#top",
        "/",
        URL,
        "/category/culture/",
        "/tag/x/",
        "/author/y/",
        "/2023/07/",
        "/feed/",
        "/a/feed/",
        "/wp-content/uploads/2023/07/a.jpg",
        "/wp-login.php",
        "/rss.xml",
        "http://[",
    ]
    body = "".join(f'<li><h3><a href="{href}">A headline that is long enough for all</a></h3></li>' for href in hrefs)
    assert lines(body) == []
    assert lines('<base href="https://elsewhere.example/"><h3><a href="/a/">A</a></h3>') == []
    assert lines('<h3><a href="https://www.herald.example/a/">A</a></h3>') == [
        ("https://www.herald.example/a/", "A", None)
    ]


def test_a_picture_with_a_date_is_an_article_without_a_title() -> None:
    body = "".join(
        f'<div><a href="/{n}/"><img></a><time datetime="2020-05-0{n}">x</time></div><a href="/x{n}/"><img></a>'
        for n in (1, 2)
    )
    assert lines(body) == [("/1/", None, dt.date(2020, 5, 1)), ("/2/", None, dt.date(2020, 5, 2))]


def test_ruby_entities_and_blanks_in_headings() -> None:
    body = "<h2><a href='/a/'>\n &lt;主張&gt;題　名<ruby>峻別<rt>しゅんべつ</rt></ruby> &amp; more\xa0 </a></h2>"
    assert lines(body)[0][1] == "<主張>題　名峻別 & more"


def test_shift_jis() -> None:
    body = "<html><meta charset=Shift_JIS><h2><a href='/a/'>【主張】春の窓を開け放て</a></h2></html>".encode("cp932")
    assert [line.title for line in read_listing(body, URL, "month").lines] == ["【主張】春の窓を開け放て"]
    assert [line.way for line in read_listing(body, URL, "month").lines] == ["month"]


@pytest.mark.parametrize(
    ("url", "link", "found"),
    [
        (URL, '<a href="page/2/">2</a>', f"{URL}page/2/"),
        (URL, '<a href="page/3/">3</a>', None),
        (URL, '<a href="page/9/">Last</a><a href="page/2">x</a>', f"{URL}page/2"),
        (
            f"{URL}page/2/",
            f'<a href="{URL}">1</a><a href="{URL}page/1/">1</a><a href="{URL}page/3/">3</a>',
            f"{URL}page/3/",
        ),
        (f"{URL}page/2/", f'<a class="next" href="{URL}page/1/">Next</a>', None),  # "next" is newer here
        (URL, '<nav><a href="page/2/">Older Posts</a></nav>', f"{URL}page/2/"),
        (URL, '<link rel="next" href="page/2/">', f"{URL}page/2/"),
        (URL, '<a rel="next" href="/another-article/">Next</a>', None),
        (URL, '<a href="/category/culture/page/2/">2</a>', None),
        (URL, '<a href="https://elsewhere.example/category/opinion/page/2/">2</a>', None),
        (URL, '<a href="?paged=2">2</a>', f"{URL}?paged=2"),
        (URL, '<a href="?offset=20">次へ</a>', f"{URL}?offset=20"),
        (URL, '<a href="?offset=20">20</a>', None),
        (URL, '<a href="javascript:next()">次へ</a>', None),
        (
            "https://a.example/list.html?id=16",
            '<a href="?id=16&page=2">次のページ</a>',
            "https://a.example/list.html?id=16&page=2",
        ),
        ("https://a.example/list.html?id=16", '<a href="?id=17&page=2">2</a>', None),
        ("https://a.example/ajw/editorial/", '<a href="/ajw/editorial/2">2</a>', "https://a.example/ajw/editorial/2"),
        (
            "https://a.example/ajw/editorial/2",
            '<a href="/ajw/editorial/3">&gt;</a>',
            "https://a.example/ajw/editorial/3",
        ),
        ("https://a.example/2017/10/", '<a href="/2017/11/">Next</a><a href="/2017/11/">11</a>', None),
        ("https://a.example/2017/", '<a href="/2017/2/">2</a><a href="/2018/">Next</a>', None),
        ("https://a.example/2017/01/", '<a href="/2017/01/page/2/">2</a>', "https://a.example/2017/01/page/2/"),
    ],
)
def test_the_next_page_is_one_of_the_same_listing(url: str, link: str, found: str | None) -> None:
    assert following(link, url) == found


@pytest.mark.parametrize(
    "words",
    ["【主張】題", "EDITORIAL: X", "Editorial | X", "社説：春", "春の窓を開け放とう", "Why We Must Open Windows"],
)
def test_clearly_a_headline(words: str) -> None:
    assert is_headline(words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "About us",
        "Read more about all of this",
        "続きを読む（会員の方はこちら）",
        "主張",
        "2",
        "Politics & Security",
    ],
)
def test_not_clearly_a_headline(words: str) -> None:
    assert not is_headline(words)


def test_pages_that_are_none() -> None:
    for body in (b"", b"no tags", b"\x00", b"<", b"<a" * 200_000, b"<html>" * 10, b"x<" + b" " * 9_000_000):
        assert read_listing(body, URL, "archive") == Listed()


def test_a_page_within_a_form() -> None:
    """ASP.NET puts whole pages into one."""
    assert lines('<form><h2><a href="/a/">A</a></h2></form>') == [("/a/", "A", None)]
