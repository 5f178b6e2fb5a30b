"""PAIRS WITHOUT A LINK: which original a translation renders, told by its words. `pairs(translations, originals)`.

The files are in the order of the path: candidates → windows → sketches → signs → shares (what the aligner makes of the
best few) → weights → assigning → pairing. `crawler.pairs` is who asks.
"""

from crawler.likeness.candidates import Candidate, Likely, Rival
from crawler.likeness.pairing import LEAST, method_now, pairs
from crawler.likeness.shares import KeptShares, Shares

__all__ = ["LEAST", "Candidate", "KeptShares", "Likely", "Rival", "Shares", "method_now", "pairs"]
