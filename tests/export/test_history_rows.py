"""What changed between versions, a row a change: complete, with captures and rights, and without what is kept back."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from archives.collection import Collection
from crawler.editions import HistoryLine, applied, histories
from crawler.editions.records import Place, TextChange
from crawler.text import digest_of
from tests.export.aligned import Line, align_all, is_paired, read, write
from tests.export.conftest import Export, run_export
from tests.export.needing import needs
from tests.export.test_filters import TEXT_FORMATS, all_words
from tests.export.test_provenance import said_of

FIGURE: Line = {"kind": "figure", "text": None, "image_url": "https://herald.example/new.png",
                "caption": "A pier nobody drew before.", "credit": "Mio", "alt": "Pier"}  # fmt: skip


@pytest.fixture
def edited(collection: Path) -> Path:
    """A collection in which a translation was edited twice more: words, order, figures, headline, who may read it."""
    pairs = read(collection, "pairs")
    pair = next(pair for pair in pairs if is_paired(pair))
    lines = read(collection, "articles")
    at = next(number for number, line in enumerate(lines) if line["id"] == pair["id"])
    first = lines[at]
    parts = first["text"].split("\n\n")
    second = version(first, 2, [parts[1], parts[0], *parts[2:-1], "A paragraph that came later."], [FIGURE])
    second |= {"headline": "Another headline", "headline_raw": "Another headline"}
    second["rights"] = first["rights"] | {"robots": ["noai"], "tdm_reservation": "reserved"}
    third = version(second, 3, [parts[1].replace("the", "its", 1), *parts[2:-1]], [FIGURE | {"caption": "Otherwise."}])
    third |= {"access": "members"}
    write(collection, "articles", [*lines[: at + 1], second, third, *lines[at + 1 :]])
    pair["translation"] |= {"version": 3, "headline": "Another headline", "capture": third["capture"]}
    write(collection, "pairs", pairs)
    align_all(collection)
    return collection


def version(line: Line, number: int, parts: list[str], figures: list[Line]) -> Line:
    """A later version, captured a day later, of these paragraphs."""
    block = dict.fromkeys(("text", "image_url", "caption", "credit", "alt")) | {"kind": "paragraph"}
    text = "\n\n".join(parts)
    capture = line["capture"] | {
        "record_id": f"<urn:uuid:00000000-0000-4000-8000-{number:012}>",
        "captured_at": f"2027-01-0{number}T00:00:00Z",
    }
    return line | {"version": number, "text": text, "text_digest": digest_of(text), "capture": capture,
                   "blocks": [*figures, *(block | {"text": part} for part in parts)]}  # fmt: skip


def rows_of(collection: Path, export: Export, *options: str) -> list[Line]:
    """The rows, as JSON Lines have them."""
    return read(export(collection, "jsonl", *options), "history")


def counted(line: HistoryLine) -> Iterator[tuple[str, int]]:
    """How many rows each article's history makes."""
    for article in line.articles:
        figures = [figure for one in article.revisions for figure in one.figures]
        of_figures = sum((figure.what != "changed") + len(figure.fields) for figure in figures)
        yield article.id, of_figures + sum(len(one.fields) + len(one.text) for one in article.revisions)


def test_there_is_a_row_for_each_change_that_history_tells(edited: Path, export: Export) -> None:
    rows = rows_of(edited, export, "--members")
    expected = {name: count for line in histories(Collection(edited)) for name, count in counted(line) if count}
    found = {name: list(own) for name, own in groupby(rows, key=lambda row: str(row["article_id"]))}
    assert {name: len(own) for name, own in found.items()} == expected
    assert all([row["number"] for row in own] == list(range(1, len(own) + 1)) for own in found.values())
    assert len(expected) >= 2
    assert {row["unit"] for row in rows} >= {"field", "figure", "paragraph", "sentence"}
    assert {row["what"] for row in rows} >= {"changed", "inserted", "removed", "moved", "reworded"}


def test_the_rows_of_a_text_make_the_new_one_of_the_old(edited: Path, export: Export) -> None:
    texts = {(line["id"], line["version"]): line["text"] for line in read(edited, "articles")}
    rows = [row for row in rows_of(edited, export, "--members") if row["unit"] not in ("field", "figure")]
    revisions = 0
    for (name, old, new), own in groupby(
        rows, key=lambda row: (row["article_id"], row["from_version"], row["to_version"])
    ):
        assert applied(texts[name, old], [change_of(row) for row in own]) == texts[name, new]
        revisions += 1
    assert revisions == 3


