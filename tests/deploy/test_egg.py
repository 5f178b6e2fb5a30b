"""The egg as Scrapyd runs it: zipped, under the name of its upload. What lies beside the code is read out of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.test_project import PROJECT

READ = """
import importlib.metadata

def version(name):
    raise importlib.metadata.PackageNotFoundError(name)

importlib.metadata.version = version  # where these tests run, Genbun is installed; where Scrapyd does, it is not

import crawler
from crawler.alignment import lexicon, weights
from crawler.newspapers import all_newspapers
from crawler.press import demo
from crawler.version import VERSION

assert ".egg" in crawler.__file__, crawler.__file__
assert "japan_forward" in all_newspapers()
assert lexicon.load().longest("原子力", 0)
assert weights.load().features
assert demo().hosts
print(VERSION)
"""


def test_code_data_and_version_are_read_out_of_it(tree: Path, tmp_path: Path) -> None:
    for command in (["clean", "-a"], ["-q", "bdist_egg", "-d", str(tmp_path)]):
        done = subprocess.run([sys.executable, "setup.py", *command], cwd=tree, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    (built,) = tmp_path.glob("*.egg")
    egg = built.rename(tmp_path / "1795566002.egg")  # as scrapyd names it: by the time of the upload
    environment = os.environ | {"PYTHONPATH": str(egg)}
    done = subprocess.run([sys.executable, "-c", READ], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [PROJECT["version"]]
