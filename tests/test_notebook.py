"""The notebook, every cell of it, as a reader runs it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.crawling import environment, genbun

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "first-look.ipynb"


def test_every_cell_runs_on_the_demo(tmp_path: Path) -> None:
    for name in ("pyarrow", "duckdb", "matplotlib"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"needs {name}")
    assert genbun("demo", "--to", "editorials", cwd=tmp_path).status == 0
    options = ("--format", "parquet", "--to", "editorials-parquet")
    assert genbun("export", "editorials", *options, cwd=tmp_path).status == 0
    code = "\n".join("".join(cell["source"]) for cell in cells() if cell["cell_type"] == "code")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(MPLBACKEND="Agg"), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("p_pair") == 5
    assert "WARC-Type: response" in done.stdout
    assert "HTTP/1.1 200 OK" in done.stdout


def test_it_holds_no_outputs() -> None:
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells())


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return found
