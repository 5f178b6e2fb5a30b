"""Look-up keys: every literal here is what surt 0.3.1 gave, and addresses made up at random are compared with it.

pywb finds a capture only under the very key that surt makes, so its oddities are held here like its rules.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives.keys import key_of
from crawler.addresses import resolve

ID32 = "0123456789abcdefGHIJKLMNOPQRSTUV"
ID24 = "abcdefghijklmnopqrstUVWX"
NET = "(0A1b2C3d4E5f6G7h8I9j0K1l)"
NET_NAMED = "(S(0a1b2c3d4e5f6g7h8i9j0k1l)F(abcdefghijklmnopqrstuvwx))"
UNDER = "http://a.com"

ADDRESSES = [
    ("https://www.sankei.com/article/20230331-abc/", "com,sankei)/article/20230331-abc"),
    ("https://www.sankei.com/article/20230331-ABC", "com,sankei)/article/20230331-abc"),
    ("https://japan-forward.com/", "com,japan-forward)/"),
    ("https://japan-forward.com", "com,japan-forward)/"),
    ("https://japan-forward.com/?p=53092", "com,japan-forward)/?p=53092"),
    ("https://japan-forward.com/its-2025-%e3%83%bc-can/", "com,japan-forward)/its-2025-%e3%83%bc-can"),
    ("https://www.asahi.com/ajw/articles/14870000?b=2&a=1", "com,asahi)/ajw/articles/14870000?a=1&b=2"),
    # Hosts
    ("http://www2.b.co.jp/", "jp,co,b)/"),
    ("http://www19.b.com/", "com,b)/"),
    ("http://WWW.B.com/", "com,b)/"),
    ("http://wwwx.b.com/", "com,b,wwwx)/"),
    ("http://www-1.b.com/", "com,b,www-1)/"),
    ("http://www.www.b.com/", "com,b,www)/"),
    ("http://a.www.b.com/", "com,b,www,a)/"),
    ("http://www.com/", "com)/"),
    ("http://www/", "www)/"),
    ("http://b.com./", "com,b)/"),
    ("http://localhost/", "localhost)/"),
    ("http://xn--wgv71a.jp/", "jp,xn--wgv71a)/"),
    ("http://日本.jp/", "jp,xn--wgv71a)/"),
    ("http://192.0.2.7/x", "7,2,0,192)/x"),
    ("http://[2001:DB8::1]/x", "2001:db8::1)/x"),
    ("http://[::ffff:1.2.3.4]/", "4,3,2,::ffff:1)/"),
    # Ports, credentials, fragments
    ("http://b.com:80/", "com,b)/"),
    ("https://b.com:443/", "com,b)/"),
    ("http://b.com:443/", "com,b:443)/"),
    ("https://b.com:80/", "com,b:80)/"),
    ("http://www.b.com:8080/x", "com,b:8080)/x"),
    ("http://b.com:/x", "com,b)/x"),
    ("http://b.com:0/x", "com,b)/x"),
    ("http://b.com:00000000008080/x", "com,b:8080)/x"),
    ("http://[::1]:81/", "::1:81)/"),
    ("http://192.0.2.7:8080/", "7,2,0,192:8080)/"),
    ("http://user:secret@b.com:81/x@y", "com,b:81)/x@y"),
    ("HTTP://B.com/X?Y#Z?z", "com,b)/x?y"),
    ("http://b.com?x", "com,b)/?x"),
    ("http://b.com#!x", "com,b)/"),
    (" http://b.com/a\r\n\tb ", "com,b)/ab"),
]

PATHS = [
    ("/a/", "/a"),
    ("/a//", "/a"),
    ("//", "/"),
    ("//a//b", "/a/b"),
    ("/a/./b/.", "/a/b"),
    ("/a/../b", "/b"),
    ("/a/..", "/"),
    ("/../a", "/../a"),
    ("/..", "/.."),
    ("/../..", "/"),
    ("/../../..", "/.."),
    ("/a//../b", "/a/b"),
    ("//../a", "/a"),
    ("/.../..a/.b", "/.../..a/.b"),
    ("/a;/../b", "/b"),
    ("/%2e%2e/a", "/../a"),
    ("/a%2fb%2F", "/a/b"),
    ("/a%3Fb=1&a=2", "/a?b=1&a=2"),
    ("/a%3f", "/a?"),
    ("/a%3f/?b", "/a??b"),
    ("/a%23b", "/a%23b"),
    ("/a%20b", "/a%20b"),
    ("/a+b", "/a+b"),
    ("/%41%7E%5b%22%3c", '/a~["<'),
    ("/[x]", "/[x]"),
    ("/%00%0A%7f", "/%00%0a%7f"),
    ("/%E3%81%82", "/%e3%81%82"),
    ("/あ", "/%e3%81%82"),
    ("/%C3%89", "/%c3%89"),
    ("/%e3%81", "/%e3%81"),
    ("/100%", "/100%25"),
    ("/100%25", "/100%25"),
    ("/%zz%2", "/%25zz%252"),
    ("/%25zz", "/%25zz"),
    ("/%2541", "/a"),
    ("/%25252541", "/a"),
    ("/%252f", "/"),
    ("/%25e3%2581%2582", "/%e3%81%82"),
    ("/%%34%31", "/a"),
    ("/%2%35zz", "/%25zz"),
    ("/%2%2%353535", "/5"),
    (f"/a;jsessionid={ID32}", f"/a;jsessionid={ID32.lower()}"),
    (f"/a;jsessionid={ID32}?b", f"/a;jsessionid={ID32.lower()}?b"),
    (f"/a/{NET}/p.aspx", "/a/p.aspx"),
    (f"/{NET}/a/p.ASPX/b", "/a/p.aspx/b"),
    (f"/{NET_NAMED}/p.aspx?b", "/p.aspx?b"),
    (f"/{NET_NAMED}/a/{NET}/p.aspx", "/a/p.aspx"),
    (f"/{NET}/{NET}/p.aspx", f"/{NET.lower()}/p.aspx"),
    (f"/{NET}/p.html", f"/{NET.lower()}/p.html"),
    (f"/{NET}/.aspx", f"/{NET.lower()}/.aspx"),
    (f"/{NET}/a%3fp.aspx", f"/{NET.lower()}/a?p.aspx"),
    (f"/{NET}/p.aspx%3fa", "/p.aspx?a"),
]

QUERIES = [
    ("", ""),
    ("?", ""),
    ("?a", "?a"),
    ("?a=", "?a="),
    ("?a=&a", "?a&a="),
    ("?=", "?="),
    ("??", "??"),
    ("?&", "?&"),
    ("?b&&a&", "?&&a&b"),
    ("?b=1&a=2", "?a=2&b=1"),
    ("?a=2&a=10&a=1&a=1", "?a=1&a=1&a=10&a=2"),
    ("?A=2&a=1", "?a=1&a=2"),
    ("?a-b=1&a=2&ab=3", "?a=2&a-b=1&ab=3"),
    ("?a=b=c&a=b.&a=b", "?a=b&a=b.&a=b=c"),
    ("?a=%20&a=!&a=%23", "?a=!&a=%20&a=%23"),
    ("?a%26b=1", "?a&b=1"),
    ("?a%3d2&a=1", "?a=1&a=2"),
    ("?a=B+C%2bD", "?a=b+c+d"),
    ("?b;a", "?b;a"),
    ("?a=/../x//", "?a=/../x//"),
    ("?s=%E4%B8%BB%e5%bc%b5", "?s=%e4%b8%bb%e5%bc%b5"),
    ("?q=a%5cb", "?q=a\\b"),
    ("?utm_source=x&fbclid=y", "?fbclid=y&utm_source=x"),
    (f"?jsessionid={ID32}", ""),
    (f"?PHPSESSID={ID32}&a", "?a"),
    (f"?b&sid={ID32}&a", "?a&b"),
    (f"?a&sid={ID32}", "?&a"),
    (f"?ASPSESSIONIDabcdEFGH={ID24}", ""),
    (f"?ASPSESSIONIDabcd1234={ID24}", f"?aspsessionidabcd1234={ID24.lower()}"),
    ("?cfid=1&cftoken=2", ""),
    ("?a&cfid=1&cftoken=2&b", "?a&b"),
    ("?cftoken=2&cfid=1", "?cfid=1&cftoken=2"),
    ("?cfid=&cftoken=2", "?cfid=&cftoken=2"),
    ("?cfid=1&cftoken=", "?cfid=1&cftoken="),
    ("?&cftoken=1cfid=2", "?&cftoken=1cfid=2"),
    ("?cfid=1&cftoken=2&cfid=3&cftoken=4", "?&cfid=1&cftoken=2"),
    (f"?sid={ID32[1:]}", f"?sid={ID32[1:].lower()}"),
    (f"?sid={ID32}0", f"?sid={ID32.lower()}0"),
    (f"?sid={ID32}&sid={ID32}", f"?&sid={ID32.lower()}"),
    (f"?oscsid={ID32}", "?osc"),
    (f"?s%69d%3d{ID32}%26a", "?a"),
    (f"?phpsessid={ID32[:16]}jsessionid={ID32}&{ID32[16:]}", ""),
    (f"?jsessionid={ID32[:16]}phpsessid={ID32}&{ID32[16:]}", f"?jsessionid={ID32.lower()}"),
]

TABLES = [
    *ADDRESSES,
    *((UNDER + path, f"com,a){key}") for path, key in PATHS),
    *((f"{UNDER}/x{query}", f"com,a)/x{key}") for query, key in QUERIES),
]

NO_ADDRESSES = [
    "",
    "urn:uuid:00000000-0000-0000-0000-000000000000",
    "dns:a.com",
    "mailto:editor@a.com",
    "ftp://a.com/X",
    "A.com/X",
    "//A.com/X",
    "http:/A.com/X",
    "http://",
    "http:///X",
    "http://./X",
    "http://A.com:x/",
    "http://A.com:65536/",
    "http://A.com:80:80/",
    "http://[::1/X",
    "http://A b.com/",
    "http://a.com/\ud800",
    f"http://{'日' * 64}.com/",
]

HOSTILE = {
    "escapes": lambda n: "/" + "%25" * n,
    "escapes, each made by the one inside": lambda n: "/" + "%2" * n + "35" * n,
    "segments": lambda n: "/a/.." * n,
    "ASP.NET sessions": lambda n: f"/{NET}" * (n // 10) + "/.aspx",
    "an ASP.NET session of many parts": lambda n: "/(" + f"S{NET}" * (n // 10) + "/a.aspx",
    "pages": lambda n: "/%3f.aspx/(" * n,
    "session ids": lambda n: "/?" + "jsessionid=phpsessid=" * n,
    "ColdFusion ids": lambda n: "/?" + "cfid=a" * n + "&cftoken=",
    "ColdFusion tokens": lambda n: "/?cfid=" + "&cftoken=" * n,
    "credentials": lambda n: "@" * n,
}


@pytest.mark.parametrize(("url", "key"), TABLES)
def test_keys(url: str, key: str) -> None:
    assert key_of(url) == key


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_http_address_stays_as_it_is(url: str) -> None:
    assert key_of(url) == url


@pytest.mark.parametrize("dirt", HOSTILE)
def test_time_is_linear(dirt: str) -> None:
    """Were it quadratic, each of these would take many seconds; it takes some hundredths."""
    url = UNDER + HOSTILE[dirt](20_000)
    began = time.process_time()
    key_of(url)
    assert time.process_time() - began < 1


@pytest.fixture(scope="module")
def surt() -> Callable[[str], str]:
    """What we compare with. It is no part of Genbun (AGPL-3.0), but the tests' requirements have it."""
    found: Callable[[str], str] = pytest.importorskip("surt", reason="needs surt").surt
    return found


