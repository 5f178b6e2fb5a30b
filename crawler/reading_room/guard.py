"""Before any page: who asks, and under which name. After it: what a browser may do with what it got.

A page of the web cannot read the room through a name of its own that leads to loopback (DNS rebinding), since the name
that was asked for must be one of ours; and beyond loopback nobody reads it without the token.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crawler.reading_room.origins import ASKED

METHODS: Final = ("GET", "HEAD")
LONGEST: Final = 16_384  # of an address

ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}


class Guard:
    """Around one site. `names` are hosts it answers to besides IP addresses; `headers` gives what goes with an answer.

    A site that is `framed` is asked by documents in a sandbox, which browsers count as another site.
    """

    def __init__(
        self, app: ASGIApp, *, names: set[str], headers: Callable[[], Mapping[str, str]], token: str = "",
        cookie: str = "genbun", framed: bool = False,
    ) -> None:  # fmt: skip
        self._app, self._names, self._headers = app, {name.lower() for name in names}, headers
        self._token, self._cookie, self._framed = token, cookie, framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**ALWAYS, **self._headers()}.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._refusal(scope)
        if answer is None:
            ASKED.set(_name(Headers(scope=scope)["host"]))
        await (answer or self._app)(scope, receive, sent)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if scope["method"] not in METHODS:
            return self._said(405, "Only read.", {"Allow": ", ".join(METHODS)})
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > LONGEST:
            return self._said(414, "That address is too long.")
        if not self._is_ours(headers.getlist("host")):
            return self._said(421, "This reading room does not answer to that name. Open it by the address it printed.")
        if (
            not self._framed
            and headers.get("sec-fetch-site") == "cross-site"
            and headers.get("sec-fetch-mode") != "navigate"
        ):
            return self._said(403, "Pages of other sites may not read here.")
        if self._token:
            return self._unlocked(scope, headers)
        return None

    def _is_ours(self, hosts: list[str]) -> bool:
        if len(hosts) != 1:
            return False
        name = _name(hosts[0])
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return name.rstrip(".") in self._names
        return True

    def _unlocked(self, scope: Scope, headers: Headers) -> Response | None:
        """None for who has the token, in a cookie or a header; who brings it in the address is given the cookie."""
        given = headers.get("authorization", "").removeprefix("Bearer ")
        if self._is_token(given) or self._is_token(_cookie(headers, self._cookie)):
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if any(name == "token" and self._is_token(value) for name, value in query):
            rest = urlencode([(name, value) for name, value in query if name != "token"])
            path = "/" + scope["raw_path"].decode("latin-1").lstrip("/")
            answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
            return answer
        return self._said(401, "This reading room wants its token: open it by the whole address that it printed.")

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _said(self, status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
        return PlainTextResponse(words + "\n", status, headers)


def _name(host: str) -> str:
    """A Host header without its port."""
    host = host.lower()
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
