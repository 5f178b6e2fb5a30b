"""systemd's unit files and environment files, read as systemd reads them, as far as ours go."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.conftest import ROOT

UNITS = ROOT / "deploy" / "systemd"


def unit(name: str) -> dict[str, list[str]]:
    """The values of each setting of a unit, in order; sections do not matter to us."""
    settings: dict[str, list[str]] = {}
    for line in (UNITS / name).read_text("utf-8").replace("\\\n", "").splitlines():
        setting, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            settings.setdefault(setting, []).append(value)
    return settings


def environment_file(path: Path) -> dict[str, str]:
    """What an environment file sets."""
    lines = (line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def command_of(name: str, instance: str, state: Path, environment: dict[str, str]) -> list[str]:
    """ExecStart= as it is run: specifiers replaced, quotes taken off, `$NAME` alone split at blanks, `$$` a dollar."""
    (line,) = unit(name)["ExecStart"]
    line = line.replace("%i", instance).replace("%S", str(state))
    assert "%" not in line, line
    words: list[str] = []
    for word in shlex.split(line):
        variable = re.fullmatch(r"\$([A-Z_]+)", word)
        words += environment.get(variable[1], "").split() if variable else [word.replace("$$", "$")]
    return words
