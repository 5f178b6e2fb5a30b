"""TEXT → words, and how alike two sentences are by them: Latin words and numbers whole, Japanese by the code point.

One rule for both languages, so that a text which is not in the language it is said to be is read all the same.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from itertools import pairwise
from typing import Final

_JAPANESE: Final = r"\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER: Final = rf"[^\W\d_{_JAPANESE}]"
#: A run of ASCII or full-width digits is one word, as `３１０` or `6.2` is; a mark stays with what it stands upon.
TOKEN: Final = re.compile(
    rf"[0-9０-９]+(?:[.,．，][0-9０-９]+)*|{_LETTER}+(?:['’]{_LETTER}+)*"
    r"|[\s\S][\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
)
WORD: Final = re.compile(r"[0-9A-Za-z\u00c0-\u024f]+(?:[.,'’-][0-9A-Za-z\u00c0-\u024f]+)*")
LONGEST: Final = 20_000  # code points of a sentence by which it is compared
MOST_FEATURES: Final = 512

Features = Counter[str]


def tokens_of(text: str) -> list[str]:
    """The words of a text, white space and marks too: joined, they are the text."""
    return TOKEN.findall(text)


def features_of(text: str) -> Features:
    """What two sentences are compared by: long words, and neighbours; of a very long sentence a fixed sample."""
    words = [token for token in tokens_of(text[:LONGEST]) if not token.isspace()]
    found = Counter(word for word in words if len(word) > 1)
    found.update(f"{one} {two}" for one, two in pairwise(words))
    if not found:
        found.update(words)
    if len(found) > MOST_FEATURES:
        kept = sorted(found, key=lambda feature: (zlib.crc32(feature.encode("utf-8", "replace")), feature))
        found = Counter({feature: found[feature] for feature in kept[:MOST_FEATURES]})
    return found


def likeness(one: Features, other: Features) -> float:
    """From 0, nothing in common, to 1 (Dice)."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    shared = sum(min(count, large[feature]) for feature, count in small.items() if feature in large)
    total = one.total() + other.total()
    return 2 * shared / total if total else 0.0
