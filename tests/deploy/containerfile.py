"""A Containerfile as stages of instructions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT

CONTAINERFILE = ROOT / "deploy" / "Containerfile"


class Instruction(NamedTuple):
    """`RUN` and what follows it, on one line."""

    name: str
    value: str


@dataclass(slots=True)
class Stage:
    """What follows a FROM."""

    base: str
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        """The values of every instruction of that name."""
        return [one.value for one in self.instructions if one.name == name]

    def copied(self) -> list[str]:
        """What is copied into it from the checkout."""
        words = [value.split() for value in self.all("COPY")]
        return [path for line in words if not line[0].startswith("--from=") for path in line[:-1]]


def stages(path: Path = CONTAINERFILE) -> tuple[dict[str, str], dict[str, Stage]]:
    """The arguments before the first stage, and the stages by name."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    arguments: dict[str, str] = {}
    found: dict[str, Stage] = {}
    stage: Stage | None = None
    for line in filter(None, map(str.strip, text.splitlines())):
        name, value = line.split(maxsplit=1)
        value = " ".join(value.split())
        if name == "FROM":
            base, _, called = value.partition(" AS ")
            stage = found[called] = Stage(base)
        elif stage is None:
            assert name == "ARG", line
            argument, _, default = value.partition("=")
            arguments[argument] = default
        else:
            stage.instructions.append(Instruction(name, value))
    return arguments, found


def inherited(stage: str, name: str) -> str:
    """The value that an image has of an instruction: its own last one, else that of what it is made from."""
    found = stages()[1]
    at: str | None = stage
    while at in found:
        if values := found[at].all(name):
            return values[-1]
        at = found[at].base
    raise AssertionError(f"{stage} has no {name}")


def words(value: str) -> list[str]:
    """The JSON array that an instruction ends in."""
    listed: list[str] = json.loads(value[value.index("[") :])
    return listed
