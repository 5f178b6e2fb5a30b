"""A press for each test: quick to start, and its log is the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.press import Press, demo


@pytest.fixture
def press() -> Iterator[Press]:
    """The demo's press."""
    with Press(demo()) as press:
        yield press
