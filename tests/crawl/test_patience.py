"""Hosts that say "not now": Retry-After is kept, in the crawl and in the next ones; 429 slows a crawl down."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives.message import Head, parse_head
from archives.pace import Closed, Pace
from archives.retry_after import MOST, not_before, said_in
from crawler.press import Answer, Press, Raw
from crawler.press.addresses import HERALD, SHIMBUN
from tests.crawl.answers import CASES, herald_path, raw, refuse_listings, shimbun_path
from tests.crawl.crawling import Left, assert_balanced, assert_same_lines, crawl, genbun, rebuilt

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
WINDOW = ("--since", "2026-10-09", "--until", "2026-10-19", "--no-requisites")  # four editorials
KEY = "07-cables"
LATER = "06-pipes"  # asked when the originals of others are known already


def not_now(status: int, *after: str) -> Answer:
    """An answer that asks for a rest."""
    return Answer(b"not now\n", "text/plain", status=status, headers=tuple((b"Retry-After", a.encode()) for a in after))


def asked_at(press: Press, key: str) -> list[float]:
    """When an editorial was asked for."""
    return [one.at for one in press.exchanges if one.host == HERALD and one.path == herald_path(key)]


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_rest_is_waited_for(press: Press, tmp_path: Path, status: int) -> None:
    good = press.content.find(HERALD, herald_path(KEY), 1)
    assert good is not None
    press.instead(HERALD, herald_path(KEY), not_now(status, "1"), good)
    assert crawl(press, tmp_path / "c", *WINDOW).status == 0
    left = Left(tmp_path / "c")
    first, second = asked_at(press, KEY)
    assert second - first >= 1
    assert len(left.lines("pairs")) == 4
    assert left.receipt["closed"] == {}
    assert_balanced(left)


def test_a_host_that_answers_429_after_each_rest_is_left_alone(press: Press, tmp_path: Path) -> None:
    find = press.find

    def tired(host: str, target: str) -> Answer | Raw | None:
        return not_now(429, "1") if target.startswith("/editorial-") else find(host, target)

    press.find = tired  # type: ignore[method-assign]  # at every editorial
    done = crawl(press, tmp_path / "c", "--no-requisites", "--concurrency", "1")
    assert done.status == 6
    left = Left(tmp_path / "c")
    assert "herald.example answered 429 after 5 rests in a row" in left.receipt["closed"][HERALD]
    asked = [one for one in press.exchanges if one.path.startswith("/editorial-")]
    assert 5 <= len(asked) <= 10
    assert_balanced(left)


@pytest.mark.parametrize("status", [500, 503])
def test_each_attempt_is_read_though_another_follows(press: Press, tmp_path: Path, status: int) -> None:
    """The soak found it: the line had the first attempt, the archive the second, as the last gave nothing."""
    original = shimbun_path(KEY)
    cut = raw(b"Content-Length: 9000", body=b"<p>so far")
    press.instead(SHIMBUN, original, cut, not_now(status, *(["1"] if status == 503 else [])), Raw(b""), Raw(b""))
    assert crawl(press, tmp_path / "c", *WINDOW).status == 0
    left = Left(tmp_path / "c")
    (problem,) = left.lines("problems")
    assert problem["url"].endswith(original)
    assert problem["capture"]["status"] == status
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


def test_while_one_host_rests_the_other_is_asked(press: Press, tmp_path: Path) -> None:
    """The newspaper's host rests for four seconds; the originals that are known go on meanwhile."""
    good = press.content.find(HERALD, herald_path(LATER), 1)
    assert good is not None
    press.instead(HERALD, herald_path(LATER), not_now(503, "4"), good)
    assert crawl(press, tmp_path / "c", *WINDOW).status == 0
    rests, ends = asked_at(press, LATER)
    assert ends - rests >= 4
    in_between = [one for one in press.exchanges if rests + 0.5 < one.at < ends - 0.5]
    assert not [one for one in in_between if one.host == HERALD]
    assert [one for one in press.exchanges if one.host == SHIMBUN and one.at < ends - 0.5], "the other host had to wait"


def test_a_long_rest_is_kept_in_this_crawl_and_the_next(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, herald_path(KEY), not_now(429, "3600"))
    done = crawl(press, tmp_path / "c", *WINDOW, "--concurrency", "1")
    left = Left(tmp_path / "c")
    asked = len(press.exchanges)
    assert_balanced(left)
    assert len(asked_at(press, KEY)) == 1
    assert "herald.example asks not to be asked before " in left.receipt["closed"][HERALD]
    refused = left.receipt["classes"]["editorial"]["refused"]
    assert done.status == (6 if refused >= 2 else 0)
    for _ in range(2):
        (tmp_path / "c" / "journal.sqlite").unlink()  # the archive alone knows it too
        again = crawl(press, tmp_path / "c", *WINDOW)
        assert again.status == 6
        assert "herald.example asks not to be asked before " in again.said
        assert "(Retry-After, at https://herald.example/" in again.said
        assert not [one for one in press.exchanges[asked:] if one.host == HERALD]
        assert Left(tmp_path / "c").receipt["reasons"]["refused: retry_after"] >= 1
        assert_balanced(Left(tmp_path / "c"))
    assert genbun("verify", str(tmp_path / "c")).status == 0


