"""Crawls of the embedded press in processes of their own, and what their collections hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archives.collection import Collection
from archives.reader import Stored, stored_records
from archives.verify.finding import Findings
from crawler.press import Press
from crawler.rebuilding import rebuild
from crawler.verifying.collection import verify
from tests.conftest import ROOT

VOLATILE = {"record_id", "warc", "offset", "length", "captured_at"}
KINDS = ("articles", "pairs", "problems")


def arguments(press: Press, folder: Path, *extra: str) -> list[str]:
    words = ["crawl", "example_herald", "--to", str(folder), "--delay", "0", "--recheck", "all", *extra]
    for host, origin in press.connect_to.items():
        words += ["--connect-to", f"{host}={origin}"]
    return words


def command(press: Press, folder: Path, *extra: str) -> list[str]:
    return [sys.executable, "-m", "crawler.commands.main", *arguments(press, folder, *extra)]


def crawl(press: Press, folder: Path, *extra: str, **plan: Any) -> subprocess.CompletedProcess[str]:
    """Crawl; with `kill`, `clock` or `power`, something happens meanwhile (`tests.recovery.interfering`)."""
    words = command(press, folder, *extra)
    if plan:
        words = [sys.executable, "-m", "tests.recovery.interfering", json.dumps(plan), *words[3:]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(words, capture_output=True, text=True, timeout=120, env=environment)


def records(folder: Path) -> Iterator[Stored]:
    """Every WARC record. Raises `TornFile` if a file is torn."""
    for warc in sorted((folder / "archive").iterdir()):
        yield from stored_records(warc)


def answers(folder: Path) -> Counter[str]:
    """How many whole answers of each address the archive holds. Raises `TornFile` if a file is torn."""
    return Counter(
        record.url for record in records(folder) if record.type in ("response", "revisit") and record.truncated is None
    )


def asked_since(press: Press, count: int) -> set[str]:
    """The addresses that were asked after the press had answered that many."""
    return {f"https://{one.host}{one.path}" for one in press.exchanges[count:]}


def lines(folder: Path, kind: str) -> list[dict[str, Any]]:
    """A collection's lines without what differs from crawl to crawl: where and when a record was written."""
    return [without_places(line) for line in raw_lines(folder, kind)]


def raw_lines(folder: Path, kind: str) -> list[dict[str, Any]]:
    text = (folder / "records" / f"{kind}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def without_places(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_places(one) for key, one in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return [without_places(one) for one in value]
    return value


def receipts(folder: Path) -> list[dict[str, Any]]:
    """Every receipt, in the order in which the crawls began."""
    found = [json.loads(path.read_text("utf-8")) for path in (folder / "crawls").glob("*.json")]
    return sorted(found, key=lambda receipt: str(receipt["started_at"]))


def balanced(receipt: dict[str, Any]) -> bool:
    rows = [receipt, *receipt["classes"].values()]
    return all(row["asked"] == row["fetched"] + row["refused"] + row["failed"] + row["skipped"] for row in rows)


def assert_whole(whole: Path, folder: Path) -> None:
    """The end state is that of an uninterrupted crawl: the same addresses, each once, and the same lines."""
    assert set(answers(folder).values()) == {1}, "an address was kept twice"
    assert answers(folder) == answers(whole)
    assert_same_lines(whole, folder)
    assert_sound(folder)


def assert_same_lines(whole: Path, folder: Path) -> None:
    for kind in KINDS:
        assert lines(folder, kind) == lines(whole, kind)


def assert_sound(folder: Path) -> None:
    """Nothing is left open or half written, everything verifies, and the lines are those of the archive alone."""
    left = [str(path) for path in folder.rglob("*") if path.name.endswith((".open", ".new"))]
    assert not left
    assert all(balanced(receipt) for receipt in receipts(folder))
    with TemporaryDirectory() as scratch:
        findings = Findings()
        verify(Collection(folder), Path(scratch), findings)
        errors = [str(finding) for finding in findings if finding.severity == "error"]
        assert not errors, "\n".join(errors)
    with TemporaryDirectory() as scratch:
        again = Collection(Path(scratch) / "again")
        rebuild(Collection(folder), again)
        for kind in KINDS:
            path = Path("records") / f"{kind}.jsonl"
            assert (folder / path).read_bytes() == (again.path / path).read_bytes()
        assert (folder / "indexes/index.cdxj").read_bytes() == again.index.read_bytes()
