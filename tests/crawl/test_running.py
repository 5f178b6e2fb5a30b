"""A crawl while it runs: alone in its collection, stopped in order, at the pace of a guest, and the same by Scrapy."""

from __future__ import annotations

import datetime as dt
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.press import Answer, Press, Raw, Served, cases, demo, scaled
from crawler.press.addresses import HERALD, SHIMBUN
from tests.conftest import ROOT
from tests.crawl.crawling import (
    GENBUN,
    KINDS,
    Left,
    assert_balanced,
    assert_same_lines,
    connected,
    crawl,
    crawled,
    environment,
    genbun,
    rebuilt,
)

pytestmark = pytest.mark.xdist_group("crawl-running")

ONE_DAY = ("--since", "2026-10-14", "--until", "2026-10-14")  # one editorial
STATUSES = {case.url: case.status for case in cases() if case.status}


@contextmanager
def begun(press: Press, to: Path, *more: str, delay: float = 0) -> Iterator[subprocess.Popen[str]]:
    """A crawl that has begun; whatever becomes of the test, it ends."""
    command = [*GENBUN, "crawl", "example_herald", "--to", str(to), "--delay", str(delay), *connected(press), *more]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, env=environment(), start_new_session=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def wait_until_asked(press: Press, count: int) -> None:
    """Wait until the press was asked that often."""
    wait_until(lambda: len(press.exchanges) >= count)


