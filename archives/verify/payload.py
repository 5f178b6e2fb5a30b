"""The payload of an HTTP message inside a block, piece by piece: what follows the head, transfer coding removed.

WARC/1.1, 5.9: the payload digest of an `application/http` block is over the entity body as RFC 2616 defines it, so
without transfer coding and with content coding (iipc/warc-specifications, issue 22). `archives.message` takes stored
responses apart by the same rules, but needs them whole in memory.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archives.verify.digests import Claim

if TYPE_CHECKING:
    from hashlib import _Hash

MAX_HEAD: Final = 256 * 1024
MAX_LINE: Final = 4096  # of a chunk's size, as archives.message has it

_STATUS: Final = re.compile(rb"http/\d\.\d +(\d{3})(?: [^\r\n]*)?\r?\n")
# These are looked for in a head in lower case.
_CODING: Final = re.compile(rb"\ntransfer-encoding[ \t]*:[ \t]*([^\r\n]*)")
_LENGTH: Final = re.compile(rb"\ncontent-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n")
_TYPE: Final = re.compile(rb"\ncontent-type[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)")
_SIZE: Final = re.compile(rb"\s*([0-9A-Fa-f]{1,16})\s*(?:;[^\r\n]*)?\r?\n")
_BODILESS: Final = frozenset({204, 304})


class HttpPayload:
    """Fed a block in pieces; then says what its HTTP message is.

    `head` is the HTTP head in lower case, empty where there was none, `status` its status, `size` the body's length.
    `made` is the hash over the payload, `coded` the one over the body as it lies, where the two differ. `chunked` is
    None where the body is not chunked, else whether its chunks came to their end.
    """

    __slots__ = ("_bad", "_chunk", "_held", "_request", "chunked", "claim", "coded", "head", "made", "size", "status")

    def __init__(self, claim: Claim | None, *, request: bool) -> None:
        self.claim = claim
        self._request = request
        self._held = b""
        self._chunk: _Chunks | None = None
        self._bad = False
        self.head = b""
        self.status = 0
        self.size = 0
        self.chunked: bool | None = None
        self.made: _Hash | None = None
        self.coded: _Hash | None = None

    def feed(self, piece: memoryview) -> None:
        """Take the next piece of the block."""
        if not self.head:
            if self._bad:
                return
            rest = self._read_head(piece)
            if rest is None:
                return
            piece = rest
        self.size += len(piece)
        if self._chunk is not None:
            self._chunk.feed(piece)
            if self.coded is not None:
                self.coded.update(piece)
        elif self.made is not None:
            self.made.update(piece)

    def close(self) -> None:
        """The block has ended."""
        if self._chunk is not None:
            self.chunked = self._chunk.whole

    def mime(self) -> str:
        """The media type alone, in lower case, as an index has it; `unk` where there is none."""
        match = _TYPE.search(self.head)
        value = match[1].split(b";", 1)[0].strip() if match else b""
        return value.decode("ascii", "replace") or "unk"

    def is_short(self) -> bool:
        """Whether the body is shorter than its head says; a HEAD's or a 304's has none."""
        if self.chunked is not None or not self.size:
            return self.chunked is False
        declared = _LENGTH.search(self.head)
        return declared is not None and self.size < int(declared[1]) and self.status not in _BODILESS

    def is_whole(self) -> bool:
        """Whether the head says how long the body is, and it is that long."""
        declared = _LENGTH.search(self.head)
        return self.chunked is True or (declared is not None and self.chunked is None and self.size >= int(declared[1]))

    def _read_head(self, piece: memoryview) -> memoryview | None:
        """Read the HTTP head; returns what follows it, or None while it is not whole. Interim ones are passed over."""
        held = len(self._held)
        end = self._find_head(self._held + bytes(piece[:2048]))
        if end is None and len(piece) > 2048 and not self._bad:
            end = self._find_head(self._held + bytes(piece))
        if end is None:
            if not self._bad:
                self._held += bytes(piece)
                self._bad = len(self._held) > MAX_HEAD
            return None
        self._held = b""
        self._begin_body()
        return piece[end - held :]

    def _find_head(self, data: bytes) -> int | None:
        """Find the final head in what came so far; returns where it ends, None if it has not ended yet."""
        begin = 0
        while True:
            end = _end_of_head(data, begin)
            if not self._request and not data.startswith(b"HTTP/"[: len(data) - begin], begin):
                self._bad = True
                return None
            if end < 0:
                return None
            self.head = data[begin:end].lower()
            if self._request:
                return end
            match = _STATUS.match(self.head)
            if match is None:
                self._bad, self.head = True, b""
                return None
            self.status = int(match[1])
            if not 100 <= self.status < 200 or self.status == 101:
                return end
            begin, self.head = end, b""

    def _begin_body(self) -> None:
        codings = _CODING.findall(self.head) if b"\ntransfer-encoding" in self.head else []
        if self.claim is not None:
            self.made = self.claim.new()
        if codings and codings[-1].rsplit(b",", 1)[-1].strip() == b"chunked":
            self._chunk = _Chunks(self.made)
            self.coded = self.claim.new() if self.claim is not None else None


def _end_of_head(data: bytes, begin: int) -> int:
    """Where the blank line ends that ends a head, or -1; a bare LF ends a line too, as browsers have it."""
    end = data.find(b"\n\r\n", begin)
    bare = data.find(b"\n\n", begin, end if end >= 0 else len(data))
    if bare >= 0:
        return bare + 2
    return end + 3 if end >= 0 else -1


class _Chunks:
    """The chunks of a body (RFC 9112, 7.1), their data given to a hash. Stops for good where one is no chunk."""

    __slots__ = ("_held", "_left", "_made", "_state", "whole")

    def __init__(self, made: _Hash | None) -> None:
        self._made = made
        self._held = b""
        self._left = 0
        self._state = "size"
        self.whole = False

    def feed(self, piece: memoryview) -> None:
        """Take the next piece of the body."""
        if self._state == "over":
            return
        if self._held:
            piece, self._held = memoryview(self._held + piece), b""
        at = 0
        while at < len(piece) and self._state != "over":
            if self._left:
                part = piece[at : at + self._left]
                if self._made is not None:
                    self._made.update(part)
                self._left -= len(part)
                at += len(part)
            else:
                at = self._line(piece, at)

    def _line(self, piece: memoryview, at: int) -> int:
        line = bytes(piece[at : at + MAX_LINE])
        newline = line.find(b"\n") + 1
        if not newline:
            if len(line) == MAX_LINE:
                self._state = "over"
            else:
                self._held = line
            return len(piece)
        line = line[:newline]
        if self._state == "size":
            match = _SIZE.fullmatch(line)
            self._left = int(match[1], 16) if match else 0
            self._state = "over" if match is None else "end" if self._left else "trailer"
        elif self._state == "end":
            self._state = "size" if line in (b"\r\n", b"\n") else "over"
        elif not line.strip():
            self._state, self.whole = "over", True
        return at + newline
