"""Lines and JSON of a collection, read so that none of them fills memory: a stranger may have written them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

MAX_LINE: Final = 16 * 1024 * 1024  # bytes: three times what a page may have
MAX_VALUES: Final = 500_000  # of one JSON text: each may take 250 bytes, and need no more than two in the file
MAX_OBJECT: Final = 4 * 1024 * 1024  # bytes of a receipt, which has thousands

Model = TypeVar("Model", bound="BaseModel")


def lines_of(stream: IO[bytes], most: int = MAX_LINE) -> Iterator[bytes]:
    """Each line; one of more than `most` bytes comes in pieces, and is no line of JSON then."""
    while line := stream.readline(most):
        yield line


def value_of(text: bytes) -> Any:
    """What a JSON text says. Raises `ValueError` where it is none, too deep, or would take too much memory."""
    require_light(text)
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("lies in itself too often") from None


def require_light(text: bytes) -> None:
    """Raise `ValueError` for a JSON text that may hold more than `MAX_VALUES` values."""
    if len(text) > MAX_VALUES and sum(text.count(mark) for mark in (b",", b"[", b"{")) > MAX_VALUES:
        raise ValueError(f"holds more than {MAX_VALUES:,} values")


def model_of(kind: type[Model], line: bytes) -> Model:
    """A line of records. Raises `ValueError` that says which of its fields is wrong, and how."""
    require_light(line)
    from pydantic import ValidationError  # a third of the time it takes to start: not for who reads lines alone

    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        what = error.errors(include_url=False)[0]
        raise ValueError(": ".join(filter(None, (".".join(map(str, what["loc"])), what["msg"])))) from None


def object_in(path: Path) -> dict[str, Any]:
    """The JSON object that a small file holds; empty where it holds none, or is no small file. Raises `OSError`."""
    with path.open("rb") as file:
        text = file.read(MAX_OBJECT + 1)
    try:
        value = value_of(text) if len(text) <= MAX_OBJECT else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
