"""What the site as a whole answers: robots.txt and its verdicts, and each way of listing articles."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.checking.asking import Answer, of_class
from crawler.layers.shell import wall_of
from crawler.listings import read_listing
from crawler.newspapers.newspaper import Found, Listings, Newspaper, Way
from crawler.robots import PARSED, rules_of

ROBOTS_LINES = 60
WHOLE = 2500  # bytes of content; an excerpt has fewer
MOST_ENTRIES = 50
MOST = 5


def robots(answers: list[Answer], agent: str) -> list[dict[str, Any]]:
    """Each host's robots.txt: what it says, and what that means for the addresses that were asked there."""
    return [_robots(answer, answers, agent) for answer in of_class(answers, "robots")]


def _robots(answer: Answer, answers: list[Answer], agent: str) -> dict[str, Any]:
    host = urlsplit(answer.url).netloc
    body = answer.body[:PARSED].decode("utf-8", "replace") if answer.status == 200 else ""
    rules = rules_of(answer.body if answer.status == 200 else b"")
    there = [one.url for one in answers if urlsplit(one.url).netloc == host and one.klass != "robots"]
    refused = answer.status >= 500 or answer.status == 0
    return {
        "host": host,
        "status": answer.status or answer.reason,
        "verdict": "nothing may be asked" if refused else "rules" if body.strip() else "no rules",
        "forbids": there if refused else [url for url in there if not rules.can_fetch(url, agent)],
        "crawl_delay": rules.crawl_delay(agent),
        "sitemaps": list(rules.sitemaps),
        "text": body.splitlines()[:ROBOTS_LINES],
    }


def listings(answers: list[Answer], paper: Newspaper) -> list[dict[str, Any]]:
    """Each listing that was asked: whether it answers, and what its lines say."""
    return [_listing(answer, paper) for answer in of_class(answers, "listing")]


def not_asked(paper: Newspaper, answers: list[Answer]) -> list[str]:
    """Ways of the newspaper's file that no listing was asked of."""
    asked = {answer.note("way") for answer in of_class(answers, "listing")}
    return [way for way, addresses in ways(paper.listings).items() if addresses and way not in asked]


def ways(listings: Listings) -> dict[Way, tuple[str, ...]]:
    """The ways that a newspaper's file names, and their addresses."""
    rest = (listings.rest,) if listings.rest else ()
    month = (listings.month,) if listings.month else ()
    return {
        "sitemap": listings.sitemaps,
        "feed": listings.feeds,
        "rest": rest,
        "archive": listings.archives,
        "month": month,
    }


def _listing(answer: Answer, paper: Newspaper) -> dict[str, Any]:
    way: Way = answer.note("way") or "archive"  # type: ignore[assignment]  # the crawl's own notes
    listed = read_listing(answer.body, answer.url, way) if answer.status == 200 else read_listing(b"", answer.url, way)
    lines = [line for line in listed.lines if paper.canonical(line.url)]
    told = Counter({True: "editorial", False: "other", None: "undecided"}[paper.is_editorial(line)] for line in lines)
    days = sorted(str(line.published or line.modified)[:10] for line in lines if line.published or line.modified)
    return {
        "way": way,
        "url": answer.url,
        "status": answer.status or f"{answer.outcome}: {answer.reason}",
        "type": answer.header("content-type"),
        "leads_to": answer.target,
        "lines": len(lines),
        "wall": wall_of(answer.body) or None if answer.status == 200 and not lines else None,
        "told": dict(told),
        "with_title": sum(1 for line in lines if line.title),
        "with_day": sum(1 for line in lines if line.published),
        "days": [days[0], days[-1]] if days else [],
        "newest": [_line(line, paper) for line in lines[:MOST]],
        "more": [more.url for more in listed.more][:MOST],
        "more_count": len(listed.more),
        **({"full_text": _full_text(answer.body)} if way == "feed" and answer.status == 200 else {}),
        **({"says": _rest_error(answer)} if way == "rest" and not lines else {}),
        **({"total": answer.header("x-wp-total")} if answer.header("x-wp-total") else {}),
    }


def _line(line: Found, paper: Newspaper) -> dict[str, Any]:
    told = {True: "editorial", False: "other", None: "undecided"}[paper.is_editorial(line)]
    day = line.published or line.modified
    return {"title": line.title, "url": line.url, "day": day.isoformat() if day else None, "told": told}


def _full_text(body: bytes) -> str:
    """Whether a feed carries whole articles or excerpts."""
    whole = max(_lengths(body, b"content:encoded", b"content"), default=0)
    short = max(_lengths(body, b"description", b"summary"), default=0)
    if whole > WHOLE:
        return f"whole articles (up to {whole:,} bytes of content)"
    return f"excerpts (up to {max(whole, short):,} bytes)"


def _lengths(body: bytes, *names: bytes) -> Iterator[int]:
    """How long the first elements of these names are."""
    for name in names:
        at = 0
        for _ in range(MOST_ENTRIES):
            start = body.find(b"<" + name, at)
            end = body.find(b"</" + name + b">", start) if start >= 0 else -1
            if end < 0:
                break
            yield end - body.find(b">", start) - 1
            at = end


def _rest_error(answer: Answer) -> str:
    """What a REST endpoint says that lists nothing: `rest_disabled: …`, or that it is no JSON."""
    try:
        value = json.loads(answer.body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return "no JSON"
    if isinstance(value, dict):
        return ": ".join(str(value[key])[:200] for key in ("code", "message") if key in value) or "an object"
    return "an empty list" if value == [] else "something else"


def told(listings: Iterable[dict[str, Any]]) -> int:
    """How many lines of all listings were told to be editorials."""
    return sum(listing["told"].get("editorial", 0) for listing in listings)
