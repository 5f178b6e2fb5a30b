"""Writing: names and rotation, groups whole or not at all, the order of commit, and what becomes a revisit."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archives.archive import REVISIT_MIN, Archive, Kept
from archives.collection import Collection
from archives.journal import Asked, CaptureRow, Journal
from archives.records import group_of
from archives.writer import WarcWriter
from tests.archives.exchanges import archive_in, exchange
from tests.archives.warc_bytes import members, records

BODY = b"".join(b"%d " % n for n in range(600))
OTHER = BODY[::-1]


def run(work: Callable[[Archive, Collection], Awaitable[None]], folder: Path, **more: Any) -> Collection:
    """Do some work with a new archive, then close it."""

    async def all_of_it() -> Collection:
        archive, collection = archive_in(folder, **more)
        await work(archive, collection)
        await archive.close()
        archive.journal.close()
        return collection

    return asyncio.run(all_of_it())


def rows(collection: Collection) -> list[tuple[Any, ...]]:
    """What the journal says of captures, in order of date."""
    db = sqlite3.connect(collection.journal)
    try:
        return db.execute("SELECT type, url, warc, offset, length, refers_to FROM captures ORDER BY at").fetchall()
    finally:
        db.close()


# --- files


def test_a_file_is_open_while_it_is_written_and_begins_with_warcinfo(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "genbun-x", [("software", "tests")])
    assert writer.close() is None
    info = writer.ensure_open()
    assert writer.ensure_open() == info
    [path] = tmp_path.iterdir()
    assert re.fullmatch(r"genbun-x-\d{14}-00001\.warc\.gz\.open", path.name)
    places = writer.append(group_of(exchange(), info))
    assert [place.warc for place in places] == [path.name.removesuffix(".open")] * 3
    assert writer.close() == path.name.removesuffix(".open")
    [final] = tmp_path.iterdir()
    assert final.name == writer.name
    first, *group = records(final)
    assert (first.type, first.get("WARC-Filename"), first.get("WARC-Record-ID")) == ("warcinfo", final.name, info)
    assert [(one.offset, one.length) for one in group] == [(place.offset, place.length) for place in places]
    assert not writer.is_open


def test_files_rotate_by_size_and_never_split_a_group(tmp_path: Path) -> None:
    async def work(archive: Archive, collection: Collection) -> None:
        for n in range(20):
            await archive.keep(exchange(f"http://a.example/{n}", os.urandom(1000), at=n))

    collection = run(work, tmp_path / "c", max_size=8_000)
    files = collection.warcs()
    assert len(files) > 2
    assert all(path.name.endswith(".warc.gz") for path in files)
    assert len({path.name for path in files}) == len(files)
    urls: list[str] = []
    for path in files:
        info, *rest = records(path)
        assert path.stat().st_size < 8_000 + 3_000
        assert {one.get("WARC-Warcinfo-ID") for one in rest} == {info.get("WARC-Record-ID")}
        for at in range(0, len(rest), 3):
            assert [one.type for one in rest[at : at + 3]] == ["response", "request", "metadata"]
            assert len({one.url for one in rest[at : at + 3]}) == 1
            urls.append(rest[at].url)
    assert urls == [f"http://a.example/{n}" for n in range(20)]
    journal = Journal(collection.journal)
    assert journal.warcs() == {path.name: (path.stat().st_size, True) for path in files}
    journal.close()
    for _, url, warc, offset, length, _ in rows(collection):
        found = next(one for one in records(collection.archive / warc) if one.offset == offset)
        assert (found.url, found.length, found.type) == (url, length, "response")


def test_files_rotate_by_age(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "x", [])
    writer.ensure_open()
    assert not writer.due()
    writer.max_age *= 0
    assert writer.due()
    writer.close()
    assert not writer.due()


def test_a_file_of_the_same_name_is_never_written_over(tmp_path: Path) -> None:
    for _ in range(20):  # within a second or two, so that names would meet
        one, other = WarcWriter(tmp_path, "x", []), WarcWriter(tmp_path, "x", [])
        for writer in (one, other):
            writer.ensure_open()
        for writer in (one, other):
            writer.close()
    assert len(list(tmp_path.iterdir())) == 40
    for path in tmp_path.iterdir():
        assert records(path)[0].get("WARC-Filename") == path.name


# --- failing disks


class HalfWrites:
    """`os.write` on a disk that fills up: after `room` bytes it writes what fits, and then fails."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.real = os.write

    def __call__(self, handle: int, data: bytes) -> int:
        part = bytes(data)[: self.room]
        if not part:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= len(part)
        return self.real(handle, part)


