"""CANDIDATES → sketches: an article's words, names and numbers as sets, so that two are compared in a tenth of a ms.

The words are those of the aligner (stems of English, longest matches in the lexicon of Japanese), without their order.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from crawler.alignment.lexicon import Lexicon
from crawler.alignment.names import latin_skeletons
from crawler.alignment.numbers import numbers_of_english, numbers_of_japanese
from crawler.alignment.terms import Term, terms_of
from crawler.alignment.words import stem_of, words_of
from crawler.likeness.candidates import Candidate

MOST_ENGLISH: Final = 12_000  # code points that are read; an editorial has a third of that
MOST_JAPANESE: Final = 5_000
LEAST_SKELETON: Final = 3  # sounds; two are too many words' own
ROUNDED: Final = (2, 3)  # figures to which a translator may make a number round

Token = str | float
"""A stem, or the worth of a number."""


class English(NamedTuple):
    """A translation: its stems, its capitalised words by their sounds, and its telling numbers."""

    candidate: Candidate
    stems: frozenset[str]
    headline: frozenset[str]
    skeletons: dict[str, str]
    numbers: frozenset[float]


class Japanese(NamedTuple):
    """An original: its terms, numbered, by what they would be in English.

    `keys` has the first stem of a gloss → the term, and the stems that must be there, too. `values` has the worth of
    numbers, exact and rounded, → the term; `numbers` is how many of them are telling.
    """

    candidate: Candidate
    terms: list[str]
    headline: frozenset[int]
    keys: dict[str, list[tuple[int, tuple[str, ...]]]]
    skeletons: dict[str, int]
    values: dict[float, int]
    numbers: int


class Meeting(NamedTuple):
    """What both have: tokens of the translation, and terms of the original by number."""

    tokens: frozenset[Token]
    terms: frozenset[int]


def english_of(candidate: Candidate) -> English:
    """The sketch of a translation."""
    text = candidate.text[:MOST_ENGLISH]
    words = dict.fromkeys(words_of(text))
    names = [word for word in words if word[0].isupper() and stem_of(word)]
    return English(
        candidate,
        frozenset(stem for word in words if (stem := stem_of(word))),
        frozenset(stem for word in words_of(candidate.headline) if (stem := stem_of(word))),
        {skeleton: stem_of(name) for name in names for skeleton in latin_skeletons(name) if _is_name(skeleton)},
        frozenset(value for number in numbers_of_english(text) if number.is_telling for value in number.values),
    )


def japanese_of(candidate: Candidate, lexicon: Lexicon) -> Japanese:
    """The sketch of an original."""
    text = candidate.text[:MOST_JAPANESE]
    headline = dict.fromkeys(terms_of(candidate.headline, lexicon))
    terms = list(dict.fromkeys([*headline, *terms_of(text, lexicon)]))
    sketch = Japanese(
        candidate,
        [term.written for term in terms],
        frozenset(range(len(headline))),
        {},
        {},
        {},
        len({number.values for number in numbers_of_japanese(text) if number.is_telling}),
    )
    for at, term in enumerate(terms):
        _enter(sketch, at, term)
    return sketch


def meet(here: English, there: Japanese) -> Meeting:
    """What a translation and an original have in common."""
    tokens: set[Token] = set()
    terms: set[int] = set()
    for stem in here.stems & there.keys.keys():
        for term, others in there.keys[stem]:
            if not others or here.stems.issuperset(others):
                terms.add(term)
                tokens.add(stem)
                tokens.update(others)
    for skeleton in here.skeletons.keys() & there.skeletons.keys():
        tokens.add(here.skeletons[skeleton])
        terms.add(there.skeletons[skeleton])
    for value in here.numbers & there.values.keys():
        tokens.add(value)
        terms.add(there.values[value])
    return Meeting(frozenset(tokens), frozenset(terms))


def _enter(sketch: Japanese, at: int, term: Term) -> None:
    for first, *others in term.glosses:
        sketch.keys.setdefault(first, []).append((at, tuple(others)))
    if _is_name(term.skeleton):
        sketch.skeletons.setdefault(term.skeleton, at)
    for value in term.values:
        for written in (value, *_rounded(value)):
            sketch.values.setdefault(written, at)


def _is_name(skeleton: str) -> bool:
    return len(skeleton) >= LEAST_SKELETON


def _rounded(value: float) -> list[float]:
    return [float(f"{value:.{figures - 1}e}") for figures in ROUNDED] if value >= 100 else []
