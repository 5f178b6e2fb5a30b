"""Pictures, drawn in code: flat prints of sea, hills, fields and towns. Real PNG files, the same ones every time."""

from __future__ import annotations

import hashlib
import struct
import zlib
from functools import lru_cache
from itertools import pairwise

WIDTH, HEIGHT = 960, 540

Colour = tuple[int, int, int]

# scene → sky above, sky at the horizon, the sun, then the ground's layers from the farthest to the nearest
SCENES: dict[str, tuple[str, ...]] = {
    "sea": ("7fa8c9", "f3e3cf", "f6b26b", "6d93ad", "3f6f8f", "1f4e6b"),
    "harbor": ("8fb8c9", "fbe9d0", "fff3d6", "7d97a5", "4d7186", "2b4a5c"),
    "hills": ("9cc3c9", "f7ead2", "f2b880", "8fae9b", "5f8a74", "35604f"),
    "city": ("44506e", "e8a87c", "ffe1a8", "7a6a83", "4c4866", "2a2b45"),
    "night": ("0b1530", "334a75", "f4f1de", "26375c", "17264a", "0c1633"),
    "school": ("a7c7dc", "fdf3df", "ffd28a", "b9a88d", "8d7a62", "5b4d40"),
    "river": ("a9cfd6", "f2efdc", "ffe0a3", "9db8a0", "6f9a8d", "2f6f80"),
    "field": ("8ec1dd", "fbf0cf", "ffcf6e", "c7b35a", "a3a845", "6b8a3a"),
    "snow": ("8799b5", "e9edf3", "ffffff", "c3cedd", "dfe6ee", "f6f9fc"),
    "leaves": ("b5c4cf", "f8e7d0", "ffd08a", "c98a4b", "b5532f", "7b2f26"),
}
SKIES = 96  # shades


@lru_cache(maxsize=256)
def picture(scene: str, name: str, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """A PNG file of that scene; the name decides where the hills and the sun stand."""
    palette = palette_of(scene)
    dice = hashlib.sha256(f"{scene}/{name}".encode()).digest()
    return png(width, height, palette, _rows(scene, dice, width, height, len(palette) - SKIES - 1))


def texture(colour: str, other: str) -> bytes:
    """A PNG file of eight by eight dots of one colour, every seventh of them of another: paper."""
    rows = [bytes(1 if (x + 3 * y) % 7 == 0 else 0 for x in range(8)) for y in range(8)]
    return png(8, 8, [_colour(colour), _colour(other)], rows)


def palette_of(scene: str) -> list[Colour]:
    """The scene's colours: the sky's shades from above to the horizon, the sun, the ground's layers."""
    above, horizon, *others = [_colour(code) for code in SCENES[scene]]
    return [_between(above, horizon, at / (SKIES - 1)) for at in range(SKIES)] + others


def png(width: int, height: int, palette: list[Colour], rows: list[bytes]) -> bytes:
    """Rows of palette numbers as a PNG file."""
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    colours = b"".join(bytes(colour) for colour in palette)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data) for kind, data in ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", pixels), (b"IEND", b""))
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _rows(scene: str, dice: bytes, width: int, height: int, layers: int) -> list[bytes]:
    sun_x, sun_y, sun_r = width * (60 + dice[0] % 136) // 256, height * (60 + dice[1] % 60) // 256, height // 11
    outlines = [_outline(scene, dice[2 + 8 * at :], width, height, at) for at in range(layers)]
    rows = []
    for y in range(height):
        row = bytearray([min(SKIES - 1, y * SKIES * 3 // (height * 2))]) * width
        if scene == "night" and y < height // 2 and y % 7 == 3:
            for star in range(4):
                row[(y * 131 + star * 277 + dice[star] * 5) % width] = SKIES
        if abs(y - sun_y) < sun_r:
            half = int((sun_r**2 - (y - sun_y) ** 2) ** 0.5)
            row[sun_x - half : sun_x + half] = bytes([SKIES]) * (2 * half)
        for at, outline in enumerate(outlines):
            for left, right in _spans(outline, y, width):
                row[left:right] = bytes([SKIES + 1 + at]) * (right - left)
        if scene == "sea":
            left, right = _ship(dice, y, width, height)
            row[left:right] = bytes([SKIES - 1]) * (right - left)
        rows.append(bytes(row))
    return rows


def _outline(scene: str, dice: bytes, width: int, height: int, layer: int) -> list[tuple[int, int]]:
    """A layer's upper edge as points from left to right: hills, roofs that go up and down in steps, or water."""
    base = height * (52 + 14 * layer) // 100
    if layer and (scene == "sea" or (scene == "harbor" and layer == 2)):
        return [(0, base), (width, base)]
    roofs = layer > 0 and scene in ("city", "school", "harbor")
    points = [(0, base - dice[0] * height // 4000)]
    steps = 9 if roofs else 5
    for at in range(1, steps + 1):
        x, y = width * at // steps, base - (dice[at % 8] * (3 - layer) * height) // 2600
        if roofs:
            points.append((x, points[-1][1]))
        points.append((x, y))
    return points


def _ship(dice: bytes, y: int, width: int, height: int) -> tuple[int, int]:
    """From where to where a row crosses the ship: a hull, a cabin, a funnel."""
    middle, unit, depth = width * (70 + dice[3] % 110) // 256, width // 60, (y - height * 67 // 100) * 60 // width
    if 0 <= depth < 2:
        return middle - (5 - depth) * unit, middle + (5 - depth) * unit
    if depth in (-1, -2):
        return middle - 3 * unit, middle + (2 + depth) * unit + unit
    return (middle - unit, middle) if depth == -3 else (0, 0)


def _spans(outline: list[tuple[int, int]], y: int, width: int) -> list[tuple[int, int]]:
    """Where a row lies below the edge."""
    if all(point[1] <= y for point in outline):
        return [(0, width)]
    spans = []
    for (left, upper), (right, lower) in pairwise(outline):
        if left == right or (upper > y and lower > y):
            continue
        if upper <= y and lower <= y:
            spans.append((left, right))
            continue
        cut = left + (right - left) * (y - upper) // (lower - upper)
        spans.append((left, cut) if upper <= y else (cut, right))
    return spans


def _colour(code: str) -> Colour:
    return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)


def _between(one: Colour, other: Colour, share: float) -> Colour:
    mixed = [round(a + (b - a) * share) for a, b in zip(one, other, strict=True)]
    return mixed[0], mixed[1], mixed[2]
