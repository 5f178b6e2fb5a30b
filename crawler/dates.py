"""PAGE → dates: from what papers print to aware instants and days in Japan.

An instant is read only where the page gives a time and its zone; a bare day is a day. The day of an instant is always
the day in Japan: an editorial released at 05:00 in Tokyo carries the previous day in UTC.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

JST = dt.timezone(dt.timedelta(hours=9))
ZONES = {"jst": JST, "utc": dt.UTC, "gmt": dt.UTC, "z": dt.UTC}
MONTHS = {name: at // 3 + 1 for at in range(0, 36, 3) if (name := "janfebmaraprmayjunjulaugsepoctnovdec"[at : at + 3])}
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}  # the year before an era's first

ISO_DAY = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
JAPANESE_DAY = re.compile(r"(令和|平成|昭和)?\s?(\d{1,4}|元)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
AMERICAN_DAY = re.compile(rf"\b{MONTH}\.?\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s(\d{{4}})\b", re.I)
BRITISH_DAY = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s{MONTH}\.?,?\s(\d{{4}})\b", re.I)
COMPACT_DAY = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
TIME = re.compile(r"(?<![\d:+-])(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?(?:[.,](\d{1,9}))?(?:\s?([ap])\.?m\b\.?)?", re.I)
JAPANESE_TIME = re.compile(r"(午前|午後)?\s?(\d{1,2})\s?時\s?(?:(\d{1,2})\s?分)?")
ZONE = re.compile(r"^\s?(?:([+-])(\d{2}):?(\d{2})?|\(?(jst|utc|gmt|z)\b)", re.I)


def read_instant(value: str | None, zone: dt.tzinfo | None = None) -> dt.datetime | None:
    """The aware instant a string gives, in the zone it states; a time without a zone is read in `zone`, if given.

    None where there is no time of day, no zone, or nothing that can be understood.
    """
    text = _normal(value)
    day = _day(text)
    if day is None:
        return None
    found = _time(text)
    if found is None:
        return None
    clock, stated = found
    zone = stated or zone
    return dt.datetime.combine(day, clock, zone) if zone is not None else None


def read_day(value: str | None) -> dt.date | None:
    """The day in Japan that a string gives: of the instant if it has time and zone, else the day as printed."""
    instant = read_instant(value)
    return day_in_japan(instant) if instant is not None else _day(_normal(value))


def read_date(value: str | None, zone: dt.tzinfo | None = None) -> dt.datetime | dt.date | None:
    """The instant a string gives, or else its day, or None."""
    return read_instant(value, zone) or read_day(value)


def day_in_japan(instant: dt.datetime) -> dt.date:
    """The day it is in Japan at an (aware) instant."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} says no zone, so its day in Japan is not known")
    return instant.astimezone(JST).date()


def _normal(value: str | None) -> str:
    """Full width digits made plain, all white space (also `&ensp;`) one blank; a date is never long."""
    return " ".join(unicodedata.normalize("NFKC", (value or "")[:200]).split())


def _day(text: str) -> dt.date | None:
    for pattern, order in ((ISO_DAY, "ymd"), (AMERICAN_DAY, "mdy"), (BRITISH_DAY, "dmy"), (COMPACT_DAY, "ymd")):
        if found := pattern.search(text):
            parts = dict(zip(order, found.groups(), strict=True))
            return _valid(parts["y"], parts["m"], parts["d"])
    if found := JAPANESE_DAY.search(text):
        era, year, month, day = found.groups()
        number = 1 if year == "元" else int(year)
        return _valid(ERAS[era] + number if era else number, month, day)
    return None


def _valid(year: str | int, month: str, day: str) -> dt.date | None:
    try:
        date = dt.date(int(year), MONTHS.get(month.lower()) or int(month), int(day))
    except ValueError:
        return None
    return date if 1800 <= date.year <= 2200 else None


def _time(text: str) -> tuple[dt.time, dt.tzinfo | None] | None:
    """The time of day and the zone stated right after it: `05:00:01+09:00`, `5:41 p.m. JST`, `午後5時41分`."""
    iso = re.sub(r"(?<=\d)[tT](?=\d)", " ", text)
    if found := TIME.search(iso):
        hour, minute, second, fraction, half = found.groups()
        clock = _clock(hour, minute, second, (fraction or "").ljust(6, "0")[:6], half)
        return (clock, _zone(iso[found.end() :])) if clock else None
    if found := JAPANESE_TIME.search(text):
        half = {"午前": "a", "午後": "p"}.get(found[1] or "")
        clock = _clock(found[2], found[3] or "0", None, "0", half)
        return (clock, None) if clock else None
    return None


def _clock(hour: str, minute: str, second: str | None, micro: str, half: str | None) -> dt.time | None:
    hours = int(hour)
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    try:
        return dt.time(hours, int(minute), int(second or 0), int(micro))
    except ValueError:
        return None


def _zone(rest: str) -> dt.tzinfo | None:
    found = ZONE.match(rest)
    if not found:
        return None
    sign, hours, minutes, name = found.groups()
    if name:
        return ZONES[name.lower()]
    offset = dt.timedelta(hours=int(hours), minutes=int(minutes or 0))
    return dt.timezone(offset if sign == "+" else -offset) if offset < dt.timedelta(hours=24) else None
