"""SENTENCE → terms: the words, names and numbers of a Japanese sentence, by longest match. No tokenizer parts them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from crawler.alignment.lexicon import Lexicon
from crawler.alignment.lexicon.lookup import Gloss
from crawler.alignment.names import KATAKANA, katakana_skeleton
from crawler.alignment.numbers import Number, numbers_of_japanese
from crawler.alignment.words import stem_of

LATIN: Final = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ][A-Za-zＡ-Ｚａ-ｚ]+")
HIRAGANA: Final = re.compile(r"[ぁ-ゖ]")
WORTH_ASKING: Final = re.compile(r"[぀-ヿ㐀-鿿豈-﫿々〆ヵヶ]")
MIN_KANA: Final = 3  # shorter words in kana are mostly no words but endings


class Term(NamedTuple):
    """A word of a Japanese sentence: its glosses, or its sounds if it is a name, or its values if a number."""

    written: str
    glosses: tuple[Gloss, ...] = ()
    skeleton: str = ""
    values: frozenset[float] = frozenset()


def terms_of(text: str, lexicon: Lexicon) -> Iterator[Term]:
    """The words of a Japanese sentence by longest match; no tokenizer parts them."""
    numbers = {number.start: number for number in numbers_of_japanese(text)}
    at = 0
    while at < len(text):
        taken = 0
        for term, length in _terms_at(text, at, numbers.get(at), lexicon):
            yield term
            taken = max(taken, length)
        at += taken or 1


def _terms_at(text: str, at: int, number: Number | None, lexicon: Lexicon) -> Iterator[tuple[Term, int]]:
    if number:
        yield Term(text[number.start : number.end], values=number.values), number.end - number.start
    if found := LATIN.match(text, at):
        stem = stem_of(unicodedata.normalize("NFKC", found[0]))
        yield Term(found[0], ((stem,),) if stem else ()), len(found[0])
    if not WORTH_ASKING.match(text, at):
        return
    if found := KATAKANA.match(text, at):
        yield from ((term, len(found[0])) for term in _katakana(found[0], lexicon))
        return
    entry = lexicon.longest(text, at)
    if entry and (entry.length >= MIN_KANA or not HIRAGANA.match(text, at)) and (not number or entry.length > 1):
        yield Term(text[at : at + entry.length], entry.glosses), entry.length
    elif not entry and not number and not HIRAGANA.match(text, at):
        yield Term(text[at]), 1


def _katakana(word: str, lexicon: Lexicon) -> Iterator[Term]:
    """A word in katakana: what it means, how it sounds, and the same of the words it may be made of."""
    entry = lexicon.longest(word, 0)
    is_whole = entry is not None and entry.length >= len(word)
    yield Term(word, entry.glosses if entry and is_whole else (), katakana_skeleton(word))
    if not is_whole:
        yield from _katakana_parts(word, lexicon)


def _katakana_parts(word: str, lexicon: Lexicon) -> Iterator[Term]:
    """The words that a longer word in katakana is made of, and what is left between them, if there are any."""
    at = after = 0
    while len(word) - at >= MIN_KANA:
        part = lexicon.longest(word, at)
        if part is None or part.length < MIN_KANA:
            at += 1
            continue
        if at - after > 1:
            yield Term(word[after:at], (), katakana_skeleton(word[after:at]))
        after = at + part.length
        yield Term(word[at:after], part.glosses, katakana_skeleton(word[at:after]))
        at = after
    if after and len(word) - after > 1:
        yield Term(word[after:], (), katakana_skeleton(word[after:]))
