"""JOURNAL, RECEIPTS → which hosts asked not to be asked, and until when."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from crawler.status.stamps import instant_of, said

_BEFORE: Final = re.compile(r"\bbefore (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")


@dataclass(frozen=True, slots=True)
class Closed:
    """A host that is not asked for now. `until` is null where it refused without saying for how long."""

    host: str
    until: str | None
    reason: str


def by_journal(journal: sqlite3.Connection | None, now: dt.datetime) -> Iterable[Closed]:
    """The hosts whose Retry-After is not over."""
    if journal is None:
        return
    query = "SELECT url, retry FROM captures WHERE retry > ? AND retry != ''"
    with suppress(sqlite3.Error):
        for url, until in journal.execute(query, (said(now),)):
            host = urlsplit(url).hostname or ""
            yield Closed(host, until, f"{host} asks not to be asked before {until} (Retry-After, at {url})")


def by_receipt(sentences: dict[str, str], now: dt.datetime, *, latest: bool) -> Iterable[Closed]:
    """What a receipt says of it. One without a time counts only for the latest crawl."""
    for host, sentence in sorted(sentences.items()):
        found = _BEFORE.search(sentence)
        until = instant_of(found[1]) if found else None
        if until is None and latest:
            yield Closed(host, None, sentence)
        elif until is not None and until > now:
            yield Closed(host, said(until), sentence)


def longest(found: Iterable[Closed]) -> list[Closed]:
    """One a host, the one that lasts longest; by host."""
    kept: dict[str, Closed] = {}
    for one in found:
        if one.host not in kept or (one.until or "") > (kept[one.host].until or ""):
            kept[one.host] = one
    return [kept[host] for host in sorted(kept)]
