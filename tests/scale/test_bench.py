"""The benchmark runs, and counts what it says it counts."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.long
def test_its_short_form() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.scale", "--short"], cwd=ROOT, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert {row["pages"] for row in figures["rows"].values()} == {120}
    assert figures["rows"]["no frontier"]["sent"] == 0
    for name in ("1 worker", "2 workers"):
        row = figures["rows"][name]
        assert 1 <= row["sent"] < 10, "a page takes its turn at its host, and a share of an exchange"
        assert row["inside"] > row["sent"]
    assert figures["memory"]["waiting_bytes"] > figures["memory"]["done_bytes"] > 12
    assert figures["ratio"] > 0
