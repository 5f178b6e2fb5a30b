"""ARCHIVE → files of a static site: captured pages, and the images, styles and fonts they need, each written once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from archives.message import BadMessage
from crawler.errors import ParseError
from crawler.html import decode
from crawler.reading_room.addresses import file_name
from crawler.reading_room.captures import Captures, NotHeld, answer_of, moment_of
from crawler.reading_room.rewriting import rewritten_css, rewritten_html

#: What may lie beside a captured page. Of scripts none, of SVG images none that is opened as a page.
ENDINGS: Final = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/avif": ".avif",
    "image/svg+xml": ".svg", "image/x-icon": ".ico", "image/vnd.microsoft.icon": ".ico", "text/css": ".css",
    "font/woff": ".woff", "font/woff2": ".woff2", "font/ttf": ".ttf", "font/otf": ".otf",
    "application/font-woff": ".woff", "application/font-woff2": ".woff2",
}  # fmt: skip
DEPTH: Final = 4  # style sheets that import style sheets
NOWHERE: Final = "about:invalid"
POLICY: Final = (
    '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "img-src 'self' file: data:; style-src 'self' file: 'unsafe-inline'; font-src 'self' file: data:; "
    'form-action \'none\'; base-uri \'none\'"><meta name="referrer" content="no-referrer">'
)

Write = Callable[[str, bytes], None]


class Files:
    """Writes what captured pages need, through `write`, which is given a path below the site's folder."""

    def __init__(self, captures: Captures, pages: dict[str, str], write: Write) -> None:
        self._captures, self._pages, self._write = captures, pages, write
        self._named: dict[tuple[str, int], str | None] = {}

    def page(self, record: str, capture: dict[str, Any]) -> str:
        """Write a captured page; its path, or nothing where the archive cannot show it."""
        path = f"captured/{file_name(record)}.html"
        try:
            answer = self._captures.answer(capture)
            if "html" not in answer.kind.lower():
                raise NotHeld(f"{answer.url}: is no page")
            text = decode(answer.body)
        except (NotHeld, ParseError):
            return ""
        moment = moment_of(capture["captured_at"])

        def lead(url: str) -> str:
            held = self.named(url, moment)
            return f"files/{held}" if held else self._pages.get(url, NOWHERE)

        self._write(path, (POLICY + rewritten_html(text, answer.url, lead)).encode("utf-8", "replace"))
        return path

    def named(self, url: str, moment: str, depth: int = 0) -> str | None:
        """The name of the file that holds what was captured at an address, written if it was not yet."""
        if depth > DEPTH:
            return None
        found = self._captures.nearest(url, moment)
        if found is None or found.mime.partition(";")[0].strip().lower() not in (*ENDINGS, "warc/revisit"):
            return None
        place = (found.warc, found.offset)
        if place not in self._named:
            self._named[place] = None  # a style sheet that imports itself
            self._named[place] = self._filed(url, moment, depth)
        return self._named[place]

    def _filed(self, url: str, moment: str, depth: int) -> str | None:
        try:
            _, record = self._captures.near(url, moment)
            answer = answer_of(record)
        except (NotHeld, BadMessage):
            return None
        kind = answer.kind.partition(";")[0].strip().lower()
        if answer.status != 200 or kind not in ENDINGS:
            return None
        body = answer.body
        if kind == "text/css":

            def lead(address: str) -> str:
                return self.named(address, moment, depth + 1) or NOWHERE

            body = rewritten_css(body.decode("utf-8", "replace"), answer.url, lead).encode("utf-8", "replace")
        name = hashlib.sha256(body).hexdigest()[:24] + ENDINGS[kind]
        self._write(f"captured/files/{name}", body)
        return name
