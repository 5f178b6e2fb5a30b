"""What the misbehaving press does at its one address: each play gives the pieces that are sent, in order."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import Final

from crawler.press.answer import chunks, http_date
from tests.hostile.press import Ask, Play, Then, honest

MB: Final = 1 << 20
HTML: Final = b"Content-Type: text/html; charset=UTF-8"
PNG: Final = b"Content-Type: image/png"
XML: Final = b"Content-Type: application/xml; charset=UTF-8"
TEXT: Final = b"Content-Type: text/plain"

Change = Callable[[bytes], bytes]


def head(*fields: bytes, status: int = 200) -> bytes:
    """A status line, header fields, and the empty line."""
    return b"\r\n".join([b"HTTP/1.1 %d As Sent" % status, *fields, b"", b""])


def whole(body: bytes, *fields: bytes, status: int = 200) -> bytes:
    """A response whose length is right."""
    return head(*fields, b"Content-Length: %d" % len(body), status=status) + body


def sends(*pieces: bytes | Then) -> Play:
    """These pieces, whatever is asked."""
    return lambda ask: pieces


def answers(body: bytes, *fields: bytes, status: int = 200) -> Play:
    """This answer."""
    return sends(whole(body, *fields, status=status))


def moves(to: str) -> Play:
    """A redirect; `{port}` is where the press itself listens."""
    return lambda ask: [whole(b"", b"Location: " + to.format(port=ask.port).encode(), status=302)]


def refuses(status: int, retry_after: Callable[[], bytes] | None = None, times: int = 1000) -> Play:
    """That status so many times, then the page."""

    def play(ask: Ask) -> list[bytes | Then]:
        fields = [b"Retry-After: " + retry_after()] if retry_after else []
        return [whole(b"slow down\n", TEXT, *fields, status=status) if ask.before < times else honest(ask.page)]

    return play


def seconds(number: int) -> Callable[[], bytes]:
    """A Retry-After in seconds."""
    return lambda: b"%d" % number


def date(later: int) -> Callable[[], bytes]:
    """A Retry-After as a date: at least so many seconds later, since a date has whole seconds."""
    return lambda: http_date(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=later + 1))


def changed(change: Change, *fields: bytes, said: bytes = HTML) -> Play:
    """The page, changed, in full length and without a coding."""
    return lambda ask: [whole(change(ask.page.body), said, *fields)]


# the connection and the frame ---------------------------------------------------------------------


def cut_in_head(ask: Ask) -> list[bytes | Then]:
    """Reset within the header."""
    return [honest(ask.page)[:60], "reset"]


def cut_in_body(ask: Ask) -> list[bytes | Then]:
    """Reset within the body."""
    sent = honest(ask.page)
    return [sent[: len(sent) - 500], "reset"]


def too_long(ask: Ask) -> list[bytes | Then]:
    """Content-Length says more than comes."""
    return [head(HTML, b"Content-Length: %d" % (len(ask.page.body) + 500)) + ask.page.body, "close"]


def too_short(ask: Ask) -> list[bytes | Then]:
    """Content-Length says half of what comes."""
    return [head(HTML, b"Content-Length: %d" % (len(ask.page.body) // 2)) + ask.page.body, "close"]


def endless_body(*fields: bytes) -> Play:
    """A body that goes on as fast as it is taken."""
    return lambda ask: chain([head(*fields)], repeat(b"and so on, and on\n" * 3640))


def endless_chunks(ask: Ask) -> Iterator[bytes]:
    """A body in chunks that go on."""
    return chain([head(HTML, b"Transfer-Encoding: chunked")], repeat(b"1000\r\n" + b"a" * 4096 + b"\r\n"))


def slowly(start: bytes, piece: bytes) -> Play:
    """A beginning, then a few bytes at a time, for ever."""

    def play(ask: Ask) -> Iterator[bytes | Then]:
        yield start
        while True:
            time.sleep(0.05)
            yield piece

    return play


def endless_head(ask: Ask) -> Iterator[bytes]:
    """Header fields that go on as fast as they are taken."""
    return chain([b"HTTP/1.1 200 OK\r\n"], repeat(b"X-More: and so on\r\n" * 3000))


def great_head(ask: Ask) -> list[bytes | Then]:
    """A header of 1 MB, then the page."""
    field = b"X-Great: " + b"x" * MB
    return [head(HTML, field, b"Content-Length: %d" % len(ask.page.body)) + ask.page.body]


def chunked(framed: Callable[[bytes], bytes]) -> Play:
    """The page as a chunked body, framed so."""
    return lambda ask: [head(HTML, b"Transfer-Encoding: chunked") + framed(ask.page.body), "close"]


def no_chunk_size(body: bytes) -> bytes:
    """A size that is no number after the first chunk."""
    return b"1000\r\n" + body[:4096] + b"\r\nzzz\r\n" + body[4096:]


def chunk_too_long(body: bytes) -> bytes:
    """A chunk that is longer than its size."""
    return b"1000\r\n" + body + b"\r\n0\r\n\r\n"


def greatest_chunk(body: bytes) -> bytes:
    """A chunk of 2^64 bytes less one."""
    return b"ffffffffffffffff\r\n" + body


def endless_trailer(ask: Ask) -> Iterator[bytes]:
    """Trailer fields after the last chunk that go on."""
    begin = head(HTML, b"Transfer-Encoding: chunked") + chunks(ask.page.body)[:-2]
    return chain([begin], repeat(b"X-More: and so on\r\n" * 3000))


EARLY: Final = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"


def early_hints(ask: Ask) -> list[bytes | Then]:
    """103, then the page."""
    return [EARLY, honest(ask.page)]


def bare_lf(ask: Ask) -> list[bytes | Then]:
    """Every line of the header ends in LF alone."""
    return [whole(ask.page.body, HTML).replace(b"\r\n", b"\n")]


def no_text(ask: Ask) -> list[bytes | Then]:
    """Header fields whose names and values are no text."""
    return [whole(ask.page.body, HTML + b"\xff\x80", b"X-\xe3\x81: \xff\xfe\x00\x7f", b"no colon", b": no name")]


def two_lengths(ask: Ask) -> list[bytes | Then]:
    """Two lengths that differ."""
    return [head(PNG, b"Content-Length: 5", b"Content-Length: 500") + ask.page.body]
