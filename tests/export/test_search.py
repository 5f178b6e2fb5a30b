"""Full-text search of a SQLite export: as SQLite, datasette and the hint that is printed ask for it."""
# ruff: noqa: S608  # names and constants of ours are put in

from __future__ import annotations

import json
import shlex
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.exporting.formats.datasette import FOLDS, QUERY, folds
from crawler.exporting.formats.search import query_of
from tests.export.aligned import align_all, change, is_paired, read, write
from tests.export.conftest import Export, run_export

#: Datasette's own way to find the index of a table: `datasette.utils.detect_fts_sql`, of 0.65.
DETECT = """
SELECT name FROM sqlite_master WHERE rootpage = 0 AND (
    sql LIKE '%VIRTUAL TABLE%USING FTS%content="' || :table || '"%'
    OR sql LIKE '%VIRTUAL TABLE%USING FTS%content=[' || :table || ']%'
    OR (tbl_name = :table AND sql LIKE '%VIRTUAL TABLE%USING FTS%'))
"""
SAID = "１８０億円の支援と、令和６年のＡＩ開発。ｺﾝﾋﾟｭｰﾀｰ㈱は①憲法改正案を出した。"
MIXED = st.text(
    st.sampled_from(
        "憲法改正案半導体台湾核々〆〇𠮷かがはばぱのゝアガハパーヴｱｶﾊｰﾞﾟ\u3099\u309a神﨑⼀㌔㈱①⑳Ⅷ№½²％"
        "０１８９ＡＺａｚ01289AZazéÉßñжΩ한 　\t\n\u2028、。・「」！？（）,.-_'\"*:;!?()«»…—～👪©"
    ),
    max_size=30,
)


@pytest.fixture(scope="module")
def in_sql() -> Iterator[sqlite3.Connection]:
    """A database that has what the query needs."""
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE TABLE {FOLDS} (written TEXT PRIMARY KEY, folded TEXT NOT NULL) WITHOUT ROWID")
    db.executemany(f"INSERT INTO {FOLDS} VALUES (?, ?)", folds())
    yield db
    db.close()


@given(words=MIXED)
@example(words="１８０億円")
@example(words="180億円")
@example(words="ＡＩ")
@example(words="令和６年")
@example(words="ﾊﾞｽ か\u3099")
@example(words="憲法改正。 Taiwan、")
@example(words="")
def test_the_query_in_sql_is_that_of_python(words: str, in_sql: sqlite3.Connection) -> None:
    (query,) = in_sql.execute(f"{QUERY} SELECT query FROM query", {"words": words}).fetchone()
    assert query == query_of(words)


def test_every_character_of_a_japanese_paper_folds_as_in_python(in_sql: sqlite3.Connection) -> None:
    """All of Shift JIS as Windows has it, its half and full widths and its symbols, between ideographs."""
    characters = set()
    for first in (0, *range(0x81, 0xA0), *range(0xE0, 0xFD)):
        for second in range(0x20, 0xFD):
            try:
                characters |= set((bytes([first, second]) if first else bytes([second])).decode("cp932"))
            except UnicodeDecodeError:
                continue
    assert len(characters) > 9_000
    characters -= {character for character in characters if unicodedata.category(character) in ("Cc", "Co")}
    ask = f"{QUERY} SELECT query FROM query"
    for words in (f"核{character}核" for character in characters if character != "\\"):
        assert in_sql.execute(ask, {"words": words}).fetchone()[0] == query_of(words), words


def said(collection: Path) -> Path:
    """The same collection, in which the first original says what is hard to find."""
    side = next(filter(is_paired, read(collection, "pairs")))["original"]
    which = (side["id"], side["version"])
    change(collection, "articles", lambda line: (line["id"], line["version"]) == which, {"text": SAID})
    align_all(collection)
    return collection


def find(path: Path) -> str:
    """The SQL of datasette's query."""
    metadata = json.loads(path.with_name(f"{path.name}.metadata.json").read_text("utf-8"))
    return str(metadata["databases"][path.stem]["queries"]["find"]["sql"])


