"""SIGNS → log odds that an original is the one, rather than none. Fitted by `python -m bench.likeness --fit`.

A conditional logit: of the originals in a window one is right, or none is, and each that speaks for itself speaks
against the others. The cheap signs choose whom the aligner is asked about; with what it says, others weigh.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Final, NamedTuple

from crawler.likeness.shares import Share
from crawler.likeness.signs import ALIGNED, CHEAP

FILE: Final = "weights.json"


class Weights(NamedTuple):
    """What the signs weigh before the aligner was asked, and after."""

    digest: str
    cheap: tuple[float, ...]
    full: tuple[float, ...]


@lru_cache(maxsize=1)
def load() -> Weights:
    """The weights that are shipped."""
    body = resources.files("crawler.likeness").joinpath(FILE).read_bytes()  # an egg is not unpacked
    kept = json.loads(body)
    return Weights(
        hashlib.sha256(body).hexdigest()[:8],
        tuple(float(kept["cheap"][name]) for name in CHEAP),
        tuple(float(kept["full"][name]) for name in (*CHEAP, *ALIGNED)),
    )


def log_odds(weights: Sequence[float], signs: Sequence[float]) -> float:
    """How much more probable it is that this one is the original than that none is; by logarithm."""
    return sum(weight * sign for weight, sign in zip(weights, signs, strict=True))


def with_share(signs: Sequence[float], share: Share) -> tuple[float, ...]:
    """All signs, in the order of `CHEAP` and `ALIGNED`."""
    return (*signs, *share)
