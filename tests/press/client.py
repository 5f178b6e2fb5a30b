"""A client that sees the bytes: one socket, requests as they are written, responses as they come."""

from __future__ import annotations

import gzip
import socket
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Response:
    """A response taken apart; `raw` is all of it."""

    raw: bytes
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        return next((value for given, value in self.headers if given.lower() == name.lower()), None)

    @property
    def text(self) -> str:
        body = gzip.decompress(self.body) if self.header(b"content-encoding") == b"gzip" else self.body
        return body.decode("utf-8")


class Client:
    """A connection to a press."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None, name: str = "herald.example") -> None:
        plain = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.socket = tls.wrap_socket(plain, server_hostname=name) if tls else plain
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def get(self, host: str, path: str, *headers: str, method: str = "GET", version: str = "1.1") -> Response:
        lines = [f"{method} {path} HTTP/{version}", f"Host: {host}", *headers, "", ""]
        return self.send("\r\n".join(lines).encode(), head=method == "HEAD")

    def send(self, request: bytes, *, head: bool = False) -> Response:
        self.socket.sendall(request)
        return self.receive(head=head)

    def receive(self, *, head: bool = False) -> Response:
        raw = self._until(b"\r\n\r\n")
        first, *lines = raw[:-4].split(b"\r\n")
        headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
        status, fields = int(first.split()[1]), {name.lower(): value for name, value in headers}
        if head or status == 304:
            return Response(raw, status, headers, b"")
        if fields.get(b"transfer-encoding") == b"chunked":
            body = b""
            while True:
                line = self._until(b"\r\n")
                chunk = self._exactly(int(line.split(b";")[0], 16) + 2)
                raw, body = raw + line + chunk, body + chunk[:-2]
                if chunk == b"\r\n":
                    return Response(raw, status, headers, body)
        body = self._exactly(int(fields[b"content-length"]))
        return Response(raw + body, status, headers, body)

    def is_closed(self) -> bool:
        """Whether the other side has hung up."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._read:
            self._more()
        end = self._read.index(mark) + len(mark)
        taken, self._read = self._read[:end], self._read[end:]
        return taken

    def _exactly(self, length: int) -> bytes:
        while len(self._read) < length:
            self._more()
        taken, self._read = self._read[:length], self._read[length:]
        return taken

    def _more(self) -> None:
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionError("the press hung up")
        self._read += data
