"""ARTICLES AND PROBLEMS → how the readers fare, month by month, and what stands out in the latest one.

From the lines alone: no page is read again, no site is asked. What is held is counts of a newspaper's months and
layouts, so memory does not grow with the number of pages. A month is that of publication, or of capture where no day
was found; problems have only the latter, and are held against the articles captured in the same month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from math import sqrt
from typing import Final

from crawler.layers.shell import REASONS, WALLS, instead_of
from crawler.status.fields import ALWAYS, FIELDS, Read, plain

FEWEST: Final = 5  # articles (or pages) that a month needs to be judged, and the months before it too
BEFORE: Final = 12  # months that the latest is held against: what changed long ago is no news
FALL: Final = 0.20  # of the articles
NEWLY: Final = 0.10
OTHERS: Final = "others"
MOST_SIGNALS: Final = 30  # names kept a field; readers have fewer
#: What came instead of articles, and needs a hand where it is half of a month's pages or more.
STANDS_FOR_ALL: Final = (*WALLS, "empty_shell")


@dataclass(frozen=True, slots=True)
class Instead:
    """Of the pages captured in a month, half or more were no articles but this (a word of `STANDS_FOR_ALL`)."""

    month: str
    what: str
    count: int
    pages: int


@dataclass(slots=True)
class Spread:
    """The least, the middle and the most of some numbers; four digits of each are kept, so that it stays small."""

    counts: Counter[int] = field(default_factory=Counter)

    def note(self, number: int) -> None:
        """Take a number."""
        unit = 10 ** max(0, len(str(number)) - 4)
        self.counts[number // unit * unit] += 1

    def told(self) -> tuple[int, int, int]:
        """Least, median (the lower of two) and most; noughts for none."""
        if not self.counts:
            return 0, 0, 0
        ordered, passed = sorted(self.counts), 0
        for number in ordered:
            passed += self.counts[number]
            if passed * 2 >= self.counts.total():
                return ordered[0], number, ordered[-1]
        raise AssertionError("the middle lies within")


@dataclass(slots=True)
class Count:
    """What was found in some articles."""

    articles: int = 0
    translations: int = 0
    found: Counter[str] = field(default_factory=Counter)
    signals: dict[str, Counter[str]] = field(default_factory=dict)
    disagree: Counter[str] = field(default_factory=Counter)
    fallback: int = 0
    truncated: int = 0
    characters: Spread = field(default_factory=Spread)
    paragraphs: Spread = field(default_factory=Spread)

    def note(self, read: Read) -> None:
        """Count an article."""
        self.articles += 1
        self.translations += read.original is not None
        self.found.update(name for name in FIELDS if read.has(name))
        self.fallback += read.parser.fallback
        self.truncated += read.truncated
        self.characters.note(len(read.text))
        self.paragraphs.note(sum(piece.kind == "paragraph" for piece in read.blocks))
        for name, signal in read.parser.signals.items():
            if name in FIELDS or name in ALWAYS:
                counts = self.signals.setdefault(name, Counter())
                counts[signal if signal in counts or len(counts) < MOST_SIGNALS else OTHERS] += 1
                self.disagree[name] += "≠" in signal

    def add(self, other: Count) -> None:
        """Count those of another as well."""
        for name in ("articles", "translations", "fallback", "truncated"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.found.update(other.found)
        self.disagree.update(other.disagree)
        self.characters.counts.update(other.characters.counts)
        self.paragraphs.counts.update(other.paragraphs.counts)
        for name, counts in other.signals.items():
            self.signals.setdefault(name, Counter()).update(counts)

    def asked(self, name: str) -> int:
        """Of how many articles a field could be expected."""
        return self.translations if name == "original" else self.articles

    def led_by(self, name: str) -> Counter[str]:
        """A field's signals, without what they agree or disagree with."""
        led: Counter[str] = Counter()
        for signal, count in self.signals.get(name, Counter()).items():
            led[plain(signal)] += count
        return led

    def as_json(self) -> dict[str, object]:
        """As values, noughts left out."""
        return {
            "articles": self.articles,
            "found": {name: self.found[name] for name in FIELDS if self.found[name]},
            "signals": {name: dict(sorted(counts.items())) for name, counts in sorted(self.signals.items())},
            "disagree": {name: count for name, count in sorted(self.disagree.items()) if count},
            "fallback": self.fallback,
            "truncated": self.truncated,
            "characters": list(self.characters.told()),
            "paragraphs": list(self.paragraphs.told()),
        }


