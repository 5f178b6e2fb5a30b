"""COLLECTION → STATUS: everything is read once or twice, a line at a time; nothing is locked, nothing written."""

from __future__ import annotations

import sqlite3
from typing import Final

from archives.collection import OPEN, Collection
from archives.glance import glance
from crawler.status.captures import Gone, first_pass, last_in_journal, owner_of, second_pass, stamp_of
from crawler.status.crawls import crawls_of, refusals_of
from crawler.status.lines import count_articles, count_pairs, count_problems
from crawler.status.state import Crawl, Refusal, Status

#: Problems that a better reader would not have; the others are what the newspaper answered.
READERS_OWN: Final = ("no_body", "undecodable", "disagreement", "not_html", "challenge")


def status_of(collection: Collection) -> Status:
    """How a collection stands, by the last committed state. Raises `NotACollection`; `NotVerified` for bad lines."""
    collection.require()
    status, gone = Status(str(collection.path)), Gone()
    _measure(collection, status)
    with glance(collection.journal) as journal:
        try:
            status.crawls = crawls_of(collection, journal)
        except sqlite3.Error:
            journal = None
            status.crawls = crawls_of(collection, None)
        for crawl in status.crawls:
            if crawl.newspaper:
                status.paper(crawl.newspaper)
        last = first_pass(collection.index, gone)
        has_records = count_articles(collection, status, gone)
        count_pairs(collection, status)
        refused = _refused(collection, status)
        got = second_pass(collection.index, gone.urls() | refused.keys())
        _note_refused(status, refused, got)
        _ask_journal(status, gone, got, last, journal)
    if not has_records and status.files and not status.open:
        status.attention.append(f"there are no records: `genbun rebuild {collection.path}` makes them from archive/")
    _attend(status)
    return status


def _measure(collection: Collection, status: Status) -> None:
    for path in collection.warcs():
        try:
            size = path.stat().st_size
        except FileNotFoundError:  # closed at this moment
            path = path.with_name(path.name.removesuffix(OPEN))
            size = path.stat().st_size
        status.files, status.bytes = status.files + 1, status.bytes + size
        if path.name.endswith(OPEN):
            status.open.append(path.name)


def _refused(collection: Collection, status: Status) -> dict[str, tuple[str | None, Refusal]]:
    """Address → the newspaper it counts for, and its latest refusal."""
    found = {refusal.url: (newspaper, refusal) for newspaper, refusal in count_problems(collection, status)}
    for crawl in status.crawls:
        for refusal in refusals_of(collection, crawl):
            found[refusal.url] = owner_of(refusal.url, crawl.newspaper), refusal
    return found


def _note_refused(status: Status, refused: dict[str, tuple[str | None, Refusal]], got: dict[str, str]) -> None:
    for url, (newspaper, refusal) in sorted(refused.items()):
        if url not in got or (refusal.at and got[url] < stamp_of(refusal.at)):
            status.paper(newspaper).refusals.append(refusal)


def _ask_journal(
    status: Status, gone: Gone, got: dict[str, str], last: dict[str, str], journal: sqlite3.Connection | None
) -> None:
    """The last step, since a journal that cannot be read is done without."""
    try:
        removed = list(gone.removed(got, journal))
        later = {name: last_in_journal(journal, name) for name in status.newspapers} if journal else {}
    except sqlite3.Error:
        removed, later = list(gone.removed(got, None)), {}
    for one in removed:
        status.paper(one.id.partition(":")[0]).removed.append(one)
    for name, paper in status.newspapers.items():
        paper.last_capture = max(last.get(name, ""), later.get(name, "")) or None


def _attend(status: Status) -> None:
    """Say what needs a hand."""
    last: dict[str | None, Crawl] = {crawl.newspaper: crawl for crawl in status.crawls}
    for newspaper, crawl in last.items():
        if not crawl.has_receipt:
            sums = crawl.sums
            status.attention.append(
                f"{newspaper}: a crawl is under way, or was killed ({crawl.id}; {sums['fetched']:,} of "
                f"{sums['asked']:,} addresses fetched); if none runs, the next crawl goes on with it"
            )
        elif crawl.exit or not crawl.finished:
            said = crawl.message or "it was not finished; the next crawl goes on with it"
            status.attention.append(f"{newspaper}: its last crawl ended with exit status {crawl.exit}: {said}")
    if status.open and all(crawl.has_receipt for crawl in status.crawls):
        names = ", ".join(status.open)
        status.attention.append(f"{names}: left open by a crawl that was killed; the next crawl closes it")
    for name, paper in sorted(status.newspapers.items()):
        unread = {reason: paper.problems[reason] for reason in READERS_OWN if paper.problems[reason]}
        if unread:
            counts = ", ".join(f"{count:,} {reason}" for reason, count in unread.items())
            status.attention.append(f"{name}: pages that could not be read ({counts}): records/problems.jsonl")
