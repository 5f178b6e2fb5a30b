"""WordPress' own list of posts: https://developer.wordpress.org/rest-api/reference/posts/.

Its dates are exact and its slugs certain, where the site leaves it open; many do not.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.addresses import resolve
from crawler.listings.moments import Moment, read_moment
from crawler.listings.titles import plain
from crawler.newspapers.newspaper import Found, Listed, More

PER_PAGE = 100
"""The most that WordPress gives at once (REST handbook, pagination)."""

BYTE_LIMIT = 4 * 1024 * 1024  # as objects it may take thirty times as much
LAST_PAGE = 1_000
"""A hundred thousand posts: behind it a server is no newspaper, it answers every number."""

_FIELDS = "link,slug,title,date_gmt,modified_gmt"


def rest_address(endpoint: str, since: dt.date | None, until: dt.date | None, page: int = 1) -> str:
    """The address of one page of posts, newest first, between two days in Japan, both included.

    `after` and `before` are exclusive and compared with the site's local time, whose zone is unknown; a day more on
    either side covers every zone, and lines outside are sorted out by their own dates.
    """
    query = {"per_page": str(PER_PAGE), "page": str(page), "orderby": "date", "order": "desc", "_fields": _FIELDS}
    if since is not None and since > dt.date.min:
        query["after"] = f"{since - dt.timedelta(days=1)}T00:00:00"
    if until is not None and until < dt.date.max:
        query["before"] = f"{until + dt.timedelta(days=1)}T23:59:59"
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query, safe=':,')}"


def read_rest(body: bytes, url: str) -> Listed:
    """The posts of one page. The next page is named when this one is full: headers are not seen here.

    What is no array of posts (an error such as `rest_disabled` or `rest_post_invalid_page_number`, HTML) is empty.
    """
    posts = _posts(body)
    lines = tuple(line for post in posts if isinstance(post, dict) and (line := _line(post, url)))
    return Listed(lines, _next_page(url, len(posts)))


def _posts(body: bytes) -> list[Any]:
    if len(body) > BYTE_LIMIT:
        return []
    try:
        value = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return []
    return value if isinstance(value, list) else []


def _line(post: dict[str, Any], url: str) -> Found | None:
    link = _text(post.get("link")) or _text(post.get("guid"))
    address = resolve(url, link) if link else None
    if address is None:
        return None
    return Found(
        url=address,
        way="rest",
        listing=url,
        title=plain(_text(post.get("title"))),
        author=_author(post),
        published=_instant(post.get("date_gmt")) or read_moment(_text(post.get("date"))),
        modified=_instant(post.get("modified_gmt")) or read_moment(_text(post.get("modified"))),
    )


def _text(value: object) -> str | None:
    """A string, or the `rendered` one of an object."""
    value = value.get("rendered") if isinstance(value, dict) else value
    return value if isinstance(value, str) else None


def _instant(value: object) -> Moment | None:
    """A `…_gmt` value, which is UTC and never says so; a local one without a zone is only a day."""
    text = _text(value)
    moment = read_moment(text)
    if text is None or moment is None or isinstance(moment, dt.datetime):
        return moment
    return read_moment(f"{text.strip()}Z") or moment


def _author(post: dict[str, Any]) -> str | None:
    """The author's name, where the posts were asked for with `_embed`."""
    embedded = post.get("_embedded")
    authors = embedded.get("author") if isinstance(embedded, dict) else None
    names = [author.get("name") for author in authors if isinstance(author, dict)] if isinstance(authors, list) else []
    return ", ".join(name for value in names if isinstance(value, str) and (name := plain(value))) or None


def _next_page(url: str, count: int) -> tuple[More, ...]:
    try:
        query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return ()
    asked = dict(query)
    page = _number(asked.get("page"), 1)
    if count == 0 or count < _number(asked.get("per_page"), 10) or page >= LAST_PAGE:
        return ()
    pairs = [(name, value) for name, value in query if name != "page"] + [("page", str(page + 1))]
    address = resolve(url, f"?{urlencode(pairs, safe=':,/')}")
    return (More(address, "rest"),) if address else ()


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else default
