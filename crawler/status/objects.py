"""STATUS → the object that `--json` prints."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from crawler.status.check import exit_of, state_of
from crawler.status.concerns import concerns_of
from crawler.status.days import Gap, Pace
from crawler.status.schedule import Schedule
from crawler.status.stamps import said
from crawler.status.state import Crawl, Paper, Refusal, Status


def object_of(status: Status) -> dict[str, object]:
    """All of it, as values."""
    concerns = concerns_of(status)
    return {
        "schema": "genbun/status/1",
        "collection": status.collection,
        "at": said(status.at),
        "state": state_of(concerns),
        "exit": exit_of(concerns),
        "attention": [one.sentence for one in concerns if one.kind not in ("drift", "robots")],
        "concerns": [one.as_json() for one in concerns],
        "newspapers": {name: _paper(name, paper, status) for name, paper in sorted(status.newspapers.items())},
        "elsewhere": {
            "problems": _counts(status.elsewhere.problems),
            "refusals": [_refusal(one) for one in status.elsewhere.refusals],
            "closed": [asdict(one) for one in status.elsewhere.closed],
            "robots": [asdict(one) for one in status.elsewhere.robots],
        },
        "crawls": [asdict(one) for one in status.crawls],
        "archive": status.storage.as_json(),
    }


def _paper(name: str, paper: Paper, status: Status) -> dict[str, object]:
    return {
        "articles": paper.articles,
        "versions": paper.versions,
        "pairs": _counts(paper.pairs),
        "pair_months": {month: _counts(counts) for month, counts in sorted(paper.pair_months.items())},
        "problems": _counts(paper.problems),
        "instead": _counts(paper.instead),
        "refusals": [_refusal(one) for one in paper.refusals],
        "removed": [asdict(one) for one in paper.removed],
        "closed": [asdict(one) for one in paper.closed],
        "robots": [asdict(one) for one in paper.robots],
        "first_published_on": paper.first_published_on,
        "last_published_on": paper.last_published_on,
        "last_capture": paper.last_capture,
        "last_run": _run(paper.run, status.running) if paper.run else None,
        "last_success": said(paper.last_success) if paper.last_success else None,
        "schedule": _schedule(paper.schedule, status) if paper.schedule else None,
        "expected": _pace(paper.pace) if paper.pace else None,
        "seen_until": paper.seen_until.isoformat() if paper.seen_until else None,
        "weekdays": paper.weekdays,
        "gaps": [_gap(one) for one in paper.gaps],
        "days": {day.isoformat(): count for day, count in sorted(paper.days.items())},
        "bytes": {"all": paper.months.total(), "months": _counts(paper.months)},
        "drift": paper.drift.as_json(name),
        "unproven": [asdict(one) for one in paper.unproven],
    }


def _run(crawl: Crawl, running: bool) -> dict[str, object]:
    names = ("id", "started_at", "ended_at", "exit", "message", "finished")
    return {name: getattr(crawl, name) for name in names} | {"under_way": running and not crawl.has_receipt}


def _schedule(schedule: Schedule, status: Status) -> dict[str, object]:
    return {
        "every_hours": round(schedule.every.total_seconds() / 3600, 2),
        "given": schedule.runs == 0,
        "runs": schedule.runs,
        "next_due": said(schedule.due),
        "overdue_after": said(schedule.overdue_after),
        "overdue": schedule.overdue(status.at),
    }


def _pace(pace: Pace) -> dict[str, object]:
    return {
        "per_week": pace.per_week,
        "spread": pace.spread,
        "weeks": pace.weeks,
        "last_week": pace.last_week.isoformat(),
        "got": pace.got,
        "got_four": pace.got_four,
        "short": pace.short,
    }


def _gap(gap: Gap) -> dict[str, object]:
    return {"from": gap.first.isoformat(), "to": gap.last.isoformat(), "usual": len(gap.usual)}


def _refusal(one: Refusal) -> dict[str, object]:
    return {("class" if name == "klass" else name): value for name, value in asdict(one).items()}


def _counts(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
