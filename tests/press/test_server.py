"""The press answers as a real HTTP/1.1 server does, and remembers every byte."""

from __future__ import annotations

import concurrent.futures
import ssl
import subprocess
import sys
import time

import pytest
import trustme

from crawler.press import Answer, Press, Raw, cases, demo
from crawler.press.demo import printed_edition
from tests.press.client import Client

HERALD, SHIMBUN = "herald.example", "shimbun.example"
PAGE = "/editorial-clean-up-the-orbits/"


def chunked_page() -> str:
    return next(path for path, answer in printed_edition(1)[HERALD].items() if answer.chunked and answer.status == 200)


def test_the_host_header_chooses_the_newspaper(client: Client) -> None:
    assert "The Example Herald" in client.get(HERALD, "/").text
    assert "例示新聞" in client.get(SHIMBUN, "/").text
    assert client.get("HERALD.example:80", "/").status == 200
    assert client.send(b"GET http://shimbun.example/ HTTP/1.1\r\nHost: shimbun.example\r\n\r\n").status == 200


def test_one_connection_serves_many_requests(press: Press, client: Client) -> None:
    statuses = [client.get(HERALD, path).status for path in ("/", PAGE, "/nothing/", PAGE)]
    assert statuses == [200, 200, 404, 200]
    assert press.connections_made == 1


def test_requests_sent_together_are_answered_in_order(client: Client) -> None:
    paths = ["/robots.txt", PAGE, "/feed/", "/nothing/"]
    client.socket.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: {HERALD}\r\n\r\n".encode() for path in paths))
    answers = [client.receive() for _ in paths]
    assert [answer.header(b"content-type") for answer in answers] == [
        b"text/plain; charset=utf-8",
        b"text/html; charset=UTF-8",
        b"application/rss+xml; charset=UTF-8",
        b"text/plain; charset=utf-8",
    ]


def test_a_request_may_come_in_pieces(client: Client) -> None:
    for piece in (b"GET / HT", b"TP/1.1\r\nHos", b"t: herald.example\r", b"\n\r"):
        client.socket.sendall(piece)
        time.sleep(0.01)
    assert client.send(b"\n").status == 200


def test_gzip_is_sent_when_asked_for_and_only_then(client: Client) -> None:
    plain = client.get(HERALD, PAGE)
    zipped = client.get(HERALD, PAGE, "Accept-Encoding: br;q=0.9, GZIP")
    refused = client.get(HERALD, PAGE, "Accept-Encoding: gzip;q=0, identity")
    assert plain.header(b"content-encoding") is None
    assert refused.raw == plain.raw
    assert zipped.header(b"content-encoding") == b"gzip"
    assert zipped.header(b"vary") == b"Accept-Encoding"
    assert len(zipped.body) < len(plain.body)
    assert zipped.text == plain.text


def test_images_are_not_zipped(client: Client) -> None:
    path = "/wp-content/themes/print/img/card.png"
    answer = client.get(HERALD, path, "Accept-Encoding: gzip")
    assert answer.header(b"content-encoding") is None
    assert answer.body.startswith(b"\x89PNG\r\n\x1a\n")


def test_some_pages_come_in_chunks_but_never_for_http_1_0(press: Press, client: Client) -> None:
    path = chunked_page()
    chunked = client.get(HERALD, path)
    assert chunked.header(b"transfer-encoding") == b"chunked"
    assert chunked.header(b"content-length") is None
    old = client.get(HERALD, path, version="1.0")
    assert old.header(b"transfer-encoding") is None
    assert old.header(b"connection") == b"close"
    assert old.text == chunked.text
    assert client.is_closed()


def test_what_the_client_holds_is_not_sent_again(client: Client) -> None:
    first = client.get(HERALD, PAGE)
    etag, modified = first.header(b"etag"), first.header(b"last-modified")
    assert etag is not None
    assert modified is not None
    strong = etag.removeprefix(b"W/").decode()
    for header in (
        f"If-None-Match: {etag.decode()}",
        f'If-None-Match: "other", {strong}',
        "If-None-Match: *",
        f"If-Modified-Since: {modified.decode()}",
        f"If-None-Match: {etag.decode()}\r\nIf-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT",
    ):
        again = client.get(HERALD, PAGE, header)
        assert again.status == 304, header
        assert again.header(b"etag") == etag
        assert again.header(b"content-length") is None
    for header in (
        'If-None-Match: "other"',
        "If-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT",
        "If-Modified-Since: x",
    ):
        assert client.get(HERALD, PAGE, header).status == 200, header


def test_head_is_get_without_the_body(client: Client) -> None:
    full, head = client.get(HERALD, PAGE), client.get(HERALD, PAGE, method="HEAD")
    assert head.raw == full.raw[: -len(full.body)]
    assert client.get(HERALD, PAGE).raw == full.raw


