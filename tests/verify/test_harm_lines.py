"""Lines and schemas, altered: each field is held against the archive."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.verify.harm import Record, edit_line, flip, lines, put_together, take_apart, verify, warcs


def _other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("x" if value[-1:] != "x" else "y")
    if isinstance(value, list):
        return value[:-1] if value else ["x"]
    if isinstance(value, dict):
        return {**value, next(iter(value)): _other(next(iter(value.values())))} if value else {"x": "y"}
    return "x"


def _fields_of(made: Path, kind: str) -> list[str]:
    return list(json.loads(lines(made / "records" / f"{kind}.jsonl")[1]))


@pytest.mark.parametrize("kind", ["articles", "pairs", "problems"])
def test_each_field_of_a_line_is_held_against_the_archive(kind: str, made: Path, collection: Path) -> None:
    path = collection / "records" / f"{kind}.jsonl"
    before = path.read_bytes()
    for name in _fields_of(made, kind):
        offset = edit_line(path, 1, lambda line, name=name: line.update({name: _other(line[name])}))  # type: ignore[misc]
        report = verify(collection)
        assert report.status == 4, name
        assert report.at(f"records/{kind}.jsonl", offset), (name, report.findings)
        path.write_bytes(before)


@pytest.mark.parametrize(
    "name", ["record_id", "warc", "offset", "length", "captured_at", "status", "payload_digest", "url"]
)
def test_a_capture_is_held_against_its_record(name: str, collection: Path) -> None:
    path = collection / "records" / "articles.jsonl"

    def how(line: dict[str, Any]) -> None:
        value = line["capture"][name]
        line["capture"][name] = "2001-01-01T00:00:00Z" if name == "captured_at" else _other(value)

    offset = edit_line(path, 1, how)
    report = verify(collection)
    assert report.status == 4
    assert {"line_field", "capture"} <= report.at("records/articles.jsonl", offset)


def _remove(found: list[bytes]) -> None:
    del found[1]


def _double(found: list[bytes]) -> None:
    found.insert(2, found[1])


def _invent(found: list[bytes]) -> None:
    found.insert(2, found[1].replace(b'"id":"', b'"id":"z', 1))


def _reverse(found: list[bytes]) -> None:
    found[0], found[1] = found[1], found[0]


def _space(found: list[bytes]) -> None:
    found[1] = found[1].replace(b'":', b'": ', 1)


def _text(found: list[bytes]) -> None:
    found[1] = b"text\n"


def _deep(found: list[bytes]) -> None:
    found[1] = b"[" * 200_000 + b"\n"


def _half_a_pair(found: list[bytes]) -> None:
    found[1] = found[1].replace(b'"id":"', b'"id":"\\ud800', 1)


def _unknown_field(found: list[bytes]) -> None:
    found[1] = b'{"more":1,' + found[1][1:]


IN_LINES: dict[str, tuple[Callable[[list[bytes]], None], str]] = {
    "removed": (_remove, "line_missing"),
    "twice": (_double, "line_repeated"),
    "invented": (_invent, "line_extra"),
    "order": (_reverse, "line_order"),
    "space": (_space, "line_text"),
    "text": (_text, "line_syntax"),
    "deep": (_deep, "line_syntax"),
    "half-a-pair": (_half_a_pair, "line_syntax"),
    "unknown-field": (_unknown_field, "line_schema"),
}


@pytest.mark.parametrize("name", IN_LINES)
@pytest.mark.parametrize("kind", ["articles", "pairs"])
def test_harm_to_lines_is_found(name: str, kind: str, collection: Path) -> None:
    how, what = IN_LINES[name]
    path = collection / "records" / f"{kind}.jsonl"
    found = lines(path)
    how(found)
    path.write_bytes(b"".join(found))
    report = verify(collection)
    assert report.status == 4
    assert what in report.at(f"records/{kind}.jsonl"), report.findings


def test_a_record_that_says_another_class_gives_other_lines(collection: Path) -> None:
    """The archive agrees with itself; the lines do not with it."""

    def how(part: Record) -> None:
        part.block = part.block.replace(b"class: original", b"class: listing!")
        part.digest_anew()

    for path in warcs(collection):
        parts = take_apart(path)
        for part in parts:
            if part.get("WARC-Type") == "metadata" and b"class: original" in part.block:
                how(part)
        put_together(path, parts)
    report = verify(collection)
    assert report.status == 4
    assert {"line_extra"} <= report.at("records/articles.jsonl")
    assert {"line_field"} <= report.at("records/pairs.jsonl")


@pytest.mark.parametrize("name", ["article", "pair", "problem"])
def test_schemas_are_those_of_the_models(name: str, collection: Path) -> None:
    path = collection / "records" / "schema" / f"{name}.json"
    flip(path, 40)
    report = verify(collection)
    assert report.status == 4
    assert report.at(f"records/schema/{name}.json", 40) == {"schema"}
    path.unlink()
    assert verify(collection).at(f"records/schema/{name}.json", 0) == {"schema_absent"}


def test_an_article_line_that_an_older_reader_made_says_what_to_do(collection: Path) -> None:
    edit_line(collection / "records" / "articles.jsonl", 1, lambda line: line["parser"].update(version=0))
    (finding,) = verify(collection).findings
    assert "`genbun rebuild`" in finding["detail"]
