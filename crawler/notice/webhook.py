"""NOTICE → an HTTP POST of JSON: one answer is awaited, redirects are not followed, certificates are verified."""

from __future__ import annotations

import base64
import http
import json
import ssl
import threading
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO, Any, Final
from urllib.parse import unquote, urlsplit, urlunsplit

from crawler.notice.targets import NotDelivered, Webhook
from crawler.version import VERSION

STEP: Final = 15.0  # seconds for connecting, and for each piece of the answer
ALL: Final = 45.0  # for the whole of it
_READ: Final = 4096


def post(target: Webhook, notice: dict[str, Any]) -> None:
    """Send it. Raises `NotDelivered`, which says nothing of the address but its host."""
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(_posted(target.address, notice)), daemon=True)
    thread.start()
    thread.join(ALL)
    said = found[0] if found else f"did not answer within {ALL:g} seconds"
    if said:
        raise NotDelivered(f"{target.name} {said}; it will be told next time")


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: an address in one's own network is asked because it was given, not because of one."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow none."""


def _posted(address: str, notice: dict[str, Any]) -> str:
    """What went wrong, or nothing. An error's own words may hold the address, so only its kind is told."""
    try:
        request, context = _request(address, notice), ssl.create_default_context()
        opener = urllib.request.build_opener(_Stay, urllib.request.HTTPSHandler(context=context))
        with opener.open(request, timeout=STEP) as answer:
            answer.read(_READ)
    except urllib.error.HTTPError as error:
        return _answered(error.code)
    except urllib.error.URLError as error:
        return _failed(error.reason)
    except (OSError, HTTPException, ValueError) as error:
        return _failed(error)
    return ""


def _request(address: str, notice: dict[str, Any]) -> urllib.request.Request:
    parts = urlsplit(address)
    user, _, at_host = parts.netloc.rpartition("@")
    bare = urlunsplit((parts.scheme, at_host, parts.path or "/", parts.query, ""))
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": f"Genbun/{VERSION}"}
    if user:
        headers["Authorization"] = "Basic " + base64.b64encode(unquote(user).encode()).decode()
    body = json.dumps(notice, ensure_ascii=False).encode("utf-8", "replace")
    return urllib.request.Request(bare, body, headers, method="POST")  # noqa: S310  # http and https: targets.py


def _answered(code: int) -> str:
    phrase = http.HTTPStatus(code).phrase if code in set(http.HTTPStatus) else "an answer unknown to HTTP"
    if 300 <= code < 400:
        return f"answered {code} ({phrase}): redirects are not followed, give the address that it leads to"
    return f"answered {code} ({phrase})"


def _failed(reason: object) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"showed a certificate that does not hold ({reason.verify_message})"
    if isinstance(reason, TimeoutError):
        return "did not answer in time"
    if isinstance(reason, OSError) and reason.strerror:
        return f"could not be reached ({reason.strerror})"
    return f"could not be told ({reason.__class__.__name__})"
