"""Each format, read back by a reader that shares no code with its writer, holds what the collection holds."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shlex
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from crawler.exporting.formats.hf import first_days
from crawler.exporting.formats.search import query_of
from crawler.exporting.rows import TABLES
from crawler.lines import schema_of
from tests.crawl.crawling import genbun as genbun_elsewhere
from tests.export.aligned import Line, read, with_original
from tests.export.conftest import Export, run_export
from tests.export.needing import needs

ALL = ("jsonl", "csv", "tsv", "parquet", "sqlite", "tmx", "moses", "hf")
XML = "{http://www.w3.org/XML/1998/namespace}"
DTD = Path(__file__).with_name("tmx14.dtd")


def held(collection: Path) -> dict[tuple[str, int], Line]:
    """The article lines of a collection."""
    return {(line["id"], line["version"]): line for line in read(collection, "articles")}


def links(collection: Path) -> list[tuple[Line, Line]]:
    """Each link of each alignment, with its pair line."""
    pairs = [pair for pair in read(collection, "pairs") if pair["alignment"]]
    return [(pair, link) for pair in pairs for link in pair["alignment"]["sentences"]]


def words(text: str, spans: list[Line], between: str) -> str:
    """What stands there."""
    return between.join(text[span["start"] : span["end"]] for span in spans)


# jsonl --------------------------------------------------------------------------------------------


def test_jsonl_rows_are_the_lines_and_more(aligned: Path, export: Export) -> None:
    out = export(aligned, "jsonl", "--members")
    rows, lines = read(out, "articles"), read(aligned, "articles")
    for row, line in zip(rows, lines, strict=True):
        assert row | {"schema": line["schema"], "blocks": line["blocks"]} == line | {"withheld": None}
        for block, before in zip(row["blocks"], line["blocks"], strict=True):
            start, end = block.pop("start"), block.pop("end")
            assert block == before
            assert (before["text"] if before["kind"] != "figure" else None) == (
                line["text"][start:end] if end else None
            )
    of_line = {(line["id"], line["version"]): line for line in lines}
    for row, pair in zip(read(out, "pairs"), read(aligned, "pairs"), strict=True):
        assert row["alignment"] == pair["alignment"]
        for side in filter(None, (row["translation"], row["original"])):
            line = of_line[side["id"], side["version"]]
            assert all(side[name] == line[name] for name in ("newspaper", "access", "published_on", "text_digest"))


def test_what_a_crawl_aligned_is_exported(crawled: Path, export: Export) -> None:
    rows = read(export(crawled, "jsonl"), "sentences")
    assert [row["p_pair"] for row in rows] == [link["p_pair"] for _, link in links(crawled)]


def test_a_row_of_sentences_leads_back_to_text_and_record(aligned: Path, export: Export) -> None:
    out = export(aligned, "jsonl", "--members")
    articles = held(aligned)
    for row, (pair, link) in zip(read(out, "sentences"), links(aligned), strict=True):
        assert (row["pair_id"], row["p_pair"], row["warnings"]) == (pair["id"], link["p_pair"], link["warnings"])
        assert row["shape"] == f"{len(link['translation'])}-{len(link['original'])}"
        for side, between in (("translation", " "), ("original", "")):
            line = articles[pair[side]["id"], row[f"{side}_version"]]
            assert row[f"{side}_text"] == (words(line["text"], link[side], between) or None)
            assert row[f"{side}_record_id"] == line["capture"]["record_id"]
            assert row[f"{side}_text_digest"] == line["text_digest"]
            if link[side]:
                part = line["text"].split("\n\n")[row[f"{side}_paragraph"]]
                assert words(line["text"], link[side][:1], "") in part


def test_jsonl_rows_answer_to_the_schemas_beside_them(aligned: Path, export: Export) -> None:
    out = export(aligned, "jsonl")
    for table, model in TABLES.items():
        schema = json.loads((out / "schema" / f"{table}.json").read_text("utf-8"))
        assert schema == json.loads(schema_of(model))
        validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        for row in read(out, table):
            validator.validate(row)
            assert list(row) == list(schema["properties"])


# csv and tsv --------------------------------------------------------------------------------------


def from_csv(path: Path) -> list[dict[str, str]]:
    """As the csv module reads it; one apostrophe is taken off the front of each cell."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: cell.removeprefix("'") for name, cell in row.items()} for row in csv.DictReader(file)]


