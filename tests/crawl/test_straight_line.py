"""The straight line, whole: a press, crawled, and everything that the crawl left held against what the press sent."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import fastwarc.warc
import lxml.html
import pytest
from fastwarc.warc import WarcRecordType
from jsonschema import Draft202012Validator

from crawler.lines import SCHEMAS, schema_of
from crawler.models import ArticleLine, Line, PairLine, ProblemLine
from crawler.press import Press, Served, cases, demo
from crawler.press.addresses import HERALD, SHIMBUN
from tests.crawl.crawling import (
    KINDS,
    Left,
    Lines,
    Stored,
    articles_asked,
    assert_balanced,
    assert_same_lines,
    crawl,
    crawled,
    digest,
    genbun,
    member,
    posts,
    rebuilt,
    stored,
)

pytestmark = pytest.mark.xdist_group("crawl-straight-line")

MODELS: dict[str, type[Line]] = {"articles": ArticleLine, "pairs": PairLine, "problems": ProblemLine}
EDITED = ("example_shimbun:3H3L6NBEMVWXEOBI2I64Q2GEXZ",)  # 14-railway.toml: the Shimbun corrected a figure
STAGES = ("first", "again", "edited", "restored")


@dataclass(slots=True)
class Told:
    """Four crawls into one collection: edition 1, edition 1 again, edition 2, and edition 1 once more."""

    stages: dict[str, Left] = field(default_factory=dict)
    served: dict[str, list[Served]] = field(default_factory=dict)
    summaries: dict[str, str] = field(default_factory=dict)

    @property
    def first(self) -> Left:
        """The collection after the first crawl."""
        return self.stages["first"]

    @property
    def last(self) -> Left:
        """The collection after the last crawl."""
        return self.stages["restored"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The story, and the collection as it was after each crawl."""
    folder, told = tmp_path_factory.mktemp("told"), Told()
    with Press(demo(), keep=True) as press:
        for stage, edition in zip(STAGES, (1, 1, 2, 1), strict=True):
            press.edition = edition
            press.exchanges.clear()
            done = crawl(press, folder / "now")
            assert (done.status, done.err) == (0, "")
            shutil.copytree(folder / "now", folder / stage)
            told.stages[stage] = Left(folder / stage)
            told.served[stage] = list(press.exchanges)
            told.summaries[stage] = done.out
    return told


# --- pairs


def test_every_pair_has_the_status_it_ought_to_have(told: Told) -> None:
    expected = {case.url: case.status for case in cases() if case.status is not None}
    for stage in STAGES:
        assert told.stages[stage].statuses() == expected, stage


def test_a_pair_names_what_the_press_says(told: Told) -> None:
    pairs = {pair["translation"]["url"]: pair for pair in told.first.lines("pairs")}
    for case in cases():
        if case.status is not None:
            pair = pairs[case.url]
            assert pair["original_url"] == case.original_url
            assert (pair["original"] is not None) == (case.status in ("paired", "restricted"))


# --- lines


