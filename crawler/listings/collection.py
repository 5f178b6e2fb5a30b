"""Listings that a page gives as data besides: JSON-LD's `CollectionPage` with `hasPart`, and `ItemList`.

Some pages draw their list by script, and only this much of it is in the page itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, Literal

from lxml.etree import _Element as Element

from crawler.addresses import resolve, same_host
from crawler.html import json_ld, said
from crawler.listings.elements import ENTRY_LIMIT
from crawler.listings.moments import read_moment
from crawler.listings.titles import plain
from crawler.newspapers.newspaper import Found

KINDS = frozenset({"CollectionPage", "ItemList"})


def read_collection(root: Element, url: str, way: Literal["archive", "month"]) -> tuple[Found, ...]:
    """What the page's data list on its own host, in order, each address once."""
    found: dict[str, Found] = {}
    for part in islice(_parts(json_ld(root)), ENTRY_LIMIT):
        named = (said(part, "url"), said(part, "item"), said(part, "@id"), said(part, "mainEntityOfPage", "@id"))
        address = resolve(url, next(filter(None, named), ""))
        if address is not None and same_host(address, url) and address != resolve(url, ""):
            title = plain(said(part, "headline") or said(part, "name"))
            published, modified = read_moment(said(part, "datePublished")), read_moment(said(part, "dateModified"))
            found.setdefault(address, Found(address, way, url, title, None, published, modified))
    return tuple(found.values())


def joined(shown: Iterable[Found], stated: Iterable[Found]) -> tuple[Found, ...]:
    """The lines that a page shows, with what its data say where they show nothing; then those of the data alone."""
    known = {line.url: line for line in stated}
    lines = [_filled(line, known.pop(line.url, None)) for line in shown]
    return (*lines, *known.values())


def _filled(line: Found, other: Found | None) -> Found:
    if other is None:
        return line
    return replace(
        line,
        title=line.title or other.title,
        published=line.published or other.published,
        modified=line.modified or other.modified,
    )


def _parts(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        kinds = node.get("@type")
        if KINDS.isdisjoint(kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)):
            continue
        for name in ("hasPart", "itemListElement"):
            listed = node.get(name)
            for part in listed if isinstance(listed, list) else [listed]:
                item = part.get("item") if isinstance(part, dict) else None
                whole = item if isinstance(item, dict) else part
                if isinstance(whole, dict):
                    yield whole
