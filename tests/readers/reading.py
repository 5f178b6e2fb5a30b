"""A case of tests/fixtures, read; and the same page with something in it changed."""

from __future__ import annotations

import json
from pathlib import Path

from crawler.models import Article, Problem
from crawler.newspapers import parse_page

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def page_of(name: str) -> tuple[str, str]:
    """The page of a case, and its address."""
    folder = FIXTURES / name
    return (folder / "page.html").read_text("utf-8"), json.loads((folder / "source.json").read_text("utf-8"))["url"]


def read(name: str, *changes: tuple[str, str], url: str = "") -> Article:
    """The article of a case, after the changes, each of which must find what it changes."""
    record = read_any(name, *changes, url=url)
    assert isinstance(record, Article), record
    return record


def read_any(name: str, *changes: tuple[str, str], url: str = "") -> Article | Problem:
    """As `read`, but a problem is welcome."""
    page, address = page_of(name)
    for old, new in changes:
        assert old in page, old
        page = page.replace(old, new)
    return parse_page(page.encode(), url or address)


def problem(name: str, *changes: tuple[str, str], url: str = "") -> str:
    """The reason why a case, after the changes, is no article."""
    record = read_any(name, *changes, url=url)
    assert isinstance(record, Problem), record
    return record.reason
