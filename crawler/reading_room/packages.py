"""ONE CAPTURED PAGE → a WACZ of its own: the responses of the page and of all it needs, as the player takes them.

The user's player is given this and not the whole collection: it is made in a moment, it holds the one edition that is
meant, and neither the collection nor its lock is touched. The responses are put down without their transfer coding
(ReplayWeb.page 2.4.6 shows chunks that have extensions as they came), so they are new records, with new ids.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import OrderedDict
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from threading import Lock
from typing import Any, Final

from archives.keys import key_of
from archives.message import BadMessage, digest_of, read_response
from archives.pack.writing import WaczWriter
from archives.reader import Stored
from archives.records import member_of, new_id
from crawler.errors import ParseError
from crawler.html import decode
from crawler.reading_room.captures import Captures, Found, NotHeld, answer_of, moment_of
from crawler.reading_room.rewriting import rewritten_css, rewritten_html, scripts_of

MOST: Final = 1_000  # records of a page
LARGEST: Final = 48 * 1024 * 1024  # bytes of them: they are in memory while the package is made
DEPTH: Final = 2  # style sheets that a style sheet imports
KEPT: Final = 8  # packages on disk, until the process ends
WARC: Final = "page.warc.gz"


class Packages:
    """The packages of pages that were replayed last; `close` removes them."""

    def __init__(self, captures: Captures) -> None:
        self._captures = captures
        self._folder = TemporaryDirectory(prefix="genbun-read-")
        self._made: OrderedDict[str, Path] = OrderedDict()
        self._count = 0
        self._lock = Lock()

    def of(self, record: str, capture: dict[str, Any], title: str) -> Path:
        """The package of a record. Raises `NotHeld`."""
        with self._lock:
            if record not in self._made:
                self._count += 1
                path = Path(self._folder.name) / f"{self._count}.wacz"
                _write(self._captures, path, capture, title)
                self._made[record] = path
                while len(self._made) > KEPT:
                    self._made.popitem(last=False)[1].unlink(missing_ok=True)
            self._made.move_to_end(record)
            return self._made[record]

    def close(self) -> None:
        """Remove them."""
        self._folder.cleanup()


def _write(captures: Captures, path: Path, capture: dict[str, Any], title: str) -> None:
    moment = dt.datetime.fromisoformat(capture["captured_at"]).astimezone(dt.UTC)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    lines: list[str] = []
    with SpooledTemporaryFile(max_size=8 * 1024 * 1024) as warc:
        for found, record in _records(captures, capture):
            member = _member(record)
            fields = {"url": found.url, "mime": found.mime, "status": found.status, "digest": found.digest,
                      "length": str(len(member)), "offset": str(warc.tell()), "filename": WARC}  # fmt: skip
            lines.append(f"{key_of(found.url)} {found.moment} {json.dumps(fields)}\n")
            warc.write(member)
        pages = [{"format": "json-pages-1.0", "id": "pages", "title": "Pages"},
                 {"id": "page", "url": capture["url"], "ts": stamp, "title": title}]  # fmt: skip
        with path.open("wb") as out, WaczWriter(out, moment) as writer:
            writer.add("pages/pages.jsonl", BytesIO("".join(json.dumps(page) + "\n" for page in pages).encode()))
            writer.add("indexes/index.cdxj", BytesIO("".join(sorted(lines)).encode()))
            writer.add(f"archive/{WARC}", warc)
            writer.close({"title": title, "created": stamp, "mainPageUrl": capture["url"], "mainPageDate": stamp})


def _member(record: Stored) -> bytes:
    """A response as one gzip member: its head and its payload, without transfer coding. Raises `BadMessage`."""
    message = read_response(record.block)
    head = message.head
    lines = [f"{head.version} {head.status} ".encode() + head.reason]
    lines += [
        b"%s: %s" % field for field in head.fields if field[0].lower() not in (b"transfer-encoding", b"content-length")
    ]
    lines.append(b"Content-Length: %d" % len(message.payload))
    block = b"\r\n".join([*lines, b"", b""]) + message.payload
    fields = [
        ("WARC-Record-ID", new_id()),
        ("WARC-Target-URI", record.url),
        ("WARC-Date", record.date),
        ("WARC-Payload-Digest", digest_of(message.payload)),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    return member_of("response", fields, block)


def _records(captures: Captures, capture: dict[str, Any]) -> list[tuple[Found, Stored]]:
    """The page's own record first, then what it needs, found in it and in its style sheets."""
    stored = captures.stored(capture)
    name, moment = capture["warc"].removeprefix("archive/"), moment_of(capture["captured_at"])
    page = Found(capture["url"], moment, str(capture["status"]), "text/html", capture["payload_digest"], name,
                 capture["offset"], capture["length"])  # fmt: skip
    found = {page.url: (page, stored)}
    size = stored.size
    try:
        wanted = _needed(decode(answer_of(stored).body), stored.url, css=False)
    except ParseError:
        return list(found.values())
    for _ in range(DEPTH + 1):
        deeper: list[str] = []
        for url in wanted:
            if url in found or len(found) >= MOST or size > LARGEST:
                continue
            try:
                one, record = captures.near(url, moment)
                if one.mime.startswith("text/html") or one.status != "200":
                    continue  # a link, not a part
                read_response(record.block)
                found[url] = (one, record)
                size += record.size
                if "css" in one.mime:
                    deeper += _needed(answer_of(record).body.decode("utf-8", "replace"), url, css=True)
            except (NotHeld, BadMessage):
                continue
        wanted = deeper
    return list(found.values())


def _needed(text: str, url: str, *, css: bool) -> list[str]:
    """The addresses in a page or style sheet, each once."""
    met: dict[str, None] = {}

    def lead(address: str) -> str:
        met[address] = None
        return address

    if css:
        rewritten_css(text, url, lead)
    else:
        rewritten_html(text, url, lead)
        met |= dict.fromkeys(scripts_of(text, url))
    return list(met)
