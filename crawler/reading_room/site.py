"""The room's own site: pages, their JSON twins, citations. It only reads, and asks nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.errors import UsageError
from crawler.reading_room.addresses import Live
from crawler.reading_room.captures import NotHeld, moment_of
from crawler.reading_room.citing import FORMATS, formats, item_of
from crawler.reading_room.drawing import asset, draw
from crawler.reading_room.origins import Origin
from crawler.reading_room.playing import Playing
from crawler.reading_room.replaying import Replaying
from crawler.reading_room.room import NoSuchPage, Room
from crawler.reading_room.views import View, Views, page_number
from crawler.reading_room.wanted import Wanted

THREADS: Final = 4  # each has a connection to the index, and its cache
ASSETS: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
JSON: Final = "application/json"

Page = Callable[[Request], View]


def policy(*others: Origin) -> dict[str, str]:
    """What a browser may do with a page of ours. `others` are the origins of captures and of the player."""
    images, frames = " ".join(["'self'", *map(str, others[:1])]), " ".join(map(str, others)) or "'none'"
    return {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        f"img-src {images} data:; frame-src {frames}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-cache",
    }


class Site:
    """The pages of one room, beside its other sites."""

    def __init__(self, room: Room, captures: Replaying, player: Playing | None = None) -> None:
        self.room, self.captures, self.player = room, captures, player
        self.views = Views(room, Live(), self._image, player=player is not None)

    def app(self) -> Starlette:
        """The application."""
        page = self._page
        routes = [
            Route("/", page(lambda request: self.views.home())),
            Route("/index.json", page(lambda request: self.views.home(), twin=True)),
            *self._both("/calendar/{year}", lambda request: self.views.calendar(
                request.path_params["year"], request.query_params.get("newspaper", "")
            )),
            *self._both("/articles", lambda request: self.views.listing(Wanted.of(request.query_params))),
            *self._both("/problems", lambda request: self.views.problems(_page_asked(request))),
            *self._both("/articles/{id:path}/editions", lambda request: self.views.editions(request.path_params["id"])),
            *self._both("/articles/{id:path}", self._article),
            Route("/records/{record}/cite.{form:path}", self._cite),
            *self._both("/records/{record}/captured", self._captured),
            *self._both("/records/{record}/replayed", self._replayed),
            *self._both("/records/{record}", lambda request: self.views.record(
                request.path_params["record"], _page_asked(request)
            )),
            Route("/assets/{name}", _asset),
        ]  # fmt: skip

        @asynccontextmanager
        async def running(app: Starlette) -> AsyncIterator[None]:
            to_thread.current_default_thread_limiter().total_tokens = THREADS
            yield

        refuse = {HTTPException: _http_error, NoSuchPage: _no_such_page, UsageError: _bad_request, Exception: _failed}
        return Starlette(routes=routes, lifespan=running, exception_handlers=refuse)

    def _both(self, path: str, view: Page) -> list[Route]:
        """A page and its JSON twin."""
        return [Route(f"{path}.json", self._page(view, twin=True)), Route(path, self._page(view))]

    def _page(self, view: Page, *, twin: bool = False) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            self.room.look()
            found = view(request)
            if twin:
                return Response(self.views.json(found), media_type=JSON)
            return Response(self.views.html(found), media_type="text/html")

        return answer

    def _article(self, request: Request) -> View:
        return self.views.article(request.path_params["id"], _page_asked(request))

    def _cite(self, request: Request) -> Response:
        form = request.path_params["form"]
        row = self.room.index.of_record(request.path_params["record"])
        if row is None or form not in FORMATS:
            raise NoSuchPage("nothing to cite there")
        line = self.room.index.line(row["key"])
        item = item_of(line, self.room.title(row["newspaper"]))
        headers = {"Content-Disposition": f'attachment; filename="{item["id"]}.{form}"'}
        return Response(formats(item)[form].encode("utf-8", "replace"), media_type=FORMATS[form], headers=headers)

    def _captured(self, request: Request) -> View:
        record = request.path_params["record"]
        capture, _ = self.room.capture_of(record)
        try:
            self.room.captures.stored(capture)
        except NotHeld:
            return self.views.captured(record, "")
        return self.views.captured(record, f"{self.captures.base}/{record}/")

    def _replayed(self, request: Request) -> View:
        record = request.path_params["record"]
        self.room.capture_of(record)
        if not self.player:
            raise NoSuchPage("there is no player: start with --player DIR, the folder of your copy of ReplayWeb.page")
        return self.views.captured(record, f"{self.player.base}/{record}/", replayed=True)

    def _image(self, record: str, url: str) -> str | None:
        """Where an image of an article is served, if it was captured."""
        row = self.room.index.of_record(record)
        if row is None or self.room.captures.nearest(url, moment_of(row["captured"])) is None:
            return None
        return f"{self.captures.base}/{record}/{url}"


def _page_asked(request: Request) -> int:
    return page_number(request.query_params.get("page", "1"))


def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    try:
        kind = ASSETS[name[name.rindex(".") :]]
        return Response(asset(name), media_type=kind)
    except (FileNotFoundError, KeyError, ValueError):
        raise NoSuchPage("no such file") from None


Handler = Callable[[Request, Exception], Awaitable[Response]]


def message(title: str, words: str, status: int, *, home: bool = True) -> Response:
    """A page that says what went wrong."""
    return Response(draw("message.html", title=title, words=words, home=home), status, media_type="text/html")


async def _no_such_page(request: Request, error: Exception) -> Response:
    return message("Not here", str(error), 404)


async def _bad_request(request: Request, error: Exception) -> Response:
    return message("That cannot be asked", str(error), 400)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return message("Not here", "There is no such page.", error.status_code)


async def _failed(request: Request, error: Exception) -> Response:
    return message("That went wrong", f"{type(error).__name__}; the terminal says more.", 500)
