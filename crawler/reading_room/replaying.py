"""A second site, of its own origin: captured pages with their images and styles, scripts off, out of the archive alone.

What is shown here was written by strangers. So it lies on another port than the room, under a name that is made anew
at each start, and each answer forbids scripts, forms and any address but this site's: the browser holds to that even
where the rewriting of addresses missed one.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.addresses import resolve
from crawler.errors import ParseError
from crawler.html import decode
from crawler.reading_room.captures import Answer, NotHeld, answer_of, moment_of
from crawler.reading_room.drawing import draw
from crawler.reading_room.origins import Origin
from crawler.reading_room.rewriting import rewritten_css, rewritten_html
from crawler.reading_room.room import NoSuchPage, Room

MAX_PAGE: Final = 8 * 1024 * 1024  # of HTML and CSS that are rewritten
_SHOWN: Final = re.compile(r"(?:image|font|audio|video)/[\w.+-]+|application/(?:font-[\w-]+|x-font-[\w-]+|pdf)")
_HTML: Final = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE)


def policy(origin: Origin) -> dict[str, str]:
    """What a browser may do with an answer of this site."""
    return {
        "Content-Security-Policy": f"sandbox; default-src 'none'; img-src {origin} data:; media-src {origin}; "
        f"font-src {origin} data:; style-src {origin} 'unsafe-inline'; frame-src {origin}; form-action 'none'; "
        "base-uri 'none'",
        "Cache-Control": "no-store",
    }


class Replaying:
    """The site. `key` is the beginning of all its paths, `origin` where it is served."""

    def __init__(self, room: Room, origin: Origin) -> None:
        self.room = room
        self.key, self._origin = secrets.token_urlsafe(12), origin

    @property
    def base(self) -> str:
        """What all its addresses begin with."""
        return f"{self._origin}/{self.key}"

    def app(self) -> Starlette:
        """The application."""
        routes = [
            Route(f"/{self.key}/{{record}}/", self._page),
            Route(f"/{self.key}/{{record}}/{{url:path}}", self._beside),
        ]
        return Starlette(routes=routes)

    def _page(self, request: Request) -> Response:
        """The page of a record: the very bytes that a line was read from."""
        record = request.path_params["record"]
        try:
            capture, _ = self.room.capture_of(record)
            return self._shown(self.room.captures.answer(capture), record)
        except (NoSuchPage, NotHeld) as error:
            return _absent(str(error))

    def _beside(self, request: Request) -> Response:
        """What was captured at an address, as near as may be to the record."""
        record = request.path_params["record"]
        url = asked_url(request, f"/{self.key}/{record}/")
        try:
            capture, _ = self.room.capture_of(record)
            found, stored = self.room.captures.near(url, moment_of(capture["captured_at"]))
            return self._shown(answer_of(stored), record, found.url)
        except (NoSuchPage, NotHeld) as error:
            return _absent(str(error))

    def _shown(self, answer: Answer, record: str, url: str = "") -> Response:
        url = url or answer.url

        def lead(address: str) -> str:
            return f"{self.base}/{record}/{address}"

        kind = answer.kind.strip()
        if answer.location and 300 <= answer.status < 400:
            to = resolve(url, answer.location)
            return Response(status_code=302, headers={"Location": lead(to)}) if to else _absent(answer.location)
        if _HTML.match(kind):
            page = _text(answer.body)
            return Response(rewritten_html(page, url, lead).encode("utf-8", "replace"), media_type="text/html")
        if kind.lower().startswith("text/css"):
            css = _text(answer.body)
            return Response(rewritten_css(css, url, lead).encode("utf-8", "replace"), media_type="text/css")
        if shown := _SHOWN.match(kind.lower()):
            headers = {"Access-Control-Allow-Origin": "*"} if "font" in shown[0] else {}  # a sandbox has no origin
            return Response(answer.body, media_type=shown[0], headers=headers)
        if kind.lower().startswith(("text/plain", "application/json")):
            return Response(_text(answer.body).encode("utf-8", "replace"), media_type="text/plain")
        return _absent(f"{url}: is {kind[:80] or 'of no kind that is said'}, which is not shown")


def asked_url(request: Request, prefix: str) -> str:
    """The archived address behind a prefix, with its query, as it was written there."""
    path = str(request.scope["raw_path"], "latin-1").removeprefix(prefix)
    query = str(request.scope["query_string"], "latin-1")
    return path + (f"?{query}" if query else "")


def _text(body: bytes) -> str:
    if len(body) > MAX_PAGE:
        raise NotHeld(f"{len(body):,} bytes are too many to be shown; the shell lines fetch them")
    try:
        return decode(body)
    except ParseError:
        return body.decode("latin-1")


def _absent(words: str) -> Response:
    return Response(draw("frame.html", words=words), 404, media_type="text/html")
