"""The journal at a glance: as it was committed, without a trace; and never without end."""

from __future__ import annotations

import sqlite3
from collections import deque
from pathlib import Path

import pytest

from archives.glance import glance, opened
from archives.journal import LARGEST_VALUE, DamagedJournal, Journal, is_damage
from tests.hostile_archives.test_folders import weave

FOREIGN = {
    "view": "CREATE VIEW v AS SELECT * FROM warcs",
    "trigger": "CREATE TRIGGER t AFTER INSERT ON crawls BEGIN DELETE FROM captures; END",
    "virtual table": "CREATE VIRTUAL TABLE v USING fts5(text)",
    "computed column": "CREATE TABLE t (a, b AS (a || a))",
}


def journal(path: Path, sql: str = "") -> Path:
    """A journal of one file that is closed, and more."""
    ours = Journal(path / "journal.sqlite")
    ours.commit(sizes={"a.warc.gz": (5, True, "crawl")})
    ours.db.executescript(sql)
    ours.close()
    return path / "journal.sqlite"


def test_it_is_read_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    with glance(journal(tmp_path)) as db:
        assert db is not None
        assert db.execute("SELECT name FROM warcs").fetchall() == [("a.warc.gz",)]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute("DELETE FROM warcs")
    assert [path.name for path in tmp_path.iterdir()] == ["journal.sqlite"]


@pytest.mark.parametrize("what", FOREIGN)
def test_what_no_journal_of_ours_holds_makes_it_none(what: str, tmp_path: Path) -> None:
    path = journal(tmp_path, FOREIGN[what])
    with glance(path) as db:
        assert db is None
    with pytest.raises(sqlite3.DatabaseError, match=f"it holds a {what}"):
        opened(path)


def test_a_question_without_end_is_an_error(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) FROM n"
    with glance(journal(tmp_path)) as db:
        assert db is not None
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            db.execute(endless).fetchone()


def test_a_large_journal_may_be_asked_more(tmp_path: Path) -> None:
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200000)"
    fill = f"INSERT INTO warcs {numbers} SELECT printf('%0200d', x), x, 1, '' FROM n"  # noqa: S608  # words of ours
    path = journal(tmp_path, fill)
    with glance(path) as db:
        assert db is not None
        for _ in range(20):
            assert db.execute("SELECT SUM(size) FROM warcs WHERE name != ''").fetchone()[0] > 0


def test_a_value_that_is_no_name_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal(tmp_path)
    with sqlite3.connect(path) as made:
        made.execute("INSERT INTO warcs VALUES (?, 1, 1, '')", ("x" * (LARGEST_VALUE + 1),))
    made.close()
    with glance(path) as db:
        assert db is not None
        with pytest.raises(sqlite3.DataError, match="too big"):
            db.execute("SELECT name FROM warcs").fetchall()
    ours = Journal(path)
    with pytest.raises(sqlite3.DataError) as raised:
        ours.warcs()
    ours.close()
    assert is_damage(raised.value)


def test_pages_that_lie_in_one_another_are_damage(tmp_path: Path) -> None:
    path = journal(tmp_path)
    ours = Journal(path)
    ours.check()
    for number in range(500):
        ours.commit(sizes={f"{number:0100}": (5, True, "crawl")})
    ours.check()
    (root,) = ours.db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'warcs'").fetchone()
    ours.close()
    path.write_bytes(weave(path.read_bytes(), root))
    ours = Journal(path)
    with pytest.raises(DamagedJournal) as raised:
        ours.check()
    ours.close()
    assert is_damage(raised.value)
    with glance(path) as db:
        assert db is not None
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            deque(db.execute("SELECT name FROM warcs"), maxlen=0)
