"""A crawl's receipt: what was asked for, what came of it, with which arguments, versions and times."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from archives.collection import Collection, replaced
from archives.journal import Asked
from crawler.version import VERSION

CLASSES: Final = ("editorial", "original", "listing", "robots", "requisite")
OUTCOMES: Final = ("fetched", "refused", "failed", "skipped")


def versions() -> dict[str, str]:
    """What took part: ourselves, the interpreter, and the libraries that touch bytes or records."""
    libraries = ("Scrapy", "warcio", "lxml", "beautifulsoup4", "pydantic", "isal", "Protego", "trafilatura")
    return {"genbun": VERSION, "python": platform.python_version(), **{name: version(name) for name in libraries}}


def balance(sums: dict[str, Counter[str]], pending: Counter[str]) -> dict[str, dict[str, int]]:
    """asked = fetched + refused + failed + skipped, for each class and in all; what is pending counts as skipped."""
    table: dict[str, dict[str, int]] = {}
    for klass in CLASSES:
        counted = sums.get(klass, Counter())
        row = {"asked": counted["asked"], **{outcome: counted[outcome] for outcome in OUTCOMES}}
        row["skipped"] += pending[klass]
        table[klass] = row
    table["all"] = {name: sum(table[klass][name] for klass in CLASSES) for name in ("asked", *OUTCOMES)}
    return table


def write_receipt(collection: Collection, crawl: str, receipt: dict[str, Any]) -> Path:
    """Write `crawls/<crawl>.json`, as a whole; returns its path."""
    path = collection.receipt(crawl)
    with replaced(path) as new:
        new.write_text(json.dumps(receipt, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def write_outcomes(collection: Collection, crawl: str, asked: Iterable[Asked]) -> None:
    """Write `crawls/<crawl>.outcomes.jsonl`: each address that was not fetched, and why."""
    path = collection.outcomes(crawl)
    with replaced(path) as new, new.open("w", encoding="utf-8", newline="\n") as out:
        for one in asked:
            if one.state == "fetched":
                continue
            pending = one.state == "asked"
            line = {
                "url": one.url,
                "outcome": "skipped" if pending else one.state,
                "reason": "interrupted" if pending else one.reason,
                "at": one.at or None,
                "class": one.klass,
            }
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