@pytest.mark.parametrize("url", [url for url, _ in TABLES])
def test_the_table_says_what_surt_gives(surt: Callable[[str], str], url: str) -> None:
    assert key_of(url) == surt(url)


def _id_of(letters: str, length: int) -> st.SearchStrategy[str]:
    """An id of that length, now and then one too short or too long."""
    lengths = st.sampled_from([length] * 8 + [length - 1, length + 1])
    return lengths.flatmap(lambda size: st.text(letters, min_size=size, max_size=size))


_ALNUM = "09afzAZ"
_END = st.sampled_from(["&", "&", "%26", ""])
_JAVA = st.builds("{}{}{}".format, st.sampled_from(["jsessionid=", ";jsessionid="]), _id_of(_ALNUM, 32), _END)
_PHP = st.builds("{}{}{}".format, st.sampled_from(["PHPSESSID=", "phpsessid=", "sid="]), _id_of(_ALNUM, 32), _END)
_ASP = st.builds("ASPSESSIONID{}={}{}".format, _id_of("aZ", 8), _id_of("aZ", 24), _END)
_NET = st.builds("/({})/{}".format, _id_of(_ALNUM, 24), st.sampled_from(["", "a.aspx", ".aspx"]))
_NET_NAMED = st.builds("/(S({})F({}))/{}".format, *[_id_of(_ALNUM, 24)] * 2, st.sampled_from(["", "a.aspx", ".ASPX"]))
_COLD = st.builds("cfid={}&cftoken={}{}".format, *[st.sampled_from(["", "1", "a.b"])] * 2, _END)
_PIECES = st.sampled_from(
    [
        *"ab12eEfF.;=&?+%/~-_!$'()*,:@[]|\"<^ あÉ",
        *["//", "/../", "/./", "..", "&&", "==", ".aspx", "sid=", "jsessionid=", "cfid=", "&cftoken=", "www."],
        *["%%", "%2", "%zz", "%25", "%2525", "%35", "%41", "%46", "%2e", "%2F", "%3f", "%26", "%3d", "%20", "%0a"],
        *["%23", "%e3%81%82", "%C3", "%ff"],
    ]
)
_ESCAPES = st.builds("%{:02X}".format, st.integers(0, 255))
_TEXTS = st.lists(
    st.one_of(_PIECES, _PIECES, _PIECES, _ESCAPES, _JAVA, _PHP, _ASP, _NET, _NET_NAMED, _COLD), max_size=14
).map("".join)
_LABELS = st.sampled_from(["www", "www2", "WWW", "wwwx", "sankei", "b-c", "a_b", "12", "xn--wgv71a", "日本", "É"])
_ENDS = st.sampled_from(["com", "co.jp", "JP", "localhost", "www"])
_NAMES = st.builds(lambda labels, end: ".".join([*labels, end]), st.lists(_LABELS, max_size=4), _ENDS)
_HOSTS = st.one_of(_NAMES, _NAMES, st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map("[{}]".format))
_PORTS = st.sampled_from(["", "", ":80", ":443", ":8080", ":65535"])
_TAILS = st.one_of(_TEXTS, st.builds("{}?{}".format, _TEXTS, _TEXTS))
_URLS = st.builds("{}://{}{}/{}".format, st.sampled_from(["http", "https"]), _HOSTS, _PORTS, _TAILS)


@given(url=_URLS)
@settings(max_examples=500, deadline=None)
def test_every_address_that_we_store_has_the_key_that_surt_gives(surt: Callable[[str], str], url: str) -> None:
    stored = resolve(UNDER, url)
    assert stored is None or key_of(stored) == surt(stored)


@pytest.mark.parametrize("url", ["https://example.com/{}-" + "x" * 60_000, "https://{}." + "x" * 60_000 + "/"])
def test_long_addresses_are_not_remembered(url: str) -> None:
    key_of(url.format(0))
    tracemalloc.start()
    for number in range(100):
        key_of(url.format(number))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200_000