@dataclass(slots=True)
class Drift:
    """One newspaper's months."""

    rows: dict[tuple[str, str], Count] = field(default_factory=dict)
    """(month, layout) → what was found."""
    captured: Counter[str] = field(default_factory=Counter)
    """Month of capture → articles."""
    problems: dict[str, Counter[str]] = field(default_factory=dict)
    """Month of capture → what came instead of articles, by `instead_of`."""

    def article(self, read: Read, captured_at: str) -> None:
        """Count an article line."""
        captured = captured_at[:7]
        month = read.published_on.isoformat()[:7] if read.published_on else captured
        self.rows.setdefault((month, read.layout), Count()).note(read)
        self.captured[captured] += 1

    def problem(self, reason: str, detail: str, captured_at: str) -> None:
        """Count a page that was answered and gave no article; one that failed before a reader saw it is left out."""
        if reason != "failed" or detail.startswith("its reader failed"):
            self.problems.setdefault(captured_at[:7], Counter())[instead_of(reason, detail)] += 1

    def total(self) -> Count:
        """All months in one."""
        return _sum(list(self.rows.values()))

    def as_json(self, newspaper: str) -> dict[str, object]:
        """What `--json` prints of it."""
        return {
            "findings": list(self.findings(newspaper)),
            "months": [
                {"month": month, "layout": layout, **self.rows[month, layout].as_json()}
                for month, layout in sorted(self.rows)
            ],
            "problems": {month: _by_reason(counts) for month, counts in sorted(self.problems.items())},
            "instead": {month: dict(sorted(counts.items())) for month, counts in sorted(self.problems.items())},
        }

    def findings(self, newspaper: str) -> Iterator[str]:
        """What stands out in the latest month, one sentence each."""
        months = self._months()
        while months and months[-1][1].articles < FEWEST:
            months.pop()
        if months:
            month, now = months.pop()
            before = _sum([count for _, count in months[-BEFORE:]])
            for finding in _compared(now, before) if before.articles >= FEWEST else ():
                yield f"{newspaper}, {month}: {finding}"
        yield from (f"{newspaper}, {finding}" for finding in self._many_problems())

    def _months(self) -> list[tuple[str, Count]]:
        months = sorted({month for month, _ in self.rows})
        return [(one, _sum([count for (month, _), count in self.rows.items() if month == one])) for one in months]

    def instead(self) -> Iterator[Instead]:
        """What came in place of half or more of the pages captured in the latest month with enough of them."""
        for month in self._latest():
            pages, counts = self._pages(month), self.problems.get(month, Counter())
            half = [what for what in STANDS_FOR_ALL if counts[what] * 2 >= pages]
            yield from (Instead(month, what, counts[what], pages) for what in half)

    def _latest(self) -> list[str]:
        """The latest month of capture with enough pages; none where no month has."""
        months = sorted(self.captured.keys() | self.problems.keys(), reverse=True)
        few = takewhile(lambda month: self._pages(month) < FEWEST, months)
        return months[len(list(few)) :][:1]

    def _many_problems(self) -> Iterator[str]:
        """The same month's problems, without what `instead` tells of."""
        told = {one.what for one in self.instead()}
        for month in self._latest():
            counts = self.problems.get(month, Counter())
            reasons = Counter({what: count for what, count in counts.items() if what not in told})
            if reasons.total() > max(1, NEWLY * self._pages(month)):
                said = ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common())
                yield f"captured {month}: {reasons.total():,} of {self._pages(month):,} pages gave no article ({said})"

    def _pages(self, month: str) -> int:
        return self.captured[month] + self.problems.get(month, Counter()).total()


def _by_reason(counts: Counter[str]) -> dict[str, int]:
    reasons: Counter[str] = Counter()
    for what, count in counts.items():
        reasons[REASONS.get(what, what)] += count
    return dict(sorted(reasons.items()))


def _sum(counts: list[Count]) -> Count:
    total = Count()
    for count in counts:
        total.add(count)
    return total


def _compared(now: Count, before: Count) -> Iterator[str]:
    """How a month differs from those before it, in words."""
    for name in FIELDS:
        have, of, had, out_of = now.found[name], now.asked(name), before.found[name], before.asked(name)
        if min(of, out_of) >= FEWEST and _differs(had, out_of, have, of, FALL):
            yield f"{name} found in {have:,} of {of:,}, before in {had:,} of {out_of:,}"
    for name in (*ALWAYS, *FIELDS):
        yield from _other_signal(name, now.led_by(name), before.led_by(name))
    yield from _other_length(now.characters.told()[1], before.characters.told()[1])
    for name in (*ALWAYS, *FIELDS):
        if _is_new(now.disagree[name], now.articles, before.disagree[name], before.articles):
            signal = max((s for s in now.signals[name] if "≠" in s), key=lambda s: now.signals[name][s])
            counts = _counts(now.disagree[name], now.articles, before.disagree[name], before.articles)
            yield f"{name}: signals disagree ({signal}) in {counts}"
    if _is_new(now.fallback, now.articles, before.fallback, before.articles):
        counts = _counts(now.fallback, now.articles, before.fallback, before.articles)
        yield f"the general extractor had to find the body in {counts}"


def _other_signal(name: str, now: Counter[str], before: Counter[str]) -> Iterator[str]:
    """The signal that gives most of a field now, if it gave little of it before."""
    if min(now.total(), before.total()) >= FEWEST:
        ((signal, count),) = now.most_common(1)
        if count * 2 > now.total() and before[signal] <= FALL * before.total():
            ((former, had),) = before.most_common(1)
            if _differs(now=now[former], of=now.total(), before=had, out_of=before.total(), by=FALL):
                yield (
                    f"{name} now by {signal} ({count:,} of {now.total():,}), "
                    f"before by {former} ({had:,} of {before.total():,})"
                )


def _other_length(now: int, before: int) -> Iterator[str]:
    if now * 2 <= before or now >= before * 2:
        word = "shorter" if now < before else "longer"
        yield f"texts are {word}: {now:,} characters (median), before {before:,}"


def _differs(before: int, out_of: int, now: int, of: int, by: float) -> bool:
    """Whether a share fell by more than that, and by more than chance does where articles are few."""
    likely = (before + 1) / (out_of + 2)
    fell = before / out_of - now / of
    return fell > by and fell > 2 * sqrt(likely * (1 - likely) / of)


def _is_new(now: int, of: int, before: int, out_of: int) -> bool:
    return now > max(1, NEWLY * of) and before <= NEWLY * out_of


def _counts(now: int, of: int, before: int, out_of: int) -> str:
    return f"{now:,} of {of:,}, before in {before:,} of {out_of:,}"
