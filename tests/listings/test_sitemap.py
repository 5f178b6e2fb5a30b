"""Sitemaps as sites serve them: whole, broken, packed, huge, and hostile."""

from __future__ import annotations

import datetime as dt
import gzip
import tracemalloc

from crawler.listings import ENTRY_LIMIT, is_cut, read_listing
from crawler.listings.elements import BYTE_LIMIT, unpacked
from crawler.listings.sitemap import children_with_posts
from crawler.newspapers.newspaper import Found, Listed, More

URL = "https://herald.example/post-sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(body: str | bytes, url: str = URL) -> Listed:
    return read_listing(body if isinstance(body, bytes) else body.encode(), url, "sitemap")


def urls(body: str | bytes) -> list[str]:
    return [line.url for line in read(body).lines]


def entry(slug: str, rest: str = "") -> str:
    return f"<url><loc>https://herald.example/{slug}/</loc>{rest}</url>"


def test_a_set_of_addresses() -> None:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet href="//herald.example/main.xsl"?><urlset {NS} '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
        "<url><loc>https://herald.example/editorial-one/</loc><lastmod>2023-07-13T05:00:00+09:00</lastmod>"
        "<image:image><image:loc>https://herald.example/one.jpg</image:loc><image:title>No</image:title></image:image>"
        "</url><url><loc>\n  https://herald.example/?p=1&amp;lang=en \n</loc><lastmod>2023-07-12</lastmod></url>"
        "<url><loc>https://herald.example/three/</loc><lastmod>2023-07</lastmod></url></urlset>"
    )
    nine = dt.timezone(dt.timedelta(hours=9))
    assert read(body) == Listed(
        lines=(
            Found(
                "https://herald.example/editorial-one/",
                "sitemap",
                URL,
                modified=dt.datetime(2023, 7, 13, 5, tzinfo=nine),
            ),
            Found("https://herald.example/?p=1&lang=en", "sitemap", URL, modified=dt.date(2023, 7, 12)),
            Found("https://herald.example/three/", "sitemap", URL),
        )
    )


def test_the_news_extension_gives_date_and_title() -> None:
    body = (
        f'<urlset {NS} xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://shimbun.example/article/1/</loc>'
        "<n:news><n:publication><n:name>紙</n:name></n:publication><n:publication_date>2023-03-30T20:00:00Z</n:publication_date>"
        "<n:title>＜主張＞対話の窓　閉ざすな &amp;amp; 社説</n:title></n:news></url></urlset>"
    )
    (line,) = read(body).lines
    assert line.title == "＜主張＞対話の窓　閉ざすな & 社説"
    assert line.published == dt.datetime(2023, 3, 30, 20, tzinfo=dt.UTC)


def test_an_index_names_further_sitemaps_but_not_itself() -> None:
    url = "https://herald.example/sitemap_index.xml"
    body = (
        f"<sitemapindex {NS}><sitemap><loc>{url}</loc></sitemap>"
        "<sitemap><loc>https://herald.example/a.xml.gz</loc><lastmod>2024-01-02</lastmod></sitemap>"
        "<sitemap><loc>/b.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap><sitemap><loc>file:///c</loc></sitemap>"
        "</sitemapindex>"
    )
    assert read(body, url) == Listed(
        more=(
            More("https://herald.example/a.xml.gz", "sitemap", dt.date(2024, 1, 2)),
            More("https://herald.example/b.xml", "sitemap"),
        )
    )


def test_only_children_that_surely_hold_no_posts_are_left_out() -> None:
    def kept(*names: str) -> list[str]:
        at = "https://herald.example/"
        return [address.removeprefix(at) for address in children_with_posts([at + name for name in names])]

    yoast = ("post-sitemap.xml", "post-sitemap2.xml", "page-sitemap.xml", "category-sitemap.xml", "author-sitemap.xml")
    assert kept(*yoast, "post_tag-sitemap3.xml", "editorial-sitemap.xml", "x.xml") == [
        "post-sitemap.xml",
        "post-sitemap2.xml",
        "editorial-sitemap.xml",
        "x.xml",
    ]
    core = ("wp-sitemap-posts-post-1.xml", "wp-sitemap-posts-page-1.xml", "wp-sitemap-posts-column-1.xml")
    assert kept(*core, "wp-sitemap-taxonomies-category-1.xml", "wp-sitemap-users-1.xml") == [core[0], core[2]]
    assert kept("sitemap-1.xml", "image-sitemap-1.xml", "video-sitemap-index-1.xml") == ["sitemap-1.xml"]
    # who made these is not known, so what the names mean is not either
    assert len(kept("page-sitemap.xml", "category-sitemap.xml", "image-sitemap-1.xml", "wp-sitemap-users-1.xml")) == 4


def test_sankeis_sitemap_addresses_keep_their_query() -> None:
    body = "<sitemapindex><sitemap><loc>https://shimbun.example/feeds/sitemap/?outputType=xml&amp;from=100</loc></sitemap></sitemapindex>"
    assert [more.url for more in read(body).more] == ["https://shimbun.example/feeds/sitemap/?outputType=xml&from=100"]


