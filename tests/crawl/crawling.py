"""What the tests of the crawl share: `genbun` in a process of its own, and what it left in a collection."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from crawler.press import Press
from crawler.press.addresses import HERALD, SHIMBUN

GENBUN = (sys.executable, "-m", "crawler.commands.main")
KINDS = ("articles", "pairs", "problems")
OUTCOMES = ("fetched", "refused", "failed", "skipped")
CLASSES = ("editorial", "original", "listing", "robots", "requisite")

Lines = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Left:
    """A collection as any reader finds it."""

    path: Path

    def text(self, kind: str) -> str:
        """One of the three record files."""
        return (self.path / "records" / f"{kind}.jsonl").read_text("utf-8")

    def lines(self, kind: str) -> Lines:
        """Its lines."""
        return read_lines(self.text(kind))

    @property
    def index(self) -> list[str]:
        """The lines of the index."""
        return (self.path / "indexes" / "index.cdxj").read_text("utf-8").splitlines()

    @property
    def warcs(self) -> list[Path]:
        """The WARC files, oldest first, those that were left open too."""
        return sorted((self.path / "archive").iterdir())

    def receipts(self) -> Lines:
        """Every receipt, oldest first."""
        paths = sorted((self.path / "crawls").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        return [json.loads(path.read_text("utf-8")) for path in paths]

    @property
    def receipt(self) -> dict[str, Any]:
        """The last crawl's receipt."""
        return self.receipts()[-1]

    @property
    def outcomes(self) -> Lines:
        """What the last crawl did not fetch."""
        return read_lines((self.path / "crawls" / f"{self.receipt['id']}.outcomes.jsonl").read_text("utf-8"))

    def records(self) -> Iterator[Stored]:
        """Every WARC record, as warcio reads it."""
        for path in self.warcs:
            yield from stored(path.read_bytes())

    def statuses(self) -> dict[str, str]:
        """The translation's address → its pair's status."""
        return {pair["translation"]["url"]: pair["status"] for pair in self.lines("pairs")}

    def problem(self, url: str) -> dict[str, Any]:
        """The one problem of that address."""
        (found,) = (line for line in self.lines("problems") if line["url"] == url)
        return found


@dataclass(frozen=True, slots=True)
class Stored:
    """One WARC record."""

    type: str
    url: str
    headers: dict[str, str]
    block: bytes

    @property
    def id(self) -> str:
        """WARC-Record-ID."""
        return self.headers["WARC-Record-ID"]

    @property
    def payload(self) -> bytes:
        """The body without its transfer coding, as the standard library reads it."""
        answer = HTTPResponse(_Bytes(self.block))  # type: ignore[arg-type]  # it asks a socket for no more than this
        answer.begin()
        return answer.read()

    @property
    def body(self) -> bytes:
        """The payload without its content coding."""
        payload = self.payload
        return gzip.decompress(payload) if payload[:2] == b"\x1f\x8b" else payload

    def notes(self, name: str) -> list[str]:
        """The values of a field of a metadata record."""
        lines = self.block.decode().split("\r\n")
        return [line.partition(": ")[2] for line in lines if line.startswith(f"{name}: ")]


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, mode: str) -> BytesIO:
        return BytesIO(self.data)


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """What the command itself said went wrong: its last line on standard error."""
        lines = [line for line in self.err.splitlines() if line.startswith("genbun: ")]
        return lines[-1] if lines else ""


def stored(data: bytes) -> Iterator[Stored]:
    """The WARC records in some bytes of a file, as warcio reads them."""
    for record in ArchiveIterator(BytesIO(data), no_record_parse=True):
        headers = dict(record.rec_headers.headers)
        yield Stored(record.rec_type, headers.get("WARC-Target-URI", ""), headers, record.raw_stream.read())


def digest(data: bytes) -> str:
    """As WARC records and lines state it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def member(path: Path, offset: int, length: int) -> bytes:
    """A record's gzip member; that it is one, whole and nothing more, is asserted."""
    with path.open("rb") as handle:
        handle.seek(offset)
        data = handle.read(length)
    unpacker = zlib.decompressobj(wbits=31)
    unpacker.decompress(data)
    assert unpacker.eof, f"{path.name}: no whole gzip member of {length} bytes at {offset}"
    assert not unpacker.unused_data
    return data


