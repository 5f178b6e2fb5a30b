"""THE gate: what the archive holds is what went over the wire, byte for byte, on plain HTTP and over TLS.

A server of plain sockets sends scripted bytes and keeps those it was sent; a real Scrapy crawl asks it through the
real handler; the WARC is taken apart by hand, by warcio and by fastwarc.
"""

from __future__ import annotations

import base64
import gzip
import json
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
import trustme
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

from archives.message import digest_of
from archives.reader import Group, groups
from crawler.press import demo
from tests.archives.raw_server import RawServer, Script, Served, Then
from tests.archives.warc_bytes import Raw, members, records, sha1

MAXSIZE: Final = 1_000_000
MANY: Final = 300
ROOT: Final = Path(__file__).parents[2]

pytestmark = pytest.mark.xdist_group("wire-golden")  # one crawl serves most of these

PAGE: Final = "<title>社説</title><p>原文のまま。</p>".encode() * 40
ZIPPED: Final = gzip.compress(PAGE, mtime=0)
SCHEMES: Final = ("plain", "tls")


def chunked(data: bytes, size: int, *, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    """Chunk framing, as strange as one likes."""
    parts = [data[i : i + size] for i in range(0, len(data), size)]
    lines = [b"%X%s\r\n%s\r\n" % (len(part), extension, part) for part in parts]
    return b"".join([*lines, b"00\r\n", trailer, b"\r\n"])


@dataclass(frozen=True)
class Case:
    """What the server sends and what must be found. `block` is the final message; None where no whole head comes."""

    block: bytes | None
    payload: bytes = b""
    status: int = 200
    interim: bytes = b""
    after: bytes = b""
    received: bytes = b""
    then: Then = "keep"
    dribble: int = 0
    truncated: str | None = None
    reason: str | None = None
    notes: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def wire(self) -> bytes:
        """All that is sent."""
        return self.interim + (self.block or b"") + self.after + self.received


def case(head: bytes, payload: bytes = b"", sent: bytes | None = None, **more: Any) -> Case:
    """A case whose body as sent is its payload, unless `sent` says otherwise."""
    return Case(head + (payload if sent is None else sent), payload, **more)


CASES: Final[dict[str, Case]] = {
    "gz": case(
        b"HTTP/1.1 200 Very Fine\r\ncOnTent-TYPE: text/html; charset=utf-8\r\nX-Folded: one\r\n\ttwo\r\n   three\r\n"
        b"Set-Cookie: a=1\r\nsET-cOOKIE: b=2\r\nX-Odd:no blank\r\nX-Trail: blanks \t \r\ncontent-ENCODING: gzip\r\n"
        b"Content-Length: %d\r\n\r\n" % len(ZIPPED),
        ZIPPED,
        body=PAGE,
    ),
    "chunks": case(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nTrailer: X-Sum\r\n\r\n",
        ZIPPED,
        chunked(ZIPPED, 37, extension=b' ;why="a;b"', trailer=b"X-Sum: 12\r\nX-More: 1\r\n"),
        body=PAGE,
    ),
    "moved": case(
        b"HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\nContent-Length: 4\r\n\r\n", b"gone", status=301, body=b"gone"
    ),
    "same": case(b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 1234\r\n\r\n', status=304, body=b""),
    "lf": case(
        b"HTTP/1.1 200 OK\nServer: old\nthis line has no colon\nContent-Length: 5\n\n", b"hello", body=b"hello"
    ),
    "cut": case(
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"12345", then="close", truncated="disconnect",
        reason="cut_off",
    ),
    "early": case(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"final", body=b"final",
        interim=b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
    ),
    "interims": case(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"final", body=b"final", dribble=3,
        interim=b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\n\n" + b"HTTP/1.1 103 Early\r\nA: b\r\n\r\n" * 3,
    ),
    "old": case(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n", PAGE, then="close", body=PAGE),
    "abrupt": case(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", PAGE, then="drop", body=PAGE),
    "reset": case(
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"12345", then="reset", truncated="disconnect",
        reason="cut_off",
    ),
    "nothing": case(b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", status=204, body=b""),
    "empty": case(b"HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", status=404, body=b""),
    "drop": case(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", PAGE[:300],
        chunked(PAGE[:300], 7, trailer=b"A: b\r\n"), dribble=1, body=PAGE[:300],
    ),
    "after": case(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"hello", body=b"hello",
        after=b"HTTP/1.1 200 OK\r\n\r\nsmuggled",
    ),
    "chunkcut": case(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", PAGE[:150],
        chunked(PAGE[:200], 100)[: 4 + 100 + 2 + 4 + 50],
        then="close", truncated="disconnect", reason="cut_off",
    ),
    "badchunk": case(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"hello", b"5\r\nhello\r\nxyz\r\nhello\r\n",
        truncated="unspecified", reason="bad_response",
    ),
    "lengths": case(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", b"hello!",
        truncated="unspecified", reason="bad_response",
    ),
    "slow": case(
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"12345", then="hang", truncated="time", reason="timeout"
    ),
    "toolong": case(
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n", b"12345", truncated="length", reason="too_large"
    ),
    "bomb": case(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n", gzip.compress(bytes(2 * MAXSIZE)),
        then="close", body=b"",
    ),
    "headless": Case(None, received=b"HTTP/1.1 200 OK\r\nContent-", then="close", reason="cut_off"),
    "silent": Case(None, then="close", reason="cut_off"),
    "nohttp": Case(None, received=b"SSH-2.0-OpenSSH_9.6 and more\r\n", then="close", reason="bad_response"),
}  # fmt: skip


def script_for(host: str, target: str) -> Script:
    """The server's book: a case by its host's first label, and the two that need several requests."""
    name = host.split(".")[0]
    if name == "many":
        return Script(f"HTTP/1.1 200 OK\r\nContent-Length: {len(target)}\r\n\r\n{target}".encode())
    if name == "tail":
        return Script(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + target.encode() + b"HTTP/1.1 200 OK\r\n\r\nsmuggled"
        )
    if name == "stale":
        return Script(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + target[-4:].encode(), fresh_only=True)
    one = CASES[name]
    return Script(one.wire, one.then, one.dribble)


@dataclass
class Crawled:
    """What came of the crawl: the file, what each server was sent, and what the spider saw."""

    path: Path
    served: dict[str, list[Served]]
    seen: dict[str, dict[str, Any]]
    records: list[Raw]

    def of(self, url: str, kind: str) -> list[Raw]:
        """Its records of that type."""
        return [record for record in self.records if record.url == url and record.type == kind]

    def requests(self, scheme: str, name: str) -> list[Served]:
        """What that host was sent."""
        return [one for one in self.served[scheme] if one.host == f"{name}.{scheme}.example"]


def url_of(scheme: str, name: str, rest: str = "/a%20b/?q=%E7%A4%BE&x=1;y") -> str:
    return f"{'https' if scheme == 'tls' else 'http'}://{name}.{scheme}.example{rest}"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


def tls_for(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, key_type=trustme.KeyType.ECDSA).configure_cert(context)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


@pytest.fixture(scope="module")
def crawled(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """One crawl of every case under both schemes."""
    folder = tmp_path_factory.mktemp("wire")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    chains = [[url_of(scheme, name)] for scheme in SCHEMES for name in CASES]
    chains += [[url_of(scheme, "many", f"/{n}") for n in range(k, MANY, 4)] for scheme in SCHEMES for k in range(4)]
    chains += [[url_of(scheme, "stale", f"/stale{n}") for n in range(3)] for scheme in SCHEMES]
    chains += [[url_of(scheme, "tail", f"/{n}") for n in range(3)] for scheme in SCHEMES]
    chains += [["https://gz.wrong.example/"], ["http://refused.plain.example/"]]
    with (
        RawServer(script_for) as plain,
        RawServer(script_for, tls_for(authority, "*.tls.example")) as tls,
    ):
        job = {
            "collection": str(folder / "collection"),
            "chains": chains,
            "settings": {
                "CONNECT_TO": [
                    f"*.plain.example={plain.origin}", f"*.tls.example={tls.origin}", f"*.wrong.example={tls.origin}",
                    "refused.plain.example=http://127.0.0.1:9",
                ],
                "CA_FILE": str(folder / "ca.pem"),
                "DOWNLOAD_MAXSIZE": MAXSIZE,
            },
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "tests.archives.wire_crawl"], input=json.dumps(job), capture_output=True, text=True,
            cwd=ROOT, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        [path] = (folder / "collection" / "archive").iterdir()
        seen = {one["url"]: one for one in json.loads(done.stdout)}
        assert len(seen) == sum(map(len, chains))
        yield Crawled(path, {"plain": plain.served, "tls": tls.served}, seen, records(path))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", CASES)
def test_the_archive_holds_the_bytes_of_the_wire(crawled: Crawled, scheme: str, name: str) -> None:
    url, case = url_of(scheme, name), CASES[name]
    [served] = crawled.requests(scheme, name)
    [request] = crawled.of(url, "request")
    assert request.block == served.request
    assert request.get("WARC-Block-Digest") == sha1(served.request)
    assert request.get("Content-Type") == "application/http; msgtype=request"
    [metadata] = crawled.of(url, "metadata")
    assert metadata.get("WARC-Block-Digest") == sha1(metadata.block)
    notes = metadata.notes()
    if case.block is None:
        assert crawled.of(url, "response") == []
        assert base64.b64decode(notes.get("received-bytes", "")) == case.received
        assert metadata.get("WARC-Concurrent-To") == request.get("WARC-Record-ID")
        assert notes["stage"] == "head"
        return
    [response] = crawled.of(url, "response")
    assert response.block == case.block
    assert response.get("WARC-Block-Digest") == sha1(case.block)
    assert response.get("WARC-Payload-Digest") == sha1(case.payload)
    assert response.get("WARC-Truncated") == case.truncated
    assert response.get("Content-Type") == "application/http; msgtype=response"
    assert request.get("WARC-Concurrent-To") == response.get("WARC-Record-ID")
    assert metadata.get("WARC-Concurrent-To") == response.get("WARC-Record-ID")
    assert base64.b64decode(notes.get("interim-responses", "")) == case.interim
    assert ("error" in notes) == (case.truncated is not None)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", CASES)
def test_scrapy_sees_what_was_kept(crawled: Crawled, scheme: str, name: str) -> None:
    url, case = url_of(scheme, name), CASES[name]
    seen = crawled.seen[url]
    if case.reason is not None:
        assert seen["reason"] == case.reason
        return
    assert seen["status"] == case.status
    assert base64.b64decode(seen["body"]) == case.body
    assert bool(seen["flags"]) == (name == "bomb")
    [response] = crawled.of(url, "response")
    capture = seen["capture"]
    assert (capture["record_id"], capture["offset"], capture["length"], capture["status"]) == (
        response.get("WARC-Record-ID"), response.offset, response.length, case.status,
    )  # fmt: skip


@pytest.mark.parametrize("scheme", SCHEMES)
def test_connection_facts_stand_in_every_record(crawled: Crawled, scheme: str) -> None:
    checked = 0
    for record in crawled.records:
        if f".{scheme}.example" not in record.url or record.type not in ("response", "request"):
            continue
        checked += 1
        assert record.get("WARC-IP-Address") == "127.0.0.1"
        if scheme == "tls":
            assert record.all("WARC-Protocol") == ["http/1.1", "tls/1.3"]
            assert (record.get("WARC-Cipher-Suite") or "").startswith("TLS_")
        else:
            assert record.all("WARC-Protocol") == ["http/1.1"]
            assert record.get("WARC-Cipher-Suite") is None
    assert checked > 2 * MANY
    certificates = {
        record.notes().get("tls-certificate-sha256")
        for record in crawled.records
        if record.type == "metadata" and f".{scheme}.example" in record.url
    }
    certificates.discard(None)
    assert len(certificates) == (1 if scheme == "tls" else 0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_connections_are_kept_alive_and_exchanges_never_mixed(crawled: Crawled, scheme: str) -> None:
    served = crawled.requests(scheme, "many")
    assert len(served) == MANY
    assert len({one.connection for one in served}) <= 4
    sent = {one.target: one.request for one in served}
    for n in range(MANY):
        url = url_of(scheme, "many", f"/{n}")
        [response], [request] = crawled.of(url, "response"), crawled.of(url, "request")
        assert response.block == b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n/%d" % (len(f"/{n}"), n)
        assert request.block == sent[f"/{n}"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_connection_that_was_closed_meanwhile_is_replaced(crawled: Crawled, scheme: str) -> None:
    for n in range(3):
        url = url_of(scheme, "stale", f"/stale{n}")
        assert crawled.seen[url].get("status") == 200, crawled.seen[url]
        [response], [request] = crawled.of(url, "response"), crawled.of(url, "request")
        assert response.block.endswith(b"\r\n\r\nale%d" % n)
        asked = [one for one in crawled.requests(scheme, "stale") if one.target == f"/stale{n}"]
        assert {one.request for one in asked} == {request.block}
        assert len(asked) == (1 if n == 0 else 2)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_bytes_after_a_message_end_its_connection(crawled: Crawled, scheme: str) -> None:
    assert len({one.connection for one in crawled.requests(scheme, "tail")}) == 3
    for n in range(3):
        [response] = crawled.of(url_of(scheme, "tail", f"/{n}"), "response")
        assert response.block == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/%d" % n
    assert not [record for record in crawled.records if b"smuggled" in record.block]


def test_a_wrong_certificate_and_a_refused_connection_leave_a_metadata_record(crawled: Crawled) -> None:
    for url, stage, reason in (
        ("https://gz.wrong.example/", "tls", "certificate"),
        ("http://refused.plain.example/", "connect", "connection_refused"),
    ):
        assert crawled.seen[url]["reason"] == reason
        [record] = [record for record in crawled.records if record.url == url]
        assert record.type == "metadata"
        assert record.notes()["stage"] == stage
        assert record.notes()["error"].startswith("ConnectionFailed: ")


def test_the_request_is_honest_and_offers_gzip_alone(crawled: Crawled) -> None:
    [served] = crawled.requests("plain", "gz")
    head = served.request.decode().split("\r\n")
    assert head[:2] == ["GET /a%20b/?q=%E7%A4%BE&x=1;y HTTP/1.1", "Host: gz.plain.example"]
    assert "Accept-Encoding: gzip" in head
    assert "User-Agent: Genbun/0 (+mailto:test@example.org)" in head
    names = [line.split(":")[0].lower() for line in head[1:-2]]
    assert len(names) == len(set(names))
    assert not set(names) & {"cookie", "authorization", "referer", "connection"}


def test_every_record_is_a_gzip_member_of_a_warc_1_1_file(crawled: Crawled) -> None:
    assert {record.version for record in crawled.records} == {"WARC/1.1"}
    assert crawled.records[0].type == "warcinfo"
    assert crawled.records[0].get("WARC-Filename") == crawled.path.name
    info = crawled.records[0].get("WARC-Record-ID")
    assert {record.get("WARC-Warcinfo-ID") for record in crawled.records[1:]} == {info}
    ids = [record.get("WARC-Record-ID") for record in crawled.records]
    assert len(set(ids)) == len(ids) == len(members(crawled.path.read_bytes()))
    for record in crawled.records:
        assert sum(key == "Content-Length" for key, _ in record.fields) == 1


def test_the_records_of_an_exchange_lie_side_by_side(crawled: Crawled) -> None:
    kinds = [record.type for record in crawled.records[1:]]
    urls = [record.url for record in crawled.records[1:]]
    expected = sum(case.block is not None for case in CASES.values()) * 2 + 2 * (MANY + 3 + 3)
    assert Counter(kinds)["response"] == expected
    at = 0
    while at < len(kinds):
        size = 3 if kinds[at] == "response" else 2 if kinds[at] == "request" else 1
        assert kinds[at : at + size] == ["response", "request", "metadata"][-size:]
        assert len(set(urls[at : at + size])) == 1
        at += size


def test_warcio_reads_every_block_as_it_is(crawled: Crawled) -> None:
    found = []
    with crawled.path.open("rb") as handle:
        records = ArchiveIterator(handle, no_record_parse=True)
        for record in records:
            block = record.raw_stream.read()
            found.append((record.rec_headers.get_header("WARC-Record-ID"), block, records.get_record_offset()))
    assert found == [(record.get("WARC-Record-ID"), record.block, record.offset) for record in crawled.records]


def test_warcio_agrees_on_digests_but_for_chunked_payloads(crawled: Crawled) -> None:
    wrong = []
    with crawled.path.open("rb") as handle:
        for record in ArchiveIterator(handle, check_digests=True):
            record.content_stream().read()
            if record.digest_checker.passed is False:
                wrong.append(record.rec_headers.get_header("WARC-Target-URI").split("/")[2].split(".")[0])
    assert set(wrong) <= {"chunks", "drop", "chunkcut", "badchunk"}


def test_fastwarc_agrees_on_every_digest(crawled: Crawled) -> None:
    """All but those it cannot take apart: chunk extensions, heads of bare LF, chunks that are damaged or cut off."""
    checked, wrong = Counter[str](), Counter[str]()
    for member in members(crawled.path.read_bytes()):
        record = next(FastIterator(BytesIO(member), parse_http=False))
        record.freeze()
        assert record.verify_block_digest()
        if record.record_type != WarcRecordType.response:
            continue
        name = record.headers["WARC-Target-URI"].split("/")[2].split(".")[0]
        checked[name] += 1
        try:
            record.parse_http(auto_decode="transfer")
            wrong[name] += not record.verify_payload_digest()
        except OSError:  # it knows no chunk extensions
            wrong[name] += 1
    assert sum(checked.values()) > 2 * MANY
    assert checked["drop"] == checked["gz"] == 2
    assert set(+wrong) == {"chunks", "lf", "chunkcut", "badchunk"}


def test_our_reader_gives_the_same_groups(crawled: Crawled) -> None:
    by_id: dict[str, Group] = {group.first.id: group for group in groups(crawled.path)}
    for record in crawled.records:
        if record.type != "response":
            continue
        group = by_id[record.get("WARC-Record-ID") or ""]
        assert group.answer is not None
        assert (group.answer.block, group.answer.offset, group.answer.length) == (
            record.block, record.offset, record.length,
        )  # fmt: skip
        assert digest_of(group.message().payload) == record.get("WARC-Payload-Digest")
        assert group.message().complete == (record.get("WARC-Truncated") is None)
        assert group.note("class") == "listing"


# --- the same through the front door


def printed(host: str, target: str) -> Script:
    """Two pages of the demo's newspapers, framed as strangely as HTTP allows."""
    if target == "/robots.txt":
        return Script(b"HTTP/1.1 200 OK\nContent-Length: 24\nno colon here\n\nUser-agent: *\nDisallow:\n")
    answer = demo().find(host, target, 1)
    body = getattr(answer, "body", b"")
    if not body:
        return Script(b"HTTP/1.0 404 not here\r\n\r\nnothing", "close")
    zipped = gzip.compress(body, mtime=0)
    return Script(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 Very Fine\r\ncOnTent-TYPE: text/html;\r\n"
        b" charset=UTF-8\r\nSet-Cookie: a=1\r\nSET-Cookie: b=2\r\nContent-Encoding: gzip\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + chunked(zipped, 499, extension=b";x=1", trailer=b"X-T: 1\r\n")
    )


def test_a_whole_crawl_through_connect_to_is_exact(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    from crawler.press import cases

    pair = next(case for case in cases() if case.kind == "pair")
    assert pair.original_url is not None
    folder, genbun = tmp_path / "collection", [sys.executable, "-m", "crawler.commands.main"]
    with (
        RawServer(printed, tls_for(authority, "herald.example")) as herald,
        RawServer(printed, tls_for(authority, "shimbun.example")) as shimbun,
    ):
        done = subprocess.run(
            [
                *genbun, "crawl", "example_herald", "--to", str(folder), "--delay", "0", "--no-requisites",
                "--url", pair.url, "--ca", str(tmp_path / "ca.pem"),
                "--connect-to", f"herald.example={herald.origin}", "--connect-to", f"shimbun.example={shimbun.origin}",
            ],
            capture_output=True, text=True, cwd=ROOT, timeout=120,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = (folder / "archive").iterdir()
    kept = records(path)
    served = {f"https://{one.host}{one.target}": one for one in (*herald.served, *shimbun.served)}
    requests = {record.url: record for record in kept if record.type == "request"}
    responses = {record.url: record for record in kept if record.type == "response"}
    notes = {record.url: record.notes() for record in kept if record.type == "metadata"}
    assert pair.url in served
    assert pair.original_url in served
    assert len(served) == len(herald.served) + len(shimbun.served)
    assert requests.keys() == responses.keys() == served.keys()
    for url, one in served.items():
        wire, interim = printed(one.host, one.target).wire, notes[url].get("interim-responses", "")
        assert requests[url].block == one.request
        assert base64.b64decode(interim) + responses[url].block == wire
        assert requests[url].all("WARC-Protocol") == ["http/1.1", "tls/1.3"]
    lines = [json.loads(line) for line in (folder / "records" / "articles.jsonl").read_text("utf-8").splitlines()]
    assert {line["capture"]["url"] for line in lines} == {pair.url, pair.original_url}
    for line in lines:
        capture, response = line["capture"], responses[line["capture"]["url"]]
        assert (capture["offset"], capture["length"]) == (response.offset, response.length)
        assert capture["record_id"] == response.get("WARC-Record-ID")
        assert capture["payload_digest"] == response.get("WARC-Payload-Digest")
    again = tmp_path / "again"
    done = subprocess.run(
        [*genbun, "rebuild", str(folder), "--to", str(again)], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("records/articles.jsonl", "records/pairs.jsonl", "indexes/index.cdxj"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()
