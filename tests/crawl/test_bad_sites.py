"""Sites that cannot be had: nobody listens, robots.txt forbids, listings are refused or say nothing."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from crawler.press import Answer, Press, demo
from crawler.press.addresses import HERALD, SHIMBUN
from tests.crawl.answers import (
    CASES,
    FORBIDDEN,
    ONE_DAY,
    SLOW_DOWN,
    herald_path,
    refuse_listings,
)
from tests.crawl.crawling import (
    Left,
    asked,
    assert_balanced,
    assert_same_lines,
    connected,
    crawl,
    genbun,
    posts,
    rebuilt,
)


def nobody_listens() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_an_origin_that_refuses_connections(tmp_path: Path) -> None:
    to, origin = tmp_path / "c", nobody_listens()
    connect = ("--connect-to", f"herald.example={origin}")
    done = genbun("crawl", "example_herald", "--to", str(to), "--delay", "0", *connect)
    assert done.status == 3
    for word in ("herald.example/robots.txt", "refused", "nothing may be asked", origin.removeprefix("http://")):
        assert word in done.said
    left = Left(to)
    assert_balanced(left)
    (line,) = left.outcomes
    assert (line["url"], line["outcome"]) == ("https://herald.example/robots.txt", "failed")
    assert line["reason"] == "connection_refused"
    failed = [record for record in left.records() if record.type == "metadata" and record.notes("error")]
    assert {record.url for record in failed} == {"https://herald.example/robots.txt"}


def test_an_origin_that_never_answers(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        connect = ("--connect-to", f"herald.example=http://127.0.0.1:{silent.getsockname()[1]}")
        quick = ("--set", "DOWNLOAD_TIMEOUT=0.3", "--set", "RETRY_TIMES=1")
        done = genbun("crawl", "example_herald", "--to", str(tmp_path / "c"), "--delay", "0", *connect, *quick)
    assert done.status == 3
    assert "robots.txt" in done.said
    assert "too long" in done.said
    assert_balanced(Left(tmp_path / "c"))


def test_robots_txt_that_is_not_there_allows_all(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, "/robots.txt", Answer(b"none\n", "text/plain", status=404))
    assert crawl(press, tmp_path / "c", *ONE_DAY).status == 0
    assert len(posts(press)) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_robots_txt_that_fails_forbids_all(press: Press, tmp_path: Path, status: int) -> None:
    press.instead(HERALD, "/robots.txt", Answer(b"oh\n", "text/plain", status=status))
    done = crawl(press, tmp_path / "c", *ONE_DAY)
    assert done.status == 3
    assert f"robots.txt answered {status}" in done.said
    assert set(asked(press, HERALD)) == {"/robots.txt"}
    assert_balanced(Left(tmp_path / "c"))


def test_robots_txt_that_goes_in_circles_forbids_all(press: Press, tmp_path: Path) -> None:
    circle = Answer(b"", status=302, headers=((b"Location", b"/robots.txt"),), compress=False)
    press.instead(HERALD, "/robots.txt", circle)
    done = crawl(press, tmp_path / "c", *ONE_DAY)
    assert done.status == 3
    assert set(asked(press, HERALD)) == {"/robots.txt"}


def test_the_originals_robots_txt_that_fails_forbids_the_originals(press: Press, tmp_path: Path) -> None:
    press.instead(SHIMBUN, "/robots.txt", Answer(b"oh\n", "text/plain", status=500))
    assert crawl(press, tmp_path / "c", *ONE_DAY).status == 0
    left = Left(tmp_path / "c")
    assert set(asked(press, SHIMBUN)) == {"/robots.txt"}
    assert list(left.statuses().values()) == ["refused"]
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


def test_robots_txt_that_forbids_all(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, "/robots.txt", Answer(b"User-agent: Genbun\nDisallow: /\n", "text/plain"))
    done = crawl(press, tmp_path / "c", *ONE_DAY)
    assert done.status == 6
    assert "refused its listings (robots)" in done.said
    assert asked(press, HERALD) == ["/robots.txt"]


@pytest.mark.parametrize("answer", [FORBIDDEN, SLOW_DOWN], ids=["403", "429"])
def test_listings_that_are_refused(press: Press, tmp_path: Path, answer: Answer) -> None:
    refuse_listings(press, answer)
    done = crawl(press, tmp_path / "c", "--since", "2026-10-14", "--no-requisites")
    assert done.status == 6
    assert f"refused its listings (status_{answer.status})" in done.said
    receipt = Left(tmp_path / "c").receipt
    assert (receipt["exit"], receipt["finished"]) == (6, False)
    assert_balanced(Left(tmp_path / "c"))


def test_half_of_the_editorials_refused(press: Press, tmp_path: Path) -> None:
    """What came is kept and becomes lines; the crawl is not finished."""
    for key in ("07-cables", "06-pipes"):
        press.instead(HERALD, herald_path(key), SLOW_DOWN)
    window = ("--since", "2026-10-09", "--until", "2026-10-19", "--no-requisites")  # four editorials
    done = crawl(press, tmp_path / "c", *window)
    assert done.status == 6
    assert "herald.example refused 2 of 4 editorials asked (status_429)" in done.said
    left = Left(tmp_path / "c")
    assert_balanced(left)
    assert len(left.lines("pairs")) == 2
    assert not left.receipt["finished"]
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))
    assert len(posts(press)) == 8, "each of the two was asked twice more, when its second of rest was over"


def test_fewer_than_half_refused_is_an_outcome(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, herald_path("07-cables"), FORBIDDEN)
    window = ("--since", "2026-10-12", "--until", "2026-10-19", "--no-requisites")  # three editorials
    assert crawl(press, tmp_path / "c", *window).status == 0
    assert Left(tmp_path / "c").problem(CASES["07-cables"].url)["detail"] == "403 Forbidden"


def test_an_address_given_by_hand_that_is_refused(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, herald_path("07-cables"), FORBIDDEN)
    done = crawl(press, tmp_path / "c", "--url", CASES["07-cables"].url)
    assert done.status == 6
    assert "refused 1 of 1 editorials asked (status_403)" in done.said


@pytest.mark.parametrize("body", [b"", b"<html><body>Under construction", b"\x00\xff\xfe"])
def test_listings_that_name_no_editorial(tmp_path: Path, body: bytes) -> None:
    with Press(demo()) as press:
        refuse_listings(press, Answer(body))
        done = crawl(press, tmp_path / "c", "--since", "2026-11-01", "--no-requisites")
    assert done.status == 3
    assert "herald.example named no editorial" in done.said
    assert "still look the same" in done.said
    assert Left(tmp_path / "c").receipt["finished"]


def test_listings_that_fail(press: Press, tmp_path: Path) -> None:
    refuse_listings(press, Answer(b"", status=502))
    done = crawl(press, tmp_path / "c", "--since", "2026-11-01", "--no-requisites", "--set", "RETRY_TIMES=0")
    assert done.status == 3
    assert "no listing of herald.example answered" in done.said


def test_hosts_that_are_not_mapped_are_not_asked(press: Press, tmp_path: Path) -> None:
    """With any --connect-to and no contact, the others are the real web: skipped."""
    to, options = tmp_path / "c", connected(press, ["herald.example"])
    done = genbun("crawl", "example_herald", "--to", str(to), "--delay", "0", *ONE_DAY[:4], *options)
    assert done.status == 0, done.err
    left = Left(to)
    assert_balanced(left)
    reasons = {(line["url"].split("/")[2], line["reason"]) for line in left.outcomes}
    assert reasons == {("shimbun.example", "not_mapped"), ("assets.herald.example", "not_mapped")}
    assert {one.host for one in press.exchanges} == {"herald.example"}
    assert list(left.statuses().values()) == ["not_captured"]
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))
