"""SKETCHES → signs: what speaks for each original in a translation's window, as a few numbers a weight each.

A word that few originals of the window have says more than one that all have: each is weighed by how many do.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from crawler.likeness.shares import LENGTHS
from crawler.likeness.sketches import English, Japanese, Meeting, Token, meet
from crawler.likeness.windows import lag_of, window_of

#: Signs that cost next to nothing, and what the aligner adds to them.
CHEAP: Final = ("none", "share_t", "share_o", "headline", "numbers", "off", "other_kind", "length")
ALIGNED: Final = ("alike_t", "alike_o")

#: A window may hold one original; so many more are thought to be there, and to have a word as often as strangers do.
IMAGINED: Final = 8
STRANGERS: Final = 0.2
T = TypeVar("T", bound=Hashable)


def signs_of(here: English, window: Sequence[Japanese]) -> list[tuple[float, ...]]:
    """The cheap signs of each original in the window, in the order of `CHEAP`."""
    met = [meet(here, there) for there in window]
    tokens = _weights((one.tokens for one in met), len(window))
    terms = _weights((there.terms for there in window), len(window))
    tokens_lost = _lost(len(window)) * (len(here.stems) + len(here.numbers) - len(tokens))
    total = math.fsum(tokens.values()) + tokens_lost
    return [_signs(here, there, one, (tokens, total), terms) for one, there in zip(met, window, strict=True)]


def _signs(
    here: English,
    there: Japanese,
    met: Meeting,
    tokens: tuple[Mapping[Token, float], float],
    terms: Mapping[str, float],
) -> tuple[float, ...]:
    ours = _share(tokens[0], met.tokens, tokens[1])
    theirs = _share(terms, [there.terms[at] for at in met.terms], math.fsum(terms[term] for term in there.terms))
    return (
        1.0,
        ours if there.candidate.is_whole else max(ours, theirs),  # of a beginning, only its own side can be covered
        theirs,
        _headlines(here, there, met),
        _numbers(here, there),
        float(_off(here, there)),
        float(there.candidate.kind != here.candidate.kind),
        _length(here, there),
    )


def _weights(having: Iterable[Iterable[T]], size: int) -> dict[T, float]:
    """How much each item says: the fewer have it, the more."""
    counts = Counter(item for items in having for item in items)
    return {item: math.log((size + IMAGINED) / (count + IMAGINED * STRANGERS)) for item, count in counts.items()}


def _lost(size: int) -> float:
    """What a word counts that no original has: less than one that some have, since dictionaries have gaps."""
    return math.log((size + IMAGINED) / (IMAGINED * STRANGERS)) / 4


def _share(weights: Mapping[T, float], met: Iterable[T], total: float) -> float:
    return math.fsum(weights[item] for item in met) / max(total, 1.0)  # the same in whatever order sets come


def _headlines(here: English, there: Japanese, met: Meeting) -> float:
    """How much of either headline the other article has."""
    ours = len(here.headline.intersection(met.tokens)) / max(4, len(here.headline))
    theirs = len(there.headline.intersection(met.terms)) / max(4, len(there.headline))
    return (ours + theirs) / 2


def _numbers(here: English, there: Japanese) -> float:
    """Telling numbers that both have, less those that the side with fewer has alone; by logarithm."""
    met = len(here.numbers & there.values.keys())
    missed = min(len(here.numbers), there.numbers) - met
    return math.log1p(met) - math.log1p(max(0, missed))


def _off(here: English, there: Japanese) -> int:
    window = window_of(here.candidate, there.candidate)
    assert window is not None
    return window.off(lag_of(here.candidate, there.candidate))


def _length(here: English, there: Japanese) -> float:
    """How far the lengths are from what is usual; nothing where the original is not whole."""
    if not there.candidate.is_whole or not here.candidate.is_whole:
        return 0.0
    return abs(math.log((len(here.candidate.text) + 200) / (LENGTHS * (len(there.candidate.text) + 70))))
