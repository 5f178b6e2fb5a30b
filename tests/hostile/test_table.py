"""The page about misbehaving servers says what the rows say, and each row is told from every other."""

from __future__ import annotations

from collections import Counter

from tests.hostile.rows import ROWS
from tools.docs_hostile import PAGE, with_tables


def test_the_tables_are_the_rows() -> None:
    page = PAGE.read_text("utf-8")
    assert with_tables(page) == page, "run: python -m tools.docs_hostile"


def test_each_row_is_there_once() -> None:
    counts = Counter((row.what, row.at, row.everywhere) for rows in ROWS.values() for row in rows)
    assert [row for row, count in counts.items() if count > 1] == []


def test_no_row_may_take_more_than_is_promised() -> None:
    assert max(row.mb for rows in ROWS.values() for row in rows) <= 300
