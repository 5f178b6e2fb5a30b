"""The archive while a crawl writes it: exchange in, durable capture out.

Order of commit: the WARC group is appended and durable, then the journal says so, then whoever waits may go on. Many
exchanges share one commit: while one is under way the next ones gather.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archives.capture import Capture
from archives.exchange import Exchange
from archives.index import cdxj_line
from archives.journal import Asked, CaptureRow, Journal
from archives.message import Head, digest_of
from archives.records import NOT_MODIFIED, Original, Record, group_of, metadata, warc_date
from archives.retry_after import said_in
from archives.writer import Place, WarcWriter

if TYPE_CHECKING:
    from collections.abc import Callable

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
    """One crawl's way into a collection. `interval` is the least time between two commits, in seconds.

    A payload of fewer bytes than `revisit_min` is stored again rather than referred to.
    """

    def __init__(self, writer: WarcWriter, journal: Journal, crawl: str, interval: float = 0.01,
                 revisit_min: int = REVISIT_MIN) -> None:  # fmt: skip
        self.writer = writer
        self.journal = journal
        self.crawl = crawl
        self.interval = interval
        self.revisit_min = revisit_min
        self.bytes_written = 0
        self.responses = 0
        self.revisits = 0
        self._rows: list[CaptureRow] = []
        self._asked: list[Asked] = []
        self._fresh: dict[str, Original] = {}
        self._closed: dict[str, tuple[int, bool, str]] = {}
        self._when_durable: list[Callable[[], None]] = []
        self._failure: BaseException | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._committing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="fsync")

    @property
    def folder(self) -> Path:
        """The folder of the WARC files."""
        return self.writer.folder

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
        """Keep a fact about an address that left no exchange, as a metadata record; durable with the next commit.

        Raises `OSError` if it could not be written.
        """
        if self._failure is not None:
            raise OSError(f"an earlier commit failed: {self._failure}") from self._failure
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

    def when_durable(self, call: Callable[[], None]) -> None:
        """Call that once all that was given so far is durable and in the journal; never, if it cannot be."""
        self._when_durable.append(call)
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

        Raises what a commit failed with: the file then stays open, and the next crawl judges what of it is whole.
        """
        while self._committing is not None:
            await self._committing
        await self._commit()
        try:
            if self._failure is None:
                self._close_file()
        except OSError:
            pass  # it is the failure now
        await self._commit()
        self.writer.abandon()
        self._thread.shutdown()
        if self._failure is not None:
            raise self._failure

    def _original(self, exchange: Exchange, *, any_address: bool) -> Original | None:
        if exchange.head is None or exchange.truncated or len(exchange.payload) < self.revisit_min:
            return None
        if 300 <= exchange.head.status < 400:
            return None  # a redirect says what it says in its head
        digest = exchange.payload_digest
        if any_address:
            return self._fresh.get(digest) or self.journal.holder_of(digest)
        return self.journal.unchanged_since(exchange.url, digest, exchange.head.status)

    def _append(self, group: list[Record]) -> list[Place]:
        was_open = self.writer.is_open
        try:
            places = self.writer.append(group)
        except OSError as error:
            if was_open and not self.writer.is_open:  # let go with torn bytes at its end: none of it gets durable now
                self._failure = error
            raise
        self.bytes_written += sum(place.length for place in places)
        if self.writer.due():
            self._close_file()
        return places

    def _close_file(self) -> None:
        try:
            name = self.writer.close()
        except OSError as error:
            self._failure = error  # what others wait for may be lost, and asking again would not tell (fsync, errors)
            raise
        if name:
            self._closed[name] = (self.writer.size, True, self.crawl)

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
            retry=said_in(exchange.head, answer.date),
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
            while self._waiting or self._rows or self._asked or self._closed or self._when_durable:
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
        calls, self._when_durable = self._when_durable, []
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
        for call in calls:
            call()
        if waiting is not None:
            waiting.set_result(None)


def validator(head: Head, name: bytes) -> str:
    """A validator that can be sent back as it came; empty where there is none, or one that no server would mean."""
    value = head.get(name) or b""
    text = value.decode("ascii", "replace")
    return text if len(text) <= 200 and text.isprintable() and "\ufffd" not in text else ""


def why_not_written(folder: Path, error: BaseException) -> str:
    """What to tell a user whose collection could not be written to: what, where, and what to do."""
    while isinstance(error.__cause__, OSError | sqlite3.Error):
        error = error.__cause__  # what the first of them failed with says why
    number = error.errno if isinstance(error, OSError) else None
    name = getattr(error, "sqlite_errorname", "") or ""
    why = getattr(error, "strerror", None) or str(error)
    if number in (errno.ENOSPC, errno.EDQUOT) or name == "SQLITE_FULL":
        advice = "make room on its disk"
    elif number in (errno.EROFS, errno.EACCES, errno.EPERM) or name.startswith("SQLITE_READONLY"):
        advice = "make it writable"
    elif number == errno.EFBIG:
        advice = "raise the limit on the size of files (ulimit -f), or have files closed below it (--set WARC_SIZE=…)"
    else:
        advice = "see what its disk has (dmesg)"
    return f"{folder}: cannot be written to: {why}; what was committed is whole and kept; {advice}, and run it again"


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
