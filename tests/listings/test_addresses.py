"""What a link may be: every row is a thing that pages, feeds and sitemaps really carry, or that an attacker would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import LENGTH_LIMIT, is_http, resolve, same_host

BASE = "https://japan-forward.com/category/culture/page/2/?s=x#top"

GOOD = [
    ("https://japan-forward.com/editorial-slug/", "https://japan-forward.com/editorial-slug/"),
    ("/editorial-slug/", "https://japan-forward.com/editorial-slug/"),
    ("editorial", "https://japan-forward.com/category/culture/page/2/editorial"),
    ("../3/", "https://japan-forward.com/category/culture/page/3/"),
    ("../../../../../../etc/passwd", "https://japan-forward.com/etc/passwd"),
    ("https://japan-forward.com/a/./b/../c", "https://japan-forward.com/a/c"),
    ("https://japan-forward.com/a/b/..", "https://japan-forward.com/a/"),
    ("?p=53092", "https://japan-forward.com/category/culture/page/2/?p=53092"),
    ("", "https://japan-forward.com/category/culture/page/2/?s=x"),
    ("#comments", "https://japan-forward.com/category/culture/page/2/?s=x"),
    ("/slug/#comments", "https://japan-forward.com/slug/"),
    ("/slug/#a\\b", "https://japan-forward.com/slug/"),
    (r"/slug/?q=a\b", "https://japan-forward.com/slug/?q=a%5cb"),
    ("//www.sankei.com/article/", "https://www.sankei.com/article/"),
    ("HTTPS://WWW.Sankei.COM:443/Article/", "https://www.sankei.com/Article/"),
    ("http://www.sankei.com:80", "http://www.sankei.com/"),
    ("http://www.sankei.com:/x", "http://www.sankei.com/x"),
    ("http://www.sankei.com:8080/x", "http://www.sankei.com:8080/x"),
    ("https://www.sankei.com./x", "https://www.sankei.com/x"),
    ("  https://www.sankei.com/x \n", "https://www.sankei.com/x"),
    ("\u3000https://www.sankei.com/x\u00a0", "https://www.sankei.com/x"),
    ("https://www.sankei.com/a\n\tb", "https://www.sankei.com/ab"),  # as browsers do (WHATWG URL, 4.4)
    ("/its-2025-%E3%83%BC-can", "https://japan-forward.com/its-2025-%e3%83%bc-can"),
    ("/its-2025-ー-can", "https://japan-forward.com/its-2025-%e3%83%bc-can"),
    ("/two words", "https://japan-forward.com/two%20words"),
    ("/100%/x%2", "https://japan-forward.com/100%25/x%252"),
    ('/a"<b>', "https://japan-forward.com/a%22%3cb%3e"),
    ("/a?b=c&d=主張", "https://japan-forward.com/a?b=c&d=%e4%b8%bb%e5%bc%b5"),
    ("https://日本.example/x", "https://xn--wgv71a.example/x"),
    ("https://xn--wgv71a.example/x", "https://xn--wgv71a.example/x"),
    ("https://ｅｘａｍｐｌｅ.com/", "https://example.com/"),
    ("http://192.0.2.7/x", "http://192.0.2.7/x"),
    ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
    ("http://a//b//", "http://a//b//"),
    ("http://a/b;c=1;", "http://a/b;c=1;"),
]

BAD = [
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    " JavaScript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "ftp://a.example/x",
    "mailto:editor@a.example",
    "tel:+81",
    "blob:https://a.example/x",
    "view-source:https://a.example/",
    "feed:https://a.example/",
    "http:///path",
    "https:///evil.example/x",
    "https:/evil.example",
    "https:evil",
    "https://",
    "https://?x",
    "///evil.example/x",
    "////evil.example/x",
    r"\\evil.example\x",
    r"/\evil.example/x",
    r"https:\\evil.example",
    r"https://a.example\@evil.example/",
    "https://user:pass@a.example/x",
    "https://user@a.example/x",
    "https://@a.example/x",
    "https://a.example:99999/",
    "https://a.example:0/",
    "https://a.example:x/",
    "https://a b.example/",
    "https://a%2eexample/",
    "https://a..example/",
    "https://-a.example/",
    "https://" + "a" * 64 + ".example/",
    "https://" + "a." * 150 + "example/",
    "https://a.example／x/",
    "http://[::1",
    "http://[fe80::1%25eth0]/",
    "http://[not-an-address]/",
    "http://127.1/",
    "http://0x7f.0.0.1/",
    "http://2130706433/",
    "http://0127.0.0.1/",
    "http://256.0.0.1/",
    "https://a.example/\x00x",
    "https://a.example/\x7f",
    "https://a.example/a\u2028b",
    "https://a.example/\ud800",
    "https://a.example/" + "x" * LENGTH_LIMIT,
    "https://a.example/" + "主" * 700,
]


@pytest.mark.parametrize(("href", "address"), GOOD)
def test_an_address_gets_its_one_spelling(href: str, address: str) -> None:
    assert resolve(BASE, href) == address
    assert resolve(BASE, address) == address


@pytest.mark.parametrize("href", BAD)
def test_what_cannot_be_asked_is_none(href: str) -> None:
    assert resolve(BASE, href) is None


@pytest.mark.parametrize(
    "base", ["", "x", "http://[", "mailto:x", "https://u:p@a.example/", "https://a\\b/", "x" * 9_999]
)
def test_a_bad_base_is_no_error(base: str) -> None:
    assert resolve(base, "/x") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://sankei.com/a", "http://www.SANKEI.com:8080/b", True),
        ("https://sankei.com/", "https://sankei.com.evil.example/", False),
        ("https://sankei.com/", "https://evil.example/sankei.com", False),
        ("https://sankei.com/", "https://sankei.com@evil.example/", False),
        ("https://special.sankei.com/", "https://www.sankei.com/", False),
        ("javascript:x", "javascript:x", False),
        ("", "", False),
    ],
)
def test_same_host(one: str, other: str, same: bool) -> None:
    assert same_host(one, other) is same
    assert same_host(other, one) is same


def test_is_http() -> None:
    assert is_http("HTTP://a.example")
    for no in ("", "/x", "//a.example", "ftp://a.example/", "http://", "http://[", "javascript:x", "http:///x"):
        assert not is_http(no), no


HREFS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(r"http: https: / // \ @ . .. % %2F # ? ; & a.example : 80 [ ] ::1 é 主 ：".split(" ")),  # noqa: SIM905  # shorter
        max_size=12,
    ).map("".join),
)


@given(HREFS, HREFS)
def test_resolving_is_safe_and_settles_at_once(base: str, href: str) -> None:
    for start in (base, BASE):
        address = resolve(start, href)
        if address is None:
            continue
        assert is_http(address)
        assert resolve(start, address) == address
        assert all("!" <= char <= "~" for char in address)
        assert not set(address) & set('#\\"<>')
        assert "@" not in address.split("/")[2]
        assert len(address) <= LENGTH_LIMIT
