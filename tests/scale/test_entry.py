"""What comes back from Redis is believed no more than what a site sends."""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.press import Press
from spiders.frontier.crawl import MOST_LISTING, read_listing_kept
from spiders.frontier.entry import BadEntry, Entry, read_entry
from tests.recovery.crawls import answers
from tests.scale.servers import Server
from tests.scale.workers import KEY, Worker, asked_twice, assert_equals_one_workers, ended, merged

URL = "https://herald.example/a-ferry-too-far/"
GOOD: dict[str, Any] = {"url": URL, "klass": "original", "notes": [["original-of", URL]], "hops": 1}

BAD: dict[str, object] = {
    "no JSON": b"\x80\x04\x95 pickled",
    "no object": b"[]",
    "a field more": {**GOOD, "callback": "on_page"},
    "no address": {"klass": "original"},
    "a file": {**GOOD, "url": "file:///etc/passwd"},
    "another scheme": {**GOOD, "url": "gopher://127.0.0.1:6379/_FLUSHALL"},
    "credentials": {**GOOD, "url": "https://user:secret@herald.example/"},
    "a line end": {**GOOD, "url": "https://herald.example/\r\nHost: evil.example"},
    "a fragment": {**GOOD, "url": URL + "#top"},
    "no port": {**GOOD, "url": "https://herald.example:99999/"},
    "a relative address": {**GOOD, "url": "/etc/"},
    "another class": {**GOOD, "klass": "robots"},
    "a listing": {**GOOD, "klass": "listing"},
    "another note": {**GOOD, "notes": [["outcome", "fetched"]]},
    "half a note": {**GOOD, "notes": [["via"]]},
    "very many notes": {**GOOD, "notes": [["via", URL]] * 65},
    "a long note": {**GOOD, "notes": [["via", "x" * 10_000]]},
    "a number as text": {**GOOD, "hops": "1"},
    "no end of redirects": {**GOOD, "hops": -1},
    "true": {**GOOD, "hops": True},
    "deep": b"[" * 100_000,
    "half a character": b'{"url": "https://herald.example/", "klass": "original", "notes": [["via", "\\ud83d"]]}',
    "large": b'{"url": "' + b"x" * 2_000_000,
}


def data_of(entry: object) -> bytes:
    return entry if isinstance(entry, bytes) else json.dumps(entry).encode()


def test_a_good_one_is_what_it_was() -> None:
    entry = Entry.of(URL, "original", (("original-of", URL), ("redirected-from", URL)), hops=1)
    assert read_entry(entry.dump()) == entry
    assert read_entry(data_of(GOOD)).url == URL


@pytest.mark.parametrize("what", BAD)
def test_bad_ones_are_refused(what: str) -> None:
    with pytest.raises(BadEntry):
        read_entry(data_of(BAD[what]))


@given(
    st.binary(max_size=200) | st.text().map(str.encode) | st.from_type(dict[str, int]).map(json.dumps).map(str.encode)
)
def test_whatever_comes_it_is_an_entry_or_refused(data: bytes) -> None:
    with suppress(BadEntry):
        read_entry(data)


@given(st.text(max_size=9000))
def test_a_note_of_any_characters_can_be_handed_on(text: str) -> None:
    entry = Entry.of(URL, "editorial", (("found", text),))
    assert read_entry(entry.dump()) == entry


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zlib",
        zlib.compress(b"no head"),
        zlib.compress(b'[200, "", 3]\nbody'),
        zlib.compress(b'["200", ""]\nbody'),
        zlib.compress(b'[200, ""]\nbody')[:-6],
        zlib.compress(b'[200, ""]\n' + bytes(MOST_LISTING)),
    ],
    ids=["nothing", "no zlib", "no head", "three", "text", "cut", "a bomb"],
)
def test_a_listing_that_is_none_is_asked_again(data: bytes) -> None:
    assert read_listing_kept(data) is None


def test_hostile_entries_are_thrown_away_and_nothing_is_asked_for_them(
    press: Press, redis: Server, whole: Path, tmp_path: Path
) -> None:
    """Somebody else writes into the streams: what is no entry is counted, and other hosts are not asked."""
    worker = Worker(press, tmp_path / "one", "--frontier", redis.url)
    with redis.client() as client:
        while not client.exists(f"{KEY}:original"):
            assert worker.process.poll() is None
        for entry in BAD.values():
            client.xadd(f"{KEY}:original", {"class": "original", "entry": data_of(entry), "tries": 0})
        client.xadd(f"{KEY}:editorial", {"what": "is this"})
        client.xadd(f"{KEY}:editorial", {"class": "editorial", "entry": data_of(GOOD), "tries": "many"})
        elsewhere = {**GOOD, "url": "http://169.254.169.254/latest/meta-data/"}
        client.xadd(f"{KEY}:original", {"class": "original", "entry": data_of(elsewhere), "tries": 0})
    ended(worker)
    assert worker.receipt["shared"]["strange"] == len(BAD) + 3
    assert "thrown away" in worker.said
    assert asked_twice(press) == {}
    assert not any("169.254" in url for url in answers(tmp_path / "one"))
    assert_equals_one_workers(whole, merged(tmp_path / "merged", tmp_path / "one"))
