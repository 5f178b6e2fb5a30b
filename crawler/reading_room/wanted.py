"""WHAT IS ASKED of the list of editorials: words and filters, from an address and back into one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Self
from urllib.parse import urlencode

from crawler.errors import UsageError
from crawler.exporting.formats.search import NOTHING, query_of

LONGEST: Final = 200  # code points of what is asked
MOST_PAGES: Final = 100_000
ORDERS: Final = ("relevance", "newest", "oldest")
FLAGS: Final = ("edited", "earlier")
STATUSES: Final = ("paired", "no_link", "not_captured", "gone", "refused", "restricted", "unreadable")
ACCESS: Final = ("free", "members", "unknown")
CHOICES: Final = {"status": STATUSES, "access": ACCESS, "order": ORDERS}
_PARTS: Final = re.compile(r'"([^"]*)"|(\S+)')
_JOIN: Final = "·"  # parts words without parting what is looked for: one phrase


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which editorials. An empty field leaves all; `words` may hold "phrases in quotes"."""

    words: str = ""
    newspaper: str = ""
    since: str = ""
    until: str = ""
    section: str = ""
    status: str = ""
    access: str = ""
    edited: bool = False
    earlier: bool = False
    order: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """What an address asks. Raises `UsageError` where that makes no sense; names it does not know it passes by."""
        given: dict[str, Any] = {}
        for field in fields(cls):
            value = query.get(_spelled(field.name), "").strip()[:LONGEST]
            if value:
                given[field.name] = _read(field.name, value)
        return cls(**given)

    @property
    def query(self) -> str:
        """What FTS5 is asked; empty where no word is looked for."""
        query = query_of(" ".join(_JOIN.join(part.split()) for part in self.parts))
        return "" if query == NOTHING else query

    @property
    def parts(self) -> list[str]:
        """The words and phrases looked for."""
        return [phrase or word for phrase, word in _PARTS.findall(self.words) if (phrase or word).strip()]

    @property
    def filters(self) -> bool:
        """Whether anything but words narrows the list."""
        return any(
            getattr(self, name) for name in ("newspaper", "since", "until", "section", "status", "access", "edited")
        )

    def address(self, **changes: Any) -> str:
        """These as the query of an address, after changes; from the first page on unless one is said."""
        other = replace(self, **{"page": 1, **changes})
        pairs = []
        for field in fields(other):
            value = getattr(other, field.name)
            if value and value != field.default:
                pairs.append((_spelled(field.name), "1" if value is True else str(value)))
        return f"?{urlencode(pairs)}" if pairs else ""


def _spelled(name: str) -> str:
    return "q" if name == "words" else name


def _read(name: str, value: str) -> str | int | bool:
    if name in ("since", "until"):
        try:
            return dt.date.fromisoformat(value).isoformat()
        except ValueError:
            raise UsageError(f"{name}: {value!r} is no day; give YYYY-MM-DD") from None
    if name == "page":
        if not (value.isascii() and value.isdigit() and 0 < int(value) <= MOST_PAGES):
            raise UsageError(f"page: {value!r} is no page")
        return int(value)
    if name in CHOICES and value not in CHOICES[name]:
        raise UsageError(f"{name}: {value!r} is none of {', '.join(CHOICES[name])}")
    return True if name in FLAGS else value
