"""An S3 on loopback, moto's own server, asked by plain HTTP; what it was asked; and a way to cut it off."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LISTENS = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")
ASKED = re.compile(r'"(?:\x1b\[[\d;]*m)*(GET|PUT|HEAD|POST|DELETE) (\S+) HTTP')
# moto looks whether there is a signature, but not at it
SIGNED = "AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"


@dataclass(frozen=True, slots=True)
class S3:
    """A running server, its one bucket, and the log of what it was asked."""

    endpoint: str
    bucket: str
    log: Path

    @property
    def address(self) -> str:
        """Of the bucket."""
        return f"s3://{self.bucket}"

    def environment(self, endpoint: str = "") -> dict[str, str]:
        """What a process needs to ask it. Nothing of the user's own reaches it."""
        return {
            "AWS_ACCESS_KEY_ID": "AKIAINVENTED",
            "AWS_SECRET_ACCESS_KEY": "invented-secret",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint or self.endpoint,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def ask(self, method: str, key: str, data: bytes | None = None) -> bytes:
        """What the server answers, past all of ours. Raises `HTTPError`."""
        address = f"{self.endpoint}/{self.bucket}/{key}"
        headers = {
            "Authorization": SIGNED,
            "Content-Type": "application/octet-stream",
            "x-amz-checksum-mode": "ENABLED",
        }
        with urllib.request.urlopen(urllib.request.Request(address, data, headers, method=method)) as answer:
            return (
                answer.headers.get("x-amz-checksum-sha256", "").encode() if method == "HEAD" else bytes(answer.read())
            )

    def get(self, key: str) -> bytes | None:
        """An object, or None."""
        try:
            return self.ask("GET", key)
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return None

    def keys(self, prefix: str) -> list[str]:
        """The names of objects."""
        return re.findall("<Key>([^<]+)</Key>", self.ask("GET", f"?list-type=2&prefix={prefix}").decode())

    def asked(self) -> list[tuple[str, str]]:
        """Method and path of each request so far."""
        return ASKED.findall(self.log.read_text())


@contextmanager
def serving(scratch: Path) -> Iterator[S3]:
    """Run moto's server on a free port, with a bucket in it."""
    log = scratch / "moto.log"
    with log.open("wb") as out:
        process = subprocess.Popen([moto_server(), "-H", "127.0.0.1", "-p", "0"], stdout=out, stderr=out)
    try:
        until = time.monotonic() + 60
        while (found := LISTENS.search(log.read_text())) is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, "moto does not listen"
            time.sleep(0.05)
        s3 = S3(found[1], "editorials", log)
        s3.ask("PUT", "")
        yield s3
    finally:
        process.kill()
        process.wait(20)


def moto_server() -> str:
    """Its path: moto lives in an environment of its own (see the Makefile)."""
    environment = Path(os.environ.get("GENBUN_MOTO") or ROOT / ".venv-moto")
    if not (environment / "bin" / "moto_server").exists():
        pytest.skip("needs moto: run `make moto`, or name its environment in GENBUN_MOTO")
    return str(environment / "bin" / "moto_server")


@dataclass
class Relay:
    """Hands bytes to a server and back. Once `sent` or `received` are spent, nothing more goes that way.

    `received`: bytes of answers, then every connection is cut and none is taken any more. `sent`: bytes of requests,
    then they are no longer passed on, and `stalled` is set. `drop_once`: after so many bytes of answers one
    connection is cut, and no other.
    """

    to: tuple[str, int]
    received: int = 1 << 62
    sent: int = 1 << 62
    drop_once: int = 0
    stalled: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        """Cut everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._open.clear()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self.to)
                with self._lock:
                    self._open |= {client, server}
                threading.Thread(target=self._pass, args=(client, server, "sent"), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, "received"), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, which: str) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                with self._lock:
                    left = getattr(self, which) - len(data)
                    setattr(self, which, left)
                if which == "received" and self.drop_once and (1 << 62) - left > self.drop_once:
                    self.drop_once = 0
                    break
                if left >= 0:
                    target.sendall(data)
                elif which == "received":
                    target.sendall(data[: len(data) + left])
                    self.close()
                    return
                else:
                    self.stalled.set()
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


@contextmanager
def relay(s3: S3, *, received: int = 1 << 62, sent: int = 1 << 62) -> Iterator[Relay]:
    """A relay before a server."""
    host, _, port = s3.endpoint.removeprefix("http://").partition(":")
    between = Relay((host, int(port)), received, sent)
    try:
        yield between
    finally:
        between.close()
