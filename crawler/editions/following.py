"""TWO SIDES → whether one followed the other: for each change, what became of its counterpart, and when.

A change happened later than the last capture of the edition before, and not later than the first of the edition after.
Of two changes the later one `followed` the earlier one; where their spans overlap so far that the order is not likely
enough, each moment in them being as good as another, they happened `together`. A change that follows another is not
itself waited for: what comes after it is a matter of its own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeVar

from crawler.editions.counterparts import ORIGINAL, TRANSLATION, Counter, Links
from crawler.editions.records import Basis, Counterpart, FieldChange, Followed, Place, TextChange, Why
from crawler.editions.shelf import AlignmentPart
from crawler.editions.telling import Told

SIDED: Final = ("headline", "standfirst")  # fields that are translated
SURE: Final = 0.95  # how likely an order must be; a crawl that asks one side a second later leaves no doubt

Change = TypeVar("Change", FieldChange, TextChange)


@dataclass(eq=False, slots=True)
class _Event:
    """One change, as the other side looks at it."""

    side: int
    revision: int
    item: int
    version: int
    after: dt.datetime
    before: dt.datetime
    name: str = ""  # of the field; empty for a change of the text
    at: int = 0  # the edition in which its place is
    place: Place | None = None
    threads: frozenset[int] = frozenset()  # the sentences it changed
    beside: frozenset[int] = frozenset()  # those among which it put new ones
    found: Counterpart | None = None


def follow(translation: Told, original: Told, alignment: AlignmentPart | None, versions: tuple[int, int]) -> None:
    """Add to every change on both sides what the other did. `versions` are those that the alignment links."""
    events = [*_events(TRANSLATION, translation), *_events(ORIGINAL, original)]
    events.sort(key=lambda event: (event.before, event.side, event.revision, event.name, event.item))
    following = _Following((translation, original), Links(translation, original, alignment, versions), events)
    for event in events:
        following.judge(event)
    for side, article in enumerate((translation, original)):
        _enter(article, [event for event in events if event.side == side])


def _events(side: int, article: Told) -> Iterator[_Event]:
    for number, revision in enumerate(article.revisions):
        when = revision.to_version, revision.after, revision.before
        for item, change in enumerate(revision.fields):
            if change.field in SIDED:
                yield _Event(side, number, item, *when, name=change.field)
        for item, one in enumerate(revision.text):
            if one.unit != "space":
                event = _Event(side, number, item, *when)
                _put(event, one, article)
                yield event


def _put(event: _Event, change: TextChange, article: Told) -> None:
    """Say which sentences a change of the text concerns."""
    old, new, number = change.old, change.new, event.revision
    event.at, event.place = (number, old) if old else (number + 1, new)
    threads = article.threads_in(number, old.start, old.end) if old else set()
    threads |= article.threads_in(number + 1, new.start, new.end) if new else set()
    event.threads = frozenset(threads)
    if new is not None and old is None:
        before = new.paragraph - (change.unit == "paragraph")
        event.beside = frozenset(article.threads_of_paragraph(number + 1, before) - threads)


class _Following:
    """The changes of both sides in order of time; each is judged once, the earlier ones first."""

    def __init__(self, sides: tuple[Told, Told], links: Links, events: Sequence[_Event]) -> None:
        self._sides, self._links = sides, links
        self._order = {event: number for number, event in enumerate(events)}
        self._by_thread: dict[tuple[int, int], list[_Event]] = defaultdict(list)
        self._known: dict[tuple[int, Basis, frozenset[int]], list[list[_Event]]] = {}
        self._by_name: dict[tuple[int, str], list[_Event]] = defaultdict(list)
        for event in events:
            for thread in event.threads | event.beside:
                self._by_thread[event.side, thread].append(event)
            if event.name:
                self._by_name[event.side, event.name].append(event)

    def judge(self, event: _Event) -> None:
        """Say what became of a change's counterpart, unless it was found to follow another."""
        if event.found is not None:
            return
        counter = self._counter(event)
        touched = self._touched(event, counter)
        together = [found for found in touched if not _is_sure(found[0], event) and not _is_sure(event, found[0])]
        later = [found for found in touched if _is_sure(event, found[0])]
        first = next(iter(together or later), None)
        if first is None:
            event.found = self._found(event, counter, *self._silence(event), None)
            return
        event.found = self._found(event, counter, "together" if together else "followed", None, first[0])
        for one in first if not together else ():
            if one.found is None:
                one.found = self._found(one, self._counter(one), "follows", None, event)

    def _counter(self, event: _Event) -> Counter | None:
        if event.place is None:
            return None
        moment = event.after + (event.before - event.after) / 2
        return self._links.counter(event.side, event.threads, event.at, event.place, moment)

    def _touched(self, event: _Event, counter: Counter | None) -> list[list[_Event]]:
        """The changes on the other side of what this one is the counterpart of, a list for each of its revisions."""
        if counter is None:
            return _by_revision(self._by_name[1 - event.side, event.name])
        key = 1 - event.side, counter.basis, counter.threads
        if key not in self._known:
            side, basis, threads = key
            found = {one for thread in threads for one in self._by_thread.get((side, thread), ())}
            if basis != "sentence":
                found = {one for one in found if not self._links.are_spoken_for(side, one.threads)}
            self._known[key] = _by_revision(sorted(found, key=self._order.__getitem__))
        return self._known[key]

    def _silence(self, event: _Event) -> tuple[Followed, Why | None]:
        """What it means that the other side shows no change."""
        other = self._sides[1 - event.side]
        if other.editions[0].captured_at > event.before:
            return "unknown", "no_earlier_capture"
        if other.last_captured_at > event.before:
            return "not_followed", None
        return "unknown", "no_later_capture"

    def _found(
        self, event: _Event, counter: Counter | None, status: Followed, why: Why | None, change: _Event | None
    ) -> Counterpart:
        other = self._sides[1 - event.side]
        return Counterpart(
            id=other.id,
            status=status,
            basis=counter.basis if counter else "field",
            edition=other.editions[counter.edition].version if counter else None,
            places=counter.places if counter else (),
            version=change.version if change else None,
            at=change.before if change else None,
            until=other.last_captured_at,
            why=why,
        )


