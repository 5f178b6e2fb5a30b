"""STATUS → what an archivist reads of it at a glance: what needs a hand first, then each newspaper, then the crawls.

Lines fit a terminal of 80 columns, but for addresses, which are never cut.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from crawler.newspapers.newspaper import Unproven
from crawler.status.check import state_of
from crawler.status.concerns import concerns_of
from crawler.status.days import WEEKDAYS
from crawler.status.fields import FIELDS
from crawler.status.readers import findings_of, tables_of
from crawler.status.stamps import every, instant_of, minute
from crawler.status.state import Crawl, Paper, Status
from crawler.status.storage import Storage
from crawler.status.table import table

SHOWN: Final = 10
WIDTH: Final = 80
MONTHS: Final = 4
HEAD: Final = 12  # columns of what a line of a newspaper is about


def text_of(status: Status, *, readers: bool = False) -> list[str]:
    """The lines; with `readers`, also how they fared month by month."""
    concerns = concerns_of(status)
    lines = [f"{status.collection}/: {state_of(concerns)}, {minute(status.at)}", f"  {_storage(status.storage)}"]
    lines += _section("needs a hand", [one.sentence for one in concerns if one.kind not in ("drift", "robots")], None)
    for name, paper in sorted(status.newspapers.items()):
        lines += ["", f"{name}:", *_paper(paper, status)]
    lines += _section("elsewhere", [f"problems: {_counted(status.elsewhere)}"] if status.elsewhere.problems else [])
    lines += _section("readers", findings_of(status), None)
    if readers:
        title = "readers, month by month: characters least-median-most, fields in per cent of the articles"
        lines += ["", f"{title}:", *(f"  {line}" for line in tables_of(status))]
    lines += _section("refused, and not got since", _refused(status))
    lines += _section("removed by the newspaper", _removed(status))
    lines += _section("crawls, the latest first", _crawls(status.crawls[::-1]), SHOWN + 1)
    return lines


def summary_of(status: Status) -> str:
    """In one line what is there, for when nothing is wrong."""
    papers = (f"{name} {paper.articles:,}" for name, paper in sorted(status.newspapers.items()) if paper.articles)
    last = max((crawl.started_at or "" for crawl in status.crawls), default="")
    return f"articles: {', '.join(papers) or 'none'}; last crawl {minute(last)}; {size(status.storage.bytes)}"


def _section(title: str, lines: Sequence[str], most: int | None = SHOWN) -> list[str]:
    if not lines:
        return []
    shown = list(lines if most is None else lines[:most])
    if len(shown) < len(lines):
        shown.append(f"… and {len(lines) - len(shown):,} more: --json")
    return ["", f"{title}:", *(part for line in shown for part in _wrapped(line, "  ", "    "))]


def _wrapped(line: str, first: str, then: str) -> list[str]:
    if len(first + line) <= WIDTH:
        return [first + line]
    return textwrap.wrap(
        line, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )


def _storage(storage: Storage) -> str:
    unclosed = f", {len(storage.open)} of them open" if storage.open else ""
    return f"{storage.files:,} WARC files{unclosed}, {size(storage.bytes)}{_lately(storage)}"


def _lately(storage: Storage) -> str:
    months = sorted(storage.months.items())[-MONTHS:]
    return ": " + ", ".join(f"{month} {size(count)}" for month, count in months) if len(months) > 1 else ""


def size(count: int) -> str:
    """Bytes as people read them."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if count >= factor:
            return f"{count / factor:,.1f} {unit}"
    return f"{count / 1e3:,.1f} kB"


def _paper(paper: Paper, status: Status) -> Iterator[str]:
    for head, said in about(paper, status):
        yield from _wrapped(said, f"  {head:<{HEAD}}  ", " " * (HEAD + 4))


