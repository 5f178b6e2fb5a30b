"""EDITIONS → ROWS: a row for each change from one version of an article to the next, on either side of a pair."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crawler.editions import histories_of
from crawler.editions.records import (
    ArticleHistory,
    Counterpart,
    Edit,
    FieldChange,
    FigureChange,
    Revision,
    TextChange,
    Words,
)
from crawler.editions.shelf import PairPart
from crawler.editions.telling import told
from crawler.editions.visits import Seen
from crawler.exporting.making import HEADLINES, WORDS, WORDS_OF_BLOCK, Maker
from crawler.exporting.reading import Moved, Records
from crawler.exporting.rows import HistoryRow, Row, Withheld
from crawler.models import ArticleLine

#: Why a version is in no row of another table, and may have changed all the same: only the latest is a side of a pair.
BESIDE: Final = "in_no_pair"
#: Fields that are words of the page.
QUOTED: Final = frozenset({*WORDS, *WORDS_OF_BLOCK})
PLACE: Final = ("paragraph", "start", "end")
NAMES: Final = tuple(field.alias or name for name, field in HistoryRow.model_fields.items())

_EDITED: Final = "SELECT id FROM articles GROUP BY id HAVING COUNT(*) > 1 AND MIN(why IS NOT NULL) = 0 ORDER BY id"
_NONE_HERE: Final = "SELECT id FROM articles GROUP BY id HAVING COUNT(*) > 1 AND MIN(why IS NOT NULL) = 1 ORDER BY id"
_ORIGINAL: Final = "SELECT original_id FROM pairs WHERE id = ? AND original_id IS NOT NULL"
_TRANSLATIONS: Final = "SELECT id FROM pairs WHERE original_id = ? ORDER BY id"
_FACTS: Final = "SELECT version, why, access, robots, reservation, digest FROM articles WHERE id = ? ORDER BY version"


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the index knows of one version."""

    why: str | None
    access: str
    robots: list[str] | None
    reservation: str | None
    digest: str


class Changes:
    """Makes the rows; counts what is left out and kept back while it does."""

    def __init__(self, maker: Maker, moved: Moved) -> None:
        self._maker, self._records, self._moved = maker, maker.records, moved
        self.left_out: Counter[str] = Counter()

    def rows(self) -> Iterator[Row]:
        """A row for each change between two versions that the filters let through, by article and version."""
        looked, told_of = _Looked(self._records), set()
        for line in histories_of(looked, self._records.collection, self._moved):
            for article in line.articles:
                told_of.add(article.id)
                yield from self._of_article(article)
        for (name,) in self._records.db.execute(_NONE_HERE).fetchall():
            if name not in told_of:
                self._count(name, looked.lines(name))

    def _count(self, name: str, lines: Sequence[ArticleLine]) -> None:
        """Count the changes of an article of which nothing is exported: when it was captured again is all the same."""
        facts = self._facts(name)
        for revision in told(lines, [Seen(1, line.capture.captured_at) for line in lines if line.capture]).revisions:
            why = _why_not(facts[revision.from_version], facts[revision.to_version], is_here=False)
            self.left_out[str(why)] += sum(1 for _ in _changes(revision))

    def _facts(self, name: str) -> dict[int, _Facts]:
        rows = self._records.db.execute(_FACTS, (name,)).fetchall()
        return {version: _Facts(why, access, robots and json.loads(robots), reservation, digest)
                for version, why, access, robots, reservation, digest in rows}  # fmt: skip

    def _of_article(self, article: ArticleHistory) -> Iterator[Row]:
        facts = self._facts(article.id)
        is_here = any(one.why is None for one in facts.values())
        number = 0
        for revision in article.revisions:
            old, new = facts[revision.from_version], facts[revision.to_version]
            why = _why_not(old, new, is_here=is_here)
            withheld = self._maker.keeps_back(old.access) or self._maker.keeps_back(new.access)
            common = self._common(article, revision, old, new)
            for change in _changes(revision):
                number += 1
                if why:
                    self.left_out[why] += 1
                else:
                    row = common | {"number": number, "withheld": None} | change
                    yield self._kept_back(row, withheld) if withheld else {name: row[name] for name in NAMES}

    def _common(self, article: ArticleHistory, revision: Revision, old: _Facts, new: _Facts) -> Row:
        """What every change between two versions says."""
        said: Row = {"schema": "genbun/history-row/1", "article_id": article.id, "side": article.side}
        said |= {"pair_id": article.id if article.side == "translation" else None}
        said |= {name: getattr(article, name) for name in ("newspaper", "language", "url")}
        stated = revision.model_dump(mode="json", include={"from_version", "to_version", "after", "before"})
        said |= {"from_version": stated["from_version"], "to_version": stated["to_version"]}
        said |= {"changed_after": stated["after"], "changed_before": stated["before"]}
        editions = {edition.version: edition for edition in article.editions}
        for name, version, facts in (("from", revision.from_version, old), ("to", revision.to_version, new)):
            capture = editions[version].model_dump(mode="json", include={"captured_at", "record_id"})
            said |= {f"{name}_{of}": value for of, value in capture.items()}
            said |= {f"{name}_access": facts.access, f"{name}_text_digest": facts.digest}
        return said | {"robots": new.robots, "tdm_reservation": new.reservation}

    def _kept_back(self, row: Row, withheld: Withheld) -> Row:
        """The same without words: the article's own, and without text its headlines too."""
        field = (row["field"] or "").rpartition(".")[2]
        is_quoted = row["unit"] in ("paragraph", "sentence", "space") or field in QUOTED
        if is_quoted or (withheld == "no_text" and field in HEADLINES):
            self._maker.withheld["history"][withheld] += 1
            row |= {"old_text": None, "new_text": None, "edits": [], "withheld": withheld}
        return {name: row[name] for name in NAMES}


