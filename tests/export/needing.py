"""Readers of others that not everyone has."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest


def needs(name: str) -> Any:
    """A library; the test is skipped where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        pytest.skip(f"needs {name}")
