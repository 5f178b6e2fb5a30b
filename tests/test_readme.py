"""README says what is so: its commands run, its listing is the demo's, its options, settings and links exist."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.commands.main import make_parser
from tests.conftest import ROOT

README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
#: Blocks that begin so set up an environment or ask a real newspaper; what they name is checked, they are not run.
ONLINE = ("make ", "pip ")
#: Commands that DESIGN promises and pages may name before they are there.
PROMISED = {"export", "read", "history"}


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    return [code for named, code in BLOCK.findall(page.read_text("utf-8")) if named == language]


def shell(script: str, folder: Path) -> str:
    """Run a block as a user would, our environment's programs first; returns what it printed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GENBUN_")}
    done = subprocess.run(
        ["sh", "-eu"],
        input=script,
        cwd=folder,
        env=environment | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What README's offline commands print, run in order in an empty folder; the demo is among them."""
    folder = tmp_path_factory.mktemp("readme")
    offline = [code for code in blocks(README, "sh") if not code.startswith(ONLINE)]
    assert any("genbun demo" in code for code in offline)
    return "".join(shell(code, folder) for code in offline)


def test_the_listing_is_what_the_demo_prints(printed: str) -> None:
    listing = re.search(r"<!-- demo: .*?-->\n```text\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert listing is not None
    said = iter(printed.splitlines())
    for line in filter(None, listing[1].splitlines()):
        assert line in said, f"the demo does not print this line, or not in this place: {line!r}"


def test_a_line_leads_to_the_bytes(printed: str) -> None:
    """The snippet prints a headline in Japanese and the beginning of its response record."""
    end = printed[printed.index("\nWARC/1.1") - 40 :]
    assert re.search(r"[\u3041-\u9fff]+\nWARC/1\.1\r?\nWARC-Type: response", end), end


def test_the_python_example_reads_a_page(tmp_path: Path) -> None:
    (example,) = blocks(README, "python")
    shutil.copy(ROOT / "tests" / "fixtures" / "sankei" / "editorial" / "page.html", tmp_path)
    code = example + "\nassert article.newspaper == 'sankei', article\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_commands_that_are_not_run_are_there() -> None:
    """`make X` is a target; of the rest, the next test sees to the options."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        assert set(re.findall(r"\bmake ([a-z-]+)\b", in_code(page))) <= targets, page.name


def in_code(page: Path) -> str:
    """All code of a page, fenced, indented and between backticks, a backslash at a line's end joined to the next."""
    text = page.read_text("utf-8")
    fenced = [code for language, code in BLOCK.findall(text) if language in ("sh", "console", "text", "ini", "")]
    indented = re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    return "\n".join([*fenced, *indented, *CODE.findall(BLOCK.sub("", text))]).replace("\\\n", " ")


def commands() -> dict[str, set[str]]:
    """Each command of `genbun` with its options."""
    (action,) = (one for one in make_parser()._actions if isinstance(one, argparse._SubParsersAction))
    return {name: options(parser) for name, parser in action.choices.items()}


def options(parser: argparse.ArgumentParser) -> set[str]:
    """A command's options, those of the commands below it among them."""
    nested = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    inner = (options(one) for action in nested for one in action.choices.values())
    return set(parser._option_string_actions).union(*inner)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_exists(page: Path) -> None:
    known = commands()
    for line in in_code(page).splitlines():
        for name, rest in re.findall(r"\bgenbun ([a-z]+)\b([^`|;&]*)", line.partition("#")[0]):
            if name in PROMISED - known.keys():
                continue
            assert name in known, f"{page.name}: there is no `genbun {name}`: {line}"
            used = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest))
            assert used <= known[name], f"{page.name}: genbun {name} has no {used - known[name]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_resolves(page: Path) -> None:
    for target in LINK.findall(BLOCK.sub("", page.read_text("utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", other.read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{page.name}: {target}"
