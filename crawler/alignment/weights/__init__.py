"""Weights, one file an encoder (`lexicon` is none), fitted by tools/fit_alignment.py; `load(name)` reads them.

An encoder without a file here is refused: its weights cannot be guessed.
"""

from crawler.alignment.weights.reading import Weights, load

__all__ = ["Weights", "load"]
