"""Rights on every row, in every format; who asks for it leaves out what is reserved, and it is counted."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from crawler.exporting.formats.moses import META
from crawler.models import Rights
from tests.export.aligned import Line, change, read, write
from tests.export.conftest import Export, run_export
from tests.export.needing import needs
from tests.export.test_formats import XML, prop
from tests.export.test_provenance import said_of

SIDES = ("translation", "original")
NAMES = ("robots", "tdm_reservation")
NOTHING: Line = {"robots": None, "tdm_reservation": None, "tdm_policy": None, "license": None,
                 "copyright_notice": None, "unclear": [], "looked_in": ["page", "headers"]}  # fmt: skip


@pytest.fixture
def said(collection: Path) -> Path:
    """A collection in which pages say four different things: nothing, reserved, not reserved, and something unclear."""
    kinds: list[Line] = [
        {},
        {"tdm_reservation": "reserved", "robots": ["noindex", "noai"], "tdm_policy": "https://herald.example/mining"},
        {"tdm_reservation": "not_reserved", "robots": ["none", "max-snippet:20"]},
        {"tdm_reservation": "unclear", "robots": [], "unclear": ["meta robots: ask us", "meta tdm-reservation: yes"]},
    ]
    lines = read(collection, "articles")
    write(collection, "articles", [line | {"rights": NOTHING | kinds[at % 4]} for at, line in enumerate(lines)])
    return collection


def rights_of(collection: Path) -> dict[tuple[str, int], Line]:
    """What each version's page says."""
    return {(line["id"], line["version"]): line["rights"] for line in read(collection, "articles")}


def sides_of(pair: Line) -> list[tuple[str, tuple[str, int]]]:
    """The sides of a pair that are there."""
    return [(name, (pair[name]["id"], pair[name]["version"])) for name in SIDES if pair[name]]


# on every row -------------------------------------------------------------------------------------


def test_the_demos_press_says_different_things(aligned: Path) -> None:
    """So that every other test here sees them: headers and meta tags, as they came over the wire."""
    found = [line["rights"] for line in read(aligned, "articles")]
    assert {rights["tdm_reservation"] for rights in found} == {None, "reserved"}
    assert {tuple(rights["robots"] or ()) for rights in found} >= {(), ("noarchive",), ("noarchive", "noimageindex")}
    assert all(rights["looked_in"] == ["page", "headers"] for rights in found)


def test_jsonl_has_them_on_every_row(said: Path, export: Export) -> None:
    rights, out = rights_of(said), export(said, "jsonl")
    for row in read(out, "articles"):
        assert row["rights"] == rights[row["id"], row["version"]]
    pairs = {row["id"]: row for row in read(out, "pairs")}
    for pair in pairs.values():
        for name, key in sides_of(pair):
            assert [pair[name][one] for one in NAMES] == [rights[key][one] for one in NAMES]
    sentences = read(out, "sentences")
    assert sentences
    for row in sentences:
        for name, key in sides_of(pairs[row["pair_id"]]):
            assert [row[f"{name}_{one}"] for one in NAMES] == [rights[key][one] for one in NAMES]
    changes = read(out, "history")
    assert changes
    for row in changes:
        expected = rights[row["article_id"], row["to_version"]]
        assert [row[one] for one in NAMES] == [expected[one] for one in NAMES]


