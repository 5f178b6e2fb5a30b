"""The desk that every address passes: may it be asked, was it asked, and what became of it.

It alone makes requests and it alone notes outcomes, so that asked = fetched + refused + failed + skipped holds.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from archives.archive import Archive, why_not_written
from archives.exchange import Fields
from archives.journal import Asked, CaptureRow, State
from archives.records import Record, warc_date
from archives.routes import Routes
from archives.wire import ANY_ADDRESS, BEGINNING, HELD, NOTES, RECALL, NotKept
from crawler.readings import REFUSALS

Class = Literal["editorial", "original", "listing", "robots", "requisite"]

ASKED: Final = "asked"
#: In `request.meta`: what this worker answers for to the others, where several share a crawl (`spiders.frontier`).
LEASE: Final = "lease"
#: The slot of requests that the archive answers: no host waits for them (DOWNLOAD_SLOTS in the settings).
RECALLED: Final = "archive"
#: A page's originals and parts come before the next page, so that they are captured near it and no queue grows.
PRIORITY: Final[dict[str, int]] = {"robots": 1000, "listing": 100, "original": 70, "requisite": 60, "editorial": 50}


@dataclass(frozen=True, slots=True)
class Hosts:
    """Whom a crawl may ask: the hosts of its newspapers' pages, and those that serve what pages need."""

    pages: frozenset[str]
    assets: tuple[str, ...]

    def allow(self, host: str, klass: Class) -> bool:
        """Whether an address of that class may lie there; robots.txt may wherever anything may."""
        if host in self.pages:
            return True
        if klass not in ("requisite", "robots"):
            return False
        return any(host == asset or (asset.startswith("*.") and host.endswith(asset[1:])) for asset in self.assets)


class Elsewhere(Protocol):
    """Where addresses go that workers share (`spiders.frontier.worker`)."""

    def give(self, url: str, klass: str, notes: Fields, meta: Mapping[str, Any]) -> None:
        """Hand an address on, which comes back to whoever claims it."""

    def done(self, lease: tuple[str, str] | None) -> None:
        """What was claimed is settled, and all that was found on its page is given."""


