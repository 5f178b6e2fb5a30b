"""The press on a port of 127.0.0.1: one threaded HTTP/1.1 server, the newspaper chosen by the Host header.

with serve() as press:            # serve(sitemap=True, rest=False, feed=True)
    press.origin                  # "http://127.0.0.1:PORT"
    press.log                     # [(host, path with query, status), ...] in order of answering
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from .press import Press
from .wire import Reply

CHUNK = 1500


@dataclass
class SitesPress:
    """A running press."""

    press: Press
    port: int = 0
    log: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serve(sitemap: bool = True, rest: bool = False, feed: bool = True) -> Iterator[SitesPress]:
    """A running press, stopped at the end of the block."""
    running = SitesPress(Press(sitemap, rest, feed))
    server = _Server(("127.0.0.1", 0), running)
    running.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], running: SitesPress) -> None:
        self.running = running
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "nginx", ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 30

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_POST(self) -> None:
        self.close_connection = True
        self._send(Reply(405, (("Allow", "GET, HEAD"), ("Connection", "close")), b"", False), with_body=True)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: `log` is the record."""

    def _answer(self, with_body: bool) -> None:
        host, target = self._asked()
        assert isinstance(self.server, _Server)
        running = self.server.running
        reply = running.press.reply(host, target, {name.lower(): value for name, value in self.headers.items()})
        running.log.append((host, target, reply.status))
        self._send(reply, with_body)

    def _asked(self) -> tuple[str, str]:
        """Host and target; a proxy's absolute form names both (RFC 9112, 3.2.2)."""
        if self.path.startswith(("http://", "https://")):
            parts = urlsplit(self.path)
            query = f"?{parts.query}" if parts.query else ""
            return parts.hostname or "", (parts.path or "/") + query
        return self.headers.get("Host", "").partition(":")[0].lower(), self.path

    def _send(self, reply: Reply, with_body: bool) -> None:
        chunked = reply.chunked and self.request_version == "HTTP/1.1" and reply.status == 200
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if with_body and chunked:
            for start in range(0, len(reply.body), CHUNK):
                part = reply.body[start : start + CHUNK]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
        elif with_body:
            self.wfile.write(reply.body)
        self.wfile.flush()
