"""The demo's press, for a test of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.press import Press, demo


@pytest.fixture
def herald() -> Iterator[Press]:
    with Press(demo()) as press:
        yield press
