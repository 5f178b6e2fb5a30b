"""The tables of docs/hostile.md, from the rows of tests/hostile: python -m tools.docs_hostile [--check].

They stand between `<!-- rows -->` and `<!-- end -->`; what lies between is replaced. `--check` writes nothing and ends
with 1 where the page and the rows differ, as tests/hostile/test_table.py does.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.hostile.row import Row
from tests.hostile.rows import ROWS

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "hostile.md"
PLACE: Final = re.compile(r"(<!-- rows -->\n).*?(<!-- end -->)", re.DOTALL)
HEAD: Final = (
    "| the press does | at | the WARC keeps | the receipt says | the lines say | exit | at most |",
    "|---|---|---|---|---|---|---|",
)


def main() -> int:
    """Write the tables, or check them."""
    page = PAGE.read_text("utf-8")
    new = with_tables(page)
    if "--check" in sys.argv[1:]:
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8", newline="\n")
    return 0


def with_tables(page: str) -> str:
    """The page with every table as the rows have it now."""
    parts = [f"### {title}\n\n{table_of(rows)}\n" for title, rows in ROWS.items()]
    return PLACE.sub(lambda found: "\n".join([found[1], *parts, found[2]]), page)


def table_of(rows: Iterable[Row]) -> str:
    """One group's rows."""
    return "\n".join([*HEAD, *map(line_of, rows)])


def line_of(row: Row) -> str:
    """One row: what is done, and what the test holds it to."""
    said = row.outcome + (f"; the rest of the host {row.rest}" if row.rest else "")
    said += "".join(f"; where it leads {outcome}" for outcome in dict.fromkeys(row.also.values()))
    if row.lines:
        way, count = row.lines
        said += f"; {count:,} lines of {way}"
    if row.pause:
        said += f"; {row.pause:,.0f} s of rest" if row.pause < 60 else "; asked no more"
    at = f"{row.at}, every address" if row.everywhere else row.at
    cells = (_what(row), at, row.kept, said, _lines(row), str(row.exit), f"{row.seconds:g} s, {row.mb} MB")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _what(row: Row) -> str:
    return re.sub(r"\b(?:https?|file):\S*[^\s,]", lambda found: f"`{found[0]}`", row.what)


def _lines(row: Row) -> str:
    if row.others == "none":
        return "no pair at all"
    others = "" if row.others == "as ever" else f"; other pairs {row.others}"
    return (row.line or "nothing of it") + others


if __name__ == "__main__":
    sys.exit(main())
