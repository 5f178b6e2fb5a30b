"""A crawl of the press that was built from SITES.md alone: every pair, every field, whichever listings work."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.sites_press.press import truth
from tests.sites_press.server import serve

HOSTS = ("japan-forward.com", "*.japan-forward.com", "sankei.com", "*.sankei.com")
WAYS = {
    "sitemaps": {"sitemap": True, "rest": False, "feed": True},
    "rest": {"sitemap": False, "rest": True, "feed": False},
    "archives": {"sitemap": False, "rest": False, "feed": False},
}
TRUTH = truth()
EDITORIALS = TRUTH["editorials"]

Lines = dict[str, dict[str, Any]]


class Crawled:
    """What a crawl left: lines by id, and what the server was asked."""

    def __init__(self, folder: Path, asked: list[tuple[str, str, int]]) -> None:
        self.articles = {line["id"]: line for line in lines(folder, "articles")}
        self.pairs = {line["id"]: line for line in lines(folder, "pairs")}
        self.asked = asked


def lines(folder: Path, kind: str) -> Iterator[dict[str, Any]]:
    for line in (folder / "records" / f"{kind}.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


@pytest.fixture(scope="module", params=WAYS)
def crawled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder = tmp_path_factory.mktemp("sites") / "collection"
    with serve(**WAYS[request.param]) as press:
        command = [sys.executable, "-m", "crawler.commands.main", "crawl", "japan_forward", "--to", str(folder)]
        command += ["--delay", "0", "--no-requisites"]
        for host in HOSTS:
            command += ["--connect-to", f"{host}={press.origin}"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return Crawled(folder, list(press.log))


def test_every_editorial_has_its_pair_line(crawled: Crawled) -> None:
    assert set(crawled.pairs) == {one["id"] for one in EDITORIALS}


def test_pair_statuses(crawled: Crawled) -> None:
    got = {id: line["status"] for id, line in crawled.pairs.items()}
    wrong = {
        one["id"]: (got[one["id"]], one["status"])
        for one in EDITORIALS
        if got[one["id"]] not in {one["status"], *one.get("status_also", ())}
    }
    assert wrong == {}


def test_originals_are_the_declared_ones(crawled: Crawled) -> None:
    for one in EDITORIALS:
        pair = crawled.pairs[one["id"]]
        if one["original"] is not None and pair["status"] in ("paired", "restricted") and "status_also" not in one:
            assert pair["original"]["id"] == one["original"]["id"], one["id"]
            assert pair["lag_days"] == one["lag_days"], one["id"]


@pytest.mark.parametrize(
    "field",
    ["headline", "headline_raw", "label", "section", "standfirst", "byline", "published_on", "published_at", "text"],
)
def test_translations_field_by_field(crawled: Crawled, field: str) -> None:
    wrong = {}
    for one in EDITORIALS:
        if f"{field}_open" in one:
            continue
        got = crawled.articles[one["id"]][field]
        if not same(field, got, one[field]):
            wrong[one["id"]] = (got, one[field])
    assert wrong == {}


def test_blocks_and_figures(crawled: Crawled) -> None:
    wrong = {}
    for one in EDITORIALS:
        blocks = crawled.articles[one["id"]]["blocks"]
        kinds = [block["kind"] for block in blocks if block["kind"] != "figure"]
        expected = [kind for kind in one["blocks"] if kind != "figure"]
        if kinds != expected and "blocks_open" not in one:
            wrong[one["id"]] = (kinds, expected)
        figures = [(block["caption"], block["credit"]) for block in blocks if block["kind"] == "figure"]
        printed = [(figure["caption"], figure["credit"]) for figure in one["figures"]]
        open_ones = any(name.endswith("_open") for figure in one["figures"] for name in figure)
        if figures != printed and "figures_open" not in one and not open_ones:
            wrong[one["id"]] = (figures, printed)
    assert wrong == {}


@pytest.mark.parametrize(
    "field", ["headline", "label", "published_on", "published_at", "text", "access", "truncated", "kind"]
)
def test_originals_field_by_field(crawled: Crawled, field: str) -> None:
    wrong = {}
    for one in EDITORIALS:
        original = one["original"]
        if (
            original is None
            or f"{field}_open" in original
            or "open" in original
            or original["id"] not in crawled.articles
        ):
            continue
        if field == "access" and original["era"] == "old":
            continue  # the old layout says nothing of access: "unknown" is as right as "free"
        got = crawled.articles[original["id"]][field]
        if not same(field, got, original[field]):
            wrong[original["id"]] = (got, original[field])
    assert wrong == {}


def test_nothing_else_became_an_editorial(crawled: Crawled) -> None:
    editorials = {line["url"] for line in crawled.articles.values() if line["kind"] == "editorial"}
    others = {url for group in TRUTH["not_editorials"].values() for url in group}
    assert editorials & others == set()
    citations = {one["id"] if isinstance(one, dict) else one for one in TRUTH["sankei_not_originals"]}
    assert not citations & {pair["original"]["id"] for pair in crawled.pairs.values() if pair["original"]}


def same(field: str, got: object, expected: object) -> bool:
    """Instants are compared as instants: which zone a page states is not what is asked here."""
    if field == "published_at" and isinstance(got, str) and isinstance(expected, str):
        return datetime.fromisoformat(got) == datetime.fromisoformat(expected)
    if field == "headline_raw" and isinstance(got, str):
        got = got.removesuffix(" | JAPAN Forward")  # as found: a page's title names the site behind the headline
    return got == expected