def wait_until(come: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until that is so."""
    end = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


# --- one at a time


def test_one_crawl_at_a_time_in_a_collection(press: Press, tmp_path: Path) -> None:
    to = tmp_path / "c"
    press.latency = 8
    with begun(press, to, "--no-requisites", "--since", "2026-10-09") as running:
        wait_until_asked(press, 1)
        began = time.monotonic()
        for done in (crawl(press, to), genbun("rebuild", str(to)), genbun("demo", "--to", str(to))):
            assert done.status == 5, done.err
            assert f"{to}: in use by another genbun process" in done.err
            assert time.monotonic() - began < 20, "they do not wait"
        elsewhere = genbun("rebuild", str(to), "--to", str(tmp_path / "now"))
        assert elsewhere.status == 0, "reading is free, and sees what is committed"
        assert running.poll() is None, "they ended at once, while the first was at work"
        press.latency = 0
        _, err = running.communicate(timeout=60)
        assert running.returncode == 0, err
    left = Left(to)
    assert len(left.receipts()) == 1
    assert_balanced(left)
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


# --- stopped


@pytest.mark.parametrize(("number", "after"), [(signal.SIGINT, 20), (signal.SIGTERM, 20), (signal.SIGINT, 2)])
def test_stopped_once_it_ends_in_order(press: Press, tmp_path: Path, number: int, after: int) -> None:
    to = tmp_path / "c"
    press.latency = 0.2
    with begun(press, to) as running:
        wait_until_asked(press, after)
        running.send_signal(number)
        sent = time.monotonic()
        out, err = running.communicate(timeout=30)
        took = time.monotonic() - sent
    assert took < 5, f"{took:.1f} s"
    assert running.returncode == 1
    assert "Traceback" not in out + err
    assert "stopped on request" in err
    assert "run it again" in err
    left = Left(to)
    assert_ended_in_order(left, press, tmp_path)
    press.latency = 0
    finished = crawl(press, to)
    assert finished.status == 0, finished.err
    assert left.statuses() == STATUSES
    assert left.receipt["finished"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_aligns_it_leaves_the_rest_for_the_next(tmp_path: Path, number: int) -> None:
    to = tmp_path / "c"
    with Press(scaled(200)) as many:
        with begun(many, to, "--no-requisites", "--no-search") as running:
            wait_until(lambda: aligned(to) > 0, 120)
            os.killpg(running.pid, number)  # as a terminal does, and systemd: to the processes that align, too
            sent = time.monotonic()
            out, err = running.communicate(timeout=60)
            assert time.monotonic() - sent < 10
        assert running.returncode == 1, err
        assert "Traceback" not in out + err
        assert "stopping: pairs that are not aligned yet are left for the next crawl; once more ends it at once" in err
        assert "pairs to align; the next crawl, or `genbun rebuild`, goes on" in err
        left = Left(to)
        done, missing = left.receipt["records"]["aligned"], left.receipt["records"]["alignment"]["left"]
        assert 0 < done < 200 == done + missing
        assert left.receipt["finished"], "every page has come"
        assert f"{missing} left to be aligned" in out
        assert_balanced(left)
        assert len(left.lines("pairs")) == 200
        again = crawl(many, to, "--no-requisites", "--recheck", "none")
    assert again.status == 0, again.err
    assert left.receipt["records"]["alignment"]["computed"] == missing
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


def aligned(to: Path) -> int:
    """How many pairs the journal has aligned."""
    try:
        with closing(sqlite3.connect(f"{(to / 'journal.sqlite').as_uri()}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT COUNT(*) FROM alignments").fetchone()[0])
    except sqlite3.Error:
        return 0


def assert_ended_in_order(left: Left, press: Press, tmp_path: Path) -> None:
    """Receipt written, what was not answered counted, files closed, all that was answered kept and indexed."""
    assert_balanced(left)
    receipt = left.receipt
    assert (receipt["exit"], receipt["finished"], receipt["ended_because"]) == (1, False, "shutdown")
    interrupted = [line for line in left.outcomes if line["reason"] == "interrupted"]
    assert interrupted
    assert {line["outcome"] for line in interrupted} == {"skipped"}
    assert not [path for path in left.warcs if not path.name.endswith(".warc.gz")]
    kept = Counter(record.block for record in left.records() if record.type == "request")
    assert kept == Counter(one.request for one in press.exchanges)
    responses = [record.url for record in left.records() if record.type == "response"]
    assert Counter(json.loads(line.split(" ", 2)[2])["url"] for line in left.index) == Counter(responses)
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


def test_stopped_between_two_attempts_the_cut_page_has_its_line(press: Press, tmp_path: Path) -> None:
    """The first attempt is a record, so its problem line is there, as a rebuild has it."""
    (case,) = (case for case in cases() if case.key == "07-cables")
    path = case.url.removeprefix(f"https://{HERALD}")
    press.instead(HERALD, path, Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n<html>cut"))
    to = tmp_path / "c"
    with begun(press, to, "--no-requisites", "--url", case.url, delay=2) as running:
        wait_until(lambda: any(one.path == path for one in press.exchanges))
        time.sleep(0.5)  # kept by now, and the second attempt waits for its turn
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
    left = Left(to)
    assert [one.path for one in press.exchanges].count(path) == 1
    assert [problem["url"] for problem in left.lines("problems")] == [case.url]
    assert genbun("verify", str(to)).status == 0
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


def test_stopped_it_does_not_wait_for_its_turns(press: Press, tmp_path: Path) -> None:
    """At the default pace sixteen requests wait for theirs: they are dropped, and are not asked."""
    with begun(press, tmp_path / "c", delay=1) as running:
        wait_until_asked(press, 7)
        running.send_signal(signal.SIGINT)
        sent, count = time.monotonic(), len(press.exchanges)
        running.communicate(timeout=30)
        took = time.monotonic() - sent
    assert took < 5, f"{took:.1f} s"
    assert len(press.exchanges) <= count + 3, "one a host may be on its way"
    assert_ended_in_order(Left(tmp_path / "c"), press, tmp_path)


def test_stopped_twice_it_ends_at_once(press: Press, tmp_path: Path) -> None:
    """What was committed is there, and the next crawl takes it up."""
    to = tmp_path / "c"
    press.latency = 0.1
    with begun(press, to, "--no-requisites") as running:
        wait_until_asked(press, 10)  # robots.txt, four listings, and the first editorials
        press.latency = 30
        wait_until_asked(press, 16)
        for _ in range(2):
            running.send_signal(signal.SIGINT)
            time.sleep(0.5)
        running.communicate(timeout=10)
    assert running.returncode != 0
    answered = {f"https://{one.host}{one.path}" for one in press.exchanges[:5]}
    press.latency = 0
    assert crawl(press, to, "--no-requisites").status == 0
    left = Left(to)
    assert not [path for path in left.warcs if not path.name.endswith(".warc.gz")]
    assert {record.url for record in left.records() if record.type == "response"} >= answered
    assert left.statuses() == STATUSES
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


# --- the same by Scrapy


def scrapy(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Scrapy's own command, in the checkout."""
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment(), timeout=60)


