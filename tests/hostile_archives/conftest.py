"""The process that runs the commands, and the folder of one test."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile_archives.asking import Asking, asking


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """Runs commands, each in a process of its own."""
    yield from asking(tmp_path_factory.mktemp("server"))


@pytest.fixture
def ask(server: subprocess.Popen[str], tmp_path: Path) -> Asking:
    """Runs commands in this test's folder."""
    return Asking(server, tmp_path)
