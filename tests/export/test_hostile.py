"""Text that would break a format, or whoever opens it."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.export.aligned import Line, align_all, change, is_paired, read, write
from tests.export.conftest import Export, run_export
from tests.export.needing import needs
from tests.export.test_formats import DTD, from_tsv

ALL = ("jsonl", "csv", "tsv", "parquet", "sqlite", "tmx", "moses", "hf")
FORMULAS = (
    '=HYPERLINK("http://evil.example/","ok")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝１＋１", "'quoted'",
    "plain",
)  # fmt: skip
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NASTY = {
    "nul": "before\0after", "bidi": "\u202eevil\u202c \u2066x\u2069", "lines": "a\r\nb\u2028c\u2029d\x85e\x0bf\x1eg",
    "quotes": '"\'`\\"\\n\\N\\t,;|\t', "markup": "<b>&amp;]]></seg>", "astral": "𠮷野家 👪 \U0010ffff",
    "noncharacter": "\ufffe\uffff",
}  # fmt: skip


def hostile(collection: Path, **changes: Any) -> Line:
    """Change the translation of the first pair, align all anew; returns its line."""
    pair = next(filter(is_paired, read(collection, "pairs")))
    line = change(collection, "articles", lambda line: bool(line["id"] == pair["id"]), changes)
    align_all(collection)
    return line


@pytest.mark.parametrize("headline", FORMULAS)
@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_no_cell_is_a_formula_and_each_can_be_had_back(
    name: str, headline: str, collection: Path, export: Export
) -> None:
    line = hostile(collection, headline=headline, text=f"{headline} is a sentence.")
    out = export(collection, name)
    if name == "csv":
        with (out / "articles.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            for cell in row.values():
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
        (row,) = (row for row in rows if row["id"] == line["id"])
        assert (row["headline"].startswith("'"), row["headline"].removeprefix("'")) == (headline != "plain", headline)
    else:
        assert headline in [row["headline"] for row in from_tsv(out / "articles.tsv")]


def test_numbers_below_zero_stay_numbers(collection: Path, export: Export) -> None:
    change(collection, "pairs", is_paired, {"lag_days": -3})
    with (export(collection, "csv") / "pairs.csv").open(encoding="utf-8", newline="") as file:
        assert "-3" in {row["lag_days"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("kind", NASTY)
@pytest.mark.parametrize("name", ["jsonl", "csv", "tsv", "parquet", "sqlite", "hf"])
def test_nasty_text_survives(name: str, kind: str, collection: Path, export: Export) -> None:
    text = f"{NASTY[kind]} is a sentence. {NASTY[kind]} is another."
    line = hostile(collection, headline=f"H{NASTY[kind]}", text=text)
    out = export(collection, name)
    replaced = text.count("\0") if name in ("csv", "tsv", "sqlite") else 0
    assert text_of(name, out, line["id"]) == (text.replace("\0", "\ufffd") if replaced else text)
    assert (provenance_of(out)["characters_replaced"] > 0) is bool(replaced)


def provenance_of(out: Path) -> dict[str, Any]:
    """What the export says of itself."""
    path = out / "provenance.json" if out.is_dir() else out.with_name(f"{out.name}.provenance.json")
    return dict(json.loads(path.read_text("utf-8")))


def text_of(name: str, out: Path, article_id: str) -> str:
    """The hostile article's text, as another reader finds it."""
    if name == "sqlite":
        found = sqlite3.connect(out).execute("SELECT text FROM articles WHERE id = ?", (article_id,))
        return str(found.fetchone()[0])
    rows: list[dict[str, Any]] = []
    if name == "jsonl":
        rows = read(out, "articles")
    elif name == "tsv":
        rows = list(from_tsv(out / "articles.tsv"))
    elif name == "csv":
        with (out / "articles.csv").open(encoding="utf-8", newline="") as file:
            rows = [row | {"text": row["text"].removeprefix("'")} for row in csv.DictReader(file)]
    else:
        parquet = needs("pyarrow.parquet")
        paths = (path for path in out.rglob("*.parquet") if "articles" in path.relative_to(out).as_posix())
        rows = [row for path in paths for row in parquet.read_table(path).to_pylist()]
    return str(next(row["text"] for row in rows if row["id"] == article_id))


