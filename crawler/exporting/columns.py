"""ROWS → COLUMNS: what a format has to know of each field, read off the models.

`columns_of` gives them nested, as Parquet and Croissant take them; `flat_columns` as CSV and SQLite do: an object's
fields become columns of their own (`capture_warc`), a list becomes JSON in one column.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from crawler.exporting.rows import TABLES, Row

Kind = Literal["text", "whole", "number", "truth", "instant", "day", "list", "object", "map"]

PLAIN: Final[dict[Any, Kind]] = {
    str: "text", int: "whole", float: "number", bool: "truth", AwareDatetime: "instant", dt.date: "day",
}  # fmt: skip

#: Words that stand in `text` already, and links that stand in `sentences`: only JSON Lines, lines like the
#: collection's own, say them twice.
TWICE: Final = frozenset({"articles.blocks.text"})
TWICE_FLAT: Final = TWICE | {"pairs.alignment.sentences"}
#: Flat, the address that a translation declares would be called as the address of the article found there.
RENAMED: Final = {"pairs": {"original_url": "declared_url"}}


@dataclass(frozen=True, slots=True)
class Column:
    """One field. `inner` holds an object's fields, or the one column that says what a list holds."""

    name: str
    kind: Kind
    nullable: bool
    description: str
    inner: tuple[Column, ...] = ()


def columns_of(table: str, without: frozenset[str] = frozenset()) -> tuple[Column, ...]:
    """The columns of a table, nested; `without` names paths to leave out, `table.field.field`."""
    return _fields(TABLES[table], table, without)


def flat_columns(table: str) -> tuple[Column, ...]:
    """The columns of a table, flat: what is no plain value any more is a list or a map, for JSON."""
    names = RENAMED.get(table, {})
    nested = (replace(column, name=names.get(column.name, column.name)) for column in columns_of(table, TWICE_FLAT))
    return tuple(_flat(tuple(nested)))


def reader_of(column: Column) -> Callable[[Any], Any]:
    """Takes a value of a row, gives what a nested column holds of it: no field that the column has not."""
    if column.kind == "object":
        readers = {one.name: reader_of(one) for one in column.inner}
        return lambda value: value and {name: read(value[name]) for name, read in readers.items()}
    if column.kind == "list":
        read_item = reader_of(column.inner[0])
        return lambda value: value if value is None else [read_item(item) for item in value]
    return _as_it_is


def flat_reader(table: str) -> Callable[[Row], list[Any]]:
    """Takes a row, gives its values for `flat_columns`: text, numbers, truth values, and JSON as text."""
    readers = [(column.name, list(_flat_values(column))) for column in columns_of(table, TWICE_FLAT)]

    def read(row: Row) -> list[Any]:
        return [value_of(row[name]) for name, values in readers for value_of in values]

    return read


def _fields(model: type[BaseModel], path: str, without: frozenset[str]) -> tuple[Column, ...]:
    return tuple(
        _column(
            field.alias or name, field.annotation, f"{path}.{field.alias or name}", field.description or "", without
        )
        for name, field in model.model_fields.items()
        if f"{path}.{field.alias or name}" not in without
    )


def _column(name: str, annotation: Any, path: str, description: str, without: frozenset[str]) -> Column:
    nullable, plain = _without_null(annotation)
    column = Column(name, "text", nullable, description)
    origin, inner = get_origin(plain), get_args(plain)
    if plain in PLAIN:
        return replace(column, kind=PLAIN[plain])
    if origin is Literal:
        return column
    if origin is tuple:
        return replace(column, kind="list", inner=(_column("item", inner[0], path, "", without),))
    if origin is dict:
        return replace(column, kind="map")
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return replace(column, kind="object", inner=_fields(plain, path, without))
    raise TypeError(f"{path}: no column is known for {annotation}")


def _without_null(annotation: Any) -> tuple[bool, Any]:
    if get_origin(annotation) in (Union, UnionType):
        kinds = [one for one in get_args(annotation) if one is not NoneType]
        if len(kinds) == 1:
            return len(get_args(annotation)) == 2, kinds[0]
    return False, annotation


def _flat(columns: tuple[Column, ...], prefix: str = "", nullable: bool = False) -> Iterator[Column]:
    for column in columns:
        name, may_be_null = prefix + column.name, nullable or column.nullable
        if column.kind == "object":
            yield from _flat(column.inner, f"{name}_", may_be_null)
        else:
            yield replace(column, name=name, nullable=may_be_null)


def _flat_values(column: Column) -> Iterator[Callable[[Any], Any]]:
    """For each flat column that comes of a nested one, what takes its value out of the nested one's."""
    if column.kind == "object":
        for one in column.inner:
            for value_of in _flat_values(one):
                yield _inside(one.name, value_of)
    elif column.kind in ("list", "map"):
        yield _json(reader_of(column))
    else:
        yield _as_it_is


def _inside(name: str, value_of: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else value_of(value[name])


def _json(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else json_of(read(value))


def json_of(value: Any) -> str:
    """JSON as the collection's lines have it: readable Japanese, no blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _as_it_is(value: Any) -> Any:
    return value
