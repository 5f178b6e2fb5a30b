"""One collection for all tests of the reading room, and one room that is open on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.press import Press, demo
from tests.conftest import ROOT
from tests.crawl.crawling import crawl
from tests.read.serving import Served, serving


@pytest.fixture(scope="session", autouse=True)
def extra() -> None:
    """The tests are skipped where `genbun[read]` is not installed."""
    for name in ("starlette", "uvicorn", "jinja2"):
        pytest.importorskip(name)


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's press, crawled, edited and crawled again, with its requisites. Not to be changed."""
    folder = tmp_path_factory.mktemp("read") / "editorials"
    with Press(demo()) as press:
        for _ in range(2):
            assert crawl(press, folder, "--recheck", "all").status == 0
            press.edit()
    return folder


@pytest.fixture
def copy(collection: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(collection, tmp_path / "editorials"))


@pytest.fixture(scope="session")
def player() -> Path:
    """The folder with ReplayWeb.page's two scripts."""
    folder = ROOT / ".cache" / "player"
    if not (folder / "VERSION").exists():
        pytest.skip("needs the ReplayWeb.page player: make player")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Chromium's path, for all tests of a file."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("needs chromium")
    return found


@pytest.fixture(scope="session")
def room(collection: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A room that is open on it."""
    with serving(collection, tmp_path_factory.mktemp("cache") / "c") as served:
        yield served
