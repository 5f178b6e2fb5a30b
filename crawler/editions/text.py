"""A HISTORY LINE → what a person reads: editions in order of time, then each revision and what the other side did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from crawler.editions.records import (
    ArticleHistory,
    Counterpart,
    Edit,
    Edition,
    FieldChange,
    FigureChange,
    HistoryLine,
    Place,
    Revision,
    TextChange,
)  # fmt: skip
from crawler.editions.terminal import Terminal, Words, columns, width_of
from crawler.fixtures.compare import shown

LEGEND: Final = "+ inserted  - removed  > moved  ~ reworded  [-as it was-]{+as it is+}"
LONGEST: Final = 2000  # code points of a text that are shown
CONTEXT: Final = 60  # code points beside a change that are shown
MARKS: Final = {"inserted": "+", "removed": "-", "moved": ">", "reworded": "~"}
BASES: Final = {
    "sentence": "by alignment",
    "paragraph": "by alignment of the paragraph",
    "position": "by position",
    "field": "",
}
REMARKS: Final = {
    "access": "what members alone are shown was not removed",
    "truncated": "what the page left out was not removed",
    "parser.version": "another reader read it: the page may be the same",
    "parser.fallback": "another rule found the body: the page may be the same",
    "parser.signals.body": "the body was found elsewhere: the page may be the same",
}


def text_of(history: HistoryLine, terminal: Terminal) -> Iterator[str]:
    """All lines."""
    for article in history.articles:
        yield from _heading(article, terminal)
    yield ""
    yield "editions, in order of time:"
    yield from _editions(history, terminal)
    revisions = [(one.before, article, one) for article in history.articles for one in article.revisions]
    for _, article, revision in sorted(revisions, key=lambda one: (one[0], one[1].id)):
        yield ""
        yield from _revision(article, revision, terminal, _names(history))
    yield ""
    yield LEGEND if revisions else "No edition differs from the one before."


def _heading(article: ArticleHistory, terminal: Terminal) -> Iterator[str]:
    yield from terminal.lines([Words(article.id, "bold")])
    side = f"the {article.side}, " if article.side else ""
    yield from terminal.lines([Words(f"{side}{article.language}, {article.url}")], indent=2)
    if article.pair not in (None, "paired"):
        yield f"  its original: {article.pair}"


def _names(history: HistoryLine) -> dict[str, str]:
    """What an article is called beside the others: by its side, by its id where there are two of one."""
    sides = [article.side for article in history.articles]
    return {
        one.id: f"the {one.side}" if one.side and sides.count(one.side) == 1 else one.id for one in history.articles
    }


# editions -----------------------------------------------------------------------------------------


def _editions(history: HistoryLine, terminal: Terminal) -> Iterator[str]:
    told = [(article, edition) for article in history.articles for edition in article.editions]
    told.sort(key=lambda one: (one[1].captured_at, one[0].id))
    cells = [(_moment(edition.captured_at), article.side or "", str(edition.version)) for article, edition in told]
    for cell, (article, edition) in zip(columns(cells, "<<>"), told, strict=True):
        yield from terminal.lines([Words(f"{cell}  "), Words(edition.headline, "bold")], 2, width_of(cell) + 2)
        yield from terminal.lines([Words(f"{_size(article, edition)}; {_captures(edition)}")], 4)
        yield f"    {edition.record_id}"


def _size(article: ArticleHistory, edition: Edition) -> str:
    counts = edition.counts
    japanese = article.language.partition("-")[0] == "ja"
    sizes = [(counts.paragraphs, "paragraph"), (counts.sentences, "sentence")]
    sizes += [(counts.characters, "character") if japanese else (counts.words, "word"), (counts.figures, "figure")]
    return ", ".join(_counted(number, word) for number, word in sizes)


def _captures(edition: Edition) -> str:
    many = edition.captures > 1
    return f"captured {edition.captures:,} times, last {_moment(edition.last_captured_at)}" if many else "captured once"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}Z"


# revisions ----------------------------------------------------------------------------------------


def _revision(article: ArticleHistory, revision: Revision, terminal: Terminal, names: dict[str, str]) -> Iterator[str]:
    versions = f"version {revision.from_version} → {revision.to_version}"
    span = f"between {_moment(revision.after)} and {_moment(revision.before)}"
    yield from terminal.lines([Words(f"{names[article.id]}, {versions}", "bold"), Words(f", {span}")], hang=2)
    told: list[FieldChange | TextChange] = [*revision.fields]
    told += [one for one in revision.text if one.what != "spacing"]
    for said, members in groupby(told, key=lambda one: tuple(_outcomes(one, revision, names))):
        for one in members:
            yield from _field(one, terminal) if isinstance(one, FieldChange) else _text(one, terminal)
        for line in said:
            yield from terminal.lines([Words(f"→ {line}")], indent=4, hang=2)
    for figure in revision.figures:
        yield from _figure(figure, terminal)
    if not told and not revision.figures:
        yield "  white space between sentences"


def _field(change: FieldChange, terminal: Terminal) -> Iterator[str]:
    yield f"  ~ {change.field}"
    yield from terminal.lines(_words(change), indent=4)
    if remark := REMARKS.get(change.field):
        yield f"    ({remark})"


def _words(change: FieldChange) -> list[Words]:
    if change.edits and isinstance(change.old, str):
        return list(_marked(change.old, 0, change.edits))
    return [Words(f"[-{_plain(change.old)}-]", "old"), Words(f"{{+{_plain(change.new)}+}}", "new")]


def _plain(value: object) -> str:
    return "nothing" if value is None else str(value)[:LONGEST]


def _text(change: TextChange, terminal: Terminal) -> Iterator[str]:
    place = change.new or change.old
    assert place is not None
    number = place.paragraph + 1
    if change.unit == "space":
        split = f"paragraph {change.old.paragraph + 1 if change.old else number} split in two"
        yield f"  ~ {split if change.what == 'split' else f'paragraphs {number} and {number + 1} joined'}"
        return
    kind = "" if change.kind in (None, "paragraph") else f" ({change.kind})"
    moved = f", moved from paragraph {change.old.paragraph + 1}" if change.moved and change.old else ""
    unit = "" if change.unit == "paragraph" else ", a sentence"
    yield f"  {MARKS[change.what]} paragraph {number}{kind}{unit}{moved}"
    yield from terminal.lines(list(_shown(change, place)), indent=4)


def _shown(change: TextChange, place: Place) -> Iterator[Words]:
    text = place.text if len(place.text) <= LONGEST else f"{place.text[:LONGEST]}… ({len(place.text):,} characters)"
    if change.what == "reworded" and change.old is not None:
        yield from _marked(change.old.text, change.old.start, change.edits)
    elif change.what == "removed":
        yield Words(f"[-{text}-]", "old")
    elif change.what == "inserted":
        yield Words(f"{{+{text}+}}", "new")
    else:
        yield Words(text)


def _marked(old: str, start: int, edits: Sequence[Edit]) -> Iterator[Words]:
    """The old text with what was changed in it; what is far from a change is left out."""
    at = 0
    for number, edit in enumerate(edits):
        yield Words(_cut(old[at : edit.old_start - start], has_before=number > 0, has_after=True))
        if edit.removed:
            yield Words(f"[-{shown(edit.removed)}-]", "old")
        if edit.inserted:
            yield Words(f"{{+{shown(edit.inserted)}+}}", "new")
        at = edit.old_start - start + len(edit.removed)
    yield Words(_cut(old[at:], has_before=True, has_after=False))


def _cut(text: str, *, has_before: bool, has_after: bool) -> str:
    head, tail = CONTEXT * has_before, CONTEXT * has_after
    if len(text) <= head + tail + 1:
        return text
    return f"{text[:head]}…{text[len(text) - tail :] if tail else ''}"


def _figure(change: FigureChange, terminal: Terminal) -> Iterator[str]:
    said = change.caption or change.image_url or "without a caption"
    yield from terminal.lines([Words(f"{MARKS.get(change.what, '~')} figure {change.what}: {said}")], 2, 2)
    for field in change.fields:
        yield f"    {field.field}"
        yield from terminal.lines(_words(field), indent=6)


# the other side -----------------------------------------------------------------------------------


def _outcomes(change: FieldChange | TextChange, revision: Revision, names: dict[str, str]) -> Iterator[str]:
    for one in change.counterparts:
        numbers = sorted({place.paragraph + 1 for place in one.places})
        where = f", paragraph {', '.join(map(str, numbers))}" if numbers else ""
        basis = BASES[one.basis or "field"]
        yield f"{names[one.id]}{where}{f' ({basis})' if basis else ''}: {_outcome(one, revision)}"


def _outcome(one: Counterpart, revision: Revision) -> str:
    until = _moment(one.until)
    if one.at is not None:
        at = f"version {one.version}, {_moment(one.at)}"
        if one.status == "followed":
            return f"followed {_apart(revision.before, one.at)} later, {at}"
        if one.status == "follows":
            return f"this followed it, {_apart(one.at, revision.before)} later, {at}"
        return f"changed too, which of the two first cannot be told, {at}"
    if one.status == "not_followed":
        return f"did not follow, last captured {_apart(revision.before, one.until)} later, {until}"
    if one.why == "no_earlier_capture":
        return "cannot be known, captured only after this"
    return f"cannot be known, last captured before this, {until}"


def _apart(one: dt.datetime, other: dt.datetime) -> str:
    seconds = max(0, round((other - one).total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size or size == 1:
            return _counted(seconds // size, unit)
    return ""
