"""The version of Genbun, which `pyproject.toml` says."""

from __future__ import annotations

import zipfile
from importlib.metadata import PackageNotFoundError, PathDistribution, version
from zipimport import zipimporter


def _version() -> str:
    try:
        return version("genbun")
    except PackageNotFoundError:
        loader = getattr(__spec__, "loader", None)
        if isinstance(loader, zipimporter):  # Scrapyd's egg bears the name of its upload, so it is not found by ours
            return PathDistribution(zipfile.Path(loader.archive, "EGG-INFO/")).version
        return "0+checkout"  # never installed


VERSION = _version()
