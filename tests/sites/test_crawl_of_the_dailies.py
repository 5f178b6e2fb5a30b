"""The Mainichi's two papers on their one host, and the Nikkei, from listings to lines; every page is invented."""

# ruff: noqa: E501  # listings, in one piece

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.press import Answer, Press, Raw
from tests.conftest import ROOT
from tests.crawl.crawling import Left, genbun

HOST, NIKKEI = "mainichi.jp", "www.nikkei.com"
FIXTURES = ROOT / "tests" / "fixtures"
ROBOTS = f"User-agent: *\nAllow: /\n\nUser-agent: nobody\nSitemap: https://{NIKKEI}/sitemap.xml\n"
FEED = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>The Mainichi</title>
<item><title>Editorial: Council must show its figures on ferry landing; islands need more than a bus</title>
<link>https://{HOST}/english/articles/20261114/p2a/00m/0op/005000c</link><pubDate>Sat, 14 Nov 2026 11:00:00 +0900</pubDate></item>
<item><title>Lighthouse in Kitahama opens its door after 95 years</title>
<link>https://{HOST}/english/articles/20261110/p2a/00m/0na/014000c</link><pubDate>Tue, 10 Nov 2026 14:00:00 +0900</pubDate></item>
</channel></rss>
"""
NEWS_MAP = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://{NIKKEI}/article/DGXZQODK123AB0S6A111C2000000/</loc><news:news><news:publication_date>2026-11-13T19:00:00+09:00</news:publication_date><news:title>［社説］桟橋の閉鎖　評議会は試算を示せ</news:title></news:news></url>
<url><loc>https://{NIKKEI}/article/DGXZQOUE090A10Z01C26A1000000/</loc><news:news><news:publication_date>2026-11-09T21:37:00+09:00</news:publication_date><news:title>北浜灯台を公開、95年ぶり</news:title></news:news></url>
</urlset>
"""
JAPANESE = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://{HOST}/articles/20261109/k00/00m/040/218000c</loc></url></urlset>
"""


def fixture(name: str) -> tuple[str, Answer]:
    folder = FIXTURES / name
    url = str(json.loads((folder / "source.json").read_text("utf-8"))["url"])
    return url, Answer((folder / "page.html").read_bytes())


class Dailies:
    """Both hosts: robots.txt, a feed, listings, and what they lead to; all else is not found."""

    hosts = (HOST, NIKKEI)

    def __init__(self, english: str, robots: str = "", feed: bool = True) -> None:
        cases = ("mainichi/listing", "mainichi/editorial", "the_mainichi/listing", f"the_mainichi/{english}")
        more = ("the_mainichi/column", "the_mainichi/news", "nikkei/editorial", "nikkei/news-with-boxes")
        self.asked: set[str] = set()
        self._answers = {
            f"https://{HOST}/robots.txt": Answer(f"User-agent: *\nAllow: /\n{robots}".encode(), "text/plain"),
            f"https://{HOST}/sitemap.xml": Answer(JAPANESE.encode(), "application/xml"),
            f"https://{NIKKEI}/robots.txt": Answer(ROBOTS.encode(), "text/plain"),
            f"https://{NIKKEI}/sitemap.xml": Answer(NEWS_MAP.encode(), "application/xml"),
            f"https://{HOST}/english/rss/etc/english_latest.rss": Answer(FEED.encode(), "application/rss+xml"),
        } | dict(fixture(case) for case in (*cases, *more))
        if not feed:
            del self._answers[f"https://{HOST}/english/rss/etc/english_latest.rss"]

    def find(self, host: str, target: str, edition: int) -> Answer | Raw | None:
        self.asked.add(target)
        return self._answers.get(f"https://{host}{target}")


def crawled(newspaper: str, content: Dailies, folder: Path) -> Left:
    with Press(content) as press:
        to = [word for host in content.hosts for word in ("--connect-to", f"{host}={press.origin}")]
        done = genbun("crawl", newspaper, "--to", str(folder), "--delay", "0", "--no-requisites", *to)
    assert done.status == 0, done.err
    return Left(folder)


def articles(left: Left) -> dict[str, dict[str, Any]]:
    return {line["id"]: line for line in left.lines("articles")}


@pytest.mark.parametrize("english", ["link-line", "link-outside-the-text"])
def test_an_editorial_in_english_and_its_original_on_the_same_host(english: str, tmp_path: Path) -> None:
    content = Dailies(english)
    left = crawled("the_mainichi", content, tmp_path / "c")
    (pair,) = left.lines("pairs")
    assert (pair["status"], pair["lag_days"]) == ("paired", 1)
    assert pair["original_url"] == "https://mainichi.jp/articles/20261113/ddm/005/070/123000c"
    found = articles(left)
    assert set(found) == {"the_mainichi:20261114p2a00m0op005000c", "mainichi:20261113ddm005070123000c"}
    assert {line["newspaper"]: line["kind"] for line in found.values()} == {
        "the_mainichi": "editorial", "mainichi": "editorial",
    }  # fmt: skip
    assert not any("0na" in path or "016000c" in path for path in content.asked), "news or a column was asked"
    said = json.loads(genbun("status", str(left.path), "--json").out)["newspapers"]
    assert {name: paper["articles"] for name, paper in said.items()} == {"mainichi": 1, "the_mainichi": 1}


def test_what_a_sitemap_lists_of_the_other_newspaper_is_no_reason_to_ask_no_further(tmp_path: Path) -> None:
    content = Dailies("link-line", robots=f"Sitemap: https://{HOST}/sitemap.xml\n", feed=False)
    left = crawled("the_mainichi", content, tmp_path / "c")
    assert left.statuses() == {"https://mainichi.jp/english/articles/20261114/p2a/00m/0op/005000c": "paired"}
    assert "/english/opinion/" in content.asked


def test_a_listing_that_is_drawn_by_script_is_read_from_its_data(tmp_path: Path) -> None:
    content = Dailies("editorial")
    left = crawled("mainichi", content, tmp_path / "c")
    (line,) = left.lines("articles")
    assert (line["id"], line["label"]) == ("mainichi:20261113ddm005070123000c", "社説")
    assert "/articles/20261113/ddm/005/070/122000c" in content.asked, "the second of the list, which is gone"
    assert left.lines("pairs") == []


def test_a_news_sitemap_has_the_titles_that_tell_editorials(tmp_path: Path) -> None:
    content = Dailies("editorial")
    left = crawled("nikkei", content, tmp_path / "c")
    (line,) = left.lines("articles")
    assert (line["id"], line["label"], line["access"]) == ("nikkei:DGXZQODK123AB0S6A111C2000000", "社説", "free")
    assert "/opinion/editorial/" not in content.asked, "the sitemap told enough"


def test_a_page_of_the_other_paper_on_a_shared_host_is_no_address_of_this_one(tmp_path: Path) -> None:
    url = "https://mainichi.jp/articles/20260101/ddm/005/070/001000c"
    done = genbun("crawl", "the_mainichi", "--to", str(tmp_path / "c"), "--url", url, "--contact", "a@b.example")
    assert done.status == 2
    assert "is a page of mainichi, not of the_mainichi, whose begin with /english/" in done.said
