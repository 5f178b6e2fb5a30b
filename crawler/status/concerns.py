"""STATUS → what concerns whoever looks after the collection: how grave, of which kind, in one sentence each.

`genbun status` prints them, `--check` ends by the gravest, and `genbun notify` tells of those that are new or over; so
each has a `key` that stays the same as long as the matter does, however its numbers change.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from crawler.layers.shell import WALLS
from crawler.status.schedule import Schedule
from crawler.status.stamps import every, instant_of, minute
from crawler.status.state import Crawl, Paper, Status

Severity = Literal["critical", "warning", "note"]
Kind = Literal[
    "failed", "killed", "unfinished", "unverified", "missing", "refused", "nothing_found", "overdue", "closed", "short",
    "gap", "drift", "walled", "shells", "open", "unread", "robots", "under_way", "command",
]  # fmt: skip

#: What `--check` ends with, by DESIGN 4; 0 for what is worth knowing and no fault.
EXITS: Final[dict[Kind, int]] = {
    "failed": 1, "killed": 1, "unfinished": 1, "command": 1, "open": 1, "unverified": 4, "missing": 4, "drift": 4,
    "shells": 4, "refused": 6, "closed": 6, "walled": 6, "nothing_found": 3, "overdue": 3, "short": 3, "gap": 3,
    "unread": 0, "robots": 0, "under_way": 0,
}  # fmt: skip
CRITICAL: Final = ("failed", "killed", "command", "unverified", "missing", "refused", "nothing_found", "overdue")
WARNING: Final = ("unfinished", "closed", "short", "gap", "walled", "shells", "drift", "open")
#: How a crawl ended: one of these takes the place of another.
ENDS: Final = ("failed", "killed", "unfinished", "refused", "nothing_found")
#: What is a day's news, not a state that ends: it is told once, and never called over.
NEWS: Final = ("gap", "robots")
ENDED: Final[dict[int, Kind]] = {3: "nothing_found", 4: "unverified", 6: "refused"}
#: Pages that somebody should look at; the others are errors, listings and what is for members.
UNREAD: Final = ("no_body", "empty_shell", "undecodable", "disagreement", "not_html", *WALLS)
#: What half or more of a month's pages may be instead of articles: their name, and what to do.
INSTEAD: Final[dict[str, tuple[Kind, str, str]]] = {
    "challenge": ("walled", "challenges", "the site takes us for a robot: ask more slowly, or write to the newspaper"),
    "consent_wall": ("walled", "consent walls", "the site gives nothing before one agrees: write to the newspaper"),
    "login_page": ("walled", "login pages", "the site asks for an account: see by hand what it gives without one"),
    "empty_shell": ("shells", "empty shells", "the text comes by a script: look for the data that it reads"),
}
LATELY: Final = dt.timedelta(days=14)  # so long is a gap, or another robots.txt, news
LONG: Final = 3  # usual days without an editorial: a holiday explains less


@dataclass(frozen=True, slots=True)
class Concern:
    """One matter. `newspaper` is null where it is the whole collection's."""

    kind: Kind
    newspaper: str | None
    text: str
    matter: str = ""
    """What tells it from others of its kind: a host, a finding, an exit status."""

    @property
    def key(self) -> str:
        """The same as long as the matter is."""
        return "/".join((self.newspaper or "", self.kind, self.matter))

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return "critical" if self.kind in CRITICAL else "warning" if self.kind in WARNING else "note"

    @property
    def exit(self) -> int:
        """What `--check` ends with on its account."""
        return EXITS[self.kind]

    @property
    def sentence(self) -> str:
        """With its newspaper in front."""
        return f"{self.newspaper}: {self.text}" if self.newspaper else self.text

    def as_json(self) -> dict[str, object]:
        """What `--json` and a webhook are given."""
        return {
            "kind": self.kind, "newspaper": self.newspaper, "severity": self.severity, "text": self.text,
            "key": self.key,
        }  # fmt: skip


def concerns_of(status: Status) -> list[Concern]:
    """All of them, the gravest first."""
    found = [*_of_collection(status)]
    for name, paper in status.named():
        newspaper = None if paper is status.elsewhere else name
        found += [Concern(kind, newspaper, *rest) for kind, *rest in _of(paper, name, status)]
    return sorted(found, key=lambda one: (one.severity == "note", one.severity != "critical", not one.exit))


