"""TWO LISTS → what they have in common, in order: near linear, whatever is in them, and always the same."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

Pair = tuple[int, int]

SMALL: Final = 2500  # pairs of items among which the longest common subsequence is searched outright
PATIENCE: Final = 24  # times the items are looked at: nested repetitions would have no end otherwise


class Budget:
    """So much work may be done, and beyond it, less finely. It is counted, not timed: results are alike anywhere."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def take(self, steps: int) -> bool:
        """Whether so much is left; if so, it is taken."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


def common(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Equal items paired so that no two pairs cross, by what is unique in both, then between that (patience diff)."""
    budget = Budget(PATIENCE * (len(old) + len(new) + 100))
    pairs: list[Pair] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        a, a_end, b, b_end = waiting.pop()
        while a < a_end and b < b_end and old[a] == new[b]:
            pairs.append((a, b))
            a, b = a + 1, b + 1
        while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
            pairs.append((a_end, b_end))
        size = (a_end - a) * (b_end - b)
        if not size or not budget.take(a_end - a + b_end - b):
            continue
        anchors = _anchors(old[a:a_end], new[b:b_end])
        if anchors:
            at, bt = a, b
            for x, y in anchors:
                waiting.append((at, a + x + 1, bt, b + y + 1))  # it ends with the anchor, which is taken off as its end
                at, bt = a + x + 1, b + y + 1
            waiting.append((at, a_end, bt, b_end))
        elif size <= SMALL and budget.take(size // 50):
            pairs.extend((a + x, b + y) for x, y in _longest(old[a:a_end], new[b:b_end]))
    return sorted(pairs)


def heaviest(pairs: Sequence[Pair], weights: Sequence[int]) -> set[Pair]:
    """Of one-to-one pairs, those that stay in order and weigh most together: the others have moved."""
    order = sorted(range(len(pairs)), key=lambda at: pairs[at])
    ranks = {b: rank for rank, b in enumerate(sorted(b for _, b in pairs), start=1)}
    best: list[tuple[int, int]] = [(0, -1)] * (len(pairs) + 1)  # a Fenwick tree: rank → weight, and its last pair
    before: dict[int, int] = {}
    for at in order:
        rank = ranks[pairs[at][1]]
        weight, last = 0, -1
        step = rank - 1
        while step > 0:
            if best[step][0] > weight:
                weight, last = best[step]
            step -= step & -step
        before[at] = last
        step = rank
        while step <= len(pairs):
            if weight + weights[at] > best[step][0]:
                best[step] = (weight + weights[at], at)
            step += step & -step
    chain: set[Pair] = set()
    at = _last(best, len(pairs))
    while at >= 0:
        chain.add(pairs[at])
        at = before[at]
    return chain


def _last(best: Sequence[tuple[int, int]], size: int) -> int:
    weight, last, step = 0, -1, size
    while step > 0:
        if best[step][0] > weight:
            weight, last = best[step]
        step -= step & -step
    return last


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """The longest run of items that are unique in both and in the same order."""
    there = _unique(new)
    here = [(a, there[item]) for item, a in _unique(old).items() if item in there]
    return list(_rising(here))


def _unique(items: Sequence[str]) -> dict[str, int]:
    seen: dict[str, int] = {}
    for at, item in enumerate(items):
        seen[item] = -1 if item in seen else at
    return {item: at for item, at in seen.items() if at >= 0}


def _rising(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The longest subsequence whose second numbers rise, of pairs whose first numbers do."""
    tops: list[int] = []
    heads: list[int] = []
    before: list[int] = []
    for at, (_, b) in enumerate(pairs):
        place = bisect_left(tops, b)
        before.append(heads[place - 1] if place else -1)
        tops[place : place + 1], heads[place : place + 1] = [b], [at]
    chain = []
    at = heads[-1] if heads else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return reversed(chain)


def _longest(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """The longest common subsequence, outright."""
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in range(len(old) - 1, -1, -1):
        for b in range(len(new) - 1, -1, -1):
            same = old[a] == new[b]
            lengths[a][b] = lengths[a + 1][b + 1] + 1 if same else max(lengths[a + 1][b], lengths[a][b + 1])
    a = b = 0
    while a < len(old) and b < len(new):
        if old[a] == new[b]:
            yield a, b
            a, b = a + 1, b + 1
        elif lengths[a + 1][b] >= lengths[a][b + 1]:
            a += 1
        else:
            b += 1
