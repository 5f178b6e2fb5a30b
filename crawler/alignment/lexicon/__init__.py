"""What Japanese forms mean, as stems of English words: `load()` once, then `lexicon.longest(text, at)`.

`jmdict.tsv.gz` is derived from JMdict by tools/build_lexicon.py and carries its own LICENCE; `editorial.tsv` is ours,
for what editorials speak of and the snapshot does not know. `crawler.alignment.evidence` is who asks.
"""

from crawler.alignment.lexicon.lookup import EDITORIAL, JMDICT, Entry, Lexicon, load

__all__ = ["EDITORIAL", "JMDICT", "Entry", "Lexicon", "load"]
