"""STATUS → Prometheus' text format, for node_exporter's textfile collector. Every metric is a gauge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crawler.status.concerns import Severity, concerns_of
from crawler.status.stamps import instant_of
from crawler.status.state import Paper, Status

MARK: Final = "# HELP genbun_"
SEVERITIES: Final[tuple[Severity, ...]] = ("note", "warning", "critical")

HELP: Final = {
    "status_timestamp_seconds": "When this was found out.",
    "severity": "How grave the gravest concern is: 0 none, 1 warning, 2 critical.",
    "concerns": "Concerns by how grave they are.",
    "archive_bytes": "Size of all WARC files.",
    "archive_files": "WARC files.",
    "archive_open_files": "WARC files that are not closed.",
    "articles": "Articles by their ids.",
    "article_versions": "Article lines: each distinct version of an article.",
    "pairs": "Translations, by what became of the original.",
    "problems": "Pages that should have been articles, by what stood in the way.",
    "refused_addresses": "Addresses that were refused and have not been got since.",
    "removed_articles": "Articles that the newspaper has removed.",
    "captured_bytes": "Size of the response records of its pages and their parts.",
    "last_capture_timestamp_seconds": "When a page of it was last captured.",
    "last_run_start_timestamp_seconds": "When its last crawl began.",
    "last_run_end_timestamp_seconds": "When its last crawl ended.",
    "last_run_exit_status": "Exit status of its last crawl.",
    "last_run_finished": "Whether its last crawl has nothing left to ask.",
    "last_success_timestamp_seconds": "When its last crawl began that was finished with exit status 0.",
    "run_interval_seconds": "How often it is crawled.",
    "next_due_timestamp_seconds": "When its next crawl is due.",
    "overdue": "Whether its next crawl is overdue.",
    "editorials_expected_per_week": "Editorials in a usual week.",
    "editorials_last_week": "Editorials in the last whole week.",
    "editorials_last_four_weeks": "Editorials in the last four whole weeks.",
    "gap_days": "Days on which an editorial is usual and none is held.",
    "reader_findings": "In how many ways its pages read otherwise this month than before.",
    "robots_changes": "How often its robots.txt changed.",
    "robots_last_change_timestamp_seconds": "When another robots.txt of it was last captured.",
    "host_closed": "1 for each host that asked not to be asked for now.",
    "host_closed_until_timestamp_seconds": "Until when, where it said so.",
}

Labels = dict[str, str]
Sample = tuple[str, Labels, float]


def metrics_of(status: Status) -> str:
    """The whole text. Every metric's samples stand together, under its HELP and TYPE."""
    where = {"collection": str(Path(status.collection).resolve())}
    samples: dict[str, list[str]] = {}
    for name, labels, value in _samples(status):
        said = ",".join(f'{key}="{_escaped(text)}"' for key, text in (where | labels).items())
        samples.setdefault(name, []).append(f"genbun_{name}{{{said}}} {_number(value)}\n")
    return "".join(
        f"# HELP genbun_{name} {HELP[name]}\n# TYPE genbun_{name} gauge\n{''.join(samples[name])}"
        for name in HELP
        if name in samples
    )


def _samples(status: Status) -> Iterator[Sample]:
    concerns = concerns_of(status)
    yield "status_timestamp_seconds", {}, status.at.timestamp()
    yield "severity", {}, max((SEVERITIES.index(one.severity) for one in concerns), default=0)
    for severity in SEVERITIES:
        yield "concerns", {"severity": severity}, sum(one.severity == severity for one in concerns)
    yield "archive_bytes", {}, status.storage.bytes
    yield "archive_files", {}, status.storage.files
    yield "archive_open_files", {}, len(status.storage.open)
    for newspaper, paper in sorted(status.newspapers.items()):
        for name, labels, value in (*_held(paper, newspaper), *_run(paper, status), *_expected(paper)):
            yield name, {"newspaper": newspaper} | labels, value
    for newspaper, paper in status.named():
        for one in paper.closed:
            labels = {"newspaper": newspaper, "host": one.host}
            yield "host_closed", labels, 1
            yield from _moment("host_closed_until", one.until, labels)


def _held(paper: Paper, newspaper: str) -> Iterator[Sample]:
    yield "articles", {}, paper.articles
    yield "article_versions", {}, paper.versions
    for status, count in sorted(paper.pairs.items()):
        yield "pairs", {"status": status}, count
    for reason, count in sorted(paper.problems.items()):
        yield "problems", {"reason": reason}, count
    yield "refused_addresses", {}, len(paper.refusals)
    yield "removed_articles", {}, len(paper.removed)
    yield "captured_bytes", {}, paper.months.total()
    yield from _moment("last_capture", paper.last_capture)
    yield "reader_findings", {}, sum(1 for _ in paper.drift.findings(newspaper))
    yield "robots_changes", {}, len(paper.robots)
    yield from _moment("robots_last_change", paper.robots[-1].at if paper.robots else None)


def _run(paper: Paper, status: Status) -> Iterator[Sample]:
    if paper.run is not None:
        yield from _moment("last_run_start", paper.run.started_at)
        yield from _moment("last_run_end", paper.run.ended_at)
        if paper.run.exit is not None:
            yield "last_run_exit_status", {}, paper.run.exit
        yield "last_run_finished", {}, paper.run.finished
    yield from _moment("last_success", paper.last_success)
    if paper.schedule is not None:
        yield "run_interval_seconds", {}, paper.schedule.every.total_seconds()
        yield from _moment("next_due", paper.schedule.due)
        yield "overdue", {}, paper.schedule.overdue(status.at)


def _expected(paper: Paper) -> Iterator[Sample]:
    if paper.pace is not None:
        yield "editorials_expected_per_week", {}, paper.pace.per_week
        yield "editorials_last_week", {}, paper.pace.got
        yield "editorials_last_four_weeks", {}, paper.pace.got_four
    if paper.weekdays:
        yield "gap_days", {}, sum(len(gap.usual) for gap in paper.gaps)


def _moment(name: str, at: str | dt.datetime | None, labels: Labels | None = None) -> Iterator[Sample]:
    instant = at if isinstance(at, dt.datetime) else instant_of(at)
    if instant is not None:
        yield f"{name}_timestamp_seconds", labels or {}, instant.timestamp()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return f"{int(value)}" if value == int(value) else f"{value:.3f}"
