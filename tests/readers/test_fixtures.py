"""Every folder `tests/fixtures/<newspaper>/<case>/`: what the page gives is what its record says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.newspapers import parse_page

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
CASES = sorted(page.parent for page in FIXTURES.glob("*/*/page.html"))


def read(case: Path) -> dict[str, Any]:
    source = json.loads((case / "source.json").read_text(encoding="utf-8"))
    record = parse_page((case / "page.html").read_bytes(), source["url"])
    return json.loads(record.model_dump_json())  # type: ignore[no-any-return]  # an object, as the model says


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_page_gives_its_record(case: Path) -> None:
    found, expected = read(case), case / "record.json"
    if not expected.exists():
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        pytest.fail(f"{expected} was missing and is written: read it against the page, then run again")
    record = json.loads(expected.read_text(encoding="utf-8"))
    assert found == record


def test_both_newspapers_have_cases() -> None:
    assert {case.parent.name for case in CASES} >= {"japan_forward", "sankei"}
