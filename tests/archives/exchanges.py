"""Exchanges made up for tests, as the download handler would give them to the archive."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from archives.archive import Archive
from archives.collection import Collection
from archives.exchange import Exchange, Fields
from archives.journal import Journal
from archives.message import ResponseScanner, digest_of
from archives.writer import DEFAULT_SIZE, WarcWriter

MOMENT = dt.datetime(2024, 2, 29, 23, 59, 58, 7, tzinfo=dt.UTC)


def exchange(
    url: str = "https://japan-forward.com/editorial-a/",
    body: bytes = b"hello",
    *,
    status: int = 200,
    fields: str = "Content-Type: text/html; charset=UTF-8\r\n",
    at: float = 0.0,
    notes: Fields = (),
) -> Exchange:
    """An exchange that was answered whole; `at` is seconds after `MOMENT`."""
    wire = f"HTTP/1.1 {status} OK\r\n{fields}Content-Length: {len(body)}\r\n\r\n".encode() + body
    scanner = ResponseScanner()
    assert scanner.feed(wire)
    host, _, path = url.partition("://")[2].partition("/")
    return Exchange(
        url,
        MOMENT + dt.timedelta(seconds=at),
        sent=f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("ascii", "replace"),
        received=wire,
        head=scanner.head,
        head_length=scanner.body_start,
        payload=body,
        payload_digest=digest_of(body),
        peer="192.0.2.1",
        milliseconds=12,
        notes=notes,
    )


def archive_in(folder: Path, *, max_size: int = DEFAULT_SIZE, interval: float = 0.0) -> tuple[Archive, Collection]:
    """A new archive on a collection in that folder."""
    collection = Collection(folder)
    collection.create()
    writer = WarcWriter(collection.archive, "t", [("software", "tests")], max_size)
    return Archive(writer, Journal(collection.journal), "crawl-1", interval), collection
