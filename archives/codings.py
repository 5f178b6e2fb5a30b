"""Content codings undone: gzip, deflate, br and zstd, with a bound: a bomb costs no more than what may be read."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Sequence
from typing import Final

import brotli
from isal import isal_zlib

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

MAX_MEMBERS: Final = 256  # gzip members or zstd frames in one body; each costs a copy of what follows it
_DAMAGED: Final[tuple[type[Exception], ...]] = (
    zlib.error,
    isal_zlib.error,  # type: ignore[assignment]  # isal's types call the class an instance
    brotli.error,
    ZstdError,
    ValueError,
)
_ZSTD_FRAME: Final = (b"\x28\xb5\x2f\xfd", *(bytes([n, 0x2A, 0x4D, 0x18]) for n in range(0x50, 0x60)))


class BadMessage(Exception):
    """Bytes that are no HTTP/1.1 message: the text says what was met, and where."""


class TooLarge(BadMessage):
    """A message, a head or a decoded body that passes its limit; `parts` are what of a body lies within it, roughly."""

    def __init__(self, message: str, parts: Sequence[bytes] = ()) -> None:
        super().__init__(message)
        self.parts = parts


def _too_large(parts: list[bytes], limit: int) -> TooLarge:
    return TooLarge(f"unpacks to more than {limit:,} bytes", parts)


def remove_content_coding(payload: bytes, codings: list[bytes], limit: int = 0) -> bytes:
    """Undo the content codings that a response's `Content-Encoding` values name, last one first.

    gzip, deflate (zlib or raw), br, zstd and identity; an unknown one, damaged bytes, or more than three codings
    raise `BadMessage`; more than `limit` bytes raise `TooLarge`, without having unpacked them all. Trailing bytes
    after a gzip stream are passed over, as browsers do.
    """
    names = [name for value in codings for name in (part.strip().lower() for part in value.split(b",")) if name]
    if len(names) > 3:
        raise BadMessage(f"{len(names)} content codings on one body")
    for left, name in reversed(list(enumerate(names))):
        if not payload:
            break
        try:
            payload = _decoded(payload, name, limit)
        except TooLarge as error:
            if left:  # the beginning of what is still coded is no beginning of the body
                error.parts = ()
            raise
    return payload


def _decoded(data: bytes, coding: bytes, limit: int) -> bytes:
    if coding == b"identity":
        return data
    try:
        if coding in (b"gzip", b"x-gzip"):
            return _gunzip(data, limit)
        if coding == b"deflate":
            return _inflate(data, limit)
        if coding == b"br":
            return _unbrotli(data, limit)
        if coding == b"zstd":
            return _unzstd(data, limit)
    except _DAMAGED as error:
        raise BadMessage(f"damaged {coding.decode()} body: {error}") from error
    raise BadMessage(f"unknown content coding {coding[:20]!r}")


def _gunzip(data: bytes, limit: int) -> bytes:
    out: list[bytes] = []
    size = 0
    while data[:2] == b"\x1f\x8b":
        unpacker = isal_zlib.decompressobj(wbits=31)
        part = unpacker.decompress(data, limit - size + 1 if limit else 0)
        size += len(part)
        out.append(part)
        if limit and size > limit:
            raise _too_large(out, limit)
        if not unpacker.eof:
            raise BadMessage("a gzip body that was cut off")
        if len(out) > MAX_MEMBERS:
            raise BadMessage(f"a gzip body of more than {MAX_MEMBERS} members")
        data = unpacker.unused_data
    if not out:
        raise BadMessage("a gzip body that is not gzip")
    return out[0] if len(out) == 1 else b"".join(out)


def _inflate(data: bytes, limit: int) -> bytes:
    """RFC 9110 says zlib; some servers send raw deflate, and browsers take both."""
    for wbits in (15, -15):
        unpacker = zlib.decompressobj(wbits)
        try:
            part = unpacker.decompress(data, limit + 1 if limit else 0)
        except zlib.error:
            if wbits < 0:
                raise
            continue
        if limit and len(part) > limit:
            raise _too_large([part], limit)
        if not unpacker.eof:
            raise BadMessage("a deflate body that was cut off")
        return part
    raise AssertionError("unreachable")


def _unbrotli(data: bytes, limit: int) -> bytes:
    unpacker = brotli.Decompressor()
    out: list[bytes] = []
    size = 0
    piece = unpacker.process(data, output_buffer_limit=1 << 20)
    while True:
        size += len(piece)
        out.append(piece)
        if limit and size > limit:
            raise _too_large(out, limit)
        if unpacker.is_finished():
            return b"".join(out)
        if unpacker.can_accept_more_data() and not piece:
            raise BadMessage("a br body that was cut off")
        piece = unpacker.process(b"", output_buffer_limit=1 << 20)


def _unzstd(data: bytes, limit: int) -> bytes:
    out: list[bytes] = []
    size = 0
    while not out or data.startswith(_ZSTD_FRAME):
        unpacker = ZstdDecompressor()
        part = unpacker.decompress(data, limit - size + 1 if limit else -1)
        size += len(part)
        out.append(part)
        if limit and size > limit:
            raise _too_large(out, limit)
        if not unpacker.eof:
            raise BadMessage("a zstd body that was cut off")
        if len(out) > MAX_MEMBERS:
            raise BadMessage(f"a zstd body of more than {MAX_MEMBERS} frames")
        data = unpacker.unused_data
    return b"".join(out)