@pytest.mark.parametrize("kind", NASTY)
def test_nasty_text_makes_no_tmx_invalid(kind: str, collection: Path, export: Export) -> None:
    line = hostile(collection, text=f"{NASTY[kind]} is a sentence. {NASTY[kind]} is another.")
    out = export(collection, "tmx")
    tree = etree.parse(out)
    assert etree.DTD(DTD.open("rb")).validate(tree)
    unit = next(unit for unit in tree.iterfind("body/tu") if line["id"] in (unit.get("tuid") or ""))
    (english,) = (one.findtext("seg") or "" for one in unit.iterfind("tuv") if one.get(LANG) == "en")
    assert english.endswith("is another.") or kind == "lines"  # which part it
    if kind in ("bidi", "quotes", "markup", "astral"):
        assert english == line["text"]
    assert (provenance_of(out)["characters_replaced"] > 0) is (kind in ("nul", "noncharacter", "lines"))


@pytest.mark.parametrize("kind", NASTY)
def test_nasty_text_breaks_no_line_of_moses(kind: str, collection: Path, export: Export) -> None:
    hostile(collection, text=f"{NASTY[kind]} is a sentence. {NASTY[kind]} is another.")
    out = export(collection, "moses")
    texts = [(out / f"sentences.{name}").read_bytes().decode() for name in ("en", "ja", "meta")]
    count = provenance_of(out)["written"]["sentences"]
    assert [len(text.splitlines()) for text in texts] == [count] * 3
    assert [text.count("\n") for text in texts] == [count] * 3


@pytest.mark.parametrize("name", ALL)
def test_a_million_characters_and_five_thousand_sentences(name: str, collection: Path, export: Export) -> None:
    sentence = "Nothing of this is true, and yet it has to be written. "
    line = hostile(collection, text=(sentence * 5000 + "x" * 730_000).strip())
    assert len(line["text"]) > 1_000_000
    (links,) = (pair["alignment"]["sentences"] for pair in read(collection, "pairs") if pair["id"] == line["id"])
    said = provenance_of(export(collection, name))
    assert len(links) > 4_990
    count = sum(len((pair["alignment"] or {"sentences": []})["sentences"]) for pair in read(collection, "pairs"))
    assert said["written"]["sentences"] + sum(said["left_out"]["sentences"].values()) == count


def test_an_article_of_one_sentence_and_one_without_any(collection: Path, export: Export) -> None:
    one = hostile(collection, text="One.")
    pairs = read(collection, "pairs")
    other = next(pair for pair in pairs if is_paired(pair) and pair["id"] != one["id"])
    change(collection, "articles", lambda line: bool(line["id"] == other["id"]), {"text": "", "blocks": []})
    lines = read(collection, "articles")
    for line in lines:
        line["blocks"] = [] if line["id"] == other["id"] else line["blocks"]
    write(collection, "articles", lines)
    align_all(collection)
    rows = read(export(collection, "jsonl"), "sentences")
    assert {row["shape"].split("-")[0] for row in rows if row["pair_id"] == other["id"]} == {"0"}
    assert [row["translation_text"] for row in rows if row["pair_id"] == one["id"]][:2] == ["One.", None]


@pytest.mark.parametrize("name", ["moses", "tmx"])
def test_a_language_that_is_not_the_usual_one(name: str, collection: Path, export: Export) -> None:
    pair = next(filter(is_paired, read(collection, "pairs")))
    change(collection, "pairs", is_paired, {"translation": pair["translation"] | {"language": "fr"}})
    out = export(collection, name)
    left_out = provenance_of(out)["left_out"]["sentences"]
    assert bool(left_out.get("languages")) is (name == "moses")


@pytest.mark.parametrize("written", ['"\\ud800"', '"\ud800"'])
def test_a_lone_surrogate_is_no_line(written: str, collection: Path, tmp_path: Path) -> None:
    path = collection / "records" / "articles.jsonl"
    first, rest = path.read_text("utf-8").split("\n", 1)
    headline = json.dumps(json.loads(first)["headline"], ensure_ascii=False)
    broken = first.replace(headline, written, 1).encode("utf-8", "surrogatepass")
    path.write_bytes(broken + b"\n" + rest.encode())
    done = run_export(collection, "jsonl", tmp_path / "out")
    assert done.status == 4
    assert "articles.jsonl, line 1: is no such line" in done.said
