"""Feeds: RSS 2.0, RSS 1.0, Atom, and what real ones add."""

# ruff: noqa: E501  # markup is easier to read in one piece
from __future__ import annotations

import datetime as dt

import pytest

from crawler.listings import read_listing
from crawler.listings.moments import read_moment
from crawler.newspapers.newspaper import Found, Listed, More

URL = "https://herald.example/feed/"
NINE = dt.timezone(dt.timedelta(hours=9))


def read(body: str) -> Listed:
    return read_listing(body.encode(), URL, "feed")


def item(inside: str) -> Found:
    (line,) = read(
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel><title>The Herald</title><link>https://herald.example</link><item>{inside}</item></channel></rss>"
    ).lines
    return line


def test_rss() -> None:
    line = item(
        "<media:title>A picture</media:title><title>EDITORIAL | Japan &amp;amp; the World&amp;#8217;s Peace</title>"
        "<link>\nhttps://herald.example/editorial-peace/\n</link><atom:link rel='self' href='/no'/>"
        "<pubDate>Thu, 13 Jul 2023 01:02:03 +0900</pubDate><dc:creator><![CDATA[Editorial Board, <b>The Shimbun</b>]]></dc:creator>"
        "<guid isPermaLink='false'>https://herald.example/?p=1</guid><content><a href='/x'>x</a></content>"
    )
    assert line == Found(
        "https://herald.example/editorial-peace/",
        "feed",
        URL,
        title="EDITORIAL | Japan & the World’s Peace",
        author="Editorial Board, The Shimbun",
        published=dt.datetime(2023, 7, 13, 1, 2, 3, tzinfo=NINE),
    )


def test_rdf() -> None:
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><link>https://shimbun.example/</link></channel>'
        '<item rdf:about="x"><title>【主張】対話の窓　閉ざすな</title><link>/article/1/</link><dc:date>2021-06-04T05:00+09:00</dc:date></item>'
        "</rdf:RDF>"
    )
    (line,) = read(body).lines
    assert (line.url, line.title) == ("https://herald.example/article/1/", "【主張】対話の窓　閉ざすな")
    assert line.published == dt.datetime(2021, 6, 4, 5, tzinfo=NINE)


def test_atom() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://herald.example/sub/"><title>H</title><link rel="self" href="/feed/"/>'
        '<link rel="next" href="?paged=2"/><author><name>Feed</name></author>'
        '<entry xml:base="posts/"><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">One <b>bold</b> word</div></title>'
        '<link rel="enclosure" href="a.mp3"/><link type="application/json" href="a.json"/><link href="a"/>'
        "<published>2023-07-12T16:00:00Z</published><updated>2023-07-14T00:00:00Z</updated>"
        "<author><name>A. Author</name><email>a@b.example</email></author><author><name>B. Author</name></author>"
        "<source><title>Elsewhere</title><updated>1999-01-01T00:00:00Z</updated></source></entry>"
        '<entry><title>Only updated</title><link href="https://herald.example/b/"/><updated>2023-07-14T00:00:00Z</updated></entry></feed>'
    )
    first, second = read(body).lines
    assert first == Found(
        "https://herald.example/sub/posts/a",
        "feed",
        URL,
        title="One bold word",
        author="A. Author, B. Author",
        published=dt.datetime(2023, 7, 12, 16, tzinfo=dt.UTC),
        modified=dt.datetime(2023, 7, 14, tzinfo=dt.UTC),
    )
    assert (second.published, second.modified) == (None, dt.datetime(2023, 7, 14, tzinfo=dt.UTC))
    assert read(body).more == (More("https://herald.example/sub/?paged=2", "feed"),)


