"""How a user calls this program, for the commands that messages suggest."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def myself() -> str:
    """`genbun` where that is found, else the path it was called by: after `make demo` it lies in `.venv/bin/`."""
    called = sys.argv[0]
    if shutil.which("genbun") or not called.endswith("genbun"):
        return "genbun"
    return called if not Path(called).is_absolute() else str(_short(Path(called)))


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
