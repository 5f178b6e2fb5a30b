"""What is asked for is what comes, and of all else it is said why it did not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.export.aligned import Line, change, is_paired, read
from tests.export.conftest import Export, run_export
from tests.export.needing import needs

TEXT_FORMATS = ("jsonl", "csv", "tsv", "parquet", "sqlite", "hf")
Rows = dict[str, list[Line]]


@pytest.fixture
def exported(aligned: Path, export: Export) -> Callable[..., Rows]:
    """`exported(*options)`: the rows in JSON Lines. That each line is written or accounted for is asserted."""

    def exported(*options: str) -> Rows:
        out = export(aligned, "jsonl", *options)
        rows = {table: read(out, table) for table in ("articles", "pairs", "sentences")}
        said = json.loads((out / "provenance.json").read_text("utf-8"))
        for table in ("articles", "pairs"):
            assert len(rows[table]) == said["written"][table]
            assert len(rows[table]) + sum(said["left_out"][table].values()) == len(read(aligned, table))
        ids = {(row["id"], row["version"]) for row in rows["articles"]}
        for row in rows["pairs"]:
            sides = filter(None, (row["translation"], row["original"]))
            assert all((side["id"], side["version"]) in ids for side in sides), (
                "a pair names an article that is not there"
            )
        assert {row["pair_id"] for row in rows["sentences"]} <= {row["id"] for row in rows["pairs"]}
        return rows

    return exported


def test_nothing_asked_is_everything(aligned: Path, exported: Callable[..., Rows]) -> None:
    rows = exported()
    assert [row["id"] for row in rows["articles"]] == [line["id"] for line in read(aligned, "articles")]
    assert len(rows["sentences"]) > 300


@pytest.mark.parametrize("newspaper", ["example_herald", "example_shimbun"])
def test_newspaper_on_either_side(newspaper: str, aligned: Path, exported: Callable[..., Rows]) -> None:
    rows = exported("--newspaper", newspaper)
    of_it = [line["id"] for line in read(aligned, "articles") if line["newspaper"] == newspaper]
    assert set(of_it) <= {row["id"] for row in rows["articles"]}
    sides = {pair["id"]: [pair["id"], (pair["original"] or {"id": ""})["id"]] for pair in read(aligned, "pairs")}
    expected = [one for one, ids in sides.items() if newspaper in (article_id.split(":")[0] for article_id in ids)]
    assert [row["id"] for row in rows["pairs"]] == expected


def test_since_and_until_are_both_included_and_days_in_japan(aligned: Path, exported: Callable[..., Rows]) -> None:
    days = {line["id"]: line["published_on"] for line in read(aligned, "articles")}
    since, until = sorted(days[pair["id"]] for pair in read(aligned, "pairs"))[3:14:10]
    rows = exported("--since", since, "--until", until)
    expected = [pair["id"] for pair in read(aligned, "pairs") if since <= days[pair["id"]] <= until]
    assert [row["id"] for row in rows["pairs"]] == expected
    assert {days[one] for one in expected} >= {since, until}
    alone = {row["id"] for row in rows["articles"] if since <= row["published_on"] <= until}
    assert alone == {one for one, day in days.items() if since <= day <= until}


def test_status_brings_pairs_and_their_sides_alone(aligned: Path, exported: Callable[..., Rows]) -> None:
    rows = exported("--status", "paired", "--status", "gone")
    assert {row["status"] for row in rows["pairs"]} == {"paired", "gone"}
    sides = {side["id"] for row in rows["pairs"] for side in (row["translation"], row["original"]) if side}
    assert {row["id"] for row in rows["articles"]} == sides


def test_access_holds_for_both_sides(exported: Callable[..., Rows]) -> None:
    rows = exported("--access", "free")
    assert {row["access"] for row in rows["articles"]} == {"free"}
    assert "restricted" not in {row["status"] for row in rows["pairs"]}


def test_min_confidence_holds_wherever_a_link_stands(exported: Callable[..., Rows]) -> None:
    rows = exported("--min-confidence", "0.95")
    assert min(row["p_pair"] for row in rows["sentences"]) == 0.95
    for row in rows["pairs"]:
        of_pair = [one for one in rows["sentences"] if one["pair_id"] == row["id"]]
        assert [one["p_pair"] for one in (row["alignment"] or {"sentences": []})["sentences"]] == [
            one["p_pair"] for one in of_pair
        ]
    assert all(row["number"] <= 5 for row in rows["sentences"]), "numbers are those of the whole alignment"


def test_a_sample_is_the_same_and_part_of_a_larger_one(
    exported: Callable[..., Rows], aligned: Path, export: Export
) -> None:
    small = {row["id"] for row in exported("--sample", "4")["pairs"]}
    out = export(aligned, "jsonl", "--sample", "8", to="larger")
    larger = [row["id"] for row in read(out, "pairs")]
    assert len(small) == 4
    assert len(larger) == 8
    assert small < set(larger)
    again = export(aligned, "jsonl", "--sample", "4", to="again")
    assert {row["id"] for row in read(again, "pairs")} == small


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--since", "2026-11-20", "--until", "2026-11-01"), "no day is in between"),
        (("--min-confidence", "1.5"), "from 0 to 1"),
        (("--sample", "0"), "from 1 on"),
        (("--members", "--no-text"), "give one of them"),
        (("--bom",), "for csv and tsv"),
        (("--newspaper", "asahi"), "there are: example_herald, example_shimbun"),
    ],
)
def test_what_makes_no_sense(options: tuple[str, ...], said: str, aligned: Path, tmp_path: Path) -> None:
    done = run_export(aligned, "jsonl", tmp_path / "out", *options)
    assert done.status == 2
    assert said in done.said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "options", [("--since", "yesterday"), ("--format", "xlsx"), ("--status", "lost"), ("--access", "all")]
)
def test_what_is_not_understood(options: tuple[str, ...], aligned: Path, tmp_path: Path) -> None:
    assert run_export(aligned, "jsonl", tmp_path / "out", *options).status == 2


def test_what_nothing_passes(aligned: Path, tmp_path: Path) -> None:
    done = run_export(aligned, "csv", tmp_path / "out", "--until", "1999-12-31")
    assert done.status == 3
    assert f"none of its {len(read(aligned, 'articles'))} versions of articles" in done.said
    assert list(tmp_path.iterdir()) == []


# members ------------------------------------------------------------------------------------------


def member_words(collection: Path) -> list[str]:
    """Words of texts that only members may read."""
    lines = [line for line in read(collection, "articles") if line["access"] == "members"]
    return [block["text"][:20] for line in lines for block in line["blocks"] if block["text"]]


@pytest.mark.parametrize("name", [*TEXT_FORMATS, "tmx", "moses"])
def test_members_text_comes_only_when_asked_by_name(name: str, aligned: Path, export: Export) -> None:
    words = member_words(aligned)
    assert words
    without = all_words(export(aligned, name, to="without"))
    assert not any(word in without for word in words)
    with_it = all_words(export(aligned, name, "--members", to="with"))
    assert any(word in with_it for word in words)


def test_members_rows_keep_their_metadata_and_say_why(aligned: Path, export: Export) -> None:
    rows = [row for row in read(export(aligned, "jsonl"), "articles") if row["access"] == "members"]
    lines = [line for line in read(aligned, "articles") if line["access"] == "members"]
    assert rows
    for row, line in zip(rows, lines, strict=True):
        assert (row["text"], row["standfirst"], row["withheld"]) == (None, None, "members")
        assert all(block["text"] is block["caption"] is block["alt"] is None for block in row["blocks"])
        assert (row["headline"], row["text_digest"], row["capture"]) == (
            line["headline"],
            line["text_digest"],
            line["capture"],
        )


def test_warnings_do_not_quote_what_is_kept_back(aligned: Path, export: Export) -> None:
    out = export(aligned, "jsonl")
    (pair,) = (pair for pair in read(out, "pairs") if pair["status"] == "restricted")
    of_pair = [row for row in read(out, "sentences") if row["pair_id"] == pair["id"]]
    for links in (pair["alignment"]["sentences"], of_pair):
        assert [warning for link in links for warning in link["warnings"]] == ["number"]


# without text -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_no_text_holds_no_words_at_all(name: str, aligned: Path, export: Export) -> None:
    found = all_words(export(aligned, name, "--no-text"))
    assert found
    for line in read(aligned, "articles"):
        for words in words_of(line):
            assert words not in found, words
    for pair in read(aligned, "pairs"):
        assert not pair["evidence"]["wording"] or pair["evidence"]["wording"] not in found


def words_of(line: Line) -> list[str]:
    """Whatever a page says in an article, in pieces that stand nowhere by chance."""
    texts = [line["headline"], line["headline_raw"], line["standfirst"], *line["text"].split("\n\n")]
    texts += [block[name] for block in line["blocks"] for name in ("caption", "alt")]
    texts += [one["wording"] for one in (line["original"] or {"candidates": []})["candidates"]]
    return [words for words in texts if words]


def test_no_text_still_leads_to_every_sentence(aligned: Path, export: Export) -> None:
    without = read(export(aligned, "jsonl", "--no-text", to="a"), "sentences")
    with_it = read(export(aligned, "jsonl", "--members", to="b"), "sentences")
    texts = {(line["id"], line["version"]): line["text"] for line in read(aligned, "articles")}
    for row, other in zip(without, with_it, strict=True):
        text = texts[row["original_id"], row["original_version"]]
        assert "".join(text[one["start"] : one["end"]] for one in row["original_spans"]) == (
            other["original_text"] or ""
        )
        assert row["original_text_digest"] == other["original_text_digest"]
        assert row["warnings"] == [one.partition(":")[0] for one in other["warnings"]]


@pytest.mark.parametrize("name", ["tmx", "moses"])
def test_what_is_nothing_without_text(name: str, aligned: Path, tmp_path: Path) -> None:
    done = run_export(aligned, name, tmp_path / "out", "--no-text")
    assert done.status == 2
    assert "jsonl, csv, tsv, parquet, sqlite, hf" in done.said


def all_words(path: Path) -> str:
    """Everything an export says: Parquet's values taken out of their compression, all other files as they are."""
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    said = []
    for file in files:
        if file.suffix == ".parquet":
            rows = needs("pyarrow.parquet").read_table(file).to_pylist()
            said.append(json.dumps(rows, ensure_ascii=False, default=str).replace("\\n", "\n"))
        else:
            said.append(file.read_bytes().decode("utf-8", "replace"))
    return "\n".join(said)


def test_one_day_without_a_date(collection: Path, export: Export) -> None:
    pair = next(filter(is_paired, read(collection, "pairs")))
    change(collection, "articles", lambda line: bool(line["id"] == pair["id"]), {"published_on": None})
    out = export(collection, "jsonl", "--since", "2000-01-01")
    assert pair["id"] not in {row["id"] for row in read(out, "pairs")}
    said = json.loads((out / "provenance.json").read_text("utf-8"))
    assert said["left_out"]["pairs"] == {"no_day": 1}
