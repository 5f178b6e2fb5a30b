"""`genbun newspapers check` where something is wrong: pages that do not read, sites that refuse, nothing there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from crawler.press import Answer, Press
from crawler.press.addresses import HERALD
from tests.checking.checks import Report, check, field, report_of, sites
from tests.crawl.crawling import connected
from tests.sites_press.server import serve

# what does not read ---------------------------------------------------------------------------


def changed(press: Press, change: Callable[[bytes], bytes], host: str = HERALD) -> None:
    """Every article of a host is served changed."""
    find = press.content.find

    class Changed:
        hosts = press.content.hosts

        def find(self, asked: str, target: str, edition: int) -> Any:
            answer = find(asked, target, edition)
            is_page = asked == host and isinstance(answer, Answer) and b"<article" in answer.body
            return Answer(change(answer.body), status=answer.status) if is_page else answer  # type: ignore[union-attr]

    press.content = Changed()


def check_herald(press: Press, tmp_path: Path, *more: str) -> Report:
    return report_of(check("example_herald", connected(press), "--to", str(tmp_path / "kept"), "--json", *more))


def test_pages_that_are_none_are_named_with_their_newspaper(herald: Press, tmp_path: Path) -> None:
    """The demo's newest editorial, and the next one's original, are empty shells."""
    report = check_herald(herald, tmp_path)
    assert report["exit"] == 4
    assert set(report["wrong"]) == {"example_herald.page", "example_shimbun.page"}
    assert [page["problem"].partition(":")[0] for page in report["pages"] if page["problem"]] == ["no_body"] * 2


URLS = ("https://herald.example/editorial-guard-the-cables-on-the-seabed/",)


def test_a_renamed_body_is_named(herald: Press, tmp_path: Path) -> None:
    changed(herald, lambda page: page.replace(b"articleBody", b"theBody"))
    report = check_herald(herald, tmp_path, "--url", URLS[0])
    assert report["exit"] == 4
    assert report["wrong"] == ["example_herald.page"]
    assert "no_body" in report["pages"][0]["problem"]
    assert report["pages"][0]["made_of"]["paths"]["densest"]
    assert report["message"] == "example_herald does not read as it should: example_herald.page"


def test_fields_that_the_page_states_and_the_reader_lost_are_named(herald: Press, tmp_path: Path) -> None:
    changed(herald, lambda page: page.replace(b'itemprop="datePublished"', b'itemprop="dateOfIssue"'))
    report = check_herald(herald, tmp_path, "--url", URLS[0])
    assert report["exit"] == 4
    assert set(report["wrong"]) == {"example_herald.published_at", "example_herald.published_on"}
    assert "the page states 20" in field(report["pages"][0], "published_at")["why"]


def test_a_lost_link_line_is_named(herald: Press, tmp_path: Path) -> None:
    words = b"Read the editorial in Japanese"
    changed(herald, lambda page: page.replace(b"original-link", b"orig").replace(words, b"More"))
    report = check_herald(herald, tmp_path, "--url", URLS[0])
    original = field(report["pages"][0], "original")
    assert original["state"] == "look"
    assert "links lead to example_shimbun" in original["why"]
    assert report["exit"] == 0  # one editorial alone may well have none


def test_links_lost_on_every_editorial_are_wrong(tmp_path: Path) -> None:
    with serve(sitemap=True, rest=True, feed=True) as press:
        answer = press.press.answer
        object.__setattr__(press.press, "answer", lambda host, target: _without_links(answer(host, target)))
        done = check("japan_forward", sites(press), "--to", str(tmp_path / "kept"), "--json")
    report = report_of(done)
    assert (report["exit"], report["wrong"]) == (4, ["japan_forward.original"])


def _without_links(resource: Any) -> Any:
    body = resource.body.replace(b"www.sankei.com/article/", b"other.example/article/")
    return (
        replace(resource, body=body)
        if b"Read the editorial" in resource.body or b"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" in resource.body
        else resource
    )


# what cannot be had ---------------------------------------------------------------------------


def test_a_site_that_refuses(herald: Press, tmp_path: Path) -> None:
    changed(herald, lambda page: page)
    for url in URLS:
        herald.instead(HERALD, url.removeprefix(f"https://{HERALD}"), Answer(b"no", status=403))
    report = check_herald(herald, tmp_path, "--url", URLS[0])
    assert report["exit"] == 6
    assert report["pages"][0]["refused"]


def test_a_challenge_is_a_refusal(herald: Press, tmp_path: Path) -> None:
    page = b"<!DOCTYPE html><title>Just a moment...</title><p>Checking your browser</p>"
    herald.instead("www.sankei.com", "/", Answer(page))
    with serve() as press:
        answer = press.press.answer
        object.__setattr__(press.press, "answer", lambda host, target: _challenged(answer(host, target), page))
        done = check("japan_forward", sites(press), "--to", str(tmp_path / "kept"), "--json")
    assert report_of(done)["exit"] == 6


def _challenged(resource: Any, page: bytes) -> Any:
    return replace(resource, body=page) if b"<article" in resource.body else resource


def test_robots_that_forbid_everything(herald: Press, tmp_path: Path) -> None:
    herald.instead(HERALD, "/robots.txt", Answer(b"User-agent: *\nDisallow: /\n", "text/plain"))
    report = check_herald(herald, tmp_path)
    assert report["exit"] == 6
    assert report["pages"] == []
    assert report["robots"][0]["forbids"]


def test_nothing_there(herald: Press, tmp_path: Path) -> None:
    for path in ("/sitemap_index.xml", "/feed/", "/category/editorial/"):
        herald.instead(HERALD, path, Answer(b"gone", status=404))
    find = herald.content.find

    class Empty:
        hosts = herald.content.hosts

        def find(self, host: str, target: str, edition: int) -> Any:
            return find(host, target, edition) if target == "/robots.txt" else None

    herald.content = Empty()
    report = check_herald(herald, tmp_path)
    assert report["exit"] == 3
    assert {listing["status"] for listing in report["listings"]} == {404}


def test_an_address_that_moved_says_so(tmp_path: Path) -> None:
    """What an old form of address answers: the way there, step by step."""
    old = "https://www.sankei.com/column/news/181022/clm1810220001-n1.html"
    with serve() as press:
        done = check("sankei", sites(press), "--to", str(tmp_path / "kept"), "--json", "--url", old)
    (page,) = report_of(done)["pages"]
    assert page["redirected_from"] == [f"{old} (301)"]
    assert page["url"].startswith("https://www.sankei.com/article/20181022-")
    assert next(path for _, path, _ in press.log if path != "/robots.txt") in old
