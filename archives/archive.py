"""The archive while a crawl writes it: exchange in, durable capture out.

Order of commit: the WARC group is appended and durable, then the journal says so, then whoever waits may go on. Many
exchanges share one commit: while one is under way the next ones gather.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from archives.capture import Capture
from archives.exchange import Exchange
from archives.index import cdxj_line
from archives.journal import Asked, CaptureRow, Journal
from archives.message import Head, digest_of
from archives.records import NOT_MODIFIED, Original, Record, group_of, metadata, warc_date
from archives.writer import Place, WarcWriter

REVISIT_MIN: Final = 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of one exchange: its capture, None where nothing was answered.

    For a revisit, `refers_to` is the id of the response record that holds the bytes. `truncated` says why the answer
    is not whole, if it is not.
    """

    capture: Capture | None
    refers_to: str = ""
    truncated: str = ""


class Archive:
    """One crawl's way into a collection. `interval` is the least time between two commits, in seconds."""

    def __init__(self, writer: WarcWriter, journal: Journal, crawl: str, interval: float = 0.01) -> None:
        self.writer = writer
        self.journal = journal
        self.crawl = crawl
        self.interval = interval
        self.bytes_written = 0
        self.responses = 0
        self.revisits = 0
        self._rows: list[CaptureRow] = []
        self._asked: list[Asked] = []
        self._fresh: dict[str, Original] = {}
        self._closed: dict[str, tuple[int, bool, str]] = {}
        self._failure: BaseException | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._committing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="fsync")

    async def keep(self, exchange: Exchange, *, any_address: bool = False, held: CaptureRow | None = None) -> Kept:
        """Keep one exchange; returns when it is durable. Raises `OSError` if it could not be written.

        A whole answer becomes a revisit if it is what the same address gave last, or, with `any_address`, if the
        archive holds its payload under any address (images and styles often lie under several). `held` is the record
        that the request's conditions spoke of: a 304 becomes a revisit of it.
        """
        if self._failure is not None:
            raise OSError(f"an earlier commit failed: {self._failure}") from self._failure
        exchange.payload_digest = digest_of(exchange.payload)
        if held is not None and exchange.head is not None and exchange.head.status == 304 and not exchange.truncated:
            group = group_of(exchange, self.writer.ensure_open(), held.original, NOT_MODIFIED)
        else:
            held = None
            original = self._original(exchange, any_address=any_address)
            group = group_of(exchange, self.writer.ensure_open(), original)
        places = self._append(group)
        kept = self._note_answer(exchange, group[0], places[0], held) if exchange.head else Kept(None)
        await self.durable()
        return kept

    def note(self, url: str, notes: tuple[tuple[str, str], ...]) -> Record:
        """Keep a fact about an address that left no exchange, as a metadata record; durable with the next commit."""
        moment = warc_date(dt.datetime.now(dt.UTC))
        common = [("WARC-Target-URI", url), ("WARC-Date", moment), ("WARC-Warcinfo-ID", self.writer.ensure_open())]
        record = metadata(url, moment, common, list(notes), None)
        self._append([record])
        self._commit_soon()
        return record

    def settle(self, asked: Asked) -> None:
        """Note what an address of this crawl has come to; in the journal with the next commit."""
        self._asked.append(replace(asked))  # as it is now: what changes later waits for a later commit
        self._commit_soon()

    async def durable(self) -> None:
        """Wait until all that was given so far is durable and in the journal."""
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_future()
        waiting = self._waiting
        self._commit_soon()
        await asyncio.shield(waiting)  # others wait for it too

    async def close(self) -> None:
        """Commit what is left and close the file under its final name.

        Raises what a commit failed with: the journal then does not know all of the file, and the next crawl reads it.
        """
        while self._committing is not None:
            await self._committing
        await self._commit()
        name = self.writer.close()
        if name:
            self._closed[name] = (self.writer.size, True, self.crawl)
        await self._commit()
        self._thread.shutdown()
        if self._failure is not None:
            raise self._failure

    def _original(self, exchange: Exchange, *, any_address: bool) -> Original | None:
        if exchange.head is None or exchange.truncated or len(exchange.payload) < REVISIT_MIN:
            return None
        if 300 <= exchange.head.status < 400:
            return None  # a redirect says what it says in its head
        digest = exchange.payload_digest
        if any_address:
            return self._fresh.get(digest) or self.journal.holder_of(digest)
        return self.journal.unchanged_since(exchange.url, digest, exchange.head.status)

    def _append(self, group: list[Record]) -> list[Place]:
        places = self.writer.append(group)
        self.bytes_written += sum(place.length for place in places)
        if self.writer.due():
            name = self.writer.close()
            assert name is not None
            self._closed[name] = (self.writer.size, True, self.crawl)
        return places

    def _note_answer(self, exchange: Exchange, answer: Record, place: Place, held: CaptureRow | None) -> Kept:
        assert exchange.head is not None
        row = CaptureRow(
            record_id=answer.id,
            type=answer.type,
            url=answer.url,
            at=answer.date,
            status=answer.status,
            digest=held.digest if held else answer.payload_digest,
            whole=exchange.truncated is None,
            warc=place.warc,
            offset=place.offset,
            length=place.length,
            refers_to=answer.refers_to,
            cdxj="" if held else cdxj_line(answer, place.offset, place.length, place.warc),
            etag=validator(exchange.head, b"etag") or (held.etag if held else ""),
            modified=validator(exchange.head, b"last-modified") or (held.modified if held else ""),
        )
        self._rows.append(row)
        if answer.type == "revisit":
            self.revisits += 1
        else:
            self.responses += 1
            if row.whole:
                self._fresh.setdefault(answer.payload_digest, Original(answer.id, answer.url, answer.date))
        return Kept(capture_of(row), row.refers_to, exchange.truncated or "")

    def _commit_soon(self) -> None:
        if self._committing is None:
            self._committing = asyncio.get_running_loop().create_task(self._commit_loop())

    async def _commit_loop(self) -> None:
        try:
            while self._waiting or self._rows or self._asked or self._closed:
                if self.interval:
                    await asyncio.sleep(self.interval)
                await self._commit()
        finally:
            self._committing = None

    async def _commit(self) -> None:
        """One commit: all that is there now. Bytes first, the journal after them, then those who wait."""
        waiting, self._waiting = self._waiting, None
        rows, self._rows = self._rows, []
        asked, self._asked = self._asked, []
        sizes, self._closed = self._closed, {}
        fresh = list(self._fresh)
        try:
            if self._failure is not None:
                raise self._failure
            if self.writer.is_open:
                sizes[self.writer.name] = (self.writer.size, False, self.crawl)
                await asyncio.get_running_loop().run_in_executor(self._thread, self.writer.sync_later())
            self.journal.commit(rows, sizes, ((self.crawl, one) for one in asked))
        except Exception as error:
            self._failure = error
            if waiting is not None:
                waiting.set_exception(error)
            return
        for key in fresh:
            del self._fresh[key]
        if waiting is not None:
            waiting.set_result(None)


def validator(head: Head, name: bytes) -> str:
    """A validator that can be sent back as it came; empty where there is none, or one that no server would mean."""
    value = head.get(name) or b""
    text = value.decode("ascii", "replace")
    return text if len(text) <= 200 and text.isprintable() and "\ufffd" not in text else ""


def capture_of(row: CaptureRow) -> Capture:
    """The plain value that goes with a line."""
    return Capture(
        record_id=row.record_id,
        warc=f"archive/{row.warc}",
        offset=row.offset,
        length=row.length,
        captured_at=dt.datetime.fromisoformat(row.at),
        status=row.status,
        payload_digest=row.digest,
        url=row.url,
    )
