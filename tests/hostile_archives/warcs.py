"""WARC files that mean harm, each by a function that gives its bytes; small on disk, whatever they unpack to."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from crawler.press import Answer, cases, demo
from crawler.press.addresses import HERALD
from tests.verify.test_foreign import by_hand

MB: Final = 1 << 20
DATE: Final = "2026-11-24T07:08:09Z"
VICTIM: Final = next(case.url for case in cases() if case.key == "07-cables")
PAGE: Final = f"https://{HERALD}/editorial-hostile/"
HTML: Final = b"Content-Type: text/html; charset=UTF-8\r\n"
END: Final = b"\r\n\r\n"


def identity(number: int) -> str:
    """A record id."""
    return f"<urn:uuid:11111111-2222-4333-8444-{number:012d}>"


def head(kind: str, number: int, length: int | str, *fields: str, date: str = DATE, url: str = PAGE) -> bytes:
    """A record's head."""
    lines = ["WARC/1.1", f"WARC-Type: {kind}", f"WARC-Record-ID: {identity(number)}", f"WARC-Date: {date}"]
    lines += [f"WARC-Target-URI: {url}"] if kind != "warcinfo" else []
    kinds = {"response": "application/http; msgtype=response", "revisit": "application/http; msgtype=response"}
    lines += [f"Content-Type: {kinds.get(kind, 'application/warc-fields')}", *fields, f"Content-Length: {length}"]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + END


def record(kind: str, number: int, block: bytes, *fields: str, date: str = DATE, url: str = PAGE) -> bytes:
    """A whole record."""
    return head(kind, number, len(block), *fields, date=date, url=url) + block + END


def about(number: int, *notes: str, date: str = DATE, url: str = PAGE) -> bytes:
    """The metadata record of an editorial's response."""
    block = "".join(f"{note}\r\n" for note in ("class: editorial", *notes)).encode("utf-8", "surrogateescape")
    return record("metadata", number + 1, block, f"WARC-Concurrent-To: {identity(number)}", date=date, url=url)


def http(body: bytes, fields: bytes = HTML, status: int = 200) -> bytes:
    """A response."""
    return b"HTTP/1.1 %d OK\r\n%sContent-Length: %d\r\n\r\n" % (status, fields, len(body)) + body


def captured(number: int, block: bytes, *fields: str, date: str = DATE, url: str = PAGE) -> list[bytes]:
    """An editorial's response with its metadata record."""
    return [record("response", number, block, *fields, date=date, url=url), about(number, date=date, url=url)]


INFO: Final = record("warcinfo", 0, b"software: by hand\r\nisPartOf: 20261124T070809Z-example_herald-0000\r\n")


@lru_cache(maxsize=1)
def page() -> bytes:
    """A page of the demo's, which reads as an article."""
    answer = demo().find(HERALD, VICTIM.partition(HERALD)[2], 1)
    assert isinstance(answer, Answer)
    return answer.body


def harmless(number: int = 10**11, url: str = VICTIM) -> bytes:
    """A file with one article in it."""
    return by_hand(INFO, *captured(number, http(page()), url=url))


def packed(parts: Iterable[bytes], level: int = 9) -> bytes:
    """One gzip member of these parts."""
    packer = zlib.compressobj(level, zlib.DEFLATED, 31)
    return b"".join([packer.compress(part) for part in parts]) + packer.flush()


@lru_cache(maxsize=4)
def _zeros(megabytes: int) -> bytes:
    return packed((bytes(MB) for _ in range(megabytes)), 1)


def bomb(megabytes: int, before: bytes, after: bytes = END) -> bytes:
    """A member of these bytes, that many megabytes of zeros, and those."""

    def parts() -> Iterator[bytes]:
        yield before
        for _ in range(megabytes):
            yield bytes(MB)
        yield after

    return packed(parts(), 1)


def in_a_response(megabytes: int, fields: bytes = HTML) -> bytes:
    """Zeros as the body of an editorial's response."""
    start = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n" % (fields, megabytes * MB)
    return bomb(megabytes, head("response", 1, len(start) + megabytes * MB) + start) + by_hand(about(1))


def in_chunks(megabytes: int) -> bytes:
    """Zeros as the body of an editorial's response, in one chunk."""
    start = b"HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n%x\r\n" % (HTML, megabytes * MB)
    end = b"\r\n0\r\n\r\n"
    before = head("response", 1, len(start) + megabytes * MB + len(end)) + start
    return bomb(megabytes, before, end + END) + by_hand(about(1))


def nested(megabytes: int, times: int) -> bytes:
    """Zeros, packed that many times, as a response says."""
    body = _zeros(megabytes)
    for _ in range(times - 1):
        body = packed([body])
    said = HTML + b"Content-Encoding: " + b", ".join([b"gzip"] * times) + b"\r\n"
    return by_hand(*captured(1, http(body, said)))


def notes(megabytes: int, line: bytes = b"a: \r\n") -> bytes:
    """A metadata record of millions of notes."""
    block = b"class: editorial\r\noutcome: failed\r\nreason: x\r\n" + line * (megabytes * MB // len(line))
    return packed([record("metadata", 1, block)], 1)


def tiny(count: int, url: str = PAGE, ids: int = 10**9) -> bytes:
    """A great many small pages; `ids` is how many ids they share."""
    block = http(b"<p>")

    def members() -> Iterator[bytes]:
        for number in range(count):
            one = captured(2 * (number % ids) + 2, block, url=url.format(number))
            yield from (zlib.compress(part, 1, 31) for part in one)

    return b"".join(members())


def texts(count: int, megabytes: int) -> bytes:
    """Pages that read as articles, each of some megabytes of text, gzipped."""
    start, _, end = page().partition(b"</p>")

    def made(number: int) -> list[bytes]:
        words = b"<p>" + (b"word %d " % number) * (megabytes * MB // 9) + b"</p>"
        body = zlib.compress(start + b"</p>" + words + end, 1, 31)
        url = f"https://{HERALD}/editorial-{number:06d}-words/"
        return captured(2 * number + 2, http(body, HTML + b"Content-Encoding: gzip\r\n"), url=url)

    return by_hand(*[one for number in range(count) for one in made(number)])


def revisit(number: int, to: int, url: str = PAGE) -> list[bytes]:
    """A revisit that refers to another record."""
    profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    fields = (f"WARC-Profile: {profile}", f"WARC-Refers-To: {identity(to)}")
    return [record("revisit", number, http(b""), *fields, url=url), about(number, url=url)]


def dated(date: str, fields: bytes = HTML, status: int = 200) -> bytes:
    """An editorial of that date."""
    return by_hand(*captured(1, http(page(), fields, status), date=date))


def named(number: str) -> bytes:
    """An editorial whose record has that id."""
    one, note = (
        part.replace(identity(1).encode(), number.encode("utf-8", "surrogateescape"))
        for part in captured(1, http(page()))
    )
    return by_hand(one, note)


def at(url: str) -> bytes:
    """An editorial of that address."""
    return by_hand(*captured(1, http(page()), url=url))


def at_each(count: int, url: str) -> Iterator[bytes]:
    """A small page at each of so many addresses."""
    for number in range(count):
        yield by_hand(*captured(2 * number + 2, http(b"<p>"), url=url.format(number)))


def lying(length: int | str) -> bytes:
    """A whole member whose Content-Length is another one."""
    return by_hand(head("response", 1, length) + http(page()) + END, about(1))
