"""The frame itself: that it is our code that runs, that nothing of a machine is written down, that it installs."""

from __future__ import annotations

import importlib
import os
import re
import resource
import shutil
import subprocess
import sys
import time
import tomllib
import zipfile
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = ("crawler", "spiders", "archives")
LOCKS = ("run", "test", "scrapyd", "pywb")


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_is_ours(package: str) -> None:
    """Their names are common: in a shared environment another distribution's could silently take their place."""
    found = importlib.import_module(package).__file__
    assert found is not None
    assert Path(found) == ROOT / package / "__init__.py"


def test_the_installed_version_is_the_one_in_pyproject() -> None:
    assert version("genbun") == PROJECT["version"], (
        "run `make test` again: the environment is older than pyproject.toml"
    )


def test_the_console_script_can_be_loaded() -> None:
    (script,) = (one for one in entry_points(group="console_scripts", name="genbun"))
    assert callable(script.load())


def test_help_is_quick_and_does_not_import_scrapy() -> None:
    """`genbun --help`, `verify` and `export` start in a moment because Scrapy is imported by the crawl alone."""
    code = (
        "import sys\n"
        "from crawler.commands.main import main\n"
        "sys.argv = ['genbun', '--help']\n"
        "try:\n    status = main()\n"
        "except SystemExit as stop:\n    status = stop.code\n"
        "heavy = {'scrapy', 'twisted', 'aiohttp'} & set(sys.modules)\n"
        "sys.exit(status or (f'imported by --help: {heavy}' if heavy else 0))\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run(sys.executable, "-c", code)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    assert "crawl" in done.stdout
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < 0.5, f"`genbun --help` took {spent:.2f} s of CPU"


def test_scrapy_lists_our_spiders_in_the_checkout() -> None:
    done = run(sys.executable, "-m", "scrapy", "list")
    assert done.returncode == 0, done.stderr
    assert "editorials" in done.stdout.split()


def test_no_file_names_a_machine_or_an_index() -> None:
    """Neither the folder this checkout lies in, nor anyone's home, nor a package registry's host."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("only in a git checkout: what an archive of it holds was checked there")
    # Written in halves, or this file would name them itself.
    names = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "deb." + "debian.org", "extra-index" + "-url"]
    names += [f"{folder}/" for folder in {ROOT.parent, Path.home()} if folder != Path(folder.anchor)]
    patterns = [part for name in names for part in ("-e", name)]
    done = run("git", "grep", "--untracked", "--line-number", "-I", "--fixed-strings", *patterns)
    assert done.returncode == 1, done.stdout + done.stderr


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes_and_no_address(name: str) -> None:
    lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^\s*-(?!-hash=)", lock, re.MULTILINE), "an option of pip's"
    assert pins(name)
    for entry in re.split(r"\n(?=[a-z0-9])", lock):
        assert "--hash=sha256:" in entry, entry


def test_the_tests_run_on_what_users_run() -> None:
    """The lock for the tests is a superset of the lock for running."""
    assert pins("run").items() <= pins("test").items()


def test_the_wheel_and_the_egg_hold_all_of_our_packages(tmp_path: Path) -> None:
    """Also the data files in them; and Scrapyd, which is given the egg, finds the spiders in it."""
    tree = tmp_path / "tree"
    shutil.copytree(
        ROOT, tree, ignore=shutil.ignore_patterns(".*", "tests", "docs", "__pycache__", "*.egg-info", "build", "dist")
    )
    expected = {
        str(path.relative_to(tree))
        for package in PACKAGES
        for path in (tree / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }

    done = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "wheel"), cwd=tree)
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "wheel").iterdir()
    assert files_in(wheel, "genbun-") == expected

    done = run(sys.executable, "setup.py", "-q", "bdist_egg", "-d", str(tmp_path / "egg"), cwd=tree)
    assert done.returncode == 0, done.stderr
    (egg,) = (tmp_path / "egg").iterdir()
    assert files_in(egg, "EGG-INFO") == expected

    environment = os.environ | {"PYTHONPATH": str(egg), "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    code = "import crawler, scrapy.cmdline as c; assert '.egg' in crawler.__file__; c.execute(['scrapy', 'list'])"
    done = run(sys.executable, "-c", code, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert "editorials" in done.stdout.split()


def test_in_ci_a_test_that_needs_something_fails(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "def test_program(program): program('no-such-program')\n"
        "def test_excused(): pytest.skip('not on this file system')\n"
        "@pytest.mark.realpages\n"
        "def test_pages(real_pages): raise AssertionError\n",
        encoding="utf-8",
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  realpages: real\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "GENBUN_REAL_PAGES"}}
    environment["GENBUN_STARTED"] = str(int(time.time()))
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path))

    at_home = run(*command, cwd=tmp_path, env=environment)
    assert "3 skipped" in at_home.stdout, at_home.stdout
    in_ci = run(*command, cwd=tmp_path, env=environment | {"CI": "true"})
    assert "1 failed, 2 skipped" in in_ci.stdout, in_ci.stdout
    assert "needs no-such-program" in in_ci.stdout
    assert "since .ci/run began" in in_ci.stdout


def run(
    *command: str, cwd: Path = ROOT, env: dict[str, str] | os._Environ[str] = os.environ
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120)


def pins(name: str) -> dict[str, str]:
    lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))


def files_in(archive: Path, besides: str) -> set[str]:
    names = zipfile.ZipFile(archive).namelist()
    return {name for name in names if not name.startswith(besides) and not name.endswith((".pyc", "/"))}
