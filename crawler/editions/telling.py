"""ONE ARTICLE'S LINES → its editions and revisions, with each sentence known again through all of them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise

from crawler.editions.changes import changes_between
from crawler.editions.fields import field_changes, figure_changes, kind_changes
from crawler.editions.matching import Matched, match
from crawler.editions.pieces import Piece, Pieces, counts_of, pieces_of
from crawler.editions.records import Edition, Revision
from crawler.editions.visits import Seen
from crawler.models import ArticleLine


@dataclass(slots=True)
class Told:
    """An article through its editions. `threads` gives each sentence of each edition a number that it keeps."""

    lines: Sequence[ArticleLine]
    pieces: list[Pieces]
    editions: list[Edition]
    revisions: list[Revision] = field(default_factory=list)
    threads: list[list[int]] = field(default_factory=list)
    _numbers: dict[int, dict[int, int]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The article's id."""
        return self.lines[0].id

    @property
    def last_captured_at(self) -> dt.datetime:
        """When it was last captured in any edition."""
        return max(edition.last_captured_at for edition in self.editions)

    def place_of(self, version: int) -> int | None:
        """Where a version stands in the lists."""
        return next((at for at, edition in enumerate(self.editions) if edition.version == version), None)

    def in_force(self, at: dt.datetime) -> int:
        """The edition last captured first by then; before all, the first."""
        return max(0, sum(1 for edition in self.editions if edition.captured_at <= at) - 1)

    def threads_in(self, at: int, start: int, end: int) -> set[int]:
        """The sentences of an edition that have something of a stretch of its text."""
        sentences = self.pieces[at].sentences
        first = bisect_left(sentences, start + 1, key=lambda sentence: sentence.end)
        last = bisect_left(sentences, end, key=lambda sentence: sentence.start)
        return set(self.threads[at][first:last])

    def threads_of_paragraph(self, at: int, number: int) -> set[int]:
        """The sentences of a paragraph of an edition, of the nearest if there is none of that number."""
        whole = self.paragraph(at, number)
        return set(self.threads[at][whole.first : whole.last]) if whole else set()

    def known(self, at: int, threads: Iterable[int]) -> list[Piece]:
        """Those of these sentences that stand in an edition, as they read there, in order."""
        if at not in self._numbers:
            self._numbers[at] = {thread: number for number, thread in enumerate(self.threads[at])}
        numbers = self._numbers[at]
        return [self.pieces[at].sentences[number] for number in sorted(numbers[t] for t in threads if t in numbers)]

    def paragraph(self, at: int, number: int) -> Piece | None:
        """A paragraph of an edition, the nearest if there is none of that number; None in an empty text."""
        paragraphs = self.pieces[at].paragraphs
        return paragraphs[min(max(number, 0), len(paragraphs) - 1)] if paragraphs else None


def told(lines: Sequence[ArticleLine], seen: Sequence[Seen]) -> Told:
    """Everything about one article; what the other side did is added later."""
    pieces = [pieces_of(line) for line in lines]
    article = Told(lines, pieces, [_edition(*one) for one in zip(lines, pieces, seen, strict=True)])
    numbers = count()
    article.threads.append([next(numbers) for _ in pieces[0].sentences])
    for at, _ in enumerate(pairwise(lines)):
        matched = match(pieces[at], pieces[at + 1])
        back = {b: a for a, b in matched.pairs.items()}
        before = article.threads[at]
        article.threads.append(
            [before[back[b]] if b in back else next(numbers) for b in range(len(pieces[at + 1].sentences))]
        )
        article.revisions.append(_revision(article, at, matched))
    return article


def _edition(line: ArticleLine, pieces: Pieces, seen: Seen) -> Edition:
    assert line.capture is not None
    return Edition(
        version=line.version or 1,
        record_id=line.capture.record_id,
        captured_at=line.capture.captured_at,
        last_captured_at=seen.last,
        captures=seen.count,
        headline=line.headline,
        modified_at=line.modified_at,
        text_digest=line.text_digest,
        access=line.access,
        truncated=line.truncated,
        counts=counts_of(line, pieces),
    )


def _revision(article: Told, at: int, matched: Matched) -> Revision:
    old, new = article.lines[at], article.lines[at + 1]
    pieces = article.pieces[at], article.pieces[at + 1]
    return Revision(
        from_version=article.editions[at].version,
        to_version=article.editions[at + 1].version,
        after=article.editions[at].last_captured_at,
        before=article.editions[at + 1].captured_at,
        fields=(*field_changes(old, new), *kind_changes(*pieces, matched, new)),
        figures=figure_changes(old, new),
        text=tuple(changes_between(*pieces, matched)),
    )
