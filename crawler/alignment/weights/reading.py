"""WEIGHTS → numbers in the order of the features, and what they were fitted on."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from crawler.alignment.encoders.protocol import Encoder, NoEncoder
from crawler.alignment.features import ENCODED, NAMES


class Weights(NamedTuple):
    """What each feature weighs, and the curves that make posteriors into confidences."""

    name: str
    digest: str
    fitted_on: str
    features: tuple[float, ...]
    curves: dict[str, tuple[float, ...]]
    #: Of the encoder that they were fitted for; None if for none.
    revision: str | None


@lru_cache(maxsize=8)
def load(name: str = "lexicon") -> Weights:
    """The weights of this name; LookupError if none were ever fitted."""
    file = resources.files("crawler.alignment.weights") / f"{name}.json"  # Scrapyd runs us out of a zipped egg
    if not file.is_file():
        raise LookupError(f"no weights were fitted for {name!r}; tools/fit_alignment.py makes them")
    return read(name, file.read_bytes())


def load_for(encoder: Encoder) -> Weights:
    """The weights that were fitted for this very encoder; NoEncoder if none were: they cannot be guessed."""
    known = f"the encoder {encoder.name} {encoder.revision}"
    if not encoder.weights.is_file():
        raise NoEncoder(f"no weights were fitted for {known}: tools/fit_alignment.py makes {encoder.weights}")
    try:
        weights = read(encoder.name, encoder.weights.read_bytes())
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        raise NoEncoder(f"{encoder.weights} does not hold the weights of an encoder: {why!r}") from why
    if weights.revision != encoder.revision:
        raise NoEncoder(f"{encoder.weights} was fitted for revision {weights.revision}, not for {known}")
    return weights


def read(name: str, body: bytes) -> Weights:
    """Weights from the JSON they are kept in."""
    kept = json.loads(body)
    revision = kept.get("revision")
    return Weights(
        name=name,
        digest=hashlib.sha256(body).hexdigest()[:8],
        fitted_on=kept["fitted_on"],
        features=tuple(
            float(kept["features"][feature]) for feature in (NAMES if revision is None else (*NAMES, *ENCODED))
        ),
        curves={curve: tuple(map(float, terms)) for curve, terms in kept["curves"].items()},
        revision=revision,
    )
