"""The JSON Schemas in the package, from the models: python tools/write_schemas.py [--check].

`crawler/schemas/<kind>-<number>.json` for every kind of line and row there is. What is there of an older number is left
alone: it describes files that people have. `--check` writes nothing and ends with 1 where package and models differ, as
tests/test_schemas.py does.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from crawler.editions import HistoryLine
from crawler.exporting.rows import TABLES
from crawler.lines import SCHEMAS, schema_of
from crawler.models import Line

FOLDER: Final = Path(__file__).resolve().parent.parent / "crawler" / "schemas"
KINDS: Final[tuple[type[Line], ...]] = (*SCHEMAS.values(), HistoryLine, *TABLES.values())


def main() -> int:
    """Write the schemas, or check them."""
    wanted = {FOLDER / name: text for name, text in schemas().items()}
    differ = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" not in sys.argv[1:]:
        FOLDER.mkdir(exist_ok=True)
        for path in differ:
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
        return 0
    return int(bool(differ))


def schemas() -> dict[str, str]:
    """File name → text, for every kind: `article-1.json`."""
    return {f"{name_of(model).partition('/')[2].replace('/', '-')}.json": schema_of(model) for model in KINDS}


def name_of(model: type[Line]) -> str:
    """What a line of this kind has in `schema`: `genbun/article/1`."""
    return str(model.model_fields["schema_"].default)


if __name__ == "__main__":
    sys.exit(main())
