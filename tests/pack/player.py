"""ReplayWeb.page's own player around a WACZ, on a loopback port: what somebody sees who opens the file in it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

PAGE = """<!doctype html><meta charset="utf-8"><title>player</title>
<style>html, body {{ margin: 0; height: 100% }} replay-web-page {{ display: block; height: 100% }}</style>
<script src="/ui.js"></script>
<replay-web-page source="/package.wacz" replayBase="/replay/" {where}></replay-web-page>
"""
TYPES = {".js": "text/javascript", ".html": "text/html", ".wacz": "application/wacz"}

DOCUMENTS = """
const documents = (root, found = []) => {
    for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) documents(element.shadowRoot, found);
        if (element.tagName === 'IFRAME' && element.contentDocument) {
            found.push(element.contentDocument);
            documents(element.contentDocument, found);
        }
    }
    return found;
};
"""
"""Every document in the page, however deep in frames and shadow trees."""


def replayed(script: str) -> str:
    """A script on `page`, the document of the page that the player replays; null until there is one."""
    return (
        f"(() => {{ {DOCUMENTS} const page = documents(document).find(one => one.location.href.includes('mp_/'));"
        f" return page && page.readyState === 'complete' ? ({script}) : null; }})()"
    )


@contextmanager
def serving(player: Path, wacz: Path) -> Iterator[str]:
    """Serve the player and the file; gives the origin. `address` says where the player opens a page."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            name = path.rpartition("/")[2]
            if path == "/":
                where = dict(part.split("=", 1) for part in query.split("&") if part)
                attributes = " ".join(f'{key}="{value}"' for key, value in _unquoted(where).items())
                self._answer(PAGE.format(where=attributes).encode(), ".html")
            elif name in ("ui.js", "sw.js"):
                self._answer((player / name).read_bytes(), ".js")
            elif name == "package.wacz":
                self._answer(wacz.read_bytes(), ".wacz")
            elif path.startswith("/replay/"):
                text = '<!doctype html><script src="./ui.js"></script><replay-app-main></replay-app-main>'
                self._answer(text.encode(), ".html")
            else:
                self._answer(b"", ".html", 404)

        def _answer(self, body: bytes, kind: str, status: int = 200) -> None:
            span = _range(self.headers.get("Range", ""), len(body))
            size = len(body)
            if span and status == 200:
                status, body = 206, body[span[0] : span[1]]
            self.send_response(status)
            self.send_header("Content-Type", TYPES[kind])
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Accept-Ranges", "bytes")
            if span and status == 206:
                self.send_header("Content-Range", f"bytes {span[0]}-{span[1] - 1}/{size}")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # as it is called
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def address(origin: str, url: str, moment: str) -> str:
    """Where the player shows that capture."""
    stamp = "".join(ch for ch in moment[:19] if ch.isdigit())
    return f"{origin}/?{urlencode({'url': url, 'ts': stamp})}"


def signature_held() -> str:
    """A script for what the player itself found of the package's signature: whether it holds, null if it has none."""
    return """(async () => {
        const result = request => new Promise(done => { request.onsuccess = () => done(request.result); });
        for (const { name } of await indexedDB.databases()) {
            const database = await result(indexedDB.open(name));
            if (!database.objectStoreNames.contains('verification')) continue;
            const store = database.transaction('verification').objectStore('verification');
            return (await result(store.get('signature')))?.matched;
        }
        return null;
    })()"""


def _unquoted(query: dict[str, str]) -> dict[str, str]:
    from html import escape
    from urllib.parse import unquote_plus

    return {key: escape(unquote_plus(value)) for key, value in query.items()}


def _range(said: str, size: int) -> tuple[int, int] | None:
    """A range asked for, cut to what there is: the player asks for the last 64 KiB of smaller files too."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", said)
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1 if last else size, size)
