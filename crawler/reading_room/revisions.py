"""EDITIONS → an edited article as it reads now, with what was changed marked in it, per character in Japanese."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crawler.editions.following import follow
from crawler.editions.records import Counterpart, Edit, FieldChange, FigureChange, TextChange
from crawler.editions.shelf import PairPart
from crawler.editions.telling import Told, told
from crawler.editions.visits import Seen
from crawler.models import ArticleLine

MOST: Final = 60_000  # code points of a text that are shown

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """A run of text: `same`, `old` (taken out), `new` (put in) or `moved`."""

    text: str
    kind: str = "same"


@dataclass(slots=True)
class Revision:
    """One edition made into the next: the new text in paragraphs of marks, and the fields and figures that changed."""

    from_version: int
    to_version: int
    after: str
    before: str
    records: tuple[str, str]
    paragraphs: list[tuple[str, list[Mark]]] = field(default_factory=list)
    fields: list[tuple[str, list[Mark]]] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    count: int = 0
    is_cut: bool = False


def revisions_of(lines: Sequence[Line], others: Sequence[Line] = (), pair: Line | None = None) -> list[Revision]:
    """What changed from each edition of an article to the next. `others` are the other side's editions, with the pair.

    Only the lines are asked, so `after` is when the edition before was first captured; `genbun history` asks the
    archive when it was last seen.
    """
    article = _told(lines)
    if others and pair is not None and pair["original"] is not None:
        _follow(article, _told(others), PairPart.model_validate(pair, strict=False))
    other = "the original" if pair is not None and article.id == pair["id"] else "the translation"
    return [_revision(article, number, other) for number in range(len(article.revisions))]


def _told(lines: Sequence[Line]) -> Told:
    read = [ArticleLine.model_validate(line, strict=False) for line in lines]
    return told(read, [Seen(1, line.capture.captured_at) for line in read if line.capture])


def _follow(article: Told, other: Told, pair: PairPart) -> None:
    assert pair.original is not None
    translation, original = (article, other) if article.id == pair.id else (other, article)
    follow(translation, original, pair.alignment, (pair.translation.version, pair.original.version))


def _revision(article: Told, number: int, other: str) -> Revision:
    found = article.revisions[number]
    paragraphs, is_cut = _paragraphs(article, number, found.text)
    changes = [one for one in found.text if one.what != "spacing"]
    revision = Revision(
        from_version=found.from_version,
        to_version=found.to_version,
        after=article.editions[number].captured_at.isoformat(),
        before=found.before.isoformat(),
        records=(article.editions[number].record_id, article.editions[number + 1].record_id),
        paragraphs=paragraphs,
        fields=[(one.field, _field(one)) for one in found.fields],
        figures=[(one.what, _figure(one)) for one in found.figures],
        count=len(changes) + len(found.fields) + len(found.figures),
        is_cut=is_cut,
    )
    worded: list[FieldChange | TextChange] = [*found.fields, *changes]
    told_of = [one for change in worded for one in change.counterparts]
    revision.followed = list(dict.fromkeys(_outcome(one, other) for one in told_of))
    return revision


def _paragraphs(article: Told, number: int, changes: Sequence[TextChange]) -> tuple[list[tuple[str, list[Mark]]], bool]:
    """The new text: each paragraph with its kind. What was taken out stands behind what it stood behind."""
    new = article.pieces[number + 1]
    at_place: dict[int, TextChange] = {
        change.new.start: change for change in changes if change.new and change.unit != "space"
    }
    gone: dict[int, list[TextChange]] = defaultdict(list)
    for taken in (one for one in changes if one.what == "removed"):
        gone[_stood_behind(article, number, taken)].append(taken)
    found = [*_gone_paragraphs(gone[-1])]
    shown = 0
    for paragraph in new.paragraphs:
        if shown > MOST:
            return found, True
        marks = [Mark(one.old.text, "old") for one in gone[-1] if one.unit == "sentence" and one.old]
        marks = marks if paragraph.first == 0 else []
        whole = at_place.get(paragraph.start)
        after: list[TextChange] = []
        last = paragraph.start
        for at in range(paragraph.first, paragraph.last):
            sentence = new.sentences[at]
            marks.append(Mark(new.text[last : sentence.start]))
            change = whole if whole and whole.unit == "paragraph" else at_place.get(sentence.start)
            marks += _marked(change, sentence.text)
            marks += [Mark(one.old.text, "old") for one in gone[at] if one.unit == "sentence" and one.old]
            after += [one for one in gone[at] if one.unit == "paragraph"]
            last = sentence.end
        shown += sum(len(mark.text) for mark in marks)
        found.append((new.kind(paragraph.paragraph) or "paragraph", [mark for mark in marks if mark.text]))
        found += _gone_paragraphs(after)
    return found, False


def _gone_paragraphs(changes: Sequence[TextChange]) -> Iterator[tuple[str, list[Mark]]]:
    for change in changes:
        if change.unit == "paragraph" and change.old is not None:
            yield change.kind or "paragraph", [Mark(change.old.text[:MOST], "old")]


def _stood_behind(article: Told, number: int, change: TextChange) -> int:
    """The sentence of the new text behind which something stood in the old one; -1 at its beginning."""
    assert change.old is not None
    places = {thread: at for at, thread in enumerate(article.threads[number + 1])}
    before = 0
    for at, sentence in enumerate(article.pieces[number].sentences):
        if sentence.start >= change.old.start:
            break
        before = at + 1
    for at in reversed(range(before)):
        if (place := places.get(article.threads[number][at])) is not None:
            return place
    return -1


def _marked(change: TextChange | None, text: str) -> Iterator[Mark]:
    if change is None:
        yield Mark(text)
    elif change.what == "inserted":
        yield Mark(text, "new")
    elif change.what == "reworded" and change.old is not None:
        yield from _edited(change.old.text, change.old.start, change.edits)
    elif change.moved or change.what == "moved":
        yield Mark(text, "moved")
    else:
        yield Mark(text)


def _edited(old: str, start: int, edits: Sequence[Edit]) -> Iterator[Mark]:
    at = 0
    for edit in edits:
        yield Mark(old[at : edit.old_start - start])
        yield Mark(edit.removed, "old")
        yield Mark(edit.inserted, "new")
        at = edit.old_start - start + len(edit.removed)
    yield Mark(old[at:])


def _field(change: FieldChange) -> list[Mark]:
    if change.edits and isinstance(change.old, str):
        return [mark for mark in _edited(change.old, 0, change.edits) if mark.text]
    return [Mark(_words(change.old), "old"), Mark(" → "), Mark(_words(change.new), "new")]


def _words(value: object) -> str:
    return "nothing" if value is None else str(value)[:2000]


def _figure(change: FigureChange) -> str:
    return change.caption or change.image_url or "without a caption"


def _outcome(one: Counterpart, name: str) -> str:
    if one.status == "followed":
        return f"{name.capitalize()} followed, with edition {one.version}"
    if one.status == "follows":
        return f"This followed {name}, its edition {one.version}"
    if one.status == "together":
        return f"{name.capitalize()} changed too, with edition {one.version}; which of the two first cannot be told"
    if one.status == "not_followed":
        return f"{name.capitalize()} was captured later, and had not followed"
    return f"Whether {name} followed is not known: it has no edition that was captured later"
