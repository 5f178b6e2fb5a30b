"""What users give that makes no sense: a message that says what, where and what to do, and the exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.press import Press
from tests.crawl.answers import (
    ONE_DAY,
)
from tests.crawl.crawling import (
    Left,
    crawl,
    crawled,
    genbun,
)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--since", "yesterday"], ["--since", "'yesterday'", "YYYY-MM-DD"]),
        (["--until", "2024-02-30\x1b[31m"], ["--until", r"\x1b", "YYYY-MM-DD"]),
        (["--since", "2024-02-02", "--until", "2024-02-01"], ["2024-02-02", "later", "2024-02-01"]),
        (["--limit", "many"], ["--limit", "'many'", "1 or more"]),
        (["--url", "the front page"], ["--url", "'the'", "http"]),
        (["--url", "https://herald.example/a\x01b/"], ["--url", r"\x01", "http"]),
        (["--url", "https://elsewhere.example/a/"], ["--url", "elsewhere.example", "herald.example"]),
        (["--url", "https://shimbun.example/article/1/"], ["shimbun.example", "not a host of example_herald"]),
        (["--contact", "me@example.org\r\nX-Other: 1"], ["--contact", r"\r\n", "control character", "mail address"]),
        (["--set", "USER_AGENT=a\x7fb"], [r"\x7f", "control character"]),
        (["--set", "nothing"], ["--set", "'nothing'", "NAME=VALUE"]),
        (["--set", "DOWNLOAD_TIMEOT=30"], ["--set", "DOWNLOAD_TIMEOT", "did you mean DOWNLOAD_TIMEOUT"]),
        (["--set", "XYZZY=1"], ["--set", "XYZZY", "scrapy crawl -s"]),
        (["--set", "DOWNLOAD_TIMEOUT=long"], ["DOWNLOAD_TIMEOUT=long", "no number", "60"]),
        (["--delay", "nan"], ["--delay", "nan", "0 to 3600"]),
        (["--concurrency", "0"], ["--concurrency", "0", "1 to 64"]),
        (["--connect-to", "herald.example"], ["--connect-to", "'herald.example'", "HOST=ORIGIN"]),
        (["--connect-to", "herald.example=http://me:secret@x:80"], ["--connect-to", "neither user nor password"]),
        (["--connect-to", "herald.example=ftp://x"], ["--connect-to", "ftp://x", "http://HOST:PORT"]),
        (["--connect-to", "herald.example=http://x:99999"], ["--connect-to", "99999", "no origin"]),
        (["--ca", "/nowhere.pem"], ["--ca", "/nowhere.pem", "PEM"]),
        (["--log", "LOUD"], ["--log", "'LOUD'", "WARNING"]),
        (["--recheck", "sometimes"], ["--recheck", "'sometimes'", "'none'"]),
        (["--delay", "soon"], ["--delay", "'soon'"]),
    ],
)
def test_an_option_that_makes_no_sense(options: list[str], words: list[str], tmp_path: Path) -> None:
    to = tmp_path / "c"
    connect = ["--connect-to", "herald.example=http://127.0.0.1:9"]
    done = genbun("crawl", "example_herald", "--to", str(to), *connect, *options)
    assert done.status == 2, done.err
    said = done.err.splitlines()[-1]
    assert said.startswith("genbun")
    assert [word for word in words if word not in said] == [], said
    assert not to.exists(), "nothing is made before it is known what for"


@pytest.mark.parametrize("name", ["example_heralt", "", "../sankei", "日本\x1b[2J"])
def test_an_unknown_newspaper(name: str, tmp_path: Path) -> None:
    done = genbun("crawl", name, "--to", str(tmp_path / "c"), "--contact", "me@example.org")
    assert done.status == 2
    assert "genbun newspapers" in done.said
    assert "\x1b" not in done.err
    assert not (tmp_path / "c").exists()
    if name:
        assert "japan_forward" in done.said
        assert "example_herald" not in done.said, "the demo's are shown by no list"


def test_a_real_host_wants_a_contact(tmp_path: Path) -> None:
    done = genbun("crawl", "japan_forward", "--to", str(tmp_path / "c"))
    assert done.status == 2
    for word in ("japan-forward.com", "--contact", "GENBUN_CONTACT", "--connect-to"):
        assert word in done.said
    assert not (tmp_path / "c").exists()


def test_another_host_sent_elsewhere_is_no_contact(tmp_path: Path) -> None:
    """Only where the newspaper's own host is given by --connect-to may the contact be missing."""
    connect = ("--connect-to", "www.sankei.com=http://127.0.0.1:9")
    done = genbun("crawl", "japan_forward", "--to", str(tmp_path / "c"), *connect)
    assert (done.status, "--contact" in done.said) == (2, True)


