"""The version of Genbun, which `pyproject.toml` says."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("genbun")
except PackageNotFoundError:  # run from a checkout that was never installed
    VERSION = "0+checkout"
