"""OLD AND NEW WORDS → which of them were changed: Myers' greedy algorithm over words, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from crawler.editions.order import Budget
from crawler.editions.tokens import tokens_of

MOST_DIFFERENCES: Final = 600  # words taken out and put in; of what differs more, the middle is one change
MOST_STEPS: Final = 400_000  # for one sentence
LONGEST: Final = 100_000  # code points of both, without what they begin and end with alike, that are compared at all
BESIDE: Final = 64  # code points left standing there, so that words are told apart as in the whole
LEAST_ALIKE: Final = 0.3  # hardly anything in common: letters that happen to be alike say nothing


class Stretch(NamedTuple):
    """What was changed: code points of the old text from `a` to `a_end` became those of the new from `b` to `b_end`."""

    a: int
    a_end: int
    b: int
    b_end: int


def stretches(old: str, new: str, budget: Budget) -> list[Stretch]:
    """The changes that make `new` of `old`, in order; none if they are the same."""
    if old == new:
        return []
    start = max(0, _prefix(old, new) - BESIDE)
    end = max(0, _prefix(old[start:][::-1], new[start:][::-1]) - BESIDE)
    inside, outside = old[start : len(old) - end], new[start : len(new) - end]
    found = _compared(inside, outside, budget)
    whole = sum(one.a_end - one.a for one in found), sum(one.b_end - one.b for one in found)
    if min(len(old) - whole[0], len(new) - whole[1]) < LEAST_ALIKE * min(len(old), len(new)):
        return [Stretch(0, len(old), 0, len(new))]
    return [Stretch(start + a, start + a_end, start + b, start + b_end) for a, a_end, b, b_end in _readable(found)]


def _prefix(one: str, other: str) -> int:
    """How far two texts are alike, by halves."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _compared(old: str, new: str, budget: Budget) -> list[Stretch]:
    if len(old) + len(new) > LONGEST:
        return [Stretch(0, len(old), 0, len(new))]
    here, there = tokens_of(old), tokens_of(new)
    start = _alike(here, there)
    end = _alike(here[start:][::-1], there[start:][::-1])
    kept = _kept(here[start : len(here) - end], there[start : len(there) - end], budget)
    pairs = [(at, at) for at in range(start)]
    pairs += [(start + a, start + b) for a, b in kept]
    pairs += [(len(here) - at, len(there) - at) for at in range(end, 0, -1)]
    return _between(pairs, _offsets(here), _offsets(there))


def _alike(here: Sequence[str], there: Sequence[str]) -> int:
    pairs = enumerate(zip(here, there, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(here), len(there)))


def _offsets(tokens: Sequence[str]) -> list[int]:
    offsets = [0]
    for token in tokens:
        offsets.append(offsets[-1] + len(token))
    return offsets


def _kept(here: Sequence[str], there: Sequence[str], budget: Budget) -> list[tuple[int, int]]:
    """The words that stay, as pairs of their numbers; none where that would take more than the budget holds."""
    furthest = {1: 0}
    trail: list[dict[int, int]] = []
    allowance = Budget(min(MOST_STEPS, budget.left))
    for distance in range(min(MOST_DIFFERENCES, len(here) + len(there)) + 1):
        trail.append(dict(furthest))
        for k in range(-distance, distance + 1, 2):
            down = k == -distance or (k != distance and furthest[k - 1] < furthest[k + 1])
            x = furthest[k + 1] if down else furthest[k - 1] + 1
            began = x
            while x < len(here) and x - k < len(there) and here[x] == there[x - k]:
                x += 1
            furthest[k] = x
            if not allowance.take(x - began + 2):
                budget.take(min(MOST_STEPS, budget.left))
                return []
            if x >= len(here) and x - k >= len(there):
                budget.take(min(MOST_STEPS, budget.left) - allowance.left)
                return _walked(trail, len(here), len(there))
    budget.take(min(MOST_STEPS, budget.left) - allowance.left)
    return []


def _walked(trail: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    """Back along the shortest way; its diagonals are what stays."""
    pairs = []
    for distance in range(len(trail) - 1, -1, -1):
        furthest, k = trail[distance], x - y
        down = k == -distance or (k != distance and furthest[k - 1] < furthest[k + 1])
        before = k + 1 if down else k - 1
        before_x = furthest[before]
        while x > before_x and y > before_x - before and x > 0 and y > 0:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = before_x, before_x - before
    return pairs[::-1]


def _between(pairs: Sequence[tuple[int, int]], here: Sequence[int], there: Sequence[int]) -> list[Stretch]:
    """What lies between the words that stay."""
    found = []
    a = b = 0
    for x, y in (*pairs, (len(here) - 1, len(there) - 1)):
        if x > a or y > b:
            found.append(Stretch(here[a], here[x], there[b], there[y]))
        a, b = x + 1, y + 1
    return found


def _readable(found: Sequence[Stretch]) -> list[Stretch]:
    """Changes with less between them than was changed on either side are one: `[-cat sat-]{+dog ran+}`."""
    made: list[Stretch] = []
    for one in found:
        last = made[-1] if made else None
        if last is not None and one.a - last.a_end < min(_size(last), _size(one)):
            made[-1] = Stretch(last.a, one.a_end, last.b, one.b_end)
        else:
            made.append(one)
    return made


def _size(one: Stretch) -> int:
    return max(one.a_end - one.a, one.b_end - one.b)
