"""Digests as WARC fields give them: `algorithm:value` (WARC/1.1, 5.8 and 5.9), Base32 or hexadecimal.

The standard leaves algorithm and encoding open; these are what the archivers we know write: sha1 in Base32 (warcio,
Heritrix, wget, we), sha256 in either (Zeno, warcio), md5, sha512. Values are compared as numbers: Python's base64 is
ten times slower than reading them as digits of base 32.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hashlib import _Hash

_SHA1: Final[Callable[[], _Hash]] = partial(hashlib.sha1, usedforsecurity=False)
_KNOWN: Final[dict[str, tuple[Callable[[], _Hash], int]]] = {
    "sha1": (_SHA1, 20),
    "sha-1": (_SHA1, 20),
    "md5": (partial(hashlib.md5, usedforsecurity=False), 16),
    "sha256": (partial(hashlib.sha256, usedforsecurity=False), 32),
    "sha-256": (partial(hashlib.sha256, usedforsecurity=False), 32),
    "sha512": (partial(hashlib.sha512, usedforsecurity=False), 64),
    "sha-512": (partial(hashlib.sha512, usedforsecurity=False), 64),
}


def _digits(alphabet: str) -> dict[int, int]:
    """Base32's characters (RFC 4648, 6) as the digits that `int` reads in base 32; all others as one it refuses."""
    table = dict.fromkeys(range(256), ord("!"))
    for value, character in enumerate(alphabet):
        table[ord(character)] = table[ord(character.lower())] = ord("0123456789abcdefghijklmnopqrstuv"[value])
    return table


_BASE32: Final = _digits("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_HEX: Final = frozenset("0123456789abcdefABCDEF")


@dataclass(slots=True)
class Claim:
    """A digest that a record claims: how to make a hash of its kind, and the value as a number."""

    new: Callable[[], _Hash]
    value: int
    spare: int  # bits that Base32 has more than the digest
    is_hex: bool = False

    def holds(self, made: _Hash) -> bool:
        """Whether that hash has the claimed value."""
        return int.from_bytes(made.digest(), "big") << self.spare == self.value

    def shown(self, made: _Hash) -> str:
        """That hash in the encoding of the claim, for people to compare."""
        return made.hexdigest() if self.is_hex else base64.b32encode(made.digest()).decode().rstrip("=")


def holds_for(text: str, data: bytes | memoryview) -> bool:
    """Whether a digest field is of a kind we know and holds for these bytes: all at once, for what is small."""
    claim = claim_of(text)
    if claim is None:
        return False
    made = claim.new()
    made.update(data)
    return claim.holds(made)


def claim_of(text: str) -> Claim | None:
    """Read a digest field; None for an algorithm or an encoding that we do not know."""
    try:
        if text[:5] == "sha1:" and len(text) == 37:  # as nearly all are
            return Claim(_SHA1, int(text[5:].translate(_BASE32), 32), 0)
        return _claim_of(text)
    except ValueError:
        return None


def _claim_of(text: str) -> Claim | None:
    name, _, value = text.partition(":")
    known = _KNOWN.get(name.lower())
    if known is None:
        return None
    new, size = known
    value = value.rstrip("=")
    if len(value) > size * 2:  # longer than in any encoding: it holds for nothing
        return Claim(new, -1, 0)
    if len(value) == (size * 8 + 4) // 5:
        return Claim(new, int(value.translate(_BASE32), 32), len(value) * 5 - size * 8)
    if len(value) == size * 2 and _HEX.issuperset(value):
        return Claim(new, int(value, 16), 0, True)
    return None
