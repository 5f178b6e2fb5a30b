"""Retry-After: how long a server asks not to be asked again (RFC 9110, 10.2.3; RFC 6585, 4)."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import Final

from archives.message import Head

#: The statuses that say "not now" by it; with a redirect it means something else.
STATUSES: Final = frozenset({403, 429, 503})
#: Nobody means more than that: a longer one is a mistake, or meant to keep us away by accident.
MOST: Final = dt.timedelta(days=30)


def not_before(head: Head, at: dt.datetime) -> dt.datetime | None:
    """The instant before which a server asks not to be asked again, if an answer of `at` says so.

    Seconds or an HTTP date; what is neither, or lies in the past, is None.
    """
    value = head.get(b"retry-after") if head.status in STATUSES else None
    if value is None:
        return None
    text = value.decode("latin-1").strip()
    if re.fullmatch(r"\d{1,18}", text):
        until = at + min(dt.timedelta(seconds=min(int(text), 10**9)), MOST)
    else:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):  # a year or a zone of twenty digits
            return None
        until = min(until.replace(tzinfo=until.tzinfo or dt.UTC), at + MOST)
    return until if until > at else None


def said_in(head: Head, date: str) -> str:
    """The same for the journal: that instant in UTC to the second, rounded up; empty where there is none."""
    until = not_before(head, dt.datetime.fromisoformat(date))
    if until is None:
        return ""
    return f"{until.astimezone(dt.UTC) + dt.timedelta(microseconds=999_999):%Y-%m-%dT%H:%M:%SZ}"
