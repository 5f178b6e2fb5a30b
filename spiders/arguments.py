"""The arguments of a crawl, as words on a command line or of Scrapyd: what they mean, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from archives.errors import UsageError
from crawler.addresses import resolve
from crawler.newspapers import Newspaper, newspaper_for
from spiders.discovery import Selection


def selection_of(since: str, until: str, limit: str | int) -> Selection:
    """What of a newspaper is wanted. Raises `UsageError`."""
    selection = Selection(_day("since", since), _day("until", until), _limit(limit))
    if selection.since and selection.until and selection.since > selection.until:
        raise UsageError(f"since {since} is later than until {until}: no day lies between")
    return selection


def _day(name: str, value: str) -> dt.date | None:
    if not value:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"--{name} {value!r} is no day; give YYYY-MM-DD, as in 2024-01-31 (a day in Japan)") from None


def _limit(value: str | int) -> int | None:
    if value in ("", None):
        return None
    try:
        limit = int(value)
    except ValueError:
        limit = 0
    if limit < 1:
        raise UsageError(f"--limit {value!r} is no number of editorials; give 1 or more")
    return limit


def own_address(paper: Newspaper, url: str) -> str:
    address = resolve(url, url)
    if address is None:
        raise UsageError(f"--url {url!r} is no http or https address")
    owner, host = newspaper_for(address), urlsplit(address).hostname
    if owner is not paper:
        if owner is not None and host in paper.hosts:
            raise UsageError(
                f"--url {url}: is a page of {owner.name}, not of {paper.name}, whose begin with {paper.path}"
            )
        raise UsageError(f"--url {url}: {host} is not a host of {paper.name} ({', '.join(paper.hosts)})")
    return paper.canonical(address)
