"""`genbun demo`: the whole system in one command, from what is installed alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from crawler.press import cases
from tests.crawl.crawling import Done, Left, assert_same_lines, genbun, rebuilt

pytestmark = pytest.mark.xdist_group("crawl-demo")

STATUSES = {case.url: case.status for case in cases() if case.status}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Left, float]:
    """What the demo printed, what it left, and how long it took; run where no checkout is."""
    folder = tmp_path_factory.mktemp("elsewhere")
    began = time.monotonic()
    done = genbun("demo", "--to", "kept", cwd=folder, env={"PYTHONSAFEPATH": "1", "http_proxy": "http://127.0.0.1:9"})
    return done, Left(folder / "kept"), time.monotonic() - began


def test_it_takes_less_than_twenty_seconds(shown: tuple[Done, Left, float]) -> None:
    done, _, seconds = shown
    assert done.status == 0, done.err
    assert done.err == ""
    assert seconds < 20


def test_it_shows_pairs_problems_and_what_was_edited(shown: tuple[Done, Left, float]) -> None:
    done, left, _ = shown
    for pair in left.lines("pairs"):
        assert pair["translation"]["headline"] in done.out
        if pair["original"]:
            assert pair["original"]["headline"] in done.out
        if pair["status"] not in ("paired", "restricted"):
            assert pair["status"].replace("_", " ") in done.out.replace("_", " ")
    for problem in left.lines("problems"):
        assert problem["url"] in done.out
        assert problem["reason"] in done.out
    (edited,) = (line for line in left.lines("articles") if line["version"] == 2)
    assert f"Edited: {edited['id']}, version 2" in done.out
    for word in ("genbun rebuild kept", "archive/", "records/", "indexes/", "crawls/"):
        assert word in done.out


def test_it_leaves_a_collection_as_every_crawl_does(shown: tuple[Done, Left, float], tmp_path: Path) -> None:
    _, left, _ = shown
    assert left.statuses() == STATUSES
    assert len(left.receipts()) == 2
    assert all(receipt["finished"] for receipt in left.receipts())
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


def test_it_may_be_run_again(shown: tuple[Done, Left, float]) -> None:
    """The press begins with its first edition again: the edited article goes back, and forth."""
    _, left, _ = shown
    done = genbun("demo", "--to", str(left.path))
    assert done.status == 0, done.err
    assert "again" in done.out
    assert left.statuses() == STATUSES
    assert sorted({line["version"] for line in left.lines("articles")}) == [1, 2, 3, 4]


def test_it_has_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "genbun-demo").mkdir()
    (tmp_path / "genbun-demo" / "letter").write_text("dear", "utf-8")
    done = genbun("demo", cwd=tmp_path)
    assert done.status == 2
    assert "genbun-demo" in done.said
    assert [path.name for path in (tmp_path / "genbun-demo").iterdir()] == ["letter"]


def test_its_newspapers_are_shown_by_no_list() -> None:
    listed = genbun("newspapers")
    assert listed.status == 0
    assert "japan_forward" in listed.out
    assert "example" not in listed.out + genbun("newspapers", "--json").out
