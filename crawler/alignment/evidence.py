"""SENTENCES → evidence: which words, names and numbers of one side are met on the other, and where.

Every content word carries one to six bits, more the rarer its counterparts are among the other side's sentences. What a
sentence has in common with another is then one integer; what it has in common with two of them is those integers or-ed,
and how much that is, the number of bits set.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Final, NamedTuple, TypeVar

from crawler.alignment.band import Band
from crawler.alignment.lexicon import Lexicon
from crawler.alignment.names import is_same_name, latin_skeletons
from crawler.alignment.numbers import Number, numbers_of_english, numbers_of_japanese
from crawler.alignment.sentences import Sentence, is_heading
from crawler.alignment.terms import Term, terms_of
from crawler.alignment.words import stem_of, words_of

BITS_A_NAT: Final = 2.0  # bits for each unit of ln(sentences / sentences that have a counterpart)
MAX_BITS: Final = 6
RIVALS: Final = 6  # of the best counterparts of a sentence, so many are remembered
MAX_TERMS: Final = 160  # of one sentence; a megabyte without a full stop is no sentence
MAX_TEXT: Final = 2000  # code points of one sentence that are read
MAX_FUZZY: Final = 200_000  # pairs of names that are compared sound by sound; longer articles are matched exactly


@dataclass(slots=True)
class Side:
    """What is known of one side's sentences; places in the lists are sentence numbers."""

    paragraphs: list[int]
    lengths: list[float]
    numbers: list[list[Number]]
    questions: list[bool]
    quotes: list[bool]
    headings: list[bool]
    #: sentence → sentence of the other side → bits of what both have.
    matched: list[dict[int, int]] = field(default_factory=list)
    #: bits of all that has a counterpart somewhere, and how many words have none.
    totals: list[int] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)
    #: (bits, sentence of the other side), the best first.
    best: list[list[tuple[int, int]]] = field(default_factory=list)


class Evidence(NamedTuple):
    """Both sides, as far as they are known from each other."""

    translation: Side
    original: Side
    #: names in katakana → the stems that the translation has for them.
    renderings: dict[str, frozenset[str]]


def gather(translation: Sequence[Sentence], original: Sequence[Sentence], lexicon: Lexicon) -> Evidence:
    """What speaks for and against each pair of sentences."""
    english, japanese = english_side(translation), japanese_side(original)
    terms = [list(dict.fromkeys(terms_of(sentence.text[:MAX_TEXT], lexicon)))[:MAX_TERMS] for sentence in original]
    words = [words_of(sentence.text[:MAX_TEXT])[: MAX_TERMS * 2] for sentence in translation]
    tokens = [_english_tokens(found, numbers) for found, numbers in zip(words, english.numbers, strict=True)]
    counterparts = _Counterparts(words, tokens, terms)
    _fill(japanese, terms, counterparts.of_term, len(translation))
    _fill(english, tokens, counterparts.of_token, len(original))
    return Evidence(english, japanese, counterparts.renderings)


# sides --------------------------------------------------------------------------------------------


def english_side(sentences: Sequence[Sentence]) -> Side:
    """What an English sentence shows by itself."""
    texts = [sentence.text for sentence in sentences]
    return Side(
        paragraphs=[sentence.paragraph for sentence in sentences],
        lengths=[float(len(text)) for text in texts],
        numbers=[numbers_of_english(text[:MAX_TEXT]) for text in texts],
        questions=[text.rstrip("\"'”’)").endswith("?") for text in texts],
        quotes=[any(mark in text for mark in '"“”') for text in texts],
        headings=_headings(sentences),
    )


def japanese_side(sentences: Sequence[Sentence]) -> Side:
    """What a Japanese sentence shows by itself. A kanji says about twice as much as a kana."""
    texts = [sentence.text for sentence in sentences]
    return Side(
        paragraphs=[sentence.paragraph for sentence in sentences],
        lengths=[2.0 * len(text) + len(re.findall("[一-鿿]", text)) for text in texts],
        numbers=[numbers_of_japanese(text[:MAX_TEXT]) for text in texts],
        questions=[text.rstrip("」』）").endswith(("?", "？", "か。", "か")) for text in texts],
        quotes=["「" in text for text in texts],
        headings=_headings(sentences),
    )


def _headings(sentences: Sequence[Sentence]) -> list[bool]:
    """Which of them are a paragraph by themselves, and read like a heading."""
    sizes = Counter(sentence.paragraph for sentence in sentences)
    return [sizes[sentence.paragraph] == 1 and is_heading(sentence.text) for sentence in sentences]


# counterparts -------------------------------------------------------------------------------------

Token = str | frozenset[float]
"""Of an English sentence: a stem, or the values of a number."""
T = TypeVar("T", bound=Hashable)


