"""SEED: a newspaper's listings → its editorials, by several ways that back each other up.

First the sitemaps that robots.txt names, the feeds and the REST listing. Where neither sitemap nor REST gave a line,
section archives and month archives; where a sitemap gave lines that do not tell whether they are editorials, and REST
none, section archives, since they have titles. What all of them say of one address is put together before anything is
chosen, so that a title known from one way decides about an address known from another.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from archives.exchange import Fields
from crawler.addresses import resolve
from crawler.dates import day_in_japan
from crawler.layers.shell import wall_of
from crawler.listings import ENTRY_LIMIT, is_cut, read_listing, rest_address
from crawler.newspapers import newspaper_for
from crawler.newspapers.newspaper import Found, Listed, More, Newspaper

log = logging.getLogger(__name__)

MAX_LISTINGS: Final = 3000
MAX_CANDIDATES: Final = 500_000

Moment = dt.datetime | dt.date


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a newspaper is wanted: days in Japan, both included; `limit` counts editorials newly fetched."""

    since: dt.date | None = None
    until: dt.date | None = None
    limit: int | None = None


@dataclass(slots=True)
class Discovery:
    """What the listings have said so far: takes listing pages, says which listings and which editorials come next.

    `known` are the addresses that gave a page in an earlier crawl: `limit` does not count them. `tired` is set when
    the host has said that we ask too much: then no other listings are asked in place of those it refused. What lies
    before `floor` was listed to an earlier crawl, so listings are read no further back. `read` counts the listings
    that were answered as such, `walls` has those that a challenge or a consent wall stood in for, each with its word.
    """

    paper: Newspaper
    selection: Selection
    today: dt.date
    known: set[str] = field(default_factory=set)
    floor: dt.date | None = None
    found: dict[str, list[Found]] = field(default_factory=dict)
    lines: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    _listings: set[str] = field(default_factory=set)
    walls: dict[str, str] = field(default_factory=dict)
    read: int = 0
    tired: bool = False
    _second_stage: bool = False
    _rest_whole: bool = False  # REST has listed every post of the days that are wanted, or as many as are wanted

    @property
    def _since(self) -> dt.date | None:
        """The day from which on listings are read."""
        return max((day for day in (self.selection.since, self.floor) if day is not None), default=None)

    def first(self, robots_sitemaps: Iterable[str]) -> list[More]:
        """The listings to begin with."""
        listings = self.paper.listings
        sitemaps = list(robots_sitemaps) or list(listings.sitemaps)
        begin = [More(url, "sitemap") for url in sitemaps] + [More(url, "feed") for url in listings.feeds]
        if listings.rest:
            begin.append(More(rest_address(listings.rest, self._since, self.selection.until), "rest"))
        if not begin:
            return self.second()
        return self._new(begin)

    def second(self) -> list[More]:
        """The listings to fall back on, once; none where sitemaps or REST have given lines that tell enough."""
        by_sitemap = bool(self.lines["sitemap"])
        listed = self.lines["rest"] or (self.floor is not None and self._rest_whole)
        if self._second_stage or self.tired or listed or (by_sitemap and not self._undecided()):
            return []
        self._second_stage = True
        archives = [More(url, "archive") for url in self.paper.listings.archives]
        return self._new(archives if by_sitemap else archives + list(self._months()))

    def take(self, body: bytes, url: str, more: More) -> list[More]:
        """Read one listing page that was fetched from `url`; returns the listings to ask next."""
        listed = read_listing(body, url, more.way)
        self._collect(listed)
        if is_cut(listed):
            log.warning("%s: has more than %s entries; what comes after them is not read", url, f"{ENTRY_LIMIT:,}")
            self.counts["listings_cut"] += 1
        enough = self._enough(more, listed)
        if more.way == "rest" and body.lstrip()[:1] == b"[" and (enough or not listed.more):
            self._rest_whole = True
        return [] if enough else self._new(self._worth(listed.more))

    def heard(self, more: More, status: int, url: str, location: str, body: bytes) -> list[More]:
        """Take what a listing answered, from `url` and with that Location; returns the listings to ask next."""
        if 300 <= status < 400:
            target = resolve(url, location) if location else None
            return [More(target, more.way, more.modified)] if target is not None else []
        if status == 429:
            self.tired = True  # fewer requests are asked of us, so no other listings instead
        elif status == 200:
            lines, named = self.lines.total(), self.take(body, url, more)
            if not named and self.lines.total() == lines and (word := wall_of(body)):
                self.walls[url] = word
            else:
                self.read += 1
            return named
        elif status in (400, 404):
            self.past_the_end(more)
        return []

    def past_the_end(self, more: More) -> None:
        """A listing has answered that it has no such page: where REST gave full ones before, those were all."""
        if more.way == "rest" and self.lines["rest"]:
            self._rest_whole = True

    @property
    def has_answers(self) -> bool:
        """Whether the listings named an editorial, or, read only since `floor`, could have named one."""
        return bool(self.counts["editorials"]) or (self.floor is not None and bool(self.lines or self._rest_whole))

    def modified(self) -> dict[str, Moment]:
        """When each known editorial was last changed, where a listing says so."""
        found = {url: modified_of(lines) for url, lines in self.found.items() if url in self.known}
        return {url: moment for url, moment in found.items() if moment is not None}

    def is_wanted(self, published: dt.date | None) -> bool:
        """Whether a known editorial lies within the days that are wanted; one of unknown day does."""
        since, until = self.selection.since, self.selection.until
        return published is None or ((since is None or published >= since) and (until is None or published <= until))

    def chosen(self, wanted: Callable[[str], bool] | None = None) -> Iterator[tuple[str, tuple[Found, ...]]]:
        """The editorials to fetch, newest first, each with the lines that named it.

        `wanted` says of a known one whether to ask it again; without, all of them are. What is not chosen is counted.
        What the listings said is let go of here: ask once, when all listings have been read.
        """
        editorials: list[tuple[dt.date, str, tuple[Found, ...]]] = []
        for url, lines in self.found.items():
            verdict = self._verdict(lines)
            if verdict is None:
                self.counts["undecided"] += 1
            elif not verdict:
                self.counts["other"] += 1
            else:
                self.counts["editorials"] += 1
                day = published_of(lines)
                if self._inside(day, lines):
                    editorials.append((day or _modified(lines) or dt.date.min, url, tuple(lines)))
                else:
                    self.counts["outside_window"] += 1
        self.found.clear()
        editorials.sort(key=lambda one: (one[0], one[1]), reverse=True)
        new = 0
        for _, url, named in editorials:
            if url in self.known:
                if wanted is not None and not wanted(url):
                    self.counts["known"] += 1
                    continue
            else:
                if self.selection.limit is not None and new >= self.selection.limit:
                    self.counts["beyond_limit"] += 1
                    continue
                new += 1
            yield url, named

    def _collect(self, listed: Listed) -> None:
        for line in listed.lines:
            url = self._address(line.url)
            if url is None:
                continue
            self.lines[line.way] += 1
            if self.floor is not None and url not in self.known and _is_before(line, self.floor):
                self.counts["listed_before"] += 1
                continue
            if url not in self.found and len(self.found) >= MAX_CANDIDATES:
                self.counts["over_the_bound"] += 1
                continue
            self.found.setdefault(url, []).append(line)

    def _address(self, url: str) -> str | None:
        """The canonical address, if it is one of this newspaper's own hosts, and no other newspaper's there."""
        host = url.partition("://")[2].partition("/")[0]
        if host not in self.paper.hosts:
            return None
        owner = newspaper_for(url)
        return self.paper.canonical(url) if owner is None or owner.name == self.paper.name else None

    def _new(self, listings: Iterable[More]) -> list[More]:
        new: list[More] = []
        for more in listings:
            if more.url not in self._listings and len(self._listings) < MAX_LISTINGS:
                self._listings.add(more.url)
                new.append(more)
        return new

    def _worth(self, listings: Iterable[More]) -> Iterator[More]:
        """Leave out listings that hold nothing as new as what is wanted."""
        since = self._since
        for more in listings:
            if since is not None and more.modified is not None and _day(more.modified) < since:
                self.counts["listings_outside_window"] += 1
            else:
                yield more

    def _enough(self, more: More, listed: Listed) -> bool:
        """Whether a listing that goes from new to old has reached what is too old, or named as many as are wanted."""
        if more.way not in ("rest", "archive", "month"):
            return False
        days = [_day(line.published) for line in listed.lines if line.published is not None]
        since, limit = self._since, self.selection.limit
        if since is not None and days and max(days) < since:
            return True
        return limit is not None and more.way == "rest" and self._new_editorials_dated() >= limit

    def _undecided(self) -> bool:
        return any(self._verdict(lines) is None for lines in self.found.values())

    def _new_editorials_dated(self) -> int:
        return sum(
            1
            for url, lines in self.found.items()
            if url not in self.known
            and any(line.way == "rest" for line in lines)
            and self._verdict(lines)
            and self._inside(published_of(lines), lines)
        )

    def _verdict(self, lines: list[Found]) -> bool | None:
        """A line with a title knows more than one without."""
        for group in ([line for line in lines if line.title], [line for line in lines if not line.title]):
            verdicts = {self.paper.is_editorial(line) for line in group}
            if True in verdicts:
                return True
            if False in verdicts:
                return False
        return None

    def _inside(self, day: dt.date | None, lines: Iterable[Found]) -> bool:
        since, until = self.selection.since, self.selection.until
        if day is not None:
            return (since is None or day >= since) and (until is None or day <= until)
        if self._rest_whole and (since or until):
            return False  # a sitemap's line without a day of publication, which REST did not name among these days
        modified = _modified(lines)
        return since is None or modified is None or modified >= since

    def _months(self) -> Iterator[More]:
        template = self.paper.listings.month
        if template is None:
            return
        first = max(self._since or dt.date.min, self.paper.listings.first_month).replace(day=1)
        month = min(self.selection.until or self.today, self.today).replace(day=1)
        while month >= first:
            yield More(template.format(year=month.year, month=month.month), "month")
            month = (month - dt.timedelta(days=1)).replace(day=1)


