"""COLLECTION → STATUS: everything is read once or twice, a line at a time; nothing is locked, nothing written."""

from __future__ import annotations

import datetime as dt
import sqlite3

from archives.collection import Collection
from archives.glance import glance
from crawler.newspapers import all_newspapers
from crawler.status.captures import Gone, first_pass, last_in_journal, owner_of, second_pass
from crawler.status.closed import Closed, by_journal, by_receipt, longest
from crawler.status.crawls import crawls_of, refusals_of
from crawler.status.days import Usual, gaps_in, pace_of
from crawler.status.lines import count_articles, count_pairs, count_problems
from crawler.status.robots import Robots
from crawler.status.schedule import schedule_of
from crawler.status.stamps import JAPAN, instant_of, stamp_of
from crawler.status.state import Refusal, Status
from crawler.status.storage import Sizes, is_written, storage_of


def status_of(collection: Collection, now: dt.datetime | None = None, every: dt.timedelta | None = None) -> Status:
    """How a collection stands, by the last committed state; `every` is how often it is crawled, if one knows.

    Raises `NotACollection`; `NotVerified` for bad lines.
    """
    collection.require()
    status, gone, robots, sizes = (
        Status(str(collection.path), now or dt.datetime.now(dt.UTC)),
        Gone(),
        Robots(),
        Sizes(),
    )
    status.storage = storage_of(collection)
    status.running = is_written(collection, status.storage, status.at)
    with glance(collection.journal) as journal:
        try:
            status.crawls = crawls_of(collection, journal)
        except sqlite3.Error:
            journal = None
            status.crawls = crawls_of(collection, None)
        for crawl in status.crawls:
            if crawl.newspaper:
                status.paper(crawl.newspaper)
        last = first_pass(collection.index, gone, robots, sizes)
        status.has_records = count_articles(collection, status, gone)
        count_pairs(collection, status)
        refused = _refused(collection, status)
        got = second_pass(collection.index, gone.urls() | refused.keys())
        _note_refused(status, refused, got)
        _ask_journal(status, gone, got, last, journal)
        _run_by_run(status, every)
        _closed(status, journal)
        for change in robots.changes(collection, journal):
            status.paper(owner_of(f"https://{change.host}/", None)).robots.append(change)
    for name, months in sizes.by_newspaper().items():
        status.paper(name).months = months
    _day_by_day(status)
    for name, known in all_newspapers().items():
        if name in status.newspapers:
            status.paper(name).unproven = known.unproven
    return status


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


def _run_by_run(status: Status, every: dt.timedelta | None) -> None:
    """Each newspaper's last crawl and schedule, and which days its crawls have seen whole."""
    for name, paper in status.newspapers.items():
        crawls = [crawl for crawl in status.crawls if crawl.newspaper == name]
        begun = [(at, crawl) for crawl in crawls if (at := instant_of(crawl.started_at)) is not None]
        paper.run = crawls[-1] if crawls else None
        paper.ended = next((crawl for crawl in reversed(crawls) if crawl.has_receipt), None)
        paper.schedule = schedule_of([at for at, _ in begun], every)
        well = [at for at, crawl in begun if crawl.finished and crawl.exit == 0]
        if well:
            paper.last_success = max(well)
            paper.seen_until = paper.last_success.astimezone(JAPAN).date() - dt.timedelta(1)
        elif not status.crawls and paper.pairs and paper.days:  # an archive whose receipts are lost
            paper.seen_until = max(paper.days)


def _day_by_day(status: Status) -> None:
    for paper in status.newspapers.values():
        if paper.seen_until is not None:
            usual = Usual(paper.days, paper.seen_until)
            paper.weekdays = usual.lately()
            paper.gaps = list(gaps_in(paper.days, paper.seen_until, usual))
            paper.pace = pace_of(paper.days, paper.seen_until)


def _closed(status: Status, journal: sqlite3.Connection | None) -> None:
    """Under the newspaper that owns the host, else the one that was being crawled."""
    found: list[tuple[Closed, str | None]] = [(one, None) for one in by_journal(journal, status.at)]
    for crawl in status.crawls:
        latest = crawl is status.paper(crawl.newspaper).run
        found += [(one, crawl.newspaper) for one in by_receipt(crawl.closed, status.at, latest=latest)]
    crawled = {one.host: newspaper for one, newspaper in found if newspaper}
    for one in longest(one for one, _ in found):
        status.paper(owner_of(f"https://{one.host}/", crawled.get(one.host))).closed.append(one)
