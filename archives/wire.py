"""The download handler: every exchange, byte for byte, to the archive, and only then to Scrapy.

It stands where Scrapy's own HTTP handlers do, below every middleware, and so keeps robots.txt, redirects, retries,
refusals, truncated and failed exchanges alike. It uses `BaseDownloadHandler` and nothing private, of Scrapy or of an
HTTP library: the bytes pass through our own protocol (`connection.py`), so there is nothing between them and us.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import sqlite3
import ssl
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archives.archive import Archive, Kept, capture_of, why_not_written
from archives.connection import Connection, ConnectionFailed, Gate, Pool
from archives.errors import GenbunError, UsageError
from archives.exchange import Exchange, Stage
from archives.journal import CaptureRow
from archives.message import BadMessage, Message, ResponseScanner, TooLarge, read_response
from archives.pace import Pace
from archives.reader import TornFile, record_at
from archives.retry_after import not_before
from archives.routes import Origin, Routes

log = logging.getLogger(__name__)

#: What a request may say to the archive in `request.meta`: notes for its metadata record, and whether its payload may
#: be a revisit of another address.
NOTES: Final = "archive_notes"
ANY_ADDRESS: Final = "archive_any_address"
#: The record (`CaptureRow`) whose validators the request's conditions come from: a 304 becomes a revisit of it.
HELD: Final = "archive_held"
#: The record (`CaptureRow`) that answers instead of the host: a crawl that takes over another asks nothing twice.
RECALL: Final = "archive_recall"
#: What the archive says back, in the same place: `Kept`, and the `Message` that came.
KEPT: Final = "archive_kept"
#: Whether the beginning of an answer that is too large is of use.
BEGINNING: Final = "archive_beginning"
#: A flag of a response whose body is only the beginning of what came: listings and robots.txt are of use all the same.
CUT: Final = "cut"
MESSAGE: Final = "archive_message"

_RETRIED: Final = frozenset({"resolve", "connect", "connection_refused", "timeout", "cut_off"})

_archives: WeakKeyDictionary[Crawler, Archive] = WeakKeyDictionary()


class _Shared:
    """What the handlers of a crawl's schemes have in common: a host is one host by http and by https."""

    def __init__(self, pool: Pool, at_once: int) -> None:
        self.pool = pool
        self.rooms: dict[str, asyncio.Semaphore] = {}
        self.wire = asyncio.Semaphore(at_once)
        self.large = asyncio.Semaphore(1)


_shared: WeakKeyDictionary[Crawler, _Shared] = WeakKeyDictionary()
_paces: WeakKeyDictionary[Crawler, dict[str, Pace]] = WeakKeyDictionary()
_pace_makers: WeakKeyDictionary[Crawler, Callable[[str], Pace]] = WeakKeyDictionary()


class Failed(DownloadFailedError):
    """No whole answer came, and it may come if asked again. `reason` is one word."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class GivenUp(DownloadCancelledError):
    """No answer can be had, however often it is asked for. `reason` is one word."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class NotKept(GenbunError):
    """The archive could not be written: nothing more may be fetched."""


def attach(crawler: Crawler, archive: Archive) -> None:
    """Give a crawler the archive that its exchanges go to."""
    _archives[crawler] = archive


def share_paces(crawler: Crawler, make: Callable[[str], Pace]) -> None:
    """Give a crawler paces that it keeps together with others: `make` is given a host."""
    _pace_makers[crawler] = make


def pace_of(crawler: Crawler, host: str) -> Pace:
    """The pace of one host in that crawl."""
    paces = _paces.setdefault(crawler, {})
    if host not in paces:
        make = _pace_makers.get(crawler)
        paces[host] = make(host) if make is not None else Pace()
    return paces[host]


