"""Weights, one file an encoder (`lexicon` is none), fitted by tools/fit_alignment.py; `load(name)` reads them.

`load_for(encoder)` refuses an encoder without: its weights cannot be guessed. Those of a user's own model lie in its
folder.
"""

from crawler.alignment.weights.reading import Weights, load, load_for

__all__ = ["Weights", "load", "load_for"]
