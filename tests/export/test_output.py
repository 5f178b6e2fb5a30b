"""What a machine that prefers another encoding than UTF-8 is shown: all of it or its escapes, and JSON in UTF-8."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.crawl.crawling import GENBUN
from tests.export.aligned import read

#: Without UTF-8 mode, which Python turns on by itself in the C locale.
PLAIN = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, its output as bytes."""
    given = [*GENBUN, *map(str, arguments)]
    return subprocess.run(given, capture_output=True, env={**os.environ, **environment}, check=False)


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "cp1252"}, {"PYTHONIOENCODING": "ascii"}, PLAIN])
def test_what_cannot_be_shown_is_escaped(environment: dict[str, str], aligned: Path, tmp_path: Path) -> None:
    done = run("export", aligned, "--format", "sqlite", "--to", tmp_path / "e.db", **environment)
    assert (done.returncode, b"UnicodeEncodeError" in done.stderr) == (0, False)
    assert re.search(rb"MATCH '(\\u[0-9a-f]{4}){2}'", done.stdout)
    assert sqlite3.connect(tmp_path / "e.db").execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_japanese_name_is_written_and_escaped(encoding: str, aligned: Path, tmp_path: Path) -> None:
    done = run("export", aligned, "--format", "sqlite", "--to", tmp_path / "日本.db", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert rb"\u65e5\u672c.db" in done.stdout
    metadata = (tmp_path / "日本.db.metadata.json").read_text("utf-8")
    assert list(json.loads(metadata)["databases"]) == ["日本"]


@pytest.mark.parametrize("arguments", [["--help"], ["export", "--help"]])
def test_help_is_shown_everywhere(arguments: list[str]) -> None:
    done = run(*arguments, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


def test_a_name_that_is_no_text_ends_nothing(aligned: Path, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff"
    done = subprocess.run(
        [*GENBUN, "export", aligned, "--format", "csv", "--to", path], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert rb"\udcff" in done.stdout


@pytest.mark.parametrize("encoding", ["euc_jp", "cp1252", "utf-16"])
def test_json_is_utf_8_whatever_the_machine_prefers(encoding: str, aligned: Path, tmp_path: Path) -> None:
    lines = run("history", aligned, "--all", PYTHONIOENCODING=encoding).stdout.decode("utf-8").splitlines()
    assert lines
    assert any("。" in line for line in lines)
    assert all(json.loads(line)["schema"] == "genbun/history/1" for line in lines)
    one = run("history", aligned, read(aligned, "pairs")[0]["id"], "--json", PYTHONIOENCODING=encoding)
    assert json.loads(one.stdout.decode("utf-8"))["schema"] == "genbun/history/1"
    out = run("export", aligned, "--format", "csv", "--to", tmp_path / "台湾", "--json", PYTHONIOENCODING=encoding)
    assert out.stdout == (tmp_path / "台湾" / "provenance.json").read_bytes()
    page = tmp_path / "page.html"
    page.write_text("<html><p>台湾</p></html>", "utf-8")
    problem = run("parse", page, "--url", "https://example.org/台湾", PYTHONIOENCODING=encoding)
    assert problem.returncode == 3
    assert json.loads(problem.stdout.decode("utf-8"))["url"]


def test_one_pair_is_no_pairs(crawled: Path, tmp_path: Path) -> None:
    said = run("export", crawled, "--format", "jsonl", "--to", tmp_path / "out").stdout.decode()
    alone = [pair for pair in read(crawled, "pairs") if pair["original"] and not pair["alignment"]]
    assert len(alone) == 1
    assert f"not aligned: 1 pair that has an original (1 {alone[0]['status']})\n" in said


def test_people_are_shown_their_own_encoding(aligned: Path) -> None:
    done = run("history", aligned, read(aligned, "pairs")[0]["id"], PYTHONIOENCODING="euc_jp")
    assert done.returncode == 0
    done.stdout.decode("euc_jp")
