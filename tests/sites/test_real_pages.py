"""Real pages under their real names, through --connect-to: one JAPAN Forward page set around the seed, and Sankei's."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.press import Answer, Press, Raw
from tests.readers.layouts import LAYOUTS, story_from_text

pytestmark = pytest.mark.realpages

FORWARD, SANKEI = "japan-forward.com", "www.sankei.com"
EDITORIAL = f"https://{FORWARD}/editorial-a-made-up-page/"
ORIGINAL = f"https://{SANKEI}/article/20230331-A7DCHCX5PNI6BHT3VAYCMXNJTU/"
ROBOTS = Answer(b"User-agent: *\nAllow: /\nSitemap: https://japan-forward.com/sitemap.xml\n", "text/plain")
SITEMAP = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>'
    f"{EDITORIAL}</loc><lastmod>2023-07-19T09:00:00+09:00</lastmod></url></urlset>"
)


class RealPages:
    """Serves the seed's page in one layout, and every real Sankei page at its own address."""

    hosts = (FORWARD, SANKEI)

    def __init__(self, shared: Path, layout: str, original: str) -> None:
        seed = (shared / "seed" / "editorial.txt").read_text("utf-8")
        page = LAYOUTS[layout](story_from_text(seed, original)).encode()
        self._answers = {
            (FORWARD, "/robots.txt"): ROBOTS,
            (FORWARD, "/sitemap.xml"): Answer(SITEMAP.encode(), "application/xml"),
            (FORWARD, urlsplit(EDITORIAL).path): Answer(page),
        }
        for name, url in manifest(shared):
            if name.startswith("sankei/"):
                body = gzip.decompress((shared / "pages" / name).read_bytes())
                self._answers[SANKEI, urlsplit(url).path] = Answer(body)

    def find(self, host: str, target: str, edition: int) -> Answer | Raw | None:
        return self._answers.get((host, target))


def manifest(shared: Path) -> list[tuple[str, str]]:
    rows = (shared / "pages" / "MANIFEST.tsv").read_text("utf-8").splitlines()[1:]
    return [(columns[0], columns[4]) for columns in (row.split("\t") for row in rows)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_seed_and_its_original(layout: str, tmp_path: Path) -> None:
    articles, pairs = crawled(layout, ORIGINAL, tmp_path / "collection")
    (pair,) = pairs
    assert (pair["status"], pair["original_url"], pair["evidence"]["method"]) == ("paired", ORIGINAL, "link")
    original = articles[pair["original"]["id"]]
    paragraphs = [block["text"] for block in original["blocks"]]
    assert {block["kind"] for block in original["blocks"]} == {"paragraph"}
    assert (len(paragraphs), sum(map(len, paragraphs))) == (11, 890)
    assert (original["label"], original["kind"], original["access"]) == ("主張", "editorial", "free")
    assert original["published_at"] == "2023-03-31T05:00:01+09:00"
    assert original["published_on"] == "2023-03-31"
    translation = articles[pair["id"]]
    assert translation["section"] == "Politics & Security"
    assert len([block for block in translation["blocks"] if block["kind"] == "figure"]) == 3
    assert translation["byline"] == "Editorial Board, The Sankei Shimbun"


def test_a_members_only_original(tmp_path: Path) -> None:
    members = next(url for name, url in manifest(shared()) if name.endswith("koron-000017.html.gz"))
    articles, pairs = crawled("zox", members, tmp_path / "collection")
    (pair,) = pairs
    assert pair["status"] == "restricted"
    original = articles[pair["original"]["id"]]
    assert (original["access"], original["truncated"]) == ("members", True)


def shared() -> Path:
    return Path(os.environ["GENBUN_REAL_PAGES"])


def crawled(layout: str, original: str, folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Articles by id, and pairs."""
    with Press(RealPages(shared(), layout, original)) as press:
        command = [sys.executable, "-m", "crawler.commands.main", "crawl", "japan_forward", "--to", str(folder)]
        command += ["--delay", "0", "--no-requisites"]
        for host in (FORWARD, SANKEI):
            command += ["--connect-to", f"{host}={press.origin}"]
        done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (folder / "records" / "articles.jsonl").read_text("utf-8").splitlines()]
    pairs = [json.loads(line) for line in (folder / "records" / "pairs.jsonl").read_text("utf-8").splitlines()]
    return {line["id"]: line for line in lines}, pairs
