"""Who has whom: never worse than the best of all ways, and the same whatever the order."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import pytest

from crawler.likeness.assigning import Odds, assign


def all_ways(odds: Odds, left: list[str], taken: frozenset[str] = frozenset()) -> Iterator[float]:
    """What every possible assignment comes to."""
    if not left:
        yield 0.0
        return
    first, *others = left
    yield from all_ways(odds, others, taken)
    for original, gain in odds[first].items():
        if original not in taken:
            yield from (gain + more for more in all_ways(odds, others, taken | {original}))


@pytest.mark.parametrize("seed", range(60))
def test_no_other_assignment_comes_to_more(seed: int) -> None:
    dice = random.Random(seed)
    odds = {
        f"t{t}": {f"o{o}": float(dice.randint(-3, 8)) for o in range(5) if dice.random() < 0.7}
        for t in range(dice.randint(1, 5))
    }
    chosen = assign(odds)
    assert len(set(chosen.values())) == len(chosen)
    assert all(odds[translation][original] > 0 for translation, original in chosen.items())
    assert math.fsum(odds[t][o] for t, o in chosen.items()) == max(all_ways(odds, sorted(odds)))


def test_the_order_in_which_it_is_told_does_not_matter() -> None:
    dice = random.Random(1)
    rows = {f"t{t}": {f"o{o}": float(dice.randint(1, 3)) for o in range(6)} for t in range(6)}
    expected = assign(rows)
    for _ in range(10):
        names = dice.sample(sorted(rows), len(rows))
        assert assign({name: dict(dice.sample(sorted(rows[name].items()), 6)) for name in names}) == expected


def test_one_gives_way_where_another_has_nothing_else() -> None:
    assert assign({"a": {"x": 9.0, "y": 8.0}, "b": {"x": 5.0}}) == {"a": "y", "b": "x"}
    assert assign({"a": {"x": 9.0}, "b": {"x": 5.0}}) == {"a": "x"}
    assert assign({"a": {"x": -1.0}, "b": {}}) == {}


def test_twenty_thousand_alike_take_no_longer_than_others() -> None:
    odds = {f"t{t:05}": {f"o{o:05}": 5.0 for o in range(max(0, t - 4), min(19_990, t + 4))} for t in range(20_000)}
    assert len(assign(odds)) == 19_990
