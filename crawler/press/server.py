"""The embedded press: two newspapers on one loopback port, for the demo, the tests and the benchmarks.

    with Press(demo()) as press:
        crawl(connect_to=press.connect_to)

A real HTTP/1.1 server on asyncio, in a thread of its own. The Host header chooses the newspaper; answers are made
once and sent as they are. `press.exchanges` says what was asked and what was answered, byte for byte.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import threading
from collections import deque
from concurrent.futures import Future
from types import TracebackType
from typing import Protocol, Self

from crawler.press.answer import Answer, Raw, http_date
from crawler.press.connection import Connection, Served

__all__ = ["Content", "Press", "Served"]

FIRST_DAY = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)  # the Date of every answer in edition 1; one day more in edition 2
STOP_WITHIN = 5.0  # seconds


class Content(Protocol):
    """What a press prints: hosts, and an answer for each address of an edition (1, 2 …), or None for a 404."""

    @property
    def hosts(self) -> tuple[str, ...]: ...

    def find(self, host: str, target: str, edition: int) -> Answer | Raw | None:
        """The answer for a path with its query."""
        ...


class Press:
    """Serves `content` on loopback, between `start` and `stop` or as a context manager.

    `latency` waits that many seconds before each answer. `keep` keeps the bytes of responses in `exchanges` too.
    With `tls` it speaks HTTPS with that context.
    """

    def __init__(
        self,
        content: Content,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        latency: float = 0.0,
        tls: ssl.SSLContext | None = None,
        log: bool = True,
        keep: bool = False,
    ) -> None:
        self.content, self.latency, self.log, self.keep = content, latency, log, keep
        self.host, self.port = host, port
        self.edition = 1
        self.exchanges: list[Served] = []
        self.connections: set[Connection] = set()
        self.connections_made = 0
        self._tls = tls
        self._instead: dict[tuple[str, str], deque[Answer | Raw]] = {}
        self._stopping: asyncio.Event
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def origin(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}"

    @property
    def connect_to(self) -> dict[str, str]:
        """For `--connect-to`: each of its hosts, and this origin."""
        return dict.fromkeys(self.content.hosts, self.origin)

    @property
    def date(self) -> bytes:
        """The Date header: fixed within an edition, so that the same question is answered by the same bytes."""
        return http_date(FIRST_DAY + dt.timedelta(days=self.edition - 1))

    def edit(self) -> None:
        """Go to press again: from now on the second edition."""
        self.edition = 2

    def instead(self, host: str, path: str, *answers: Answer | Raw) -> None:
        """Answer this address with these, one after the other, the last one from then on; with none, as before."""
        if answers:
            self._instead[host, path] = deque(answers)
        else:
            self._instead.pop((host, path), None)

    def find(self, host: str, target: str) -> Answer | Raw | None:
        """The answer for an address in the present edition."""
        waiting = self._instead.get((host, target))
        if waiting:
            return waiting.popleft() if len(waiting) > 1 else waiting[0]
        return self.content.find(host, target, self.edition)

    def asked(self, host: str | None = None) -> list[str]:
        """The addresses asked so far, in order: `host/path`."""
        return [f"{one.host}{one.path}" for one in self.exchanges if host in (None, one.host)]

    def start(self) -> Self:
        """Listen, in a thread of its own; `port` is known when this returns."""
        listening: Future[int] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listening)), name="genbun-press", daemon=True
        )
        self._thread.start()
        self.port = listening.result()
        return self

    def stop(self) -> None:
        """Hang up on everybody and give the port back."""
        if self._thread is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(STOP_WITHIN)
        self._thread = self._loop = None

    async def _serve(self, listening: Future[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            server = await self._loop.create_server(
                lambda: Connection(self), self.host, self.port, ssl=self._tls, backlog=512
            )
        except OSError as error:
            listening.set_exception(error)
            return
        listening.set_result(server.sockets[0].getsockname()[1])
        await self._stopping.wait()
        server.close()
        for connection in list(self.connections):
            connection.hang_up()
        await server.wait_closed()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
