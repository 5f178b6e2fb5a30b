"""WARC records, byte for byte, with id and date fixed; and what hostile values become."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from archives import records
from archives.exchange import Tls
from archives.message import parse_head
from archives.records import (
    IDENTICAL_PAYLOAD,
    NOT_MODIFIED,
    Original,
    Record,
    group_of,
    metadata,
    mime_of,
    warc_date,
    warcinfo,
)
from tests.archives.exchanges import MOMENT, exchange
from tests.archives.warc_bytes import Raw, record_of, sha1

INFO = "<urn:uuid:00000000-0000-4000-8000-000000000000>"

GROUP = b"""\
WARC/1.1\r
WARC-Type: response\r
WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r
WARC-Target-URI: https://japan-forward.com/editorial-a/\r
WARC-Date: 2024-02-29T23:59:58.000007Z\r
WARC-Warcinfo-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r
WARC-IP-Address: 192.0.2.1\r
WARC-Protocol: http/1.1\r
WARC-Protocol: tls/1.3\r
WARC-Cipher-Suite: TLS_AES_256_GCM_SHA384\r
WARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N\r
WARC-Block-Digest: sha1:GXGETAFHW2X3VDP26XEIFYXDZX26LK3X\r
Content-Type: application/http; msgtype=response\r
Content-Length: 83\r
\r
HTTP/1.1 200 OK\r
Content-Type: text/html; charset=UTF-8\r
Content-Length: 5\r
\r
hello\r
\r
WARC/1.1\r
WARC-Type: request\r
WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000002>\r
WARC-Target-URI: https://japan-forward.com/editorial-a/\r
WARC-Date: 2024-02-29T23:59:58.000007Z\r
WARC-Warcinfo-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r
WARC-IP-Address: 192.0.2.1\r
WARC-Protocol: http/1.1\r
WARC-Protocol: tls/1.3\r
WARC-Cipher-Suite: TLS_AES_256_GCM_SHA384\r
WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000001>\r
WARC-Block-Digest: sha1:UHTFYOVCQZO4YDRNRH3QPHEMPWMSNOPG\r
Content-Type: application/http; msgtype=request\r
Content-Length: 55\r
\r
GET /editorial-a/ HTTP/1.1\r
Host: japan-forward.com\r
\r
\r
\r
WARC/1.1\r
WARC-Type: metadata\r
WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000003>\r
WARC-Target-URI: https://japan-forward.com/editorial-a/\r
WARC-Date: 2024-02-29T23:59:58.000007Z\r
WARC-Warcinfo-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r
WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000001>\r
WARC-Block-Digest: sha1:5KOQESCNLITYFLNOUUTHXVQGV55PFKYK\r
Content-Type: application/warc-fields\r
Content-Length: 116\r
\r
class: editorial\r
fetchTimeMs: 12\r
tls-certificate-sha256: 2cf24d\r
interim-responses: SFRUUC8xLjEgMTAzIEhpDQoNCg==\r
\r
\r
"""

WARCINFO = b"""\
WARC/1.1\r
WARC-Type: warcinfo\r
WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r
WARC-Date: 2024-02-29T23:59:58.000007Z\r
WARC-Filename: a.warc.gz\r
WARC-Block-Digest: sha1:AERPLVO7FY3G73HQNJJUTEVAHR5FFOJU\r
Content-Type: application/warc-fields\r
Content-Length: 50\r
\r
software: genbun/1\r
operator: a@example.org X: y\r
\r
\r
"""


@pytest.fixture(autouse=True)
def ids(monkeypatch: pytest.MonkeyPatch) -> None:
    def numbered() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield f"<urn:uuid:00000000-0000-4000-8000-{number:012}>"

    monkeypatch.setattr(records, "new_id", numbered().__next__)


def raw(record: Record) -> Raw:
    """A record's bytes, taken apart."""
    return record_of(zlib.decompress(record.member, 31))


def test_the_group_of_an_exchange_byte_for_byte() -> None:
    one = exchange(notes=(("class", "editorial"),))
    one.tls = Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", "2cf24d")
    one.interim = b"HTTP/1.1 103 Hi\r\n\r\n"
    group = group_of(one, INFO)
    assert b"".join(zlib.decompress(record.member, 31) for record in group) == GROUP
    assert [record.type for record in group] == ["response", "request", "metadata"]
    answer = group[0]
    assert (answer.status, answer.mime, answer.payload_digest) == (200, "text/html", sha1(b"hello"))
    assert (answer.url, answer.date, answer.refers_to) == (one.url, "2024-02-29T23:59:58.000007Z", "")


def test_warcinfo_byte_for_byte() -> None:
    record = warcinfo("a.warc.gz", MOMENT, [("software", "genbun/1"), ("operator", "a@example.org\nX: y")])
    assert zlib.decompress(record.member, 31) == WARCINFO


def test_digests_in_the_golden_bytes_are_those_of_their_blocks() -> None:
    one = exchange(notes=(("class", "editorial"),))
    for record in (*map(raw, group_of(one, INFO)), raw(warcinfo("a", MOMENT, [("a", "b")]))):
        assert record.get("WARC-Block-Digest") == sha1(record.block)


