"""A press, and what an uninterrupted crawl of it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.press import Press, demo
from tests.recovery.crawls import crawl


@pytest.fixture(scope="session")
def press() -> Iterator[Press]:
    with Press(demo(), latency=0.004) as press:
        yield press


@pytest.fixture(scope="session")
def whole(press: Press, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an uninterrupted crawl leaves."""
    folder = tmp_path_factory.mktemp("whole") / "collection"
    assert crawl(press, folder).returncode == 0
    return folder