def test_scrapy_crawl_leaves_the_same(press: Press, tmp_path: Path) -> None:
    by_genbun = tmp_path / "g"
    assert crawl(press, by_genbun).status == 0
    asked_by_genbun = Counter((one.host, one.path, one.request) for one in press.exchanges)
    press.exchanges.clear()
    by_scrapy = tmp_path / "s"
    connect_to = ",".join(f"{host}={origin}" for host, origin in press.connect_to.items())
    settings = [
        "-s",
        f"COLLECTION={by_scrapy}",
        "-s",
        f"CONNECT_TO={connect_to}",
        "-s",
        "DOWNLOAD_DELAY=0",
        "-s",
        "SEARCH=False",
    ]
    done = scrapy("crawl", "editorials", "-a", "newspaper=example_herald", "-a", "recheck=all", *settings)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert Counter((one.host, one.path, one.request) for one in press.exchanges) == asked_by_genbun
    one, other = Left(by_genbun), Left(by_scrapy)
    for kind in KINDS:
        assert same_everywhere(one.lines(kind)) == same_everywhere(other.lines(kind)), kind
    assert indexed(one) == indexed(other)
    assert layout(one) == layout(other)
    for name in ("arguments", "settings", "versions", "exit", "finished", "classes", "reasons", "discovery", "records"):
        assert same_everywhere(one.receipt[name]) == same_everywhere(other.receipt[name]), name


def same_everywhere(value: Any) -> Any:
    """A line without what differs from crawl to crawl: record ids, dates of capture, places in files."""
    if isinstance(value, list):
        return [same_everywhere(item) for item in value]
    if isinstance(value, dict):
        differs = ("record_id", "captured_at", "warc", "offset", "length", "seconds")
        return {name: same_everywhere(item) for name, item in value.items() if name not in differs}
    return value


def indexed(left: Left) -> list[tuple[str, str, str]]:
    lines = [json.loads(line.split(" ", 2)[2]) for line in left.index]
    return sorted((line["url"], line["status"], line["digest"]) for line in lines)


def layout(left: Left) -> list[str]:
    """The names in a collection, without those that a date is in."""
    names = [str(path.relative_to(left.path)) for path in left.path.rglob("*")]
    return sorted(name for name in names if not name.startswith(("archive/", "crawls/")))


def test_scrapys_arguments_and_settings(press: Press, tmp_path: Path) -> None:
    connect_to = ",".join(f"{host}={origin}" for host, origin in press.connect_to.items())
    arguments = ["newspaper=example_herald", "since=2026-10-12", "until=2026-10-19", "limit=2", "recheck=all"]
    settings = f"COLLECTION={tmp_path / 'c'} CONNECT_TO={connect_to} DOWNLOAD_DELAY=0 REQUISITES=0".split()
    settings.append("CONTACT=me@example.org")
    options = [word for one in arguments for word in ("-a", one)] + [word for one in settings for word in ("-s", one)]
    assert scrapy("crawl", "editorials", *options).returncode == 0
    left = Left(tmp_path / "c")
    assert left.receipt["classes"]["editorial"]["asked"] == 2
    assert left.receipt["classes"]["requisite"]["asked"] == 0
    assert left.receipt["settings"]["contact"] == "me@example.org"