class WireDownloadHandler(BaseDownloadHandler):
    """`http` and `https` for `DOWNLOAD_HANDLERS`.

    Settings: CONNECT_TO, CA_FILE, INSECURE, DOWNLOAD_TIMEOUT, DOWNLOAD_MAXSIZE, WIRE_REQUESTS.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._routes = Routes(settings.getlist("CONNECT_TO"))
        self._limit = settings.getint("DOWNLOAD_MAXSIZE")
        self._seconds = settings.getfloat("DOWNLOAD_TIMEOUT")
        authority = settings.get("CA_FILE")
        if authority:
            tls_context(authority)  # a file that cannot be read is said at once
        context = partial(tls_context, authority, verify=not settings.getbool("INSECURE"))
        self._shared = _shared.setdefault(
            crawler, _Shared(Pool(context, min(15.0, self._seconds)), settings.getint("WIRE_REQUESTS", 16))
        )
        self._pool = self._shared.pool

    async def download_request(self, request: Request) -> Response:
        """Fetch, keep, and only then answer. Raises `Failed`, `GivenUp`, `NotKept`; `Closed` where nothing was sent."""
        if (recalled := request.meta.get(RECALL)) is not None:
            return self._recalled(request, recalled)
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        origin = self._routes.origin(parts.scheme, host, parts.port)
        exchange = Exchange(request.url, dt.datetime.now(dt.UTC), request.method, notes=request.meta.get(NOTES, ()))
        scanner = ResponseScanner(request.method.encode(), self._limit)
        limit = asyncio.timeout(None)
        gate = self._gate(limit)
        try:
            async with self._room(request):
                failure = await self._attempt(request, origin, host, exchange, scanner, limit, gate)
                _take_bytes(exchange, scanner)
                self._rest_if_asked(host, exchange)
            if failure is not None:
                _explain(exchange, failure)
            request.meta[KEPT] = await self._keep(exchange, request)
        finally:
            gate.leave()
        if failure is not None:
            if exchange.head is not None and request.meta.get(BEGINNING):
                request.meta[MESSAGE] = Message(exchange.head, exchange.payload, complete=False)
            exchange.received = exchange.payload = (
                b""  # they are kept; the failure's traceback would hold them for long
            )
            raise _for_scrapy(failure) from failure
        assert exchange.head is not None
        held: CaptureRow | None = request.meta.get(HELD)
        if held is not None and exchange.head.status == 304:
            return self._response(request, self._stored(held), "not-modified")
        return self._response(request, Message(exchange.head, exchange.payload, complete=True))

    def _gate(self, limit: asyncio.Timeout) -> Gate:
        """Where a large answer waits until no other is held; what it waits is not counted against its time."""
        left = 0.0

        def hold() -> None:
            nonlocal left
            left = max((limit.when() or 0.0) - asyncio.get_running_loop().time(), 0.0)
            limit.reschedule(None)

        def go() -> None:
            if not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time() + left)

        return Gate(self._shared.large, hold, go)

    async def _attempt(self, request: Request, origin: Origin, host: str, exchange: Exchange,
                       scanner: ResponseScanner, limit: asyncio.Timeout,
                       gate: Gate) -> ConnectionFailed | BadMessage | None:  # fmt: skip
        """One exchange within its time; returns what went wrong, if anything did."""
        failure: ConnectionFailed | BadMessage | None = None
        try:
            async with limit:
                await self._exchange(request, origin, host, exchange, scanner, limit, gate)
        except TimeoutError:
            stage: Stage = "body" if scanner.head else "head" if exchange.sent else "connect"
            failure = ConnectionFailed(stage, "timeout", "the answer took too long")
        except (ConnectionFailed, BadMessage) as error:
            failure = error
        took = dt.datetime.now(dt.UTC) - exchange.started_at
        exchange.milliseconds = max(0, round(took.total_seconds() * 1000))
        request.meta["download_latency"] = exchange.milliseconds / 1000
        return failure

    def _rest_if_asked(self, host: str, exchange: Exchange) -> None:
        """Send nothing more to a host that asks for a rest, from here on: what waits for its turn is behind this."""
        now = dt.datetime.now(dt.UTC)
        until = not_before(exchange.head, now) if exchange.head is not None else None
        if until is not None:
            pace_of(self.crawler, host).rest((until - now).total_seconds())

    def _room(self, request: Request) -> asyncio.Semaphore:
        """As many requests at once as the host's slot allows: without a delay Scrapy 2.19 hands out its whole queue."""
        key = request.meta.get("download_slot", "")
        room = self._shared.rooms.get(key)
        if room is None:
            slot = self.crawler.engine.downloader.slots.get(key)
            room = self._shared.rooms[key] = asyncio.Semaphore(slot.concurrency if slot else 1)
        return room

    async def close(self) -> None:
        """End idle connections."""
        self._pool.close()

    async def _exchange(self, request: Request, origin: Origin, host: str, exchange: Exchange,
                        scanner: ResponseScanner, limit: asyncio.Timeout, gate: Gate) -> None:  # fmt: skip
        """Connect, wait for the host's turn, send, and read the answer; its time runs from the sending."""
        message = request_bytes(request)
        connection = self._pool.take(origin, host)
        reused = connection is not None
        if connection is None:
            connection = await self._pool.connect(origin, host)
        try:
            await self._turn(request, host)
        except BaseException:
            connection.abort()
            raise
        async with self._shared.wire:
            seconds = request.meta.get("download_timeout", self._seconds)
            limit.reschedule(asyncio.get_running_loop().time() + seconds)
            if not connection.usable:  # it was closed while it waited for its turn
                connection, reused = await self._pool.connect(origin, host), False
            try:
                await self._send(connection, message, exchange, scanner, gate)
            except ConnectionFailed:
                if not reused or scanner.raw:
                    raise
                # A kept-alive connection that the server had closed has not taken the request (RFC 9112, 9.3.1).
                connection = await self._pool.connect(origin, host)
                await self._send(connection, message, exchange, scanner, gate)
        self._pool.give_back(origin, host, connection)

    async def _send(self, connection: Connection, message: bytes, exchange: Exchange, scanner: ResponseScanner,
                    gate: Gate) -> None:  # fmt: skip
        exchange.started_at = dt.datetime.now(dt.UTC)
        exchange.sent, exchange.peer, exchange.tls = message, connection.peer, connection.tls
        await connection.exchange(message, scanner, gate)

    async def _turn(self, request: Request, host: str) -> None:
        """Wait until this host may be sent to: Scrapy spaces requests as it hands them out, this as they leave."""
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        await pace_of(self.crawler, host).turn(slot.delay if slot else 0.0)

    async def _keep(self, exchange: Exchange, request: Request) -> Kept:
        archive = _archives.get(self.crawler)
        if archive is None:
            raise NotKept("nothing is fetched that cannot be kept; set COLLECTION to the folder of a collection")
        try:
            return await archive.keep(
                exchange, any_address=request.meta.get(ANY_ADDRESS, False), held=request.meta.get(HELD)
            )
        except (OSError, sqlite3.Error) as error:
            raise NotKept(why_not_written(archive.folder, error)) from error

    def _recalled(self, request: Request, row: CaptureRow) -> Response:
        """What the archive holds of an address, as if it had just come."""
        request.meta[KEPT] = Kept(capture_of(row), row.refers_to)
        archive = _archives[self.crawler]
        held = archive.journal.capture(row.refers_to) if row.type == "revisit" else row
        if held is None:
            raise NotKept(f"{request.url}: the record {row.refers_to} that its revisit refers to is not in the archive")
        return self._response(request, self._stored(held), "recalled")

    def _stored(self, row: CaptureRow) -> Message:
        path = _archives[self.crawler].writer.folder / row.warc
        try:
            return read_response(record_at(path, row.offset, row.length).block)
        except (OSError, TornFile, BadMessage) as error:
            raise NotKept(f"{path}: the record at {row.offset:,} cannot be read back: {error}") from error

    def _response(self, request: Request, message: Message, *flags: str) -> Response:
        request.meta[MESSAGE] = message
        headers = Headers(_grouped(message.head.fields))
        said = list(flags)
        try:
            body = message.body(self._limit)
        except TooLarge as error:
            wanted = bool(request.meta.get(BEGINNING))
            log.warning("%s: %s%s", request.url, error, "; only its beginning is read" if wanted else "")
            body = b"".join(error.parts)[: self._limit] if wanted else b""
            said.append(CUT)
        except BadMessage as error:
            log.warning("%s: %s", request.url, error)
            body = b""
            said.append(f"undecodable: {error}")
        headers.pop(b"Content-Encoding", None)
        kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return kind(
            request.url,
            status=message.head.status,
            headers=headers,
            body=body,
            flags=said,
            protocol=message.head.version,
        )


