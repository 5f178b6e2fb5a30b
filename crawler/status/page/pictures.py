"""NEWSPAPER → its figures: the calendar, the weeks, the pairs and the bytes; each as a picture and as a table."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, get_args

from crawler.models import PairStatus
from crawler.status.days import whole_weeks
from crawler.status.page.bars import Bar, bars_of
from crawler.status.page.heatmap import calendar_of, months_of, square_for
from crawler.status.page.markup import Html, figure, rows, tag, together
from crawler.status.page.periods import periods_of
from crawler.status.page.style import LEVELS, SERIES
from crawler.status.state import Paper
from crawler.status.text import size

OPEN_YEARS: Final = 3  # the others are behind a summary
WEEKS: Final = 104
STATUSES: Final[tuple[str, ...]] = get_args(PairStatus)
ONE: Final = "all"


def figures_of(paper: Paper, name: str) -> Iterator[Html]:
    """The figures that there is anything to show in."""
    if paper.days:
        yield _calendar(paper, name)
    if paper.seen_until is not None and len(whole_weeks(paper.days, paper.seen_until)) > 1:
        yield _weeks(paper, paper.seen_until, name)
    if paper.pair_months and (pairs := periods_of(paper.pair_months, STATUSES)):
        yield _pairs(pairs, name)
    if paper.months:
        yield bytes_of(paper.months, f"{name}-bytes", "Bytes of its response records, by month of capture")


def bytes_of(months: Counter[str], name: str, caption: str) -> Html:
    """Bytes by month, or by year."""
    bars = periods_of({month: Counter({ONE: count}) for month, count in months.items()}, [ONE])
    drawing = bars_of(bars, caption, f"{size(months.total())} in all.", name, said=_size)
    body = [(bar.label, size(int(bar.all))) for bar in reversed(bars)]
    return figure(f"{caption}: {size(months.total())} in all", drawing, rows(caption, ("", "bytes"), body), name)


def _calendar(paper: Paper, name: str) -> Html:
    missing = {day for gap in paper.gaps for day in gap.missing}
    first, last = min(paper.days), max(*paper.days, paper.seen_until or dt.date.min)
    span, years = (first, last), range(last.year, first.year - 1, -1)
    drawn = [calendar_of(year, paper.days, missing, span, f"{name}-{year}") for year in years]
    body = [row for year in years for row in months_of(year, paper.days, missing)]
    caption = "Editorials by day of publication in Japan"
    older = drawn[OPEN_YEARS:]
    named = f"{name}-calendar-c"
    more = Html("")
    if older:
        label = f"{len(older)} earlier {'year' if len(older) == 1 else 'years'}"
        more = tag("details", tag("summary", label), tag("div", *older, class_="scroll", tabindex=0, role="region",
                   aria_labelledby=named))  # fmt: skip
    head = ("month", "editorials", "days with one", "usual days without")
    return together(
        (
            tag("h3", "Calendar"),
            figure(
                caption,
                together(drawn[:OPEN_YEARS]),
                rows(caption, head, body),
                f"{name}-calendar",
                _legend(bool(missing)),
            ),
            more,
        )
    )


def _legend(gaps: bool) -> Html:
    words = ["none", "1", "2", "3", f"{LEVELS} or more"]
    levels = ["none", *(f"c{level}" for level in range(1, LEVELS + 1))]
    items = [tag("li", square_for(level), word) for level, word in zip(levels, words, strict=True)]
    items += [tag("li", square_for("gap"), "none, where one is usual")] if gaps else []
    return tag("ul", *items, class_="legend")


def _weeks(paper: Paper, until: dt.date, name: str) -> Html:
    weeks = whole_weeks(paper.days, until)[-WEEKS:]
    usual = paper.pace.per_week if paper.pace else None
    bars = [Bar(f"week of {monday}", (count,), f"{monday:%Y-%m}") for monday, count in weeks]
    caption = "Editorials a week, Monday to Sunday"
    expected = f"; the line is what is usual: {usual:g}" if usual else ""
    desc = f"{len(weeks)} weeks, from {weeks[0][0]} to {weeks[-1][0]}{expected}."
    body = [(str(monday), f"{count:,}") for monday, count in reversed(weeks)]
    drawing = bars_of(bars, caption, desc, f"{name}-weeks", usual=usual)
    table = rows(caption, ("week of", "editorials"), body)
    return together((tag("h3", "Trends"), figure(f"{caption}{expected}", drawing, table, f"{name}-weeks")))


def _pairs(bars: Sequence[Bar], name: str) -> Html:
    there = [at for at in range(len(STATUSES)) if any(bar.parts[at] for bar in bars)]
    words, classes = [STATUSES[at] for at in there], [f"s{at % SERIES}" for at in there]
    shown = [Bar(bar.label, tuple(bar.parts[at] for at in there), bar.mark) for bar in bars]
    caption = "Translations by publication, and what became of their originals"
    desc = f"From {bars[0].label} to {bars[-1].label}; from below: {', '.join(words)}."
    items = [tag("li", square_for(colour), word) for colour, word in zip(classes, words, strict=True)]
    body = [(bar.label, *(f"{int(part):,}" for part in bar.parts)) for bar in reversed(shown)]
    drawing = bars_of(shown, caption, desc, f"{name}-pairs", classes=classes, parts=words)
    legend = tag("ul", *items, class_="legend")
    return figure(caption, drawing, rows(caption, ("", *words), body), f"{name}-pairs", legend)


def _size(value: float) -> str:
    return size(int(value)) if value else "0"
