"""A resource and how a server may say it: gzip when asked, 304 when nothing changed, chunks for some pages."""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import Any

Headers = tuple[tuple[str, str], ...]
TEXTUAL = ("text/", "application/json", "application/xml", "application/rss+xml", "application/javascript", "image/svg")


@dataclass(frozen=True)
class Resource:
    """One address's answer: `headers` as sent (order and case kept), `body` before any coding."""

    status: int
    headers: Headers
    body: bytes
    chunked: bool = False
    etag: str | None = None
    modified: datetime | None = None

    @property
    def content_type(self) -> str:
        return next((value for name, value in self.headers if name.lower() == "content-type"), "")


@dataclass(frozen=True)
class Reply:
    """What goes on the wire for one request."""

    status: int
    headers: Headers
    body: bytes
    chunked: bool


def html_resource(text: str, status: int = 200, headers: Iterable[tuple[str, str]] = (), **more: Any) -> Resource:
    body = text.encode()
    return Resource(status, (("Content-Type", "text/html; charset=UTF-8"), *headers), body, **more)


def json_resource(data: Any, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Resource:
    body = json.dumps(data).replace("/", "\\/").encode()  # as PHP writes it
    return Resource(status, (("Content-Type", "application/json; charset=UTF-8"), *headers), body)


def redirect(location: str, status: int = 301) -> Resource:
    body = f'<html><head><title>{status}</title></head><body><a href="{location}">Moved</a></body></html>'.encode()
    return Resource(status, (("Content-Type", "text/html; charset=iso-8859-1"), ("Location", location)), body)


def tag_of(body: bytes, weak: bool = False) -> str:
    return ("W/" if weak else "") + f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def reply(resource: Resource, asked: Mapping[str, str]) -> Reply:
    """`asked` holds the request's headers under lower-case names."""
    headers = list(resource.headers)
    if resource.etag:
        headers.append(("ETag", resource.etag))
    if resource.modified:
        headers.append(("Last-Modified", format_datetime(resource.modified.astimezone(UTC), usegmt=True)))
    if resource.status == 200 and _unchanged(resource, asked):
        kept = [pair for pair in headers if pair[0].lower() not in ("content-type", "content-length")]
        return Reply(304, tuple(kept), b"", False)
    body = resource.body
    if resource.content_type.startswith(TEXTUAL):
        headers.append(("Vary", "Accept-Encoding"))
        if _takes_gzip(asked.get("accept-encoding", "")) and len(body) > 200:
            body = _gzip(body)
            headers.append(("Content-Encoding", "gzip"))
    return Reply(resource.status, tuple(headers), body, resource.chunked)


def _unchanged(resource: Resource, asked: Mapping[str, str]) -> bool:
    """If-None-Match decides where it is sent, else If-Modified-Since (RFC 9110, 13.2.2)."""
    if "if-none-match" in asked:
        known = [tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")]
        return "*" in known or (resource.etag is not None and resource.etag.removeprefix("W/") in known)
    if "if-modified-since" in asked and resource.modified:
        try:
            since = parsedate_to_datetime(asked["if-modified-since"])
        except ValueError:
            return False
        since = since if since.tzinfo else since.replace(tzinfo=UTC)
        return resource.modified.replace(microsecond=0) < since + timedelta(seconds=1)
    return False


@lru_cache(maxsize=1024)
def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _takes_gzip(accepted: str) -> bool:
    codings = {part.split(";")[0].strip(): part.replace(" ", "") for part in accepted.lower().split(",")}
    return "gzip" in codings and not codings["gzip"].endswith(";q=0")
