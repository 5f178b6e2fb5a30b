"""`genbun parse`: one page's line, as a crawl would write it but for what only a crawl knows."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from crawler.models import ArticleLine, ProblemLine
from crawler.newspapers import parse_page
from crawler.press import Answer, cases, demo
from crawler.press.addresses import HERALD
from tests.crawl.crawling import genbun

pytestmark = pytest.mark.xdist_group("crawl-parse")

CASES = {case.key: case for case in cases()}
URL = CASES["01-ferry"].url


def page(key: str = "01-ferry") -> bytes:
    answer = demo().find(HERALD, CASES[key].url.removeprefix(f"https://{HERALD}"), 1)
    assert isinstance(answer, Answer)
    return answer.body


@pytest.mark.parametrize("how", ["file", "gzip", "standard input"])
def test_an_article(how: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(gzip.compress(page()) if how == "gzip" else page())
    named = "-" if how == "standard input" else str(path)
    done = genbun("parse", named, "--url", URL, stdin=page() if named == "-" else b"")
    assert (done.status, done.err) == (0, "")
    line = json.loads(done.out)
    assert line["schema"] == "genbun/article/1"
    assert line["id"] == "example_herald:editorial-keep-the-kazami-ferry-running"
    assert line["version"] is line["capture"] is None
    assert ArticleLine.model_validate_json(done.out).line() + "\n" == done.out
    read = parse_page(page(), URL)
    assert json.loads(read.line()).items() <= line.items()


def test_a_page_that_is_no_article(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(page("20-shell"))
    done = genbun("parse", str(path), "--url", CASES["20-shell"].url)
    assert (done.status, done.err) == (3, "")
    problem = ProblemLine.model_validate_json(done.out)
    assert (problem.reason, problem.capture, problem.url) == ("no_body", None, CASES["20-shell"].url)


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/a/", "no address", "", "https://[::1", "https://herald.example\x01/"]
)
def test_an_address_that_no_newspaper_owns(url: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(page())
    done = genbun("parse", str(path), "--url", url)
    assert done.status == 3, done.err
    problem = ProblemLine.model_validate_json(done.out)
    assert (problem.newspaper, problem.reason) == (None, "not_an_article")


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00" * 100, b"%PDF-1.7\n", "ゲラ".encode("cp932"), page()[:300]],
    ids=["empty", "zeros", "pdf", "shift_jis", "cut short"],
)
def test_bytes_that_are_no_page(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(body)
    done = genbun("parse", str(path), "--url", URL)
    assert done.status == 3, done.err
    assert ProblemLine.model_validate_json(done.out).newspaper == "example_herald"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path, word in ((tmp_path / "nothing.html", "No such file"), (tmp_path, "directory")):
        done = genbun("parse", str(path), "--url", URL)
        assert done.status == 2
        assert str(path) in done.said
        assert word in done.said


def test_a_packed_file_that_was_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "page.html.gz"
    path.write_bytes(gzip.compress(page())[:-200])
    done = genbun("parse", str(path), "--url", URL)
    assert done.status == 2
    assert str(path) in done.said
    assert "gzip" in done.said


def test_without_an_address(tmp_path: Path) -> None:
    done = genbun("parse", str(tmp_path / "page.html"))
    assert done.status == 2
    assert "--url" in done.err


def test_a_whole_response_is_read_with_its_headers(tmp_path: Path) -> None:
    path = tmp_path / "response"
    head = b"HTTP/1.1 200 OK\r\nX-Robots-Tag: noarchive\r\ntdm-reservation: 1\r\nContent-Encoding: gzip\r\n"
    body = gzip.compress(page())
    path.write_bytes(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    done = genbun("parse", str(path), "--url", URL)
    assert (done.status, done.err) == (0, "")
    rights = json.loads(done.out)["rights"]
    assert (rights["robots"], rights["tdm_reservation"]) == (["noarchive"], "reserved")
    assert rights["looked_in"] == ["page", "headers"]
    path.write_bytes(path.read_bytes()[:-200])
    done = genbun("parse", str(path), "--url", URL)
    assert done.status == 2
    assert str(path) in done.said