class Desk:
    """One crawl's desk. `known_contact` is whether unmapped hosts may be asked although some are mapped.

    `walled` counts, by class and word (`crawler.layers.shell.WALLS`), the addresses that stay *fetched*, since their
    bytes were answered with 200 and are kept, and at which a challenge or a consent wall came in the page's place.
    `missed` is told of each outcome that leaves an address without a page, once it is durable: its metadata record, and
    what that says.
    `resumes` are the unfinished crawls that this one takes over: what they got is recalled from the archive, what they
    settled is not asked again, and neither is counted here, since their own receipts count it. A crawl that ended
    because the site refused it is taken over with `ask_refused_again`: else its refusals would stand for ever.
    """

    def __init__(self, archive: Archive, hosts: Hosts, routes: Routes, *, known_contact: bool,
                 missed: Callable[[Record, Fields], None], resumes: Sequence[str] = (),
                 ask_refused_again: bool = False) -> None:  # fmt: skip
        self.archive = archive
        self.resumes = list(resumes)
        self._ask_refused_again = ask_refused_again
        self.recalled = 0
        self._missed = missed
        self.hosts = hosts
        self.sums: dict[str, Counter[str]] = {}
        self.reasons: Counter[str] = Counter()
        self.walled: Counter[tuple[str, str]] = Counter()
        self._routes = routes
        self._known_contact = known_contact
        self._seen: set[int] = set()
        self._open: dict[str, Asked] = {}
        self.elsewhere: Elsewhere | None = None
        self._given: set[int] = set()

    def ask(
        self,
        url: str,
        klass: Class,
        notes: Iterable[tuple[str, str]] = (),
        callback: Callable[..., Any] | None = None,
        errback: Callable[..., Any] | None = None,
        **meta: Any,
    ) -> Request | None:
        """A request for that address; None if it was asked before in this crawl, or may not be asked at all.

        With `elsewhere`, pages and their parts go there, and only what was claimed there (`LEASE`) is asked.
        """
        key = hash(url)
        is_own = LEASE in meta or klass in ("listing", "robots")
        if self.elsewhere is not None and not is_own and not self.why_not(url, klass):
            if key not in self._given:
                self._given.add(key)
                self.elsewhere.give(url, klass, tuple(notes), meta)
            return None
        if key in self._seen:
            return None
        self._seen.add(key)
        asked = Asked(url, klass, notes=tuple(notes))
        if self.resumes:
            earlier = self._earlier(url, klass)
            if isinstance(earlier, CaptureRow):
                self.recalled += 1
                return self._request(asked, callback, errback, {**meta, RECALL: earlier, "download_slot": RECALLED})
            if earlier is not None:
                return None
        self._count(klass, "asked")
        why_not = self.why_not(url, klass)
        if why_not:
            self._settle(asked, "skipped", why_not)
            return None
        self._open[url] = asked
        self.archive.settle(asked)
        return self._request(asked, callback, errback, meta)

    def again(self, url: str, klass: Class) -> Request | None:
        """A request for an address that was settled in this crawl and is due again; it is not counted once more."""
        return None if self.why_not(url, klass) else self._request(Asked(url, klass), None, None, {})

    def why_not(self, url: str, klass: Class) -> str:
        """Why an address may not be asked; empty if it may."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not self.hosts.allow(host, klass):
            return "outside_hosts"
        if parts.port not in (None, 80, 443):  # a newspaper has no pages there; to try them all is to probe its host
            return "other_port"
        if self._routes and not self._known_contact and self._routes.mapped(host) is None:
            return "not_mapped"
        return ""

    def _request(
        self,
        asked: Asked,
        callback: Callable[..., Any] | None,
        errback: Callable[..., Any] | None,
        meta: dict[str, Any],
    ) -> Request:
        headers: dict[str, str] = {}
        if RECALL not in meta and (held := self._held(asked.url)) is not None:
            latest, record = held
            meta = {**meta, HELD: record}
            headers = conditions(latest) or conditions(record)
        return Request(
            asked.url,
            headers=headers,
            callback=callback,
            errback=errback,
            priority=PRIORITY[asked.klass],
            dont_filter=True,
            meta={
                "verbatim_url": True,
                ASKED: asked,
                NOTES: (("class", asked.klass), *asked.notes),
                ANY_ADDRESS: asked.klass == "requisite",
                BEGINNING: asked.klass in ("listing", "robots"),
                **meta,
            },
        )

    def _held(self, url: str) -> tuple[CaptureRow, CaptureRow] | None:
        """The latest capture of an address, if it gave validators, and the whole answer that holds its bytes."""
        found = self.archive.journal.holder_last(url)
        if found is None or found[1].status != 200 or not any(map(conditions, found)):
            return None
        return found

    def _earlier(self, url: str, klass: Class) -> CaptureRow | State | None:
        """What the crawls that are taken over have of an address: its capture, what it was settled as, or nothing."""
        row = self.archive.journal.captured_in(self.resumes, url)
        if klass == "robots":  # whatever it said is a rule: a refusal means that there is none
            return None if row is None or row.status >= 500 or _older_than_a_day(row) else row
        settled = self.archive.journal.settled_in(self.resumes, url)
        if self._ask_refused_again and (settled in ("refused", "failed") or self._was_walled(url)):
            return None
        if settled is not None and settled != "fetched":
            return settled
        if row is None:
            return None  # asked and not committed: asked again
        if settled is None and (row.status >= 500 or row.status == 408):
            return None  # an attempt that would have been followed by another
        return row

    def _was_walled(self, url: str) -> bool:
        """Whether the latest of the crawls taken over that settled an address was given a challenge there."""
        noted = (self.archive.journal.asked_in([crawl], url) for crawl in self.resumes)
        latest = next((one for one in noted if one is not None and one.state != "asked"), None)
        return latest is not None and latest.state == "fetched" and bool(latest.reason)

    def skip(self, url: str, klass: Class, notes: Iterable[tuple[str, str]], reason: str) -> None:
        """Note an address that is not to be asked, unless it was asked before."""
        if hash(url) not in self._seen:
            self._seen.add(hash(url))
            self._count(klass, "asked")
            self._settle(Asked(url, klass, notes=tuple(notes)), "skipped", reason)

    def answered(self, request: Request, response: Response) -> State:
        """Note that an answer came; returns what that makes of the address."""
        asked: Asked = request.meta[ASKED]
        if RECALL in request.meta:
            return "fetched"
        if response.status in REFUSALS:
            return self._settle(asked, "refused", f"status_{response.status}")
        if response.status >= 500:
            return self._settle(asked, "failed", f"status_{response.status}")
        return self._settle(asked, "fetched", "")

    def wall(self, request: Request, word: str) -> None:
        """Note that a challenge, or a consent wall, was answered with 200: fetched, and counted beside the refusals."""
        asked: Asked = request.meta[ASKED]
        if RECALL in request.meta or asked.state != "fetched" or asked.reason:
            return
        asked.reason = word
        self.walled[asked.klass, word] += 1
        self.reasons[f"fetched: {word}"] += 1
        self.archive.settle(asked)

    def failed(self, request: Request, error: BaseException) -> State:
        """Note that no answer came, or that none was asked for."""
        asked: Asked = request.meta[ASKED]
        if RECALL in request.meta:
            return "failed"
        reason = getattr(error, "reason", None)
        if reason in ("robots", "robots_unreachable", "retry_after", "rate_limited"):
            return self._settle(asked, "refused", str(reason))
        return self._settle(asked, "failed", str(reason or error.__class__.__name__))

    def done(self, request: Request) -> None:
        """All that follows from what came of a request has been asked."""
        if self.elsewhere is not None:
            self.elsewhere.done(request.meta.get(LEASE))

    @property
    def open(self) -> int:
        """How many addresses were asked and are not settled."""
        return len(self._open)

    def still_open(self) -> list[Asked]:
        """Addresses that were asked and are not settled."""
        return list(self._open.values())

    def _settle(self, asked: Asked, state: State, reason: str) -> State:
        if asked.url not in self._open and state != "skipped":
            return state  # settled before: a retry that came too late, or an address given up at the end
        asked.state, asked.reason = state, reason
        asked.at = warc_date(dt.datetime.now(dt.UTC))
        if state != "fetched":
            notes = outcome_notes(asked)
            record = self._note(asked.url, notes)  # before it is counted: what cannot be kept stays open
            asked.record_id, asked.at = record.id, record.date
            self.archive.when_durable(lambda: self._missed(record, notes))
        self._open.pop(asked.url, None)
        self._count(asked.klass, state)
        if reason:
            self.reasons[f"{state}: {reason}"] += 1
        self.archive.settle(asked)
        return state

    def _note(self, url: str, notes: Fields) -> Record:
        try:
            return self.archive.note(url, notes)
        except OSError as error:
            raise NotKept(why_not_written(self.archive.folder, error)) from error

    def _count(self, klass: str, state: str) -> None:
        self.sums.setdefault(klass, Counter())[state] += 1


def conditions(row: CaptureRow) -> dict[str, str]:
    """The header fields that ask for a page only if it has changed since that capture (RFC 9110, 13.1)."""
    headers = {"If-None-Match": row.etag, "If-Modified-Since": row.modified}
    return {name: value for name, value in headers.items() if value}


def _older_than_a_day(row: CaptureRow) -> bool:
    """robots.txt is not to be relied on longer (RFC 9309, 2.4)."""
    return dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(row.at) > dt.timedelta(hours=24)


def outcome_notes(asked: Asked) -> Fields:
    """What the metadata record of an address says that was not fetched."""
    return (("class", asked.klass), *asked.notes, ("outcome", asked.state), ("reason", asked.reason))