def test_scrapy_without_what_it_needs(press: Press, tmp_path: Path) -> None:
    for options, word in (
        (["-a", "newspaper=example_herald"], "COLLECTION"),
        (["-s", f"COLLECTION={tmp_path / 'c'}"], "-a newspaper=NAME"),
        (["-a", "newspaper=japan_forward", "-s", f"COLLECTION={tmp_path / 'c'}"], "--contact"),
    ):
        done = scrapy("crawl", "editorials", *options)
        assert done.returncode == 1
        assert word in done.stderr
    assert not (tmp_path / "c").exists()


# --- at the pace of a guest


def test_two_requests_to_a_host_lie_apart(press: Press, tmp_path: Path) -> None:
    """Whatever they are for, robots.txt and requisites too; hosts do not wait for each other."""
    delay = 0.2
    assert crawl(press, tmp_path / "c", *ONE_DAY, delay=delay).status == 0
    assert {one.host for one in press.exchanges} == {HERALD, SHIMBUN, f"assets.{HERALD}"}
    sent: dict[str, list[float]] = {}
    for record in Left(tmp_path / "c").records():
        if record.type == "request":
            at = dt.datetime.fromisoformat(record.headers["WARC-Date"]).timestamp()
            sent.setdefault(record.url.split("/")[2], []).append(at)
    for host, times in sent.items():
        assert min(apart(times), default=delay) >= delay - 0.02, f"{host}, as sent"
        arrived = [one.at for one in press.exchanges if one.host == host]
        assert len(arrived) == len(times)
        assert min(apart(arrived), default=delay) >= delay - 0.08, f"{host}, as it arrived"
    everything = sorted(at for times in sent.values() for at in times)
    assert len(everything) > 12
    assert everything[-1] - everything[0] < (len(everything) - 3) * delay, "hosts are asked at the same time"


def apart(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(sorted(times))]


def test_the_crawl_delay_of_robots_txt_is_kept(press: Press, tmp_path: Path) -> None:
    robots = f"User-agent: *\nCrawl-delay: 0.3\nSitemap: https://{HERALD}/sitemap_index.xml\n"
    press.instead(HERALD, "/robots.txt", Answer(robots.encode(), "text/plain"))
    crawled(press, tmp_path / "c", *ONE_DAY)
    times = [one.at for one in press.exchanges if one.host == HERALD and one.path != "/robots.txt"]
    assert len(times) == 5
    assert min(apart(times)) >= 0.3 - 0.08
    shimbun = [one.at for one in press.exchanges if one.host == SHIMBUN]
    assert min(apart(shimbun)) < 0.3, "it is the Herald's wish alone"


def test_a_longer_delay_of_our_own_stays(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, "/robots.txt", Answer(b"User-agent: *\nCrawl-delay: 0.05\n", "text/plain"))
    done = crawl(press, tmp_path / "c", "--no-requisites", "--url", next(iter(STATUSES)), delay=0.3)
    assert done.status == 0
    assert min(apart([one.at for one in press.exchanges if one.host == HERALD])) >= 0.3 - 0.08


