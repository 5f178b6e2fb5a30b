"""One demo collection for all tests here, made once; each test gets a copy to do harm to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crawler.press import Press, demo
from tests.crawl.crawling import crawl


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two crawls of the demo's press with an edit between them; beside it `after-one`, as the first crawl left it."""
    folder = tmp_path_factory.mktemp("verify")
    with Press(demo()) as press:
        assert crawl(press, folder / "demo").status == 0
        shutil.copytree(folder / "demo", folder / "after-one")
        press.edit()
        assert crawl(press, folder / "demo").status == 0
    return folder / "demo"


@pytest.fixture
def collection(made: Path, tmp_path: Path) -> Path:
    """A copy of the demo's collection."""
    return Path(shutil.copytree(made, tmp_path / "collection"))
