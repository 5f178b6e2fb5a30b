"""`genbun newspapers check` against the press built from SITES.md: what it asks, and what it says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archives.collection import Collection
from crawler.press import Press
from crawler.press.addresses import SHIMBUN
from tests.checking.checks import check, field, report_of, sites
from tests.crawl.crawling import Done, connected, genbun
from tests.sites_press.server import serve


class Checked:
    """One check, and what was asked for it."""

    def __init__(self, done: Done, asked: list[tuple[str, str, int]]) -> None:
        self.done, self.asked, self.report = done, asked, report_of(done)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """JAPAN Forward, every way of it answering."""
    to = tmp_path_factory.mktemp("check") / "kept"
    with serve(sitemap=True, rest=True, feed=True) as press:
        done = check("japan_forward", sites(press), "--to", str(to), "--json")
        return Checked(done, list(press.log))


# what it asks ---------------------------------------------------------------------------------


def test_it_asks_no_more_than_it_says(checked: Checked) -> None:
    """robots.txt of both, one listing of each way (and an index's newest child), two editorials, their originals."""
    paths = [(host, path.partition("?")[0]) for host, path, _ in checked.asked]
    assert len(paths) == len(set(paths)) == 11
    assert [path for host, path in paths if host == "japan-forward.com"][:1] == ["/robots.txt"]
    assert sum(1 for _, path in paths if "sitemap" in path) == 2
    assert {path for _, path in paths} >= {
        "/feed/",
        "/wp-json/wp/v2/posts",
        "/category/diplomacy-security/",
        "/post-sitemap2.xml",
    }
    articles = [path for host, path in paths if host == "www.sankei.com" and path != "/robots.txt"]
    assert len(articles) == 2
    assert checked.report["requests"] == 11


def test_no_images_or_styles_are_asked(checked: Checked) -> None:
    assert not any(path.endswith((".jpg", ".png", ".css", ".js", ".webp")) for _, path, _ in checked.asked)


def test_what_came_is_kept_as_a_collection(checked: Checked) -> None:
    collection = Collection(Path(checked.report["collection"]))
    assert collection.warcs()
    assert len((collection.records / "articles.jsonl").read_text("utf-8").splitlines()) == 4
    verified = genbun("verify", str(collection.path), "--integrity")
    assert verified.status == 0, verified.out + verified.err


# what it says ---------------------------------------------------------------------------------


def test_it_reads(checked: Checked) -> None:
    assert (checked.done.status, checked.report["wrong"]) == (0, [])
    assert [page["class"] for page in checked.report["pages"]] == ["editorial", "original"] * 2
    assert {page["newspaper"] for page in checked.report["pages"]} == {"japan_forward", "sankei"}
    assert checked.report["message"] == "japan_forward reads: 4 pages"


def test_every_field_is_there_with_its_signal(checked: Checked) -> None:
    editorial = checked.report["pages"][0]
    names = [one["name"] for one in editorial["fields"]]
    assert names == [
        "id", "language", "kind", "url", "section", "label", "headline", "headline_raw", "standfirst", "byline",
        "published_at", "modified_at", "published_on", "blocks", "figures", "text", "original", "access", "truncated",
    ]  # fmt: skip
    assert field(editorial, "headline")["signal"] == "json-ld"
    assert field(editorial, "text")["signal"] == "entry-content"
    assert field(editorial, "original")["signal"] == "link_line"
    assert {one["state"] for one in editorial["fields"]} <= {"read", "absent"}
    assert editorial["found"][0]["title"].startswith("EDITORIAL | ")


def test_a_null_says_whether_it_is_expected(checked: Checked) -> None:
    original = checked.report["pages"][1]
    assert field(original, "standfirst")["state"] == "absent"
    assert "the reader says: the paper sets none" in field(original, "standfirst")["why"]
    assert "a company is no author" in field(original, "byline")["why"]


def test_the_open_questions_of_the_site_are_answered(checked: Checked) -> None:
    ways = {listing["way"]: listing for listing in checked.report["listings"] if listing["lines"]}
    assert set(ways) == {"sitemap", "feed", "rest", "archive"}
    assert ways["rest"]["total"] == "58"
    assert ways["feed"]["full_text"].startswith("whole articles")
    assert ways["rest"]["told"]["editorial"] > 20
    assert checked.report["robots"][0]["sitemaps"] == ["https://japan-forward.com/sitemap_index.xml"]
    assert "Disallow: /wp-admin/" in checked.report["robots"][0]["text"]
    assert checked.report["not_asked"] == ["month"]
    made = checked.report["pages"][0]["made_of"]
    assert made["themes"] == ["forward-blocks"]
    assert "Article" in made["json_ld"]
    assert made["body_class"].startswith("single single-post")
    assert made["containers"][0]["known"] == "entry-content"
    assert made["images"]["hosts"]
    assert {line["wording"] for line in made["link_lines"]} & {
        "(Read the editorial in Japanese.)",
        "Read the editorial in Japanese",
    }
    assert made["link_lines"][0]["hrefs"][0][1].startswith("https://www.sankei.com/article/")
    assert made["paths"]["first paragraph"].endswith("div.entry-content.wp-block-post-content > p")
    original = checked.report["pages"][1]["made_of"]
    assert original["access"]["content_code"] == "free"
    assert original["frameworks"] == ["Arc/Fusion"]


def test_a_fixture_command_for_each_page(checked: Checked) -> None:
    collection = checked.report["collection"]
    assert checked.report["fixtures"] == [
        f"genbun fixture add {collection} {page['url']}" for page in checked.report["pages"]
    ]


def test_for_people_it_says_the_same(tmp_path: Path) -> None:
    with serve(sitemap=True, rest=False, feed=True) as press:
        done = check("japan_forward", sites(press), "--to", str(tmp_path / "kept"))
    assert done.status == 0, done.out
    lines = done.out.splitlines()
    assert lines[-1] == "japan_forward reads: 4 pages"
    assert "    says: rest_disabled: The REST API on this site is restricted." in lines
    assert f"  genbun fixture add {tmp_path / 'kept'} " in done.out
    assert any(line.startswith("  · headline      Rice Reserves") for line in lines)
    assert "南鳥島のレアアース泥　採掘を国家事業に" in done.out  # U+3000 stays


# usage ----------------------------------------------------------------------------------------


def test_a_real_host_needs_a_contact(tmp_path: Path) -> None:
    done = genbun("newspapers", "check", "japan_forward", env={"TMPDIR": str(tmp_path)})
    assert done.status == 2
    assert "--contact" in done.said
    assert list(tmp_path.iterdir()) == []  # nothing was asked, and no folder is left behind


@pytest.mark.parametrize("make", ["file", "collection"])
def test_a_folder_that_holds_something_is_left_alone(herald: Press, tmp_path: Path, make: str) -> None:
    to = tmp_path / "kept"
    if make == "file":
        to.mkdir()
        (to / "mine.txt").write_text("mine")
    else:
        Collection(to).create()
    done = check("example_herald", connected(herald), "--to", str(to))
    assert done.status == 2
    assert "is there already" in done.said
    assert herald.exchanges == []


def test_an_unknown_newspaper(tmp_path: Path) -> None:
    done = genbun("newspapers", "check", "the_times")
    assert done.status == 2
    assert "no newspaper is called 'the_times'" in done.said


def test_the_list_is_still_the_list() -> None:
    done = genbun("newspapers")
    assert done.status == 0
    listed = [line.split()[0] for line in done.out.splitlines()]
    papers = "asahi asahi_ajw japan_forward mainichi nikkei sankei the_japan_news the_mainichi yomiuri"
    assert listed == papers.split()
    assert SHIMBUN not in done.out