def tls_context(authority: str | None = None, *, verify: bool = True) -> ssl.SSLContext:
    """Certificates verified by the system's authorities, and by one of the user's own (a PEM file); or not at all."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    if authority:
        try:
            context.load_verify_locations(authority)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"--ca {authority}: cannot be read as certificates (PEM): {error}") from error
    return context


def request_bytes(request: Request) -> bytes:
    """The request as it is sent: Host first, then Scrapy's header fields in their order."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{request.method} {target} HTTP/1.1".encode("ascii"), b"Host: " + _host_field(request.url)]
    lines += [name + b": " + value for name, values in request.headers.items() for value in values if name != b"Host"]
    if request.body:
        lines.append(b"Content-Length: %d" % len(request.body))
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise UsageError(f"{request.url}: a line end inside a request's head")
    return b"\r\n".join([*lines, b"", b""]) + request.body


def _host_field(url: str) -> bytes:
    netloc = urlsplit(url).netloc.rpartition("@")[2]
    return netloc.encode("ascii")


def _take_bytes(exchange: Exchange, scanner: ResponseScanner) -> None:
    exchange.received = scanner.block()
    exchange.interim = bytes(scanner.raw[: scanner.start])
    if scanner.head is not None:
        exchange.head = scanner.head
        exchange.head_length = scanner.body_start - scanner.start
        exchange.payload = scanner.payload()
    scanner.let_go()


def _explain(exchange: Exchange, failure: Exception) -> None:
    exchange.error = f"{failure.__class__.__name__}: {failure}"
    if isinstance(failure, ConnectionFailed):
        exchange.stage = failure.stage
        exchange.truncated = "time" if failure.reason == "timeout" else "disconnect"
    else:
        exchange.stage = "body" if exchange.head else "head"
        exchange.truncated = "length" if isinstance(failure, TooLarge) else "unspecified"


def _for_scrapy(failure: Exception) -> Exception:
    if isinstance(failure, ConnectionFailed):
        kind = Failed if failure.reason in _RETRIED else GivenUp
        return kind(failure.reason, str(failure))
    return GivenUp("too_large" if isinstance(failure, TooLarge) else "bad_response", str(failure))


def _grouped(fields: tuple[tuple[bytes, bytes], ...]) -> dict[bytes, list[bytes]]:
    grouped: dict[bytes, list[bytes]] = {}
    for name, value in fields:
        grouped.setdefault(name.title(), []).append(value)
    return grouped