def from_tsv(path: Path) -> list[dict[str, str | None]]:
    """Lines parted at tabs, as `cut` does, and escapes undone."""
    first, *lines = path.read_text("utf-8-sig").split("\n")[:-1]
    names = first.split("\t")
    return [dict(zip(names, map(untsv, line.split("\t")), strict=True)) for line in lines]


def untsv(cell: str) -> str | None:
    """A cell of TSV as it was."""
    if cell == "\\N":
        return None
    parts = [part.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r") for part in cell.split("\\\\")]
    return "\\".join(parts).removeprefix("'")


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_columns_parted_by_a_mark_hold_every_value(name: str, aligned: Path, export: Export) -> None:
    reader: Callable[[Path], list[Any]] = from_csv if name == "csv" else from_tsv
    out = export(aligned, name, "--members")
    rows = reader(out / f"articles.{name}")
    for row, line in zip(rows, read(aligned, "articles"), strict=True):
        for field in ("id", "headline", "text", "published_on", "access", "newspaper"):
            assert row[field] == line[field]
        assert (row["standfirst"] or None) == line["standfirst"]
        assert (row["capture_offset"], row["truncated"]) == (
            str(line["capture"]["offset"]),
            str(line["truncated"]).lower(),
        )
        assert [block["kind"] for block in json.loads(row["blocks"])] == [block["kind"] for block in line["blocks"]]
        assert all("text" not in block for block in json.loads(row["blocks"]))
    rows = reader(out / f"pairs.{name}")
    for row, pair in zip(rows, read(aligned, "pairs"), strict=True):
        assert (row["id"], row["status"], row["declared_url"] or None) == (
            pair["id"],
            pair["status"],
            pair["original_url"],
        )
        assert (row["original_url"] or None) == (pair["original"] and pair["original"]["url"])
        assert (row["lag_days"] or None) == (None if pair["lag_days"] is None else str(pair["lag_days"]))
    rows = reader(out / f"sentences.{name}")
    assert [float(row["p_pair"]) for row in rows] == [link["p_pair"] for _, link in links(aligned)]


def test_duckdb_reads_csv_and_tsv(aligned: Path, export: Export) -> None:
    duckdb = needs("duckdb")
    lines = sorted((line["id"], line["version"], line["text"]) for line in read(aligned, "articles"))
    out = export(aligned, "csv", "--members", to="c")
    found = duckdb.read_csv(str(out / "articles.csv")).select("id", "version", "text").order("id, version").fetchall()
    assert found == lines
    out = export(aligned, "tsv", "--members", to="t")
    told = r"delim='\t', quote='', nullstr='\N'"
    rows = read(export(aligned, "jsonl", "--members", to="j"), "sentences")
    found = duckdb.sql(
        f"SELECT original_text FROM read_csv('{out}/sentences.tsv', {told}) ORDER BY pair_id, number"  # noqa: S608  # ours
    )
    rows.sort(key=lambda row: (row["pair_id"], row["number"]))
    assert found.fetchall() == [(row["original_text"],) for row in rows]
    found = duckdb.sql(
        r"SELECT id, version, array_to_string(list_transform(string_split(text, '\\'), lambda part:"  # noqa: S608  # ours
        r" replace(replace(replace(part, '\t', chr(9)), '\n', chr(10)), '\r', chr(13))), '\') AS text"
        f" FROM read_csv('{out}/articles.tsv', {told}) ORDER BY id, version"
    )
    assert found.fetchall() == lines


@pytest.mark.parametrize("name", ["csv", "tsv", "parquet"])
def test_the_query_that_is_printed_reads_null_as_null(name: str, aligned: Path, tmp_path: Path) -> None:
    duckdb = needs("duckdb")
    printed = run_export(aligned, name, tmp_path / "out", "--members").out.splitlines()[-1]
    program, option, sql = shlex.split(printed)
    assert (program, option) == ("duckdb", "-c")
    rows = duckdb.sql(sql.replace(" LIMIT 5", ""))
    nulls = len(rows.filter("original_text IS NULL").fetchall())
    assert nulls == sum(not link["original"] for _, link in links(aligned)) > 0


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_bom_is_there_on_request_alone(name: str, aligned: Path, export: Export) -> None:
    without, with_it = export(aligned, name, to="a"), export(aligned, name, "--bom", to="b")
    for table in TABLES:
        data = (without / f"{table}.{name}").read_bytes()
        assert not data.startswith(b"\xef\xbb\xbf")
        assert (with_it / f"{table}.{name}").read_bytes() == b"\xef\xbb\xbf" + data


# parquet ------------------------------------------------------------------------------------------


def test_parquet_has_a_schema_of_its_own_and_all_values(aligned: Path, export: Export, pyarrow: Any) -> None:
    parquet = needs("pyarrow.parquet")
    out = export(aligned, "parquet", "--members")
    table = parquet.read_table(out / "articles.parquet")
    assert table.schema.field("published_at").type == pyarrow.timestamp("us", tz="UTC")
    assert table.schema.field("published_on").type == pyarrow.date32()
    assert pyarrow.types.is_list(table.schema.field("blocks").type)
    assert table.schema.field("text_digest").nullable is False
    for row, line in zip(table.to_pylist(), read(aligned, "articles"), strict=True):
        assert row["text"] == line["text"]
        assert row["capture"]["captured_at"] == dt.datetime.fromisoformat(line["capture"]["captured_at"])
        assert row["published_at"] == (line["published_at"] and dt.datetime.fromisoformat(line["published_at"]))
        assert {one["field"]: one["signal"] for one in row["parser"]["signals"]} == line["parser"]["signals"]
        for block, before in zip(row["blocks"], line["blocks"], strict=True):
            assert block["caption"] == before["caption"]
            assert before["text"] is None or row["text"][block["start"] : block["end"]] == before["text"]
    pairs = parquet.read_table(out / "pairs.parquet").to_pylist()
    for row, pair in zip(pairs, read(aligned, "pairs"), strict=True):
        assert row["alignment"] == pair["alignment"]
        assert (row["original"] and row["original"]["headline"]) == (pair["original"] and pair["original"]["headline"])
    assert {column.compression for column in columns_of(parquet, out / "articles.parquet")} == {"ZSTD"}


def columns_of(parquet: Any, path: Path) -> list[Any]:
    """What the file says of the columns of its first row group."""
    group = parquet.ParquetFile(path).metadata.row_group(0)
    return [group.column(at) for at in range(group.num_columns)]


def test_an_export_without_sentences_has_the_same_schema(
    unaligned: Path, aligned: Path, export: Export, pyarrow: Any
) -> None:
    parquet = needs("pyarrow.parquet")
    empty, full = export(unaligned, "parquet", to="empty"), export(aligned, "parquet", to="full")
    for table in TABLES:
        assert parquet.read_schema(empty / f"{table}.parquet") == parquet.read_schema(full / f"{table}.parquet")
    assert parquet.read_table(empty / "sentences.parquet").num_rows == 0


def test_duckdb_finds_the_words_of_a_block(aligned: Path, export: Export, pyarrow: Any) -> None:
    duckdb = needs("duckdb")
    out = export(aligned, "parquet", "--members")
    blocks = duckdb.read_parquet(str(out / "articles.parquet")).project("text, unnest(blocks) AS b")
    found = blocks.filter("b.kind != 'figure'").project('text[b.start + 1 : b."end"]').fetchall()
    expected = [b["text"] for line in read(aligned, "articles") for b in line["blocks"] if b["kind"] != "figure"]
    assert sorted(text for (text,) in found) == sorted(expected)


# sqlite -------------------------------------------------------------------------------------------


def test_sqlite_is_whole_and_its_keys_hold(aligned: Path, export: Export) -> None:
    db = sqlite3.connect(export(aligned, "sqlite", "--members", to="e.db"))
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("SELECT count(*) FROM articles").fetchone()[0] == len(read(aligned, "articles"))
    joined = db.execute(
        "SELECT s.original_text, o.text, s.original_start, s.original_end, t.text, s.translation_start FROM sentences s"
        " JOIN pairs p ON p.key = s.pair_key JOIN articles t ON t.key = p.translation_key"
        " JOIN articles o ON o.key = p.original_key WHERE s.original_text IS NOT NULL ORDER BY s.key"
    ).fetchall()
    assert len(joined) == sum(bool(link["original"]) for _, link in links(aligned))
    assert all(words == text[start:end] for words, text, start, end, _, _ in joined)
    (written,) = db.execute("SELECT value FROM provenance WHERE key = 'written'").fetchone()
    assert json.loads(written)["articles"] == len(read(aligned, "articles"))


@pytest.mark.parametrize(
    "asked",
    [
        "病院",
        "救急",
        "夜",
        "温泉",
        "サイバー",
        "緊急車両",
        "北汐中央病院",
        "１０月",
        "hospital",
        "emergency patients",
        "Ransomware",
    ],
)
def test_search_finds_what_a_reader_finds(asked: str, aligned: Path, export: Export) -> None:
    db = sqlite3.connect(export(aligned, "sqlite", "--members", to="e.db"))
    found = db.execute(
        "SELECT id, version FROM articles WHERE key IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)",
        (query_of(asked),),
    ).fetchall()
    parts = asked.split()
    expected = [
        (line["id"], line["version"])
        for line in read(aligned, "articles")
        if all(part.lower() in f"{line['headline']}\n{line['standfirst']}\n{line['text']}".lower() for part in parts)
    ]
    assert sorted(found) == expected
    assert bool(found) is (asked != "緊急車両")


# tmx and moses ------------------------------------------------------------------------------------


def test_tmx_is_valid_and_holds_the_pairs_of_sentences(aligned: Path, export: Export) -> None:
    tree = etree.parse(export(aligned, "tmx", "--members", to="e.tmx"))
    assert tree.docinfo.doctype == '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'
    dtd = etree.DTD(DTD.open("rb"))
    assert dtd.validate(tree), dtd.error_log
    units = tree.findall("body/tu")
    both = [(pair, link) for pair, link in links(aligned) if link["translation"] and link["original"]]
    articles = held(aligned)
    for unit, (pair, link) in zip(units, both, strict=True):
        variants = {variant.get(f"{XML}lang"): variant for variant in unit.findall("tuv")}
        assert list(variants) == ["ja", "en"]
        for language, side, between in (("en", "translation", " "), ("ja", "original", "")):
            line = articles[pair[side]["id"], pair[side]["version"]]
            assert variants[language].findtext("seg") == words(line["text"], link[side], between)
            assert prop(variants[language], "x-record-id") == line["capture"]["record_id"]
            assert prop(variants[language], "x-access") == line["access"]
        assert float(prop(unit, "x-p-pair") or "") == link["p_pair"]
        assert (prop(unit, "x-pair-id"), prop(unit, "x-original-id")) == (pair["id"], pair["original"]["id"])


def prop(element: etree._Element, name: str) -> str | None:
    """A property of a unit or a side."""
    return element.findtext(f"prop[@type='{name}']")


def test_the_dtd_refuses_what_is_no_tmx() -> None:
    wrong = etree.fromstring('<tmx version="1.4"><header segtype="line"/><body><tu><seg>x</seg></tu></body></tmx>')
    assert not etree.DTD(DTD.open("rb")).validate(wrong)


def test_moses_has_three_files_of_as_many_lines(aligned: Path, export: Export) -> None:
    out = export(aligned, "moses", "--members")
    en, ja, meta = ((out / f"sentences.{name}").read_text("utf-8").split("\n")[:-1] for name in ("en", "ja", "meta"))
    rows = [row for row in read(export(aligned, "jsonl", "--members", to="j"), "sentences") if "0" not in row["shape"]]
    assert [row["translation_text"] for row in rows] == en
    assert [row["original_text"] for row in rows] == ja
    assert [line.split("\t")[:2] for line in meta] == [[row["pair_id"], str(row["number"])] for row in rows]


@pytest.mark.parametrize("name", ["tmx", "moses"])
def test_without_alignment_there_is_nothing_to_write(name: str, unaligned: Path, tmp_path: Path) -> None:
    done = run_export(unaligned, name, tmp_path / "out")
    assert done.status == 3
    assert f"none of the {with_original(unaligned)} pairs here that have an original is aligned yet" in done.said
    assert list(tmp_path.iterdir()) == []


# hf -----------------------------------------------------------------------------------------------


def test_hf_splits_by_day_and_keeps_together_what_belongs_together(aligned: Path, export: Export, pyarrow: Any) -> None:
    parquet = needs("pyarrow.parquet")
    out = export(aligned, "hf")
    splits: dict[str, dict[str, set[str]]] = {}
    days: dict[str, list[dt.date]] = {}
    for table, field in (("articles", "id"), ("pairs", "id"), ("sentences", "pair_id")):
        for path in (out / "data" / table).iterdir():
            rows = parquet.read_table(path).to_pylist()
            for row in rows:
                splits.setdefault(table, {}).setdefault(path.stem, set()).add(row[field])
                if table == "pairs":
                    days.setdefault(path.stem, []).append(row["translation"]["published_on"])
                    if row["original"]:
                        splits.setdefault("originals", {}).setdefault(path.stem, set()).add(row["original"]["id"])
    counts = {split: len(ids) for split, ids in splits["pairs"].items()}
    assert sum(counts.values()) == len(read(aligned, "pairs"))
    assert set(counts) == {"train", "validation", "test"}
    assert max(days["train"]) < min(days["validation"])
    assert max(days["validation"]) < min(days["test"])
    for split, ids in splits["sentences"].items():
        assert ids <= splits["pairs"][split]
    for split, ids in splits["originals"].items():
        assert ids <= splits["articles"][split]
        assert all(ids.isdisjoint(others) for other, others in splits["articles"].items() if other != split)


@pytest.mark.parametrize(
    ("days", "validation", "test"),
    [
        ([("1", 5)], None, None),
        ([("1", 5), ("2", 5)], None, "2"),
        ([("1", 5), ("2", 5), ("3", 5)], "2", "3"),
        ([*((str(day), 1) for day in range(1, 10)), ("91", 1)], "9", "91"),
        ([(f"{day:03}", 1) for day in range(100)], "080", "090"),
        ([], None, None),
    ],
)
def test_where_a_split_begins(days: list[tuple[str, int]], validation: str | None, test: str | None) -> None:
    assert first_days(days) == {"validation": validation, "test": test}


def test_the_card_and_croissant_name_what_is_there(aligned: Path, export: Export, pyarrow: Any) -> None:
    out = export(aligned, "hf")
    card = (out / "README.md").read_text("utf-8")
    header = card.split("---\n")[1]
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.parquet"))
    assert sorted(line.split()[1] for line in header.splitlines() if "path:" in line) == files
    assert "no licence comes with them" in card
    croissant = json.loads((out / "croissant.json").read_text("utf-8"))
    assert sorted(file["contentUrl"] for file in croissant["distribution"]) == files
    provenance = json.loads((out / "provenance.json").read_text("utf-8"))
    digests = {file["path"]: file["sha256"] for file in provenance["files"]}
    assert all(digests[file["contentUrl"]] == file["sha256"] for file in croissant["distribution"])
    ids = {file["@id"] for file in croissant["distribution"]}
    for records in croissant["recordSet"]:
        assert all(field["source"]["fileObject"]["@id"] in ids for field in records["field"])


# all ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_the_same_collection_gives_the_same_bytes(name: str, aligned: Path, tmp_path: Path) -> None:
    """At another time, from another folder, to another folder, by another process."""
    copy = Path(shutil.copytree(aligned, tmp_path / "elsewhere" / "editorials"))
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    assert run_export(aligned, name, tmp_path / "one" / "e").status == 0
    done = genbun_elsewhere("export", str(copy), "--format", name, "--to", str(tmp_path / "other" / "e"))
    assert done.status == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
