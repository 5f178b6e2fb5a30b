"""A Redis for all tests, emptied for each; a press for each; and what one worker alone leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.press import Press, demo
from tests.scale.servers import Server
from tests.scale.workers import alone

LATENCY = 0.03  # so that one worker does not have it all before the other has begun


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    servers: list[Server] = []
    yield servers
    for server in servers:
        server.stop()


@pytest.fixture
def redis(running: list[Server], program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """An empty Redis that keeps nothing on disk."""
    path = program("redis-server")
    if not running:
        server = Server(path, tmp_path_factory.mktemp("redis"))
        server.start()
        running.append(server)
    with running[0].client() as client:
        client.flushall()
    return running[0]


@pytest.fixture
def press() -> Iterator[Press]:
    """The demo's press, not quite at once."""
    with Press(demo(), latency=LATENCY) as press:
        yield press


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one worker leaves that shares with nobody."""
    folder = tmp_path_factory.mktemp("whole") / "collection"
    with Press(demo()) as press:
        alone(press, folder)
    return folder