def test_a_revisit_has_the_whole_new_head_and_names_the_record_that_holds_the_bytes() -> None:
    one = exchange(body=b"x" * 3000, fields="X-Now: 2\r\nSet-Cookie: a=1\r\n")
    original = Original("<urn:uuid:1>", "http://a.example/", "2020-01-01T00:00:00.000000Z")
    answer, request, beside = group_of(one, INFO, original)
    record = raw(answer)
    assert record.type == answer.type == "revisit"
    assert record.block == one.received[: one.head_length]
    assert record.block.endswith(b"Content-Length: 3000\r\n\r\n")
    assert record.get("WARC-Profile") == IDENTICAL_PAYLOAD
    assert record.get("WARC-Refers-To") == answer.refers_to == "<urn:uuid:1>"
    assert record.get("WARC-Refers-To-Target-URI") == "http://a.example/"
    assert record.get("WARC-Refers-To-Date") == "2020-01-01T00:00:00.000000Z"
    assert record.get("WARC-Payload-Digest") == answer.payload_digest == sha1(b"x" * 3000)
    assert record.get("WARC-Block-Digest") == sha1(record.block)
    assert record.get("WARC-Truncated") is None
    assert record.get("Content-Type") == "application/http; msgtype=response"
    assert raw(request).get("WARC-Concurrent-To") == raw(beside).get("WARC-Concurrent-To") == answer.id


def test_a_304_is_a_revisit_that_says_nothing_of_a_payload() -> None:
    one = exchange(body=b"", status=304, fields='ETag: "x"\r\n')
    original = Original("<urn:uuid:1>", "http://a.example/", "2020-01-01T00:00:00.000000Z")
    record = raw(group_of(one, INFO, original, NOT_MODIFIED)[0])
    assert (record.type, record.block) == ("revisit", one.received)
    assert record.get("WARC-Profile") == NOT_MODIFIED
    assert record.get("WARC-Refers-To") == "<urn:uuid:1>"
    assert record.get("WARC-Payload-Digest") is None
    assert record.get("WARC-Block-Digest") == sha1(one.received)


def test_what_failed_before_any_answer_leaves_request_and_metadata() -> None:
    one = exchange()
    one.head, one.received, one.payload, one.head_length = None, b"HTTP/1.1 200", b"", 0
    one.error, one.stage, one.truncated = "ConnectionFailed: closed", "head", "disconnect"
    request, beside = map(raw, group_of(one, INFO))
    assert (request.type, beside.type) == ("request", "metadata")
    assert request.get("WARC-Concurrent-To") is None
    assert beside.get("WARC-Concurrent-To") == request.get("WARC-Record-ID")
    notes = beside.notes()
    assert (notes["error"], notes["stage"]) == ("ConnectionFailed: closed", "head")
    assert base64.b64decode(notes["received-bytes"]) == b"HTTP/1.1 200"
    one.sent = b""
    [alone] = map(raw, group_of(one, INFO))
    assert (alone.type, alone.get("WARC-Concurrent-To")) == ("metadata", None)


@pytest.mark.parametrize("why", ["length", "time", "disconnect", "unspecified"])
def test_a_truncated_answer_says_so_and_is_no_revisit_of_a_whole_one(why: str) -> None:
    one = exchange()
    one.truncated = why  # type: ignore[assignment]
    [answer, *_] = map(raw, group_of(one, INFO))
    assert (answer.type, answer.get("WARC-Truncated")) == ("response", why)


HOSTILE = [
    "a\r\nWARC-Type: response", "a\nb", "a\rb", "\r\n\r\nWARC/1.1\r\n", "社説\u3000全角", "a: b: c",
    "half \ud800 pair", "",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_can_begin_another_field_or_record(value: str) -> None:
    one = exchange(notes=(("found", value), ("after", "x")))
    one.url = f"http://a.example/{value}"
    one.error = value
    group = group_of(one, INFO)
    for record in group:
        said = raw(record)
        assert said.all("WARC-Type") == [record.type]
        assert said.url.startswith("http://a.example/")
        assert "\r" not in said.url
        assert "\n" not in said.url
    notes = raw(group[2]).notes()
    assert list(notes) == ["found", "after", "fetchTimeMs", *(["error", "stage"] if value else [])]
    plain = value.replace("\r", " ").replace("\n", " ").replace("\ud800", "?")
    assert notes["found"] == plain
    info = raw(warcinfo("a.warc.gz", MOMENT, [("operator", value), ("after", "x")])).notes()
    assert info == {"operator": plain, "after": "x"}
    alone = metadata("http://a.example/", warc_date(MOMENT), [], [("title", value)], None)
    assert raw(alone).notes() == {"title": plain}


@pytest.mark.parametrize(
    ("fields", "stored"),
    [
        ("Content-Encoding: gzip\r\n", True),
        ("content-encoding: BR\r\n", True),
        ("Content-Type: image/jpeg\r\n", True),
        ("Content-Type: font/woff2\r\n", True),
        ("Content-Type: text/html\r\n", False),
        ("Content-Type: image/svg+xml\r\n", False),
    ],
)
def test_what_is_compressed_already_is_stored(fields: str, stored: bool) -> None:
    body = b"a" * 5000
    record = group_of(exchange(body=body, fields=fields), INFO)[0]
    assert (len(record.member) > 5000) is stored
    assert raw(record).block.endswith(body)
    read = next(iter(ArchiveIterator(BytesIO(record.member))))
    assert read.raw_stream.read() == body


@pytest.mark.parametrize(
    ("value", "mime"),
    [
        (b"Content-Type: Text/HTML; charset=x\r\n", "text/html"),
        (b"Content-Type: \r\n", "unk"),
        (b"", "unk"),
        (b"Content-Type: \xff/x\r\n", "\ufffd/x"),
    ],
)
def test_the_media_type_of_the_index(value: bytes, mime: str) -> None:
    assert mime_of(parse_head(b"HTTP/1.1 200 OK\r\n" + value)) == mime