def test_the_command_line_itself(tmp_path: Path) -> None:
    assert genbun().status == 2
    assert genbun("crawl").status == 2
    assert "--to" in genbun("crawl", "example_herald").err
    assert genbun("uncrawl").status == 2


@pytest.mark.parametrize("kind", ["file", "other", "below", "nowhere"])
def test_a_folder_that_is_no_collection(kind: str, tmp_path: Path) -> None:
    to = {"file": tmp_path / "file", "other": tmp_path, "below": tmp_path / "file" / "c", "nowhere": Path("/proc/c")}
    (tmp_path / "file").write_text("a letter", "utf-8")
    connect = ("--connect-to", "herald.example=http://127.0.0.1:9")
    done = genbun("crawl", "example_herald", "--to", str(to[kind]), *connect)
    assert done.status == 2, done.err
    assert str(to[kind]) in done.said
    assert "folder" in done.said
    assert (tmp_path / "file").read_text("utf-8") == "a letter"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("kind", ["missing", "file", "other"])
def test_rebuilding_what_is_no_collection(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    if kind == "file":
        folder.write_text("a letter", "utf-8")
    elif kind == "other":
        folder.mkdir()
    done = genbun("rebuild", str(folder))
    assert done.status == 2
    assert str(folder) in done.said
    assert "genbun crawl" in done.said


def test_rebuilding_into_a_file(press: Press, tmp_path: Path) -> None:
    crawled(press, tmp_path / "c", *ONE_DAY)
    (tmp_path / "file").write_text("a letter", "utf-8")
    done = genbun("rebuild", str(tmp_path / "c"), "--to", str(tmp_path / "file"))
    assert done.status == 2, done.err
    assert str(tmp_path / "file") in done.said
    assert (tmp_path / "file").read_text("utf-8") == "a letter"


def test_rebuilding_from_a_file_that_was_cut_off(press: Press, tmp_path: Path) -> None:
    """What lies before the cut is read; that it is not all is said, and is no 0."""
    left = crawled(press, tmp_path / "c", "--since", "2026-10-09", "--until", "2026-10-14")
    crawled(press, tmp_path / "c", "--since", "2026-11-19", "--until", "2026-11-19")
    whole = left.lines("articles")
    (first, *_) = left.warcs
    first.write_bytes(first.read_bytes()[:-500])
    done = genbun("rebuild", str(tmp_path / "c"), "--to", str(tmp_path / "again"))
    assert done.status == 4, done.err
    assert first.name in done.said
    assert "no whole record" in done.said
    again = Left(tmp_path / "again").lines("articles")
    assert len(again) >= 3
    assert [line for line in again if line not in whole] == []
    crawl_again = crawl(press, tmp_path / "c", *ONE_DAY)
    assert crawl_again.status == 1
    assert first.name in crawl_again.said
    assert "genbun verify" in crawl_again.said


def test_debug_shows_where(tmp_path: Path) -> None:
    done = genbun("crawl", "nobody", "--debug", "--to", str(tmp_path / "c"))
    assert "Traceback" in done.err
