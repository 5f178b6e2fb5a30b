"""Every page has an address, a JSON twin and a way to cite it; what it says is what the records say."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.read.serving import Served

TRAIN = "example_herald:editorial-before-the-last-train-leaves"
LINE = "example_shimbun:3H3L6NBEMVWXEOBI2I64Q2GEXZ"
FERRY = "example_herald:editorial-keep-the-kazami-ferry-running"
MEMBERS = "example_herald:editorial-do-not-hurry-to-the-bottom-of-the-sea"
LARGEST = 100_000


def lines(collection: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(one) for one in (collection / "records" / f"{kind}.jsonl").read_text("utf-8").splitlines()]


def uuid(line: dict[str, Any]) -> str:
    return str(line["capture"]["record_id"])[10:-1]


def addresses(collection: Path) -> list[str]:
    found = ["/", "/articles", "/articles?q=病院", "/articles?newspaper=example_shimbun&edited=1", "/problems"]
    found += ["/calendar/2026", "/calendar/2026?newspaper=example_herald"]
    for article in lines(collection, "articles"):
        found += [f"/articles/{article['id']}", f"/articles/{article['id']}/editions", f"/records/{uuid(article)}"]
        found += [f"/records/{uuid(article)}/captured"]
    return found


def test_every_page_has_its_twin_and_is_small(room: Served, collection: Path) -> None:
    for address in addresses(collection):
        page = room.get(address)
        assert page.status == 200, address
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert len(page.body) < LARGEST, address
        path, mark, query = address.partition("?")
        twin = room.get(f"{'/index' if path == '/' else path}.json{mark}{query}")
        assert twin.status == 200, address
        assert twin.json["address"].partition("?")[0] == quote(path, safe="/:"), address
        for form in ("bib", "ris", "csl.json"):
            assert twin.json["cite"][form].strip()
            assert twin.json["cite"][form].splitlines()[0] in unescape(page.text)


def test_a_pair_stands_side_by_side(room: Served, collection: Path) -> None:
    page = room.get(f"/articles/{FERRY}").text
    (pair,) = (one for one in lines(collection, "pairs") if one["id"] == FERRY)
    sides = {one["id"]: one for one in lines(collection, "articles")}
    for side in ("translation", "original"):
        text = sides[pair[side]["id"]]["text"]
        for number, link in enumerate(pair["alignment"]["sentences"], 1):
            for span in link[side]:
                words = text[span["start"] : span["end"]]
                level = (
                    3
                    if not (link["translation"] and link["original"])
                    else sum(link["p_pair"] < one for one in (0.95, 0.8, 0.5))
                )
                assert f'<span class="s l{level}" data-n="{number}">{words}</span>' in unescape(page), words
    assert (
        "found by link, “<bdi>(Read the editorial in Japanese.)</bdi>”, confidence 1.00; it was printed 3 days" in page
    )
    assert 'lang="ja"' in page
    assert "The ferry &#34;Kazami Maru&#34; leaves the port of Aohama" in page
    same = room.get(f"/articles/{pair['original']['id']}").text
    assert "Keep the Kazami Ferry Running" in same, "an original is shown beside its translation"


def test_what_members_alone_may_read_is_marked(room: Served) -> None:
    page = room.get(f"/articles/{MEMBERS}").text
    assert "members only" in page
    assert "not whole: the page showed no more" in page
    assert "Only members may read it whole." in page
    assert "The sentences are not aligned." in page


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ("editorial-a-welcome-that-lasts-longer-than-a-visa", "Names no original."),
        ("editorial-open-the-records-of-the-old-ports", "Original refused."),
        ("editorial-shelters-must-take-in-pets", "Original gone."),
        ("editorial-the-word-for-the-wind-in-october", "Original not readable."),
    ],
)
def test_what_became_of_an_original_is_said(room: Served, article: str, said: str) -> None:
    assert f"<strong>{said}</strong>" in room.get(f"/articles/example_herald:{article}").text


def test_an_edited_article_is_marked_character_by_character(room: Served) -> None:
    page = room.get(f"/articles/{LINE}/editions").text
    assert "赤字は年<del>６億２</del><ins>２億６</ins>千万円に上る。" in page
    assert "<ins>（数字に誤りがあり、訂正しました）</ins>" in page
    assert "<del>数字を示して</del><ins>正しい数字で</ins>" in page
    twin = room.get(f"/articles/{LINE}/editions.json").json
    (revision,) = twin["revisions"]
    assert (revision["from_version"], revision["to_version"]) == (1, 2)
    new = "\n\n".join("".join(words for kind, words in marks if kind != "old") for marks in revision["paragraphs"])
    assert new == room.get(f"/articles/{LINE}.json").json["article"]["text"]


def test_the_shell_lines_fetch_the_bytes(room: Served, collection: Path, tmp_path: Path) -> None:
    (tmp_path / "editorials").symlink_to(collection)
    for article in lines(collection, "articles")[::9]:
        twin = room.get(f"/records/{uuid(article)}.json").json
        capture = article["capture"]
        warc = (collection / capture["warc"]).read_bytes()
        record = gzip.decompress(warc[capture["offset"] : capture["offset"] + capture["length"]])
        first, second, index, *_ = twin["shell"]
        done = subprocess.run(["bash", "-c", first], cwd=tmp_path, capture_output=True)
        assert done.stdout == record
        assert (
            capture["url"].encode() in subprocess.run(["bash", "-c", index], cwd=tmp_path, capture_output=True).stdout
        )
        if shutil.which("warcio"):
            assert subprocess.run(["bash", "-c", second], cwd=tmp_path, capture_output=True).returncode == 0
        page = unescape(room.get(f"/records/{uuid(article)}").text)
        for value in (capture["record_id"], capture["warc"], capture["payload_digest"], f"{capture['offset']:,} bytes"):
            assert value in page


def test_citations_name_the_capture(room: Served, collection: Path) -> None:
    article = next(one for one in lines(collection, "articles") if one["id"] == LINE and one["version"] == 2)
    day = article["capture"]["captured_at"][:10]
    bib, ris, csl = (room.get(f"/records/{uuid(article)}/cite.{form}") for form in ("bib", "ris", "csl.json"))
    assert "title = {{地方鉄道 正しい数字で議論せよ}}" in bib.text
    assert f"urldate = {{{day}}}" in bib.text
    assert "langid = {japanese}" in bib.text
    assert bib.text.count("{") == bib.text.count("}")
    assert ris.text.startswith("TY  - NEWS\r\n")
    assert ris.text.endswith("ER  - \r\n")
    assert f"Y2  - {day.replace('-', '/')}/" in ris.text
    (item,) = csl.json
    assert item["accessed"] == {"date-parts": [[int(part) for part in day.split("-")]]}
    assert item["number"] == article["capture"]["record_id"]
    assert "attachment" in bib.headers["content-disposition"]


def test_a_calendar_shows_days_and_gaps(room: Served) -> None:
    twin = room.get("/calendar/2026.json").json
    herald, shimbun = twin["newspapers"]
    assert (herald["newspaper"], shimbun["newspaper"]) == ("example_herald", "example_shimbun"), "the translating first"
    assert sum(herald["days"].values()) == 19
    assert herald["gaps"] == ["2026-10-26"]
    page = room.get("/calendar/2026").text
    assert '<td class="gap"><span class="away">none</span>' in page
    assert 'aria-label="2026-11-13: 1"' in page
    assert page.count('<td class="no">') == 2 * (12 * 31 - 365)


def test_problems_are_listed_with_what_was_captured(room: Served, collection: Path) -> None:
    page = room.get("/problems").text
    for problem in lines(collection, "problems"):
        assert problem["url"] in page
        if problem["capture"]:
            assert room.get(f"/records/{uuid(problem)}/captured").status == 200


def test_what_is_not_there_is_said(room: Served) -> None:
    for path in ("/articles/example_herald:none", "/records/none", "/calendar/1999", "/calendar/..", "/nothing",
                 "/articles/x/editions", "/records/none/captured", "/records/none/cite.bib",
                 "/assets/../site.py"):  # fmt: skip
        answer = room.get(path)
        assert answer.status == 404, path
        assert "<title>" in answer.text
    for path in ("/articles?since=yesterday", "/articles?status=good", "/articles?page=0", "/articles?page=x"):
        answer = room.get(path)
        assert answer.status == 400, path
        assert "is no" in answer.text