def test_a_group_that_does_not_fit_leaves_the_file_at_its_last_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = WarcWriter(tmp_path, "x", [])
    info = writer.ensure_open()
    writer.append(group_of(exchange("http://a.example/1"), info))
    [path] = tmp_path.iterdir()
    before = path.read_bytes()
    group = group_of(exchange("http://a.example/2", os.urandom(3000)), info)
    for room in (0, 1, len(group[0].member), sum(len(record.member) for record in group) - 1):
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", HalfWrites(room))
            with pytest.raises(OSError, match="No space left"):
                writer.append(group)
        assert path.read_bytes() == before
        assert writer.size == len(before)
    writer.append(group)
    writer.close()
    assert [one.url for one in records(tmp_path / writer.name)][1::3] == ["http://a.example/1", "http://a.example/2"]


def test_a_file_without_room_for_its_warcinfo_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = WarcWriter(tmp_path, "x", [])
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", HalfWrites(10))
        with pytest.raises(OSError, match="No space left"):
            writer.ensure_open()
    assert list(tmp_path.iterdir()) == []
    assert not writer.is_open
    info = writer.ensure_open()
    writer.append(group_of(exchange(), info))
    writer.close()
    first, *group = records(tmp_path / writer.name)
    assert first.get("WARC-Record-ID") == info
    assert len(group) == 3


def test_an_exchange_that_could_not_be_written_is_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(archive: Archive, collection: Collection) -> None:
        await archive.keep(exchange("http://a.example/1"))
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", HalfWrites(100))
            with pytest.raises(OSError, match="No space left"):
                await archive.keep(exchange("http://a.example/2", at=1))
        await archive.keep(exchange("http://a.example/3", at=2))

    collection = run(work, tmp_path / "c")
    [path] = collection.warcs()
    assert [one.url for one in records(path) if one.type == "response"] == ["http://a.example/1", "http://a.example/3"]
    assert [row[1] for row in rows(collection)] == ["http://a.example/1", "http://a.example/3"]


@pytest.mark.parametrize("what", ["fsync", "journal"])
def test_after_a_failed_commit_nothing_more_is_told_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    async def work() -> Collection:
        archive, collection = archive_in(tmp_path / "c")
        await archive.keep(exchange("http://a.example/1"))

        def fail(*_: object, **__: object) -> None:
            raise OSError(errno.EIO, "Input/output error") if what == "fsync" else sqlite3.OperationalError("disk full")

        with monkeypatch.context() as patched:
            if what == "fsync":
                patched.setattr(os, "fdatasync", fail)
            else:
                patched.setattr(archive.journal, "commit", fail)
            both = [archive.keep(exchange(f"http://a.example/{n}", at=n)) for n in (2, 3)]
            for outcome in await asyncio.gather(*both, return_exceptions=True):
                assert isinstance(outcome, OSError | sqlite3.Error)
        size = archive.writer.size
        with pytest.raises(OSError, match="an earlier commit failed"):
            await archive.keep(exchange("http://a.example/4", at=4))
        assert archive.writer.size == size
        archive.settle(Asked("http://a.example/5", "editorial"))
        with pytest.raises((OSError, sqlite3.Error)):
            await archive.close()
        archive.journal.close()
        return collection

    collection = asyncio.run(work())
    [path] = collection.warcs()
    assert len(records(path)) == 1 + 3 * 3
    journal = Journal(collection.journal)
    [(size, closed)] = journal.warcs().values()
    assert size < path.stat().st_size  # so that the next crawl reads the file anew
    assert not closed
    assert list(journal.asked("crawl-1")) == []
    journal.close()
    assert [row[1] for row in rows(collection)] == ["http://a.example/1"]


# --- the order of commit


