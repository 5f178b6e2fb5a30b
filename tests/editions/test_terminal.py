"""What `genbun history` shows on a terminal: colours, line ends, and nothing of a page that could take it over."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.commands.main import main
from crawler.editions.terminal import width_of
from tests.editions.articles import collection, line
from tests.editions.conftest import ORIGINAL
from tests.fixture.running import genbun


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a terminal of so many columns shows."""

    def shown(folder: Path, asked: str, **environment: str) -> str:
        for name in ("NO_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"COLUMNS": "60", **environment}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        assert main(["history", str(folder), asked]) == 0
        return capsys.readouterr().out

    return shown


def test_colour_on_a_terminal_alone(made: Path, terminal: Callable[..., str]) -> None:
    assert "年\x1b[31m[-６億２-]\x1b[0m\x1b[32m{+２億６+}\x1b[0m千万円" in terminal(made, ORIGINAL)
    assert "\x1b" not in terminal(made, ORIGINAL, NO_COLOR="1")
    assert "\x1b" not in terminal(made, ORIGINAL, TERM="dumb")


def test_lines_end_where_the_terminal_does(made: Path, terminal: Callable[..., str]) -> None:
    said = terminal(made, ORIGINAL, NO_COLOR="1")
    assert "  [-as it was-]{+as it is+}" in said
    long = [one for one in said.splitlines() if width_of(one) > 62 and "://" not in one and "inserted" not in one]
    assert long == []  # 62: what may not begin a line hangs over
    assert "１キロ当たりの１日の乗客は３１０人で、昭和６２年の[-１０-]" in said
    assert "\n    {+８+}分の１だ。" in said


def test_a_page_cannot_take_over_the_terminal(tmp_path: Path) -> None:
    nasty = "\x1b[2J\u202e灯\x07"
    old, new = (
        line(f"船。{nasty}。", headline=f"{nasty}題"),
        line(f"船。{nasty}{nasty}。", version=2, at=1, byline=nasty),
    )
    said = genbun("history", collection(tmp_path / "c", [old, new]), old.id).out
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", said)
    assert "<U+001B>[2J" in said