class _Looked:
    """The lines as an export has indexed them."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def groups_with_editions(self) -> Iterator[list[str]]:
        """By the id of their first, each once."""
        db = self._records.db
        groups = {tuple(self._group(name)) for (name,) in db.execute(_EDITED).fetchall()}
        yield from map(list, sorted(groups))

    def lines(self, article_id: str) -> list[ArticleLine]:
        """An article's lines, by version."""
        return [ArticleLine.model_validate_json(text) for text in self._records.texts_of(article_id)]

    def pair(self, article_id: str) -> PairPart | None:
        """A translation's pair line."""
        row = self._records.db.execute("SELECT at FROM pairs WHERE id = ?", (article_id,)).fetchone()
        return PairPart.model_validate(self._records.pair(row[0])) if row else None

    def _group(self, article_id: str) -> list[str]:
        db = self._records.db
        found = db.execute(_ORIGINAL, (article_id,)).fetchone()
        original = found[0] if found else article_id
        translations = [name for (name,) in db.execute(_TRANSLATIONS, (original,))]
        return [*translations, original] if translations else [article_id]


# changes ------------------------------------------------------------------------------------------


def _why_not(old: _Facts, new: _Facts, *, is_here: bool) -> str | None:
    """Why what changed between two versions is left out."""
    return next((one.why for one in (old, new) if one.why and (one.why != BESIDE or not is_here)), None)


def _changes(revision: Revision) -> Iterator[Row]:
    """Every change between two versions, as far as it is its own: fields, figures, the text in order."""
    for field in revision.fields:
        yield _of_field(field, unit="field", field=field.field)
    for figure in revision.figures:
        yield from _of_figure(figure)
    for change in revision.text:
        yield _of_text(change)


def _of_field(change: FieldChange, **said: Any) -> Row:
    said = {"what": "changed", "old_text": _words(change.old), "new_text": _words(change.new)} | said
    return _row(change.edits, change.counterparts, **said)


def _of_figure(change: FigureChange) -> Iterator[Row]:
    """That it came, went or moved, and each thing that is said of it otherwise."""
    blocks = {"unit": "figure", "old_block": change.old, "new_block": change.new, "kind": "figure"}
    if change.what != "changed":
        image = {"old_text": change.image_url if change.old is not None else None}
        image |= {"new_text": change.image_url if change.new is not None else None}
        yield _row((), (), what=change.what, moved=change.what == "moved", field="image_url", **image, **blocks)
    for field in change.fields:
        yield _of_field(field, field=field.field, **blocks)


def _of_text(change: TextChange) -> Row:
    said: Row = {"unit": change.unit, "what": change.what, "moved": change.moved, "kind": change.kind}
    for name, place in (("old", change.old), ("new", change.new)):
        if place is not None:
            said |= {f"{name}_{of}": getattr(place, of) for of in ("text", *PLACE)}
    return _row(change.edits, change.counterparts, **said)


def _row(edits: Sequence[Edit], counterparts: Sequence[Counterpart], **said: Any) -> Row:
    """A change with everything that it has not as null."""
    nothing = {f"{side}_{of}": None for side in ("old", "new") for of in ("text", "block", *PLACE)}
    row = {"moved": False, "kind": None, "field": None, **nothing} | said
    row["edits"] = [one.model_dump(mode="json") for one in edits]
    row["followed"] = counterparts[0].status if counterparts else None
    return row | {"counterparts": [one.model_dump(mode="json") for one in counterparts]}


def _words(value: Words) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