def test_a_rest_that_is_over_is_over(press: Press, tmp_path: Path) -> None:
    """Longer than we wait for, and over when the next crawl begins: that one takes over what was not asked."""
    press.instead(HERALD, herald_path(KEY), not_now(429, "3"))
    crawl(press, tmp_path / "c", *WINDOW, "--set", "PATIENCE=1")
    assert HERALD in Left(tmp_path / "c").receipt["closed"]
    press.instead(HERALD, herald_path(KEY))
    time.sleep(4.1)  # it is kept to the second, rounded up
    assert crawl(press, tmp_path / "c", *WINDOW).status == 0
    assert len(Left(tmp_path / "c").lines("pairs")) == 4


def test_listings_that_ask_for_a_rest(press: Press, tmp_path: Path) -> None:
    refuse_listings(press, not_now(503, "7200"))
    done = crawl(press, tmp_path / "c", "--no-requisites")
    assert done.status == 6
    assert "Retry-After" in done.said
    assert not any("/wp-json/" in one.path for one in press.exchanges[4:]), "other listings instead, though it rests"
    assert_balanced(Left(tmp_path / "c"))


def test_429_without_a_time_slows_us_down_and_five_end_it(press: Press, tmp_path: Path) -> None:
    for case in CASES.values():
        press.instead(HERALD, case.url.removeprefix(f"https://{HERALD}"), not_now(429))
    done = crawl(press, tmp_path / "c", "--no-requisites", "--concurrency", "1")
    assert done.status == 6
    left = Left(tmp_path / "c")
    times = [one.at for one in press.exchanges if one.status == 429]
    assert len(times) == 5
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps[-1] >= 0.9
    assert gaps == sorted(gaps)
    assert left.receipt["reasons"]["refused: rate_limited"] == left.receipt["classes"]["editorial"]["asked"] - 5
    assert "answered 429 5 times in a row" in left.receipt["closed"][HERALD]
    assert_balanced(left)


def test_each_capture_names_the_robots_txt_in_force(press: Press, tmp_path: Path) -> None:
    assert crawl(press, tmp_path / "c", *WINDOW).status == 0
    records = list(Left(tmp_path / "c").records())
    robots = {r.url.split("/")[2]: r.id for r in records if r.type == "response" and r.url.endswith("/robots.txt")}
    answers = {r.id: r for r in records if r.type == "response"}
    assert set(robots) == {HERALD, SHIMBUN}
    named = 0
    for record in records:
        about = answers.get(record.headers.get("WARC-Concurrent-To", ""))
        if record.type == "metadata" and about is not None and not about.url.endswith("/robots.txt"):
            assert record.notes("robots") == [robots[about.url.split("/")[2]]], about.url
            named += 1
    assert named > 10


# --- the parts


def head(status: int, *values: str) -> Head:
    lines = "".join(f"Retry-After: {value}\r\n" for value in values)
    return parse_head(f"HTTP/1.1 {status} X\r\n{lines}".encode())


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (429, "120", 120), (503, " 5 ", 5), (403, "1", 1), (429, "Tue, 24 Nov 2026 12:01:00 GMT", 60),
        (503, "Tuesday, 24-Nov-26 12:01:00 GMT", 60), (503, "Tue Nov 24 12:01:00 2026", 60),
        (429, "99999999999999999", MOST.total_seconds()), (429, "Fri, 31 Dec 9999 23:59:59 GMT", MOST.total_seconds()),
    ],
)  # fmt: skip
def test_what_a_server_may_say(status: int, value: str, seconds: float) -> None:
    assert not_before(head(status, value), NOW) == NOW + dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "-5",
        "soon",
        "1.5",
        "Tue, 24 Nov 2026 11:59:00 GMT",
        "9" * 400,
        "\u0663",
        "Tue, 99 Nov 2026 12:01:00 GMT",
        "Wed, 21 Oct 99999999999999999999 07:28:00 GMT",
        "Wed, 21 Oct 2026 07:28:00 +9999999999999999999",
    ],
)
def test_what_says_nothing(value: str) -> None:
    bad = parse_head(b"HTTP/1.1 429 X\r\nRetry-After: " + value.encode() + b"\r\n")
    assert not_before(bad, NOW) is None
    assert said_in(bad, "2026-11-24T12:00:00.000001Z") == ""


def test_it_says_something_with_its_statuses_alone() -> None:
    assert not_before(head(302, "120"), NOW) is None
    assert not_before(head(200, "120"), NOW) is None
    assert said_in(head(503, "120"), "2026-11-24T12:00:00.000001Z") == "2026-11-24T12:02:01Z"


@given(st.binary(max_size=60))
def test_whatever_it_says_is_read_or_passed_over(value: bytes) -> None:
    found = not_before(Head("HTTP/1.1", 429, b"", ((b"Retry-After", value),)), NOW)
    assert found is None or NOW < found <= NOW + MOST


def test_a_pace_spaces_rests_and_closes() -> None:
    async def walk() -> list[float]:
        pace, times = Pace(), []
        for _ in range(3):
            await pace.turn(0.05)
            times.append(time.monotonic())
        pace.rest(0.2)
        await pace.turn(0.0)
        times.append(time.monotonic())
        waiting = asyncio.create_task(pace.turn(30))
        await asyncio.sleep(0.01)
        pace.close("retry_after", "not before noon")
        with pytest.raises(Closed, match="noon"):
            await waiting
        return times

    a, b, c, d = asyncio.run(walk())
    assert b - a >= 0.05
    assert c - b >= 0.05
    assert d - c >= 0.2
