"""The JSON Schemas that ship, and what is promised of them: a number's fields stay, and mean what they meant.

`tests/schemas/` holds each schema as it was first published under its number. It is never rewritten; where a test here
fails, the change wants a new number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from archives.collection import Collection
from crawler.editions import HistoryLine, histories
from crawler.exporting.rows import TABLES
from crawler.lines import SCHEMAS, schema_of
from tests.crawl.crawling import genbun
from tools.write_schemas import KINDS, name_of, schemas

SHIPPED = resources.files("crawler") / "schemas"
FIRST = Path(__file__).with_name("schemas")
NAMES = sorted(path.name for path in FIRST.glob("*.json"))
Schema = dict[str, Any]


def shipped(name: str) -> Schema:
    """A schema from the package."""
    found: Schema = json.loads((SHIPPED / name).read_text("utf-8"))
    return found


def test_what_ships_is_what_the_models_say() -> None:
    for name, text in schemas().items():
        assert (SHIPPED / name).read_text("utf-8") == text, "run: python tools/write_schemas.py"


def test_every_kind_ships_under_every_number_it_had() -> None:
    there = {path.name for path in SHIPPED.iterdir() if path.name.endswith(".json")}
    assert there == {*schemas(), *NAMES}
    for model in KINDS:
        kind, _, number = name_of(model).removeprefix("genbun/").partition("/")
        assert {f"{kind}-{one}.json" for one in range(1, int(number) + 1)} <= there
    assert {*SCHEMAS.values(), HistoryLine, *TABLES.values()} == set(KINDS)


@pytest.mark.parametrize("name", sorted(schemas()))
def test_each_is_a_schema_and_names_its_kind(name: str) -> None:
    schema = shipped(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    kind, _, number = name.removesuffix(".json").rpartition("-")
    assert schema["properties"]["schema"]["const"] == f"genbun/{kind}/{number}"
    assert schema["additionalProperties"] is False


# the promise --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_number_keeps_its_fields_and_their_types(name: str) -> None:
    first, now = (json.loads((folder / name).read_text("utf-8")) for folder in (FIRST, SHIPPED))
    assert list(lost(first, now, first, now, name)) == []


def lost(first: Schema, now: Schema, whole: Schema, whole_now: Schema, path: str) -> Iterator[str]:
    """What could be relied on in the first schema, and cannot in today's. `whole` are the schemas that `$ref` means."""
    first, now = resolved(first, whole), resolved(now, whole_now)
    if gone := kinds(now, whole_now) - kinds(first, whole):
        yield f"{path}: may be {sorted(gone)} now"
    if new := set(now.get("required", ())) - set(first.get("required", ())):
        yield f"{path}: {sorted(new)} must be there now, and is not in lines of before"
    for name, field in first.get("properties", {}).items():
        if name not in now.get("properties", {}):
            yield f"{path}.{name}: is gone"
        else:
            yield from lost(field, now["properties"][name], whole, whole_now, f"{path}.{name}")
    if "items" in first:
        yield from lost(first["items"], now.get("items", {}), whole, whole_now, f"{path}[]")
    for one in first.get("anyOf", ()):
        inner = resolved(one, whole)
        same = [other for other in now.get("anyOf", ()) if kinds(other, whole_now) == kinds(inner, whole)]
        if "properties" in inner or "items" in inner:
            yield from lost(inner, same[0] if same else {}, whole, whole_now, path)


def resolved(schema: Schema, whole: Schema) -> Schema:
    """What a `$ref` means."""
    return whole["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def kinds(schema: Schema, whole: Schema) -> set[str]:
    """The types, and of words the values, that a field may have: who reads it has to be ready for these and no more."""
    schema = resolved(schema, whole)
    if "anyOf" in schema:
        return set().union(*(kinds(one, whole) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return {json.dumps(value) for value in schema.get("enum", [schema.get("const")])}
    return {f"{schema.get('type')} {schema.get('format', '')}".strip()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda schema: schema["properties"].pop("url"), "url: is gone"),
        (lambda schema: schema["required"].append("rights"), "['rights'] must be there now"),
        (lambda schema: schema["properties"].update(version={"type": "string"}), "version: may be"),
        (lambda schema: schema["properties"]["access"]["enum"].append("some"), "access: may be"),
        (lambda schema: schema["properties"].update(section=schema["properties"]["blocks"]), "section: may be"),
        (lambda schema: schema["properties"]["headline"].update(type="null"), "headline: may be"),
    ],
)
def test_what_would_break_the_promise_is_seen(change: Any, said: str) -> None:
    first, now = shipped("article-1.json"), shipped("article-1.json")
    change(now)
    assert any(said in one for one in lost(first, now, first, now, "article"))


# what is written ----------------------------------------------------------------------------------


def test_every_line_of_a_collection_answers_to_what_ships(tmp_path: Path) -> None:
    assert genbun("demo", "--to", "editorials", cwd=tmp_path).status == 0
    assert genbun("export", "editorials", "--format", "jsonl", "--to", "out", cwd=tmp_path).status == 0
    files = [*(tmp_path / "editorials" / "records").glob("*.jsonl"), *(tmp_path / "out").glob("*.jsonl")]
    lines = [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]
    lines += [json.loads(line.line()) for line in histories(Collection(tmp_path / "editorials"))]
    seen: set[str] = set()
    for line in lines:
        name = f"{line['schema'].removeprefix('genbun/').replace('/', '-')}.json"
        format_checker = jsonschema.FormatChecker()
        jsonschema.Draft202012Validator(shipped(name), format_checker=format_checker).validate(line)
        seen.add(name)
    assert seen == set(schemas())
    for model, path in ((model, tmp_path / "editorials" / "records" / "schema") for model in SCHEMAS.values()):
        of_collection = path / f"{name_of(model).split('/')[1]}.json"
        assert of_collection.read_text("utf-8") == schema_of(model)
