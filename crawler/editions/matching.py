"""TWO EDITIONS → which piece of the new one is which of the old one: the same words first, then the most alike.

Paragraphs are matched, then the sentences within those that match, then all that is left, wherever it stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.editions.order import Budget, Pair, common, heaviest
from crawler.editions.pieces import Piece, Pieces
from crawler.editions.tokens import Features, features_of, likeness

NEAR: Final = 0.4  # of pieces between the same neighbours: two sentences that end in である。 have .3
FAR: Final = 0.6  # of pieces that would have moved, too
MOST_COMPARED: Final = 40_000  # pairs of pieces compared outright, of a pair of editions
AT_ONCE: Final = 2_500  # the same, of one place
ABOUT: Final = 1  # pieces to either side that count as the same place
TOO_COMMON: Final = 12  # pieces with a feature, from which on it tells none from the others


@dataclass(frozen=True, slots=True)
class Matched:
    """Sentence of the old edition → sentence of the new one, by number; `chain` are those that stay in order."""

    pairs: dict[int, int]
    chain: set[Pair]


def match(old: Pieces, new: Pieces) -> Matched:
    """Match all sentences of two editions, one to one."""
    budget = Budget(MOST_COMPARED)
    pairs: dict[int, int] = {}
    for a, b in _alike(old.paragraphs, new.paragraphs, budget).items():
        one, other = old.paragraphs[a], new.paragraphs[b]
        if one.text == other.text and one.last - one.first == other.last - other.first:
            pairs.update(zip(range(one.first, one.last), range(other.first, other.last), strict=True))
        else:
            inside = _alike(old.sentences[one.first : one.last], new.sentences[other.first : other.last], budget)
            pairs.update((one.first + x, other.first + y) for x, y in inside.items())
    taken = set(pairs.values())
    left = [piece for piece in old.sentences if piece.first not in pairs]
    free = [piece for piece in new.sentences if piece.first not in taken]
    pairs.update((left[x].first, free[y].first) for x, y in _alike(left, free, budget).items())
    return _settled(pairs, old, new)


def _settled(pairs: dict[int, int], old: Pieces, new: Pieces) -> Matched:
    """What is neither in order nor much alike is no match, but one sentence gone and another come."""
    order = sorted(pairs.items())
    chain = heaviest(order, [len(old.sentences[a].text) for a, _ in order])
    kept = {a: b for a, b in order if (a, b) in chain or _resemble(old.sentences[a].text, new.sentences[b].text) >= FAR}
    return Matched(kept, chain)


def _resemble(one: str, other: str) -> float:
    return 1.0 if one == other else likeness(features_of(one), features_of(other))


def _alike(old: Sequence[Piece], new: Sequence[Piece], budget: Budget) -> dict[int, int]:
    """One-to-one pairs of pieces, by their numbers in the two lists."""
    pairing = _Pairing([piece.text for piece in old], [piece.text for piece in new])
    gaps = list(_gaps(pairing.pairs, len(old), len(new)))
    pairing.pair_same()
    for gap in gaps:
        pairing.pair_near(*gap, budget)
    pairing.pair_far()
    return pairing.pairs


def _gaps(pairs: dict[int, int], old: int, new: int) -> Iterator[tuple[range, range]]:
    """What lies between pairs in order, where that is something on both sides."""
    a = b = 0
    for x, y in (*pairs.items(), (old, new)):
        if x > a and y > b:
            yield range(a, x), range(b, y)
        a, b = x + 1, y + 1


def _beside(left: Sequence[int], free: Sequence[int]) -> list[Pair]:
    """Pairs at about the same place in two lists."""
    places = ((a, at * len(free) // len(left)) for at, a in enumerate(left))
    return [(a, b) for a, place in places for b in free[max(0, place - ABOUT) : place + ABOUT + 1]]


class _Pairing:
    """Two lists of texts, and those that are paired so far; it begins with the same texts in order."""

    def __init__(self, here: Sequence[str], there: Sequence[str]) -> None:
        self._here, self._there = here, there
        self.pairs = dict(common(here, there))
        self._taken = set(self.pairs.values())
        self._features: dict[str, Features] = {}

    def pair_same(self) -> None:
        """Texts that are the same and stand elsewhere: the first with the first."""
        places: dict[str, list[int]] = defaultdict(list)
        for b in reversed(self._free(range(len(self._there)))):
            places[self._there[b]].append(b)
        for a in self._left(range(len(self._here))):
            if places.get(self._here[a]):
                self._pair(a, places[self._here[a]].pop())

    def pair_near(self, here: range, there: range, budget: Budget) -> None:
        """Texts between the same neighbours, the most alike first; of very many, those at about the same place."""
        left, free = self._left(here), self._free(there)
        found = [(a, b) for a in left for b in free] if len(left) * len(free) <= AT_ONCE else _beside(left, free)
        if budget.take(len(found)):
            self._pair_best(found, NEAR)

    def pair_far(self) -> None:
        """What is left, wherever it stands: compared is only what shares something that few have."""
        left, free = self._left(range(len(self._here))), self._free(range(len(self._there)))
        places: dict[str, list[int]] = defaultdict(list)
        for b in free if left else ():
            for feature in self._of(self._there[b]):
                places[feature].append(b)
        found: list[Pair] = []
        for a in left if places else ():
            shared: Counter[int] = Counter()
            for feature in self._of(self._here[a]):
                if len(places.get(feature, ())) <= TOO_COMMON:
                    shared.update(places.get(feature, ()))
            found.extend((a, b) for b, _ in shared.most_common(4))
        self._pair_best(found, FAR)

    def _left(self, numbers: range) -> list[int]:
        return [a for a in numbers if a not in self.pairs]

    def _free(self, numbers: range) -> list[int]:
        return [b for b in numbers if b not in self._taken]

    def _pair_best(self, found: Sequence[Pair], least: float) -> None:
        """The most alike first, and of those the least moved."""
        judged = ((likeness(self._of(self._here[a]), self._of(self._there[b])), a, b) for a, b in found)
        kept = [(-alike, abs(a - b), a, b) for alike, a, b in judged if alike >= least]
        for _, _, a, b in sorted(kept):
            if a not in self.pairs and b not in self._taken:
                self._pair(a, b)

    def _pair(self, a: int, b: int) -> None:
        self.pairs[a] = b
        self._taken.add(b)

    def _of(self, text: str) -> Features:
        if text not in self._features:
            self._features[text] = features_of(text)
        return self._features[text]
