"""SENTENCES: which sentence of a translation renders which of its original, with no model, tokenizer or network.

`align(translation.text, original.text)` gives what a pair line carries as `alignment`; the files are in the order of
the path: sentences → evidence (words, numbers, names, lexicon) → features → corridor → lattice → confidence → links.
With an encoder of one's choice (encoders), its cosines are features too.
"""

from crawler.alignment.align import NotAlignable, align
from crawler.alignment.records import Alignment, ParagraphLink, SentenceLink, Span
from crawler.alignment.sentences import Sentence, split

__all__ = ["Alignment", "NotAlignable", "ParagraphLink", "Sentence", "SentenceLink", "Span", "align", "split"]
