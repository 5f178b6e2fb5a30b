"""What is asked for and what is not: days, numbers, addresses, and the ways by which editorials are found."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from crawler.newspapers import newspaper_named
from crawler.newspapers.newspaper import Found, Listed, More
from crawler.press import Answer, Press, cases, demo
from crawler.press.addresses import HERALD, SHIMBUN
from spiders.discovery import Discovery, Selection
from tests.crawl.crawling import Left, articles_asked, asked, assert_balanced, crawl, crawled, posts

pytestmark = pytest.mark.xdist_group("crawl-selection")

EDITORIALS = sorted(
    case.url.removeprefix(f"https://{HERALD}") for case in cases() if not case.kind.startswith("feature")
)
BY_SLUG = [path for path in EDITORIALS if path.startswith("/editorial-")]
CABLES = "/editorial-guard-the-cables-on-the-seabed/"  # October 14, 08:50 in Japan: still the 13th in UTC
STUDENTS = "/editorial-a-welcome-that-lasts-longer-than-a-visa/"  # October 12
PIPES = "/editorial-the-pipes-beneath-our-feet/"  # October 9
SHELL = "/editorial-an-experiment-in-reading/"  # November 20, the newest: a page that cannot be read
DIALECTS = "/editorial-the-word-for-the-wind-in-october/"  # November 19
SEABED = "/editorial-do-not-hurry-to-the-bottom-of-the-sea/"  # November 16
FERRY = "/editorial-keep-the-kazami-ferry-running/"  # September 8, the oldest
NOT_FOUND = Answer(b"gone\n", "text/plain", status=404)


# --- days


def test_days_are_days_in_japan_and_both_are_included(press: Press, tmp_path: Path) -> None:
    left = crawled(press, tmp_path / "c", "--since", "2026-10-12", "--until", "2026-10-14")
    assert posts(press) == sorted([CABLES, STUDENTS])
    assert [pair["translation"]["url"] for pair in left.lines("pairs")] == [
        f"https://{HERALD}{path}" for path in sorted([CABLES, STUDENTS])
    ]
    press.exchanges.clear()
    crawled(press, tmp_path / "d", "--since", "2026-10-14", "--until", "2026-10-14")
    assert posts(press) == [CABLES]


def test_a_selection_acts_before_anything_is_fetched(press: Press, tmp_path: Path) -> None:
    left = crawled(press, tmp_path / "c", "--until", "2026-09-08")
    assert posts(press) == [FERRY]
    assert len(articles_asked(press)) == 1
    assert left.receipt["classes"]["editorial"]["asked"] == 1
    assert left.receipt["discovery"]["outside_window"] == len(BY_SLUG) - 1


def test_an_original_may_lie_outside_the_days(press: Press, tmp_path: Path) -> None:
    """The translation's day decides: its original was printed days before."""
    left = crawled(press, tmp_path / "c", "--since", "2026-10-14", "--until", "2026-10-14")
    (pair,) = left.lines("pairs")
    assert (pair["status"], pair["lag_days"]) == ("paired", 4)


def test_days_without_editorials_are_no_failure(press: Press, tmp_path: Path) -> None:
    """Exit status 3 is for listings that name no editorial; that none is new, or of these days, is 0."""
    left = crawled(press, tmp_path / "c", "--since", "2020-01-01", "--until", "2020-12-31")
    assert posts(press) == []
    assert left.text("articles") == left.text("pairs") == ""
    crawled(press, tmp_path / "c", "--since", "2026-11-21")


def test_lines_are_no_matter_of_selection(press: Press, tmp_path: Path) -> None:
    """Selection decides what is fetched, never what becomes a line."""
    crawled(press, tmp_path / "c", "--since", "2026-10-14", "--until", "2026-10-14")
    left = crawled(press, tmp_path / "c", "--since", "2026-10-09", "--until", "2026-10-09")
    assert len(left.lines("pairs")) == 2


# --- numbers


def test_a_limit_counts_editorials_newest_first(press: Press, tmp_path: Path) -> None:
    left = crawled(press, tmp_path / "c", "--limit", "3")
    assert posts(press) == sorted([SHELL, DIALECTS, SEABED])
    assert left.receipt["classes"]["original"]["asked"] == 2, "originals are not counted"
    assert left.receipt["discovery"]["beyond_limit"] == len(EDITORIALS) - 3


def test_a_limit_counts_what_is_new(press: Press, tmp_path: Path) -> None:
    """Also where the newest page could not be read: it was fetched, and does not stand in the way of the others."""
    for expected in (SHELL, DIALECTS, SEABED):
        press.exchanges.clear()
        crawled(press, tmp_path / "c", "--limit", "1", "--recheck", "none")
        assert posts(press) == [expected]


