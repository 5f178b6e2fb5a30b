"""The sites of a room on their ports, in one process, until it is told to end."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from crawler.errors import UsageError
from crawler.reading_room import playing, replaying, site
from crawler.reading_room.guard import Guard
from crawler.reading_room.origins import ASKED, Origin
from crawler.reading_room.playing import Playing
from crawler.reading_room.replaying import Replaying
from crawler.reading_room.room import Room
from crawler.reading_room.site import Site

PORT: Final = 8601  # and the next ones: for captures, and for the player
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class Sites:
    """What is served where: `address` is what to open, with the token if there is one."""

    address: str
    captures: str
    player: str
    apps: Sequence[tuple[socket.socket, ASGIApp]]


def sites_of(room: Room, host: str = "127.0.0.1", port: int | None = None, player: Path | None = None) -> Sites:
    """Bind the ports and make the sites. Raises `UsageError` where a port is taken or the player is none."""
    token = "" if host in LOOPBACK else secrets.token_urlsafe(24)
    sockets = _bound(host, port, 3 if player else 2)
    shown = host if host not in ("0.0.0.0", "::") else socket.gethostname()  # noqa: S104  # what the user gave
    ASKED.set(f"[{shown}]" if ":" in shown else shown)
    origins = [Origin(one.getsockname()[1]) for one in sockets]
    names = {"localhost", host, socket.gethostname()}
    beside = Replaying(room, origins[1])
    played = Playing(room, player, origins[2]) if player else None
    main = Site(room, beside, played)
    cookie = f"genbun-{origins[0].port}"
    apps: list[tuple[socket.socket, ASGIApp]] = [
        (
            sockets[0],
            Guard(main.app(), names=names, headers=lambda: site.policy(*origins[1:]), token=token, cookie=cookie),
        ),
        (sockets[1], Guard(beside.app(), names=names, headers=lambda: replaying.policy(origins[1]), framed=True)),
    ]
    if played:
        apps.append(
            (sockets[2], Guard(played.app(), names=names, headers=lambda: playing.policy(origins[0]), framed=True))
        )
    address = f"{origins[0]}/" + (f"?token={token}" if token else "")
    return Sites(address, str(origins[1]), str(origins[2]) if played else "", apps)


def serve(sites: Sites) -> None:
    """Serve until SIGINT or SIGTERM."""
    asyncio.run(_serve(sites))


async def _serve(sites: Sites) -> None:
    servers = [_Server(_config(app)) for _, app in sites.apps]
    loop = asyncio.get_running_loop()

    def end() -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    await asyncio.gather(*(server.serve([one]) for server, (one, _) in zip(servers, sites.apps, strict=True)))


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app, http="h11", log_config=None, access_log=False, server_header=False, lifespan="auto", ws="none",
        limit_concurrency=AT_ONCE, timeout_graceful_shutdown=2, h11_max_incomplete_event_size=65_536,
    )  # fmt: skip


class _Server(uvicorn.Server):
    """Leaves signals to us: there are several servers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Of none."""
        yield


def _bound(host: str, port: int | None, count: int) -> list[socket.socket]:
    """A socket for each site, on ports that follow each other if one is asked for; where the usual are taken, any."""
    try:
        kind = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]
    except socket.gaierror:
        raise UsageError(f"--host {host}: is no address of this machine") from None
    wanted = [PORT if port is None else port, *range((port or PORT) + 1, (port or PORT) + count)]
    if port == 0:
        wanted = [0] * count
    try:
        return _listening(kind, host, wanted)
    except OSError as error:
        if port is None:
            return _listening(kind, host, [0] * count)
        numbers = ", ".join(map(str, wanted))
        raise UsageError(
            f"--port {port}: cannot listen on {host}, ports {numbers} ({error.strerror}); give another"
        ) from None


def _listening(kind: int, host: str, ports: Sequence[int]) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for port in ports:
            one = socket.socket(kind, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # as such asyncio does not delay it
            sockets.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((host, port))
            one.listen(128)
    except OSError:
        for one in sockets:
            one.close()
        raise
    return sockets
