"""Which addresses may be connected to, however they are written; and where `--connect-to` sends requests."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest

from archives.connection import Connection, ConnectionFailed, Pool
from archives.errors import UsageError
from archives.guard import is_public
from archives.message import ResponseScanner
from archives.routes import Origin, Routes
from archives.wire import request_bytes, tls_context

SPECIAL = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::ffff:0:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1::808:808", "100::1",
    "2001::1", "2001:0:a00:1::1", "2001:2::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::", "2002:c0a8:101::1",
    "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fe80::1%25eth0", "fec0::1", "ff02::1",
    "ff0e::1",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.169.0.1",
    "198.17.0.1", "223.255.255.254", "2606:4700:4700::1111", "2001:4860:4860::8888", "2400:3500::1",
    "64:ff9b::8.8.8.8", "2002:808:808::1",
]  # fmt: skip
NO_ADDRESSES = ["", "localhost", "example.org", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1:80",
                "[::1]", "1.2.3.4.5", "١٢٧.0.0.1", "127.0.0.1\n"]  # fmt: skip


@pytest.mark.parametrize("address", SPECIAL)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(text)


# --- at look-up, and at the connected peer


def failure_of(host: str, *, port: int = 9, mapped: bool = False, tls: bool = False) -> ConnectionFailed:
    """What connecting to that host fails with."""

    async def connect() -> None:
        connection = await Pool(tls_context, 3.0).connect(Origin(host, port, tls, mapped), host)
        connection.abort()

    with pytest.raises(ConnectionFailed) as caught:
        asyncio.run(connect())
    return caught.value


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`answers("10.0.0.1", …)`: every name resolves to these."""

    def set_answers(*addresses: str) -> None:
        def getaddrinfo(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
            return [
                (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
                for one in addresses
            ]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return set_answers


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nothing may be connected to; the list says what would have been."""
    tried: list[str] = []

    async def create_connection(self: Any, factory: Any, host: str, *_: Any, **__: Any) -> Any:
        tried.append(host)
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", create_connection)
    return tried


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "::1", "169.254.169.254", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "localhost",
     "::ffff:127.0.0.1", "fec0::1"],
)  # fmt: skip
def test_a_special_address_is_refused_however_it_is_written(host: str, no_sockets: list[str]) -> None:
    failure = failure_of(host)
    assert (failure.stage, failure.reason) == ("guard", "address_not_public")
    assert no_sockets == []


@pytest.mark.parametrize(
    "found", [("127.0.0.1",), ("10.1.2.3",), ("::1",), ("8.8.8.8", "192.168.1.1"), ("fe80::1%eth0", "8.8.8.8")]
)
def test_a_name_that_leads_inside_is_refused_at_look_up(
    found: tuple[str, ...], answers: Callable[..., None], no_sockets: list[str]
) -> None:
    answers(*found)
    failure = failure_of("rebound.example.org")
    assert (failure.stage, failure.reason) == ("guard", "address_not_public")
    assert "rebound.example.org" in str(failure)
    assert no_sockets == []


def test_public_answers_are_tried_in_order_at_most_four(answers: Callable[..., None], no_sockets: list[str]) -> None:
    answers("8.8.8.1", "8.8.8.2", "8.8.8.2", "2606:4700::1", "8.8.8.3", "8.8.8.4")
    failure = failure_of("many.example.org")
    assert (failure.stage, failure.reason) == ("connect", "connection_refused")
    assert no_sockets == ["8.8.8.1", "8.8.8.2", "2606:4700::1", "8.8.8.3"]


def test_a_peer_inside_is_refused_though_its_address_looked_public(
    monkeypatch: pytest.MonkeyPatch, answers: Callable[..., None]
) -> None:
    answers("8.8.8.8")
    real = asyncio.BaseEventLoop.create_connection
    made: list[Connection] = []

    async def create_connection(self: Any, factory: Any, host: str, port: int, **more: Any) -> Any:
        transport, connection = await real(self, factory, "127.0.0.1", port, **more)
        made.append(connection)
        return transport, connection

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", create_connection)
        monkeypatch.setattr(socket, "getaddrinfo", _literal)
        failure = failure_of("8.8.8.8", port=port)
    assert (failure.stage, failure.reason) == ("guard", "address_not_public")
    assert "127.0.0.1" in str(failure)
    assert not made[0].usable


def _literal(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]


def test_only_a_mapped_origin_may_lie_inside() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        async def connect() -> str | None:
            origin = Origin("127.0.0.1", port, False, mapped=True)
            connection = await Pool(tls_context, 3.0).connect(origin, "a.example")
            connection.abort()
            return connection.peer

        assert asyncio.run(connect()) == "127.0.0.1"
        assert failure_of("127.0.0.1", port=port).reason == "address_not_public"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".example", "a..b", "", "a\0b", "xn--\u3000", "."])
@pytest.mark.parametrize("tls", [False, True])
def test_names_that_cannot_be_looked_up_fail_as_every_connection_does(host: str, tls: bool) -> None:
    failure = failure_of(host, tls=tls)
    assert failure.stage in ("resolve", "guard")


@pytest.mark.parametrize("name", ["a..b.example", "." + "a" * 70, ".example", "a\0b", "a" * 64 + ".example"])
def test_names_that_tls_does_not_take_fail_as_every_connection_does(name: str) -> None:
    async def connect(port: int) -> None:
        await Pool(tls_context, 3.0).connect(Origin("127.0.0.1", port, True, mapped=True), name)

    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(ConnectionFailed) as caught:
        asyncio.run(connect(server.getsockname()[1]))
    assert caught.value.stage == "tls"


def test_a_look_up_is_remembered_a_minute_for_each_port(monkeypatch: pytest.MonkeyPatch, no_sockets: list[str]) -> None:
    asked: list[tuple[Any, Any]] = []

    def getaddrinfo(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        asked.append((host, port))
        return [(socket.AF_INET, 1, 6, "", ("8.8.8.8", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    now = [100.0]

    async def work() -> None:
        pool = Pool(tls_context, 3.0, clock=lambda: now[0])
        for port in (80, 80, 81, 80):
            with pytest.raises(ConnectionFailed):
                await pool.connect(Origin("a.example.org", port, False), "a.example.org")
        now[0] += 61
        with pytest.raises(ConnectionFailed):
            await pool.connect(Origin("a.example.org", 80, False), "a.example.org")

    asyncio.run(work())
    assert asked == [("a.example.org", 80), ("a.example.org", 81), ("a.example.org", 80)]


# --- the pool


class Server(asyncio.Protocol):
    """Answers every request at once, and counts connections."""

    made = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        Server.made += 1
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def test_connections_are_kept_for_their_origin_and_name_and_not_for_ever() -> None:
    async def work() -> None:
        Server.made = 0
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        now = [0.0]
        pool = Pool(tls_context, 3.0, clock=lambda: now[0])
        here = Origin("127.0.0.1", port, False, mapped=True)
        connection = await pool.connect(here, "a.example")
        await connection.exchange(b"GET / HTTP/1.1\r\n\r\n", ResponseScanner())
        pool.give_back(here, "a.example", connection)
        assert pool.take(here, "b.example") is None
        assert pool.take(Origin("127.0.0.1", port, False), "a.example") is None
        assert pool.take(here, "a.example") is connection
        assert pool.take(here, "a.example") is None
        pool.give_back(here, "a.example", connection)
        now[0] += 21
        assert pool.take(here, "a.example") is None
        assert not connection.usable
        pool.give_back(here, "a.example", connection)
        assert pool.take(here, "a.example") is None
        assert Server.made == 1
        server.close()

    asyncio.run(work())


# --- routes


def test_no_rules_send_every_host_where_its_address_says() -> None:
    routes = Routes()
    assert not routes
    assert routes.mapped("a.example") is None
    assert routes.origin("http", "a.example", None) == Origin("a.example", 80, False)
    assert routes.origin("https", "a.example", None) == Origin("a.example", 443, True)
    assert routes.origin("https", "a.example", 8443) == Origin("a.example", 8443, True)


def test_a_rule_gives_host_port_and_scheme_of_the_connection() -> None:
    routes = Routes([
        "Japan-Forward.com=http://127.0.0.2:8000", " *.sankei.com=https://[::1]:8443/ ", "www.sankei.com=http://mirror",
    ])  # fmt: skip
    assert routes
    here = Origin("127.0.0.2", 8000, False, mapped=True)
    assert routes.origin("https", "japan-forward.com", None) == here
    assert routes.origin("http", "JAPAN-FORWARD.COM", 99) == here
    assert routes.mapped("www.japan-forward.com") is None
    assert routes.mapped("etc.sankei.com") == routes.mapped("a.b.Sankei.com") == Origin("::1", 8443, True, mapped=True)
    assert routes.mapped("www.sankei.com") == Origin("mirror", 80, False, mapped=True)
    assert routes.mapped("sankei.com") is None
    assert routes.mapped("notsankei.com") is None
    assert routes.origin("https", "elsewhere.example", None) == Origin("elsewhere.example", 443, True)


@pytest.mark.parametrize(
    "rule",
    ["", "a.example", "=http://127.0.0.1:1", "a.example=", "a.example=127.0.0.1:80", "a.example=ftp://127.0.0.1",
     "a.example=http://", "a.example=http://h:99999", "a.example=http://h:x", "a.example=http://h/path",
     "a.example=http://[::1", "a.example=//h:1"],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_named(rule: str) -> None:
    with pytest.raises(UsageError, match="--connect-to") as caught:
        Routes(["good.example=http://127.0.0.1:1", rule])
    assert repr(rule) in str(caught.value)
    assert caught.value.exit_status == 2


# --- what is sent, and whom we trust


def test_a_request_cannot_be_split_by_what_it_carries() -> None:
    from scrapy import Request

    fields = {"X-A": ["1", "2"], "Host": "b"}
    sent = request_bytes(Request("https://u:p@a.example:8443/x?y=%0d%0aZ:1#f", headers=fields))
    assert sent == b"GET /x?y=%0d%0aZ:1 HTTP/1.1\r\nHost: a.example:8443\r\nX-A: 1\r\nX-A: 2\r\n\r\n"
    assert request_bytes(Request("http://a.example")).startswith(b"GET / HTTP/1.1\r\nHost: a.example\r\n")
    with pytest.raises(UsageError, match="line end"):
        request_bytes(Request("http://a.example/", headers={"X-A": "1\r\nX-B: 2"}))


def test_certificates_are_verified_and_http_1_1_alone_is_offered(tmp_path: Any) -> None:
    context = tls_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    (tmp_path / "no.pem").write_text("no certificate")
    for path in (tmp_path / "no.pem", tmp_path / "missing.pem"):
        with pytest.raises(UsageError, match="--ca"):
            tls_context(str(path))
