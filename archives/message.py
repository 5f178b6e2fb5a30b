"""An HTTP/1.1 message as it lies on the wire: where its parts begin, and what they say.

One scanner serves both lives of a page: the connection feeds it while bytes arrive, and the archive's reader feeds it
a stored block. So the page that a spider saw and the page read from the WARC years later are taken apart by the same
code. It never changes a byte; it only says where things lie (RFC 9112).

It is lenient where servers are wrong and browsers are too (bare LF, header lines without a colon), strict where
leniency could hide a loss (chunk sizes, lengths).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from archives.codings import MAX_MEMBERS, BadMessage, TooLarge, remove_content_coding

__all__ = [
    "MAX_MEMBERS", "BadMessage", "Head", "Message", "ResponseScanner", "TooLarge", "digest_of", "parse_head",
    "read_response", "remove_content_coding",
]  # fmt: skip

MAX_HEAD: Final = 256 * 1024
MAX_CHUNK_LINE: Final = 4096
MAX_TRAILER: Final = 64 * 1024
MAX_INTERIM: Final = 16

_STATUS_LINE: Final = re.compile(rb"HTTP/(\d)\.(\d) +(\d{3})(?: +([^\r\n]*))?\r?\n?$")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE: Final = re.compile(rb"\s*([0-9A-Fa-f]{1,16})\s*(?:;[^\r\n]*)?\r?\n$")
_BODILESS: Final = frozenset({204, 304})

Header = tuple[bytes, bytes]
Truncation = Literal["length", "time", "disconnect", "unspecified"]


@dataclass(slots=True)
class Head:
    """A status line and its header fields, in order, as sent; a folded line is joined with one blank."""

    version: str
    status: int
    reason: bytes
    fields: tuple[Header, ...]

    def all(self, name: bytes) -> list[bytes]:
        """Every value of that field, in order; `name` in lower case."""
        return [value for key, value in self.fields if key.lower() == name]

    def get(self, name: bytes) -> bytes | None:
        """The first value of that field, or None; `name` in lower case."""
        return next((value for key, value in self.fields if key.lower() == name), None)


def parse_head(block: bytes) -> Head:
    """Read a status line and the header lines after it; lines without a colon are passed over."""
    first, _, rest = block.partition(b"\n")
    match = _STATUS_LINE.match(first + b"\n")
    if match is None:
        raise BadMessage(f"not a status line: {first[:60]!r}")
    major, minor, status, reason = match.groups()
    return Head(f"HTTP/{major.decode()}.{minor.decode()}", int(status), reason or b"", _fields(rest))


def _fields(lines: bytes) -> tuple[Header, ...]:
    fields: list[Header] = []
    for line in lines.split(b"\n"):
        if line[:1] in (b" ", b"\t") and fields:
            name, value = fields[-1]
            fields[-1] = name, value + b" " + line.strip()
            continue
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            fields.append((name.rstrip(), value.strip()))
    return tuple(fields)


class ResponseScanner:
    """Fed the bytes of one connection from the start of a response, says when and where the response ends.

    After `feed` has returned True, or `close` was called: `raw[start:end]` is the final message, `raw[:start]` the
    interim ones (1xx), `raw[end:]` bytes after the message. Holds every byte in memory, at most `limit` of a body.
    """

    __slots__ = (
        "_dechunked", "_need", "_pos", "_state", "_trailer_start", "body_start", "end", "head", "heads", "limit",
        "method", "raw", "start", "until_close",
    )  # fmt: skip

    def __init__(self, method: bytes = b"GET", limit: int = 0) -> None:
        self.raw = bytearray()
        self.method = method
        self.limit = limit
        self.start = 0
        self.body_start = 0
        self.end = 0
        self.head: Head | None = None
        self.heads: list[Head] = []
        self.until_close = False
        self._pos = 0
        self._need = 0
        # A plain function: a method bound to us would keep us, and all bytes, until the garbage collector comes by.
        self._state: Callable[[ResponseScanner], bool] = ResponseScanner._read_head
        self._dechunked: bytearray | None = None
        self._trailer_start = 0

    @property
    def done(self) -> bool:
        """Whether the response is whole."""
        return self._state is ResponseScanner._finished

    def feed(self, data: bytes) -> bool:
        """Take bytes as they arrive; True once the response is whole. Raises `BadMessage`, `TooLarge`."""
        self.raw += data
        while not self._state(self):
            pass
        if self.limit and self.head and not self.done and len(self.raw) - self.body_start > self.limit:
            raise TooLarge(f"a body of more than {self.limit:,} bytes")
        return self.done

    def close(self) -> bool:
        """Say that the connection ended; True if the response is whole, False if it was cut off."""
        if self.until_close and not self.done:
            self._finish(len(self.raw))
        return self.done

    def payload(self) -> bytes:
        """The body with its transfer coding removed, as far as it came."""
        if self._dechunked is not None:
            return bytes(self._dechunked)
        end = self.end if self.done else len(self.raw)
        return self._bytes(self.body_start, end) if self.head else b""

    def block(self) -> bytes:
        """The final message exactly as it came, without interim ones and what followed."""
        return self._bytes(self.start, self.end if self.done else len(self.raw))

    def let_go(self) -> None:
        """Hold nothing any more: the message was taken."""
        self.raw, self._dechunked = bytearray(), None

    def _bytes(self, start: int, end: int) -> bytes:
        """A part of what came, copied once: a slice of a bytearray would be another copy."""
        with memoryview(self.raw) as raw:
            return bytes(raw[start:end])

    # Each state returns True when it waits for more bytes (or for nothing), False to go on at once.

    def _read_head(self) -> bool:
        match = _HEAD_END.search(self.raw, max(self.start, self._pos - 3))
        end = match.end() if match else len(self.raw)
        if end - self.start > 16 and not self.raw.startswith(b"HTTP/", self.start):
            raise BadMessage(f"not a status line: {bytes(self.raw[self.start : self.start + 60])!r}")
        if end - self.start > MAX_HEAD:
            raise TooLarge(f"a head of more than {MAX_HEAD:,} bytes")
        if match is None:
            self._pos = end
            return True
        head = parse_head(bytes(self.raw[self.start : match.start()]))
        if 100 <= head.status < 200 and head.status != 101:
            self.heads.append(head)
            if len(self.heads) > MAX_INTERIM:
                raise BadMessage(f"more than {MAX_INTERIM} interim responses")
            self.start = self._pos = match.end()
            return False
        self.head = head
        self.body_start = self._pos = match.end()
        self._frame(head)
        return False

    def _frame(self, head: Head) -> None:
        """Decide how long the body is (RFC 9112, 6.3)."""
        if self.method == b"HEAD" or head.status in _BODILESS or head.status == 101:
            self._finish(self._pos)
            return
        codings = b",".join(head.all(b"transfer-encoding")).lower()
        if codings:
            if codings.rsplit(b",", 1)[-1].strip() == b"chunked":
                self._dechunked = bytearray()
                self._state = ResponseScanner._read_chunk_size
            else:
                self._until_close()
            return
        lengths = {part.strip() for value in head.all(b"content-length") for part in value.split(b",")}
        if not lengths:
            self._until_close()
            return
        if len(lengths) > 1 or not (length := lengths.pop()).isdigit() or len(length) > 18:
            raise BadMessage("a Content-Length that is no single number")
        self._need = int(length)
        if self.limit and self._need > self.limit:
            raise TooLarge(f"a Content-Length of {self._need:,}, more than {self.limit:,}")
        self._state = ResponseScanner._read_length

    def _until_close(self) -> None:
        self.until_close = True
        self._state = ResponseScanner._wait

    def _wait(self) -> bool:
        return True

    def _read_length(self) -> bool:
        if len(self.raw) - self.body_start < self._need:
            return True
        self._finish(self.body_start + self._need)
        return True

    def _read_chunk_size(self) -> bool:
        newline = self.raw.find(b"\n", self._pos)
        if (newline if newline >= 0 else len(self.raw)) - self._pos > MAX_CHUNK_LINE:
            raise BadMessage("a chunk size line without end")
        if newline < 0:
            return True
        line = bytes(self.raw[self._pos : newline + 1])
        match = _CHUNK_SIZE.match(line)
        if match is None:
            raise BadMessage(f"not a chunk size: {line[:40]!r}")
        self._need = int(match[1], 16)
        self._pos = newline + 1
        if self._need == 0:
            self._trailer_start = self._pos
            self._state = ResponseScanner._read_trailer
        else:
            if self.limit and self._need > self.limit:
                raise TooLarge(f"a chunk of {self._need:,} bytes, more than {self.limit:,}")
            self._state = ResponseScanner._read_chunk
        return False

    def _read_chunk(self) -> bool:
        assert self._dechunked is not None
        if self._need:
            part = self.raw[self._pos : self._pos + self._need]
            self._dechunked += part
            self._pos += len(part)
            self._need -= len(part)
            if self._need:
                return True
        have = self._pos
        end = self.raw.find(b"\n", have, have + 2)
        if end < 0:
            if len(self.raw) - have >= 2 or (len(self.raw) > have and self.raw[have] != 0x0D):
                raise BadMessage("a chunk that does not end where its size says")
            return True
        if bytes(self.raw[have : end + 1]) not in (b"\r\n", b"\n"):
            raise BadMessage("a chunk that does not end where its size says")
        self._pos = end + 1
        self._state = ResponseScanner._read_chunk_size
        return False

    def _read_trailer(self) -> bool:
        newline = self.raw.find(b"\n", self._pos)
        if (newline + 1 or len(self.raw)) - self._trailer_start > MAX_TRAILER:
            raise TooLarge(f"a trailer of more than {MAX_TRAILER:,} bytes")
        if newline < 0:
            return True
        blank = self.raw[self._pos : newline].strip() == b""
        self._pos = newline + 1
        if blank:
            self._finish(self._pos)
            return True
        return False

    def _finish(self, end: int) -> None:
        self.end = end
        self._state = ResponseScanner._finished

    def _finished(self) -> bool:
        return True


@dataclass(slots=True)
class Message:
    """A whole response taken apart: its head, and its payload (transfer coding removed, content coding kept)."""

    head: Head
    payload: bytes
    complete: bool
    _body: bytes | None = None

    def body(self, limit: int = 0) -> bytes:
        """The payload with its content coding removed, unpacked once. Raises `BadMessage`, `TooLarge`."""
        if self._body is None:
            self._body = remove_content_coding(self.payload, self.head.all(b"content-encoding"), limit)
        return self._body


def read_response(block: bytes) -> Message:
    """Take a stored response block apart. Raises `BadMessage` where there is no HTTP head."""
    scanner = ResponseScanner()
    try:
        scanner.feed(block)
        complete = scanner.close()
    except BadMessage:
        if scanner.head is None:
            raise
        complete = False
    if scanner.head is None:
        raise BadMessage("no HTTP head")
    return Message(scanner.head, scanner.payload(), complete)


def digest_of(data: bytes) -> str:
    """`sha1:` and Base32, as pywb, CDXJ and most WARC tools expect digests."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