@pytest.mark.parametrize("kind", KINDS)
def test_every_line_fits_its_schema_and_its_model(told: Told, kind: str) -> None:
    schema = json.loads((told.last.path / "records" / "schema" / f"{kind[:-1]}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    text = told.last.text(kind)
    assert text.endswith("\n")
    assert "\\u" not in text, "Japanese is to be readable"
    for line in text.splitlines():
        validator.validate(json.loads(line))
        assert MODELS[kind].model_validate_json(line).line() == line


def test_the_schemas_beside_the_lines_are_the_models(told: Told) -> None:
    folder = told.last.path / "records" / "schema"
    assert {path.stem: path.read_text("utf-8") for path in folder.iterdir()} == {
        name: schema_of(model) for name, model in SCHEMAS.items()
    }


def test_there_is_a_line_for_every_article_that_was_sent(told: Told) -> None:
    read = {line["url"] for line in told.first.lines("articles")}
    unreadable = {line["url"] for line in told.first.lines("problems")}
    editorials = {case.url for case in cases() if not case.kind.startswith("feature")}
    originals = {case.original_url for case in cases() if case.status in ("paired", "restricted")}
    assert editorials - unreadable <= read
    assert len(read) == len(editorials - unreadable) + len(originals)


# --- captures


def test_every_line_leads_to_its_response_record(told: Told) -> None:
    captures = list(captures_of(told.last))
    assert len(captures) > 70
    for capture in captures:
        path = told.last.path / capture["warc"]
        data = member(path, capture["offset"], capture["length"])
        by_warcio(data, capture)
        by_fastwarc(data, capture)


def captures_of(left: Left) -> Iterator[dict[str, Any]]:
    for kind in ("articles", "problems"):
        for line in left.lines(kind):
            if line["capture"]:
                yield line["capture"]
    for pair in left.lines("pairs"):
        yield pair["translation"]["capture"]
        if pair["original"]:
            yield pair["original"]["capture"]


def by_warcio(data: bytes, capture: dict[str, Any]) -> None:
    (record,) = stored(data)
    assert record.type == "response"
    assert record.id == capture["record_id"]
    assert record.url == capture["url"]
    assert record.headers["WARC-Payload-Digest"] == capture["payload_digest"]
    assert moment(record.headers["WARC-Date"]) == moment(capture["captured_at"])
    assert record.block.startswith(b"HTTP/1.1 %d " % capture["status"])
    assert digest(record.payload) == capture["payload_digest"]


def by_fastwarc(data: bytes, capture: dict[str, Any]) -> None:
    (record,) = fastwarc.warc.ArchiveIterator(BytesIO(data), parse_http=False)
    assert record.record_type == WarcRecordType.response
    assert record.headers["WARC-Record-ID"] == capture["record_id"]
    assert record.headers["WARC-Target-URI"] == capture["url"]
    assert record.headers["WARC-Payload-Digest"] == capture["payload_digest"]
    assert moment(record.headers["WARC-Date"]) == moment(capture["captured_at"])


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_a_line_is_what_its_bytes_say(told: Told, tmp_path: Path) -> None:
    """From a line to its bytes, and by `genbun parse` from those bytes back to the line."""
    lines = [line for line in told.last.lines("articles") if line["id"] in EDITED]
    assert len(lines) > 1
    for line in lines:
        capture = line["capture"]
        (record,) = stored(member(told.last.path / capture["warc"], capture["offset"], capture["length"]))
        response, page = tmp_path / "response", tmp_path / "page.html.gz"
        response.write_bytes(record.block)
        done = genbun("parse", str(response), "--url", capture["url"])
        assert json.loads(done.out) == line | {"version": None, "capture": None}
        page.write_bytes(record.payload)
        of_page = json.loads(genbun("parse", str(page), "--url", capture["url"]).out)
        assert {name: of_page[name] for name in line if name not in ("rights", "parser", "version", "capture")} == {
            name: line[name] for name in line if name not in ("rights", "parser", "version", "capture")
        }
        assert (of_page["rights"]["looked_in"], line["rights"]["looked_in"]) == (["page"], ["page", "headers"])


def test_the_index_is_what_cdxj_indexer_makes(told: Told, tmp_path: Path) -> None:
    program, out = str(Path(sys.executable).with_name("cdxj-indexer")), tmp_path / "index.cdxj"
    warcs = [str(path) for path in told.last.warcs]
    subprocess.run([program, "-s", "-o", str(out), *warcs], check=True, capture_output=True)
    lines = out.read_text("utf-8").splitlines()
    not_modified = '"mime": "warc/revisit", "status": "304"'  # pywb answers an empty 304 for these: they are left out
    assert [line for line in lines if not_modified not in line] == told.last.index
    assert told.last.index == sorted(told.last.index, key=str.encode)


def test_every_digest_is_right(told: Told) -> None:
    """By fastwarc for blocks; by the standard library for payloads, as fastwarc knows no chunk extensions."""
    for path in told.last.warcs:
        with path.open("rb") as handle:
            for record in fastwarc.warc.ArchiveIterator(handle, parse_http=False):
                assert record.verify_block_digest(), record.record_id
    for kept in told.last.records():
        if kept.type == "response":
            assert kept.headers["WARC-Payload-Digest"] == digest(kept.payload), kept.url


def test_what_was_kept_is_what_was_sent(told: Told) -> None:
    """Every request and every response of the first crawl, byte for byte, and none besides."""
    served = told.served["first"]
    records = list(told.first.records())
    assert Counter(one.request for one in served) == Counter(of_type(records, "request"))
    assert Counter(one.response for one in served) == Counter(of_type(records, "response"))


def of_type(records: list[Stored], kind: str) -> list[bytes]:
    return [record.block for record in records if record.type == kind]


# --- receipts, robots, evidence


@pytest.mark.parametrize("stage", STAGES)
def test_the_receipt_balances(told: Told, stage: str) -> None:
    left = told.stages[stage]
    assert_balanced(left)
    receipt = left.receipt
    assert receipt["exit"] == 0
    assert receipt["finished"]
    assert receipt["ended_at"] > receipt["started_at"]
    assert receipt["arguments"]["newspaper"] == "example_herald"
    assert receipt["versions"].keys() >= {"genbun", "python", "Scrapy", "warcio"}
    by_class = {klass: row["fetched"] for klass, row in receipt["classes"].items()}
    served = Counter(class_of(one) for one in told.served[stage])
    assert by_class == dict(served)
    assert receipt["fetched"] == len(told.served[stage])


def class_of(one: Served) -> str:
    if one.path == "/robots.txt":
        return "robots"
    if one.host == SHIMBUN and one.path.startswith(("/article/", "/column/")):
        return "original"
    if one.host == HERALD and f"https://{HERALD}{one.path}" in {case.url for case in cases()}:
        return "editorial"
    listings = ("/feed/", "/wp-json/", "/sitemap_index.xml", "/post-sitemap.xml")
    return "listing" if one.host == HERALD and one.path.startswith(listings) else "requisite"


def test_each_address_that_was_not_fetched_is_listed(told: Told) -> None:
    (refused,) = (case.original_url for case in cases() if case.status == "refused")
    (line,) = told.first.outcomes
    assert {name: line[name] for name in ("url", "outcome", "reason")} == {
        "url": refused,
        "outcome": "refused",
        "reason": "robots",
    }
    notes = [record for record in told.first.records() if record.type == "metadata" and record.notes("outcome")]
    assert [record.url for record in notes] == [refused]
    assert notes[0].notes("original-of"), "the expectation is kept with the outcome"


def test_robots_txt_is_asked_first_and_obeyed(told: Told) -> None:
    for stage in STAGES:
        first_of_host: dict[str, str] = {}
        for one in told.served[stage]:
            first_of_host.setdefault(one.host, one.path)
            assert not one.path.startswith(("/premium/", "/search/", "/wp-admin/")), one.path
        assert set(first_of_host.values()) == {"/robots.txt"}


def test_nothing_is_asked_twice(told: Told) -> None:
    for stage in STAGES:
        (_, times), *_ = Counter((one.host, one.path) for one in told.served[stage]).most_common(1)
        assert times == 1


def test_the_archive_knows_which_listing_named_each_editorial(told: Told) -> None:
    found: dict[str, set[str]] = {}
    answers = {record.id: record for record in told.first.records() if record.type == "response"}
    for record in told.first.records():
        if record.type == "metadata" and record.notes("class") == ["editorial"]:
            assert answers[record.headers["WARC-Concurrent-To"]].url == record.url
            notes = [json.loads(note) for note in record.notes("found")]
            assert all(note["url"] and note["listing"] for note in notes)
            found[record.url] = {note["way"] for note in notes}
    editorials = {case.url for case in cases() if not case.kind.startswith("feature")}
    assert set(found) == editorials
    assert all(ways >= {"sitemap", "rest"} for ways in found.values())
    assert any("feed" in ways for ways in found.values())


def test_the_archive_knows_whose_original_a_page_is(told: Told) -> None:
    expected = {case.original_url: case.url for case in cases() if case.original_url and case.status}
    known = {
        record.url: record.notes("original-of")[0]
        for record in told.first.records()
        if record.type == "metadata" and record.notes("original-of")
    }
    assert known.items() >= expected.items()


# --- requisites


def test_what_a_page_needs_was_kept(told: Told) -> None:
    """By a plain reading of each page that is not ours: every img, script and link of a style or icon."""
    kept = {json.loads(line.split(" ", 2)[2])["url"] for line in told.first.index}
    pages = needed = 0
    for record in told.first.records():
        if record.type != "response" or b"text/html" not in record.block[:2000].lower():
            continue
        if class_of_url(told, record.url) not in ("editorial", "original"):
            continue
        pages += 1
        for address in needs(record):
            assert address in kept, f"{record.url} needs {address}"
            needed += 1
    assert pages > 30
    assert needed > 100


def test_what_a_style_sheet_needs_was_kept(told: Told) -> None:
    kept = {json.loads(line.split(" ", 2)[2])["url"].partition("?")[0] for line in told.first.index}
    theme = f"https://{HERALD}/wp-content/themes/print"
    assert kept >= {f"{theme}/style.css", f"{theme}/type.css", f"{theme}/img/paper.png"}


def class_of_url(told: Told, url: str) -> str:
    host, _, path = url.removeprefix("https://").partition("/")
    return next((class_of(one) for one in told.served["first"] if (one.host, one.path) == (host, f"/{path}")), "")


def needs(record: Stored) -> set[str]:
    root = lxml.html.document_fromstring(record.body)
    links = root.xpath("//img/@src | //script/@src | //link[@rel='stylesheet' or @rel='icon']/@href")
    sets = [part.split()[0] for value in root.xpath("//img/@srcset") for part in value.split(", ")]
    return {urljoin(record.url, str(link)) for link in [*links, *sets]}


def test_without_requisites_only_pages_are_asked(press: Press, tmp_path: Path) -> None:
    left = crawled(press, tmp_path / "c")
    assert {class_of(one) for one in press.exchanges} == {"robots", "listing", "editorial", "original"}
    assert left.receipt["classes"]["requisite"]["asked"] == 0
    assert not left.receipt["settings"]["requisites"]
    assert left.statuses() == {case.url: case.status for case in cases() if case.status}
    assert len(posts(press)) == 20
    assert len(articles_asked(press)) == left.receipt["classes"]["original"]["fetched"]


# --- rebuilding


@pytest.mark.parametrize("stage", STAGES)
def test_the_lines_are_those_of_the_archive_alone(told: Told, stage: str, tmp_path: Path) -> None:
    """The backbone: what a crawl wrote, and what is rebuilt from its WARC files, set against set."""
    assert_same_lines(told.stages[stage], rebuilt(told.stages[stage], tmp_path / "again"))


def test_nothing_but_the_archive_is_needed(told: Told, tmp_path: Path) -> None:
    only = tmp_path / "only"
    shutil.copytree(told.last.path / "archive", only / "archive")
    done = genbun("rebuild", str(only))
    assert done.status == 0, done.err
    assert "4 WARC files" in done.out
    assert_same_lines(told.last, Left(only))
    assert sorted(path.name for path in only.iterdir()) == ["archive", "indexes", "records"]


def test_rebuilding_in_place_changes_nothing(told: Told, tmp_path: Path) -> None:
    there = tmp_path / "there"
    shutil.copytree(told.last.path, there)
    for name in ("records", "indexes", "crawls"):
        shutil.rmtree(there / name)
    for path in there.glob("journal.sqlite*"):
        path.unlink()
    assert genbun("rebuild", str(there)).status == 0
    assert_same_lines(told.last, Left(there))
    assert genbun("rebuild", str(there)).status == 0
    assert_same_lines(told.last, Left(there))


def test_a_crawl_goes_on_where_only_the_archive_was_left(told: Told, press: Press, tmp_path: Path) -> None:
    """A restored collection has no journal: the next crawl makes one, and adds revisits to the old records."""
    there = tmp_path / "there"
    shutil.copytree(told.first.path / "archive", there / "archive")
    left = crawled(press, there)
    assert left.text("articles") == told.first.text("articles")
    assert left.receipt["archive"]["revisits"] > 30
    assert_revisits_resolve(left)


# --- crawling again


def test_the_same_again_is_kept_as_revisits(told: Told) -> None:
    first, again = told.first, told.stages["again"]
    assert again.text("articles") == first.text("articles")
    for kind in ("pairs", "problems"):  # a problem's capture is the latest, and small pages are kept whole again
        assert without_captures(again.lines(kind)) == without_captures(first.lines(kind))
    receipt = again.receipt
    assert receipt["archive"]["revisits"] > 80
    assert receipt["archive"]["revisits"] + receipt["archive"]["responses"] == receipt["fetched"]
    small = [record for record in list(again.records()) if record.type == "response"][len(told.served["first"]) :]
    assert all(len(record.payload) < 1024 for record in small), [record.url for record in small]


def without_captures(lines: Lines) -> Lines:
    return [{name: value for name, value in line.items() if name != "capture"} for line in lines]


def test_a_revisit_refers_to_a_response_record_of_the_collection(told: Told) -> None:
    assert_revisits_resolve(told.last)


def assert_revisits_resolve(left: Left) -> None:
    records = {record.id: record for record in left.records()}
    revisits = [record for record in records.values() if record.type == "revisit"]
    assert revisits
    for revisit in revisits:
        original = records[revisit.headers["WARC-Refers-To"]]
        assert original.type == "response"
        if revisit.headers["WARC-Profile"].endswith("/server-not-modified"):
            assert revisit.block.startswith(b"HTTP/1.1 304 ")
        else:
            assert revisit.headers["WARC-Profile"].endswith("/identical-payload-digest")
            assert original.headers["WARC-Payload-Digest"] == revisit.headers["WARC-Payload-Digest"]
        assert original.headers["WARC-Target-URI"] == revisit.headers["WARC-Refers-To-Target-URI"]
        assert original.headers["WARC-Date"] == revisit.headers["WARC-Refers-To-Date"]
        assert original.headers["WARC-Date"] <= revisit.headers["WARC-Date"]
        assert revisit.block.endswith(b"\r\n\r\n"), "the head alone"


def test_the_edited_article_alone_has_a_second_version(told: Told) -> None:
    versions = versions_of(told.stages["edited"])
    assert {name: count for name, count in versions.items() if count > 1} == dict.fromkeys(EDITED, 2)
    before, after = (line for line in told.stages["edited"].lines("articles") if line["id"] == EDITED[0])
    assert (before["version"], after["version"]) == (1, 2)
    assert before["text_digest"] != after["text_digest"]
    assert before["headline"] != after["headline"]
    assert before in told.first.lines("articles"), "a line never changes afterwards"
    (pair,) = (pair for pair in told.stages["edited"].lines("pairs") if pair["original_url"] == after["url"])
    assert pair["original"]["version"] == 2
    assert pair["original"]["capture"] == after["capture"]


def test_a_page_that_changed_around_its_article_has_no_new_version(told: Told) -> None:
    """04-debris: another ranking beside the article, so another payload, and the same article."""
    (url,) = (case.original_url for case in cases() if case.key == "04-debris")
    responses = [
        record for record in told.stages["edited"].records() if record.url == url and record.type == "response"
    ]
    assert len(responses) == 2
    assert sum(line["url"] == url for line in told.stages["edited"].lines("articles")) == 1


def test_going_back_to_the_first_text_is_a_third_version(told: Told) -> None:
    first, second, third = (line for line in told.last.lines("articles") if line["id"] == EDITED[0])
    assert [first["version"], second["version"], third["version"]] == [1, 2, 3]
    assert first["text_digest"] == third["text_digest"] != second["text_digest"]
    assert len({line["capture"]["record_id"] for line in (first, second, third)}) == 3
    assert {name for name, count in versions_of(told.last).items() if count > 1} == set(EDITED)


def versions_of(left: Left) -> Counter[str]:
    return Counter(line["id"] for line in left.lines("articles"))


# --- what is said


def test_the_summary_says_what_was_written_and_where(told: Told) -> None:
    said, left = told.summaries["first"], told.first
    receipt = left.receipt
    assert f"{receipt['asked']} addresses asked = {receipt['fetched']} fetched + 1 refused + 0 failed" in said
    assert "records/articles.jsonl" in said
    assert f"{receipt['records']['pairs']['paired']} paired with their originals" in said
    assert f"crawls/{receipt['id']}.json" in said
    assert "genbun verify" in said
    assert "wayback" in said
