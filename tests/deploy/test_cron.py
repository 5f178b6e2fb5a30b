"""The crontab: read as cron reads it, and its command line run in sh."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.commands.main import make_parser
from crawler.press import Press, demo
from tests.conftest import ROOT
from tests.crawl.crawling import Left, connected

TABLE = ROOT / "deploy" / "cron" / "genbun"
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


class Line(NamedTuple):
    """A line of a table in /etc/cron.d."""

    when: tuple[str, ...]
    user: str
    command: str


def test_cron_can_read_it() -> None:
    """Numbers in their ranges, a user, no bare `%` (to cron a line's end), a newline at the very end."""
    variables, lines = table()
    assert set(variables) == {"SHELL", "PATH", "MAILTO", "GENBUN_CONTACT"}
    assert TABLE.read_text("utf-8").endswith("\n")
    assert len(lines) == 1
    for line in lines:
        for field, (least, most) in zip(line.when, RANGES, strict=True):
            assert field == "*" or least <= int(field) <= most, field
        assert line.user == "genbun"
        assert "%" not in line.command
        assert "flock" not in line.command
        crawl = re.search(r"exec genbun (.*?)\)", line.command)
        assert crawl is not None
        assert make_parser().parse_args(crawl[1].split()).newspaper == "japan_forward"


@pytest.fixture
def press() -> Iterator[Press]:
    """The demo's press."""
    with Press(demo()) as press:
        yield press


def test_a_good_crawl_is_silent_and_a_failed_one_says_why(press: Press, tmp_path: Path) -> None:
    left, log = Left(tmp_path / "lib" / "japan_forward"), tmp_path / "log" / "japan_forward.log"
    done = run_line(tmp_path, press)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done
    assert left.receipt["exit"] == 0
    assert "translations" in log.read_text("utf-8")

    # In use: nothing to mail, but in the log.
    folder = os.open(left.path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    done = run_line(tmp_path, press)
    os.close(folder)
    assert (done.stdout, done.stderr) == ("", "")
    assert "in use by another genbun process" in log.read_text("utf-8")

    press.stop()
    done = run_line(tmp_path, press)
    assert "genbun: nothing found" in done.stdout, done
    assert len(left.receipts()) == 2


def run_line(folder: Path, press: Press) -> subprocess.CompletedProcess[str]:
    """The crontab's command as cron runs it: in `sh`, with its variables alone; in our folders, and of the press."""
    program = folder / "bin" / "genbun"
    for needed in (program.parent, folder / "log", folder / "lib"):
        needed.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m crawler.commands.main "$@"\n', "utf-8")
    program.chmod(0o755)
    variables, (line,) = table()
    options = " ".join(f"'{word}'" for word in ["--delay", "0", "--no-requisites", *connected(press)])
    command = line.command.replace("crawl japan_forward", f"crawl example_herald {options}")
    command = command.replace("/var/lib/genbun", str(folder / "lib")).replace("/var/log/genbun", str(folder / "log"))
    environment = variables | {
        "HOME": str(folder),
        "PATH": variables["PATH"].replace("/opt/genbun/bin", str(program.parent)),
    }
    return subprocess.run(
        ["/bin/sh", "-c", command], env=environment, cwd=folder, capture_output=True, text=True, timeout=60
    )


def table() -> tuple[dict[str, str], list[Line]]:
    """The variables and the lines of the table."""
    variables, lines = {}, []
    for text in TABLE.read_text("utf-8").splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        if variable := re.fullmatch(r"([A-Z_]+)=(\S+)", text):
            variables[variable[1]] = variable[2]
        else:
            *fields, command = text.split(maxsplit=6)
            lines.append(Line(tuple(fields[:5]), fields[5], command))
    return variables, lines