@pytest.mark.parametrize(
    ("options", "env", "says"),
    [
        (["--contact", "me@example.org"], {}, "(+mailto:me@example.org)"),
        (["--contact", "https://example.org/bot"], {}, "(+https://example.org/bot)"),
        ([], {"GENBUN_CONTACT": "you@example.org"}, "(+mailto:you@example.org)"),
        (["--contact", "me@example.org"], {"GENBUN_CONTACT": "you@example.org"}, "(+mailto:me@example.org)"),
        ([], {}, ""),
    ],
)
def test_every_request_says_who_asks(
    press: Press, tmp_path: Path, options: list[str], env: dict[str, str], says: str
) -> None:
    url = next(iter(STATUSES))
    arguments = ["crawl", "example_herald", "--to", str(tmp_path / "c"), "--delay", "0", "--url", url]
    done = genbun(*arguments, *connected(press), *options, "--no-requisites", env=env)
    assert done.status == 0, done.err
    assert len(press.exchanges) >= 4
    for one in press.exchanges:
        agent = field(one, "User-Agent")
        assert agent.startswith("Genbun/")
        assert agent.partition(" ")[2] == says
        assert field(one, "Accept-Encoding") == "gzip"
        assert field(one, "Cookie") == field(one, "Referer") == ""
    info = next(record for record in Left(tmp_path / "c").records() if record.type == "warcinfo")
    assert info.notes("http-header-user-agent") == [field(press.exchanges[0], "User-Agent")]
    assert info.notes("robots")[0].startswith("obey")


def field(one: Served, name: str) -> str:
    lines = one.request.decode().split("\r\n")[1:]
    return next((line.partition(": ")[2] for line in lines if line.startswith(f"{name}: ")), "")


# --- what is seen


def test_progress_on_a_terminal(press: Press, tmp_path: Path) -> None:
    press.latency = 0.1
    master, slave = pty.openpty()
    command = [*GENBUN, "crawl", "example_herald", "--to", str(tmp_path / "c"), "--delay", "0", *connected(press)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave, env=environment()) as running:
        os.close(slave)
        shown = read_terminal(master)
        running.communicate(timeout=60)
    os.close(master)
    assert running.returncode == 0
    lines = [line.removeprefix("\x1b[K") for line in shown.split("\r") if line.strip("\x1b[K\n")]
    lines = [line for line in lines if "aligned" not in line]
    assert len(lines) >= 2
    for word in ("editorials", "originals", "MB", "/s", "waiting for"):
        assert word in lines[-1], lines
    assert shown.endswith("\r\x1b[K"), "the terminal's line is left free"


def read_terminal(master: int) -> str:
    parts: list[bytes] = []
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:  # the other end is closed: Linux says EIO
            data = b""
        if not data:
            return b"".join(parts).decode()
        parts.append(data)


@pytest.mark.parametrize("level", ["WARNING", "INFO"])
def test_progress_elsewhere_in_plain_lines(press: Press, tmp_path: Path, level: str) -> None:
    """Every half minute, which a test shortens; whatever the log's level is."""
    press.latency = 0.1
    code = (
        "import sys\nfrom spiders import progress\nprogress.ELSEWHERE = 0.3\n"
        "from crawler.commands.main import main\nsys.exit(main())\n"
    )
    options = ["--no-requisites", "--log", level, "--since", "2026-10-09"]
    command = [sys.executable, "-c", code, "crawl", "example_herald", "--to", str(tmp_path / "c"), "--delay", "0"]
    done = subprocess.run(
        [*command, *connected(press), *options], capture_output=True, text=True, env=environment(), timeout=60
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if "waiting for" in line]
    assert lines
    assert "\x1b" not in done.stderr
    if level == "WARNING":
        others = [line for line in done.stderr.splitlines() if line not in lines]
        assert all(line.endswith(" pairs aligned, sentence by sentence") for line in others), "and nothing else"


def test_the_receipt_on_standard_output(press: Press, tmp_path: Path) -> None:
    done = crawl(press, tmp_path / "c", "--no-requisites", "--json", *ONE_DAY)
    assert (done.status, done.err) == (0, "")
    assert json.loads(done.out) == Left(tmp_path / "c").receipt


def test_the_next_commands_that_are_named_work(tmp_path: Path) -> None:
    with Press(demo()) as press:
        done = crawl(press, tmp_path / "c", "--no-requisites", *ONE_DAY)
    named = [line.partition("#")[0].split() for line in done.out.splitlines() if line.strip().startswith("genbun ")]
    assert [words[1] for words in named] == ["verify", "status"]
    for words in named:
        assert genbun(*words[1:]).status == 0
