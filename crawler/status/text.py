"""STATUS → what an archivist reads of it at a glance: what needs a hand first, then one line a newspaper and crawl."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from crawler.status.readers import findings_of, tables_of
from crawler.status.state import OUTCOMES, Crawl, Paper, Status
from crawler.status.table import table

SHOWN: Final = 10


def text_of(status: Status, *, readers: bool = False) -> list[str]:
    """The lines; with `readers`, also how they fared month by month."""
    unclosed = f", {len(status.open)} of them open" if status.open else ""
    lines = [f"{status.collection}/: {status.files:,} WARC files{unclosed}, {status.bytes / 1e6:,.1f} MB"]
    lines += _section("needs a hand", status.attention, len(status.attention))
    lines += _section("newspapers", _papers(status), None)
    lines += _section("pairs", _pairs(status), None)
    lines += _section("problems", _problems(status), None)
    lines += _section("readers", findings_of(status), None)
    lines += (
        _section(
            "readers, month by month: characters least-median-most, fields in per cent of the articles",
            tables_of(status),
            None,
        )
        if readers
        else []
    )
    refused = [(name, one) for name, paper in _named(status) for one in paper.refusals]
    lines += _section(
        "refused, and not got since", [f"{_minute(one.at):<17} {one.reason:<18} {one.url}" for _, one in refused]
    )
    removed = [one for paper in status.newspapers.values() for one in paper.removed]
    lines += _section(
        "removed by the newspaper", [f"{_minute(one.at):<17} {one.status}  {one.id}  {one.url}" for one in removed]
    )
    lines += _section("crawls, the latest first", _crawls(status.crawls[::-1]), SHOWN + 1)
    return lines


def _section(title: str, lines: Sequence[str], most: int | None = SHOWN) -> list[str]:
    if not lines:
        return []
    shown = list(lines if most is None else lines[:most])
    if len(shown) < len(lines):
        shown.append(f"… and {len(lines) - len(shown):,} more: --json")
    return ["", f"{title}:", *(f"  {line}" for line in shown)]


def _papers(status: Status) -> list[str]:
    rows = [
        (name, f"{p.articles:,}", f"{p.versions:,}", _days(p), _minute(p.last_capture))
        for name, p in sorted(status.newspapers.items())
    ]
    head = ("", "articles", "versions", "published", "last capture")
    return table([head, *rows], "<>><<") if rows else []


def _pairs(status: Status) -> list[str]:
    lines = []
    for name, paper in sorted(status.newspapers.items()):
        if total := paper.pairs.total():
            counts = ", ".join(f"{count:,} {word}" for word, count in paper.pairs.most_common() if count)
            lines.append(f"{name}: {total:,} translations: {counts}")
    return lines


def _problems(status: Status) -> list[str]:
    return [
        f"{name}: " + ", ".join(f"{count:,} {word}" for word, count in paper.problems.most_common())
        for name, paper in _named(status)
        if paper.problems
    ]


def _crawls(crawls: Iterable[Crawl]) -> list[str]:
    rows: list[tuple[str, ...]] = [("began", "newspaper", "took", "exit", "asked", *OUTCOMES, "")]
    for crawl in crawls:
        exit_status = "-" if crawl.exit is None else str(crawl.exit)
        sums = (f"{crawl.sums[name]:,}" for name in ("asked", *OUTCOMES))
        rows.append(
            (_minute(crawl.started_at), crawl.newspaper or "?", _took(crawl), exit_status, *sums, _remark(crawl))
        )
    return table(rows, "<<>>>>>>><") if len(rows) > 1 else []


def _remark(crawl: Crawl) -> str:
    if not crawl.has_receipt:
        return "under way, or killed"
    return ("" if crawl.finished else "not finished") + (" · goes on with another" if crawl.resumes else "")


def _named(status: Status) -> list[tuple[str, Paper]]:
    return [*sorted(status.newspapers.items()), ("elsewhere", status.elsewhere)]


def _days(paper: Paper) -> str:
    return f"{paper.first_published_on} to {paper.last_published_on}" if paper.first_published_on else "-"


def _minute(at: str | None) -> str:
    return f"{at[:10]} {at[11:16]}Z" if at else "-"


def _took(crawl: Crawl) -> str:
    try:
        began, ended = (dt.datetime.fromisoformat(at or "") for at in (crawl.started_at, crawl.ended_at))
    except ValueError:
        return "-"
    seconds = round((ended - began).total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
