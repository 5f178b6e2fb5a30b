r"""CSV and TSV: one line of names, then a line a row, columns flat, lists as JSON.

CSV is that of RFC 4180 with line feeds; all text is quoted, so that nothing (null) and an empty text (`""`) differ.
TSV is PostgreSQL's text format, one row one line whatever is in it: tab, line feed, carriage return and backslash are
written `\t`, `\n`, `\r`, `\\`, and null is `\N`.

Spreadsheets run a cell that begins with = + - @ (half or full width), tab or line end as a formula. Text that does gets
an apostrophe in front, and so does text that begins with an apostrophe: whoever takes one apostrophe off the front of
each text has what was there. Numbers are never text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from crawler.exporting.columns import Column, flat_columns, flat_reader
from crawler.exporting.formats import writer
from crawler.exporting.rows import Row

DANGEROUS: Final = ("'", "=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
TSV_ESCAPES: Final = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}  # the backslash first
BOM: Final = "\ufeff"
NEXT: Final = {
    "csv": "duckdb -c \"FROM '{path}/{table}.csv' LIMIT 5\"",
    "tsv": "duckdb -c \"FROM read_csv('{path}/{table}.tsv', delim='\\t', quote='', nullstr='\\N') LIMIT 5\"",
}


class Writer(writer.Writer):
    """`articles.csv`, `pairs.csv`, `sentences.csv`, `history.csv`, or the same with `.tsv`."""

    def begin(self) -> None:
        """Open the files and write their first lines."""
        name = self.job.format.name
        self._cell, self._null, self._between = (_csv, "", ",") if name == "csv" else (_tsv, "\\N", "\t")
        self.next = (NEXT[name],)
        self.notes = {
            "text": "text that begins with one of these, or with an apostrophe, has an apostrophe in front: "
            "= + - @ ＝ ＋ － ＠ tab CR LF"
        }
        self._files = {table: self.open(self.job.path / f"{table}.{name}") for table in self.job.format.tables}
        self._readers = {table: flat_reader(table) for table in self._files}
        self._cells: dict[str, list[Callable[[Any], str]]] = {}
        for table, out in self._files.items():
            columns = flat_columns(table)
            self._cells[table] = [self._cell_of(column) for column in columns]
            out.write(BOM if self.job.bom else "")
            out.write(self._between.join(column.name for column in columns) + "\n")

    def add(self, table: str, row: Row) -> None:
        """Write a line."""
        cells = zip(self._cells[table], self._readers[table](row), strict=True)
        line = self._between.join(self._null if value is None else cell(value) for cell, value in cells)
        self._files[table].write(line + "\n")
        self.written[table] += 1

    def _cell_of(self, column: Column) -> Callable[[Any], str]:
        if column.kind in ("whole", "number"):
            return repr
        if column.kind == "truth":
            return lambda value: "true" if value else "false"
        return lambda value: self._cell(_harmless(self.clean(value)))


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _csv(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"'


def _tsv(text: str) -> str:
    for mark, written in TSV_ESCAPES.items():
        if mark in text:
            text = text.replace(mark, written)
    return text
