"""What `p_pair` means: of a link with both sides that they belong together, of one with a single side that it is alone.

Wherever it is described it says so, and whoever asks for sure pairs gets pairs.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawler.alignment import align
from crawler.exporting.columns import TWICE, columns_of, flat_columns
from crawler.exporting.formats.moses import META
from crawler.lines import schema_of
from crawler.models import PairLine
from tests.conftest import ROOT
from tests.export.aligned import Line, read
from tests.export.conftest import Export
from tests.export.needing import needs
from tests.export.test_provenance import said_of

RESEARCHERS = (ROOT / "docs" / "researchers.md").read_text("utf-8")
SIDES = ("translation", "original")


def has_both(link: Line) -> bool:
    """Whether a link, or a row of one, has something on both sides."""
    return all(link.get(f"{side}_spans", link.get(side)) for side in SIDES)


def test_a_sentence_that_stands_alone_for_sure_has_a_high_p_pair() -> None:
    """The reason for all that follows."""
    english = "The town rebuilt its hospital in 2019.\n\nAn editor of the English edition added this remark alone."
    (_, alone) = align(english, "町は２０１９年に病院を建て直した。").sentences
    assert not has_both(alone.model_dump())
    assert alone.p_pair > 0.5


# said wherever it is described --------------------------------------------------------------------


def test_rows_schemas_and_datasette_say_both() -> None:
    (column,) = (one for one in flat_columns("sentences") if one.name == "p_pair")
    schema = json.loads(schema_of(PairLine))
    described = [column.description, schema["$defs"]["SentenceLink"]["properties"]["p_pair"]["description"]]
    described += [schema["$defs"]["ParagraphLink"]["properties"]["p_pair"]["description"]]
    for text in described:
        assert "belong together" in text
        assert "alone" in text
    assert "three decimals" in column.description


def test_so_does_the_card_and_so_does_the_datasette_metadata(aligned: Path, export: Export, pyarrow: Any) -> None:
    card = (export(aligned, "hf") / "README.md").read_text("utf-8")
    (row,) = (line for line in card.splitlines() if line.startswith("| `p_pair` |"))
    metadata = export(aligned, "sqlite", to="e.db").with_name("e.db.metadata.json").read_text("utf-8")
    said = re.findall(r'"p_pair": ?"([^"]*)"', metadata)
    assert said
    for text in (row, *said):
        assert "is alone" in text


# a least confidence -------------------------------------------------------------------------------


@pytest.mark.parametrize("least", ["0", "0.9"])
def test_a_least_confidence_keeps_links_with_both_sides_alone(least: str, crawled: Path, export: Export) -> None:
    links = [link for pair in read(crawled, "pairs") for link in (pair["alignment"] or {"sentences": []})["sentences"]]
    out = export(crawled, "jsonl", "--min-confidence", least)
    why = Counter("one_side_empty" if not has_both(link) else "confidence" if link["p_pair"] < float(least) else ""
                  for link in links)  # fmt: skip
    rows = read(out, "sentences")
    assert len(rows) == why.pop("")
    assert all(map(has_both, rows))
    assert said_of(out)["left_out"]["sentences"] == why
    assert why["one_side_empty"] > 0
    within = [part for pair in read(out, "pairs") if pair["alignment"] for part in pair["alignment"]["paragraphs"]]
    assert within
    assert all(map(has_both, within))


def test_without_one_they_stay(crawled: Path, export: Export) -> None:
    out = export(crawled, "jsonl")
    assert not all(map(has_both, read(out, "sentences")))
    assert said_of(out)["left_out"]["sentences"] == {}


def test_the_documented_query_counts_pairs_alone(
    crawled: Path, export: Export, pyarrow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = needs("duckdb")
    (query,) = (sql for sql in re.findall(r"```sql\n(.*?)```", RESEARCHERS, re.DOTALL) if "p_pair" in sql)
    rows = read(export(crawled, "jsonl", to="j"), "sentences")
    expected = Counter(row["translation_published_on"][:7] for row in rows if has_both(row) and row["p_pair"] > 0.9)
    assert expected.total() < sum(row["p_pair"] > 0.9 for row in rows), "the demo has sentences alone for sure"
    for options in ((), ("--no-text",)):
        out = export(crawled, "parquet", *options, to=f"p{len(options)}")
        monkeypatch.chdir(out.parent)
        found = duckdb.sql(query.replace("editorials-parquet", out.name)).fetchall()
        assert {month: count for month, _, count, _ in found} == expected


# the kind of block, and what else a row says ------------------------------------------------------


def test_the_kind_is_that_of_the_block_where_the_first_sentence_stands(crawled: Path, export: Export) -> None:
    out = export(crawled, "jsonl", "--members")
    blocks = {(row["id"], row["version"]): row["blocks"] for row in read(out, "articles")}
    kinds: Counter[tuple[str, str, bool]] = Counter()
    for row in read(out, "sentences"):
        for side, name in (("translation", "pair_id"), ("original", "original_id")):
            start, here = row[f"{side}_start"], blocks[row[name], row[f"{side}_version"]]
            found = [one["kind"] for one in here if one["start"] is not None and start is not None
                     and one["start"] <= start < one["end"]]  # fmt: skip
            assert [row[f"{side}_kind"]] == (found or [None])
            if found:
                kinds[side, found[0], has_both(row)] += 1
    assert kinds["translation", "heading", False] > kinds["translation", "paragraph", False]
    assert kinds["translation", "paragraph", True]
    assert kinds["original", "paragraph", True]


def test_the_documented_columns_of_moses_are_those_there_are() -> None:
    (listed,) = re.findall(r"<!-- moses -->\n(.*?)<!-- end -->", RESEARCHERS, re.DOTALL)
    assert tuple(re.findall(r"`(\w+)`", listed)) == META


# Hugging Face -------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["articles", "pairs", "sentences", "history"])
def test_the_card_calls_types_as_datasets_does(table: str, aligned: Path, export: Export, pyarrow: Any) -> None:
    parquet, out = needs("pyarrow.parquet"), export(aligned, "hf")
    section = (out / "README.md").read_text("utf-8").partition(f"\n### {table}\n")[2].partition("\n#")[0]
    said = dict(re.findall(r"^\| `(\w+)` \| (.*?)(?: or null)? \|", section, re.MULTILINE))
    schema = parquet.read_schema(next((out / "data" / table).glob("*.parquet")))
    assert said == {field.name: feature_of(pyarrow, field.type) for field in schema}
    assert list(said) == [column.name for column in columns_of(table, TWICE)]


def feature_of(arrow: Any, kind: Any) -> str:
    """What `datasets` makes of Arrow's type: its `Value` of the same name."""
    if arrow.types.is_list(kind):
        return f"list of {feature_of(arrow, kind.value_type)}"
    if arrow.types.is_struct(kind):
        return "struct"
    return {"double": "float64", "date32[day]": "date32"}.get(str(kind), str(kind))


def test_each_split_has_sentences_where_three_days_have_aligned_pairs(
    crawled: Path, export: Export, pyarrow: Any
) -> None:
    out = export(crawled, "hf")
    assert {path.stem for path in (out / "data" / "sentences").iterdir()} == {"train", "validation", "test"}
    splits = said_of(out)["notes"]["splits"]
    assert splits["counted"] == "aligned pairs"
    assert "Test holds the last tenth of the aligned pairs" in (out / "README.md").read_text("utf-8")


def test_croissant_and_card_say_what_date_published_is(aligned: Path, export: Export, pyarrow: Any) -> None:
    out = export(aligned, "hf")
    croissant = json.loads((out / "croissant.json").read_text("utf-8"))
    last = max(line["capture"]["captured_at"] for line in read(aligned, "articles"))
    assert croissant["datePublished"] == last[:10]
    assert "datePublished is the day of the last capture" in croissant["description"]
    assert "`datePublished`" in (out / "README.md").read_text("utf-8")
