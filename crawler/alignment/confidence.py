"""POSTERIORS → confidences: how often links that looked like this one were right.

A posterior is exact for the model and too sure for the world, above all for two articles that have nothing to do with
each other: the model takes for granted that one translates the other. Logistic curves, fitted on articles that the
weights have not seen and on pairs that are none, bring it to what it proved to be worth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from crawler.alignment.features import Features
from crawler.alignment.lattice import Bead, Lattice

SUREST: Final = 12.0


class Confidence(NamedTuple):
    """Of a bead: that it pairs what belongs together, and that its borders are right, too."""

    p_pair: float
    p_exact: float


class Signs(NamedTuple):
    """What the confidences of a bead depend on: the curves are curves of these."""

    bead: Bead
    values: tuple[float, ...]


def confidence_of(signs: Signs, curves: Mapping[str, tuple[float, ...]]) -> Confidence:
    """A bead's two confidences, to three decimals. What is sure of a border is as sure of the pair."""
    if not signs.bead.links:
        alone = _on_curve(curves["alone"], signs.values)
        return Confidence(alone, alone)
    pair, exact = _on_curve(curves["pair"], signs.values), _on_curve(curves["exact"], signs.values)
    return Confidence(max(pair, exact), exact)


def signs_of(lattice: Lattice, features: Features) -> Iterator[Signs]:
    """The best beads in order: 1, the log odds of the bead and of its links, how alike its sides and all sides are."""
    path, links = lattice.best(), lattice.links()
    alike = [features.likeness(bead.t, bead.end[0], bead.o, bead.end[1]) for bead in path if bead.links]
    overall = _share(alike)
    alike_in_order = iter(alike)
    for bead in path:
        if bead.links:
            mean = sum(links.get(link, 0.0) for link in bead.links) / len(bead.links)
            own = _share([next(alike_in_order)])
            yield Signs(bead, (1.0, log_odds(bead.posterior), log_odds(mean), own, overall))
        else:
            yield Signs(bead, (1.0, log_odds(bead.posterior), overall))


def log_odds(chance: float) -> float:
    """ln(p / (1 - p)), within bounds."""
    if not 0.0 < chance < 1.0:
        return SUREST if chance > 0.5 else -SUREST
    return max(-SUREST, min(SUREST, math.log(chance / (1.0 - chance))))


def _share(alike: Sequence[tuple[float, float]]) -> float:
    return sum(met for met, _ in alike) / max(1.0, sum(said for _, said in alike))


def _on_curve(terms: tuple[float, ...], signs: tuple[float, ...]) -> float:
    total = sum(term * sign for term, sign in zip(terms, signs, strict=True))
    return round(1.0 / (1.0 + math.exp(-max(-SUREST, min(SUREST, total)))), 3)