def test_nobody_is_told_before_the_bytes_are_durable_and_in_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, events = threading.Event(), list[str]()
    real_sync, real_commit = os.fdatasync, Journal.commit

    def sync(handle: int) -> None:
        gate.wait(10)
        real_sync(handle)
        events.append("durable")

    def commit(self: Journal, captures: Any = (), sizes: Any = None, asked: Any = ()) -> None:
        captures = list(captures)
        for row in captures:
            path = tmp_path / "c" / "archive" / (row.warc + ".open")
            assert row.offset + row.length <= path.stat().st_size
        real_commit(self, captures, sizes, asked)
        events.append(f"journal {len(captures)}")

    async def work(archive: Archive, collection: Collection) -> None:
        async def keep(n: int) -> None:
            await archive.keep(exchange(f"http://a.example/{n}", at=n))
            events.append(f"told {n}")

        first = [asyncio.create_task(keep(n)) for n in (1, 2, 3)]
        await asyncio.sleep(0.05)
        late = asyncio.create_task(keep(4))
        await asyncio.sleep(0.05)
        assert events == []
        assert rows(collection) == []
        gate.set()
        await asyncio.gather(*first, late)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", sync)
        patched.setattr(Journal, "commit", commit)
        run_until_closed = archive_in(tmp_path / "c")

        async def all_of_it() -> None:
            await work(*run_until_closed)

        asyncio.run(all_of_it())
    assert events[:2] == ["durable", "journal 3"]
    assert [event for event in events if event in ("journal 1", "told 4")] == ["journal 1", "told 4"]
    assert events.index("durable", 2) < events.index("journal 1")
    assert [event for event in events if event.startswith("told")] == ["told 1", "told 2", "told 3", "told 4"]


def test_one_that_gives_up_waiting_does_not_end_the_wait_of_others(tmp_path: Path) -> None:
    async def work(archive: Archive, collection: Collection) -> None:
        first, second = (asyncio.create_task(archive.keep(exchange(f"http://a.example/{n}", at=n))) for n in (1, 2))
        await asyncio.sleep(0.01)
        first.cancel()
        kept = await second
        assert kept.capture is not None
        assert first.cancelled()

    collection = run(work, tmp_path / "c", interval=0.05)
    assert len(rows(collection)) == 2


def test_outcomes_are_committed_as_they_were_when_they_were_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(archive: Archive, collection: Collection) -> None:
        asked = Asked("http://a.example/1", "editorial", notes=(("found", 'half \ud800 pair "\u3000"'),))
        archive.settle(asked)
        asked.state, asked.record_id = "failed", "<urn:uuid:not-yet-written>"
        await archive.durable()
        [found] = archive.journal.asked("crawl-1")
        assert (found.state, found.record_id) == ("asked", "")
        assert found.notes == asked.notes
        record = archive.note(asked.url, (*asked.notes, ("outcome", "failed")))
        archive.settle(replace(asked, record_id=record.id))
        await archive.durable()
        [found] = archive.journal.asked("crawl-1")
        assert (found.state, found.record_id) == ("failed", record.id)
        assert archive.journal.sums("crawl-1") == {"editorial": {"failed": 1}}

    collection = run(work, tmp_path / "c")
    [path] = collection.warcs()
    _, noted = records(path)
    assert (noted.type, noted.url) == ("metadata", "http://a.example/1")
    assert noted.notes() == {"found": 'half ? pair "\u3000"', "outcome": "failed"}


def test_an_answerless_exchange_leaves_no_row(tmp_path: Path) -> None:
    async def work(archive: Archive, collection: Collection) -> None:
        one = exchange()
        one.head, one.received, one.payload, one.error = None, b"", b"", "ConnectionFailed: refused"
        assert await archive.keep(one) == Kept(None)

    collection = run(work, tmp_path / "c")
    assert rows(collection) == []
    [path] = collection.warcs()
    assert len(members(path.read_bytes())) == 3


# --- revisits

A, B = "http://a.example/page", "http://a.example/other"


