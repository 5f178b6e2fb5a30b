"""Parquet: an explicit schema made from the models, instants aware (UTC), blocks as lists of structs, zstd.

A map (`parser.signals`) is a list of structs, since `datasets` reads no maps.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from crawler.errors import UsageError
from crawler.exporting.columns import TWICE, Column, columns_of
from crawler.exporting.formats import writer
from crawler.exporting.rows import Row

#: zstd's. 3 gives files 5 % larger, in a tenth less time.
LEVEL: Final = 9
#: A row group ends at so many bytes or rows, whichever comes first: what is held in memory at once. With three times
#: as much, files are 2 % smaller.
GROUP_BYTES: Final = 8_000_000
GROUP_ROWS: Final = 100_000
#: So many rows, or characters of text, are made into Arrow at once: as Python they take ten times the room.
BATCH_ROWS: Final = 200
BATCH_TEXT: Final = 1_000_000


class Writer(writer.Writer):
    """`articles.parquet`, `pairs.parquet`, `sentences.parquet`, `history.parquet`."""

    next = ("duckdb -c \"FROM '{path}/{table}.parquet' LIMIT 5\"",)

    def begin(self) -> None:
        """Open the files."""
        self.made_with = {"pyarrow": str(library("pyarrow").__version__)}
        self._files = {table: Table(table, self.job.path / f"{table}.parquet") for table in self.job.format.tables}
        for file in self._files.values():
            self.stack.callback(file.close)

    def add(self, table: str, row: Row) -> None:
        """Write a row."""
        self._files[table].add(row)
        self.written[table] += 1

    def finish(self, provenance: object) -> None:
        """Write what is still held."""
        for file in self._files.values():
            file.finish()


def library(name: str) -> Any:
    """A module of pyarrow, which has no types of its own. Raises `UsageError` that says how to install it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(
            f"Parquet needs pyarrow, which is not installed ({error}): pip install 'genbun[parquet]'; or --format jsonl"
        ) from None


class Table:
    """One Parquet file: rows are held until they make a row group, of so many bytes where many files are open."""

    def __init__(self, table: str, path: Path, group_bytes: int = GROUP_BYTES) -> None:
        self._group_bytes = group_bytes
        self._arrow, parquet = library("pyarrow"), library("pyarrow.parquet")
        columns = columns_of(table, TWICE)
        self._readers = [(column.name, _value_of(column)) for column in columns]
        self._schema = self._arrow.schema([_field(self._arrow, column) for column in columns])
        self._file = parquet.ParquetWriter(
            str(path), self._schema, version="2.6", compression="zstd", compression_level=LEVEL,
            use_dictionary=_repeated(columns), write_page_index=True,
        )  # fmt: skip
        self._rows: list[Row] = []
        self._size = 0
        self._batches: list[Any] = []

    def add(self, row: Row) -> None:
        """Take a row."""
        self._rows.append({name: read(row[name]) for name, read in self._readers})
        self._size += len(row.get("text") or "")
        if len(self._rows) >= BATCH_ROWS or self._size >= BATCH_TEXT:
            self._batch()

    def finish(self) -> None:
        """Write what is held, and the file's end."""
        self._batch()
        self._group()
        self._file.close()

    def close(self) -> None:
        """Close the file, also one that was given up."""
        self._file.close()

    def _batch(self) -> None:
        if self._rows:
            self._batches.append(self._arrow.RecordBatch.from_pylist(self._rows, schema=self._schema))
            self._rows, self._size = [], 0
            bytes_held = sum(batch.nbytes for batch in self._batches)
            if bytes_held >= self._group_bytes or sum(batch.num_rows for batch in self._batches) >= GROUP_ROWS:
                self._group()

    def _group(self) -> None:
        if self._batches:
            table = self._arrow.Table.from_batches(self._batches)
            self._file.write_table(table, row_group_size=table.num_rows)
            self._batches = []


def _field(arrow: Any, column: Column) -> Any:
    note = {"description": column.description} if column.description else None
    return arrow.field(column.name, _type(arrow, column), nullable=column.nullable, metadata=note)


def _type(arrow: Any, column: Column) -> Any:
    if column.kind == "list":
        return arrow.list_(_field(arrow, column.inner[0]))
    if column.kind == "object":
        return arrow.struct([_field(arrow, one) for one in column.inner])
    if column.kind == "map":
        return arrow.list_(arrow.struct([arrow.field("field", arrow.string()), arrow.field("signal", arrow.string())]))
    return {
        "text": arrow.string(),
        "whole": arrow.int64(),
        "number": arrow.float64(),
        "truth": arrow.bool_(),
        "instant": arrow.timestamp("us", tz="UTC"),
        "day": arrow.date32(),
    }[column.kind]


def _value_of(column: Column) -> Callable[[Any], Any]:
    """Takes a value of a row, gives what Arrow takes for that column."""
    if column.kind == "object":
        readers = [(one.name, _value_of(one)) for one in column.inner]
        return lambda value: None if value is None else {name: read(value[name]) for name, read in readers}
    if column.kind == "list":
        read_item = _value_of(column.inner[0])
        return lambda value: None if value is None else [read_item(item) for item in value]
    if column.kind == "map":
        return lambda value: None if value is None else [{"field": one, "signal": by} for one, by in value.items()]
    if column.kind == "instant":
        return lambda value: None if value is None else dt.datetime.fromisoformat(value)
    if column.kind == "day":
        return lambda value: None if value is None else dt.date.fromisoformat(value)
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


#: Columns whose every value is another: a dictionary of them would cost, and save nothing.
UNLIKE: Final = (
    "text", "headline", "headline_raw", "translation_text", "original_text", "old_text", "new_text",
)  # fmt: skip


def _repeated(columns: tuple[Column, ...]) -> list[str]:
    """The leaf columns that are worth a dictionary, by Parquet's own paths."""
    return [path for column in columns if column.name not in UNLIKE for path in _leaves(column, column.name)]


def _leaves(column: Column, path: str) -> list[str]:
    if column.kind == "object":
        return [leaf for one in column.inner for leaf in _leaves(one, f"{path}.{one.name}")]
    if column.kind == "list":
        return _leaves(column.inner[0], f"{path}.list.element")
    if column.kind == "map":
        return [f"{path}.list.element.field", f"{path}.list.element.signal"]
    return [path]
