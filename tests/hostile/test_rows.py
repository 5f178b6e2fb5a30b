"""Every row of the misbehaving press, met by a real crawl: nothing is lost, nothing hangs, no one gets in."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.models import Article
from crawler.newspapers import parse_page
from crawler.press import demo
from crawler.press.addresses import HOSTS
from tests.conftest import ROOT
from tests.crawl.crawling import Done, Left, assert_balanced, environment
from tests.hostile.certificates import Authority
from tests.hostile.looking import exchanges, in_words, line, outcomes
from tests.hostile.press import PUBLIC, Hello, HostilePress
from tests.hostile.row import OTHERS, VICTIM, WINDOW, Row
from tests.hostile.rows import ROWS

QUICK = ("--delay", "0", "--set", "DOWNLOAD_TIMEOUT=2", "--set", "RETRY_TIMES=1")
MOST_SECONDS = 60  # on however busy a machine: waits for answers that never come are bounded, too
CASES = [pytest.param(row, id=f"{row.at}: {row.what}") for rows in ROWS.values() for row in rows]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "ca.pem")


@pytest.mark.parametrize("row", CASES)
def test_a_crawl_meets(
    row: Row, tmp_path: Path, authority: Authority, record_property: Callable[[str, object], None]
) -> None:
    contexts: list[ssl.SSLContext] = authority.contexts(row)
    hello: Hello = "cut" if row.door == "cut" else "tls"
    with HostilePress(row.url, row.play, contexts, hello, everywhere=row.everywhere) as press:
        ran = crawl(press, row, tmp_path, authority)
        left = Left(tmp_path / "c")
        record_property("seconds", round(ran.seconds, 1))
        record_property("cpu", round(ran.cpu, 1))
        record_property("mb", ran.mb)
        assert ran.done.status == row.exit, ran.done.err
        assert row.says in ran.done.said
        assert_kept(row, left, press)
        assert_said(row, left, press)
        assert_others(row, left)
        assert_nobody_else(press)
        assert_left_alone(row, press)
    assert ran.cpu <= row.seconds
    assert ran.seconds <= MOST_SECONDS
    assert ran.mb <= row.mb
    assert_sound(ran, left)


@dataclass(frozen=True, slots=True)
class Ran:
    """A crawl that has ended, and what it took."""

    done: Done
    seconds: float
    cpu: float
    mb: int
    verified: int
    verify_mb: int


def crawl(press: HostilePress, row: Row, folder: Path, authority: Authority) -> Ran:
    """A crawl of four editorials, their originals, and all that those need; that it shows no traceback is asserted."""
    origins = dict.fromkeys(HOSTS, f"http://127.0.0.1:{press.port}")
    if row.door:
        origins[row.host] = "https://127.0.0.1:1" if row.door == "nobody" else f"https://{PUBLIC}:{press.tls_port}"
    if row.names:
        del origins[row.host]
    options = [word for host, origin in origins.items() for word in ("--connect-to", f"{host}={origin}")]
    if row.names:
        options += ["--contact", "archivist@example.org"]
    if row.door or row.names:
        options += ["--ca", str(authority.path)]
    if row.pause:
        options += ["--delay", "0.1"]  # what is on the wire already when the answer comes cannot be called back
    to = folder / "c"
    plan = {
        "names": {row.host: row.names.answers} if row.names else {},
        "public": row.names.public if row.names else (),
        "door": [PUBLIC, press.tls_port],
        "collection": str(to),
        "figures": str(folder / "figures"),
        "verified": str(folder / "verified"),
    }
    arguments = ["crawl", "example_herald", "--to", str(to), *WINDOW, *QUICK, *options]
    command = [sys.executable, "-m", "tests.hostile.measured", json.dumps(plan), *arguments]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment(), timeout=90)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in out + err, err
    figures = [json.loads((folder / name).read_text()) for name in ("figures", "verified")]
    return Ran(Done(done.returncode, out, err), **figures[0], **figures[1])


def assert_kept(row: Row, left: Left, press: HostilePress) -> None:
    """The WARC holds each exchange as the row says, and of each answer the very bytes that were sent."""
    kept = exchanges(left, row.url)
    assert in_words(kept) == row.kept
    sent = [bytes(one.sent) for one in press.asked(row.url)]
    for one in kept:
        assert any(answer.startswith(one.answer) for answer in sent) or not one.answer
        if not one.cut and not row.surplus:
            assert one.answer in sent


def assert_said(row: Row, left: Left, press: HostilePress) -> None:
    """Each address was settled as the row says, every other one was fetched, and the sum is right."""
    also = {url.format(port=press.port): outcome for url, outcome in row.also.items()}
    expected = {row.url: row.outcome, **also}
    found = outcomes(left)
    if row.rest:
        rest = {url: outcome for url, outcome in found.items() if url.split("/")[2] == row.host and url != row.url}
        assert set(rest.values()) == {row.rest}
        found = {url: outcome for url, outcome in found.items() if url not in rest}
    assert found == {url: outcome for url, outcome in expected.items() if outcome != "fetched"}
    assert_balanced(left)
    assert line(left, row, also) == row.line
    if row.lines:
        way, count = row.lines
        assert left.receipt["discovery"]["lines"].get(way, 0) == count


def assert_others(row: Row, left: Left) -> None:
    """The other editorials are read and paired, and no article says anything but what the newspaper printed."""
    pairs = {url: status for url, status in left.statuses().items() if url != VICTIM}
    if row.others == "none":
        assert pairs == {}
    else:
        now = "paired" if row.others == "as ever" else row.others
        assert pairs == {url: now if was == "paired" else was for url, was in OTHERS.items()}
    for article in left.lines("articles"):
        assert (article["headline"], article["text"]) == printed(article["url"])


def printed(url: str) -> tuple[str, str]:
    """Headline and text of a page as an honest press prints it."""
    host, _, path = url.removeprefix("https://").partition("/")
    answer = demo().find(host, f"/{path}", 1)
    assert answer is not None
    read = parse_page(answer.body, url)
    assert isinstance(read, Article)
    return read.headline, read.text


def assert_nobody_else(press: HostilePress) -> None:
    """No host was asked but the newspapers' own, by name, and none was told anything that another had said."""
    assert {one.host for one in press.served} <= set(HOSTS)
    for one in press.served:
        assert not re.search(rb"(?im)^(cookie|authorization|referer):", one.request)


def assert_left_alone(row: Row, press: HostilePress) -> None:
    """After an answer that asked for a pause, the host has had it."""
    if not row.pause:
        return
    for answer in press.asked(row.url):
        if b"\r\nRetry-After: " in answer.sent:
            later = [one.at for one in press.served if one.host == row.host and one.at > answer.ended_at]
            assert all(at - answer.ended_at >= row.pause for at in later), "the host was asked within the pause"


def assert_sound(ran: Ran, left: Left) -> None:
    """`genbun verify` has nothing against it, at no more cost, and warcio reads every record, heads parsed and not."""
    assert ran.verified == 0, ran.done.out
    assert ran.verify_mb <= 300
    for as_it_is in (True, False):
        assert len(list(read_by_warcio(left, as_it_is=as_it_is))) == sum(1 for _ in left.records())


def read_by_warcio(left: Left, *, as_it_is: bool) -> Iterator[str]:
    for path in left.warcs:
        with path.open("rb") as handle:
            for record in ArchiveIterator(handle, no_record_parse=as_it_is):
                record.raw_stream.read()
                yield record.rec_type