def test_a_limit_with_rechecks_asks_the_known_ones_too(press: Press, tmp_path: Path) -> None:
    crawled(press, tmp_path / "c", "--limit", "2")
    press.exchanges.clear()
    crawled(press, tmp_path / "c", "--limit", "1", "--recheck", "all")
    assert posts(press) == sorted([SHELL, DIALECTS, SEABED])


def test_a_limit_does_not_stop_the_listing_at_what_is_known() -> None:
    """REST goes from new to old: as many as are wanted must be *new* before its further pages are left out."""
    known = {f"https://{HERALD}/editorial-{number}/" for number in range(100)}
    rest = More(f"https://{HERALD}/wp-json/wp/v2/posts?per_page=100&page=1", "rest")
    page = [
        {"link": url, "title": {"rendered": "EDITORIAL | A"}, "date_gmt": "2026-11-20T01:00:00"}
        for url in sorted(known)
    ]
    paper = newspaper_named("example_herald")
    for already, goes_on in ((known, True), (set[str](), False)):
        discovery = Discovery(paper, Selection(limit=10), dt.date(2026, 11, 24), known=already)
        assert bool(discovery.take(json.dumps(page).encode(), rest.url, rest)) == goes_on


# --- what is known


def test_none_of_the_known_is_asked_again(press: Press, tmp_path: Path) -> None:
    first = crawled(press, tmp_path / "c", "--since", "2026-10-09", "--until", "2026-10-14")
    before = first.text("pairs")
    press.exchanges.clear()
    left = crawled(press, tmp_path / "c", "--recheck", "none", "--since", "2026-10-09", "--until", "2026-10-19")
    assert posts(press) == ["/editorial-rice-for-hotter-summers/"]
    assert set(before.splitlines()) < set(left.text("pairs").splitlines())


def test_the_known_are_asked_again(press: Press, tmp_path: Path) -> None:
    for _ in range(2):
        press.exchanges.clear()
        left = crawled(press, tmp_path / "c", "--recheck", "all", "--since", "2026-10-09", "--until", "2026-10-14")
        assert posts(press) == sorted([CABLES, STUDENTS, PIPES])
    assert left.receipt["archive"]["revisits"] >= 5


def test_what_was_refused_is_not_known(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, CABLES, Answer(b"no\n", "text/plain", status=403))
    days = ("--since", "2026-10-09", "--until", "2026-10-14", "--recheck", "none")
    crawled(press, tmp_path / "c", *days)
    press.instead(HERALD, CABLES)
    press.exchanges.clear()
    crawled(press, tmp_path / "c", *days)
    assert posts(press) == [CABLES]


# --- addresses


def test_addresses_take_the_place_of_discovery(press: Press, tmp_path: Path) -> None:
    urls = [f"https://{HERALD}{path}" for path in (CABLES, FERRY)]
    left = crawled(press, tmp_path / "c", "--url", urls[0], "--url", f"{urls[1]}?utm_source=x#top")
    assert asked(press, HERALD) == ["/robots.txt", *sorted([CABLES, FERRY])] or asked(press, HERALD) == [
        "/robots.txt",
        CABLES,
        FERRY,
    ]
    assert sorted(left.statuses()) == sorted(urls)
    assert left.receipt["arguments"]["url"] == urls
    (note,) = {
        json.loads(note)["way"]
        for record in left.records()
        if record.type == "metadata"
        for note in record.notes("found")
    }
    assert note == "url"


# --- ways


def close(press: Press, *ways: str) -> None:
    """Answer 404 where these listings were."""
    paths = {"sitemap": "/sitemap_index.xml", "feed": "/feed/", "archive": "/category/editorial/"}
    for way in ways:
        press.instead(HERALD, paths[way], NOT_FOUND)


def ways_of(left: Left) -> set[str]:
    return set(left.receipt["discovery"]["lines"])


def test_by_the_sitemap_alone(tmp_path: Path) -> None:
    """A sitemap has no titles: what its slug does not call an editorial is counted, and not fetched."""
    with Press(demo(rest=False)) as press:
        close(press, "feed", "archive")
        left = crawled(press, tmp_path / "c")
        assert ways_of(left) == {"sitemap"}
        assert posts(press) == BY_SLUG
        assert left.receipt["discovery"]["undecided"] == 3 - 1  # the reading room and the soup; the gardens are hidden
        (line,) = (line for line in left.outcomes if line["class"] == "listing")
        assert (line["outcome"], line["reason"]) == ("refused", "status_401")