Said = tuple[Kind, str] | tuple[Kind, str, str]


def _of_collection(status: Status) -> Iterator[Concern]:
    if not status.has_records and status.storage.files and not status.storage.open:
        text = f"there are no records: `genbun rebuild {status.collection}` makes them from archive/"
        yield Concern("unverified", None, text, "no records")
    if status.storage.open and not status.running and all(crawl.has_receipt for crawl in status.crawls):
        names = ", ".join(status.storage.open)
        yield Concern("open", None, f"{names}: left open by a crawl that was killed; the next crawl closes it")


def _of(paper: Paper, name: str, status: Status) -> Iterator[Said]:
    if paper.run is not None:
        yield from _run(paper.run, paper.ended, status.running)
    if paper.schedule is not None and paper.schedule.overdue(status.at):
        yield "overdue", _overdue(paper.schedule)
    for one in paper.closed:
        yield "closed", one.reason, one.host
    if paper.pace is not None and paper.pace.short:
        got, usual = paper.pace.got_four, 4 * paper.pace.per_week
        yield "short", f"{got:,} editorials in the last four whole weeks, where {usual:g} are usual"
    for gap in paper.gaps:
        if paper.seen_until and paper.seen_until - gap.last < LATELY and not 0 < len(gap.usual) < LONG:
            what = f"on {len(gap.usual)} days where one is usual" if gap.usual else "which is unlike it"
            yield "gap", f"no editorial from {gap.first} to {gap.last}, {what}", gap.first.isoformat()
    for instead in paper.drift.instead():
        kind, plural, advice = INSTEAD[instead.what]
        counts = f"{instead.count:,} of {instead.pages:,} pages captured {instead.month}"
        yield kind, f"{counts} were {plural}, not articles; {advice}", instead.what
    for finding in paper.drift.findings(name):
        said = finding.removeprefix(name).lstrip(":, ")
        blamed = "" if said.startswith("captured ") else "its reader drifts: "  # problems may be the site's own
        yield "drift", f"{blamed}{said}", _matter(said)
    unread = {word: paper.instead[word] for word in UNREAD if paper.instead[word]}
    if unread:
        counts = ", ".join(f"{count:,} {word}" for word, count in unread.items())
        yield "unread", f"pages that could not be read ({counts}): records/problems.jsonl"
    for change in paper.robots:
        at = instant_of(change.at)
        if at is not None and status.at - at < LATELY:
            record = (change.record_id or "no record").strip("<>")
            text = f"robots.txt of {change.host} changed by {minute(change.at)} ({record})"
            yield "robots", text, f"{change.host} {change.at}"


def _run(crawl: Crawl, ended: Crawl | None, running: bool) -> Iterator[Said]:
    """How the last crawl stands. What the one before it said holds as long as it is under way."""
    if not crawl.has_receipt:
        counts = f"{crawl.id}; {crawl.sums['fetched']:,} of {crawl.sums['asked']:,} addresses fetched"
        if not running:
            yield "killed", f"its last crawl was killed ({counts}); the next crawl goes on with it"
            return
        yield "under_way", f"a crawl is under way ({counts})"
    yield from _ended(ended) if ended is not None else ()


def _ended(crawl: Crawl) -> Iterator[Said]:
    if crawl.exit:
        said = crawl.message or "it was not finished; the next crawl goes on with it"
        yield ENDED.get(crawl.exit, "failed"), f"its last crawl ended with exit status {crawl.exit}: {said}"
    elif not crawl.finished:
        yield "unfinished", "its last crawl was not finished; the next crawl goes on with it"


def _overdue(schedule: Schedule) -> str:
    how = f"by the last {schedule.runs} runs" if schedule.runs else "as you say"
    return f"no crawl since its run of {minute(schedule.due)} was due ({every(schedule.every)}, {how})"


def _matter(finding: str) -> str:
    """A finding without its numbers, and without what stands in brackets."""
    return re.sub(r"[\d,]*\d", "#", finding.partition(" (")[0])