def about(paper: Paper, status: Status) -> Iterator[tuple[str, str]]:
    """What is to be said of a newspaper, under which head."""
    if paper.run is not None:
        yield "last run", _run(paper.run, status.running)
    if paper.schedule is not None:
        how = f"by {paper.schedule.runs} runs" if paper.schedule.runs else "as given"
        late = ", overdue" if paper.schedule.overdue(status.at) else ""
        yield "next due", f"{minute(paper.schedule.due)}, {every(paper.schedule.every)} ({how}){late}"
    days = f", {paper.first_published_on} to {paper.last_published_on}" if paper.first_published_on else ""
    yield "articles", f"{paper.articles:,} in {paper.versions:,} versions{days}"
    if paper.pace is not None:
        pace = paper.pace
        yield (
            "editorials",
            (
                f"{pace.got:,} in the week of {pace.last_week}, {pace.got_four:,} in four weeks; "
                f"usual are {pace.per_week:g} a week"
            ),
        )
    if paper.weekdays:
        yield "weekdays", " ".join(f"{name} {100 * paper.weekdays[name]:.0f}%" for name in WEEKDAYS)
    if paper.seen_until is not None and paper.weekdays:
        yield "gaps", _gaps(paper)
    if paper.pairs.total():
        counts = ", ".join(f"{count:,} {word}" for word, count in paper.pairs.most_common() if count)
        yield "pairs", f"{paper.pairs.total():,} translations: {counts}"
    if paper.problems:
        yield "problems", _counted(paper)
    if paper.refusals:
        count = len(paper.refusals)
        yield "refused", f"{count:,} {'address' if count == 1 else 'addresses'}, and not got since"
    for closed in paper.closed:
        yield "closed", f"{closed.host} until {minute(closed.until) if closed.until else 'the next crawl'}"
    if paper.robots:
        last = paper.robots[-1]
        record = (last.record_id or "no record").strip("<>")
        yield "robots.txt", f"{_times(len(paper.robots))}, last by {minute(last.at)}: {last.host}, {record}"
    if paper.months:
        yield "captured", f"last {minute(paper.last_capture)}; {size(paper.months.total())} of responses"
    for one in paper.unproven:
        yield "unproven", f"{one.field}{_so_far(one, paper)}: {one.what}"


def _so_far(one: Unproven, paper: Paper) -> str:
    """In how many articles the field was found after all."""
    count = paper.drift.total()
    return f", found in {count.found[one.field]:,} of {count.asked(one.field):,}" if one.field in FIELDS else ""


def _times(count: int) -> str:
    return "changed once" if count == 1 else f"changed {count:,} times"


def _run(crawl: Crawl, running: bool) -> str:
    if not crawl.has_receipt:
        return f"{minute(crawl.started_at)}, {'under way' if running else 'killed'}"
    ended = f"exit {crawl.exit}" if crawl.exit is not None else "killed"
    return f"{minute(crawl.started_at)}, took {took(crawl)}, {ended}{'' if crawl.finished else ', not finished'}"


def _gaps(paper: Paper) -> str:
    if not paper.gaps:
        return f"none until {paper.seen_until}"
    count = sum(len(gap.missing) for gap in paper.gaps)
    latest = "; ".join(str(gap) for gap in paper.gaps[:-4:-1])
    return f"{count:,} {'day' if count == 1 else 'days'} until {paper.seen_until}, the latest first: {latest}" + (
        f"; {len(paper.gaps) - 3:,} more" if len(paper.gaps) > 3 else ""
    )


def _counted(paper: Paper) -> str:
    return ", ".join(f"{count:,} {word}" for word, count in paper.instead.most_common())


def _refused(status: Status) -> list[str]:
    found = [one for _, paper in status.named() for one in paper.refusals]
    return [f"{minute(one.at):<17} {one.reason:<12} {one.url}" for one in found]


def _removed(status: Status) -> list[str]:
    found = [one for paper in status.newspapers.values() for one in paper.removed]
    return [f"{minute(one.at):<17} {one.status}  {one.id}  {one.url}" for one in found]


def _crawls(crawls: Iterable[Crawl]) -> list[str]:
    rows: list[tuple[str, ...]] = [("began", "newspaper", "took", "exit", "asked", "fetched", "")]
    for crawl in crawls:
        exit_status = "-" if crawl.exit is None else str(crawl.exit)
        numbers = (f"{crawl.sums['asked']:,}", f"{crawl.sums['fetched']:,}")
        row = (minute(crawl.started_at), crawl.newspaper or "?", took(crawl), exit_status, *numbers, _remark(crawl))
        rows.append(row)
    return table(rows, "<<>>>><") if len(rows) > 1 else []


def _remark(crawl: Crawl) -> str:
    if not crawl.has_receipt:
        return "no receipt"
    return " ".join((*(() if crawl.finished else ("unfinished",)), *(("resumes",) if crawl.resumes else ())))


def took(crawl: Crawl) -> str:
    """How long it took: `0:09:12`, or `-` where it has not ended."""
    began, ended = instant_of(crawl.started_at), instant_of(crawl.ended_at)
    if began is None or ended is None:
        return "-"
    seconds = round((ended - began).total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
