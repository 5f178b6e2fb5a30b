"""Which known editorials are to be asked again: the young often, the old seldom, each by what was seen of it.

`--recheck due`. The intervals are a judgement, not a measurement: news pages are edited in their first days or hardly
at all, and a guest does not ask ten thousand pages a day whether they have changed.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from archives.reader import instant
from crawler.newspapers import Newspaper

#: Younger than so many days: the days between two looks at it; 0 is every crawl.
BY_AGE: Final = ((7, 0), (30, 1), (90, 7), (365, 30))
AT_LEAST_YEARLY: Final = 180
#: Days until a missing original is asked for once more, by how often it was; the last holds from then on.
RETRIES: Final = (1, 2, 4, 8, 16, 30)
GONE: Final = 30
SLACK: Final = dt.timedelta(hours=2)  # a daily crawl does not begin at the same second
MARGIN: Final = 14  # days before the last crawl that listings are read again: posts are dated back
RELIST: Final = 30  # days after which all listings are read once more

Reason = Literal["age", "modified", "original_missing"]


@dataclass(slots=True)
class Known:
    """An editorial's address as the collection knows it."""

    url: str
    last: dt.datetime
    published: dt.date | None = None
    changed: int = 0  # how often its text was found changed
    unchanged: int = 0  # how often, since it last changed, it was not
    original: str = ""  # the address that it declares


def interval(age: int, changed: int = 0, unchanged: int = 0) -> dt.timedelta:
    """Days between two looks at an editorial of that age in days.

    Half of it, or a quarter, where it was edited once or more; twice or four times as long once it was found unchanged
    three times or more.
    """
    days = next((days for younger, days in BY_AGE if age < younger), AT_LEAST_YEARLY)
    factor: float = 2.0 ** (min(max(unchanged - 2, 0), 2) - min(changed, 2))
    return dt.timedelta(days=days) * factor


def is_due(known: Known, now: dt.datetime, today: dt.date) -> bool:
    """Whether it is time to ask it again. Of unknown age is as old as its capture."""
    born = known.published or known.last.date()
    return now - known.last >= interval((today - born).days, known.changed, known.unchanged) - SLACK


class Due:
    """What of a newspaper the collection knows, and which of it is due."""

    def __init__(self, db: sqlite3.Connection, paper: Newspaper, now: dt.datetime, today: dt.date) -> None:
        self._db, self._paper = db, paper
        self._now, self._today = now, today
        self.counts: Counter[str] = Counter()

    def reason(self, known: Known, modified: dt.datetime | dt.date | None = None) -> Reason | None:
        """Why a known editorial is due, or None; `modified` is when a listing says it was last changed."""
        if modified is not None and _is_later(modified, known.last):
            return "modified"
        if is_due(known, self._now, self._today):
            return "age"
        return "original_missing" if known.original and self._is_missing(known.original) else None

    def known(self) -> Iterator[Known]:
        """Every address that gave an editorial or a problem of this newspaper."""
        rows = self._db.execute(
            "SELECT url, at, what, version_key, json_extract(NULLIF(article, ''), '$.published_on'),"
            " json_extract(NULLIF(article, ''), '$.original.url') FROM readings"
            " WHERE status BETWEEN 1 AND 499 AND status NOT IN (401, 403, 429, 451) AND (what = 'same'"
            " OR json_extract(NULLIF(article, ''), '$.newspaper') = ?"
            " OR json_extract(NULLIF(problem, ''), '$.newspaper') = ?) ORDER BY url, at, record_id",
            (self._paper.name, self._paper.name),
        )
        current: Known | None = None
        before = ""
        for url, at, what, key, published, original in rows:
            last = dt.datetime.fromisoformat(at)
            if current is None or url != current.url:
                if current is not None:
                    yield current
                current, before = Known(url, last), ""
            current.last = last
            if what == "same" or key == before:
                current.unchanged += 1
            elif before:
                current.changed, current.unchanged = current.changed + 1, 0
            before = key or before
            current.published = dt.date.fromisoformat(published) if published else current.published
            current.original = original or current.original
        if current is not None:
            yield current

    def _is_missing(self, original: str) -> bool:
        """Whether no article was ever read at the address of an original, and it is time to ask for it once more."""
        rows = self._db.execute(
            "SELECT at, what, status FROM readings WHERE url = ? ORDER BY at", (original,)
        ).fetchall()
        if any(what in ("article", "same", "redirect") for _, what, _ in rows):
            return False
        if not rows:
            return True
        at, _, status = rows[-1]
        days = GONE if status in (404, 410) else RETRIES[min(len(rows), len(RETRIES)) - 1]
        return self._now - dt.datetime.fromisoformat(at) >= dt.timedelta(days=days) - SLACK


def _is_later(modified: dt.datetime | dt.date, last: dt.datetime) -> bool:
    """A day alone is later only if it is a later day in Japan: listings round down."""
    if isinstance(modified, dt.datetime):
        return modified > last
    return modified > (last + dt.timedelta(hours=9)).date()


def floor_of(receipts: Iterator[dict[str, object]], arguments: dict[str, object], now: dt.datetime) -> dt.date | None:
    """The day before which the listings were read by crawls that wanted as much as this one; None if by none lately.

    `receipts` are the newspaper's, newest first. A crawl counts that is finished with exit 0, and had no `limit`, `url`
    or `until`; and of those that did not read all listings themselves, one that did so within `RELIST` days is needed.
    """
    floor: dt.date | None = None
    for receipt in receipts:
        given, discovery = receipt.get("arguments"), receipt.get("discovery")
        if (
            not isinstance(given, dict)
            or not isinstance(discovery, dict)
            or not isinstance(receipt.get("started_at"), str)
        ):
            continue
        if (
            receipt.get("exit") != 0
            or not receipt.get("finished")
            or any(given.get(n) for n in ("limit", "url", "until"))
        ):
            continue
        if not _covers(given.get("since"), arguments.get("since")):
            continue
        try:
            started = instant(str(receipt["started_at"]))
        except ValueError:
            continue
        if now - started > dt.timedelta(days=RELIST):
            return None
        floor = floor or (started + dt.timedelta(hours=9)).date() - dt.timedelta(days=MARGIN)
        if discovery.get("since") is None:
            return floor
    return None


def _covers(earlier: object, wanted: object) -> bool:
    return earlier is None or (isinstance(wanted, str) and isinstance(earlier, str) and earlier <= wanted)