def change_of(row: Line) -> TextChange:
    """A row as the change that it tells."""
    old, new = (
        Place(paragraph=row[f"{side}_paragraph"], start=row[f"{side}_start"], end=row[f"{side}_end"],
                    text=row[f"{side}_text"]) if row[f"{side}_text"] is not None else None
        for side in ("old", "new")
    )  # fmt: skip
    return TextChange(what=row["what"], unit=row["unit"], old=old, new=new)


def test_a_row_leads_to_both_captures(edited: Path, export: Export) -> None:
    lines = {(line["id"], line["version"]): line for line in read(edited, "articles")}
    for row in rows_of(edited, export):
        for name in ("from", "to"):
            line = lines[row["article_id"], row[f"{name}_version"]]
            assert row[f"{name}_record_id"] == line["capture"]["record_id"]
            assert row[f"{name}_captured_at"] == line["capture"]["captured_at"]
            assert (row[f"{name}_text_digest"], row[f"{name}_access"]) == (line["text_digest"], line["access"])
        assert row["changed_after"] < row["changed_before"] == row["to_captured_at"]


def test_it_says_what_the_other_side_did_as_history_does(crawled: Path, export: Export) -> None:
    rows = rows_of(crawled, export)
    (line,) = histories(Collection(crawled))
    revisions = [one for article in line.articles for one in article.revisions]
    told = [one.counterparts for revision in revisions for one in revision.fields]
    told += [one.counterparts for revision in revisions for one in revision.text]
    assert len(revisions) == 1
    assert [row["counterparts"] for row in rows] == [[one.model_dump(mode="json") for one in each] for each in told]
    assert [row["followed"] for row in rows] == [each[0].status if each else None for each in told]
    assert {row["followed"] for row in rows} == {None, "unknown"}


def test_rights_that_changed_are_a_change(edited: Path, export: Export) -> None:
    rows = {(row["to_version"], row["field"]): row for row in rows_of(edited, export) if row["unit"] == "field"}
    assert (rows[2, "rights.robots"]["new_text"], rows[2, "rights.tdm_reservation"]["new_text"]) == ("noai", "reserved")
    assert (rows[3, "access"]["old_text"], rows[3, "access"]["new_text"]) == ("free", "members")


# what is kept back --------------------------------------------------------------------------------


def test_words_of_members_pages_stay_back_where_either_version_is_one(edited: Path, export: Export) -> None:
    out = export(edited, "jsonl")
    rows = [row for row in read(out, "history") if row["article_id"].startswith("example_herald:")]
    (first, last) = ([row for row in rows if row["to_version"] == number] for number in (2, 3))
    assert all(row["withheld"] is None for row in first)
    quoting = [row for row in last if row["unit"] in ("paragraph", "sentence", "space") or row["field"] == "caption"]
    assert quoting
    assert all((row["withheld"], row["old_text"], row["new_text"], row["edits"]) == ("members", None, None, [])
               for row in quoting)  # fmt: skip
    assert all(
        row["old_start"] is not None or row["new_start"] is not None for row in quoting if row["unit"] != "figure"
    )
    assert said_of(out)["withheld"]["history"] == {"members": len(quoting)}


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_without_text_no_words_of_a_change_are_there(name: str, edited: Path, export: Export) -> None:
    rows = rows_of(edited, export, "--members")
    words = {row[side] for row in rows for side in ("old_text", "new_text")
             if row["unit"] in ("paragraph", "sentence") or row["field"] in ("headline", "caption")}  # fmt: skip
    words = {one for one in words if one and len(one) > 9}
    assert len(words) > 5
    found = all_words(export(edited, name, "--no-text", to="without"))
    assert not [one for one in words if one in found]


# what is left out ---------------------------------------------------------------------------------


def test_filters_hold_for_changes_too(edited: Path, export: Export) -> None:
    out = export(edited, "jsonl", "--newspaper", "example_herald", "--access", "free")
    assert {(row["article_id"].partition(":")[0], row["to_version"]) for row in read(out, "history")} == {
        ("example_herald", 2)
    }
    assert set(said_of(out)["left_out"]["history"]) >= {"access"}
    out = export(edited, "jsonl", "--leave-out-reserved", to="free")
    kept = {(row["id"], row["version"]) for row in read(out, "articles")}
    for row in read(out, "history"):
        assert {(row["article_id"], row[name]) for name in ("from_version", "to_version")} <= kept


