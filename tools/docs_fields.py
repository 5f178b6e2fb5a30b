"""The field tables of docs/researchers.md, from the models' own descriptions: python tools/docs_fields.py [--check].

Each table stands between `<!-- fields: Model -->` and `<!-- end -->`; what lies between is replaced. `--check` writes
nothing and ends with 1 where the page and the models differ, as tests/test_docs.py does.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from archives.capture import Capture
from crawler.alignment.records import Alignment, ParagraphLink, SentenceLink, Span
from crawler.editions.records import Counterpart, Edit, Spot
from crawler.exporting.rows import HistoryRow, SentenceRow
from crawler.models import (
    ArticleLine,
    Block,
    Candidate,
    Evidence,
    Original,
    PairLine,
    Parser,
    ProblemLine,
    Rights,
    RunnerUp,
    Side,
)

PAGE = Path(__file__).resolve().parent.parent / "docs" / "researchers.md"
MODELS: dict[str, type[BaseModel]] = {
    model.__name__: model
    for model in (
        *(ArticleLine, PairLine, ProblemLine, Block, Original, Candidate, Rights, Parser, Side, Evidence, RunnerUp),
        *(Capture, Alignment, SentenceLink, ParagraphLink, Span, SentenceRow, HistoryRow, Edit, Counterpart, Spot),
    )
}
TABLE = re.compile(r"(<!-- fields: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
FORMATS = {"date-time": "instant", "date": "day"}
TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "null"}


def main() -> int:
    """Write the tables, or check them."""
    page = PAGE.read_text("utf-8")
    new = with_tables(page)
    if "--check" in sys.argv[1:]:
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8", newline="\n")
    return 0


def with_tables(page: str) -> str:
    """The page with every table as the models have it now."""
    return TABLE.sub(lambda found: f"{found[1]}{table_of(MODELS[found[2]])}{found[3]}", page)


def table_of(model: type[BaseModel]) -> str:
    """One model's fields, in the order in which they are written."""
    schema = model.model_json_schema(mode="serialization")
    rows = ["| field | what it holds | meaning |", "|---|---|---|"]
    for name, field in schema["properties"].items():
        meaning = field.get("description") or _docstring(field, schema)
        rows.append(f"| `{name}` | {_type(field)} | {meaning.replace('|', chr(92) + '|')} |")
    return "\n".join(rows) + "\n"


def _type(field: dict[str, Any]) -> str:
    """What a field may hold, in words."""
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"])
    if "$ref" in field:
        return f"an object, [{field['$ref'].rpartition('/')[2]}](#{field['$ref'].rpartition('/')[2].lower()})"
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        items = field.get("items", {})
        return "a list of " + (f"[{_name(items)}](#{_name(items).lower()})" if "$ref" in items else _type(items))
    if field.get("type") == "object":
        return "an object"
    return FORMATS.get(field.get("format", ""), "") or TYPES[field["type"]]


def _name(field: dict[str, Any]) -> str:
    return str(field["$ref"]).rpartition("/")[2]


def _docstring(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """The first sentence of the model that a field holds, where the field says nothing itself."""
    for one in (field, field.get("items", {}), *field.get("anyOf", ())):
        if "$ref" in one:
            return str(schema["$defs"][_name(one)].get("description", "")).partition("\n\n")[0].replace("\n", " ")
    return ""


if __name__ == "__main__":
    sys.exit(main())
