"""A disk that is full while an export is written: every format says the same, and leaves nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawl.crawling import environment
from tests.export.needing import needs

#: Runs a command that may write no file of more than so many bytes: writing on fails, as on a full disk.
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from crawler.commands.main import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("size", [1_000, 60_000])
@pytest.mark.parametrize("name", ["jsonl", "csv", "parquet", "sqlite", "tmx", "moses", "hf"])
def test_it_says_that_it_could_not_be_written(name: str, size: int, aligned: Path, tmp_path: Path) -> None:
    if name in ("parquet", "hf"):
        needs("pyarrow")
    command = [sys.executable, "-c", LIMITED, str(size), "export", str(aligned), "--format", name, "--to", "out"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("genbun: out: could not be written (")
    assert done.stderr.endswith("; nothing of it was left there\n")
    assert list(tmp_path.iterdir()) == []
