"""ARTICLE LINE → what is counted of it: its fields, and the signals that gave them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Final

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Piece(_Part):
    """What is counted of a block."""

    kind: str
    caption: str | None = None
    credit: str | None = None


class Declared(_Part):
    """What is counted of an original."""

    url: str | None
    wording: str | None


class How(_Part):
    """What is counted of `parser`."""

    signals: dict[str, str]
    fallback: bool = False


class Read(_Part):
    """What is counted of an article line."""

    section: str | None
    label: str | None
    standfirst: str | None
    byline: str | None
    published_at: str | None
    modified_at: str | None
    published_on: dt.date | None
    blocks: tuple[Piece, ...]
    text: str
    original: Declared | None
    access: str
    truncated: bool
    parser: How

    @property
    def layout(self) -> str:
        """What the body was found in: `entry-content`, `fusion`, `density` …"""
        signals = self.parser.signals
        return plain(signals.get("body") or signals.get("blocks") or "unknown")

    def has(self, name: str) -> bool:
        """Whether a field was found."""
        return bool(FIELDS[name](self))


FIELDS: Final[dict[str, Callable[[Read], object]]] = {
    "section": lambda read: read.section,
    "label": lambda read: read.label,
    "standfirst": lambda read: read.standfirst,
    "byline": lambda read: read.byline,
    "published_at": lambda read: read.published_at,
    "published_on": lambda read: read.published_on,
    "modified_at": lambda read: read.modified_at,
    "figures": lambda read: any(piece.kind == "figure" for piece in read.blocks),
    "captions": lambda read: any(piece.caption for piece in read.blocks),
    "credits": lambda read: any(piece.credit for piece in read.blocks),
    "original": lambda read: read.original and (read.original.url or read.original.wording),
    "access": lambda read: read.access != "unknown",
}
#: Fields that every article has, of which the signal is told.
ALWAYS: Final = ("headline", "body", "id")


def plain(signal: str) -> str:
    """A signal without what it agrees or disagrees with: `fusion≠dom` is `fusion`."""
    return re.split("[=≠]", signal, maxsplit=1)[0]
