"""TWO TEXTS → what was changed: sentences and paragraphs inserted, removed, moved and reworded, to the code point."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from crawler.editions.matching import Matched, match
from crawler.editions.order import Budget
from crawler.editions.pieces import Piece, Pieces
from crawler.editions.records import Edit, TextChange, What
from crawler.editions.spaces import spaces
from crawler.editions.words import stretches

MOST_STEPS: Final = 3_000_000  # of comparing words, for a pair of editions


def changes_between(old: Pieces, new: Pieces, matched: Matched | None = None) -> list[TextChange]:
    """All changes, in the order of the new text; what was removed stands where it had been."""
    return _Comparing(old, new, matched or match(old, new)).changes()


def applied(old: str, changes: Iterable[TextChange]) -> str:
    """The new text, from the old one and its changes."""
    changes = list(changes)
    kept, at = [], 0
    for start, end in sorted((one.old.start, one.old.end) for one in changes if one.old):
        kept.append(old[at:start])
        at = end
    rest = "".join((*kept, old[at:]))
    made: list[str] = []
    size = taken = 0
    for start, text in sorted((one.new.start, one.new.text) for one in changes if one.new):
        made += rest[taken : taken + start - size], text
        taken += start - size
        size = start + len(text)
    return "".join((*made, rest[taken:]))


def edits_of(old: str, new: str, budget: Budget, old_at: int = 0, new_at: int = 0) -> tuple[Edit, ...]:
    """The words that differ; places are counted from `old_at` and `new_at`."""
    return tuple(
        Edit(
            old_start=old_at + one.a,
            new_start=new_at + one.b,
            removed=old[one.a : one.a_end],
            inserted=new[one.b : one.b_end],
        )
        for one in stretches(old, new, budget)
    )


class _Comparing:
    """Two editions whose sentences are matched."""

    def __init__(self, old: Pieces, new: Pieces, matched: Matched) -> None:
        self.old, self.new = old, new
        self._pairs = matched.pairs
        self._back = {b: a for a, b in matched.pairs.items()}
        self._chain = sorted(matched.chain)
        self._stayed = {b for _, b in self._chain}
        self._budget = Budget(MOST_STEPS)

    def changes(self) -> list[TextChange]:
        """All of them, in order."""
        found = [*self._removed(), *self._inserted_or_moved(), *self._reworded()]
        return sorted([*found, *spaces(self.old, self.new, self._chain, found)], key=self._order)

    def _order(self, change: TextChange) -> tuple[int, int, int]:
        """Where it stands in the new text; what is gone, behind what it stood behind."""
        if change.new is not None:
            return change.new.start, 1, 0
        assert change.old is not None
        at = bisect_left(self._chain, change.old.start, key=lambda pair: self.old.sentences[pair[0]].start)
        return (self.new.sentences[self._chain[at - 1][1]].end if at else 0), 0, change.old.start

    def _removed(self) -> Iterator[TextChange]:
        for whole in self.old.paragraphs:
            left = [at for at in range(whole.first, whole.last) if at not in self._pairs]
            if len(left) == whole.last - whole.first:
                yield self._change("removed", whole, None, whole=True)
            else:
                yield from (self._change("removed", self.old.sentences[at], None) for at in left)

    def _inserted_or_moved(self) -> Iterator[TextChange]:
        for whole in self.new.paragraphs:
            numbers = range(whole.first, whole.last)
            if not any(at in self._back for at in numbers):
                yield self._change("inserted", None, whole, whole=True)
            elif (old := self._moved_from(whole)) is not None:
                yield self._change("moved", old, whole, whole=True)
            else:
                yield from (self._of_sentence(at) for at in numbers if at not in self._stayed)

    def _moved_from(self, new: Piece) -> Piece | None:
        """The old paragraph that stands here now, word for word, if none of it stayed in its order."""
        first = self._back.get(new.first)
        if first is None or new.first in self._stayed:
            return None
        old = self.old.paragraphs[bisect_right(self.old.paragraphs, first, key=lambda one: one.first) - 1]
        if old.text != new.text or old.first != first or old.last - old.first != new.last - new.first:
            return None
        steps = zip(range(old.first, old.last), range(new.first, new.last), strict=True)
        return old if all(self._back.get(b) == a and b not in self._stayed for a, b in steps) else None

    def _of_sentence(self, at: int) -> TextChange:
        new = self.new.sentences[at]
        if at not in self._back:
            return self._change("inserted", None, new)
        old = self.old.sentences[self._back[at]]
        return self._change("moved" if old.text == new.text else "reworded", old, new, moved=True)

    def _reworded(self) -> Iterator[TextChange]:
        for a, b in self._chain:
            old, new = self.old.sentences[a], self.new.sentences[b]
            if old.text != new.text:
                yield self._change("reworded", old, new)

    def _change(
        self, what: What, old: Piece | None, new: Piece | None, *, whole: bool = False, moved: bool = False
    ) -> TextChange:
        edits: tuple[Edit, ...] = ()
        if what == "reworded" and old and new:
            edits = edits_of(old.text, new.text, self._budget, old.start, new.start)
        kind = self.new.kind(new.paragraph) if new else self.old.kind(old.paragraph) if old else None
        return TextChange(
            what=what,
            moved=moved or what == "moved",
            unit="paragraph" if whole else "sentence",
            kind=kind,
            old=old.place if old else None,
            new=new.place if new else None,
            edits=edits,
        )
