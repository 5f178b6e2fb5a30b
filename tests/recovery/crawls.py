"""Crawls of the embedded press in processes of their own, and what their collections hold."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from archives.reader import stored_records
from crawler.press import Press

VOLATILE = {"record_id", "warc", "offset", "length", "captured_at"}


def command(press: Press, folder: Path, *extra: str) -> list[str]:
    words = [sys.executable, "-m", "crawler.commands.main", "crawl", "example_herald", "--to", str(folder)]
    words += ["--delay", "0", *extra]
    for host, origin in press.connect_to.items():
        words += ["--connect-to", f"{host}={origin}"]
    return words


def crawl(press: Press, folder: Path, *extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(press, folder, *extra), capture_output=True, text=True, timeout=120)


def answers(folder: Path) -> Counter[str]:
    """How many whole answers of each address the archive holds. Raises `TornFile` if a file is torn."""
    found: Counter[str] = Counter()
    for warc in sorted((folder / "archive").iterdir()):
        for record in stored_records(warc):
            if record.type in ("response", "revisit") and record.truncated is None:
                found[record.url] += 1
    return found


def lines(folder: Path, kind: str) -> list[dict[str, Any]]:
    """A collection's lines without what differs from crawl to crawl: where and when a record was written."""
    text = (folder / "records" / f"{kind}.jsonl").read_text("utf-8")
    return [without_places(json.loads(line)) for line in text.splitlines()]


def without_places(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_places(one) for key, one in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return [without_places(one) for one in value]
    return value


def receipts(folder: Path) -> list[dict[str, Any]]:
    found = [json.loads(path.read_text("utf-8")) for path in (folder / "crawls").glob("*.json")]
    return sorted(found, key=lambda receipt: str(receipt["started_at"]))


def balanced(receipt: dict[str, Any]) -> bool:
    rows = [receipt, *receipt["classes"].values()]
    return all(row["asked"] == row["fetched"] + row["refused"] + row["failed"] + row["skipped"] for row in rows)
