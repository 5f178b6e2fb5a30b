"""Recrawls: what is asked again and how, what becomes a revisit, what a new version, and what is gone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archives.archive import validator
from archives.message import Head, read_response
from archives.reader import Stored
from crawler.press import Answer, Press, Raw, Served, cases, demo
from tests.recovery.crawls import assert_sound, crawl, raw_lines, receipts, records
from tests.recovery.test_clock import assert_revisits_resolve

pytestmark = pytest.mark.xdist_group("recrawl")  # one fixture of three crawls

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
PAIRS = [case for case in cases() if case.kind == "pair"]


def path_of(url: str) -> tuple[str, str]:
    host, _, path = url.removeprefix("https://").partition("/")
    return host, f"/{path}"


def page_of(press: Press, url: str) -> Answer:
    found = press.content.find(*path_of(url), press.edition)
    assert isinstance(found, Answer)
    return found


def replace(press: Press, url: str, old: bytes, new: bytes, **more: Any) -> None:
    """From now on that page says something else."""
    page = page_of(press, url)
    assert old in page.body
    press.instead(*path_of(url), Answer(page.body.replace(old, new), **more))


@dataclass(frozen=True, slots=True)
class Crawled:
    """A collection after several crawls, and what the press was asked in each."""

    folder: Path
    served: list[list[Served]]

    def asked(self, number: int, url: str) -> list[Served]:
        """What was asked of an address in the crawl of that number."""
        return [one for one in self.served[number] if (one.host, one.path) == path_of(url)]

    def kept(self, url: str) -> list[Stored]:
        """Its answers, by date."""
        found = [one for one in records(self.folder) if one.type in ("response", "revisit") and one.url == url]
        return sorted(found, key=lambda one: one.date)

    def versions(self, url: str) -> list[dict[str, Any]]:
        return [line for line in raw_lines(self.folder, "articles") if line["url"] == url]


# What each of these pages does, from crawl to crawl.
STEADY, AROUND, EDITED, BACK, GONE, REFUSED = (case.url for case in PAIRS[:6])
UNCONDITIONAL, HOSTILE, RETURNS = (case.url for case in PAIRS[6:9])
ORIGINAL_GONE = PAIRS[9].original_url or ""
SHORT = "https://herald.example/wp-content/short.css"
PLACE = b"<h1"  # where a headline begins
LONG = b'"' + b"x" * 5000 + b'"'


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Three crawls, of a press that changes between them."""
    folder = tmp_path_factory.mktemp("recrawl") / "c"
    with Press(demo(), latency=0.002) as press:
        served: list[list[Served]] = []
        for prepare in (first_edition, second_edition, third_edition):
            prepare(press)
            before = len(press.exchanges)
            done = crawl(press, folder)
            assert done.returncode == 0, done.stderr
            served.append(press.exchanges[before:])
        yield Crawled(folder, served)


def first_edition(press: Press) -> None:
    body = page_of(press, UNCONDITIONAL).body
    press.instead(*path_of(UNCONDITIONAL), Answer(body, etag=False))
    hostile = page_of(press, HOSTILE).body
    press.instead(*path_of(HOSTILE), with_validators(hostile, LONG, b"Mon, 01 Jan 2024 00:00:00 GMT\x01; x"))


def second_edition(press: Press) -> None:
    replace(press, AROUND, b"</body>", b"<p>Read by 10,482 people today</p></body>")
    headline = headline_of(press, EDITED)
    replace(press, EDITED, headline, headline + b", Again")
    headline = headline_of(press, BACK)
    replace(press, BACK, headline, headline + b" No More")
    press.instead(*path_of(GONE), Answer(b"<h1>Gone</h1>", status=410))
    press.instead(*path_of(REFUSED), Answer(b"<h1>No</h1>", status=403))
    press.instead(*path_of(RETURNS), Answer(b"<h1>Not here</h1>", status=404))
    press.instead(*path_of(ORIGINAL_GONE), Answer(b"<h1>404</h1>", status=404))


def third_edition(press: Press) -> None:
    press.instead(*path_of(BACK))
    press.instead(*path_of(RETURNS))


def with_validators(body: bytes, etag: bytes, modified: bytes) -> Raw:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nETag: %b\r\nLast-Modified: %b\r\n"
    return Raw(head % (etag, modified) + b"Content-Length: %d\r\n\r\n" % len(body) + body, close=False)