def test_which_link_is_the_page() -> None:
    link = "<link>https://burner.example/~r/1</link>"
    assert item(link + "<feedburner:origLink>https://herald.example/a/</feedburner:origLink>").url.endswith(
        "example/a/"
    )
    assert item("<link/><guid>https://herald.example/?p=7</guid>").url == "https://herald.example/?p=7"
    assert item("<atom:link href='/b/'/>").url == "https://herald.example/b/"
    assert item("<link><![CDATA[https://herald.example/?a=1&b=2]]></link>").url == "https://herald.example/?a=1&b=2"
    assert item("<link>https://herald.example/?a=1&b=2</link>").url == "https://herald.example/?a=1&b=2"
    assert (
        item("<link>https://elsewhere.example/</link>").url == "https://elsewhere.example/"
    )  # the crawler asks its own
    assert read("<rss><item><link>javascript:alert(1)</link></item><item><title>x</title></item></rss>") == Listed()


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("&lt;主張&gt;題　名 社説", "<主張>題　名 社説"),
        ("&amp;lt;主張&amp;gt;題名", "<主張>題名"),
        ("<![CDATA[<主張>題名]]>", "<主張>題名"),
        ("＜主張＞題　名", "＜主張＞題　名"),
        ("&lt;EDITORIAL&gt; X", "<EDITORIAL> X"),
        ("&lt;em&gt;X&lt;/em&gt; &lt;br /&gt; Y", "X Y"),
        ("A &nbsp;B&hellip;", "A B…"),
        ("AT&T and R&D", "AT&T and R&D"),
        ("a &lt; b", "a < b"),
        ("&lt;ruby&gt;峻別&lt;rt&gt;しゅんべつ&lt;/rt&gt;&lt;/ruby&gt;", "峻別"),
        ("  \n ", None),
    ],
)
def test_titles_are_plain_text(written: str, title: str | None) -> None:
    assert item(f"<link>/a/</link><title>{written}</title>").title == title


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("<author>desk@herald.example (Jane Doe)</author>", "Jane Doe"),
        ("<author>desk@herald.example</author>", None),
        ("<author>Jane Doe</author>", "Jane Doe"),
        ("<dc:creator>JAPAN Forward</dc:creator><author>x@y.z</author>", "JAPAN Forward"),
    ],
)
def test_authors(written: str, author: str | None) -> None:
    assert item(f"<link>/a/</link>{written}").author == author


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2023-07-13", dt.date(2023, 7, 13)),
        ("2023-07-13T05:00:00+09:00", dt.datetime(2023, 7, 13, 5, tzinfo=NINE)),
        ("2023-07-13T05:00+0900", dt.datetime(2023, 7, 13, 5, tzinfo=NINE)),
        ("2023-04-17T07:30:03.004Z", dt.datetime(2023, 4, 17, 7, 30, 3, 4000, tzinfo=dt.UTC)),
        ("2023-07-13T05:00:00", dt.date(2023, 7, 13)),  # no zone: no instant
        ("Wed, 02 Oct 2002 08:00:00 EST", dt.datetime(2002, 10, 2, 13, tzinfo=dt.UTC)),
        ("Wed, 02 Oct 2002 08:00:00 PDT", dt.datetime(2002, 10, 2, 15, tzinfo=dt.UTC)),
        ("Wed, 02 Oct 2002 15:00:00 UT", dt.datetime(2002, 10, 2, 15, tzinfo=dt.UTC)),
        ("2 Oct 02 15:00 GMT", dt.datetime(2002, 10, 2, 15, tzinfo=dt.UTC)),
        ("Wed, 02 Oct 2002 15:00:00 JST", dt.datetime(2002, 10, 2, 15, tzinfo=NINE)),
        ("Wed, 02 Oct 2002 15:00:00 -0000", dt.datetime(2002, 10, 2, 15, tzinfo=dt.UTC)),
        ("Wed, 02 Oct 2002 15:00:00 QQQ", dt.date(2002, 10, 2)),
        ("2023-07", None),
        ("2023", None),
        ("0000-00-00T00:00:00", None),
        ("2023-02-30", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_moments(written: str | None, moment: dt.datetime | dt.date | None) -> None:
    read = read_moment(written)
    assert read == moment
    assert isinstance(read, dt.datetime) is isinstance(moment, dt.datetime)


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("&#xD83D;&#xDE00;", "\U0001f600"),
        ("&#55357;&#56832;", "\U0001f600"),
        ("&#xD800;", "\ufffd"),
        ("&#xdfff;x", "\ufffdx"),
    ],
)
def test_half_characters_as_careless_feeds_write_them(reference: str, title: str) -> None:
    """XML has no such references; the entries behind one must not be lost for it."""
    items = "".join(
        f"<item><title>{words}</title><link>https://a.example/{at}/</link></item>"
        for at, words in enumerate([f"A {reference}", "B"])
    )
    listed = read_listing(f"<rss><channel>{items}</channel></rss>".encode(), "https://a.example/feed/", "feed")
    assert [found.title for found in listed.lines] == [f"A {title}", "B"]
