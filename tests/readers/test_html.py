"""Bytes, trees and what pages declare: charsets, hostile markup, JSON-LD, metas, words."""

# ruff: noqa: E501  # pieces of pages, in one line each

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.errors import ParseError
from crawler.html import (
    canonical_link,
    decode,
    document,
    json_ld,
    links,
    meta,
    node_of_type,
    one,
    paragraphs,
    said,
    text,
)
from crawler.soup import lines, tidy

JAPANESE = "<html><head>{}</head><body><p>灯台の火を深夜に消すと、みなとの評議会がきめた。</p></body></html>"
CHARSETS = [
    ("utf-8", ""),
    ("utf-8", '<meta charset="Shift_JIS">'),  # it is UTF-8, whatever it says
    ("utf-8-sig", ""),
    ("utf-16", ""),
    ("cp932", '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'),
    ("cp932", "<meta charSet='x-sjis'>"),
    ("cp932", ""),
    ("euc_jp", '<meta charset="EUC-JP">'),
    ("euc_jp", ""),
    ("iso2022_jp", '<meta charset="iso-2022-jp">'),
    ("iso2022_jp", ""),
]


@pytest.mark.parametrize(("codec", "declared"), CHARSETS)
def test_charsets(codec: str, declared: str) -> None:
    page = JAPANESE.format(declared)
    assert decode(page.encode(codec)) == page


def test_characters_of_windows_in_shift_jis() -> None:
    page = JAPANESE.format('<meta charset="Shift_JIS">').replace("灯台", "髙﨑①㈱～")
    assert decode(page.encode("cp932")) == page


def test_one_broken_character_spoils_no_page() -> None:
    page = JAPANESE.format("").encode()
    assert decode(page[:-14] + b"\xe3" + page[-14:]).startswith("<html>")


@pytest.mark.parametrize(("codec", "declared"), CHARSETS)
def test_the_tree_has_the_words_in_whatever_charset(codec: str, declared: str) -> None:
    wrong = "".join(f"<p></q{number} x=1 x=2>" for number in range(150))  # more errors than libxml2 counts, before them
    for before in ("", "<!-- 注 -->", "<script>'灯'</script>", "<i title='火'></i>", wrong):
        page = JAPANESE.format(declared).replace("<p>", f"{before}<p>")
        assert "灯台の火を深夜に消すと、みなとの評議会がきめた。" in text(document(page.encode(codec)))


@given(
    st.sampled_from(["<!-- {} -->", "<i title='{}'>", "<script>{}</script>", "{}"]), st.binary(min_size=1, max_size=4)
)
def test_bytes_that_are_no_utf_8_are_read_as_decode_says(place: str, strange: bytes) -> None:
    page = JAPANESE.format("").replace("<p>", f"{place.replace('{}', '~~')}<p>").encode().replace(b"~~", strange)
    try:
        decoded = decode(page)
    except ParseError:
        with pytest.raises(ParseError, match="no charset we know"):
            document(page)
    else:
        assert etree.tostring(document(page)) == etree.tostring(document(decoded.encode("utf-8", "replace")))