def headline_of(press: Press, url: str) -> bytes:
    """The headline as the page's markup has it, wherever it stands."""
    body = page_of(press, url).body
    begin = body.index(b">", body.index(PLACE)) + 1
    return body[begin : body.index(b"</h1>", begin)].strip()


def field(one: Served, name: bytes) -> bytes:
    lines = one.request.split(b"\r\n")
    return b"".join(line.partition(b": ")[2] for line in lines if line.lower().startswith(name.lower() + b": "))


def test_it_asks_by_the_validators_it_was_given(three: Crawled) -> None:
    [first] = three.asked(0, STEADY)
    assert not field(first, b"If-None-Match")
    assert not field(first, b"If-Modified-Since")
    [kept] = [one for one in three.kept(STEADY) if one.type == "response"]
    given = {name: value for name, _, value in (line.partition(b": ") for line in kept.block.split(b"\r\n"))}
    for number in (1, 2):  # the third by what the first was given: a 304 repeats it
        [again] = three.asked(number, STEADY)
        assert field(again, b"If-None-Match") == given[b"ETag"]
        assert field(again, b"If-Modified-Since") == given[b"Last-Modified"]
        assert again.status == 304


def test_a_304_is_kept_as_a_revisit_that_resolves_and_is_not_indexed(three: Crawled) -> None:
    first, *again = three.kept(STEADY)
    assert len(again) == 2
    for one in again:
        assert (one.type, one.headers["warc-profile"]) == ("revisit", NOT_MODIFIED)
        assert one.headers["warc-refers-to"] == first.id  # the record with the bytes, never another revisit
        assert one.headers["warc-refers-to-target-uri"] == STEADY
        assert one.headers["warc-refers-to-date"] == first.date
    stamps = [line.split(" ")[1] for line in index_of(three.folder, STEADY)]
    assert stamps == ["".join(ch for ch in first.date[:19] if ch.isdigit())]


def index_of(folder: Path, url: str) -> list[str]:
    text = (folder / "indexes" / "index.cdxj").read_text("utf-8")
    return [line for line in text.splitlines() if json.loads(line.split(" ", 2)[2])["url"] == url]


def test_every_revisit_resolves(three: Crawled) -> None:
    assert_revisits_resolve(three.folder)
    assert_sound(three.folder)


def test_a_server_that_knows_no_conditions_gives_a_revisit_of_the_same_payload(three: Crawled) -> None:
    first, second, third = three.kept(UNCONDITIONAL)
    assert (first.type, second.type, third.type) == ("response", "revisit", "revisit")
    assert {one.status for number in (1, 2) for one in three.asked(number, UNCONDITIONAL)} == {200}
    for one in (second, third):
        assert one.headers["warc-profile"] == IDENTICAL
        assert one.headers["warc-refers-to"] == first.id
        assert one.headers["warc-payload-digest"] == first.headers["warc-payload-digest"]
    assert len(index_of(three.folder, UNCONDITIONAL)) == 3


def test_validators_that_no_server_would_mean_are_never_sent(three: Crawled) -> None:
    for number in range(3):
        [one] = three.asked(number, HOSTILE)
        assert not field(one, b"If-None-Match")
        assert not field(one, b"If-Modified-Since")
        assert one.status == 200
    assert [one.type for one in three.kept(HOSTILE)] == ["response", "revisit", "revisit"]


HOSTILE_TAGS = ['"a\r\nX-Injected: 1"', '"a\rb"', '"a\nb"', '"a\0b"', '"' + "x" * 300 + '"', '"\u00e9"']


@pytest.mark.parametrize("value", HOSTILE_TAGS)
def test_which_validators_are_taken(value: str) -> None:
    head = Head("HTTP/1.1", 200, b"OK", ((b"ETag", value.encode("latin-1")), (b"Last-Modified", b"yesterday")))
    assert validator(head, b"etag") == ""
    assert validator(head, b"last-modified") == "yesterday"


def test_a_page_changed_outside_its_article_is_kept_and_no_new_version(three: Crawled) -> None:
    first, second, _ = three.kept(AROUND)
    assert second.type == "response"
    assert b"10,482" in read_response(second.block).body(1_000_000)
    [line] = three.versions(AROUND)
    assert line["capture"]["record_id"] == first.id