def _by_revision(events: Sequence[_Event]) -> list[list[_Event]]:
    return [list(members) for _, members in groupby(events, lambda one: one.revision)]


def _is_sure(one: _Event, other: _Event) -> bool:
    """Whether it is all but sure that one change happened before another, both somewhere in their spans."""
    length = max((one.before - one.after).total_seconds(), 1e-6)
    span = max((other.before - other.after).total_seconds(), 1e-6)
    start = (other.after - one.after).total_seconds()
    return _area(start + span, length) - _area(start, length) > SURE * length * span


def _area(moment: float, length: float) -> float:
    """Under a line that rises from 0 to `length` and stays there, up to a moment."""
    return 0.0 if moment <= 0 else moment**2 / 2 if moment <= length else length**2 / 2 + length * (moment - length)


def _enter(article: Told, events: Sequence[_Event]) -> None:
    """Put what was found into the article's revisions, after what another counterpart did."""
    found = {(one.revision, bool(one.name), one.item): one.found for one in events}
    for number, revision in enumerate(article.revisions):
        fields = [_with(one, found.get((number, True, at))) for at, one in enumerate(revision.fields)]
        text = [_with(one, found.get((number, False, at))) for at, one in enumerate(revision.text)]
        article.revisions[number] = revision.model_copy(update={"fields": tuple(fields), "text": tuple(text)})


def _with(change: Change, found: Counterpart | None) -> Change:
    return change.model_copy(update={"counterparts": (*change.counterparts, found)}) if found else change