def test_full_and_half_width_are_found_in_either(collection: Path, export: Export) -> None:
    path = export(said(collection), "sqlite", "--members", to="e.db")
    db, sql = sqlite3.connect(path), find(path)
    for words in (
        "１８０億円",
        "180億円",
        "ＡＩ",
        "AI",
        "令和６年",
        "令和6年",
        "コンピューター㈱",
        "ｺﾝﾋﾟｭｰﾀｰ(株)",
        "1憲法",
    ):
        rows = [row[0] for row in db.execute(sql, {"words": words})]
        assert any(unicodedata.normalize("NFKC", words) in unicodedata.normalize("NFKC", row) for row in rows), words
        asked = "SELECT count(*) FROM sentences_fts WHERE sentences_fts MATCH ?"
        assert db.execute(asked, (query_of(words),)).fetchone()[0] == len(rows)


@pytest.mark.parametrize("asked", ["救急の受け入れ", "夜", "emergency patients", "病院 hospital", "", "。", '"', "👪"])
def test_datasette_finds_sentences_that_hold_all_words(asked: str, aligned: Path, export: Export) -> None:
    path = export(aligned, "sqlite", "--members", to="e.db")
    rows = sqlite3.connect(path).execute(find(path), {"words": asked}).fetchall()
    meant = asked.strip('"。👪').split()
    texts = [f"{row['translation_text']}\n{row['original_text']}".lower()
             for row in read(export(aligned, "jsonl", "--members", to="j"), "sentences")]  # fmt: skip
    assert len(rows) == sum(bool(meant) and all(word in text for word in meant) for text in texts)
    assert bool(rows) is bool(meant)


@pytest.mark.parametrize("words", ["", "。", "👪", " \t", '"'])
def test_no_word_is_a_query_that_finds_nothing(words: str, aligned: Path, export: Export) -> None:
    db = sqlite3.connect(export(aligned, "sqlite", to="e.db"))
    found = db.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", (query_of(words),))
    assert found.fetchall() == []


def test_the_indexes_are_sound_and_cannot_be_spoilt(aligned: Path, export: Export) -> None:
    db = sqlite3.connect(export(aligned, "sqlite", to="e.db"))
    for table in ("articles", "sentences"):
        db.execute(f"INSERT INTO {table}_fts ({table}_fts) VALUES ('integrity-check')")
        with pytest.raises(sqlite3.OperationalError, match="rebuild"):
            db.execute(f"INSERT INTO {table}_fts ({table}_fts) VALUES ('rebuild')")


def test_datasette_offers_no_box_that_would_find_nothing(aligned: Path, export: Export) -> None:
    db = sqlite3.connect(export(aligned, "sqlite", to="e.db"))
    assert [db.execute(DETECT, {"table": table}).fetchall() for table in ("articles", "sentences")] == [[], []]
    db.execute('CREATE VIRTUAL TABLE other USING FTS5(text, content="articles")')
    assert db.execute(DETECT, {"table": "articles"}).fetchall() == [("other",)]


def test_what_datasette_is_told_of_is_there(aligned: Path, export: Export) -> None:
    path = export(aligned, "sqlite", to="e.db")
    metadata: dict[str, Any] = json.loads(path.with_name("e.db.metadata.json").read_text("utf-8"))
    db = sqlite3.connect(path)
    for table, about in metadata["databases"]["e"]["tables"].items():
        columns = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        assert columns >= set(about.get("columns", {}))
        assert columns


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_search_that_is_printed_finds_something(language: str, collection: Path, tmp_path: Path) -> None:
    if language == "en":
        lines = read(collection, "articles")
        write(collection, "articles", [line | {"headline": "NEAR the SEA"} for line in lines])
    done = run_export(collection, "sqlite", tmp_path / "e.db")
    program, path, sql = shlex.split(done.out.splitlines()[-1])
    assert (program, path) == ("sqlite3", str(tmp_path / "e.db"))
    headlines = sqlite3.connect(path).execute(sql).fetchall()
    assert headlines
    assert ("台湾" in sql) is any("台湾" in headline for (headline,) in headlines)


def test_no_search_is_printed_where_no_headline_has_a_word(collection: Path, tmp_path: Path) -> None:
    write(collection, "articles", [line | {"headline": "７２"} for line in read(collection, "articles")])
    done = run_export(collection, "sqlite", tmp_path / "e.db")
    assert "datasette" in done.out.splitlines()[-1]
