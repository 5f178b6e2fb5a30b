"""Gale and Church (1993): sentences aligned by their lengths alone. The baseline beside which the aligner is measured.

Lengths of the original are brought to the translation's scale by the ratio of the two articles, a kindness beyond the
paper's single constant; priors and variance are the paper's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

PRIORS: Final = {(1, 1): 0.89, (1, 0): 0.00495, (0, 1): 0.00495, (2, 1): 0.0445, (1, 2): 0.0445, (2, 2): 0.011}
VARIANCE: Final = 6.8  # a character

Bead = tuple[tuple[int, ...], tuple[int, ...]]


def gale_church(translation: Sequence[str], original: Sequence[str]) -> list[Bead]:
    """The beads of the cheapest path."""
    lengths_t = [float(len(text)) for text in translation]
    scale = sum(lengths_t) / max(1, sum(map(len, original)))
    lengths_o = [len(text) * scale for text in original]
    costs = {(0, 0): 0.0}
    steps: dict[tuple[int, int], tuple[int, int]] = {}
    for t in range(len(lengths_t) + 1):
        for o in range(len(lengths_o) + 1):
            options = [
                (
                    costs[t - size_t, o - size_o] + _cost(lengths_t[t - size_t : t], lengths_o[o - size_o : o], prior),
                    step,
                )
                for step, prior in PRIORS.items()
                for size_t, size_o in [step]
                if t >= size_t and o >= size_o
            ]
            if options:
                costs[t, o], steps[t, o] = min(options)
    return _path(steps, len(lengths_t), len(lengths_o))


def _cost(translation: Sequence[float], original: Sequence[float], prior: float) -> float:
    length_t, length_o = sum(translation), sum(original)
    mean = (length_t + length_o) / 2
    delta = (length_t - length_o) / math.sqrt(VARIANCE * mean) if mean else 0.0
    return -math.log(max(1e-300, math.erfc(abs(delta) / math.sqrt(2)))) - math.log(prior)


def _path(steps: dict[tuple[int, int], tuple[int, int]], t: int, o: int) -> list[Bead]:
    beads: list[Bead] = []
    while t or o:
        size_t, size_o = steps[t, o]
        beads.append((tuple(range(t - size_t, t)), tuple(range(o - size_o, o))))
        t, o = t - size_t, o - size_o
    return beads[::-1]
