"""Who may ask, under which name, and what hostile lines and addresses do: nothing."""

from __future__ import annotations

import importlib.util
import json
import re
import socket
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.commands.main import main
from crawler.models import Block
from tests.read.made import article, made, pair
from tests.read.serving import Served, serving

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7777*7777 }}'
TURNED = "evil\u202etxt.exe\u2066 \u0007"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    long = "長" * 1_000_000
    translation = article(
        [Block(kind="paragraph", text=EVIL), Block(kind="figure", image_url="javascript:alert(3)", caption=EVIL)],
        "example_herald:evil", headline=EVIL, headline_raw=EVIL, byline=EVIL, section=EVIL, standfirst=EVIL, label=EVIL,
    )  # fmt: skip
    original = article(long, "example_shimbun:../../x?y#z", headline=TURNED, section=TURNED)
    whole = article("\n\n".join(["段落。" * 400] * 60), "example_shimbun:long", headline="長" * 5_000)
    spans = [[{"start": 0, "end": 10**9}, {"start": 5, "end": 2}], [{"start": 0, "end": 3}, {"start": 1, "end": 9}]]
    sentence = {"translation": spans[0], "original": spans[1], "p_pair": 0.1, "p_exact": 0.0, "warnings": [EVIL]}
    paragraph = {"translation": [0, 99], "original": [0, 7], "p_pair": 0.1}
    links = {"method": EVIL, "paragraphs": [paragraph], "sentences": [sentence]}
    collection = made(folder / EVIL[-20:].replace("/", ""), [translation, original, whole],
                      [pair(translation, original, alignment=links)])  # fmt: skip
    with serving(collection, folder / "cache") as served:
        yield served


