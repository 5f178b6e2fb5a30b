"""A template and what stands in it → a page. All of it is escaped, always; what turns writing round is fenced."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

_FOLDER: Final = "crawler.reading_room"
_TURNS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")
_LONGEST: Final = 400  # code points of a headline

STATUSES: Final = {
    "paired": "paired", "no_link": "names no original", "not_captured": "original not captured",
    "gone": "original gone",
    "refused": "original refused", "restricted": "original for members", "unreadable": "original not readable",
}  # fmt: skip
ACCESS: Final = {"free": "free", "members": "members only", "unknown": "access unknown"}


def draw(template: str, **values: Any) -> bytes:
    """A page, in UTF-8. Half characters, which JSON can carry and UTF-8 cannot, become question marks."""
    return _environment().get_template(template).render(**values).encode("utf-8", "replace")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters = (plain, fenced, day, moment, number, short, twice)
    environment.filters |= {one.__name__: one for one in filters}
    environment.globals |= {"statuses": STATUSES, "access_words": ACCESS}
    return environment


def _source(name: str) -> str:
    return (resources.files(_FOLDER) / "templates" / name).read_text("utf-8")


def asset(name: str) -> bytes:
    """A style sheet or script of ours. Raises `FileNotFoundError`."""
    path = resources.files(_FOLDER) / "assets" / name
    if "/" in name or "\\" in name or name.startswith(".") or not path.is_file():
        raise FileNotFoundError(name)
    return path.read_bytes()


def plain(text: object) -> str:
    """For titles and labels: without what controls the order of letters, and not without end."""
    words = _TURNS.sub("", str(text))
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def fenced(text: object, language: str = "") -> Markup:
    """Words in the middle of ours: what turns writing round does so within them alone."""
    words = str(text)
    words = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
    spoken = Markup(' lang="{}"').format(language) if language else ""
    return Markup("<bdi{}>{}</bdi>").format(spoken, escape(words))


def day(said: str | None) -> str:
    """A day as it is read: 13 November 2026."""
    if not said:
        return "undated"
    try:
        date = dt.date.fromisoformat(said[:10])
    except ValueError:
        return said[:40]
    return f"{date.day} {date:%B} {date.year}"


def moment(said: str | None) -> str:
    """A moment in UTC, to the second."""
    if not said:
        return "not known"
    return f"{dt.datetime.fromisoformat(said).astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def number(value: float) -> str:
    """A count, its thousands parted."""
    return f"{value:,}"


def twice(value: str) -> tuple[str, str]:
    """A choice whose value is what is shown."""
    return value, value


def short(value: float) -> str:
    """A probability: .98, 1.00."""
    return f"{value:.2f}".removeprefix("0")
