"""Collections to merge, crawled once; not to be changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.press import Press, demo
from crawler.press.addresses import HERALD
from tests.crawl.crawling import connected, genbun
from tests.merge.merging import crawled, split


@dataclass(frozen=True, slots=True)
class Sources:
    """Two crawls of the Herald with an edit between them, together and each in its own; the Shimbun alone."""

    herald: Path
    shimbun: Path
    later: Path
    twice: Path
    halves: tuple[Path, Path]
    """The two files of `twice`, each as a collection: the second one's revisits refer to the first."""
    translations: Path
    """The Herald without any original."""


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """All of them."""
    folder = tmp_path_factory.mktemp("sources")
    with Press(demo()) as press:
        herald = crawled(press, folder / "herald")
        shimbun = crawled(press, folder / "shimbun", newspaper="example_shimbun")
        command = ["crawl", "example_herald", "--to", str(folder / "translations"), "--delay", "0"]
        assert genbun(*command, *connected(press, [HERALD])).status == 0
        twice = Path(shutil.copytree(herald, folder / "twice"))
        press.edit()
        crawled(press, twice)
        later = crawled(press, folder / "later")
    return Sources(herald, shimbun, later, twice, split(twice, folder), folder / "translations")


@pytest.fixture
def press() -> Iterator[Press]:
    """The second edition."""
    with Press(demo()) as press:
        press.edit()
        yield press


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of a collection that a test may change."""

    def copy(folder: Path, name: str = "") -> Path:
        return Path(shutil.copytree(folder, tmp_path / "copies" / (name or folder.name)))

    return copy
