"""Images of the size of photographs for the benchmarks: a grainy sky, nearly all of it noise that no packer packs.

A few are made; each address gets one of them with its own name inside, so that its bytes are its own.
"""

from __future__ import annotations

import random
import struct
from functools import lru_cache

from crawler.press.pictures import HEIGHT, SCENES, SKIES, WIDTH, chunk, palette_of, png

POOL = 24
SMALLEST, LARGEST = 31_000, 198_000
IEND = chunk(b"IEND", b"")


def grainy_picture(seed: int, side: str, number: int, at: int) -> bytes:
    """The image of that pair, side and place. Those of every tenth pair are, to the byte, the ones of the pair before."""
    own = number - 1 if number % 10 == 9 else number
    name = f"{side}{own:06d}-{at}"
    plain = _pool(seed)[random.Random(f"{seed}/{name}").randrange(POOL)]  # noqa: S311  # the same every time is wanted
    return plain[: -len(IEND)] + chunk(b"tEXt", f"Title\0{name}".encode()) + IEND


@lru_cache(maxsize=2)
def _pool(seed: int) -> tuple[bytes, ...]:
    return tuple(_grain(seed, at, SMALLEST + (LARGEST - SMALLEST) * at // (POOL - 1)) for at in range(POOL))


def _grain(seed: int, at: int, size: int) -> bytes:
    """A sky whose upper rows are grainy, as many rows as the size wants."""
    dice = random.Random(f"{seed}/{at}")  # noqa: S311  # as above
    scene = sorted(SCENES)[at % len(SCENES)]
    grainy = min(HEIGHT, (size - 4_000) * 5 // (WIDTH * 3))  # sixteen shades of grain are packed into 0.6 bytes a pixel
    rows = []
    for y in range(HEIGHT):
        shade = y * (SKIES - 16) // HEIGHT
        grains = bytes(shade + (byte & 15) for byte in range(256))
        rows.append(dice.randbytes(WIDTH).translate(grains) if y < grainy else struct.pack("B", shade) * WIDTH)
    return png(WIDTH, HEIGHT, palette_of(scene), rows)
