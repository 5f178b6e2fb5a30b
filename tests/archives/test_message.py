"""The message scanner and the content codings: every split, every kind of damage, and what hostile servers send."""

from __future__ import annotations

import gc
import gzip
import sys
import time
import tracemalloc
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives.message import (
    MAX_CHUNK_LINE,
    MAX_HEAD,
    MAX_INTERIM,
    MAX_MEMBERS,
    MAX_TRAILER,
    BadMessage,
    ResponseScanner,
    TooLarge,
    parse_head,
    read_response,
    remove_content_coding,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNKED: Final = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

Outcome = tuple[object, ...]


def outcome(pieces: Iterable[bytes], method: bytes = b"GET", limit: int = 0) -> Outcome:
    """All that a scanner says of a connection that sent these pieces and then closed."""
    scanner = ResponseScanner(method, limit)
    try:
        for piece in pieces:
            scanner.feed(piece)
        done = scanner.done
        whole = scanner.close()
    except BadMessage as error:
        return type(error).__name__, scanner.head and scanner.head.status
    head = scanner.head
    return (
        done, whole, scanner.until_close, head and (head.version, head.status, head.reason, head.fields),
        [one.status for one in scanner.heads], bytes(scanner.raw[: scanner.start]), scanner.block(),
        scanner.payload(), bytes(scanner.raw[scanner.end :]) if whole else None,
    )  # fmt: skip


def bytewise(data: bytes) -> Iterator[bytes]:
    return (data[i : i + 1] for i in range(len(data)))


WHOLE: Final[dict[str, tuple[bytes, bytes]]] = {
    "length": (b"HTTP/1.1 200 Very Fine\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
    "length twice the same": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length: 5, 5\r\n\r\nhello", b"hello"),
    "length 0": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
    "bare LF": (b"HTTP/1.1 200 OK\nA: b\nno colon\nContent-Length : 5\n\nhello", b"hello"),
    "LF in front of CRLF": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello", b"hello"),
    "folded": (b"HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n  d\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
    "chunks": (CHUNKED + b"5\r\nhello\r\n0;a=b\r\n\r\n", b"hello"),
    "chunks, odd": (
        CHUNKED + b' 005 ; a="x;y"\r\nhello\r\nA\nhello hell\n1 \r\no\r\n0\r\nX: y\r\nZ: 1\r\n\r\n',
        b"hellohello hello",
    ),
    "chunked in capitals": (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\nContent-Length: 3\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        b"x",
    ),
    "chunks that hold line ends": (CHUNKED + b"6\r\n\r\n0\r\n\r\r\n0\r\n\r\n", b"\r\n0\r\n\r"),
    "204": (b"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", b""),
    "304": (b"HTTP/1.1 304\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
    "101": (b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n", b""),
    "interim": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\nA: b\n\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        b"x",
    ),
}
UNTIL_CLOSE: Final[dict[str, tuple[bytes, bytes]]] = {
    "1.0": (b"HTTP/1.0 200 OK\r\n\r\nhello\r\n\r\nHTTP/1.1 ", b"hello\r\n\r\nHTTP/1.1 "),
    "coding that is not chunked": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\nContent-Length: 1\r\n\r\nab", b"ab"),
    "empty": (b"HTTP/1.1 200 OK\r\n\r\n", b""),
}
CUT: Final[dict[str, tuple[bytes, bytes]]] = {
    "in the head": (b"HTTP/1.1 200 OK\r\nContent-", b""),
    "after an interim": (b"HTTP/1.1 103 Early\r\n\r\n", b""),
    "in the body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n12345", b"12345"),
    "in a chunk": (CHUNKED + b"5\r\nhello\r\n5\r\nhe", b"hellohe"),
    "behind a chunk": (CHUNKED + b"5\r\nhello\r", b"hello"),
    "in a chunk size": (CHUNKED + b"5\r\nhello\r\n1", b"hello"),
    "in the trailer": (CHUNKED + b"5\r\nhello\r\n0\r\nA: b\r\n", b"hello"),
}
BAD: Final[dict[str, bytes]] = {
    "no HTTP": b"SSH-2.0-OpenSSH_9.6 and more\r\n",
    "no HTTP, short": b"hello\r\n\r\n",
    "an empty head": b"\r\n\r\n",
    "HTTP/2 as text": b"HTTP/2 200\r\n\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "a status that runs on": b"HTTP/1.1 200OK\r\n\r\n",
    "lengths that differ": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "lengths that differ in one line": b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello!",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "a length with a sign": b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
    "a length in hex": b"HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello",
    "an empty length": b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhello",
    "a length in other digits": b"HTTP/1.1 200 OK\r\nContent-Length: \xef\xbc\x95\r\n\r\nhello",
    "an endless length": b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 19 + b"\r\n\r\n",
    "a chunk size that is none": CHUNKED + b"xyz\r\nhello\r\n",
    "an empty chunk size": CHUNKED + b"\r\nhello\r\n",
    "a negative chunk size": CHUNKED + b"-5\r\nhello\r\n",
    "a chunk size with 0x": CHUNKED + b"0x5\r\nhello\r\n",
    "a chunk size of 17 digits": CHUNKED + b"0" * 16 + b"5\r\nhello\r\n",
    "a chunk longer than its size": CHUNKED + b"4\r\nhello\r\n0\r\n\r\n",
    "a chunk shorter than its size": CHUNKED + b"7\r\nhello\r\n0\r\n\r\n",
    "a chunk that ends in CR alone": CHUNKED + b"5\r\nhello\rX\n0\r\n\r\n",
    "17 interim responses": b"HTTP/1.1 100 Continue\r\n\r\n" * (MAX_INTERIM + 1),
    "an endless chunk size line": CHUNKED + b"5;" + b"a" * MAX_CHUNK_LINE + b"\r\nhello\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", [*WHOLE, *UNTIL_CLOSE, *CUT])
def test_every_split_gives_the_same(name: str) -> None:
    message = {**WHOLE, **UNTIL_CLOSE, **CUT}[name][0]
    once = outcome([message])
    assert outcome(bytewise(message)) == once
    for at in range(len(message) + 1):
        assert outcome([message[:at], message[at:]]) == once
    for step in (2, 3, 5, 7):
        assert outcome(message[i : i + step] for i in range(0, len(message), step)) == once


@pytest.mark.parametrize("name", BAD)
def test_every_split_of_what_is_malformed_is_refused_alike(name: str) -> None:
    message = BAD[name]
    once = outcome([message])
    assert once[0] == "BadMessage"
    assert outcome(bytewise(message)) == once
    for at in range(0, len(message), max(1, len(message) // 200)):
        assert outcome([message[:at], message[at:]]) == once


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_message_ends_where_it_ends(name: str) -> None:
    message, payload = WHOLE[name]
    scanner = ResponseScanner()
    assert scanner.feed(message + b"HTTP/1.1 ")
    assert scanner.payload() == payload
    assert bytes(scanner.raw[: scanner.start]) + scanner.block() == message
    assert bytes(scanner.raw[scanner.end :]) == b"HTTP/1.1 "
    again = read_response(scanner.block())
    assert (again.head, again.payload, again.complete) == (scanner.head, payload, True)


@pytest.mark.parametrize("name", UNTIL_CLOSE)
def test_a_message_without_length_ends_with_its_connection(name: str) -> None:
    message, payload = UNTIL_CLOSE[name]
    scanner = ResponseScanner()
    assert not scanner.feed(message)
    assert scanner.close()
    assert (scanner.payload(), scanner.block()) == (payload, message)


@pytest.mark.parametrize("name", CUT)
def test_what_was_cut_off_is_kept_and_said(name: str) -> None:
    message, payload = CUT[name]
    scanner = ResponseScanner()
    assert not scanner.feed(message)
    assert not scanner.close()
    assert scanner.payload() == payload
    if scanner.head is not None:
        again = read_response(scanner.block())
        assert (again.payload, again.complete) == (payload, False)


def test_a_stored_block_with_a_damaged_chunk_is_read_as_far_as_it_goes() -> None:
    message = read_response(CHUNKED + b"5\r\nhello\r\nxyz\r\n")
    assert (message.head.status, message.payload, message.complete) == (200, b"hello", False)
    with pytest.raises(BadMessage):
        read_response(b"hello")


def test_the_answer_to_head_has_no_body() -> None:
    scanner = ResponseScanner(b"HEAD")
    assert scanner.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    assert scanner.payload() == b""


def test_a_head_says_its_fields_in_order_and_as_sent() -> None:
    fields = b"Set-Cookie: a=1\r\nx: 1\r\nSET-cookie:b=2 \r\n\tc\r\n: nameless\r\nbad\r\n"
    head = parse_head(b"HTTP/1.0 404 Not  Here\r\n" + fields)
    assert (head.version, head.status, head.reason) == ("HTTP/1.0", 404, b"Not  Here")
    assert head.fields == ((b"Set-Cookie", b"a=1"), (b"x", b"1"), (b"SET-cookie", b"b=2 c"))
    assert head.all(b"set-cookie") == [b"a=1", b"b=2 c"]
    assert head.get(b"x") == b"1"
    assert head.get(b"y") is None


# --- limits


@pytest.mark.parametrize("step", [1 << 30, 60_000, 4096])
def test_a_head_may_be_256_kb_long_and_no_longer(step: int) -> None:
    frame = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: %s\r\n\r\n"
    fits, over = (frame % (b"a" * (size - len(frame) + 2)) for size in (MAX_HEAD, MAX_HEAD + 1))
    assert len(fits) == MAX_HEAD
    assert outcome(fits[i : i + step] for i in range(0, len(fits), step))[1] is True
    assert outcome(over[i : i + step] for i in range(0, len(over), step))[0] == "TooLarge"


@pytest.mark.parametrize("step", [1 << 30, 1000, 7])
def test_a_trailer_may_be_64_kb_long_and_no_longer(step: int) -> None:
    line = b"A: b\r\n"
    fits = CHUNKED + b"0\r\n" + line * ((MAX_TRAILER - 2) // len(line)) + b"\r\n"
    over = CHUNKED + b"0\r\n" + line * (MAX_TRAILER // len(line) + 1) + b"\r\n"
    assert outcome(fits[i : i + step] for i in range(0, len(fits), step))[1] is True
    assert outcome(over[i : i + step] for i in range(0, len(over), step))[0] == "TooLarge"


@pytest.mark.parametrize("step", [1 << 30, 1, 100])
def test_the_limit_is_the_bodys_and_holds_without_all_of_it(step: int) -> None:
    head = b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nA: " + b"a" * 500
    body = b"b" * 1000
    for more, fits in (
        (b"\r\nContent-Length: 1000\r\n\r\n" + body, True),
        (b"\r\nContent-Length: 1001\r\n\r\n", False),
        (b"\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + body[:900], True),
        (b"\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", False),
        (b"\r\nTransfer-Encoding: chunked\r\n\r\n" + b"5\r\nhello\r\n" * 101, False),
        (b"\r\n\r\n" + body, True),
        (b"\r\n\r\n" + body + b"b", False),
    ):
        message = head + more
        found = outcome((message[i : i + step] for i in range(0, len(message), step)), limit=1000)
        assert (found[0] != "TooLarge") is fits, (more[:40], found)


# --- hostile bytes, in any split

SPLITS = st.lists(st.integers(1, 40), max_size=40)
TOKENS = st.lists(
    st.sampled_from([
        b"HTTP/1.1 200 OK", b"HTTP/1.1 103 E", b"HTTP/1.0 304", b"\r\n", b"\n", b"\r", b"\r\n\r\n",
        b"Content-Length: 3", b"Content-Length: 0", b"Transfer-Encoding: chunked", b"3\r\nabc\r\n", b"0\r\n\r\n",
        b"0\r\n", b"ffffffff\r\n", b";x", b" ", b":", b"abc", b"\x00", b"\xff",
    ]),
    max_size=25,
).map(b"".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(data=st.one_of(st.binary(max_size=300), TOKENS, TOKENS.map(lambda tail: CHUNKED + tail)), sizes=SPLITS)
def test_no_bytes_in_any_split_raise_anything_unexpected(data: bytes, sizes: list[int]) -> None:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(data[at : at + size])
        at += size
    found = outcome([*pieces, data[at:]])
    assert found[0] in (True, False, "BadMessage", "TooLarge")
    assert outcome([data]) == found
    assert outcome(bytewise(data)) == found


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=200), damage=st.integers(0, 300), value=st.integers(0, 255), limit=st.integers(0, 2000))
def test_no_damaged_body_raises_anything_unexpected(data: bytes, damage: int, value: int, limit: int) -> None:
    for coding, coded in _coded(data * 5).items():
        broken = bytearray(coded)
        broken[damage % len(broken)] = value
        for body in (bytes(broken), coded[: damage % len(coded)], data, coded):
            try:
                found = remove_content_coding(body, [coding], limit)
            except BadMessage:
                continue
            assert not limit or len(found) <= limit


# --- content codings


def _coded(data: bytes) -> dict[bytes, bytes]:
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    return {
        b"gzip": gzip.compress(data),
        b"x-gzip": gzip.compress(data),
        b"GZip": gzip.compress(data[:10]) + gzip.compress(data[10:]),
        b"deflate": zlib.compress(data),
        b" deflate ": raw.compress(data) + raw.flush(),
        b"br": brotli.compress(data),
        b"zstd": zstd.compress(data),
        b"ZSTD": zstd.compress(data[:10]) + b"\x50\x2a\x4d\x18\x02\x00\x00\x00ab" + zstd.compress(data[10:]),
    }


TEXT: Final = "社説 editorial ".encode() * 500
CODED: Final = _coded(TEXT)


@pytest.mark.parametrize("coding", CODED)
def test_every_coding_is_undone(coding: bytes) -> None:
    assert remove_content_coding(CODED[coding], [coding]) == TEXT
    assert remove_content_coding(CODED[coding], [coding], len(TEXT)) == TEXT
    with pytest.raises(TooLarge):
        remove_content_coding(CODED[coding], [coding], len(TEXT) - 1)


@pytest.mark.parametrize("coding", CODED)
def test_a_body_that_was_cut_off_is_damage_at_every_byte(coding: bytes) -> None:
    coded = CODED[coding]
    between = len(gzip.compress(TEXT[:10])) if coding == b"GZip" else len(zstd.compress(TEXT[:10]))
    for at in range(1, len(coded)):
        if coding in (b"GZip", b"ZSTD") and between <= at < between + 14:
            continue  # a whole first member, and what is no second one yet
        with pytest.raises(BadMessage):
            remove_content_coding(coded[:at], [coding])


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"zstd"])
def test_a_bomb_is_not_unpacked(coding: bytes) -> None:
    size = 64_000_000
    bomb = _bomb(coding, size)
    assert len(bomb) < 70_000
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(TooLarge):
        remove_content_coding(bomb, [coding], 100_000)
    taken, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
    assert taken < 0.5


def _bomb(coding: bytes, size: int) -> bytes:
    pieces = [bytes(1_000_000)] * (size // 1_000_000)
    if coding == b"br":
        packer = brotli.Compressor(quality=1)
        return b"".join([*map(packer.process, pieces), packer.finish()])
    if coding == b"zstd":
        compressor = zstd.ZstdCompressor()
        return b"".join([*map(compressor.compress, pieces), compressor.flush()])
    deflater = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == b"gzip" else 15)
    return b"".join([*map(deflater.compress, pieces), deflater.flush()])


def test_a_bomb_in_a_bomb_is_not_unpacked_either() -> None:
    inner = _bomb(b"gzip", 64_000_000)
    assert len(gzip.compress(inner)) < 1000
    with pytest.raises(TooLarge):
        remove_content_coding(gzip.compress(inner), [b"gzip, gzip"], 100_000)


@pytest.mark.parametrize("coding", [b"gzip", b"zstd"])
def test_a_body_of_countless_empty_members_is_refused_at_once(coding: bytes) -> None:
    empty = gzip.compress(b"") if coding == b"gzip" else zstd.compress(b"")
    assert remove_content_coding(empty * MAX_MEMBERS, [coding], 1000) == b""
    began = time.process_time()
    with pytest.raises(BadMessage, match="more than 256"):
        remove_content_coding(empty * 200_000, [coding], 1000)
    assert time.process_time() - began < 2


def test_nested_codings_are_undone_last_one_first() -> None:
    nested = brotli.compress(gzip.compress(zlib.compress(TEXT)))
    assert remove_content_coding(nested, [b"deflate, gzip", b"br"], len(TEXT)) == TEXT
    assert remove_content_coding(TEXT, [b"identity", b"", b" , identity"]) == TEXT
    with pytest.raises(BadMessage, match="4 content codings"):
        remove_content_coding(nested, [b"identity, deflate, gzip, br"])
    with pytest.raises(BadMessage, match="unknown content coding"):
        remove_content_coding(TEXT, [b"compress"])


def test_an_empty_payload_has_no_coding_and_trailing_bytes_are_passed_over() -> None:
    assert remove_content_coding(b"", [b"gzip"]) == b""
    for coding in (b"gzip", b"deflate", b"zstd"):
        assert remove_content_coding(CODED[coding] + b"\0\0trailing", [coding], len(TEXT)) == TEXT
    with pytest.raises(BadMessage, match="is not gzip"):
        remove_content_coding(TEXT, [b"gzip"])


# --- linear time: a quadratic scanner would take minutes


def seconds(message: bytes, step: int, payload: bytes | None = None) -> float:
    scanner = ResponseScanner()
    began = time.process_time()
    for at in range(0, len(message), step):
        scanner.feed(message[at : at + step])
    if payload is not None:
        assert scanner.done
        assert scanner.payload() == payload
    return time.process_time() - began


def test_dribbling_is_linear() -> None:
    body = b"x" * 1_000_000
    assert seconds(CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), 1, body) < 5
    assert seconds(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body), 1, body) < 5
    assert seconds(b"HTTP/1.1 200 OK\r\nA: " + b"a" * (MAX_HEAD - 100) + b"\r\n\r\n", 1) < 3
    assert seconds(CHUNKED + b"1\r\nx\r\n" * 50_000 + b"0\r\n\r\n", 1, b"x" * 50_000) < 5


def test_a_million_chunks_of_one_byte_cost_little_memory() -> None:
    count = 1_700_000
    message = CHUNKED + b"1\r\nx\r\n" * count + b"0\r\n\r\n"
    assert len(message) > 10_000_000
    assert seconds(message, 65_536, b"x" * count) < 20
    tracemalloc.start()
    seconds(message[: len(CHUNKED) + 6 * 100_000], 65_536)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.parametrize("message", [b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", b"HTTP/1.1 200 OK\r\n\r\nx"])
def test_what_took_a_message_apart_is_freed_with_it(message: bytes) -> None:
    """Not when the garbage collector comes by: it may hold 30 MB, and the next page as many."""
    gc.collect()
    gc.disable()
    try:
        scanner = ResponseScanner()
        scanner.feed(message)
        scanner.close()
        assert scanner.done
        del scanner
        assert not [one for one in gc.get_objects() if isinstance(one, ResponseScanner)]
    finally:
        gc.enable()
