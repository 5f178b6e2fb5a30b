"""Encoders, for whoever wants one: `named("universal")`, or the folder of a sentence-transformers model of one's own.

None is needed, and none is imported before it is asked for; `align(…, encoder=…)` is who uses them. Weights are fitted
for an encoder before it is used: tools/fit_alignment.py, crawler/alignment/weights.
"""

from __future__ import annotations

from functools import cache

from crawler.alignment.encoders.protocol import Encoder, NoEncoder

__all__ = ["Encoder", "NoEncoder", "named", "opened"]


@cache
def named(choice: str) -> Encoder:
    """The encoder that a user chose, ready to align with, once a process; NoEncoder says what is missing."""
    from crawler.alignment.weights import load_for

    encoder = opened(choice)
    load_for(encoder)
    return encoder


def opened(choice: str) -> Encoder:
    """An encoder whether or not weights were fitted for it: `universal`, or a folder."""
    if choice == "universal":
        from crawler.alignment.encoders.universal import Universal

        return Universal()
    from crawler.alignment.encoders.transformers import Transformers

    return Transformers(choice)
