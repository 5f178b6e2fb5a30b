"""A press that misbehaves: the demo's two newspapers on plain sockets, honest at every address but one."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Literal, Self

from crawler.press import Answer, demo

Then = Literal["close", "reset", "hang"]
Hello = Literal["tls", "cut"]

PUBLIC: Final = "127.0.0.77"  # stands for a public address where a test says so
DATE: Final = b"Tue, 24 Nov 2026 00:00:00 GMT"
KEPT: Final = 48 * 1024 * 1024  # bytes of one answer that are remembered


@dataclass(frozen=True, slots=True)
class Ask:
    """One request at the address that misbehaves: what an honest press would answer, and the requests before it."""

    page: Answer
    before: int
    port: int


#: What is sent, piece by piece; a word in between says what becomes of the connection.
Play = Callable[[Ask], Iterable[bytes | Then]]


@dataclass(slots=True)
class Served:
    """One request as it came, and what was sent in answer, as far as the client took it."""

    at: float
    host: str
    target: str
    request: bytes
    sent: bytearray = field(default_factory=bytearray)
    ended_at: float = 0.0


class HostilePress:
    """Serves on loopback between `with` and its end: `play` at `url`, the honest answers everywhere else.

    `everywhere`: the play is at every address of that host but robots.txt.

    It has two doors: plain HTTP, and TLS with one certificate a connection, the last from then on (`contexts`);
    each such connection carries one exchange. A TLS door that is `cut` resets it once the client has said hello.
    """

    def __init__(self, url: str, play: Play | None, contexts: Iterable[ssl.SSLContext] = (),
                 hello: Hello = "tls", *, everywhere: bool = False) -> None:  # fmt: skip
        self.served: list[Served] = []
        self._url, self._play, self._hello, self._everywhere = url, play, hello, everywhere
        self._contexts = list(contexts)
        self._content = demo()
        self._plain, self._tls = socket.create_server(("127.0.0.1", 0)), socket.create_server((PUBLIC, 0))
        self._open: list[socket.socket] = [self._plain, self._tls]
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        """Where it speaks plain HTTP."""
        return int(self._plain.getsockname()[1])

    @property
    def tls_port(self) -> int:
        """Where it speaks TLS, on the address `PUBLIC`."""
        return int(self._tls.getsockname()[1])

    def asked(self, url: str) -> list[Served]:
        """The requests for an address, in order."""
        return [one for one in list(self.served) if f"https://{one.host}{one.target}" == url]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, args=(self._plain, self._carry), daemon=True).start()
        threading.Thread(target=self._accept, args=(self._tls, self._carry_tls), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self, door: socket.socket, carry: Callable[[socket.socket], None]) -> None:
        while True:
            try:
                connection, _ = door.accept()
            except OSError:
                return
            self._open.append(connection)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_quietly, args=(carry, connection), daemon=True).start()

    def _carry_tls(self, connection: socket.socket) -> None:
        if self._hello == "cut":
            connection.recv(65536)
            _reset(connection)
            return
        with self._lock:
            context = self._contexts.pop(0) if len(self._contexts) > 1 else self._contexts[0]
        self._carry(context.wrap_socket(connection, server_side=True), once=True)

    def _carry(self, connection: socket.socket, *, once: bool = False) -> None:
        waiting = b""
        with connection:
            while True:
                while b"\r\n\r\n" not in waiting:
                    data = connection.recv(65536)
                    if not data:
                        return
                    waiting += data
                head, _, waiting = waiting.partition(b"\r\n\r\n")
                if not self._answer(connection, head) or once:
                    return

    def _answer(self, connection: socket.socket, head: bytes) -> bool:
        """Answer one request; whether the connection may carry another."""
        target = head.split(b" ", 2)[1].decode("latin-1")
        host = re.search(rb"(?im)^host: *([^\r]*)", head)
        served = Served(time.monotonic(), host[1].decode("latin-1") if host else "", target, head)
        with self._lock:
            before = len(self.asked(self._url))
            self.served.append(served)
        page = self._content.find(served.host, target, 1) or self._content.find(served.host, "404", 1) or _NOT_FOUND
        pieces: Iterable[bytes | Then] = (honest(page),)
        if self._play is not None and self._misbehaves(f"https://{served.host}{target}"):
            pieces = self._play(Ask(page, before, self.port))
        try:
            return _send(connection, pieces, served)
        finally:
            served.ended_at = time.monotonic()

    def _misbehaves(self, url: str) -> bool:
        if self._everywhere and not url.endswith("/robots.txt"):
            return url.split("/")[2] == self._url.split("/")[2]
        return url == self._url


_NOT_FOUND: Final = Answer(b"not here\n", "text/plain", status=404)


def honest(page: Answer) -> bytes:
    """A whole answer as a good server sends it."""
    return page.wire(zipped=True, fresh=False, head=False, old=False, date=DATE)


def _send(connection: socket.socket, pieces: Iterable[bytes | Then], served: Served) -> bool:
    for piece in pieces:
        if isinstance(piece, bytes):
            served.sent += piece[: KEPT - len(served.sent)]  # before it is sent: a client may be quick
            connection.sendall(piece)
            continue
        if piece == "reset":
            time.sleep(0.05)  # else the client's system throws away what it has not read
            _reset(connection)
        elif piece == "hang":
            select.select([connection], [], [], 30)
        return False
    return True


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _quietly(carry: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with contextlib.suppress(OSError), connection:
        carry(connection)
