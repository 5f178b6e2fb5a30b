"""TEXT → names: katakana and Latin words brought to the same few consonants, so that プーチン and Putin meet."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

KATAKANA: Final = re.compile(r"[ァ-ヺー]{2,}")
MIN_SKELETON: Final = 2

_ROWS: Final = {
    "": "アイウエオァィゥェォ",
    "k": "カキクケコヵヶ", "g": "ガギグゲゴ", "s": "サシスセソ", "z": "ザジズゼゾヂヅ",
    "t": "タチツテト", "d": "ダデド", "n": "ナニヌネノン", "h": "ハヒヘホ", "f": "フ",
    "b": "バビブベボヴ", "p": "パピプペポ",
    "m": "マミムメモ", "y": "ヤユヨャュョ", "r": "ラリルレロ", "w": "ワヲヰヱヮ",
}  # fmt: skip
_CONSONANT: Final = {kana: consonant for consonant, row in _ROWS.items() for kana in row}

#: Latin spellings → the consonants that katakana tell apart. Tried in this order.
_LATIN: Final = tuple(
    (re.compile(spelling), sound)
    for spelling, sound in (
        ("sch|sh", "s"), ("tch|ch", "t"), ("ts|tz", "t"), ("ph", "f"), ("th", "s"), ("gh", "g"), ("kh|ck", "k"),
        ("qu", "k"), ("x", "ks"), ("wh", "h"), ("c(?=[eiy])", "s"), ("[cq]", "k"), ("l", "r"), ("v", "b"),
        ("j", "z"), ("dge|g(?=[eiy])", "z"),
    )
)  # fmt: skip
#: What katakana cannot keep apart, or leave out: these are dropped on both sides.
_WEAK: Final = re.compile(r"[aeiouwyh'’]")
SILENT_R: Final = re.compile(r"(?<=[aeiou])r(?![aeiou])")
_DOUBLE: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=8192)
def katakana_skeleton(word: str) -> str:
    """The consonants of a word in katakana.

    >>> katakana_skeleton("プーチン"), latin_skeletons("Putin")
    ('ptn', ('ptn',))
    """
    return _skeleton("".join(_CONSONANT.get(kana, "") for kana in word), _starts_open(word[:1]))


@lru_cache(maxsize=8192)
def latin_skeletons(word: str) -> tuple[str, ...]:
    """The consonants of a word in Latin letters, as katakana would write them; an r that is not spoken may go."""
    word = word.casefold()
    starts_open = word[:1] in "aeiou"
    return tuple(dict.fromkeys(_skeleton(_sounds(one), starts_open) for one in (word, SILENT_R.sub("", word))))


def _sounds(word: str) -> str:
    for spelling, sound in _LATIN:
        word = spelling.sub(sound, word)
    return word


def is_same_name(katakana: str, latin: str) -> bool:
    """Whether a skeleton in katakana and one in Latin letters are one name: alike but for one sound in five."""
    if katakana == latin:
        return len(latin) >= MIN_SKELETON
    if min(len(katakana), len(latin)) < 4 or abs(len(katakana) - len(latin)) > 1:
        return False
    return _is_one_apart(katakana.removeprefix("*"), latin.removeprefix("*"))


def _starts_open(first: str) -> bool:
    return bool(first) and first in _ROWS[""]


def _skeleton(sounds: str, starts_open: bool) -> str:
    """The sounds without the weak ones; `*` stands for a vowel at the beginning; m before p and b is n."""
    strong = _DOUBLE.sub(r"\1", re.sub("m(?=[pb])", "n", _WEAK.sub("", sounds)))
    return "*" + strong if starts_open else strong


def _is_one_apart(one: str, other: str) -> bool:
    """Whether at most one sound is put in, left out or changed."""
    if len(one) > len(other):
        one, other = other, one
    at = next((at for at, sound in enumerate(one) if sound != other[at]), len(one))
    return one[at:] == other[at + 1 :] if len(one) < len(other) else one[at + 1 :] == other[at + 1 :]