def kinds(folder: Path, *asked: tuple[str, bytes, dict[str, Any]]) -> list[str]:
    """What each exchange becomes, each told durable before the next."""

    async def work(archive: Archive, collection: Collection) -> None:
        for n, (url, body, more) in enumerate(asked):
            any_address = more.pop("any_address", False)
            truncated = more.pop("truncated", None)
            one = exchange(url, body, at=n, **more)
            one.truncated = truncated
            await archive.keep(one, any_address=any_address)

    collection = run(work, folder)
    check_revisits(collection)
    return [row[0] for row in rows(collection)]


def check_revisits(collection: Collection) -> None:
    """Every revisit refers to a response record of the collection with the same payload digest."""
    found = [one for path in collection.warcs() for one in records(path)]
    by_id = {one.get("WARC-Record-ID"): one for one in found}
    for one in found:
        if one.type == "revisit":
            original = by_id[one.get("WARC-Refers-To")]
            assert original.type == "response"
            assert original.get("WARC-Payload-Digest") == one.get("WARC-Payload-Digest")
            assert original.url == one.get("WARC-Refers-To-Target-URI")
            assert original.get("WARC-Date") == one.get("WARC-Refers-To-Date")
            assert (original.get("WARC-Date") or "") <= (one.get("WARC-Date") or "")


def test_what_an_address_gave_last_is_a_revisit(tmp_path: Path) -> None:
    assert kinds(tmp_path / "c", (A, BODY, {}), (A, BODY, {}), (A, BODY, {})) == ["response", "revisit", "revisit"]


def test_a_page_that_goes_back_to_an_earlier_text_is_stored_whole_again(tmp_path: Path) -> None:
    found = kinds(tmp_path / "c", (A, BODY, {}), (A, OTHER, {}), (A, BODY, {}), (A, BODY, {}))
    assert found == ["response", "response", "response", "revisit"]


def test_another_address_is_another_page_unless_any_will_do(tmp_path: Path) -> None:
    anywhere = {"any_address": True}
    assert kinds(tmp_path / "c", (A, BODY, {}), (B, BODY, {})) == ["response", "response"]
    found = kinds(tmp_path / "d", (A, BODY, {}), (B, BODY, {**anywhere}), (B, BODY, {**anywhere}), (B, BODY, {}))
    assert found == ["response", "revisit", "revisit", "revisit"]


@pytest.mark.parametrize(("size", "second"), [(REVISIT_MIN - 1, "response"), (REVISIT_MIN, "revisit")])
def test_short_payloads_are_stored_whole(tmp_path: Path, size: int, second: str) -> None:
    assert kinds(tmp_path / "c", (A, b"x" * size, {}), (A, b"x" * size, {})) == ["response", second]


def test_what_was_cut_off_neither_refers_nor_is_referred_to(tmp_path: Path) -> None:
    cut = {"truncated": "disconnect"}
    assert kinds(tmp_path / "c", (A, BODY, {**cut}), (A, BODY, {})) == ["response", "response"]
    found = kinds(tmp_path / "d", (A, BODY, {}), (A, BODY, {**cut}), (A, BODY, {}))
    assert found == ["response", "response", "revisit"]
    anywhere = {"any_address": True}
    assert kinds(tmp_path / "e", (A, BODY, {**cut}), (B, BODY, {**anywhere})) == ["response", "response"]


def test_another_status_is_no_revisit_and_a_redirect_never(tmp_path: Path) -> None:
    gone: dict[str, Any] = {"status": 410}
    found = kinds(tmp_path / "c", (A, BODY, {}), (A, BODY, {**gone}), (A, BODY, {**gone}), (A, BODY, {}))
    assert found == ["response", "response", "revisit", "response"]
    moved: dict[str, Any] = {"status": 301}
    there, elsewhere = ({**moved, "fields": f"Location: /{n}\r\n"} for n in (1, 2))
    assert kinds(tmp_path / "d", (A, BODY, there), (A, BODY, elsewhere)) == ["response", "response"]


