"""What every test may ask for, and the rule that in CI nothing is skipped because a program is missing.

A test that needs a program asks for it by the fixtures below, or skips with a reason that begins with "needs ".
At home that is a skip; where CI=true it is a failure, since there `.ci/run` has to install it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOT_IN_CI = ("needs ", "could not import ")


@pytest.fixture
def program() -> Callable[[str], str]:
    """`program("redis-server")` is its path; the test is skipped where it is not installed."""

    def path_of(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"needs {name}")
        return found

    return path_of


@pytest.fixture
def chromium(program: Callable[[str], str]) -> str:
    """Chromium's path. As root it wants `--no-sandbox`."""
    return program("chromium")


@pytest.fixture
def pywb() -> Path:
    """The folder with `wayback` and `wb-manager`: pywb lives in an environment of its own (see the Makefile)."""
    environment = Path(os.environ.get("GENBUN_PYWB") or ROOT / ".venv-pywb")
    if not (environment / "bin" / "wayback").exists():
        pytest.skip("needs pywb: run `make pywb`, or name its environment in GENBUN_PYWB")
    return environment / "bin"


@pytest.fixture
def real_pages() -> Path:
    """The folder of real newspaper pages that lies beside this repository; for tests marked `realpages`."""
    return Path(os.environ["GENBUN_REAL_PAGES"]) / "pages"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("GENBUN_REAL_PAGES"):
        return
    for item in items:
        if item.get_closest_marker("realpages"):
            item.add_marker(pytest.mark.skip(reason="no real pages here: GENBUN_REAL_PAGES is not set"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip for want of a program into a failure, in CI."""
    if os.environ.get("CI") != "true" or not report.skipped or not isinstance(report.longrepr, tuple):
        return
    reason = report.longrepr[2].removeprefix("Skipped: ")
    if reason.startswith(NOT_IN_CI):
        report.outcome = "failed"
        report.longrepr = f"in CI nothing may be missing, but this test {reason}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    started = os.environ.get("GENBUN_STARTED")
    if started:
        terminalreporter.write_line(f"{time.time() - int(started):.0f} s since .ci/run began")
