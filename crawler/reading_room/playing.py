"""A third site, of its own origin: the user's copy of ReplayWeb.page around the package of one captured page.

The player is AGPL-3.0 and no part of Genbun: the user names the folder with its two files, and they are served as they
are. Pages run their scripts in it, so it has an origin of its own and may ask nothing but that.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.errors import UsageError
from crawler.reading_room.captures import NotHeld, moment_of
from crawler.reading_room.drawing import draw
from crawler.reading_room.origins import Origin
from crawler.reading_room.packages import Packages
from crawler.reading_room.room import NoSuchPage, Room

FILES: Final = ("ui.js", "sw.js")
_RANGE: Final = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


def policy(parent: Origin) -> dict[str, str]:
    """What a browser may do here: run what the page and the player bring, ask this site alone."""
    own = "'self' 'unsafe-inline' 'unsafe-eval' blob: data:"
    return {
        "Content-Security-Policy": f"default-src {own}; connect-src 'self' blob: data:; "
        f"frame-ancestors 'self' {parent}; form-action 'none'; base-uri 'self'",
        "Cache-Control": "no-store",
    }


class Playing:
    """The site. Raises `UsageError` where the folder holds no player."""

    def __init__(self, room: Room, folder: Path, origin: Origin) -> None:
        for name in FILES:
            if not (folder / name).is_file():
                raise UsageError(
                    f"{folder}: holds no {name}; --player takes the folder with ReplayWeb.page's ui.js and sw.js"
                )
        self.room, self.folder = room, folder
        self.key, self._origin = secrets.token_urlsafe(12), origin
        self.packages = Packages(room.captures)

    @property
    def base(self) -> str:
        """What all its addresses begin with."""
        return f"{self._origin}/{self.key}"

    def app(self) -> Starlette:
        """The application."""
        key = self.key
        return Starlette(
            routes=[
                Route(f"/{key}/{{record}}/", self._page),
                Route(f"/{key}/{{record}}/page.wacz", self._package),
                Route(f"/{key}/{{record}}/replay/", self._replay),
                Route(f"/{key}/{{record}}/replay/{{name}}", self._script),
                Route(f"/{key}/{{record}}/{{name}}", self._script),
            ]
        )

    def _page(self, request: Request) -> Response:
        try:
            capture, _ = self.room.capture_of(request.path_params["record"])
        except NoSuchPage as error:
            return _absent(str(error))
        where = {"url": capture["url"], "ts": moment_of(capture["captured_at"])}
        path = f"/{self.key}/{request.path_params['record']}"
        return Response(draw("player.html", path=path, hash=urlencode(where), **where), media_type="text/html")

    def _replay(self, request: Request) -> Response:
        return Response(draw("replay.html"), media_type="text/html")

    def _script(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            return _absent(name)
        return Response((self.folder / name).read_bytes(), media_type="text/javascript")

    def _package(self, request: Request) -> Response:
        """The package, or a range of it; the player asks for the last 64 KiB of smaller files too."""
        try:
            capture, line = self.room.capture_of(request.path_params["record"])
            path = self.packages.of(
                request.path_params["record"], capture, line["headline"] if line else capture["url"]
            )
        except (NoSuchPage, NotHeld) as error:
            return _absent(str(error))
        size = path.stat().st_size
        first, end = _span(request.headers.get("range", ""), size)
        with path.open("rb") as file:
            file.seek(first)
            data = file.read(end - first)
        headers = {"Accept-Ranges": "bytes"}
        partial = "range" in request.headers
        if partial:
            headers["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
        return Response(data, 206 if partial else 200, headers, "application/wacz")


def _span(said: str, size: int) -> tuple[int, int]:
    found = _RANGE.fullmatch(said)
    if not found or found.groups() == ("", ""):
        return 0, size
    first, last = found.groups()
    if not first:
        return max(size - int(last), 0), size
    return min(int(first), size), min(int(last) + 1 if last else size, size)


def _absent(words: str) -> Response:
    return Response(draw("frame.html", words=words), 404, media_type="text/html")
