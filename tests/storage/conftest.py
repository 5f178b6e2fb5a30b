"""A crawled collection, an S3, and the environment of the processes that ask it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.press import Press, demo
from tests.crawl.crawling import Left, crawl
from tests.storage.s3 import S3, serving


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    with serving(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two crawls into a few files."""
    folder = tmp_path_factory.mktemp("crawled") / "collection"
    with Press(demo()) as press:
        for _ in range(2):
            done = crawl(press, folder, "--set", "WARC_SIZE=150000")
            assert done.status == 0, done.err
            press.edit()
    assert len(Left(folder).warcs) > 3
    return folder


@pytest.fixture
def collection(crawled: Path, tmp_path: Path) -> Path:
    """A copy of it, to change."""
    return Path(shutil.copytree(crawled, tmp_path / "collection"))


@pytest.fixture
def asking(s3: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """This process, and those it starts, ask the S3; no storage may be read yet."""
    for name, value in s3.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GENBUN_STORAGE", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return s3
