"""TWO TEXTS → their alignment: `align(translation.text, original.text)`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from archives.errors import GenbunError
from crawler.alignment.confidence import confidence_of, signs_of
from crawler.alignment.corridor import corridor
from crawler.alignment.cosines import Cosines, compare
from crawler.alignment.encoders.protocol import Encoder
from crawler.alignment.evidence import Evidence, gather
from crawler.alignment.features import Features
from crawler.alignment.lattice import Lattice
from crawler.alignment.lexicon import Lexicon
from crawler.alignment.lexicon import load as load_lexicon
from crawler.alignment.links import Weighed, paragraph_links, sentence_links
from crawler.alignment.records import Alignment
from crawler.alignment.sentences import split
from crawler.alignment.weights import Weights, load_for
from crawler.alignment.weights import load as load_weights

METHOD: Final = "genbun-beads/1"

JAPANESE: Final = re.compile(r"[぀-ヿ㐀-鿿]")
LETTERS: Final = re.compile(r"[^\W\d_]")
LOOKED_AT: Final = 4000  # code points by which a language is told
LEAST_JAPANESE: Final = 0.3
MOST_SENTENCES: Final = 6000


class NotAlignable(GenbunError):
    """A pair of languages that the aligner does not know, or a text that is not in the language it is said to be."""

    exit_status = 2


def align(
    translation: str,
    original: str,
    *,
    translation_language: str = "en",
    original_language: str = "ja",
    encoder: Encoder | None = None,
) -> Alignment:
    """Which sentences of an English translation render which of its Japanese original; both are an article's `text`.

    An encoder, if there is one, has a say besides words and lengths. Raises NotAlignable where the languages are not
    these two, or a text is plainly not in its language; NoEncoder where no weights were fitted for the encoder.
    """
    _check(translation, translation_language, "en")
    _check(original, original_language, "ja")
    lexicon, weights = load_lexicon(), load_weights() if encoder is None else load_for(encoder)
    here, there = split(translation, "en"), split(original, "ja")
    if max(len(here), len(there)) > MOST_SENTENCES:
        raise NotAlignable(f"an article of {max(len(here), len(there)):,} sentences is more than {MOST_SENTENCES:,}")
    evidence = gather(here, there, lexicon)
    weighed = weigh(evidence, weights, None if encoder is None else compare(here, there, encoder))
    return Alignment(
        method=method_of(lexicon, weights, encoder),
        sentences=tuple(sentence_links(weighed, here, there, evidence)),
        paragraphs=tuple(paragraph_links(weighed, here, there)),
    )


def weigh(evidence: Evidence, weights: Weights, cosines: Cosines | None = None) -> list[Weighed]:
    """The beads of two articles, in order, each sentence of either in one of them."""
    features = Features(evidence, cosines)
    return [
        Weighed(signs.bead, confidence_of(signs, weights.curves))
        for lattice in lattices(features, weights.features)
        for signs in signs_of(lattice, features)
    ]


def lattices(features: Features, weights: Sequence[float]) -> Iterator[Lattice]:
    """Every bead that is possible under these weights; one lattice, or one for each stretch of a long article."""

    def score(shape: int, t: int, o: int) -> float:
        return sum(weights[at] * value for at, value in features.of(shape, t, o))

    for cells in corridor(*features.size, score):
        yield Lattice(cells, score)


def method_of(lexicon: Lexicon, weights: Weights, encoder: Encoder | None = None) -> str:
    """What an alignment depends on besides the two texts."""
    method = f"{METHOD} weights={weights.name}:{weights.digest} lexicon={lexicon.digest}"
    return method if encoder is None else f"{method} encoder={encoder.name}:{encoder.revision}"


def _check(text: str, language: str, expected: str) -> None:
    primary = language.partition("-")[0].casefold()
    if primary != expected:
        raise NotAlignable(f"only English translations of Japanese originals can be aligned, not {language!r} here")
    letters = LETTERS.findall(text[:LOOKED_AT])
    japanese = sum(JAPANESE.match(letter) is not None for letter in letters)
    if letters and (japanese < LEAST_JAPANESE * len(letters)) is (expected == "ja"):
        raise NotAlignable(
            f"a text said to be {language!r} is not: {japanese} of its {len(letters)} letters are Japanese"
        )
