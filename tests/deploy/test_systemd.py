"""The units: systemd itself reads and weighs them; the commands that they start are run."""

from __future__ import annotations

import email
import email.policy
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.commands.main import make_parser
from crawler.press import Press, demo
from tests.conftest import ROOT
from tests.crawl.crawling import Left, connected, crawled, genbun
from tests.deploy.units import UNITS, command_of, environment_file, unit

Program = Callable[[str], str]
SERVICES = ("genbun@.service", "genbun-scrapyd.service")
EXPOSURE = 13  # tenths, of 100: what `systemd-analyze security` says of ours is 1.2


@pytest.fixture
def press() -> Iterator[Press]:
    """The demo's press."""
    with Press(demo()) as press:
        yield press


def test_systemd_finds_no_fault(program: Program, tmp_path: Path) -> None:
    """In copies whose programs are there: of ours, systemd would say that they are not installed."""
    for path in [*UNITS.glob("*.service"), *UNITS.glob("*.timer")]:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text("utf-8"), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text, "utf-8")
    done = analyze(program, "verify", "--man=no", *map(str, sorted(tmp_path.iterdir())))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", SERVICES)
def test_a_crawl_has_next_to_no_rights(program: Program, name: str) -> None:
    done = analyze(program, "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(UNITS / name))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_timer_means_the_morning_in_japan(program: Program) -> None:
    (calendar,) = unit("genbun@.timer")["OnCalendar"]
    done = analyze(program, "calendar", calendar)
    assert done.returncode == 0, done.stderr
    assert re.search(r"21:30:00 UTC", done.stdout), done.stdout
    assert unit("genbun@.timer")["Persistent"] == ["true"]


def test_the_service_starts_a_crawl(press: Press, tmp_path: Path) -> None:
    """Its command line, as systemd makes it, less the program's folder; the contact comes from the environment."""
    environment = environment_file(UNITS / "genbun.env")
    assert environment == {"GENBUN_CONTACT": "", "GENBUN_NOTIFY": ""}
    options = ["--delay", "0", "--no-requisites", *connected(press)]
    words = command_of("genbun@.service", "example_herald", tmp_path, {"GENBUN_OPTIONS": " ".join(options)})
    assert words[0] == "/opt/genbun/bin/genbun"
    assert make_parser().parse_args(words[1:]).newspaper == "example_herald"
    (state,) = unit("genbun@.service")["StateDirectory"]
    left = Left(tmp_path / state.replace("%i", "example_herald"))
    left.path.mkdir(parents=True)  # as systemd does
    done = genbun(*words[1:], cwd=left.path)
    assert done.status == 0, done.err
    assert left.lines("pairs")


def test_after_every_crawl_somebody_is_told(press: Press, tmp_path: Path) -> None:
    """However it ended; with stand-ins for systemctl, which says how, and for sendmail, which takes the mail."""
    service, (state,) = unit("genbun@.service"), unit("genbun-notify@.service")["StateDirectory"]
    assert service["SuccessExitStatus"] == ["5"]
    assert "Restart" not in service, "a site that refused us would be asked again at once"
    assert service["OnSuccess"] == service["OnFailure"] == ["genbun-notify@%i.service"]

    crawled(press, tmp_path / "genbun" / "example_herald")
    mail, programs = tmp_path / "mail", tmp_path / "bin"
    for folder in (programs, tmp_path / state):
        folder.mkdir()
    script(programs / "genbun", f'PYTHONPATH={ROOT} exec {sys.executable} -m crawler.commands.main "$@"')
    script(programs / "sendmail", f"cat > {mail}")
    environment = {
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "STATE_DIRECTORY": str(tmp_path / state),
        "GENBUN_NOTIFY": "mailto:archivist@example.org",
    }
    said = []
    for status in (0, 2, 2, 0):
        asked = "show --property=ExecMainStatus --value genbun@example_herald"
        script(programs / "systemctl", f'[ "$*" = "{asked}" ] && echo {status}')
        command = command_of("genbun-notify@.service", "example_herald", tmp_path, {})
        command = [word.replace("/opt/genbun/bin/genbun", str(programs / "genbun")) for word in command]
        mail.unlink(missing_ok=True)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default) if mail.exists() else None
        said.append(message.get_content() if message else "")
    _, failed, again, mended = said
    assert "ended with exit status 2" in failed
    assert again == "", "told twice"
    assert "ended with exit status 2" in mended


@pytest.mark.parametrize(("notify", "runs"), [("", False), ("mailto:you@example.org", True)])
def test_nobody_is_told_where_nobody_is_named(notify: str, runs: bool) -> None:
    (condition,) = unit("genbun-notify@.service")["ExecCondition"]
    done = subprocess.run(shlex.split(condition), env={"GENBUN_NOTIFY": notify})
    assert (done.returncode == 0) is runs


def script(path: Path, line: str) -> None:
    """A program of one line."""
    path.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
    path.chmod(0o755)


def analyze(program: Program, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`systemd-analyze`, in UTC; it needs no systemd to be running."""
    environment = os.environ | {"TZ": "UTC", "LC_ALL": "C", "SYSTEMD_PAGER": "cat"}
    command = [program("systemd-analyze"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
