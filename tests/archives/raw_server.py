"""A server that sends scripted bytes and keeps the bytes it was sent: plain sockets, so that nothing tidies either."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

Then = Literal["keep", "close", "drop", "reset", "hang"]


@dataclass(frozen=True, slots=True)
class Script:
    """What to do about one request: send `wire`, then keep the connection, close it, or say no more on it.

    `drop` closes it without TLS's word of farewell, as many servers do; `reset` tears it down after a moment.
    `dribble` sends that many bytes at a time. `fresh_only` hangs up without a word where the connection has carried
    an exchange before, as a server does that had just decided to close it.
    """

    wire: bytes
    then: Then = "keep"
    dribble: int = 0
    fresh_only: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """One request as it arrived, and the number of the connection that brought it."""

    connection: int
    request: bytes

    @property
    def host(self) -> str:
        """The value of the Host field."""
        return self.request.split(b"\r\nHost: ", 1)[1].split(b"\r\n", 1)[0].decode()

    @property
    def target(self) -> str:
        """The request target."""
        return self.request.split(b" ", 2)[1].decode()


class RawServer:
    """Serves what `script_for(host, target)` says, on a loopback port, between `with` and its end."""

    def __init__(self, script_for: Callable[[str, str], Script], tls: ssl.SSLContext | None = None) -> None:
        self.served: list[Served] = []
        self._script_for = script_for
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()

    @property
    def origin(self) -> str:
        """Where it listens, as `--connect-to` takes it."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (self._socket, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._carry, args=(connection, number), daemon=True).start()
            number += 1

    def _carry(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            waiting, carried = b"", 0
            while True:
                while b"\r\n\r\n" not in waiting:
                    data = connection.recv(65536)
                    if not data:
                        return
                    waiting += data
                head, _, waiting = waiting.partition(b"\r\n\r\n")
                served = Served(number, head + b"\r\n\r\n")
                with self._lock:
                    self.served.append(served)
                script = self._script_for(served.host, served.target)
                if script.fresh_only and carried:
                    return
                _send(connection, script)
                carried += 1
                if script.then == "close":
                    if isinstance(connection, ssl.SSLSocket):
                        connection.unwrap()
                    return
                if script.then == "drop":
                    return
                if script.then == "reset":
                    time.sleep(0.2)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                if script.then == "hang":
                    time.sleep(5)
                    return


def _send(connection: socket.socket, script: Script) -> None:
    step = script.dribble or max(1, len(script.wire))
    for start in range(0, len(script.wire), step):
        connection.sendall(script.wire[start : start + step])
        if script.dribble:
            time.sleep(0.0005)
