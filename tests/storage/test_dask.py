"""A thinned collection rebuilt by the workers of a Dask scheduler: each reads from storage, by its own permission."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.crawl.crawling import Left, assert_same_lines, genbun
from tests.rebuild.workers import scheduler
from tests.storage.s3 import S3


@pytest.mark.long
def test_workers_read_from_storage(crawled: Path, asking: S3, tmp_path: Path) -> None:
    thinned = Path(shutil.copytree(crawled, tmp_path / "thinned"))
    assert genbun("store", str(thinned), "--to", f"{asking.address}/dask", "--thin").status == 0
    allowed = {"GENBUN_STORAGE": asking.address}
    with scheduler(tmp_path) as running:
        running.start_workers("good", environment={**os.environ, **allowed})
        words = ["rebuild", str(thinned), "--to", str(tmp_path / "again"), "--on", running.address]
        done = genbun(*words, env=allowed)
        assert done.status == 0, done.err
        running.start_workers("other")
        refused = genbun(*words, env=allowed)
    assert refused.status == 1
    assert "cannot read" in refused.said
    assert f"--storage {asking.address}/dask" in refused.said
    assert_same_lines(Left(tmp_path / "again"), Left(crawled))
