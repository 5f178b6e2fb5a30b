"""WARC files that others wrote: by the standard they are right, and nothing that only Genbun does is asked of them."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.press import Press, demo
from tests.archives.warc_bytes import members, sha1
from tests.verify.harm import Report, verify

URL = "https://example.org/"
ID = "<urn:uuid:11111111-2222-4333-8444-55555555555{}>"


def checked(folder: Path, data: bytes, name: str = "x.warc.gz") -> Report:
    """The integrity of a collection that holds this one file."""
    (folder / "archive").mkdir(parents=True, exist_ok=True)
    (folder / "archive" / name).write_bytes(data)
    return verify(folder, "--integrity")


def by_hand(*records: bytes) -> bytes:
    """Records, each in a member of its own."""
    return b"".join(gzip.compress(record, 1) for record in records)


def record(kind: str, number: int, block: bytes, *fields: str, version: str = "WARC/1.1") -> bytes:
    """One record with what the standard asks of all."""
    head = [version, f"WARC-Type: {kind}", f"WARC-Record-ID: {ID.format(number)}", "WARC-Date: 2024-05-06T07:08:09Z"]
    head += [*fields, f"Content-Length: {len(block)}", "", ""]
    return "\r\n".join(head).encode() + block + b"\r\n\r\n"


def response(number: int, http: bytes, *fields: str) -> bytes:
    """A response record."""
    more = (f"WARC-Target-URI: {URL}", "Content-Type: application/http; msgtype=response", *fields)
    return record("response", number, http, *more)


INFO = record("warcinfo", 0, b"software: by hand\r\n", "Content-Type: application/warc-fields")


def test_what_warcio_writes_verifies(tmp_path: Path) -> None:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    out_record = writer.create_warcinfo_record("x.warc.gz", {"software": "warcio"})
    writer.write_record(out_record)
    payload = b"<html>" + bytes(range(256)) * 400
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    answer = writer.create_warc_record(URL, "response", payload=BytesIO(payload), http_headers=head)
    ask = StatusAndHeaders("GET / HTTP/1.1", [("Host", "example.org")], is_http_request=True)
    request = writer.create_warc_record(URL, "request", http_headers=ask)
    writer.write_request_response_pair(request, answer)
    revisit = writer.create_revisit_record(
        URL, answer.rec_headers.get_header("WARC-Payload-Digest"), URL, answer.rec_headers.get_header("WARC-Date"), head
    )
    writer.write_record(revisit)
    resource = writer.create_warc_record(
        "urn:x:1", "resource", payload=BytesIO(b"text"), warc_content_type="text/plain"
    )
    writer.write_record(resource)
    report = checked(tmp_path, out.getvalue())
    assert report.kinds("error") == set()
    assert report.kinds("warning") == {"index_absent", "request_missing"}  # of the revisit
    assert report.said["records"] == 5


@pytest.mark.parametrize("options", [(), ("--no-warc-keep-log",)])
def test_what_wget_writes_verifies(options: tuple[str, ...], tmp_path: Path, program: Callable[[str], str]) -> None:
    wget = program("wget")
    (tmp_path / "archive").mkdir()
    with Press(demo()) as press:
        command = [
            wget,
            "-q",
            "-r",
            "-l",
            "2",
            "-e",
            "robots=off",
            f"--warc-file={tmp_path / 'archive' / 'x'}",
            *options,
        ]
        subprocess.run([*command, "--header=Host: herald.example", press.origin], cwd=tmp_path, timeout=60)
    report = verify(tmp_path, "--integrity")
    assert report.said["records"] > 3
    assert report.kinds("error") == set()
    assert report.kinds("warning") <= {"index_absent", "payload_digest_coded", "request_missing", "truncated", "link"}


CODED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"
LATE = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + PLAIN
BARE = PLAIN.replace(b"\r\n", b"\n")
AS_IT_LIES = "WARC-Payload-Digest: " + sha1(CODED.partition(b"\r\n\r\n")[2])
SHA256 = "WARC-Payload-Digest: sha256:" + hashlib.sha256(b"hello").hexdigest()
HELLO = f"WARC-Payload-Digest: {sha1(b'hello')}"

ALIKE: dict[str, tuple[tuple[bytes, ...], set[str]]] = {
    "chunked": ((response(1, CODED, HELLO),), set()),
    "chunked-as-wget": ((response(1, CODED, AS_IT_LIES),), {"payload_digest_coded"}),
    "length": ((response(1, PLAIN, HELLO),), set()),
    "interim": ((response(1, LATE, HELLO),), set()),
    "bare-line-ends": ((response(1, BARE, HELLO),), set()),
    "folded": ((response(1, PLAIN, HELLO, "X-Note: one\r\n\ttwo"),), set()),
    "other-case": ((response(1, PLAIN, HELLO).replace(b"WARC-Type", b"warc-TYPE"),), set()),
    "no-blank": ((response(1, PLAIN, HELLO).replace(b"WARC-Type: ", b"WARC-Type:"),), set()),
    "version-1.0": ((response(1, PLAIN, HELLO).replace(b"WARC/1.1", b"WARC/1.0"),), set()),
    "version-0.18": ((response(1, PLAIN, HELLO).replace(b"WARC/1.1", b"WARC/0.18"),), {"version_line"}),
    "short": ((response(1, SHORT, HELLO),), {"truncated"}),
    "short-and-said": ((response(1, SHORT, HELLO, "WARC-Truncated: disconnect"),), set()),
    "whole-but-said": ((response(1, PLAIN, HELLO, "WARC-Truncated: time"),), {"truncated"}),
    "own-reason": ((response(1, SHORT, HELLO, "WARC-Truncated: tired"),), {"truncated"}),
    "no-http": ((response(1, b"gopher", HELLO),), {"http_head"}),
    "sha256": ((response(1, PLAIN, SHA256),), set()),
    "md5": ((response(1, PLAIN, "WARC-Payload-Digest: md5:5d41402abc4b2a76b9719d911017c592"),), set()),
    "unknown-digest": ((response(1, PLAIN, "WARC-Payload-Digest: tiger:AAAA"),), {"digest_unknown"}),
    "segment": ((response(1, PLAIN, "WARC-Segment-Number: 1", "WARC-Payload-Digest: " + sha1(b"all")),), set()),
    "misplaced": ((response(1, PLAIN, HELLO, "WARC-Filename: x"),), {"field_misplaced"}),
    "own-type": ((record("thought", 1, b"x", "Content-Type: text/plain"),), {"record_type"}),
    "no-content-type": ((record("metadata", 1, b"x"),), {"field_missing"}),
    "empty-member": ((b"",), {"gzip_empty"}),
}  # fmt: skip


def test_a_digest_longer_than_any_encoding_of_it_holds_for_nothing(tmp_path: Path) -> None:
    report = checked(tmp_path, by_hand(INFO, response(1, PLAIN, "WARC-Payload-Digest: sha1:" + "A" * 60_000)))
    assert "payload_digest" in report.kinds("error"), report.findings


@pytest.mark.parametrize("name", ALIKE)
def test_what_the_standard_allows_is_no_error(name: str, tmp_path: Path) -> None:
    given, expected = ALIKE[name]
    report = checked(tmp_path, by_hand(INFO, *given))
    assert report.kinds("error") == set(), report.findings
    assert report.kinds() - {"index_absent", "request_missing", "undigested"} == expected, report.findings
    assert report.status == 0


def test_two_files_of_which_one_holds_what_the_other_refers_to(tmp_path: Path) -> None:
    revisit = record(
        "revisit", 2, b"HTTP/1.1 200 OK\r\n\r\n", f"WARC-Target-URI: {URL}", f"WARC-Refers-To: {ID.format(1)}", HELLO,
        "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "Content-Type: application/http; msgtype=response",
    )  # fmt: skip
    alone = checked(tmp_path, by_hand(INFO.replace(b"0>", b"9>"), revisit), "b.warc.gz")
    assert alone.kinds("error") == {"revisit_target"}
    both = checked(tmp_path, by_hand(INFO, response(1, PLAIN, HELLO)), "a.warc.gz")
    assert both.kinds("error") == set()
    other = checked(tmp_path, by_hand(INFO, response(1, PLAIN, "WARC-Payload-Digest: " + sha1(b"other"))), "a.warc.gz")
    assert other.kinds("error") == {"revisit_digest", "payload_digest"}


def test_a_file_in_one_member_is_found_to_be_so(tmp_path: Path) -> None:
    data = gzip.compress(INFO + response(1, PLAIN, HELLO))
    assert len(members(data)) == 1
    report = checked(tmp_path, data)
    assert report.kinds("error") == {"two_records"}
    assert report.said["records"] == 2


def test_a_head_may_end_wherever_a_step_of_reading_does(tmp_path: Path) -> None:
    """Of a member a first step is read; one that ends with the record's head has nothing of the block yet."""
    padded = [response(1, b"HTTP/1.1 200 OK\r\n\r\nbody", f"X: {'x' * size}") for size in range(1600, 2100)]
    ends = [one.index(b"\r\n\r\n") + 4 for one in padded]
    assert ends[0] < 2000
    assert ends[-1] > 2100
    unlike = [one.replace(ID.format(1).encode(), f"<urn:x:{number}>".encode()) for number, one in enumerate(padded)]
    report = checked(tmp_path, b"".join(gzip.compress(one, 0) for one in (INFO, *unlike)))
    assert report.kinds("error") == set()
