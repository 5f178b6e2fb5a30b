"""The parts by themselves, held against plainer ones: digests, payloads, heads, index lines."""

from __future__ import annotations

import base64
import hashlib
import io
import string
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives.index import cdxj_line
from archives.message import read_response
from archives.records import Record
from archives.verify.digests import claim_of, holds_for
from archives.verify.index import line_of
from archives.verify.members import Damaged, Members
from archives.verify.payload import HttpPayload
from archives.verify.syntax import BadHead, read_head

ALGORITHMS = ("sha1", "md5", "sha256", "sha512")


@given(st.binary(max_size=300), st.sampled_from(ALGORITHMS), st.booleans(), st.booleans())
def test_every_algorithm_and_encoding_is_read(data: bytes, name: str, is_hex: bool, lower: bool) -> None:
    made = hashlib.new(name, data)
    value = made.hexdigest() if is_hex else base64.b32encode(made.digest()).decode()
    text = f"{name}:{value.lower() if lower else value}"
    claim = claim_of(text)
    assert claim is not None
    assert claim.holds(made)
    assert holds_for(text, data)
    assert not claim.holds(hashlib.new(name, data + b"x"))
    assert not holds_for(text, data + b"x")
    assert claim.shown(made) == value.rstrip("=")


@pytest.mark.parametrize(
    "text",
    ["", "sha1", "sha1:", "sha1:AAAA", "tiger:AAAA", f"sha1:{'_' * 32}", f"sha1:{'1' * 32}", f"sha1:+{'A' * 31}",
     f"sha1: {'A' * 31}", f"sha1:{'g' * 40}", f"md5:{'é' * 26}", f"sha256:{'A' * 51}"],
)  # fmt: skip
def test_what_is_no_digest_is_none(text: str) -> None:
    assert claim_of(text) is None
    assert not holds_for(text, b"")


CHUNKS = st.lists(st.binary(min_size=1, max_size=50), max_size=6)


@given(CHUNKS, st.data(), st.sampled_from(["\r\n", "\n"]), st.booleans())
def test_a_payload_is_that_of_the_reader_however_it_comes(
    chunks: list[bytes], data: st.DataObject, end: str, is_chunked: bool
) -> None:
    head = f"HTTP/1.1 200 OK{end}" + (f"Transfer-Encoding: gzip, Chunked{end}" if is_chunked else "") + end
    body = b"".join(b"%x;a=b\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nA: b\r\n\r\n"
    block = head.encode() + (body if is_chunked else b"".join(chunks))
    block = block[: len(block) - data.draw(st.integers(0, 10))] if data.draw(st.booleans()) else block
    expected = b""
    if len(block) > len(head):
        expected = read_response(block).payload
    claim = claim_of("sha1:" + base64.b32encode(hashlib.sha1(expected, usedforsecurity=False).digest()).decode())
    assert claim is not None
    http = HttpPayload(claim, request=False)
    at = 0
    while at < len(block):
        size = data.draw(st.integers(1, 40))
        http.feed(memoryview(block)[at : at + size])
        at += size
    http.close()
    if http.head:
        assert http.made is not None
        assert claim.holds(http.made)
        assert http.status == 200


@given(st.binary(max_size=400))
def test_any_block_is_a_payload_or_none(block: bytes) -> None:
    for request in (False, True):
        http = HttpPayload(claim_of("md5:5d41402abc4b2a76b9719d911017c592"), request=request)
        http.feed(memoryview(block))
        http.close()
        http.is_short()
        http.is_whole()
        http.mime()


@given(st.binary(max_size=300))
def test_any_head_is_read_or_refused(data: bytes) -> None:
    said: list[str] = []
    try:
        read_head(b"WARC/1.1\r\n" + data + b"\r\n", lambda what, *_: said.append(what))
    except BadHead:
        assert said


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40), st.sampled_from(["WARC-Date", "X-A"])
)
def test_the_quick_way_reads_what_the_slow_way_reads(value: str, name: str) -> None:
    said: list[str] = []
    plain = f"WARC/1.1\r\nWARC-Type: metadata\r\n{name}: {value}\r\nContent-Length: 7\r\n".encode()
    slow = f"WARC/1.1\r\nwarc-type: metadata\r\n{name}: {value}\r\nContent-Length: 7\r\n".encode()
    one, other = (read_head(data, lambda what, *_: said.append(what)) for data in (plain, slow))
    assert one.fields == other.fields
    assert one.length == other.length == 7


@given(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.text(string.printable, max_size=20),
    st.integers(0, 999),
)
def test_an_index_line_is_that_of_the_index(path: str, mime: str, status: int) -> None:
    record = Record("response", "<urn:x>", f"https://herald.example/{path}", "2024-05-06T07:08:09.123456Z", b"", status,
                    mime, "sha1:AAAA")  # fmt: skip
    ours = line_of(record.url, record.date, mime, str(status), "sha1:AAAA", 12, 34, "x.warc.gz")
    assert ours == cdxj_line(record, 34, 12, "x.warc.gz")


@given(st.lists(st.binary(max_size=200_000), max_size=5), st.integers(0, 9))
def test_members_come_out_as_they_went_in(blocks: list[bytes], level: int) -> None:
    data = b"".join(zlib.compress(block, level, 31) for block in blocks)
    found, ends = [], []
    reading = Members(io.BytesIO(b"before" + data + b"after"), 6, len(data))
    while reading.begin():
        parts = []
        while part := reading.read():
            parts.append(part)
        found.append(b"".join(parts))
        ends.append(reading.position)
    assert found == blocks
    assert ends[-1:] == ([len(data)] if blocks else [])


@given(st.binary(max_size=3000))
def test_any_bytes_are_members_or_damaged(data: bytes) -> None:
    reading = Members(io.BytesIO(data))
    for _ in range(len(data) + 2):
        try:
            if not reading.begin():
                break
            reading.skip()
        except Damaged:
            if not reading.find_next():
                break
    else:
        pytest.fail("it does not end")
