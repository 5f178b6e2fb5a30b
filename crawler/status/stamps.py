"""Moments, as the index, receipts and people write them."""

from __future__ import annotations

import datetime as dt
from typing import Final

JAPAN: Final = dt.timezone(dt.timedelta(hours=9))


def stamp_of(at: str) -> str:
    """A WARC-Date as the index has it."""
    return "".join(ch for ch in at[:19] if ch.isdigit())


def moment_of(stamp: str) -> str:
    """The index's date as ISO 8601."""
    day, time = stamp[:8], stamp[8:14]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}Z"


def instant_of(at: str | None) -> dt.datetime | None:
    """The aware instant that a receipt or a line names; None where it names none."""
    try:
        found = dt.datetime.fromisoformat(at or "")
    except ValueError:
        return None
    return found if found.tzinfo else None


def said(at: dt.datetime) -> str:
    """An instant in UTC, to the second, as WARC-Date and receipts write it."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def minute(at: str | dt.datetime | None) -> str:
    """As people read it: `2026-11-24 04:17Z`."""
    if isinstance(at, dt.datetime):
        at = said(at)
    return f"{at[:10]} {at[11:16]}Z" if at else "-"


def every(interval: dt.timedelta) -> str:
    """An interval in words: `every 24 hours`, `every 20 minutes`, `every 7 days`."""
    minutes = round(interval.total_seconds() / 60)
    if minutes < 90:
        return f"every {minutes} minutes"
    if minutes < 72 * 60:
        return f"every {round(minutes / 60)} hours"
    return f"every {round(minutes / 1440, 1):g} days"
