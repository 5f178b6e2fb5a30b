"""One crawled collection for all tests of the exports."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.press import Press, demo
from tests.crawl.crawling import Done, crawl
from tests.export.aligned import align_all, read, write
from tests.export.needing import needs
from tests.fixture.running import genbun

Export = Callable[..., Path]


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's press, crawled, edited and crawled again. Not to be changed."""
    folder = tmp_path_factory.mktemp("export") / "editorials"
    with Press(demo()) as press:
        for _ in range(2):
            assert crawl(press, folder, "--no-requisites").status == 0
            press.edit()
    return folder


@pytest.fixture(scope="session")
def unaligned(crawled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without alignments. Not to be changed."""
    folder = Path(shutil.copytree(crawled, tmp_path_factory.mktemp("unaligned") / "editorials"))
    write(folder, "pairs", [pair | {"alignment": None} for pair in read(folder, "pairs")])
    return folder


@pytest.fixture(scope="session")
def aligned(crawled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, aligned by counting. Not to be changed."""
    folder = Path(shutil.copytree(crawled, tmp_path_factory.mktemp("aligned") / "editorials"))
    align_all(folder)
    return folder


@pytest.fixture
def collection(aligned: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(aligned, tmp_path / "editorials"))


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """`export(collection, format, *options)`: where it was written. That it ends with 0 is asserted."""

    def export(collection: Path, name: str, *options: str, to: str = "out") -> Path:
        target = tmp_path / to
        done = run_export(collection, name, target, *options)
        assert done.status == 0, done.err
        return target

    return export


def run_export(collection: Path, name: str, target: Path, *options: str) -> Done:
    """Run the command, however it ends. The test is skipped where pyarrow is needed and not installed."""
    if name in ("parquet", "hf"):
        needs("pyarrow")
    return genbun("export", collection, "--format", name, "--to", target, *options)


@pytest.fixture
def pyarrow() -> Any:
    """What writes Parquet; `genbun[parquet]`."""
    return needs("pyarrow")
