"""One connection to an origin, and the pool of those that are kept alive.

A plain asyncio protocol: every byte that arrives is given to the message scanner and kept; nothing stands between.
HTTP/1.1 is the only protocol offered, since it alone has a wire form that WARC records can hold (ALPN says so too).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
import ssl
import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

from archives.exchange import Stage, Tls
from archives.guard import is_public
from archives.message import BadMessage, ResponseScanner
from archives.routes import Origin

LARGE: Final = 2 * 1024 * 1024  # bytes of one response, from which on it waits until no other large one is held
IDLE_SECONDS: Final = 20.0
DNS_SECONDS: Final = 60.0
DNS_NAMES: Final = 4096


class ConnectionFailed(Exception):
    """An exchange that did not come to its end: `stage` and `reason` say where and why, the text says it in words."""

    def __init__(self, stage: Stage, reason: str, message: str) -> None:
        super().__init__(message)
        self.stage: Stage = stage
        self.reason = reason


class Gate:
    """Lets one large response in at a time, from `LARGE` bytes on: sixteen at once would be a gigabyte.

    While one waits nothing is read of it, so the server waits too, and its time does not run: `hold` and `go` are told.
    """

    def __init__(self, place: asyncio.Semaphore, hold: Callable[[], None], go: Callable[[], None]) -> None:
        self._place, self._hold, self._go = place, hold, go
        self._waiting: asyncio.Task[None] | None = None
        self._inside = False

    @property
    def asked(self) -> bool:
        """Whether this response has turned out to be large."""
        return self._waiting is not None

    def ask(self, transport: asyncio.Transport) -> None:
        """Stop reading until there is room."""
        transport.pause_reading()
        self._waiting = asyncio.get_running_loop().create_task(self._enter(transport))

    async def _enter(self, transport: asyncio.Transport) -> None:
        self._hold()
        await self._place.acquire()
        self._inside = True
        self._go()
        if not transport.is_closing():
            transport.resume_reading()

    def leave(self) -> None:
        """The response was kept, or none came: make room for the next."""
        if self._waiting is not None and not self._inside:
            self._waiting.cancel()
        if self._inside:
            self._inside = False
            self._place.release()


class Connection(asyncio.Protocol):
    """One connection; carries one exchange at a time."""

    def __init__(self) -> None:
        self.peer: str | None = None
        self.tls: Tls | None = None
        self.idle_since = 0.0
        self.used = False
        self._transport: asyncio.Transport | None = None
        self._scanner: ResponseScanner | None = None
        self._answer: asyncio.Future[None] | None = None
        self._gate: Gate | None = None
        self._lost = False

    @property
    def usable(self) -> bool:
        """Whether another request may be sent on it."""
        return not self._lost and self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the peer and what TLS agreed on."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername")
        if peer:
            self.peer = str(ip_address(peer[0].partition("%")[0]))
        tls = transport.get_extra_info("ssl_object")
        if tls is not None:
            certificate = tls.getpeercert(binary_form=True) or b""
            cipher = tls.cipher()
            self.tls = Tls(
                version=tls.version() or "",
                cipher=cipher[0] if cipher else "",
                certificate_sha256=hashlib.sha256(certificate).hexdigest(),
                verified=tls.context.verify_mode == ssl.CERT_REQUIRED,
            )

    async def exchange(self, request: bytes, scanner: ResponseScanner, gate: Gate | None = None) -> None:
        """Send a request and feed the scanner until the response is whole.

        A response that turns out to be large waits at `gate` with what is left of it. Raises `ConnectionFailed` (the
        connection ended first) and what the scanner raises; the scanner then holds the bytes that came.
        """
        assert self._transport is not None
        self._scanner, self._gate = scanner, gate
        self._answer = asyncio.get_running_loop().create_future()
        try:
            self._transport.write(request)
            await self._answer
        except BaseException:
            self.abort()
            raise
        finally:
            self._scanner = self._answer = self._gate = None
        self.used = True
        if scanner.until_close or len(scanner.raw) > scanner.end or _asks_to_close(scanner):
            self.abort()

    def data_received(self, data: bytes) -> None:
        """Give bytes to the scanner; bytes that nobody asked for end the connection."""
        scanner, answer = self._scanner, self._answer
        if scanner is None or answer is None or answer.done():
            self.abort()
            return
        try:
            if scanner.feed(data):
                answer.set_result(None)
            elif self._gate is not None and len(scanner.raw) > LARGE and not self._gate.asked:
                assert self._transport is not None
                self._gate.ask(self._transport)
        except BadMessage as error:
            answer.set_exception(error)

    def eof_received(self) -> bool:
        """The peer will send no more: let the transport close."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Say how the running exchange ended, if there is one."""
        self._lost = True
        scanner, answer = self._scanner, self._answer
        if scanner is None or answer is None or answer.done():
            return
        if exc is None and scanner.close():
            answer.set_result(None)
            return
        stage: Stage = "body" if scanner.head else "head"
        how = f"reset ({exc.__class__.__name__})" if exc else "closed"
        answer.set_exception(
            ConnectionFailed(stage, "cut_off", f"connection {how} in the {stage}, after {len(scanner.raw):,} bytes")
        )

    def abort(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()


def _asks_to_close(scanner: ResponseScanner) -> bool:
    head = scanner.head
    if head is None:
        return True
    options = b",".join(head.all(b"connection")).lower()
    return b"close" in options or (head.version == "HTTP/1.0" and b"keep-alive" not in options) or head.status == 101


class Pool:
    """Connections by origin: one that is idle is taken, else a new one is made.

    `context` makes the context that verifies certificates; `connect_seconds` bounds look-up, connecting and TLS.
    """

    def __init__(self, context: Callable[[], ssl.SSLContext], connect_seconds: float = 15.0,
                 clock: Callable[[], float] = time.monotonic) -> None:  # fmt: skip
        self._make_context = context
        self._made_context: ssl.SSLContext | None = None
        self._seconds = connect_seconds
        self._clock = clock
        self._idle: dict[tuple[Origin, str], list[Connection]] = {}
        self._names: dict[tuple[str, int], tuple[float, list[str]]] = {}

    def take(self, origin: Origin, name: str) -> Connection | None:
        """An idle connection to that origin made for that host name, or None."""
        idle = self._idle.get((origin, name), [])
        while idle:
            connection = idle.pop()
            if connection.usable and self._clock() - connection.idle_since < IDLE_SECONDS:
                return connection
            connection.abort()
        return None

    def give_back(self, origin: Origin, name: str, connection: Connection) -> None:
        """Keep a connection for the next exchange, if it may be used again."""
        if connection.usable:
            connection.idle_since = self._clock()
            self._idle.setdefault((origin, name), []).append(connection)

    async def connect(self, origin: Origin, name: str) -> Connection:
        """A new connection; certificates are verified for `name`, the host of the address. Raises `ConnectionFailed`.

        Unless a user mapped it, an origin with any address that is not public is refused at look-up, and a peer that
        is not public again once connected.
        """
        try:
            async with asyncio.timeout(self._seconds):
                addresses = await self._addresses(origin)
                return await self._first_that_answers(addresses, origin, name)
        except TimeoutError:
            raise ConnectionFailed(
                "connect", "timeout", f"{origin.host}:{origin.port} did not answer within {self._seconds:g} s"
            ) from None

    def close(self) -> None:
        """End every idle connection."""
        for idle in self._idle.values():
            for connection in idle:
                connection.abort()
        self._idle.clear()

    def _context(self) -> ssl.SSLContext:
        """The context, made when it is first needed: reading the system's authorities takes a while."""
        if self._made_context is None:
            self._made_context = self._make_context()
        return self._made_context

    async def _addresses(self, origin: Origin) -> list[str]:
        key, now = (origin.host, origin.port), self._clock()
        known = self._names.get(key)
        if known is None or known[0] < now:
            known = now + DNS_SECONDS, await _look_up(origin)
            if len(self._names) >= DNS_NAMES:
                self._names.clear()
            self._names[key] = known
        addresses = known[1]
        if not origin.mapped:
            bad = [address for address in addresses if not is_public(address)]
            if bad:
                raise ConnectionFailed(
                    "guard", "address_not_public", f"{origin.host} is {bad[0]}, not a public address"
                )
        return addresses

    async def _first_that_answers(self, addresses: list[str], origin: Origin, name: str) -> Connection:
        failures: list[ConnectionFailed] = []
        for address in addresses[:4]:
            try:
                return await self._connect_to(address, origin, name)
            except ConnectionFailed as failure:
                failures.append(failure)
                if failure.stage != "connect":
                    break
        raise failures[-1]

    async def _connect_to(self, address: str, origin: Origin, name: str) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(
                Connection,
                address,
                origin.port,
                ssl=self._context() if origin.tls else None,
                server_hostname=name if origin.tls else None,
            )
        except ssl.SSLCertVerificationError as error:
            raise ConnectionFailed("tls", "certificate", f"{name}: {error.verify_message}") from error
        except ssl.SSLError as error:
            raise ConnectionFailed("tls", "tls", f"{name}: {error.reason or error}") from error
        except ConnectionRefusedError as error:
            raise ConnectionFailed("connect", "connection_refused", f"{origin.host}:{origin.port} refused") from error
        except OSError as error:
            stage: Stage = "tls" if origin.tls and isinstance(error, ConnectionResetError) else "connect"
            raise ConnectionFailed(stage, "connect", f"{origin.host}:{origin.port}: {error}") from error
        except (TypeError, ValueError) as error:
            raise ConnectionFailed("tls", "tls", f"{name!r} is no name for a certificate: {error}") from error
        if not origin.mapped and not is_public(connection.peer or ""):
            connection.abort()
            raise ConnectionFailed("guard", "address_not_public", f"{name} answered from {connection.peer}")
        return connection


async def _look_up(origin: Origin) -> list[str]:
    with contextlib.suppress(ValueError):
        return [str(ip_address(origin.host))]
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise ConnectionFailed("resolve", "resolve", f"{origin.host}: {error}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