@pytest.mark.parametrize("body", [b"\x89PNG\r\n\x1a\n" + bytes(range(128, 256)) * 40 + b"\0" * 20])
def test_what_is_no_text(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        document(body)
    assert caught.value.reason in ("undecodable", "not_html")


@pytest.mark.parametrize("body", [b"", b" \n", b"plain words", b"{}", b"\0\0\0"])
def test_what_has_no_tag(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        document(body)
    assert caught.value.reason == "not_html"


def test_the_tree_is_kept_for_the_next_reader() -> None:
    body = b"<p>once</p>"
    assert document(body) is document(bytes(bytearray(body)))


def test_too_deep_is_said_not_cut() -> None:
    with pytest.raises(ParseError) as caught:
        document(b"<div>" * 100_000 + b"<p>the text</p>")
    assert caught.value.reason == "failed"


def test_deep_but_readable() -> None:
    root = document(b"<main>" + b"<div>" * 1500 + b"<p>the text</p>" + b"</div>" * 1500 + b"<p>more</p></main>")
    assert text(root) == "the text more"
    assert lines(tidy(root)) == ["the text", "more"]


def test_json_ld_is_laid_flat() -> None:
    page = b"""<script type="application/ld+json">[{"@type":"WebSite"},{"@graph":[{"@type":["Article","X"],"headline":"A &amp; B"}]}]</script>
    <script type='APPLICATION/LD+JSON; charset=utf-8'>/*<![CDATA[*/ {"@type":"Person","name":"two
lines",} /*]]>*/</script><script type="application/ld+json">{broken</script>"""
    nodes = json_ld(document(page))
    assert [node.get("@type") for node in nodes] == ["WebSite", None, ["Article", "X"], "Person"]
    assert said(node_of_type(nodes, "Article"), "headline") == "A & B"
    assert said(node_of_type(nodes, "Person"), "name") == "two lines"


def test_json_that_nests_without_end() -> None:
    page = b'<script type="application/ld+json">' + b"[" * 200_000 + b"</script>"
    assert json_ld(document(page)) == []


def test_metas() -> None:
    root = document(
        b'<META NAME="Article:Published_Time" CONTENT=" a\n b "><meta property="og:title" content="T"><meta content=x>'
    )
    assert meta(root, "article:published_time") == "a b"
    assert meta(root, "missing", "og:title") == "T"
    assert meta(root, "missing") is None


def test_links() -> None:
    root = document(
        b'<base href="https://a.example/b/"><a href="c#d">1</a><a href="c">2</a><a href="//e.example/">3</a>'
        b'<a href="mailto:x@a.example">4</a><a href="http://[">5</a><a>6</a><link rel="Canonical" href="/x">'
    )
    assert links(root, "https://a.example/") == ["https://a.example/b/c", "https://e.example/"]
    assert canonical_link(root, "https://a.example/z") == "https://a.example/x"


def test_words() -> None:
    page = "<div><p>　山<ruby>峻別<rp>（</rp><rt>しゅんべつ</rt><rp>）</rp></ruby>は<br>　二行目</p>尾<script>x()</script><!-- y --></div>"
    box = one(document(page.encode()), "//div")
    assert box is not None
    assert text(box) == "山峻別は　二行目 尾"
    assert paragraphs(box) == [["山峻別は", "二行目"], ["尾"]]


def test_two_breaks_part_paragraphs() -> None:
    box = one(document(b"<div>a<br>b<br> <br><em>c</em> d</div>"), "//div")
    assert box is not None
    assert paragraphs(box) == [["a", "b"], ["c d"]]


@given(st.binary(max_size=600))
def test_any_bytes_give_a_tree_or_a_reason(body: bytes) -> None:
    try:
        root = document(body)
    except ParseError:
        return
    text(root)
    json_ld(root)
    links(root, "https://a.example/")
    assert lines(tidy(root)) == [line for group in paragraphs(root) for line in group]


def seconds(run: Callable[[], object]) -> float:
    best = 9.0
    for _ in range(3):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


@pytest.mark.parametrize(
    "piece", ["<p>word <b>word</b>", "<div>", "<a href=x>y</a>", "&#0;", "\0", "<br>", "<ruby><rt>", "\x80"]
)
def test_ten_times_the_page_takes_no_hundred_times(piece: str) -> None:
    def read(body: bytes) -> None:
        try:
            root = document(body)
        except ParseError:
            return
        text(root)
        paragraphs(root)

    small, large = (("<main>" + piece * n).encode("latin-1") for n in (1_000, 10_000))
    assert seconds(lambda: read(large + b" ")) < 40 * seconds(lambda: read(small + b" ")) + 0.5
