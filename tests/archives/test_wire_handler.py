"""The download handler by itself: connections that end while it waits, its own timeouts, an archive that fails."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from archives.archive import Archive
from archives.collection import Collection
from archives.wire import GivenUp, NotKept, WireDownloadHandler, attach
from tests.archives.exchanges import archive_in
from tests.archives.raw_server import RawServer, Script
from tests.archives.warc_bytes import Raw, records

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def scripts(host: str, target: str) -> Script:
    """Answers; `/lingers` closes a moment after its answer, without having said so."""
    return Script(ANSWER, "reset" if target == "/lingers" else "hang" if target == "/hangs" else "keep")


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(scripts) as server:
        yield server


def handle(
    server: RawServer,
    folder: Path,
    work: Callable[[WireDownloadHandler, Archive], Awaitable[None]],
    *,
    delay: float = 0.0,
    **settings: Any,
) -> list[Raw]:
    """Do some work with a handler whose host has that delay; returns the records it left."""

    async def all_of_it() -> Collection:
        archive, collection = archive_in(folder / "c")
        crawler = get_crawler(settings_dict={"CONNECT_TO": [f"a.example={server.origin}"], **settings})
        slots = {"a.example": SimpleNamespace(delay=delay, concurrency=4)}
        crawler.engine = SimpleNamespace(downloader=SimpleNamespace(slots=slots))  # type: ignore[assignment]
        attach(crawler, archive)
        handler = WireDownloadHandler(crawler)
        await work(handler, archive)
        await handler.close()
        await archive.close()
        return collection

    return [record for path in asyncio.run(all_of_it()).warcs() for record in records(path)]


def request(target: str, **meta: Any) -> Request:
    return Request(f"http://a.example{target}", meta={"download_slot": "a.example", "verbatim_url": True, **meta})


def test_a_connection_that_ends_while_it_waits_for_its_turn_is_replaced(server: RawServer, tmp_path: Path) -> None:
    async def work(handler: WireDownloadHandler, archive: Archive) -> None:
        for target in ("/lingers", "/next"):
            response = await handler.download_request(request(target))
            assert response.body == b"ok"

    began = time.monotonic()
    found = handle(server, tmp_path, work, delay=0.6, DOWNLOAD_TIMEOUT=5)
    assert time.monotonic() - began < 4
    assert [one.block for one in found if one.type == "request"] == [one.request for one in server.served]
    assert [one.connection for one in server.served] == [0, 1]


def test_requests_leave_at_least_the_delay_apart(server: RawServer, tmp_path: Path) -> None:
    left: list[float] = []

    async def busy() -> None:
        for pause in (0.03, 0.07, 0.05, 0.09, 0.04) * 3:
            time.sleep(pause)  # as parsing a long page does
            await asyncio.sleep(0.001)

    async def work(handler: WireDownloadHandler, archive: Archive) -> None:
        await asyncio.gather(busy(), *(handler.download_request(request(f"/{n}")) for n in range(4)))

    found = handle(server, tmp_path, work, delay=0.1)
    for one in found:
        if one.type == "response":
            left.append(float((one.get("WARC-Date") or "")[17:-1]))
    gaps = [(later - earlier) % 60 for earlier, later in pairwise(left)]
    assert len(gaps) == 3
    assert all(gap >= 0.099 for gap in gaps)


def test_to_wait_for_ones_turn_is_no_time_to_answer(server: RawServer, tmp_path: Path) -> None:
    """A Crawl-delay of two minutes must not make every second request time out."""

    async def work(handler: WireDownloadHandler, archive: Archive) -> None:
        await handler.download_request(request("/first"))
        await handler.download_request(request("/late", download_timeout=0.3))

    found = handle(server, tmp_path, work, delay=0.6)
    assert [one.type for one in found if one.url.endswith("/late")] == ["response", "request", "metadata"]
    assert [one.target for one in server.served] == ["/first", "/late"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), sqlite3.OperationalError("disk is full")])
def test_what_cannot_be_kept_is_not_handed_on(
    server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def work(handler: WireDownloadHandler, archive: Archive) -> None:
        async def keep(*_: Any, **__: Any) -> None:
            raise error

        monkeypatch.setattr(archive, "keep", keep)
        with pytest.raises(NotKept, match="cannot be written to"):
            await handler.download_request(request("/"))

    handle(server, tmp_path, work)


def test_nothing_is_fetched_from_a_port_or_name_that_is_none(server: RawServer, tmp_path: Path) -> None:
    async def work(handler: WireDownloadHandler, archive: Archive) -> None:
        for url in ("http://127.0.0.1:9/", "http://2130706433/", "http://localhost/", "http://[::1]/"):
            with pytest.raises(GivenUp) as caught:
                await handler.download_request(Request(url, meta={"download_slot": "a.example"}))
            assert caught.value.reason == "address_not_public"

    found = handle(server, tmp_path, work)
    assert [(one.type, one.notes().get("stage")) for one in found[1:]] == [("metadata", "guard")] * 4
    assert server.served == []


def test_no_more_requests_at_once_than_the_slot_allows(server: RawServer, tmp_path: Path) -> None:
    async def work(handler: WireDownloadHandler, archive: Archive) -> None:
        await asyncio.gather(*(handler.download_request(request(f"/{n}")) for n in range(40)))

    handle(server, tmp_path, work)
    assert len({one.connection for one in server.served}) <= 4