class Met(NamedTuple):
    """Which sentences of the other side have the whole of something, and which a part of it, as bits."""

    whole: int
    part: int = 0


class _Counterparts:
    """Which terms of an article are met where in the other, and the other way about."""

    def __init__(self, words: list[list[str]], tokens: list[list[Token]], terms: list[list[Term]]) -> None:
        self._places = _places_of(tokens)
        self._names = _Names(words)
        self._values: dict[float, int] = defaultdict(int)
        for token, places in self._places.items():
            for value in token if isinstance(token, frozenset) else ():
                self._values[value] |= places
        self._covered: dict[Token, int] = defaultdict(int)
        self.renderings: dict[str, frozenset[str]] = {}
        self._met = {term: self._meet(term, where) for term, where in _places_of(terms).items()}
        for token in self._places:
            if isinstance(token, frozenset):
                self._covered[token] = _any_of(self._covered.get(frozenset({value}), 0) for value in token)

    def of_term(self, term: Term) -> Met:
        """Where the translation has what a Japanese word means."""
        return self._met[term]

    def of_token(self, token: Token) -> Met:
        """Where the original has what an English word renders."""
        return Met(self._covered.get(token, 0))

    def _meet(self, term: Term, where: int) -> Met:
        whole = part = 0
        for gloss in term.glosses:
            found = [self._places.get(stem, 0) for stem in gloss]
            together = reduce(and_, found)
            whole |= together
            if together:
                for stem in gloss:
                    self._covered[stem] |= where
            elif len(gloss) > 1:
                part |= _any_of(found)
        for value in term.values:
            whole |= self._values.get(value, 0)
            self._covered[frozenset({value})] |= where
        if term.skeleton:
            alike = self._names.like(term.skeleton)
            self.renderings[term.written] = frozenset(stem for stem, _ in alike)
            for stem, places in alike:
                whole |= places
                self._covered[stem] |= where
        return Met(whole, part & ~whole)


class _Names:
    """The words of a translation by their sounds."""

    def __init__(self, words: list[list[str]]) -> None:
        self._stems: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for at, found in enumerate(words):
            for word in set(found):
                stem, least = stem_of(word), 2 if word[0].isupper() else 3
                for skeleton in latin_skeletons(word) if stem else ():
                    if len(skeleton) >= least:
                        self._stems[skeleton][stem] |= 1 << at
        self._lookups = 0

    def like(self, skeleton: str) -> list[tuple[str, int]]:
        """Stems that sound like a name in katakana, and where they are."""
        found = list(self._stems.get(skeleton, {}).items())
        if not found and self._lookups < MAX_FUZZY:
            self._lookups += len(self._stems)
            alike = [known for known in self._stems if is_same_name(skeleton, known)]
            found = [item for known in alike for item in self._stems[known].items()]
        return found


def _places_of(rows: Iterable[Iterable[T]]) -> dict[T, int]:
    """What stands in which rows, as bits."""
    places: dict[T, int] = defaultdict(int)
    for at, row in enumerate(rows):
        for item in row:
            places[item] |= 1 << at
    return dict(places)


def _any_of(places: Iterable[int]) -> int:
    return reduce(or_, places, 0)


def _english_tokens(words: list[str], numbers: list[Number]) -> list[Token]:
    stems: list[Token] = [stem for word in words if (stem := stem_of(word))]
    values: list[Token] = [number.values for number in numbers]
    return list(dict.fromkeys(stems + values))[:MAX_TERMS]


def _fill(side: Side, rows: list[list[T]], met: Callable[[T], Met], there: int) -> None:
    """Lay out each sentence's bits, and set them for each sentence of the other side that has the word."""
    band = Band(len(rows), there)
    for at, row in enumerate(rows):
        low, high = band.around(at)
        window = (1 << (high - low)) - 1
        matched: dict[int, int] = defaultdict(int)
        total = orphans = 0
        for item in row:
            whole, part = met(item)
            if not whole and not part:
                orphans += 1
                continue
            size = _bits((whole | part).bit_count(), there)
            for places, share in ((whole, size), (part, size // 2)):
                bits = ((1 << share) - 1) << total
                for other in _ones((places >> low) & window):
                    matched[low + other] |= bits
            total += size
        side.matched.append(matched)
        side.totals.append(total)
        side.orphans.append(orphans)
        ranked = sorted(
            ((bits.bit_count(), other) for other, bits in matched.items()), key=lambda one: (-one[0], one[1])
        )
        side.best.append(ranked[:RIVALS])


def _ones(bits: int) -> Iterator[int]:
    """Which bits are set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _bits(found: int, among: int) -> int:
    return min(MAX_BITS, round(BITS_A_NAT * math.log((among + 1) / found)))
