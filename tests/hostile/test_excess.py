"""Pages that would cost more than any page is worth: refused before they are parsed, and real ones are not."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from crawler.errors import ParseError
from crawler.html import MAX_JSON, MAX_PAGE, MAX_TAGS, SEARCHED, document, read_json
from crawler.listings import read_listing
from crawler.models import Problem
from crawler.newspapers import parse_page
from crawler.press.addresses import HERALD
from tests.crawl.answers import CASES, herald_path, page_of

FILLER = b"<p>" + b"word " * (SEARCHED // 5)
ATTRIBUTES: dict[str, Callable[[int], bytes]] = {
    "no value": lambda n: b" a%d" % n,
    "a value": lambda n: b" a%d=1" % n,
    "a tag in quotes": lambda n: b' a%d="<b>"' % n,
    "no blank between": lambda n: b"a%d='>'" % n,
    "slashes": lambda n: b"/a%d" % n,
    "line ends": lambda n: b"\na%d\x0c=\t1" % n,
    "a quote that is none": lambda n: b" a%d=x'\"y" % n,
    "an equals sign first": lambda n: b" =a%d=1" % n,
}


def test_an_article_larger_than_any_is_a_problem() -> None:
    page = page_of(HERALD, herald_path("07-cables")).body
    words = b"<p>" + b"\\" * 1000 + b"</p>"  # in JSON each takes two characters
    found = parse_page(page.replace(b"<p>", words * 3000 + b"<p>", 1), CASES["07-cables"].url)
    assert isinstance(found, Problem)
    assert found.reason == "failed"
    assert found.detail.startswith("an article of ")


@pytest.mark.parametrize("attribute", ATTRIBUTES.values(), ids=list(ATTRIBUTES))
def test_a_tag_of_very_many_attributes_is_refused(attribute: Callable[[int], bytes]) -> None:
    """libxml2 goes through all of them for each further one: a million would take half an hour."""
    page = b"<html><body>" + FILLER + b"<i " + b"".join(map(attribute, range(40_000))) + b">x</i>"
    began = time.process_time()
    with pytest.raises(ParseError, match="attributes"):
        document(page)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "markup",
    [b"<a" * 1_000_000, b"<a b='" * 500_000, b'<a b="' * 500_000, b"<a" + b" " * 3_000_000, b"<a" + b"=" * 3_000_000],
    ids=["names", "single quotes", "quotes", "blanks", "equals signs"],
)
def test_to_look_for_them_takes_time_in_proportion(markup: bytes) -> None:
    page = markup.replace(b"<a", b"<a", MAX_TAGS)[: MAX_PAGE - 100]
    began = time.process_time()
    assert isinstance(parse_page(page, "https://japan-forward.com/editorial-x/"), Problem)
    assert time.process_time() - began < 2


def test_more_tags_or_bytes_than_any_page_has() -> None:
    with pytest.raises(ParseError, match=f"more than the {MAX_TAGS:,}"):
        document(b"<html><body>" + b"<p>a" * MAX_TAGS)
    with pytest.raises(ParseError, match=f"more than the {MAX_PAGE:,}"):
        document(b"<html><body>" + b"a" * MAX_PAGE)


def test_a_large_page_is_read() -> None:
    """Five times what real pages have of everything, a long script that looks like a tag among it."""
    script = b"<script>if (i<n && " + b"a == b || " * 1000 + b") x(i > 2)</script>"
    page = b"<html><body>" + script + b'<p class="a" id=b>word <b>word</b>' * 15_000 + FILLER
    assert len(document(page).findall(".//b")) == 15_000


def test_more_json_than_any_page_has() -> None:
    assert read_json('[{"a": 1}]') == [{"a": 1}]
    assert read_json("[" + '{"a":1},' * (MAX_JSON // 8) + "{}]") is None
    assert read_listing(b"[" + b"{}," * 2_000_000 + b"{}]", "https://herald.example/wp-json/", "rest").lines == ()
