"""The rows and their columns, away from any collection."""

from __future__ import annotations

import pytest

from crawler.exporting.columns import TWICE_FLAT, columns_of, flat_columns
from crawler.exporting.formats.search import indexed, query_of
from crawler.exporting.rows import TABLES, ArticleRow
from crawler.models import ArticleLine


def test_an_article_row_has_every_field_of_the_line_and_one_more() -> None:
    assert list(ArticleRow.model_fields) == [*ArticleLine.model_fields, "withheld"]


@pytest.mark.parametrize("table", TABLES)
def test_flat_names_are_unlike(table: str) -> None:
    names = [column.name for column in flat_columns(table)]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_what_it_means(table: str) -> None:
    assert all(column.description or column.kind == "object" for column in columns_of(table, TWICE_FLAT))


def test_rights_are_on_every_row() -> None:
    names = {table: {column.name for column in flat_columns(table)} for table in TABLES}
    assert names["articles"] >= {"newspaper", "access", "rights_robots", "rights_tdm_reservation"}
    assert names["history"] >= {"newspaper", "from_access", "to_access", "robots", "tdm_reservation"}
    for table in ("pairs", "sentences"):
        assert names[table] >= {
            f"{side}_{of}"
            for side in ("translation", "original")
            for of in ("newspaper", "access", "robots", "tdm_reservation")
        }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("憲法改正と Taiwan", "憲法 法改 改正 正と と Taiwan"),
        ("ＴＳＭＣは３．５％", "TSMC は 3.5%"),
        ("コンピューター", "コン ンピ ピュ ュー ータ ター ー"),
        ("𠮷野家", "𠮷野 野家 家"),
        ("", ""),
    ],
)
def test_what_is_indexed(text: str, words: str) -> None:
    assert " ".join((indexed(text) or "").split()) == words


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ("台湾", '"台湾"'),
        ("憲法改正", '"憲法 法改 改正"'),
        ("核", '"核" *'),
        ("憲法 Taiwan", '"憲法" "Taiwan"'),
        ("Taiwanの半導体", '"Taiwan の半 半導 導体"'),
        ("半導体TSMC", '"半導 導体 体 TSMC"'),
        ("１０月", '"10 月" *'),
        ('"; DROP-TABLE -- *', '"DROP TABLE"'),
        ("ＴＳＭＣ", '"TSMC"'),
    ],
)
def test_what_is_asked(asked: str, query: str) -> None:
    assert query_of(asked) == query
