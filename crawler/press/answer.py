"""An answer: what one address says, in every form a client may ask for, each made once and then sent as it is."""

from __future__ import annotations

import datetime as dt
import gzip
import zlib
from email.utils import format_datetime
from http import HTTPStatus

Header = tuple[bytes, bytes]

HTML = "text/html; charset=UTF-8"
CHUNK = 4093  # a prime, so that chunks end within characters and tags


class Raw:
    """Bytes to send exactly as they are, then perhaps to hang up: for answers that no honest server gives."""

    __slots__ = ("close", "status", "wire")

    def __init__(self, wire: bytes, *, status: int = 200, close: bool = True) -> None:
        self.wire, self.status, self.close = wire, status, close


class Answer:
    """One address's answer. `wire()` gives the whole response as sent; equal questions give the same object."""

    __slots__ = ("_made", "body", "chunked", "etag", "gzipped", "headers", "modified", "status")

    def __init__(
        self,
        body: bytes,
        media_type: str = HTML,
        *,
        status: int = 200,
        modified: dt.datetime | None = None,
        headers: tuple[Header, ...] = (),
        gzipped: bytes | None = None,
        chunked: bool = False,
        compress: bool = True,
        etag: bool = True,
    ) -> None:
        self.status, self.body, self.chunked = status, body, chunked
        self.modified = int(modified.timestamp()) if modified else None
        self.gzipped = gzipped if gzipped or not compress else gzip.compress(body, 6, mtime=0)
        mark = b'"%x-%08x"' % (len(body), zlib.crc32(body))
        # as nginx does: weak where the same page goes out in two codings
        self.etag = (b"W/" + mark if self.gzipped else mark) if etag and status == 200 else None
        self.headers = (*self._own_headers(media_type, modified), *headers)
        self._made: dict[tuple[bool, bool, bool, bool], bytes] = {}

    def wire(self, *, zipped: bool, fresh: bool, head: bool, old: bool, date: bytes) -> bytes:
        """The response as sent: `zipped` if gzip is asked for, `fresh` for a 304, `head` without its body.

        `old` is for an HTTP/1.0 client, which knows no chunks and is told that we hang up.
        """
        asked = (zipped and self.gzipped is not None, fresh, head, old)
        made = self._made.get(asked)
        if made is None:
            made = self._made[asked] = self._make(*asked, date)
        return made

    def is_fresh(self, if_none_match: bytes | None, if_modified_since: int | None) -> bool:
        """Whether the client holds this already (RFC 9110, 13.2.2: the entity tag goes before the date)."""
        if self.status != 200:
            return False
        if if_none_match is not None:
            tags = [tag.strip().lower().removeprefix(b"w/") for tag in if_none_match.split(b",")]
            return b"*" in tags or (self.etag is not None and self.etag.removeprefix(b"W/") in tags)
        return if_modified_since is not None and self.modified is not None and self.modified <= if_modified_since

    def _own_headers(self, media_type: str, modified: dt.datetime | None) -> tuple[Header, ...]:
        own: list[Header] = [(b"Content-Type", media_type.encode())]
        if modified:
            own.append((b"Last-Modified", http_date(modified)))
        if self.etag:
            own.append((b"ETag", self.etag))
        if self.gzipped:
            own.append((b"Vary", b"Accept-Encoding"))
        return tuple(own)

    def _make(self, zipped: bool, fresh: bool, head: bool, old: bool, date: bytes) -> bytes:
        status = 304 if fresh else self.status
        body = self.gzipped if zipped and self.gzipped is not None else self.body
        lines: list[Header] = [(b"Date", date), (b"Server", b"genbun-press"), *self.headers]
        if fresh:
            lines = [line for line in lines if line[0] != b"Content-Type"]
            body = b""
        else:
            if zipped:
                lines.append((b"Content-Encoding", b"gzip"))
            if self.chunked and not old:
                lines.append((b"Transfer-Encoding", b"chunked"))
                body = chunks(body)
            else:
                lines.append((b"Content-Length", b"%d" % len(body)))
        if old:
            lines.append((b"Connection", b"close"))
        return head_bytes(status, lines) + (b"" if head else body)


def head_bytes(status: int, headers: list[Header]) -> bytes:
    """Status line and headers, in their order and case, and the empty line after them."""
    first = b"HTTP/1.1 %d %s\r\n" % (status, HTTPStatus(status).phrase.encode())
    return first + b"".join(b"%s: %s\r\n" % header for header in headers) + b"\r\n"


def chunks(body: bytes) -> bytes:
    """The body in chunks, the first with an extension, the last empty."""
    pieces = [body[at : at + CHUNK] for at in range(0, len(body), CHUNK)]
    lines = [b"%x%s\r\n%s\r\n" % (len(p), b"" if n else b";press=1", p) for n, p in enumerate(pieces)]
    return b"".join(lines) + b"0\r\n\r\n"


def http_date(moment: dt.datetime) -> bytes:
    """An IMF-fixdate."""
    return format_datetime(moment.astimezone(dt.UTC), usegmt=True).encode()


def moved(to: str, status: int = 301) -> Answer:
    """A redirect, with the little page that servers send along."""
    body = f'<!DOCTYPE html>\n<title>Moved</title>\n<p>Moved to <a href="{to}">{to}</a>.</p>\n'.encode()
    return Answer(body, status=status, headers=((b"Location", to.encode()),), compress=False)


def said(status: int, sentence: str = "") -> Answer:
    """A short answer in plain text: an error of the server's own."""
    body = f"{status} {sentence or HTTPStatus(status).phrase}\n".encode()
    return Answer(body, "text/plain; charset=utf-8", status=status, compress=False)
