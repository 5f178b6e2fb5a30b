"""One client's connection to the press: finds where a request ends, asks for the answer, sends it.

It reads no more of a request than the answer needs, which is what makes it quick. A request that makes no sense
is answered with a 4xx and the connection is closed.
"""

from __future__ import annotations

import asyncio
import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

from crawler.press.answer import Answer, Raw, said

if TYPE_CHECKING:
    from crawler.press.server import Press

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 1024 * 1024

_REQUEST_LINE = re.compile(rb"([A-Z]{1,16}) ([!-~]{1,8192}) HTTP/1\.([01])\Z")
_FIELDS = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\x00\r\n]*\r\n)*\r\n")
_ABSOLUTE = re.compile(r"https?://([A-Za-z0-9.-]+)(?::\d+)?(/.*)?")
_NO_GZIP = re.compile(rb"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Served(NamedTuple):
    """One exchange. `request` as received; `response` as sent (before TLS), empty unless `keep` was asked for."""

    at: float
    connection: int
    method: str
    host: str
    path: str
    status: int
    request: bytes
    response: bytes


class BadRequest(Exception):
    """A request that cannot be answered as asked; `args[0]` is the status."""


class Connection(asyncio.Protocol):
    """Requests are answered in the order they came, one at a time, also when they were sent together."""

    __slots__ = ("_buffer", "_number", "_press", "_transport", "_waiting", "_writable")

    def __init__(self, press: Press) -> None:
        self._press = press
        self._buffer = b""
        self._waiting = False
        self._writable = True
        self._number = 0

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._press.connections.add(self)
        self._press.connections_made += 1
        self._number = self._press.connections_made

    def connection_lost(self, exc: Exception | None) -> None:
        self._press.connections.discard(self)

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        self._answer_all()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if len(self._buffer) > 2 * BODY_LIMIT:  # somebody who sends and does not read
            self.hang_up()
        else:
            self._answer_all()

    def hang_up(self) -> None:
        """Close at once, whatever is on its way."""
        self._transport.abort()

    # one request after the other

    def _answer_all(self) -> None:
        while self._buffer and not self._waiting and self._writable and not self._transport.is_closing():
            end = self._buffer.find(b"\r\n\r\n")
            try:
                if end > HEAD_LIMIT or (end < 0 and len(self._buffer) > HEAD_LIMIT):
                    raise BadRequest(431)
                length = self._answer(self._buffer[: end + 4]) if end >= 0 else None
            except BadRequest as bad:
                self._refuse(bad.args[0])
                return
            if length is None:
                return
            self._buffer = self._buffer[length:]

    def _answer(self, head: bytes) -> int | None:
        """Answer one request; how long it was, or None while its body is still to come."""
        line, _, fields = head.partition(b"\r\n")
        asked = _REQUEST_LINE.match(line)
        if asked is None or _FIELDS.fullmatch(fields) is None:
            raise BadRequest(400)
        method, target, minor = asked.groups()
        lower = b"\r\n" + fields.lower()
        length = len(head) + body_length(lower)
        if length > len(self._buffer):
            return None
        host, path = address(target, value_of(lower, b"host"))
        if host not in self._press.content.hosts:
            raise BadRequest(421)
        if method not in (b"GET", b"HEAD"):
            raise BadRequest(405)
        answer = self._press.find(host, path) or self._press.find(host, "404")
        if answer is None:
            answer = said(404)
        old = minor == b"0"
        close = old or b"close" in (value_of(lower, b"connection") or b"")
        if isinstance(answer, Raw):
            wire, status, close = answer.wire, answer.status, close or answer.close
        else:
            wire, status = self._choose(answer, lower, head=method == b"HEAD", old=old)
        request = self._buffer[:length]
        if self._press.log:
            self._note(method.decode(), host, path, status, request, wire)
        if self._press.latency:
            self._waiting = True
            asyncio.get_running_loop().call_later(self._press.latency, self._send_late, wire, close)
        else:
            self._send(wire, close)
        return length

    def _choose(self, answer: Answer, lower: bytes, *, head: bool, old: bool) -> tuple[bytes, int]:
        if_none_match, since = value_of(lower, b"if-none-match"), value_of(lower, b"if-modified-since")
        fresh = (if_none_match or since) is not None and answer.is_fresh(
            if_none_match, seconds(since) if since else None
        )
        coding = value_of(lower, b"accept-encoding") or b""
        zipped = b"gzip" in coding and not _NO_GZIP.search(coding)
        wire = answer.wire(zipped=zipped, fresh=fresh, head=head, old=old, date=self._press.date)
        return wire, 304 if fresh else answer.status

    def _send_late(self, wire: bytes, close: bool) -> None:
        self._waiting = False
        if not self._transport.is_closing():
            self._send(wire, close)
            self._answer_all()

    def _send(self, wire: bytes, close: bool) -> None:
        self._transport.write(wire)
        if close:
            self._transport.close()

    def _refuse(self, status: int) -> None:
        request, self._buffer = self._buffer[:HEAD_LIMIT], b""
        wire = said(status).wire(zipped=False, fresh=False, head=False, old=True, date=self._press.date)
        if self._press.log:
            self._note("", "", "", status, request, wire)
        self._send(wire, close=True)

    def _note(self, method: str, host: str, path: str, status: int, request: bytes, wire: bytes) -> None:
        kept = wire if self._press.keep else b""
        self._press.exchanges.append(Served(time.time(), self._number, method, host, path, status, request, kept))


def value_of(lower: bytes, name: bytes) -> bytes | None:
    """A header's value, all in lower case, or None."""
    at = lower.find(b"\r\n" + name + b":")
    if at < 0:
        return None
    start = at + len(name) + 3
    return lower[start : lower.index(b"\r\n", start)].strip()


def body_length(lower: bytes) -> int:
    """How many bytes of body follow the head."""
    if b"\r\ntransfer-encoding:" in lower:
        raise BadRequest(411)
    value = value_of(lower, b"content-length")
    if value is None:
        return 0
    if not value.isdigit():
        raise BadRequest(400)
    if len(value) > 9 or int(value) > BODY_LIMIT:
        raise BadRequest(413)
    return int(value)


def address(target: bytes, host: bytes | None) -> tuple[str, str]:
    """Host and path with query, from an origin-form or absolute-form target and the Host header."""
    if target.startswith(b"/"):
        if host is None:
            raise BadRequest(400)
        return host.decode("latin-1").rpartition(":")[0] or host.decode("latin-1"), target.decode("ascii")
    absolute = _ABSOLUTE.fullmatch(target.decode("ascii"))
    if absolute is None:
        raise BadRequest(400)
    return absolute[1].lower(), absolute[2] or "/"


def seconds(date: bytes) -> int | None:
    """An HTTP date as seconds since the epoch; None if it is none."""
    try:
        return int(parsedate_to_datetime(date.decode("latin-1")).timestamp())
    except (TypeError, ValueError):
        return None