def read_lines(text: str) -> Lines:
    """JSON Lines."""
    return [json.loads(line) for line in text.splitlines()]


def environment(**more: str) -> dict[str, str]:
    """The environment of a command: ours without what would lead it elsewhere."""
    without = ("GENBUN_CONTACT", "SCRAPY_SETTINGS_MODULE", "SCRAPY_PROJECT")
    return {name: value for name, value in os.environ.items() if name not in without} | more


def genbun(*arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None, stdin: bytes = b"") -> Done:
    """Run `genbun`; that it shows no traceback is asserted."""
    done = subprocess.run(
        [*GENBUN, *arguments], capture_output=True, cwd=cwd, env=environment(**(env or {})), input=stdin, timeout=90
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "--debug" in arguments or "Traceback" not in out + err, err
    return Done(done.returncode, out, err)


def connected(press: Press, hosts: Iterable[str] | None = None) -> list[str]:
    """The options that send the press's hosts to it."""
    return [word for host in hosts or press.content.hosts for word in ("--connect-to", f"{host}={press.origin}")]


def crawl(press: Press, to: Path, *more: str, newspaper: str = "example_herald", delay: float = 0) -> Done:
    """`genbun crawl` against a press; it asks all that is known again, and searches only if it is told to."""
    options = (*connected(press), "--recheck", "all", "--set", "SEARCH=False", *more)
    return genbun("crawl", newspaper, "--to", str(to), "--delay", str(delay), *options)


def crawled(press: Press, to: Path, *more: str) -> Left:
    """A crawl that ends with 0, of pages alone unless it is told otherwise, and what it left."""
    done = crawl(press, to, "--no-requisites", *more)
    assert done.status == 0, done.err
    assert_balanced(Left(to))
    return Left(to)


def asked(press: Press, host: str, start: str = "") -> list[str]:
    """The paths that a host was asked for, in order."""
    return [one.path for one in press.exchanges if one.host == host and one.path.startswith(start)]


def posts(press: Press) -> list[str]:
    """The paths of the Herald's posts that were asked for, in order of their address."""
    not_posts = ("/robots.txt", "/feed/", "/wp-", "/category/", "/page/", "/20", "/sitemap", "/post-sitemap")
    return sorted(path for path in asked(press, HERALD) if path != "/" and not path.startswith(not_posts))


def articles_asked(press: Press) -> list[str]:
    """The paths of the Shimbun's articles that were asked for."""
    return asked(press, SHIMBUN, "/article/") + asked(press, SHIMBUN, "/column/news/")


def assert_balanced(left: Left) -> None:
    """asked = fetched + refused + failed + skipped, in each class and in all, and the outcomes file says which."""
    receipt = left.receipt
    rows = [receipt, *receipt["classes"].values()]
    for row in rows:
        assert row["asked"] == sum(row[name] for name in OUTCOMES), row
    assert set(receipt["classes"]) == set(CLASSES)
    for name in ("asked", *OUTCOMES):
        assert receipt[name] == sum(row[name] for row in receipt["classes"].values())
    lines = left.outcomes
    assert len({line["url"] for line in lines}) == len(lines) == receipt["asked"] - receipt["fetched"]
    for klass in CLASSES:
        for outcome in ("refused", "failed", "skipped"):
            count = sum(1 for line in lines if (line["class"], line["outcome"]) == (klass, outcome))
            assert count == receipt["classes"][klass][outcome], (klass, outcome)
    for line in lines:
        assert set(line) >= {"url", "outcome", "reason", "at"}
        assert line["reason"]


def rebuilt(left: Left, to: Path) -> Left:
    """The collection's records and index again, from its archive alone, elsewhere."""
    done = genbun("rebuild", str(left.path), "--to", str(to))
    assert done.status == 0, done.err
    return Left(to)


def assert_same_lines(one: Left, other: Left) -> None:
    """Byte for byte the same records and index."""
    for kind in KINDS:
        assert one.text(kind) == other.text(kind), kind
    assert one.index == other.index
