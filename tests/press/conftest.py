"""A press that keeps what it sent, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.press import Press, demo
from tests.press.client import Client


@pytest.fixture
def press() -> Iterator[Press]:
    with Press(demo(), keep=True) as press:
        yield press


@pytest.fixture
def client(press: Press) -> Iterator[Client]:
    with Client(press.port) as client:
        yield client
