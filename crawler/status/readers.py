"""DRIFT → what a person reads of it: what stands out, and with `--readers` every month."""

from __future__ import annotations

from collections import Counter
from typing import Final

from crawler.status.drift import Count, Drift
from crawler.status.fields import ALWAYS, FIELDS
from crawler.status.state import Status
from crawler.status.table import table

#: The columns' heads.
HEADS: Final = {
    "section": "sect",
    "label": "label",
    "standfirst": "stand",
    "byline": "by",
    "published_at": "time",
    "published_on": "day",
    "modified_at": "mod",
    "figures": "figs",
    "captions": "capt",
    "credits": "cred",
    "original": "orig",
    "access": "acc",
}


def findings_of(status: Status) -> list[str]:
    """What stands out, of all newspapers."""
    return [one for name, paper in sorted(status.newspapers.items()) for one in paper.drift.findings(name)]


def tables_of(status: Status) -> list[str]:
    """Every newspaper's months, fields in per cent of its articles; then its fields' signals, and its problems."""
    lines: list[str] = []
    for name, paper in sorted(status.newspapers.items()):
        if paper.drift.rows or paper.drift.problems:
            lines += ["", f"{name}:", *_months(paper.drift), *_signals(paper.drift.total()), *_problems(paper.drift)]
    return lines[1:]


def _months(drift: Drift) -> list[str]:
    fields = [HEADS[name] for name in FIELDS]
    rows = [("month", "layout", "articles", "characters", "par", "general", "≠", *fields)]
    rows += [(month, layout, *_cells(count)) for (month, layout), count in sorted(drift.rows.items())]
    return table(rows, "<<" + ">" * (len(rows[0]) - 2)) if drift.rows else []


def _cells(count: Count) -> tuple[str, ...]:
    least, middle, most = count.characters.told()
    shares = (f"{100 * count.found[name] / (count.asked(name) or 1):.0f}" for name in FIELDS)
    disagree, paragraphs = count.disagree.total(), count.paragraphs.told()[1]
    return (
        f"{count.articles:,}", f"{least}-{middle}-{most}", f"{paragraphs}", f"{count.fallback}", f"{disagree}", *shares
    )  # fmt: skip


def _signals(total: Count) -> list[str]:
    return [f"  {name}: {_counted(total.signals[name])}" for name in (*ALWAYS, *FIELDS) if name in total.signals]


def _problems(drift: Drift) -> list[str]:
    return [f"  problems captured {month}: {_counted(counts)}" for month, counts in sorted(drift.problems.items())]


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {word}" for word, count in counts.most_common())
