"""STATUS → the page: how it stands, what needs a hand, each newspaper, and the crawls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from crawler.newspapers import all_newspapers
from crawler.status.check import WORDS, state_of
from crawler.status.concerns import Concern, concerns_of
from crawler.status.page.markup import Html, rows, scrolling, tag, together
from crawler.status.page.pictures import bytes_of, figures_of
from crawler.status.page.style import POLICY, STYLE
from crawler.status.stamps import minute
from crawler.status.state import Paper, Status
from crawler.status.text import about, size, took

MARK: Final = '<meta name="generator" content="genbun status">'
SHOWN: Final = 10  # rows of a table …
ROWS: Final = 60  # … with those behind a summary


def page_of(status: Status) -> str:
    """The whole file."""
    concerns = concerns_of(status)
    name = Path(status.collection).resolve().name
    body = tag(
        "body",
        tag("a", "To the newspapers", href="#newspapers", class_="skip"),
        tag("header", *_head(status, concerns, name)),
        tag("main", *_main(status), id="newspapers"),
        tag("footer", tag("p", f"Written by genbun status at {minute(status.at)}. Times are UTC, days are Japan's.")),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Html(MARK),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width,initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("link", rel="icon", href="data:,"),
        tag("title", f"{state_of(concerns)}: {name} · Genbun"),
        tag("style", Html(STYLE)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _head(status: Status, concerns: Sequence[Concern], name: str) -> Iterator[Html]:
    state = state_of(concerns)
    yield tag("h1", name)
    storage = status.storage
    unclosed = f", {len(storage.open)} of them open" if storage.open else ""
    said = f" {minute(status.at)} · {storage.files:,} WARC files{unclosed}, {size(storage.bytes)}"
    yield tag("p", tag("span", state, class_=f"state {state}"), said)
    if concerns:
        yield tag("ul", *(_concern(one) for one in concerns), class_="concerns", aria_label="What needs a hand")
    else:
        yield tag("p", "Nothing needs a hand.")
    links = [
        tag("li", tag("a", _title(paper), href=f"#{paper}", lang=_language(paper)))
        for paper in sorted(status.newspapers)
    ]
    more = [tag("li", tag("a", "The collection", href="#collection"))]
    yield tag("nav", tag("ul", *links, *more), aria_label="On this page")


def _concern(one: Concern) -> Html:
    word = "Note" if one.severity == "note" else WORDS[one.severity].capitalize()
    return tag("li", tag("strong", word), one.sentence, class_=one.severity)


def _main(status: Status) -> Iterator[Html]:
    for name, paper in sorted(status.newspapers.items()):
        facts = [
            tag(kind, said) for fact in about(paper, status) for kind, said in zip(("dt", "dd"), fact, strict=True)
        ]
        yield tag(
            "section",
            tag("h2", _title(name), id=name, lang=_language(name)),
            tag("dl", *facts),
            *figures_of(paper, name),
            *_tables(paper, name),
            aria_labelledby=name,
        )
    yield tag("section", *_collection(status), aria_labelledby="collection")


def _title(name: str) -> str:
    known = all_newspapers().get(name)
    return known.title if known else name


def _language(name: str) -> str | None:
    """Of its title, where that is not the page's."""
    known = all_newspapers().get(name)
    return known.language if known and not known.title.isascii() else None


def _tables(paper: Paper, name: str) -> Iterator[Html]:
    """What there is to list of it."""
    findings = [(finding.removeprefix(name).lstrip(":, "),) for finding in paper.drift.findings(name)]
    yield from _table(name, "Where its reader drifts", ("finding",), findings)
    gaps = [(f"{gap.first}", f"{gap.last}", f"{len(gap.usual) or '-'}") for gap in reversed(paper.gaps)]
    yield from _table(name, "Gaps", ("from", "to", "usual days"), gaps)
    closed = [(one.host, minute(one.until) if one.until else "the next crawl", one.reason) for one in paper.closed]
    yield from _table(name, "Hosts that asked not to be asked", ("host", "until", "why"), closed)
    refused = [(minute(one.at), one.reason, one.url) for one in paper.refusals]
    yield from _table(name, "Refused, and not got since", ("when", "why", "address"), refused)
    removed = [(minute(one.at), f"{one.status}", one.id, one.url) for one in paper.removed]
    yield from _table(name, "Removed by the newspaper", ("when", "status", "article", "address"), removed)
    robots = [
        (minute(one.at), one.host, (one.record_id or "-").strip("<>"), one.before, one.digest)
        for one in reversed(paper.robots)
    ]
    yield from _table(name, "Changes of robots.txt", ("captured", "host", "record", "before", "since"), robots)


def _collection(status: Status) -> Iterator[Html]:
    yield tag("h2", "The collection", id="collection")
    if status.storage.months:
        yield bytes_of(status.storage.months, "archive-bytes", "Bytes of WARC files, by month of their first record")
    crawls = [
        (
            minute(one.started_at),
            one.newspaper or "?",
            took(one),
            "-" if one.exit is None else f"{one.exit}",
            f"{one.sums['asked']:,}",
            f"{one.sums['fetched']:,}",
            one.message or ("" if one.finished else "not finished"),
        )
        for one in reversed(status.crawls)
    ]
    yield from _table("archive", "Crawls", ("began", "newspaper", "took", "exit", "asked", "fetched", ""), crawls)
    if status.storage.open:
        yield from _table("archive", "Open files", ("file",), [(name,) for name in status.storage.open])


def _table(name: str, title: str, head: Sequence[str], body: Sequence[Sequence[str]]) -> Iterator[Html]:
    """A table, its head and first rows; more of them on demand."""
    if not body:
        return
    named = f"{name}-{title.partition(' ')[0].partition(',')[0].lower()}"
    yield together((tag("h3", title, id=named), scrolling(rows("", head, body[:SHOWN]), named)))
    if more := body[SHOWN:ROWS]:
        left = f", of {len(body) - SHOWN:,}; --json has all" if len(body) > ROWS else ""
        yield tag("details", tag("summary", f"{len(more)} more{left}"), scrolling(rows("", head, more), named))
