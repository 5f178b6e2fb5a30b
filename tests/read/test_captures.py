"""Captured pages out of the archive: found by the index, read by their records, with addresses led back to it."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives.collection import Collection
from archives.keys import key_of
from crawler.reading_room.captures import Captures, NotHeld
from crawler.reading_room.rewriting import rewritten_css, rewritten_html, scripts_of
from tests.read.serving import GENBUN, Served, serving
from tests.read.test_pages import FERRY, LINE, lines, uuid

URL = "https://a.example/b/page.html"


def led(url: str) -> str:
    return f"/k/{url}"


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ('<img src="x.png">', '<img src="/k/https://a.example/b/x.png">'),
        ("<IMG SRC=../x.png alt=a>", '<IMG SRC="/k/https://a.example/x.png" alt=a>'),
        ("<img src='//c.example/x?a=1&amp;b=2'>", '<img src="/k/https://c.example/x?a=1&amp;b=2">'),
        ('<img srcset="a.png 1x, b.png 2x">',
         '<img srcset="/k/https://a.example/b/a.png 1x, /k/https://a.example/b/b.png 2x">'),
        ('<img src="blank.gif" data-src="real.png">', '<img  src="/k/https://a.example/b/real.png">'),
        ('<base href="/c/"><a href="d">e</a>', '<a href="/k/https://a.example/c/d">e</a>'),
        ('<style>b{background:url(x.png)}</style>', '<style>b{background:url("/k/https://a.example/b/x.png")}</style>'),
        ('<p style="background:url(&quot;x.png&quot;)">',
         '<p style="background:url(&quot;/k/https://a.example/b/x.png&quot;)">'),
        ('<meta http-equiv="refresh" content="0;url=x">', '<meta  content="0;url=x">'),
        ('<a href="javascript:alert(1)" onclick="x()">', '<a href="" >'),
        ("<!-- <img src=x> --><p>a < b > c</p>", "<!-- <img src=x> --><p>a < b > c</p>"),
        ('<img src="data:image/png;base64,AA"><a href="#x">', '<img src="data:image/png;base64,AA"><a href="#x">'),
        ("<script>if (a<b) document.write('<img src=x>')</script>",
         "<script type=\"text/plain\">if (a<b) document.write('<img src=x>')</script>"),
        ('<link rel="stylesheet" href="s.css" integrity="sha256-x">',
         '<link rel="stylesheet" href="/k/https://a.example/b/s.css" >'),
        ("<p>日本語の本文</p>", "<p>日本語の本文</p>"),
    ],
)  # fmt: skip
def test_addresses_are_led_to_the_archive(page: str, shown: str) -> None:
    assert rewritten_html(page, URL, led) == shown


def test_style_sheets_too() -> None:
    css = "@import 'a.css';@import url(b.css);p{c:url( \"d.png\" )}q{e:url(data:x)}"
    assert rewritten_css(css, URL, led) == (
        '@import "/k/https://a.example/b/a.css";@import url("/k/https://a.example/b/b.css");'
        'p{c:url( "/k/https://a.example/b/d.png")}q{e:url(data:x)}'
    )
    assert scripts_of('<script src="a.js"></script><script>b</script><SCRIPT SRC=c.js>', URL) == [
        "https://a.example/b/a.js", "https://a.example/b/c.js",
    ]  # fmt: skip


@given(st.text(alphabet=st.sampled_from("<>\"'=/ asrchtylepiob-!url()&;"), max_size=300))
def test_no_page_leads_anywhere_else(page: str) -> None:
    shown = rewritten_html(page, URL, lambda url: "LED")
    for found in re.finditer(r"<img[^>\"'a-z]+src=\"([^\"]*)\"", shown):
        assert found[1] in ("", "LED")


@pytest.mark.parametrize(
    "piece", ["<a ", '<a href="', "<style>", "<!--", "<script", 'src="x" ', "url(", "<a b='", "data-src="]
)
def test_pages_without_sense_are_read_in_time(piece: str) -> None:
    began = time.monotonic()
    rewritten_html(piece * 20_000, URL, led)
    rewritten_css(piece * 20_000, URL, led)
    assert time.monotonic() - began < 5


# the index ----------------------------------------------------------------------------------------


def test_every_capture_is_found(collection: Path) -> None:
    captures = Captures(Collection(collection))
    held = (collection / "indexes" / "index.cdxj").read_text("utf-8").splitlines()
    for line in held:
        _, moment, fields = line.split(" ", 2)
        said = json.loads(fields)
        found = [one for one in captures.captures(said["url"]) if one.offset == int(said["offset"])]
        assert [one.moment for one in found if one.warc == said["filename"]] == [moment]
        nearest = captures.nearest(said["url"], moment)
        assert nearest is not None
        if any(one.status == "200" for one in captures.captures(said["url"])):
            assert nearest.status == "200"
    for url in (
        "https://herald.example/",
        "https://zzz.example/",
        "https://aaa.example/",
        f"{json.loads(fields)['url']}x",
    ):
        assert [one.url for one in captures.captures(url)] == [
            json.loads(one.split(" ", 2)[2])["url"] for one in held if one.split(" ", 1)[0] == key_of(url)
        ]


def test_a_revisit_is_the_response_that_holds_its_bytes(collection: Path) -> None:
    captures = Captures(Collection(collection))
    revisits = 0
    for line in (collection / "indexes" / "index.cdxj").read_text("utf-8").splitlines():
        _, moment, fields = line.split(" ", 2)
        said = json.loads(fields)
        if said["mime"] == "warc/revisit":
            revisits += 1
            found, record = captures.near(said["url"], moment)
            assert (record.type, found.digest) == ("response", said["digest"])
    assert revisits or all("revisit" not in line for line in (collection / "indexes" / "index.cdxj").open())


def test_what_is_not_held_is_said(collection: Path, copy: Path) -> None:
    article = next(one for one in lines(collection, "articles") if one["id"] == FERRY)
    captures = Captures(Collection(copy))
    capture = article["capture"]
    for change in ({"offset": 1}, {"length": 5}, {"warc": "archive/none.warc.gz"}, {"warc": "archive/../../x"},
                   {"record_id": "<urn:uuid:x>"}):  # fmt: skip
        with pytest.raises(NotHeld):
            captures.stored(capture | change)
    (copy / "indexes" / "index.cdxj").write_bytes(b"no index\n" + b"x" * 500_000 + b"\n\n com,a) 2\n")
    assert captures.nearest(article["url"], "20260101000000") is None
    (copy / "indexes" / "index.cdxj").unlink()
    assert captures.nearest(article["url"], "20260101000000") is None


# what is served -----------------------------------------------------------------------------------


def frame(room: Served, record: str) -> str:
    found = re.findall(r'<iframe src="([^"]+)"', room.get(f"/records/{record}/captured").text)
    assert len(found) == 1
    return str(urlsplit(found[0]).path)


def test_captured_pages_are_what_was_captured(room: Served, collection: Path) -> None:
    for article in lines(collection, "articles")[::7]:
        path = frame(room, uuid(article))
        page = room.get(path, origin=room.captures)
        assert page.status == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert article["text"].split("\n\n")[-1][:30] in page.text or "globalContent" in page.text
        leads = re.findall(r'(?:src|href)="(http[^"]+)"', re.sub("(?s)<script.*?</script>", "", page.text))
        assert leads
        assert all(one.startswith(room.captures) for one in leads)
        assert not re.findall(r"<script(?! type=\"text/plain\")", page.text)
        for lead in leads:
            if lead.endswith((".css", ".png", ".css?d=514")):
                beside = room.get(urlsplit(lead).path + ("?d=514" if "?" in lead else ""), origin=room.captures)
                assert beside.status in (200, 404)
                assert "sandbox" in beside.headers["content-security-policy"]


def test_pages_are_shown_whose_files_are_stored_elsewhere(copy: Path, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    where = f"file://{tmp_path / 'elsewhere'}"
    stored = subprocess.run([*GENBUN, "store", str(copy), "--to", where, "--thin"], capture_output=True, text=True)
    assert stored.returncode == 0, stored.stderr
    assert not list((copy / "archive").glob("*.warc.gz"))
    article = next(one for one in lines(copy, "articles") if one["id"] == FERRY)
    with serving(copy, tmp_path / "cache", "--storage", where) as room:
        page = room.get(frame(room, uuid(article)), origin=room.captures)
        assert "Keep the Kazami Ferry Running" in page.text
        first, *_ = room.get(f"/records/{uuid(article)}.json").json["shell"]
        assert first.startswith("genbun store editorials --from file://")
    with serving(copy, tmp_path / "cache") as room:
        assert "The archive cannot show it." in room.get(f"/records/{uuid(article)}/captured").text, (
            "nobody allowed to ask"
        )


def test_what_was_not_captured_is_missing(room: Served, collection: Path) -> None:
    article = next(one for one in lines(collection, "articles") if one["id"] == LINE)
    path = frame(room, uuid(article))
    for beside in (
        "https://elsewhere.example/",
        "javascript:alert(1)",
        "../../../etc/passwd",
        "file:///etc/passwd",
        "x",
    ):
        answer = room.get(path + beside, origin=room.captures)
        assert answer.status == 404
        assert "Not in this archive" in answer.text
    key = path.split("/")[1]
    assert room.get(path.replace(key, "guess"), origin=room.captures).status == 404
