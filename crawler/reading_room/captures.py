"""ARCHIVE → bytes for a page: the record that a line names, and what else was captured at an address near that time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from archives.codings import BadMessage
from archives.collection import OPEN, Collection
from archives.errors import GenbunError
from archives.keys import key_of
from archives.message import Message, read_response
from archives.reader import Stored, TornFile, record_at
from archives.storage.reading import is_stored

MAX_BODY: Final = 32 * 1024 * 1024
MAX_LINE: Final = 256 * 1024  # of the index
MOST_CAPTURES: Final = 2_000  # of one address that are looked at
BITS_OF_A_NAME: Final = frozenset("/\\\0")


@dataclass(frozen=True, slots=True)
class Found:
    """A capture as the index has it. `moment` has 14 digits, in UTC."""

    url: str
    moment: str
    status: str
    mime: str
    digest: str
    warc: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered at an address: its content coding removed."""

    url: str
    status: int
    kind: str
    body: bytes
    location: str = ""


class NotHeld(Exception):
    """The archive holds no such bytes; the text says why."""


class Captures:
    """Looks captures up in a collection's index, which is read where it lies, and reads their records."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    def stored(self, capture: dict[str, Any]) -> Stored:
        """The record that a line names. Raises `NotHeld`."""
        record = self._record(capture["warc"].removeprefix("archive/"), capture["offset"], capture["length"])
        if record.id != capture["record_id"]:
            raise NotHeld(f"{capture['warc']} has another record at {capture['offset']:,}: {record.id[:100]}")
        return record

    def answer(self, capture: dict[str, Any]) -> Answer:
        """The response that a line was read from. Raises `NotHeld`."""
        return _answer(self.stored(capture))

    def stored_at(self, capture: dict[str, Any]) -> str:
        """Where the WARC file of a line is stored, if it is not here; empty if it is."""
        path = self._file(capture["warc"].removeprefix("archive/"))
        if not is_stored(path):
            return ""
        from archives.storage.listing import listed

        return next((file.where for file in listed(path.parent).get(path.name, ())), "")

    def nearest(self, url: str, moment: str) -> Found | None:
        """Of all responses at an address, the one captured nearest to a moment; one that answered with 200 first."""
        at = _seconds(moment)
        found = list(self.captures(url))
        return min(found, key=lambda one: (one.status != "200", abs(_seconds(one.moment) - at)), default=None)

    def near(self, url: str, moment: str) -> tuple[Found, Stored]:
        """That capture and its record; of a revisit, those of the response that holds its bytes. Raises `NotHeld`."""
        found = self.nearest(url, moment)
        if found is None:
            raise NotHeld(f"{url}: was not captured")
        record = self._record(found.warc, found.offset, found.length)
        return self._referred(record, found) if record.type == "revisit" else (found, record)

    def captures(self, url: str) -> Iterator[Found]:
        """The lines of the index at an address, those of revisits too."""
        key = key_of(url)
        for count, line in enumerate(self._lines(f"{key} ".encode("utf-8", "replace"))):
            if count >= MOST_CAPTURES:
                return
            try:
                _, moment, fields = line.decode().split(" ", 2)
                said = json.loads(fields)
                if len(moment) != 14 or not moment.isascii() or not moment.isdigit():
                    continue
                yield Found(
                    str(said["url"]), moment, str(said["status"]), str(said["mime"]), str(said["digest"]),
                    str(said["filename"]), int(said["offset"]), int(said["length"]),
                )  # fmt: skip
            except (ValueError, KeyError, TypeError, RecursionError):
                continue  # a line that is none finds nothing; `genbun verify` names it

    def _lines(self, prefix: bytes) -> Iterator[bytes]:
        """The lines of the sorted index that begin so, found by halving."""
        try:
            with self.collection.index.open("rb") as file:
                low, high = 0, file.seek(0, 2)
                while low < high:
                    middle = (low + high) // 2
                    file.seek(middle)
                    if middle:
                        file.readline(MAX_LINE)
                    line = file.readline(MAX_LINE)
                    if line and line < prefix:
                        low = middle + 1
                    else:
                        high = middle
                file.seek(low)
                if low:
                    file.readline(MAX_LINE)
                for line in iter(lambda: file.readline(MAX_LINE), b""):
                    if line.startswith(prefix):
                        yield line
                    elif line > prefix:
                        return
        except FileNotFoundError:
            return

    def _referred(self, revisit: Stored, found: Found) -> tuple[Found, Stored]:
        """The response that a revisit stands for."""
        url = revisit.headers.get("warc-refers-to-target-uri", found.url)
        wanted = revisit.headers.get("warc-refers-to")
        for one in self.captures(url):
            if one.digest == found.digest and one.mime != "warc/revisit":
                record = self._record(one.warc, one.offset, one.length)
                if wanted in (None, record.id):
                    return one, record
        raise NotHeld(f"{url}: is a revisit, and what it refers to is not in the index")

    def _record(self, name: str, offset: int, length: int) -> Stored:
        if not name or not BITS_OF_A_NAME.isdisjoint(name) or name.startswith("."):
            raise NotHeld(f"{name[:100]}: is no name of a WARC file")
        try:
            return record_at(self._file(name), offset, length)
        except FileNotFoundError:
            raise NotHeld(f"archive/{name[:200]}: is not there") from None
        except (GenbunError, TornFile, OSError) as error:
            raise NotHeld(f"archive/{name[:200]}, offset {offset:,}: cannot be read ({error})") from None

    def _file(self, name: str) -> Path:
        """A WARC file, which may still be open."""
        path = self.collection.archive / name
        opened = path.with_name(name + OPEN)
        return opened if opened.exists() and not path.exists() else path


def _answer(record: Stored) -> Answer:
    if record.type != "response":
        raise NotHeld(f"{record.id}: is a {record.type[:40]} record")
    try:
        if record.beyond:
            raise BadMessage(f"a record of {record.size:,} bytes")
        message: Message = read_response(record.block)
        body = message.body(MAX_BODY)
    except BadMessage as error:
        raise NotHeld(f"{record.id}: cannot be shown ({error})") from None
    head = message.head
    kind = (head.get(b"content-type") or b"").decode("latin-1")
    return Answer(record.url, head.status, kind, body, (head.get(b"location") or b"").decode("latin-1"))


def answer_of(record: Stored) -> Answer:
    """A response record taken apart. Raises `NotHeld`."""
    return _answer(record)


def moment_of(captured_at: str) -> str:
    """A WARC-Date as the index has it."""
    return f"{dt.datetime.fromisoformat(captured_at).astimezone(dt.UTC):%Y%m%d%H%M%S}"


def _seconds(moment: str) -> float:
    try:
        return dt.datetime.strptime(moment, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC).timestamp()
    except ValueError:
        return 0.0
