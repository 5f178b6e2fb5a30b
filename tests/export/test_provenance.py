"""What an export says of itself, in its file and at its end."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawler.version import VERSION
from tests.export.aligned import METHOD, is_paired, read, with_original
from tests.export.conftest import Export, run_export

ALL = ("jsonl", "csv", "tsv", "parquet", "sqlite", "tmx", "moses", "hf")


def said_of(out: Path) -> dict[str, Any]:
    """The provenance."""
    path = out / "provenance.json" if out.is_dir() else out.with_name(f"{out.name}.provenance.json")
    return dict(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("name", ALL)
def test_every_file_is_there_with_its_digest_and_nothing_else(name: str, aligned: Path, export: Export) -> None:
    out = export(aligned, name)
    said = said_of(out)
    folder = out if out.is_dir() else out.parent
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    listed = {file["path"]: file for file in said["files"]}
    assert found == set(listed) | {"provenance.json" if out.is_dir() else "out.provenance.json"}
    for path, file in listed.items():
        data = (folder / path).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert (out.stat().st_mode & 0o777) == (0o777 if out.is_dir() else 0o666) & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_it_names_collection_crawls_and_records_but_no_machine(aligned: Path, export: Export) -> None:
    out = export(aligned, "jsonl", "--newspaper", "example_herald")
    said = said_of(out)
    receipts = [json.loads(path.read_text("utf-8")) for path in sorted((aligned / "crawls").glob("*.json"))]
    assert [crawl["id"] for crawl in said["crawls"]] == [receipt["id"] for receipt in receipts]
    assert (said["collection"], said["genbun"]) == ("editorials", VERSION)
    for name, digest in said["records"].items():
        data = (aligned / "records" / name).read_bytes()
        assert digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert said["filters"] == {
        "newspaper": ["example_herald"], "since": None, "until": None, "status": None, "access": None,
        "leave_out_reserved": False, "leave_out_robots": None, "min_confidence": None, "sample": None,
        "no_text": False, "members": False, "no_history": False,
    }  # fmt: skip
    count = with_original(aligned)
    assert said["alignment"] == {
        "methods": {METHOD: count}, "pairs_aligned": count, "pairs_not_aligned": 0, "not_aligned": {},
    }  # fmt: skip
    rights = Counter((line["newspaper"], line["access"]) for line in read(out, "articles"))
    assert {(paper, access): n for paper, by in said["rights"].items() for access, n in by.items()} == rights
    captured = [line["capture"]["captured_at"] for line in read(aligned, "articles")]
    assert said["captured"]["first"] == min(captured)[:19] + "Z"
    assert str(aligned.parent) not in (out / "provenance.json").read_text("utf-8")
    assert str(out.parent) not in (out / "provenance.json").read_text("utf-8")


def test_links_that_tmx_cannot_hold_are_counted(aligned: Path, export: Export) -> None:
    rows = read(export(aligned, "jsonl", to="j"), "sentences")
    said = said_of(export(aligned, "tmx", to="e.tmx"))
    empty = sum("0" in row["shape"] for row in rows)
    kept_back = sum(row["withheld"] == "members" and "0" not in row["shape"] for row in rows)
    assert said["left_out"]["sentences"] == {"members": kept_back, "one_side_empty": empty}
    assert said["written"] == {"sentences": len(rows) - empty - kept_back}


def test_the_last_lines_say_what_was_written_and_what_was_not(aligned: Path, unaligned: Path, tmp_path: Path) -> None:
    done = run_export(aligned, "jsonl", tmp_path / "out", "--status", "paired", "--min-confidence", "0.9")
    assert done.out.startswith(f"{tmp_path}/out holds, in ")
    others = sum(not is_paired(pair) for pair in read(aligned, "pairs"))
    assert f"\nleft out: {others} pairs ({others} of another status)\n" in done.out
    assert " less sure than asked, " in done.out
    reasons = Counter(problem["reason"] for problem in read(aligned, "problems"))
    listed = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    assert f"in no export: {reasons.total()} pages that gave no article ({listed})" in done.out
    assert f"\nnext:\n  head -n 1 {tmp_path}/out/sentences.jsonl | jq .\n" in done.out
    done = run_export(unaligned, "jsonl", tmp_path / "unaligned")
    count = with_original(unaligned)
    said = json.loads((tmp_path / "unaligned" / "provenance.json").read_text("utf-8"))["alignment"]["not_aligned"]
    assert sum(said.values()) == count == said["not_tried"] + said["restricted"]
    whys = f"{said['not_tried']} not tried, {said['restricted']} restricted"
    assert f"not aligned: {count} pairs that have an original ({whys}): there are no sentences" in done.out
    assert "unaligned/pairs.jsonl" in done.out


def test_json_prints_the_provenance(aligned: Path, tmp_path: Path) -> None:
    done = run_export(aligned, "tsv", tmp_path / "out", "--json")
    assert done.out == (tmp_path / "out" / "provenance.json").read_text("utf-8")


def test_a_receipt_that_cannot_be_read_is_named(collection: Path, export: Export) -> None:
    (collection / "crawls" / "20990101T000000Z-example_herald-0000.json").write_text("{", "utf-8")
    said = said_of(export(collection, "jsonl"))
    assert said["crawls"][-1] == {"id": "20990101T000000Z-example_herald-0000", "newspaper": None, "started_at": None,
                                  "ended_at": None, "finished": None}  # fmt: skip
