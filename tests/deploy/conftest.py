"""What the tests of deploy/ ask for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="session")
def scrapyd_environment() -> Path:
    """Scrapyd's environment: it needs a setuptools that still has pkg_resources, so it has one of its own."""
    environment = Path(os.environ.get("GENBUN_SCRAPYD") or ROOT / ".venv-scrapyd").absolute()
    if not (environment / "bin" / "scrapyd").exists():
        pytest.skip("needs scrapyd: run `make scrapyd`, or name its environment in GENBUN_SCRAPYD")
    return environment


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build needs of the checkout, elsewhere: setuptools writes beside setup.py."""
    tree = tmp_path_factory.mktemp("deploy") / "tree"
    tree.mkdir()
    for name in ("pyproject.toml", "setup.py", "scrapy.cfg", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    for name in ("crawler", "spiders", "archives"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tree
