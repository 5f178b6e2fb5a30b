"""LEXICON → entries: the longest form that a text has at a place, looked up in the table's own sorted bytes.

The table is kept as the bytes it is made of (8 MB) and searched by halving: a dictionary of a quarter of a million
strings would take ten times the memory and more time to build than an article takes to align.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

from crawler.alignment.words import stems_of

JMDICT: Final = Path(__file__).with_name("jmdict.tsv.gz")
EDITORIAL: Final = Path(__file__).with_name("editorial.tsv")
MAX_FORM: Final = 12

Gloss = tuple[str, ...]


class Entry(NamedTuple):
    """A form that a text has at a place: how many characters it takes, and its glosses as stems."""

    length: int
    glosses: tuple[Gloss, ...]


class Lexicon:
    """A sorted table of forms, and the project's own additions, which come first."""

    def __init__(self, table: bytes, additions: str = "") -> None:
        self.digest = hashlib.sha256(table + additions.encode()).hexdigest()[:12]
        self._table = table
        self._additions = _additions(additions)
        self._longest_addition = max(map(len, self._additions), default=0)
        self._regions: dict[bytes, tuple[int, int]] = {}
        self._entry = lru_cache(maxsize=4096)(self._read)

    def longest(self, text: str, at: int) -> Entry | None:
        """The longest form that stands in the text at this place, with the glosses it has before what follows."""
        piece = text[at : at + MAX_FORM + 1]
        added = self._longest_added(piece)
        key = self._longest_key(piece[:MAX_FORM].encode("utf-8", "replace"))
        if key is None or (added and added.length >= len(key[1])):
            return added
        start, form = key
        return Entry(len(form), self._glosses(start, piece[len(form) : len(form) + 1]))

    def _longest_added(self, piece: str) -> Entry | None:
        for length in range(min(self._longest_addition, len(piece)), 0, -1):
            if glosses := self._additions.get(piece[:length]):
                return Entry(length, glosses)
        return None

    def _longest_key(self, piece: bytes) -> tuple[int, str] | None:
        """Where the line stands whose key is the longest beginning of `piece`, and that key.

        Whatever begins `piece` also begins every key between it and `piece`: so look at the last key that is not
        above `piece`, keep what the two have in common, and look again.
        """
        low, high = self._region(piece)
        while piece and low < high:
            after = self._first_above(piece, low, high)
            if after == low:
                return None
            start = self._table.rfind(b"\n", low, after - 1) + 1 or low
            key = self._table[start : self._table.index(b"\t", start)]
            if piece.startswith(key):
                return start, key.decode()
            piece, high = _in_common(piece, key), start
        return None

    def _region(self, piece: bytes) -> tuple[int, int]:
        """Between which places the lines stand that begin with the first character of `piece`."""
        first = piece.decode()[:1].encode()
        if first not in self._regions:
            low = self._first_above(first, 0, len(self._table), or_same=True) if first else 0
            high = self._first_above(first + b"\xff", low, len(self._table)) if first else 0
            self._regions[first] = (low, high)
        return self._regions[first]

    def _first_above(self, piece: bytes, low: int, high: int, *, or_same: bool = False) -> int:
        """Where the first line starts whose key is above `piece` (or the same), between two line starts."""
        table = self._table
        while low < high:
            start = table.rfind(b"\n", low, (low + high) // 2) + 1 or low
            tab = table.index(b"\t", start)
            key = table[start:tab]
            if key < piece or (key == piece and not or_same):
                low = table.index(b"\n", tab) + 1
            else:
                high = start
        return low

    def _glosses(self, start: int, following: str) -> tuple[Gloss, ...]:
        plain, groups = self._entry(start)
        for kana, glosses in groups:
            if following and following in kana:
                return glosses
        return plain or tuple(gloss for _, glosses in groups for gloss in glosses)

    def _read(self, start: int) -> tuple[tuple[Gloss, ...], tuple[tuple[str, tuple[Gloss, ...]], ...]]:
        _, plain, *groups = self._table[start : self._table.index(b"\n", start)].decode().split("\t")
        parted = (group.partition(":") for group in groups)
        return _split(plain), tuple((kana, _split(glosses)) for kana, _, glosses in parted)


@lru_cache(maxsize=1)
def load() -> Lexicon:
    """The lexicon that is shipped, read once."""
    folder = resources.files("crawler.alignment.lexicon")  # Scrapyd runs us out of a zipped egg
    return Lexicon(gzip.decompress((folder / JMDICT.name).read_bytes()), (folder / EDITORIAL.name).read_text("utf-8"))


def _split(glosses: str) -> tuple[Gloss, ...]:
    return tuple(tuple(gloss.split(" ")) for gloss in glosses.split(";")) if glosses else ()


def _additions(text: str) -> dict[str, tuple[Gloss, ...]]:
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    stemmed = {form: [tuple(stems_of(gloss)) for gloss in glosses.split(";")] for form, glosses in lines}
    return {form: tuple(filter(None, glosses)) for form, glosses in stemmed.items() if any(glosses)}


def _in_common(one: bytes, other: bytes) -> bytes:
    """The whole characters with which both begin."""
    length = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length].decode("utf-8", "ignore").encode()