def test_odd_headers_go_out_as_servers_really_send_them(client: Client) -> None:
    names = [
        name for case in cases() for name, _ in client.get(HERALD, case.url.removeprefix(f"https://{HERALD}")).headers
    ]
    assert names.count(b"x-CACHE") == names.count(b"X-cache") > 0
    assert names.count(b"Set-Cookie") == 2 * names.count(b"LINK") > 0


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: herald.example\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: herald.example\r\n folded: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: herald.example\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: herald.example\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET * HTTP/1.1\r\nHost: herald.example\r\n\r\n", 400),
        (b"GET http://[ HTTP/1.1\r\nHost: herald.example\r\n\r\n", 400),
        (b"DELETE / HTTP/1.1\r\nHost: herald.example\r\n\r\n", 405),
        (b"POST / HTTP/1.1\r\nHost: herald.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nHost: herald.example\r\nContent-Length: 9999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n", 421),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_and_hurts_nobody(
    press: Press, client: Client, request_bytes: bytes, status: int
) -> None:
    assert client.send(request_bytes).status == status
    assert client.is_closed()
    with Client(press.port) as other:
        assert other.get(HERALD, "/").status == 200


def test_a_body_is_read_and_passed_over(client: Client) -> None:
    request = b"GET /robots.txt HTTP/1.1\r\nHost: herald.example\r\nContent-Length: 5\r\n\r\nGET /"
    assert client.send(request).status == 200
    assert client.get(HERALD, PAGE).status == 200


def test_every_exchange_is_remembered_byte_for_byte(press: Press, client: Client) -> None:
    request = b"GET /feed/ HTTP/1.1\r\nhOST: herald.example\r\nX-Empty:\r\nAccept-Encoding: gzip\r\n\r\n"
    answers = [client.send(request), client.get(HERALD, chunked_page()), client.get(SHIMBUN, "/nothing/")]
    assert [one.response for one in press.exchanges] == [answer.raw for answer in answers]
    assert press.exchanges[0].request == request
    assert press.exchanges[0].at == pytest.approx(time.time(), abs=60)
    assert [(one.method, one.host, one.status) for one in press.exchanges][1:] == [
        ("GET", HERALD, 200),
        ("GET", SHIMBUN, 404),
    ]
    assert press.asked(SHIMBUN) == ["shimbun.example/nothing/"]


def test_latency_delays_each_answer_but_not_each_other() -> None:
    def ask(port: int) -> int:
        with Client(port) as client:
            return client.get(HERALD, PAGE).status

    with Press(demo(), latency=0.2) as press, concurrent.futures.ThreadPoolExecutor(8) as pool:
        began = time.monotonic()
        assert list(pool.map(ask, [press.port] * 8)) == [200] * 8
        assert 0.2 <= time.monotonic() - began < 1.2


def test_answers_can_be_given_instead(press: Press, client: Client) -> None:
    busy = Answer(b"later\n", "text/plain", status=429, headers=((b"Retry-After", b"1"),))
    usual = client.get(HERALD, PAGE)
    press.instead(HERALD, PAGE, busy, busy, Answer(b"<p>at last</p>"))
    assert [client.get(HERALD, PAGE).status for _ in range(4)] == [429, 429, 200, 200]
    press.instead(HERALD, PAGE)
    assert client.get(HERALD, PAGE).raw == usual.raw
    press.instead(HERALD, PAGE, Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"))
    with pytest.raises(ConnectionError):
        client.get(HERALD, PAGE)


def test_it_speaks_tls() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HERALD, SHIMBUN).configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with Press(demo(), tls=context) as press:
        assert press.origin == f"https://127.0.0.1:{press.port}"
        with Client(press.port, trusting) as client:
            assert client.get(HERALD, PAGE).status == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            Client(press.port, trusting, "assets.herald.example")
        with Client(press.port) as plain, pytest.raises(ConnectionError):
            plain.get(HERALD, PAGE)


def test_its_addresses_and_its_end() -> None:
    with Press(demo()) as press:
        assert press.connect_to == dict.fromkeys((HERALD, "assets.herald.example", SHIMBUN), press.origin)
        client = Client(press.port)
        assert client.get(HERALD, "/").status == 200
        with pytest.raises(OSError, match="in use"):
            Press(demo(), port=press.port).start()
    assert client.is_closed()
    client.socket.close()
    with Press(demo(), port=press.port) as again:
        assert again.port == press.port
    again.stop()


def test_it_runs_in_a_process_of_its_own_until_told_to_stop() -> None:
    command = [sys.executable, "-m", "crawler.press", "--pairs", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout
        origin = running.stdout.readline().strip()
        with Client(int(origin.rpartition(":")[2])) as client:
            assert client.get(HERALD, "/sitemap_index.xml").status == 200
        running.terminate()
        assert running.wait(10) == 0
