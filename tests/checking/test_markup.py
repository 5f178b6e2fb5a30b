"""What a check says of one page and of one listing, from bytes alone."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest

from crawler.checking.asking import Answer
from crawler.checking.fields import documented, fields_of, marks
from crawler.checking.markup import observe
from crawler.checking.site import listings, robots
from crawler.models import Article
from crawler.newspapers import newspaper_named, parse_page
from crawler.newspapers.newspaper import More
from spiders.discovery import Selection
from spiders.sample import OneOfEach
from tests.conftest import ROOT
from tests.readers.fallback_pages import PAGE, STORY
from tests.readers.layouts import LAYOUTS, SANKEI, URL
from tests.readers.test_any_page import HOSTILE

FORWARD = newspaper_named("japan_forward")


def answer(body: str | bytes, url: str = URL, klass: str = "editorial", **notes: str) -> Answer:
    body = body.encode() if isinstance(body, str) else body
    return Answer(url, klass, 200, tuple(notes.items()), (("Content-Type", "text/html"), ("CF-Ray", "x")), body)


def read(page: str) -> tuple[Answer, Article]:
    article = parse_page(page.encode(), URL)
    assert isinstance(article, Article)
    return answer(page), article


def test_images_that_load_late_and_their_hosts() -> None:
    page = (
        '<body><img src="data:," data-src="https://cdn.a.example/1.jpg" data-srcset="https://cdn.a.example/1.jpg 1w,'
        ' https://b.example/2.jpg 2w" loading="lazy"><img src="/x.png" data-lazy-src="https://cdn.a.example/3.jpg">'
    )
    images = observe(answer(page), None, FORWARD)["images"]
    assert images["attributes"] == {"src": 2, "data-src": 1, "data-srcset": 1, "data-lazy-src": 1}
    assert images["lazy"]["loading=lazy"] == 1
    assert images["hosts"] == {"cdn.a.example": 3, "b.example": 1, "japan-forward.com": 1}


def test_headers_in_whatever_case() -> None:
    assert observe(answer("<p>x"), None, FORWARD)["headers"] == {"content-type": "text/html", "cf-ray": "x"}


def test_what_is_no_html_says_so() -> None:
    assert observe(answer(b"%PDF-1.7"), None, FORWARD)["not_html"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_says_where_its_fields_stand(layout: str) -> None:
    sent, article = read(LAYOUTS[layout](STORY))
    seen = observe(sent, article, FORWARD)
    assert {"h1", "headline", "first paragraph", "byline", "section"} <= set(seen["paths"])
    lines = [line for line in seen["link_lines"] if line["wording"].startswith("(Read the editorial in Japanese.)")]
    assert lines[0]["hrefs"][0][1] == SANKEI
    assert seen["to_originals"]
    assert set(marks(fields_of(sent, article))) <= {"published_on"}  # one layout prints no date at all


def test_a_body_that_only_the_fallback_found_is_wrong() -> None:
    sent, article = read(PAGE)
    fields = fields_of(sent, article)
    assert marks(fields) == ["published_on", "text"]
    assert "only the general extractor found it" in next(field.why for field in fields if field.name == "text")


def test_a_listing_that_names_another_day() -> None:
    page = LAYOUTS["gutenberg"](STORY)
    line = '{"way": "rest", "title": "EDITORIAL | X", "published": "2023-07-01T09:00:00+09:00"}'
    _, article = read(page)
    (wrong,) = (f for f in fields_of(answer(page, found=line), article) if f.state == "wrong")
    assert (wrong.name, wrong.why) == ("published_on", "rest says 2023-07-01")


def test_what_a_newspapers_file_documents() -> None:
    assert documented(newspaper_named("example_shimbun"))["standfirst"] == "the paper has none"


def test_robots_verdicts() -> None:
    rules = b"User-agent: Genbun\nDisallow: /editorial-\nCrawl-delay: 7\nSitemap: https://japan-forward.com/s.xml\n"
    sent = [answer(rules, "https://japan-forward.com/robots.txt", "robots"), answer("<p>", URL)]
    (host,) = robots(sent, "Genbun")
    assert (host["forbids"], host["crawl_delay"], host["sitemaps"]) == ([URL], 7.0, ["https://japan-forward.com/s.xml"])
    assert (
        robots([Answer("https://japan-forward.com/robots.txt", "robots", 503, ())], "Genbun")[0]["verdict"]
        == "nothing may be asked"
    )


def test_a_rest_interface_that_is_shut() -> None:
    body = b'{"code": "no", "message": "shut"}'
    shut = Answer("https://japan-forward.com/wp-json/wp/v2/posts", "listing", 401, (("way", "rest"),), (), body)
    (listing,) = listings([shut], FORWARD)
    assert (listing["status"], listing["lines"], listing["says"]) == (401, 0, "no: shut")


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages_take_no_longer(kind: str) -> None:
    body = f"<body><h1>EDITORIAL | T</h1><div class='entry-content'>{HOSTILE[kind] * 4000}"
    start = time.process_time()
    observe(answer(body), None, FORWARD)
    assert time.process_time() - start < 5


# which listings and which pages are asked ---------------------------------------------------------

HERE = "https://japan-forward.com"
INDEX = (
    f"<sitemapindex><sitemap><loc>{HERE}/post-sitemap1.xml</loc><lastmod>2020-01-01</lastmod></sitemap><sitemap>"
    f"<loc>{HERE}/post-sitemap2.xml</loc><lastmod>2026-01-01T00:00:00Z</lastmod></sitemap></sitemapindex>"
).encode()
ADDRESSES = "".join(f"<url><loc>{HERE}/?p={n}</loc><lastmod>2026-01-0{n}</lastmod></url>" for n in range(1, 6))


def one_of_each() -> OneOfEach:
    return OneOfEach(FORWARD, Selection(limit=2), dt.date(2026, 11, 24))


def test_one_listing_of_each_way() -> None:
    asked = one_of_each().first(["https://japan-forward.com/a.xml", "https://japan-forward.com/b.xml"])
    assert [(more.way, more.url.partition("?")[0]) for more in asked] == [
        ("sitemap", "https://japan-forward.com/a.xml"),
        ("feed", "https://japan-forward.com/feed/"),
        ("rest", "https://japan-forward.com/wp-json/wp/v2/posts"),
        ("archive", "https://japan-forward.com/category/diplomacy-security/"),
    ]


def test_the_newest_child_of_an_index_and_no_other() -> None:
    discovery = one_of_each()
    more = More("https://japan-forward.com/sitemap_index.xml", "sitemap")
    assert [child.url for child in discovery.take(INDEX, more.url, more)] == [
        "https://japan-forward.com/post-sitemap2.xml"
    ]
    assert discovery.take(INDEX, more.url, more) == []
    assert discovery.second() == []


def test_where_nothing_is_told_the_newest_that_may_be() -> None:
    """`?p=5` may be an editorial: only its page can tell."""
    discovery = one_of_each()
    more = More("https://japan-forward.com/sitemap.xml", "sitemap")
    discovery.take(f"<urlset>{ADDRESSES}</urlset>".encode(), more.url, more)
    discovery.known = {"https://japan-forward.com/?p=5"}
    assert [url for url, _ in discovery.chosen()] == [
        "https://japan-forward.com/?p=5",
        "https://japan-forward.com/?p=4",
    ]


def test_what_the_data_state_and_the_newspapers_file_explains_is_not_wrong() -> None:
    """朝日新聞 names a section in its data that it shows nowhere."""
    folder = ROOT / "tests" / "fixtures" / "asahi" / "editorial"
    page, url = (folder / "page.html").read_bytes(), "https://www.asahi.com/articles/DA3S16012345.html"
    assert b'"articleSection"' in page
    article = parse_page(page, url)
    assert isinstance(article, Article)
    (section,) = (one for one in fields_of(answer(page, url), article) if one.name == "section")
    assert (section.value, section.state) == (None, "absent")
    assert section.why.startswith("the reader says: the page shows none")


@pytest.mark.parametrize("name", ["mainichi", "nikkei", "the_mainichi"])
def test_an_editorial_of_each_reads_without_a_mark(name: str) -> None:
    folder = ROOT / "tests" / "fixtures" / name / "editorial"
    page, url = (folder / "page.html").read_bytes(), json.loads((folder / "source.json").read_text("utf-8"))["url"]
    article = parse_page(page, url)
    assert isinstance(article, Article)
    assert marks(fields_of(answer(page, url), article)) == []