def test_a_changed_article_is_the_next_version(three: Crawled) -> None:
    one, two = three.versions(EDITED)
    assert (one["version"], two["version"]) == (1, 2)
    assert two["headline"] == one["headline"] + ", Again"
    assert two["capture"]["record_id"] == three.kept(EDITED)[1].id
    assert one["capture"]["record_id"] == three.kept(EDITED)[0].id


def test_a_b_a_are_three_versions_each_with_a_response_record(three: Crawled) -> None:
    lines = three.versions(BACK)
    assert [line["version"] for line in lines] == [1, 2, 3]
    assert lines[0]["headline"] == lines[2]["headline"] != lines[1]["headline"]
    kept = three.kept(BACK)
    assert [one.type for one in kept] == ["response"] * 3
    assert [line["capture"]["record_id"] for line in lines] == [one.id for one in kept]


@pytest.mark.parametrize(("url", "status"), [(GONE, 410), (REFUSED, 403)])
def test_what_is_gone_or_refused_later_is_kept_with_its_date_and_the_article_stays(
    three: Crawled, url: str, status: int
) -> None:
    [line] = three.versions(url)
    assert line["version"] == 1
    first, second, third = three.kept(url)
    assert second.block.startswith(b"HTTP/1.1 %d " % status)
    assert third.date > second.date > first.date
    statuses = [json.loads(line.split(" ", 2)[2])["status"] for line in index_of(three.folder, url)]
    assert statuses[:2] == ["200", str(status)]
    assert url not in {line["url"] for line in raw_lines(three.folder, "problems")}
    notes = [dict(one.notes()) for one in records(three.folder) if one.type == "metadata" and one.url == url]
    outcomes = [note["reason"] for note in notes if "outcome" in note]
    assert outcomes == ([f"status_{status}"] * 2 if status == 403 else [])
    [pair] = [line for line in raw_lines(three.folder, "pairs") if line["translation"]["url"] == url]
    assert pair["status"] == "paired"


def test_what_was_refused_is_an_outcome_of_its_crawl(three: Crawled) -> None:
    by_crawl = [
        {line["url"]: line for line in map(json.loads, (three.folder / "crawls" / f"{one['id']}.outcomes.jsonl")
                                           .read_text("utf-8").splitlines())}
        for one in receipts(three.folder)
    ]  # fmt: skip
    assert [REFUSED in outcomes for outcomes in by_crawl] == [False, True, True]
    assert by_crawl[1][REFUSED]["outcome"] == "refused"
    assert by_crawl[1][REFUSED]["at"] < by_crawl[2][REFUSED]["at"]


def test_an_original_that_goes_away_stays_the_original(three: Crawled) -> None:
    [line] = three.versions(ORIGINAL_GONE)
    [pair] = [line for line in raw_lines(three.folder, "pairs") if line["original_url"] == ORIGINAL_GONE]
    assert pair["status"] == "paired"
    assert pair["original"]["id"] == line["id"]
    assert len(three.kept(ORIGINAL_GONE)) == 3


def test_a_page_that_comes_back_is_asked_without_conditions_and_is_no_new_version(three: Crawled) -> None:
    [again] = three.asked(2, RETURNS)
    assert not field(again, b"If-None-Match")  # a 404 has no validators, and what it said before is not what it says
    assert [one.type for one in three.kept(RETURNS)] == ["response"] * 3
    [line] = three.versions(RETURNS)
    assert line["version"] == 1


def test_nothing_is_asked_twice_in_a_crawl(three: Crawled) -> None:
    for served in three.served:
        asked = Counter((one.host, one.path) for one in served)
        assert set(asked.values()) == {1}


def test_a_payload_shorter_than_the_setting_is_stored_again(tmp_path: Path) -> None:
    with Press(demo(), latency=0.002) as press:
        press.instead(*path_of(STEADY), Answer(page_of(press, STEADY).body, etag=False))
        for minimum in (1, 1, 10_000_000):
            done = crawl(press, tmp_path / "c", "--url", STEADY, "--no-requisites", "--set", f"REVISIT_MIN={minimum}")
            assert done.returncode == 0, done.stderr
    kept = [one.type for one in records(tmp_path / "c") if one.url == STEADY and one.type in ("response", "revisit")]
    assert kept == ["response", "revisit", "response"]
    assert len(raw_lines(tmp_path / "c", "articles")) == 2
    assert_sound(tmp_path / "c")
