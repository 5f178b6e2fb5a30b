"""What real pages carry around their articles: menus, teasers, settings of scripts. Tens of kilobytes, none of it read.

It is the same on many pages, so it is compressed once: `gzip_of` puts a page's gzip body together from pieces.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from html import escape

VARIANTS = 8  # of the same furniture, as pages of different sections have it


@lru_cache(maxsize=64)
def bulk(paper: str, variant: int, size: int, links: tuple[tuple[str, str], ...]) -> str:
    """About `size` bytes of HTML without an article in it: teasers with those links, and a script's settings."""
    dice = random.Random(f"{paper}/{variant}")  # noqa: S311  # the same every time is what is wanted
    parts: list[str] = []
    written = 0
    while written < size:
        mark, seal = f"{dice.getrandbits(48):012x}", f"{dice.getrandbits(400):0100x}"
        url, words = links[dice.randrange(len(links))]
        part = (
            f'<li class="menu-item menu-item-type-post menu-item-{mark[:5]} depth-{mark[5]}" id="item-{mark}">'
            f'<div class="teaser__inner teaser__inner--small" data-track="teaser|{mark}|{variant}" data-seal="{seal}">'
            f'<span class="teaser__kicker label label--plain">{escape(words[: 12 + dice.randrange(20)])}</span>'
            f'<a class="teaser__link js-track" href="{url}" data-module="latest" data-id="{mark[::-1]}">'
            f"{escape(words)}</a></div></li>\n"
            if dice.random() < 0.6
            else f'<script>window.settings=window.settings||[];window.settings.push({{"module":"m{mark[:4]}",'
            f'"endpoint":"/api/{mark}/","token":"{seal}","enabled":true,"threshold":{dice.random():.6f},"lazy":false}});</script>\n'
        )
        parts.append(part)
        written += len(part.encode())
    items = "".join(part for part in parts if part.startswith("<li"))
    scripts = "".join(part for part in parts if part.startswith("<script"))
    return f'<aside class="teasers" aria-label="{paper}"><ul>\n{items}</ul>\n{scripts}</aside>\n'


def gzip_of(pieces: Sequence[tuple[bytes, bool]]) -> bytes:
    """One gzip body of all pieces in a row; a piece marked as steady is compressed only the first time."""
    check, length = 0, 0
    body = [b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"]
    for piece, steady in pieces:
        check, length = zlib.crc32(piece, check), length + len(piece)
        body.append(_deflated(piece) if steady else _deflate(piece))
    return b"".join((*body, b"\x03\x00", struct.pack("<II", check, length & 0xFFFFFFFF)))


def _deflate(piece: bytes) -> bytes:
    """The piece as deflate blocks that end on a whole byte and know nothing of what came before."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)


_deflated = lru_cache(maxsize=64)(_deflate)