def test_csv_and_sqlite_have_the_same(said: Path, export: Export) -> None:
    rights = rights_of(said)
    with (export(said, "csv", to="c") / "articles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            expected = rights[row["id"], int(row["version"])]
            assert row["rights_tdm_reservation"] == (expected["tdm_reservation"] or "")
            assert row["rights_robots"] == ("" if expected["robots"] is None else compact(expected["robots"]))
    db = sqlite3.connect(export(said, "sqlite", to="e.db"))
    asked = "SELECT original_id, original_version, original_robots, original_tdm_reservation FROM {}"
    for table in ("pairs", "sentences"):
        for article_id, version, robots, reservation in db.execute(asked.format(table)):
            expected = rights.get((article_id, version), NOTHING)
            assert (json.loads(robots or "null"), reservation) == (expected["robots"], expected["tdm_reservation"])


def compact(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, separators=(",", ":"))


@pytest.mark.parametrize("name", ["parquet", "hf"])
def test_parquet_has_the_same(name: str, said: Path, export: Export, pyarrow: Any) -> None:
    parquet, rights, out = needs("pyarrow.parquet"), rights_of(said), export(said, name)
    rows: dict[str, list[Line]] = {"articles": [], "pairs": [], "sentences": [], "history": []}
    for path in out.rglob("*.parquet"):
        table = next(table for table in rows if table in path.relative_to(out).as_posix())
        rows[table] += parquet.read_table(path).to_pylist()
    assert all(row["rights"] == rights[row["id"], row["version"]] for row in rows["articles"])
    for row in rows["pairs"]:
        assert all(row[name]["robots"] == rights[key]["robots"] for name, key in sides_of(row))
    for row in rows["sentences"]:
        expected = rights[row["original_id"], row["original_version"]]
        assert (row["original_robots"], row["original_tdm_reservation"]) == tuple(expected[one] for one in NAMES)


def test_tmx_has_them_in_props_of_each_side(said: Path, export: Export) -> None:
    rights = rights_of(said)
    by_record = {line["capture"]["record_id"]: rights[line["id"], line["version"]] for line in read(said, "articles")}
    seen: set[str | None] = set()
    for variant in etree.parse(export(said, "tmx", to="e.tmx")).iter("tuv"):
        expected = by_record[prop(variant, "x-record-id") or ""]
        robots = expected["robots"]
        assert prop(variant, "x-robots") == (None if robots is None else ", ".join(robots))
        assert prop(variant, "x-tdm-reservation") == expected["tdm_reservation"]
        assert prop(variant, "x-newspaper")
        assert prop(variant, "x-access")
        seen.add(expected["tdm_reservation"])
        assert variant.get(f"{XML}lang") in ("ja", "en")
    assert len(seen) == 4


def test_moses_has_them_beside_each_line(said: Path, export: Export) -> None:
    rights = rights_of(said)
    lines = (export(said, "moses") / "sentences.meta").read_text("utf-8").splitlines()
    assert lines
    for line in lines:
        row = dict(zip(META, line.split("\t"), strict=True))
        for side, key in (("translation", "pair_id"), ("original", "original_id")):
            expected = rights[row[key], int(row[f"{side}_version"])]
            assert row[f"{side}_robots"] == ", ".join(expected["robots"] or ())
            assert row[f"{side}_tdm_reservation"] == (expected["tdm_reservation"] or "")
            assert row[f"{side}_newspaper"] == row[key].partition(":")[0]


def test_the_card_says_what_is_said(said: Path, export: Export, pyarrow: Any) -> None:
    card = (export(said, "hf") / "README.md").read_text("utf-8")
    counts = Counter(line["rights"]["tdm_reservation"] or "not_said" for line in read(said, "articles")
                     if line["newspaper"] == "example_herald")  # fmt: skip
    for name, count in counts.items():
        assert f"| example_herald | `tdm_reservation` | `{name}` | {count} |" in card
    assert "| `robots` | `max-snippet:20` |" in card


# counted, and left out on request -----------------------------------------------------------------


def test_they_stay_and_are_counted(said: Path, tmp_path: Path) -> None:
    done = run_export(said, "jsonl", tmp_path / "out")
    lines = read(said, "articles")
    provenance = said_of(tmp_path / "out")
    assert len(read(tmp_path / "out", "articles")) == len(lines)
    counted = Counter((line["newspaper"], line["rights"]["tdm_reservation"] or "not_said") for line in lines)
    assert {(paper, one): n for paper, by in provenance["tdm_reservation"].items() for one, n in by.items()} == counted
    rules = Counter((line["newspaper"], rule) for line in lines for rule in said_to_robots(line))
    assert {(paper, rule): n for paper, by in provenance["robots"].items() for rule, n in by.items()} == rules
    reserved = sum(line["rights"]["tdm_reservation"] in ("reserved", "unclear") for line in lines)
    unclear = sum(line["rights"]["tdm_reservation"] == "unclear" for line in lines)
    assert (
        f"mining is reserved: by the pages of {reserved} versions of articles, {unclear} of them unclearly "
        "(--leave-out-reserved leaves them out)" in done.out
    )


def said_to_robots(line: Line) -> list[str]:
    """The rules, or that there are none."""
    robots = line["rights"]["robots"]
    return ["not_said"] if robots is None else robots or ["unclear"]


@pytest.mark.parametrize(
    ("options", "reason", "stays"),
    [
        (["--leave-out-reserved"], "reserved", lambda one: one["tdm_reservation"] in (None, "not_reserved")),
        (["--leave-out-robots", "noai"], "robots", lambda one: "noai" not in (one["robots"] or ())),
        (["--leave-out-robots", "NoIndex"], "robots", lambda one: not {"noindex", "none"} & {*(one["robots"] or ())}),
        (["--leave-out-robots", "max-snippet"], "robots", lambda one: "max-snippet:20" not in (one["robots"] or ())),
        (["--leave-out-robots", "max"], None, lambda one: True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["jsonl", "tmx"])
def test_left_out_on_request_on_either_side(
    name: str, options: list[str], reason: str | None, stays: Any, said: Path, export: Export
) -> None:
    rights, out = rights_of(said), export(said, name, *options)
    kept = {pair["id"] for pair in read(said, "pairs") if all(stays(rights[key]) for _, key in sides_of(pair))}
    provenance = said_of(out)
    count = len(read(said, "pairs")) - len(kept)
    assert provenance["left_out"]["pairs"] == ({reason: count} if reason else {})
    if name == "jsonl":
        assert {row["id"] for row in read(out, "pairs")} == kept
        expected = [key for key, one in rights.items() if stays(one)]
        assert sorted((row["id"], row["version"]) for row in read(out, "articles")) == sorted(expected)
        assert provenance["left_out"]["articles"] == ({reason: len(rights) - len(expected)} if reason else {})
        assert {row["pair_id"] for row in read(out, "sentences")} <= kept
    else:
        units = etree.parse(out).iterfind("body/tu")
        assert {(unit.get("tuid") or "").rpartition("#")[0] for unit in units} <= kept


def test_a_collection_of_before_says_that_nobody_looked(collection: Path, tmp_path: Path) -> None:
    lines = read(collection, "articles")
    for line in lines:
        del line["rights"]
    write(collection, "articles", lines)
    pairs = read(collection, "pairs")
    for pair in pairs:
        for name in ("runner_up", "link_status"):
            pair["evidence"].pop(name, None)
    write(collection, "pairs", pairs)
    for name in ("jsonl", "csv"):
        done = run_export(collection, name, tmp_path / name)
        assert done.status == 0, done.err
        assert f"rights not looked for: {len(lines)} versions of articles, read by an older reader" in done.out
    assert all(row["rights"] == json.loads(Rights().line()) for row in read(tmp_path / "jsonl", "articles"))
    provenance = said_of(tmp_path / "jsonl")
    assert {name for by in provenance["tdm_reservation"].values() for name in by} == {"not_looked"}


def test_members_text_stays_behind_whatever_its_page_says_of_mining(said: Path, export: Export) -> None:
    open_to_mining = {"rights": NOTHING | {"tdm_reservation": "not_reserved"}}
    change(said, "articles", lambda line: bool(line["access"] == "members"), open_to_mining)
    rows = [row for row in read(export(said, "jsonl"), "articles") if row["access"] == "members"]
    assert rows
    assert all(row["text"] is None for row in rows)