def test_namespaces_and_prefixes_do_not_matter() -> None:
    for body in (
        "<urlset>" + entry("a") + "</urlset>",
        "<s:urlset><s:url><s:loc>https://herald.example/a/</s:loc></s:url></s:urlset>",
        f"<urlset {NS.replace('0.9', '0.84')}>" + entry("a") + "</urlset>",
        "<URLSET><URL><LOC>https://herald.example/a/</LOC></URL></URLSET>",
    ):
        assert urls(body) == ["https://herald.example/a/"], body


def test_broken_xml_gives_what_can_be_read() -> None:
    a, b = "https://herald.example/a/", "https://herald.example/b/"
    assert urls("<urlset>" + entry("a") + entry("b")[:-6]) == [a, b]
    assert urls("<urlset>" + entry("a") + entry("b")[:25]) == [a]
    assert urls(f"<urlset><url><loc>{a}</loc><url><loc>{b}</loc></urlset>") == [a, b]
    assert urls("\n\nWarning: PHP\n<?xml version='1.0'?><urlset>" + entry("a") + "</urlset>trailing") == [a]
    assert urls("<urlset>" + entry("a", "<lastmod>\x08&nbsp;&bogus;</lastmod>") + entry("b") + "</urlset>") == [a, b]
    assert urls("<urlset><url><loc>https://herald.example/?a=1&b=2&copy=3</loc></url></urlset>") == [
        "https://herald.example/?a=1&b=2&copy=3"
    ]
    assert urls(b"<urlset><url><loc>https://herald.example/\xff\xfe/</loc></url>" + entry("b").encode())[1] == b


def test_encodings() -> None:
    body = "<urlset><url><loc>https://herald.example/主張/</loc></url></urlset>"
    want = ["https://herald.example/%e4%b8%bb%e5%bc%b5/"]
    assert urls("\ufeff" + body) == want
    assert urls(body.encode("utf-16")) == want
    assert urls(body.encode("utf-16-le")) == want
    for name in ("Shift_JIS", "EUC-JP", "ISO-2022-JP"):
        assert urls(f'<?xml version="1.0" encoding="{name}"?>{body}'.encode(name)) == want, name
    for name in ("no-such-charset", "base64", "rot13", "punycode"):
        assert urls(f'<?xml version="1.0" encoding="{name}"?>{body}') == want, name


def test_gzip_is_known_by_its_magic_number() -> None:
    packed = gzip.compress(("<urlset>" + entry("a") + "</urlset>").encode())
    assert urls(packed) == ["https://herald.example/a/"]
    assert urls(packed[:-9]) == ["https://herald.example/a/"]  # cut off
    assert urls(packed + b"garbage") == ["https://herald.example/a/"]
    assert urls(packed[:20]) == []
    assert urls(packed[:2]) == []


def test_text_and_feeds_are_sitemaps_too() -> None:
    a, b = "https://herald.example/a/", "https://herald.example/b/"
    assert urls(f"\ufeff{a}\r\n{b}\n\nnot an address\njavascript:x\n") == [a, b]
    assert urls(gzip.compress(f"{a}\n{b}".encode())) == [a, b]
    assert urls(f"<?xml version='1.0'?><rss><channel><item><link>{a}</link></item></channel></rss>") == [a]


def test_an_html_page_in_its_place_is_empty() -> None:
    assert (
        read("<!DOCTYPE html><html><head><title>404</title></head><body><a href='/x'>y</a></body></html>") == Listed()
    )
    assert read("") == Listed()


def test_entities_are_never_expanded() -> None:
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    parameter = "".join(f'<!ENTITY % p{n} "{f"%p{n - 1};" * 10}">' for n in range(1, 12))
    for subset in (
        f'<!ENTITY l0 "lol">{bomb}',
        f'<!ENTITY % p0 "lol">{parameter}%p11;',
        '<!ENTITY l11 SYSTEM "file:///etc/passwd">',
    ):
        listed = read(f"<!DOCTYPE x [{subset}]><urlset><url><loc>https://herald.example/&l11;</loc></url></urlset>")
        assert all(line.url in ("https://herald.example/&l11;", "https://herald.example/l11;") for line in listed.lines)


def test_a_document_type_is_no_hindrance() -> None:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    body = f"<?xml version='1.0'?>{doctype}<rss><channel><item><link>https://herald.example/?a=1&amp;b=2</link></item></channel></rss>"
    assert urls(body) == ["https://herald.example/?a=1&b=2"]


def test_a_million_addresses_stop_at_the_protocols_bound() -> None:
    body = ("<urlset>" + entry("editorial-on-this-and-that", "<lastmod>2020-01-01</lastmod>") * 1_000_000).encode()
    tracemalloc.start()
    listed = read(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(listed.lines) == ENTRY_LIMIT
    assert is_cut(listed)
    assert not is_cut(read("<urlset>" + entry("a") + "</urlset>"))
    assert peak < 60_000_000


def test_unpacking_is_bounded() -> None:
    packed = gzip.compress(b" " * 200_000_000, 1)
    assert sum(map(len, unpacked(packed))) == BYTE_LIMIT
    assert read(packed) == Listed()
