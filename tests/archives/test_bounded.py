"""Lines and JSON that a stranger wrote: what is too long, too deep or too much is said to be, and never held."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
from pydantic import BaseModel

from archives.bounded import MAX_LINE, MAX_OBJECT, MAX_VALUES, lines_of, model_of, object_in, value_of


class Row(BaseModel):
    """A line."""

    name: str


def test_lines_are_those_of_the_file() -> None:
    assert list(lines_of(io.BytesIO(b"one\n\ntwo"))) == [b"one\n", b"\n", b"two"]


def test_a_line_without_end_comes_in_pieces() -> None:
    pieces = list(lines_of(io.BytesIO(b"x" * (2 * MAX_LINE + 1))))
    assert [len(piece) for piece in pieces] == [MAX_LINE, MAX_LINE, 1]


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"[" * 200_000, b"[" + b"[]," * MAX_VALUES + b"1]", b"[" + b"{}," * MAX_VALUES + b"1]"]
)
def test_what_is_no_json_or_too_much_is_a_value_error(text: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(ValueError):  # noqa: PT011  # json says what
        value_of(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_long_text_is_not_too_much() -> None:
    assert len(value_of(b'{"text": "' + b"word " * 2_000_000 + b'"}')["text"]) == 10_000_000
    assert len(value_of(b"[" + b"1," * (MAX_VALUES - 10) + b"1]")) == MAX_VALUES - 9


def test_a_line_that_is_none_says_which_field_is_wrong() -> None:
    assert model_of(Row, b'{"name": "x"}') == Row(name="x")
    with pytest.raises(ValueError, match=r"^name: Field required$"):
        model_of(Row, b"{}")
    with pytest.raises(ValueError, match=r"^Invalid JSON: EOF while parsing"):
        model_of(Row, b'{"name": "x')
    with pytest.raises(ValueError, match="more than 500,000 values"):
        model_of(Row, b'{"name": "' + b"," * (MAX_VALUES + 1) + b'"}')


@pytest.mark.parametrize("text", [b"", b"[]", b"1", b"{", b'{"a": ' + b" " * MAX_OBJECT + b"1}"])
def test_what_is_no_small_object_is_empty(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(text)
    assert object_in(tmp_path / "x.json") == {}


def test_a_small_object_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes('{"名": 1}'.encode())
    assert object_in(tmp_path / "x.json") == {"名": 1}
    with pytest.raises(OSError, match="No such file"):
        object_in(tmp_path / "y.json")
