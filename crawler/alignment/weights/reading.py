"""WEIGHTS → numbers in the order of the features, and what they were fitted on."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from crawler.alignment.features import NAMES


class Weights(NamedTuple):
    """What each feature weighs, and the curves that make posteriors into confidences."""

    name: str
    digest: str
    fitted_on: str
    features: tuple[float, ...]
    curves: dict[str, tuple[float, ...]]


@lru_cache(maxsize=8)
def load(name: str = "lexicon") -> Weights:
    """The weights of this name; LookupError if none were ever fitted."""
    file = Path(__file__).with_name(f"{name}.json")
    if not file.is_file():
        raise LookupError(f"no weights were fitted for {name!r}; tools/fit_alignment.py makes them")
    return read(name, file.read_bytes())


def read(name: str, body: bytes) -> Weights:
    """Weights from the JSON they are kept in."""
    kept = json.loads(body)
    return Weights(
        name=name,
        digest=hashlib.sha256(body).hexdigest()[:8],
        fitted_on=kept["fitted_on"],
        features=tuple(float(kept["features"][feature]) for feature in NAMES),
        curves={curve: tuple(map(float, terms)) for curve, terms in kept["curves"].items()},
    )
