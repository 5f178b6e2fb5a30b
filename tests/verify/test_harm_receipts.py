"""Receipts and outcomes, altered: sums that do not hold are named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.verify.harm import verify

RECEIPT: dict[str, Callable[[dict[str, Any]], object]] = {
    "asked": lambda receipt: receipt.update(asked=receipt["asked"] + 1),
    "fetched": lambda receipt: receipt.update(fetched=receipt["fetched"] - 1),
    "class": lambda receipt: receipt["classes"]["original"].update(asked=0),
    "class-gone": lambda receipt: receipt["classes"].pop("editorial"),
    "no-count": lambda receipt: receipt.update(failed="0"),
    "true": lambda receipt: receipt["classes"]["editorial"].update(skipped=False),
    "no-classes": lambda receipt: receipt.pop("classes"),
    "id": lambda receipt: receipt.update(id="other"),
}


@pytest.mark.parametrize("name", RECEIPT)
def test_a_receipt_has_to_add_up(name: str, collection: Path) -> None:
    path = sorted((collection / "crawls").glob("*.json"))[0]
    receipt = json.loads(path.read_text("utf-8"))
    RECEIPT[name](receipt)
    path.write_text(json.dumps(receipt), "utf-8")
    report = verify(collection)
    assert report.status == 4
    assert "receipt" in report.at(f"crawls/{path.name}", 0)


def test_a_receipt_may_say_more(collection: Path) -> None:
    for path in (collection / "crawls").glob("*.json"):
        receipt = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(receipt | {"resumes": None, "later": {"a": 1}}), "utf-8")
    assert verify(collection).findings == []


def test_outcomes_are_those_the_receipt_counts(collection: Path) -> None:
    path = sorted((collection / "crawls").glob("*.outcomes.jsonl"))[0]
    before = path.read_bytes()
    assert before
    file = f"crawls/{path.name}"
    path.write_bytes(b"")
    report = verify(collection)
    assert (report.status, report.at(file)) == (4, {"outcomes"})
    path.write_bytes(before * 2)
    assert verify(collection).at(file) == {"outcomes"}
    path.write_bytes(before + b'{"outcome": "failed"}\n')
    assert verify(collection).at(file, len(before)) == {"outcome"}
    path.unlink()
    assert verify(collection).at(file) == {"outcomes_absent"}
    path.write_bytes(before)
    path.with_name(path.name.replace(".outcomes.jsonl", ".json")).unlink()
    report = verify(collection)
    assert (report.status, report.at(file)) == (0, {"receipt_absent"})