def test_by_status_a_pairs_articles_keep_their_whole_history(edited: Path, export: Export) -> None:
    out = export(edited, "sqlite", "--status", "paired", "--members", to="e.db")
    db = sqlite3.connect(out)
    rows = db.execute("SELECT from_version, from_key, to_version, to_key FROM history WHERE article_id LIKE ?",
                      ("example_herald:%",)).fetchall()  # fmt: skip
    assert {(row[0], row[1] is None, row[2], row[3] is None) for row in rows} == {
        (1, True, 2, True),
        (2, True, 3, False),
    }


def test_no_history_on_request(edited: Path, export: Export) -> None:
    out = export(edited, "jsonl", "--no-history")
    assert read(out, "history") == []
    assert said_of(out)["filters"]["no_history"] is True


# formats ------------------------------------------------------------------------------------------


def test_every_format_with_tables_has_the_same_rows(edited: Path, export: Export, pyarrow: Any) -> None:
    rows = rows_of(edited, export, "--members")
    expected = [(row["article_id"], row["number"], row["what"], row["old_text"], row["new_text"]) for row in rows]
    with (export(edited, "csv", "--members", to="c") / "history.csv").open(encoding="utf-8", newline="") as file:
        found = [
            (row["article_id"], int(row["number"]), row["what"], row["old_text"].removeprefix("'") or None,
             row["new_text"].removeprefix("'") or None) for row in csv.DictReader(file)
        ]  # fmt: skip
    assert found == expected
    parquet = needs("pyarrow.parquet")
    table = parquet.read_table(export(edited, "parquet", "--members", to="p") / "history.parquet")
    assert table.schema.field("changed_after").type == pyarrow.timestamp("us", tz="UTC")
    assert [tuple(row[name] for name in ("article_id", "number", "what", "old_text", "new_text"))
            for row in table.to_pylist()] == expected  # fmt: skip
    assert [row["counterparts"] and row["counterparts"][0]["status"] for row in table.to_pylist()] == [
        row["counterparts"] and row["counterparts"][0]["status"] for row in rows
    ]
    db = sqlite3.connect(export(edited, "sqlite", "--members", to="e.db"))
    assert db.execute("SELECT article_id, number, what, old_text, new_text FROM history").fetchall() == expected
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    joined = "SELECT count(*) FROM history h JOIN articles a ON a.key = h.to_key AND a.version = h.to_version"
    assert db.execute(joined).fetchone() == (len(rows),)


def test_hf_keeps_an_articles_changes_in_its_split(edited: Path, export: Export, pyarrow: Any) -> None:
    parquet, out = needs("pyarrow.parquet"), export(edited, "hf")
    splits = {
        row["id"]: path.stem
        for path in (out / "data" / "articles").iterdir()
        for row in parquet.read_table(path).to_pylist()
    }
    found = [(row["article_id"], path.stem) for path in (out / "data" / "history").iterdir()
             for row in parquet.read_table(path).to_pylist()]  # fmt: skip
    assert found
    assert all(splits[name] == split for name, split in found)
    assert "config_name: history" in (out / "README.md").read_text("utf-8")


def test_without_a_journal_the_archive_is_read_and_says_the_same(
    crawled: Path, collection: Path, export: Export
) -> None:
    expected = rows_of(crawled, export)
    (collection / "journal.sqlite").unlink()
    for kind in ("articles", "pairs"):
        write(collection, kind, read(crawled, kind))
    assert read(export(collection, "jsonl", to="again"), "history") == expected


def test_where_nothing_was_edited_the_table_is_there_and_empty(collection: Path, tmp_path: Path) -> None:
    write(collection, "articles", [line | {"version": 1} for line in latest(collection)])
    pairs = read(collection, "pairs")
    for pair in pairs:
        for side in filter(None, (pair["translation"], pair["original"])):
            side["version"] = 1
    write(collection, "pairs", pairs)
    done = run_export(collection, "jsonl", tmp_path / "out")
    assert "\n  0 changes between versions\n" in done.out
    assert (tmp_path / "out" / "history.jsonl").read_bytes() == b""


def latest(collection: Path) -> list[Line]:
    """The latest version of each article."""
    return list({line["id"]: line for line in read(collection, "articles")}.values())
