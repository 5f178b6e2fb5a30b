"""A press whose pages no link joins: pairs are found by likeness, in the records as in a rebuild."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.likeness import LEAST
from crawler.press import Answer, Press, demo
from crawler.press.addresses import HERALD, SHIMBUN
from tests.crawl.answers import CASES, herald_path, shimbun_path
from tests.crawl.crawling import Left, assert_same_lines, crawl, crawled, genbun, rebuilt

BOTH_WERE_READ = {"restricted", "paired"}


@pytest.fixture
def press() -> Iterator[Press]:
    """The demo's press."""
    with Press(demo()) as press:
        yield press


def without_links(press: Press) -> None:
    """Nothing on the newspaper's pages leads to its originals any more."""
    for key in CASES:
        page = press.content.find(HERALD, herald_path(key), 1)
        if isinstance(page, Answer) and page.status == 200:
            press.instead(HERALD, herald_path(key), Answer(page.body.replace(SHIMBUN.encode(), b"elsewhere.invalid")))


def joined(left: Left) -> dict[str, str]:
    """The translation's address → its original's, where it has one."""
    return {
        one["translation"]["url"]: one["original"]["url"] for one in left.lines("pairs") if one["original"] is not None
    }


def test_an_originals_paper_alone_gives_articles_and_no_pairs(press: Press, tmp_path: Path) -> None:
    assert crawl(press, tmp_path / "c", "--no-requisites", newspaper="example_shimbun").status == 0
    left = Left(tmp_path / "c")
    assert {one["newspaper"] for one in left.lines("articles")} == {"example_shimbun"}
    assert left.lines("pairs") == []


def test_one_crawl_finds_them_by_itself(press: Press, tmp_path: Path) -> None:
    by_links = crawled(press, tmp_path / "with")
    without_links(press)
    left = crawled(press, tmp_path / "c", "--set", "SEARCH=True")
    assert joined(left) == joined(by_links)
    search = left.receipt["search"]
    assert search["newspaper"] == "example_shimbun"
    assert search["editorials"] >= len(joined(left))
    assert left.receipt["classes"]["original"]["asked"] <= search["editorials"]
    days = [one["published_on"] for one in left.lines("articles") if one["newspaper"] == "example_shimbun"]
    assert days
    assert search["since"] <= min(days)
    assert max(days) <= search["until"]
    asked = len(press.exchanges)
    assert crawl(press, left.path, "--no-requisites", "--recheck", "none", "--set", "SEARCH=True").status == 0
    again = [one for one in press.exchanges[asked:] if one.host == SHIMBUN]
    assert again == [], "nothing is looked for twice when nothing is new"
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


def test_what_belongs_together_is_paired_and_nothing_else(press: Press, tmp_path: Path) -> None:
    by_links = crawled(press, tmp_path / "with")
    without_links(press)
    left = crawled(press, tmp_path / "c")
    assert joined(left) == {}
    assert crawl(press, tmp_path / "c", "--no-requisites", newspaper="example_shimbun").status == 0
    assert joined(left) == joined(by_links)
    for pair in left.lines("pairs"):
        evidence = pair["evidence"]
        if pair["status"] in BOTH_WERE_READ:
            assert evidence["method"] == "likeness"
            assert LEAST <= evidence["confidence"] < 1
            assert evidence["runner_up"] is None or evidence["runner_up"]["confidence"] < 1 - LEAST
        else:
            assert (pair["status"], evidence["method"], evidence["confidence"]) == ("no_link", None, 0)
            assert "below 0.80" in evidence["detail"]
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))
    assert genbun("verify", str(left.path)).status == 0


def test_a_dead_link_falls_through_and_says_so(press: Press, tmp_path: Path) -> None:
    key = "08-rice"
    moved = shimbun_path(key)
    press.instead(SHIMBUN, moved, Answer(b"gone\n", "text/plain", status=410))
    left = crawled(press, tmp_path / "c")
    assert left.statuses()[CASES[key].url] == "gone"
    press.instead(SHIMBUN, moved)
    elsewhere = moved.replace("20261015", "20261014")  # the same article, at an address that nobody names
    page = press.content.find(SHIMBUN, moved, 1)
    assert isinstance(page, Answer)
    press.instead(SHIMBUN, moved, Answer(b"gone\n", "text/plain", status=410))
    press.instead(SHIMBUN, elsewhere, Answer(page.body.replace(moved.encode(), elsewhere.encode())))
    url = f"https://{SHIMBUN}{elsewhere}"
    assert crawl(press, left.path, "--no-requisites", "--url", url, newspaper="example_shimbun").status == 0
    (pair,) = (one for one in left.lines("pairs") if one["translation"]["url"] == CASES[key].url)
    assert (pair["status"], pair["original"]["url"]) == ("paired", url)
    assert pair["original_url"] == CASES[key].original_url
    assert (pair["evidence"]["method"], pair["evidence"]["link_status"]) == ("likeness", "gone")


def test_verify_finds_a_confidence_that_was_changed(press: Press, tmp_path: Path) -> None:
    without_links(press)
    left = crawled(press, tmp_path / "c", "--limit", "3")
    assert crawl(press, left.path, "--no-requisites", newspaper="example_shimbun").status == 0
    path = left.path / "records" / "pairs.jsonl"
    lines = left.lines("pairs")
    changed = next(one for one in lines if one["evidence"]["method"] == "likeness")
    changed["evidence"]["confidence"] = 0.85
    path.write_text("".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in lines))
    done = genbun("verify", str(left.path))
    assert done.status == 4
    assert "evidence" in done.out + done.err
