"""TWO EDITIONS → what changed besides the text: headline, standfirst, byline, section and the like, and the figures."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from crawler.editions.changes import edits_of
from crawler.editions.matching import Matched
from crawler.editions.order import Budget, heaviest
from crawler.editions.pieces import Pieces
from crawler.editions.records import FieldChange, FigureChange, Words
from crawler.models import Article, Block

#: In the order in which they are shown. What follows from others (`text_digest`) is not named, nor `headline_raw`.
FIELDS: Final = (
    "headline", "standfirst", "byline", "section", "label", "kind", "language", "url", "published_at", "modified_at",
    "published_on", "access", "truncated",
)  # fmt: skip
#: Words whose changed characters are shown.
WORDED: Final = frozenset({"headline", "standfirst", "byline", "caption", "credit", "alt"})
OF_RIGHTS: Final = ("robots", "tdm_reservation", "license")
OF_FIGURES: Final = ("image_url", "caption", "credit", "alt")
MOST_STEPS: Final = 500_000

Plain = str | int | bool | dt.date | None


def field_changes(old: Article, new: Article) -> tuple[FieldChange, ...]:
    """The fields that differ. Those of the reader warn that the page may be the same and was read otherwise."""
    pairs: list[tuple[str, Plain, Plain]] = [(name, getattr(old, name), getattr(new, name)) for name in FIELDS]
    addresses = [article.original.url if article.original else None for article in (old, new)]
    if old.rights.looked_in and new.rights.looked_in:
        ours, theirs = old.rights, new.rights
        pairs += [(f"rights.{name}", _said(getattr(ours, name)), _said(getattr(theirs, name))) for name in OF_RIGHTS]
    pairs += [
        ("original.url", addresses[0], addresses[1]),
        ("parser.version", old.parser.version, new.parser.version),
        ("parser.fallback", old.parser.fallback, new.parser.fallback),
        ("parser.signals.body", old.parser.signals.get("body"), new.parser.signals.get("body")),
    ]
    return tuple(_changed(name, was, now) for name, was, now in pairs if was != now)


def _said(value: str | tuple[str, ...] | None) -> str | None:
    return ", ".join(value) if isinstance(value, tuple) else value


def kind_changes(old: Pieces, new: Pieces, matched: Matched, article: Article) -> tuple[FieldChange, ...]:
    """Paragraphs that begin as they did, in their place, and are another kind of block now: a heading, a quote."""
    numbers = [at for at, block in enumerate(article.blocks) if block.kind != "figure" and block.text]
    begin_old, begin_new = old.beginnings, new.beginnings
    found = []
    for a, b in sorted(matched.chain):
        one, other = old.sentences[a].paragraph, new.sentences[b].paragraph
        was, now = old.kind(one), new.kind(other)
        if was != now and was and now and a in begin_old and b in begin_new:
            found.append(FieldChange(field=f"blocks[{numbers[other]}].kind", old=was, new=now))
    return tuple(found)


def _changed(name: str, was: Plain, now: Plain) -> FieldChange:
    worded = name in WORDED and isinstance(was, str) and isinstance(now, str)
    edits = edits_of(str(was), str(now), Budget(MOST_STEPS)) if worded else ()
    return FieldChange(field=name, old=_words(was), new=_words(now), edits=edits)


def _words(value: Plain) -> Words:
    return value.isoformat() if isinstance(value, dt.date) else value


# figures ------------------------------------------------------------------------------------------


class _Figure(NamedTuple):
    number: int
    block: Block


def figure_changes(old: Article, new: Article) -> tuple[FigureChange, ...]:
    """Figures matched by image, then by caption; moved is what stands elsewhere among the figures that stayed."""
    here, there = _figures(old), _figures(new)
    pairs = _paired(here, there)
    stay = heaviest(sorted(pairs.items()), [1] * len(pairs))
    back = {b: a for a, b in pairs.items()}
    found = [_told("removed", one, None) for at, one in enumerate(here) if at not in pairs]
    for at, now in enumerate(there):
        if at not in back:
            found.append(_told("inserted", None, now))
            continue
        change = _told("changed", here[back[at]], now)
        if (back[at], at) not in stay:
            found.append(change.model_copy(update={"what": "moved"}))
        elif change.fields:
            found.append(change)
    return tuple(found)


def _figures(article: Article) -> list[_Figure]:
    return [_Figure(at, block) for at, block in enumerate(article.blocks) if block.kind == "figure"]


def _paired(here: list[_Figure], there: list[_Figure]) -> dict[int, int]:
    pairs: dict[int, int] = {}
    for name in ("image_url", "caption"):
        taken = set(pairs.values())
        places: dict[str, list[int]] = defaultdict(list)
        for b, figure in reversed(list(enumerate(there))):
            if b not in taken and (value := getattr(figure.block, name)):
                places[value].append(b)
        for a, figure in enumerate(here):
            value = getattr(figure.block, name)
            if a not in pairs and places.get(value):
                pairs[a] = places[value].pop()
    return pairs


def _told(what: str, old: _Figure | None, new: _Figure | None) -> FigureChange:
    figure = new or old
    assert figure is not None
    return FigureChange(
        what=what,  # type: ignore[arg-type]  # the model checks it
        old=old.number if old else None,
        new=new.number if new else None,
        image_url=figure.block.image_url,
        caption=figure.block.caption,
        fields=tuple(_differing(old.block, new.block)) if old and new else (),
    )


def _differing(old: Block, new: Block) -> Iterator[FieldChange]:
    for name in OF_FIGURES:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield _changed(name, was, now)
