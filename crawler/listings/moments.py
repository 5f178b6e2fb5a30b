"""The dates that listings carry: an aware instant, a day, or None; a bare time never gets a guessed zone."""

from __future__ import annotations

import datetime as dt
import re

from crawler.dates import read_date

Moment = dt.datetime | dt.date

_AMERICAN_ZONE = re.compile(r"\b([ECMP])([SD])T$")
_HOURS_WEST = {"E": 5, "C": 6, "M": 7, "P": 8}
_UT = re.compile(r"\bUT$")
_SHORT_YEAR = re.compile(r"(?<=[A-Za-z] )(\d\d)(?= \d{1,2}:\d\d)")


def read_moment(text: str | None) -> Moment | None:
    """The instant or the day that a listing writes, as `crawler.dates` reads it, and what only feeds still write.

    W3C datetime (sitemaps.org, Dublin Core), RFC 3339 (Atom, HTML `time`), RFC 822 with its zone names and two-digit
    years (RSS 2.0). A time without a zone gives only its day; a mere month or year gives None.
    """
    text = " ".join((text or "")[:100].split())
    if zone := _AMERICAN_ZONE.search(text):
        text = f"{text[: zone.start()]}-{_HOURS_WEST[zone[1]] - (zone[2] == 'D'):02d}00"
    text = _SHORT_YEAR.sub(lambda year: ("20" if year[1] < "50" else "19") + year[1], _UT.sub("Z", text), count=1)
    return read_date(text)
