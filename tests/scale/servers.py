"""A Redis of our own: Debian's server on a free port of loopback."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from redis import Redis, RedisError

TRIES = 200


class Server:
    """A server, between `start` and `stop`; `options` are those of redis-server. It keeps nothing unless told to."""

    def __init__(self, program: str, folder: Path, options: Sequence[str] = ()) -> None:
        self.port = free_port()
        self._command = [program, "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(folder), "--save", ""]
        self._command += options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For `--frontier`."""
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        """A client of it."""
        return Redis.from_url(self.url)

    def start(self) -> None:
        """Start it; it answers when this returns."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        for _ in range(TRIES):
            try:
                with self.client() as client:
                    client.info()
            except RedisError as error:
                if "auth" in str(error).lower():
                    return
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"redis-server did not answer on port {self.port}")

    def stop(self) -> None:
        """Stop it; what its options have it keep is kept."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