def test_identical_payloads_at_the_same_time_refer_to_the_one_written_first(tmp_path: Path) -> None:
    async def work(archive: Archive, collection: Collection) -> None:
        every = [exchange(f"http://a.example/{n}.png", BODY, at=n) for n in range(5)]
        kept = await asyncio.gather(*(archive.keep(one, any_address=True) for one in every))
        assert len({one.refers_to for one in kept}) == 2  # "" for the first, its id for the others
        last = await archive.keep(exchange("http://a.example/last.png", BODY, at=9), any_address=True)
        assert last.refers_to == kept[0].capture.record_id if kept[0].capture else None
        assert archive._fresh == {}

    collection = run(work, tmp_path / "c", interval=0.02)
    assert [row[0] for row in rows(collection)] == ["response", *["revisit"] * 5]
    check_revisits(collection)


def test_a_304_is_a_revisit_of_the_record_that_was_asked_about_and_is_not_indexed(tmp_path: Path) -> None:
    async def work(archive: Archive, collection: Collection) -> None:
        first = await archive.keep(exchange(A, BODY, fields='ETag: "x"\r\n'))
        assert first.capture is not None
        held = archive.journal.capture(first.capture.record_id)
        assert held is not None
        assert held.etag == '"x"'
        same = await archive.keep(exchange(A, b"", status=304, fields="", at=1), held=held)
        assert same.refers_to == held.record_id
        assert (await archive.keep(exchange(A, BODY, at=2))).refers_to == held.record_id
        assert (await archive.keep(exchange(A, OTHER, at=3), held=held)).refers_to == ""
        assert [line.split()[1] for line in archive.journal.index_lines()] == ["20240229235958", "20240301000000",
                                                                                "20240301000001"]  # fmt: skip

    collection = run(work, tmp_path / "c")
    assert [row[0] for row in rows(collection)] == ["response", "revisit", "revisit", "response"]


def test_the_next_crawl_refers_to_what_an_earlier_one_stored(tmp_path: Path) -> None:
    async def work(archive: Archive, collection: Collection) -> None:
        at = len(rows(collection))
        await archive.keep(exchange(A, BODY, at=at))

    for _ in range(2):
        collection = run(work, tmp_path / "c")
    assert len(collection.warcs()) == 2
    assert [row[0] for row in rows(collection)] == ["response", "revisit"]
    check_revisits(collection)


# --- the journal alone


def row_of(n: int, cdxj: str = "") -> CaptureRow:
    return CaptureRow(f"<{n}>", "response", A, f"2024-01-0{n}", 200, "sha1:X", True, "w.warc.gz", n, 1, "", cdxj)


def test_a_commit_that_fails_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.commit([row_of(1)], {"w.warc.gz": (10, False, "c")})
    broken = replace(row_of(3), url=object())  # type: ignore[arg-type]
    with pytest.raises(sqlite3.Error):
        journal.commit([row_of(2), broken], {"w.warc.gz": (20, True, "c")}, [("c", Asked("http://x/", "listing"))])
    assert journal.warcs() == {"w.warc.gz": (10, False)}
    assert journal.db.execute("SELECT COUNT(*) FROM captures").fetchone() == (1,)
    journal.commit([row_of(2)])
    held = journal.holder_of("sha1:X")
    assert held is not None
    assert held.record_id == "<1>"
    journal.forget_warc("w.warc.gz")
    assert (journal.holder_of("sha1:X"), journal.warcs()) == (None, {})
    journal.close()


def test_index_lines_come_in_byte_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    lines = ["com,b)/ 1 {}\n", "com,B)/ 1 {}\n", "com,a)/~ 1 {}\n", "com,a)/é 1 {}\n", ""]
    journal.commit([row_of(n, line) for n, line in enumerate(lines, 1)])
    assert list(journal.index_lines()) == sorted(filter(None, lines), key=str.encode)
    journal.close()


def test_a_crawl_is_unfinished_until_it_is_ended(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    assert journal.unfinished_crawls("sankei") == []
    journal.begin_crawl("c1", "sankei", "2024-01-01")
    journal.begin_crawl("c2", "sankei", "2024-01-02", resumes="c1")
    journal.begin_crawl("c3", "japan_forward", "2024-01-03")
    assert journal.unfinished_crawls("sankei") == ["c2", "c1"]
    journal.end_crawl("c2", "2024-01-02")
    assert journal.unfinished_crawls("sankei") == []
    assert journal.unfinished_crawls("japan_forward") == ["c3"]
    journal.close()