def test_a_sitemap_that_does_not_tell_is_helped_by_the_archives(tmp_path: Path) -> None:
    """They have titles; the months, of which there may be a hundred, are left alone."""
    with Press(demo(rest=False)) as press:
        close(press, "feed")
        left = crawled(press, tmp_path / "c")
        assert ways_of(left) == {"sitemap", "archive"}
        assert posts(press) == EDITORIALS
        assert not asked(press, HERALD, "/20")


def test_with_rest_switched_off(tmp_path: Path) -> None:
    with Press(demo(rest=False)) as press:
        left = crawled(press, tmp_path / "c")
        assert ways_of(left) == {"sitemap", "feed", "archive"}
        assert posts(press) == EDITORIALS


def test_by_rest_alone(press: Press, tmp_path: Path) -> None:
    close(press, "sitemap", "feed")
    left = crawled(press, tmp_path / "c")
    assert ways_of(left) == {"rest"}
    assert posts(press) == EDITORIALS


def test_by_archives_and_months_when_sitemap_and_rest_are_gone(tmp_path: Path) -> None:
    with Press(demo(rest=False)) as press:
        close(press, "sitemap")
        left = crawled(press, tmp_path / "c", "--since", "2026-09-01")
        assert ways_of(left) == {"feed", "archive", "month"}
        assert posts(press) == EDITORIALS
        assert "/category/editorial/page/2/" in asked(press, HERALD)
        assert set(asked(press, HERALD, "/20")) >= {"/2026/09/", "/2026/10/", "/2026/11/"}
        assert "/2026/08/" not in asked(press, HERALD), "a month before the days that are wanted"


def test_by_the_feed_alone(tmp_path: Path) -> None:
    with Press(demo(rest=False)) as press:
        close(press, "sitemap", "archive")
        for month in range(9, 13):
            press.instead(HERALD, f"/2026/{month:02}/", NOT_FOUND)
        left = crawled(press, tmp_path / "c", "--since", "2026-09-01")
        assert ways_of(left) == {"feed"}
        assert SHELL in posts(press)
        assert FERRY not in posts(press)
        assert 7 <= len(posts(press)) <= 10


@pytest.mark.parametrize("robots", ["User-agent: *\nDisallow: /wp-admin/\n", None])
def test_without_a_sitemap_in_robots_txt(press: Press, tmp_path: Path, robots: str | None) -> None:
    """The addresses that the newspaper's file names are tried then."""
    answer = Answer(robots.encode(), "text/plain") if robots else NOT_FOUND
    press.instead(HERALD, "/robots.txt", answer)
    left = crawled(press, tmp_path / "c", "--limit", "1")
    assert ways_of(left) == {"sitemap", "feed", "rest"}
    assert asked(press, HERALD, "/sitemap_index.xml")


def test_a_sitemap_of_robots_txt_elsewhere_is_not_asked(press: Press, tmp_path: Path) -> None:
    robots = f"User-agent: *\nSitemap: https://sitemaps.example/all.xml\nSitemap: https://{HERALD}/sitemap_index.xml\n"
    press.instead(HERALD, "/robots.txt", Answer(robots.encode(), "text/plain"))
    left = crawled(press, tmp_path / "c", "--limit", "1")
    (line,) = left.outcomes
    assert (line["url"], line["reason"]) == ("https://sitemaps.example/all.xml", "outside_hosts")


def test_a_listing_that_moved_is_followed(press: Press, tmp_path: Path) -> None:
    moved = Answer(b"", status=301, headers=((b"Location", b"/post-sitemap.xml"),), compress=False)
    press.instead(HERALD, "/sitemap_index.xml", moved)
    left = crawled(press, tmp_path / "c", "--limit", "1")
    assert "sitemap" in ways_of(left)


def test_the_shimbun_alone(press: Press, tmp_path: Path) -> None:
    """A newspaper that translates none: its own editorials, and no pairs."""
    done = crawl(press, tmp_path / "c", "--no-requisites", newspaper="example_shimbun")
    assert done.status == 0, done.err
    left = Left(tmp_path / "c")
    assert_balanced(left)
    assert asked(press, HERALD) == []
    assert left.text("pairs") == ""
    assert len(left.lines("articles")) > 10
    assert not asked(press, SHIMBUN, "/premium/")


def test_listed_nothing_is_a_value() -> None:
    """A line of a host that is none of the newspaper's is no editorial of it."""
    discovery = Discovery(newspaper_named("example_herald"), Selection(), dt.date(2026, 11, 24))
    discovery._collect(Listed((Found("https://elsewhere.example/editorial-a/", "feed", "x", title="EDITORIAL | A"),)))
    assert not discovery.found
