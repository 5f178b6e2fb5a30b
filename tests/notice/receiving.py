"""Those who are told: a real HTTP server on loopback, and a program named `sendmail` that keeps what it is given."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SENDMAIL = """#!/bin/sh
# Keeps each mail and its arguments; ends with what `status` says.
here=$(dirname "$0")
n=$(ls "$here" | grep -c '^mail-')
printf '%s\\n' "$@" > "$here/words-$n"
cat > "$here/mail-$n"
[ -e "$here/status" ] || exit 0
echo "550 no such user, secret-host" >&2
exit "$(cat "$here/status")"
"""


@dataclass
class Hook:
    """What a webhook was sent, and what it answers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    origin: str = ""


@contextmanager
def listening(context: ssl.SSLContext | None = None) -> Iterator[Hook]:
    """A webhook, as long as the block lasts."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.asked.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
            hook.bodies.append(json.loads(body))
            self.send_response(hook.status)
            for name, value in hook.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            hook.asked.append((self.command, self.path, {}))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    hook.origin = f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Postbox:
    """The folder of a stand-in sendmail."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Postbox:
        """Put the program into a folder, which is to come first on PATH."""
        folder.mkdir()
        program = folder / "sendmail"
        program.write_text(SENDMAIL, "utf-8")
        program.chmod(0o755)
        return cls(folder)

    def fails(self, status: int | None) -> None:
        """From now on it ends so."""
        if status is None:
            (self.folder / "status").unlink()
        else:
            (self.folder / "status").write_text(str(status))

    def mails(self) -> list[EmailMessage]:
        """What it was given, oldest first."""
        paths = sorted(self.folder.glob("mail-*"))
        return [message_from_bytes(path.read_bytes(), EmailMessage, policy=default) for path in paths]

    def words(self) -> list[list[str]]:
        """With which arguments."""
        return [path.read_text().splitlines() for path in sorted(self.folder.glob("words-*"))]
