"""What a crawl says of itself: its receipt, those of crawls that were killed, and the warcinfo record of its files."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from archives.bounded import lines_of, value_of
from archives.collection import Collection
from archives.journal import Journal
from archives.records import CONFORMS_TO, warc_date
from archives.wire import NotKept
from crawler.lines import Written
from crawler.receipts import balance, versions, write_outcomes, write_receipt

if TYPE_CHECKING:
    from spiders.collecting import Collecting


def receipt_of(
    crawl: Collecting, reason: str, ended_at: dt.datetime, finished: bool, pending: Counter[str]
) -> dict[str, Any]:
    """What the crawl's receipt says."""
    settings = crawl.crawler.settings
    lost = isinstance(crawl.failure, NotKept)  # then only what the journal has of it is so
    sums = committed_sums(crawl.journal, crawl.crawl) if lost else balance(crawl.desk.sums, pending)
    return {
        "schema": "genbun/receipt/1",
        "id": crawl.crawl,
        "newspaper": crawl.spider.paper.name,
        "resumes": crawl.resumes[0] if crawl.resumes else None,
        "recalled": crawl.desk.recalled,
        "recovered": crawl.adopted,
        "arguments": crawl.spider.arguments,
        "settings": {
            "contact": settings.get("CONTACT") or None,
            "user_agent": settings.get("USER_AGENT"),
            "delay": settings.getfloat("DOWNLOAD_DELAY"),
            "concurrency": settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
            "connect_to": settings.getlist("CONNECT_TO"),
            "insecure": settings.getbool("INSECURE"),
            "requisites": crawl.requisites,
        },
        "versions": versions(),
        "started_at": warc_date(crawl.started_at),
        "ended_at": warc_date(ended_at),
        "finished": finished,
        "ended_because": reason,
        "exit": crawl.exit_status,
        "message": crawl.message or None,
        **sums["all"],
        "classes": {klass: row for klass, row in sums.items() if klass != "all"},
        "reasons": dict(crawl.desk.reasons.most_common()),
        "closed": {host: said for host, (said, _) in sorted(crawl.patience.closed.items())},
        **({"shared": crawl.worker.account()} if crawl.worker is not None else {}),
        "discovery": {
            "since": _since(crawl),
            "lines": dict(crawl.spider.discovery.lines),
            **dict(crawl.spider.discovery.counts),
        },
        **({"search": searched} if (search := crawl.spider.search) and (searched := search.account()) else {}),
        "archive": {
            "responses": crawl.archive.responses,
            "revisits": crawl.archive.revisits,
            "bytes": crawl.archive.bytes_written,
        },
        "records": {
            "articles": crawl.written.articles,
            "versions": crawl.written.versions,
            "problems": crawl.written.problems,
            "pairs": crawl.written.pairs,
            "aligned": crawl.written.aligned,
            "not_aligned": crawl.written.not_aligned,
            "alignment": crawl.aligned,
        },
    }


def _since(crawl: Collecting) -> str | None:
    """The day from which on the listings were read, by this worker or by another one of a shared crawl."""
    floor = crawl.spider.discovery.floor
    if crawl.worker is not None and not crawl.worker.leading.has_led:
        return crawl.worker.since or None
    return floor.isoformat() if floor else None


def close_receipts(crawl: Collecting) -> None:
    """A crawl that was killed has left no receipt: its own says so, from what the journal knows."""
    collection, journal = crawl.collection, crawl.journal
    for killed in crawl.resumes:
        if collection.receipt(killed).exists():
            continue
        sums = committed_sums(journal, killed)
        receipt = {
            "schema": "genbun/receipt/1",
            "id": killed,
            "newspaper": crawl.spider.paper.name,
            "started_at": journal.started_at(killed),
            "ended_at": None,
            "finished": False,
            "ended_because": "killed",
            "exit": None,
            "resumed_by": crawl.crawl,
            **sums["all"],
            "classes": {klass: row for klass, row in sums.items() if klass != "all"},
        }
        write_outcomes(collection, killed, journal.asked(killed))
        write_receipt(collection, killed, receipt)


def committed_sums(journal: Journal, crawl: str) -> dict[str, dict[str, int]]:
    """What the journal knows of a crawl, as a receipt tells it."""
    asked = journal.sums(crawl)
    sums = {klass: Counter({**count, "asked": sum(count.values())}) for klass, count in asked.items()}
    return balance(sums, Counter({klass: count["asked"] for klass, count in asked.items()}))


def warcinfo(crawl: Collecting) -> list[tuple[str, str]]:
    settings = crawl.crawler.settings
    said = versions()
    return [
        ("software", " ".join(f"{name}/{number}" for name, number in said.items())),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", CONFORMS_TO),
        ("isPartOf", crawl.crawl),
        ("description", f"editorials of {crawl.spider.paper.title}, and their originals"),
        ("operator", settings.get("CONTACT") or "not given"),
        ("http-header-user-agent", settings.get("USER_AGENT") or ""),
        ("robots", "obey (RFC 9309)"),
        *([("tls", "certificates not verified")] if settings.getbool("INSECURE") else []),
        ("capture", "HTTP/1.1 messages as sent and received, transfer and content coding kept"),
    ]


def lines_there(collection: Collection) -> Written:
    """What the records hold that an earlier crawl wrote, where this one could not."""
    written = Written()
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        with (collection.records / "articles.jsonl").open("rb") as lines:
            articles = [value_of(line)["id"] for line in lines_of(lines)]
        written.articles, written.versions = len(set(articles)), len(articles)
        with (collection.records / "problems.jsonl").open("rb") as lines:
            written.problems = sum(1 for _ in lines_of(lines))
        with (collection.records / "pairs.jsonl").open("rb") as lines:
            pairs = [(pair["status"], pair.get("not_aligned") is not None) for pair in map(value_of, lines_of(lines))]
        written.pairs = dict(Counter(status for status, _ in pairs))
        written.not_aligned = sum(is_not for _, is_not in pairs)
    return written