def _is_before(line: Found, day: dt.date) -> bool:
    """Whether a line is of what was there before that day: by when it was published, else by when it was changed."""
    moment = line.published or line.modified
    return moment is not None and _day(moment) < day


def notes_of(lines: Iterable[Found]) -> Fields:
    """Which listing lines found a page, for its metadata record: one `found` note a line, as JSON."""
    return tuple(("found", _note(line)) for line in lines)


def _note(line: Found) -> str:
    said = {
        "way": line.way,
        "listing": line.listing,
        "url": line.url,
        "title": line.title,
        "published": line.published.isoformat() if line.published else None,
        "modified": line.modified.isoformat() if line.modified else None,
    }
    return json.dumps({name: value for name, value in said.items() if value is not None}, ensure_ascii=False)


def published_of(lines: Iterable[Found]) -> dt.date | None:
    """The first day on which listings say a page was published, if one says so."""
    days = [_day(line.published) for line in lines if line.published is not None]
    return min(days) if days else None


def modified_of(lines: Iterable[Found]) -> Moment | None:
    """The latest instant at which a page was changed, as listings have it; a day alone where none has more."""
    instants = [line.modified for line in lines if isinstance(line.modified, dt.datetime) and line.modified.tzinfo]
    return max(instants) if instants else _modified(lines)


def _modified(lines: Iterable[Found]) -> dt.date | None:
    days = [_day(line.modified) for line in lines if line.modified is not None]
    return max(days) if days else None


def _day(moment: Moment) -> dt.date:
    return day_in_japan(moment) if isinstance(moment, dt.datetime) else moment