class Fences(HTMLParser):
    """Words that turn writing round, and stand neither in a fence nor in a block of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loose: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "br", "input", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "\u202e" in data and not {"bdi", "h3", "pre"} & set(self.open):
            self.loose.append(f"{self.open[-2:]}: {data[:40]}")


PAGES = ("/", "/articles", "/articles/example_herald:evil", "/articles/example_herald:evil/editions",
         "/articles?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "/calendar/2026", "/problems",
         "/articles/example_shimbun:../../x%3Fy%23z", "/articles/example_shimbun:long", "/articles?q=長",
         "/articles/<script>alert(1)</script>", "/articles?since=<script>", "/records/x<script>")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_words_are_no_markup(hostile: Served, path: str) -> None:
    answer = hostile.get(path)
    assert answer.status in (200, 400, 404)
    page = answer.text
    assert re.findall(r"<script[^>]*>", page) in ([], ['<script src="/assets/room.js" defer>'])
    assert not re.search(r"<[^>]* on\w+=", re.sub(r'"[^"]*"', '""', page))
    assert "60481729" not in page, "a template in a headline is words"
    assert not re.search(r'(?:href|src)="\s*javascript:', page)
    assert "\u202e" not in re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]  # type: ignore[index]  # there is one
    fences = Fences()
    fences.feed(page)
    assert fences.loose == []


def test_a_million_characters_are_shown_in_parts(hostile: Served) -> None:
    page = hostile.get("/articles/example_herald:evil")
    assert len(page.body) < 100_000
    assert "more characters, which the JSON has" in page.text
    assert len(hostile.get("/articles/example_herald:evil.json").json["counterpart"]["text"]) == 1_000_000
    first = hostile.get("/articles/example_shimbun:long")
    assert len(first.body) < 100_000
    assert "page 1 of" in first.text
    last = int(re.findall(r"page 1 of ([\d,]+)", first.text)[0])
    text = "".join(
        "".join(re.findall(r"<p>(.*?)</p>", hostile.get(f"/articles/example_shimbun:long?page={page}").text))
        for page in range(1, last + 1)
    )
    assert text.count("段落。") == 400 * 60
    assert hostile.get(f"/articles/example_shimbun:long?page={last + 1}").status == 404


def test_long_lists_come_in_pages(tmp_path: Path) -> None:
    folder = made(tmp_path / "c", [article("話。", f"example_shimbun:{number}") for number in range(60)])
    problem = {"newspaper": None, "reason": "failed", "detail": "x" * 300, "capture": None}
    lines = [json.dumps(problem | {"url": f"https://a.example/{number}/{'y' * 200}"}) for number in range(250)]
    (folder / "records" / "problems.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    with serving(folder, tmp_path / "cache") as served:
        for path, last in (("/articles?newspaper=example_shimbun", 3), ("/problems?", 3)):
            total = set()
            for page in range(1, last + 1):
                answer = served.get(f"{path}&page={page}")
                assert len(answer.body) < 100_000
                assert f"page {page} of {last}" in answer.text
                total |= set(re.findall(r"https://a.example/\d+|/articles/example_shimbun:\d+", answer.text))
            assert len(total) == (60 if "articles" in path else 250)
        assert served.get("/problems?page=4").status == 404


def test_twins_are_json_whatever_is_in_them(hostile: Served) -> None:
    for path in (
        "/index.json",
        "/articles.json",
        "/articles/example_herald:evil.json",
        "/articles/example_herald:evil/editions.json",
    ):
        answer = hostile.get(path)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        json.loads(answer.body)
    cite = hostile.get("/articles/example_herald:evil.json").json["cite"]
    assert cite["bib"].count("\n") < 20
    assert unescape(EVIL).split("{{")[0] in cite["ris"]


def test_policies(room: Served) -> None:
    ours = room.get("/").headers
    policy = ours["content-security-policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert set(re.findall(r"http://\S+?(?=[ ;])", policy)) == {room.captures}
    assert (ours["referrer-policy"], ours["x-frame-options"]) == ("no-referrer", "DENY")
    theirs = room.get("/", origin=room.captures).headers["content-security-policy"]
    assert theirs.startswith("sandbox; default-src 'none'; ")
    assert "script" not in theirs
    assert "server" not in {name.lower() for name in ours}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_it_is_only_read(room: Served, method: str) -> None:
    for origin in (room.origin, room.captures):
        answer = room.get("/", method, origin)
        assert answer.status == 405
        assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "a b"])
def test_other_names_are_refused(room: Served, name: str) -> None:
    for origin in (room.origin, room.captures):
        assert room.get("/", origin=origin, Host=name).status == 421


def test_our_own_names_are_not(room: Served) -> None:
    port = urlsplit(room.origin).port
    for name in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        answer = room.get("/", Host=name)
        assert answer.status == 200, name
        captures = f"http://{name.lower().rpartition(':')[0]}:{urlsplit(room.captures).port}"
        assert f"frame-src {captures};" in answer.headers["content-security-policy"], "frames go by the same name"


def test_pages_of_other_sites_may_not_ask(room: Served) -> None:
    assert room.get("/index.json", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors").status == 403
    assert room.get("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").status == 200
    assert "access-control-allow-origin" not in {name.lower() for name in room.get("/index.json").headers}
    assert room.get("/index.json").headers["cross-origin-resource-policy"] == "same-origin"


def test_addresses_without_end_and_requests_without_sense(room: Served) -> None:
    assert room.get("/articles?q=" + "a" * 20_000).status == 414
    parts = urlsplit(room.origin)
    for request in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET /" + b"x" * 200_000,
        b"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    ):
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as one:
            one.sendall(request)
            one.shutdown(socket.SHUT_WR)
            answer = one.recv(100)
        assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 421", b"HTTP/1.1 404", b"")
    assert room.get("/").status == 200


def test_beyond_loopback_there_is_a_token(collection: Path, tmp_path: Path) -> None:
    with serving(collection, tmp_path / "cache", "--host", "0.0.0.0") as served:
        port, token = urlsplit(served.address).port, urlsplit(served.address).query.partition("=")[2]
        origin = f"http://127.0.0.1:{port}"
        assert len(token) > 20
        assert served.get("/", origin=origin).status == 401
        assert served.get("/?token=x", origin=origin).status == 401
        let_in = served.get(f"/articles?q=病院&token={token}", origin=origin)
        assert let_in.status == 303
        assert let_in.headers["location"] == "/articles?q=%E7%97%85%E9%99%A2"
        cookie, *rules = let_in.headers["set-cookie"].split("; ")
        assert {"HttpOnly", "SameSite=strict"} <= set(rules)
        assert served.get("/", origin=origin, Cookie=cookie).status == 200
        assert served.get("/", origin=origin, Authorization=f"Bearer {token}").status == 200
        frame = re.findall(
            r'<iframe src="([^"]+)"', served.get(_captured(served, origin, cookie), origin=origin, Cookie=cookie).text
        )[0]
        captures = f"http://127.0.0.1:{urlsplit(frame).port}"
        assert served.get(urlsplit(frame).path, origin=captures).status == 200, "its path is a secret of its own"
        assert served.get("/x/" + urlsplit(frame).path.split("/", 2)[2], origin=captures).status == 404


def _captured(served: Served, origin: str, cookie: str) -> str:
    twin = served.get("/articles/example_herald:editorial-rice-for-hotter-summers.json", origin=origin, Cookie=cookie)
    return f"/records/{twin.json['article']['capture']['record_id'][10:-1]}/captured"


def test_wrong_usage(
    collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    taken = socket.create_server(("127.0.0.1", 0))
    for options, words in (
        (("--player", str(tmp_path)), "holds no ui.js"),
        (("--host", "no.such.host.invalid"), "is no address of this machine"),
        (("--port", "99999"), "a port"),
        (("--static", str(collection / "site")), "lies in the collection"),
        (("--static", str(tmp_path), "--port", "1"), "have no meaning"),
        (("--static", str(tmp_path / "a" / "b")), "is no folder"),
        (("--static", str(tmp_path)), "is there already"),
        (("--port", str(taken.getsockname()[1])), "cannot listen"),
    ):
        try:
            status = main(["read", str(collection), "--no-open", *options])
        except SystemExit as stop:
            status = int(stop.code or 0)
        assert status == 2, options
        assert words in capsys.readouterr().err
    taken.close()


def test_without_the_extra_it_says_what_to_install(
    collection: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "uvicorn" else found(name))
    assert main(["read", str(collection)]) == 2
    assert "the reading room needs uvicorn: pip install 'genbun[read]'" in capsys.readouterr().err
