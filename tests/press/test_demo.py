"""The demo's two newspapers: everything linked is there, every page reads, the awkward cases are what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest

from crawler.html import document
from crawler.listings import read_listing
from crawler.models import Article, Problem
from crawler.newspapers import newspaper_for, newspaper_named, parse_page
from crawler.newspapers.newspaper import Way
from crawler.press import Answer, Case, Press, cases, demo
from crawler.press.addresses import HERALD, HOSTS, SHIMBUN, path_of
from crawler.press.demo import printed_edition
from crawler.press.editorials import editorials
from tests.press.client import Client

AWKWARD = {"no_link": "no_link", "dead": "gone", "moved": "paired", "members": "restricted", "app": "unreadable"}
CSS_LINK = re.compile(r"""url\(["']?([^"')]+)""")


def answer_of(url: str, edition: int = 1) -> Answer | None:
    host, path = path_of(url)
    return demo().find(host, path, edition)


def read(url: str, edition: int = 1) -> Article | Problem:
    answer = answer_of(url, edition)
    assert answer is not None
    return parse_page(answer.body, url)


def article(url: str, edition: int = 1) -> Article:
    found = read(url, edition)
    assert isinstance(found, Article), found
    return found


def printed_pages() -> list[tuple[str, Answer]]:
    pages = (
        (urljoin(f"https://{host}/", path), answer)
        for host in HOSTS
        for path, answer in printed_edition(1)[host].items()
    )
    return [(url, answer) for url, answer in pages if answer.headers[0][1].startswith(b"text/html")]


def links_of(url: str, body: bytes) -> Iterator[str]:
    for element in document(body).iter():
        for name in ("href", "src", "data-src"):
            if value := element.get(name):
                yield urljoin(url, value)
        for part in (element.get("srcset") or "").split(","):
            if part.strip():
                yield urljoin(url, part.split()[0])


def test_the_cases_the_issue_asks_for_are_there() -> None:
    kinds = [case.kind for case in cases()]
    assert kinds.count("pair") == 12
    wanted = {*AWKWARD, "pair", "edited", "refused", "shell", "feature", "feature_linked"}
    assert set(kinds) == wanted
    assert {case.kind: case.status for case in cases() if case.kind in AWKWARD} == AWKWARD


def test_everything_is_about_as_long_as_editorials_are() -> None:
    for one in editorials():
        if one.case in ("pair", "moved", "edited"):
            assert one.english
            assert one.japanese
            english = [piece for piece in one.english.pieces if getattr(piece, "kind", "") in ("paragraph", "quote")]
            assert 6 <= len(english) <= 12, one.key
            assert any(getattr(piece, "kind", "") == "heading" for piece in one.english.pieces), one.key
            assert 5 <= len(one.japanese.pieces) <= 10, one.key
            assert 0 < (one.english.published - one.japanese.published).days <= 6, one.key


def test_every_link_to_the_two_newspapers_is_answered() -> None:
    awkward = {case.original_url for case in cases() if case.kind in ("dead", "refused")}
    for url, answer in printed_pages():
        for link in links_of(url, answer.body):
            assert path_of(link)[0] in HOSTS, f"{url} links out to {link}"
            found = answer_of(link)
            assert (found is not None) != (link in awkward), f"{url} links to {link}"


def test_styles_lead_only_to_what_is_there() -> None:
    seen = set()
    for host in HOSTS:
        for path, answer in printed_edition(1)[host].items():
            if path.endswith(".css"):
                for link in CSS_LINK.findall(answer.body.decode()):
                    assert answer_of(urljoin(f"https://{host}{path}", link)) is not None, link
                    seen.add(link)
    assert len(seen) == 4  # an @import and an image in each newspaper


@pytest.mark.parametrize("post", cases(), ids=lambda post: post.key)
def test_every_post_reads_and_names_its_original(post: Case) -> None:
    found = read(post.url)
    if post.kind == "shell":
        assert isinstance(found, Problem)
        assert found.reason == "no_body"
        return
    assert isinstance(found, Article)
    assert found.kind == ("editorial" if not post.kind.startswith("feature") else "other")
    assert (found.original.url if found.original else None) == post.original_url
    if found.original and found.original.url:
        assert [found.original.url] == [candidate.url for candidate in found.original.candidates]
        assert "Japanese" in (found.original.wording or "") or "日本語" in (found.original.wording or "")
    assert "Author:" not in found.text
    assert "Japanese." not in found.text.splitlines()[-1]
    assert "[" not in found.text
    assert len(found.blocks) >= 5


@pytest.mark.parametrize("post", [case for case in cases() if case.original_url], ids=lambda post: post.key)
def test_every_original_is_what_its_case_says(post: Case) -> None:
    assert post.original_url
    answer = answer_of(post.original_url)
    if post.kind in ("dead", "refused"):
        assert answer is None
        return
    assert answer is not None
    if post.kind == "moved":
        assert answer.status == 301
        found = article(dict(answer.headers)[b"Location"].decode())
        assert not found.truncated
    elif post.kind == "app":
        problem = read(post.original_url)
        assert isinstance(problem, Problem)
        assert problem.reason == "no_body"
    else:
        found = article(post.original_url)
        assert found.access == ("members" if post.kind == "members" else "free")
        assert found.truncated == (post.kind == "members")
        assert found.kind == ("column" if post.kind == "feature_linked" else "editorial")
        assert found.published_on
        assert found.published_on.strftime("/%Y%m%d-") in post.original_url


def test_a_dead_link_gets_a_whole_404_page() -> None:
    dead = next(case for case in cases() if case.kind == "dead")
    assert dead.original_url
    with Press(demo()) as press, Client(press.port) as client:
        answer = client.get(*path_of(dead.original_url))
    assert answer.status == 404
    assert "ページが見つかりません" in answer.text
    assert isinstance(parse_page(answer.body, dead.original_url), Problem)


def test_robots_txt_forbids_the_refused_original_and_names_the_sitemaps() -> None:
    from urllib.robotparser import RobotFileParser

    refused = next(case for case in cases() if case.kind == "refused")
    for host in (HERALD, SHIMBUN):
        robots = RobotFileParser()
        robots.parse(printed_edition(1)[host]["/robots.txt"].body.decode().splitlines())
        assert robots.site_maps()
        assert robots.crawl_delay("genbun") is None
        forbidden = {
            url
            for case in cases()
            for url in (case.url, case.original_url)
            if url and not robots.can_fetch("genbun", url)
        }
        assert forbidden == ({refused.original_url} if host == SHIMBUN else set())


def found_by(way: Way, *urls: str) -> set[str]:
    """All editorials that a listing and those that go on from it name."""
    found, waiting = set(), list(urls)
    while waiting:
        url = waiting.pop()
        answer = answer_of(url)
        assert answer is not None, url
        listed = read_listing(answer.body, url, way)
        waiting += [more.url for more in listed.more]
        for line in listed.lines:
            paper = newspaper_for(line.url)
            assert paper
            if paper.is_editorial(line) is not False:
                found.add(line.url)
    return found


def test_all_ways_lead_to_all_editorials() -> None:
    paper = newspaper_named("example_herald")
    posts = {case.url for case in cases() if not case.kind.startswith("feature")}
    linked_feature = {case.url for case in cases() if case.kind == "feature_linked"}
    assert found_by("sitemap", *paper.listings.sitemaps) == posts | linked_feature  # only its page can tell
    assert found_by("archive", *paper.listings.archives) == posts
    assert paper.listings.month
    assert found_by("month", *(paper.listings.month.format(year=2026, month=month) for month in (9, 10, 11))) == posts
    assert paper.listings.rest
    assert found_by("rest", f"{paper.listings.rest}?per_page=100") == posts
    assert len(found_by("feed", *paper.listings.feeds)) == 8  # of the newest ten posts, two are features
    originals = {url for one in cases() if (url := one.original_url) and one.kind in ("pair", "edited", "members")}
    assert originals < found_by("archive", *newspaper_named("example_shimbun").listings.archives)


def test_rest_can_be_closed_and_is_paged() -> None:
    path = "/wp-json/wp/v2/posts"
    closed = demo(rest=False).find(HERALD, path, 1)
    assert closed
    assert (closed.status, json.loads(closed.body)["code"]) == (401, "rest_not_logged_in")
    page = demo().find(HERALD, f"{path}?per_page=5&page=2&after=2026-10-01T00:00:00", 1)
    assert page
    assert [post["date"] for post in json.loads(page.body)] == sorted(
        (post["date"] for post in json.loads(page.body)), reverse=True
    )
    assert dict(page.headers)[b"X-WP-TotalPages"] == b"4"
    beyond = demo().find(HERALD, f"{path}?per_page=5&page=99", 1)
    assert beyond
    assert beyond.status == 400
    assert (demo().find(HERALD, f"{path}?per_page=x", 1) or beyond).status == 400


def test_addresses_with_other_spellings_lead_to_the_page() -> None:
    page = answer_of(f"https://{HERALD}/editorial-clean-up-the-orbits/?utm_source=x")
    assert page is answer_of(f"https://{HERALD}/editorial-clean-up-the-orbits/")
    without_slash = answer_of(f"https://{HERALD}/editorial-clean-up-the-orbits")
    assert without_slash
    assert without_slash.status == 301


def test_the_second_edition_changes_one_article_and_one_ranking() -> None:
    first, second = printed_edition(1), printed_edition(2)
    changed = {
        f"https://{host}{path}"
        for host in HOSTS
        for path in first[host]
        if first[host][path].body != second[host][path].body
    }
    articles = {url for url in changed if "/article/" in url}
    edited = next(case.original_url for case in cases() if case.kind == "edited")
    assert edited in articles
    assert len(articles) == 2
    before, after = article(edited), article(edited, 2)
    assert before.headline != after.headline
    differing = [pair for pair in zip(before.blocks, after.blocks, strict=True) if pair[0] != pair[1]]
    assert len(differing) == 1
    assert after.modified_at
    assert before.modified_at
    assert after.modified_at > before.modified_at
    (ranked,) = articles - {edited}
    assert article(ranked) == article(ranked, 2)
    assert all("/feeds/" in url or url.endswith((".example/", "/column/", "/editorial/")) for url in changed - articles)


def test_edit_goes_over_to_the_second_edition(press: Press, client: Client) -> None:
    edited = next(case.original_url for case in cases() if case.kind == "edited")
    assert edited
    before = client.get(*path_of(edited))
    etag = (before.header(b"etag") or b"").decode()
    press.edit()
    after = client.get(*path_of(edited), f"If-None-Match: {etag}")
    assert (after.status, before.text == after.text) == (200, False)
    unchanged = client.get(HERALD, "/editorial-clean-up-the-orbits/")
    again = client.get(
        HERALD, "/editorial-clean-up-the-orbits/", f"If-None-Match: {(unchanged.header(b'etag') or b'').decode()}"
    )
    assert again.status == 304
