"""Tiny valid images made from a name, each name its own: PNG and baseline JPEG, eight pixels square."""

import hashlib
import struct
import zlib

CODES = bytes([0, 0, 0, 12] + [0] * 12 + list(range(12)))  # twelve DC categories, four bits each


def image(name: str) -> tuple[str, bytes]:
    """Content type and bytes for an address ending in .png, .jpg or another."""
    if name.lower().endswith((".jpg", ".jpeg")):
        return "image/jpeg", jpeg(name)
    return "image/png", png(name)


def png(name: str) -> bytes:
    seed = hashlib.sha256(name.encode()).digest()
    rows = b"".join(b"\0" + bytes(seed[(x + y) % 32] for x in range(8) for _ in range(3)) for y in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    text = b"Comment\0" + name.encode("ascii", "replace")
    chunks = [(b"IHDR", header), (b"tEXt", text), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def jpeg(name: str) -> bytes:
    """One grey block: a DC coefficient of the name's own and an end of block."""
    grey = int.from_bytes(hashlib.sha256(name.encode()).digest()[:2], "big") % 1023 - 511
    size = abs(grey).bit_length()
    bits = f"{size:04b}" + (f"{grey if grey > 0 else grey + (1 << size) - 1:0{size}b}" if size else "") + "0"
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    segments = [
        (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        (0xFE, name.encode("ascii", "replace")),
        (0xDB, b"\0" + b"\2" * 64),
        (0xC0, b"\x08\0\x08\0\x08\1\1\x11\0"),
        (0xC4, b"\0" + CODES),
        (0xC4, b"\x10" + b"\1" + b"\0" * 15 + b"\0"),
        (0xDA, b"\1\1\0\0\x3f\0"),
    ]
    return b"\xff\xd8" + b"".join(_segment(code, data) for code, data in segments) + scan + b"\xff\xd9"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _segment(code: int, data: bytes) -> bytes:
    return bytes([0xFF, code]) + struct.pack(">H", len(data) + 2) + data
