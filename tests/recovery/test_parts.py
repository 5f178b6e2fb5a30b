"""Recovery by its parts: what is read again, what is marked, and what a failing disk does to those who wait."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
from pathlib import Path

import pytest

from archives import recovery
from archives.archive import Archive, why_not_written
from archives.collection import Collection
from archives.errors import GenbunError
from archives.journal import Asked, Journal
from archives.reader import groups, stored_records
from archives.recovery import INCOMPLETE, Recovered, close_open_files
from crawler.readings import ReadingStore
from crawler.rebuilding import read_into
from spiders.adopting import adopt
from tests.archives.exchanges import archive_in, exchange


def left_open(tmp_path: Path, count: int, asked: Asked | None = None) -> tuple[Collection, Path]:
    """A collection whose crawl was killed after so many exchanges."""

    async def work() -> Collection:
        archive, collection = archive_in(tmp_path / "c")
        if asked is not None:
            archive.settle(asked)
        for n in range(count):
            await archive.keep(exchange(f"http://a.example/{n}", b"<p>%d" % n * 300, at=n))
        archive.journal.close()
        return collection

    collection = asyncio.run(work())
    [path] = collection.warcs()
    return collection, path


def test_what_the_journal_knows_is_not_read_again_but_for_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection, path = left_open(tmp_path, 8)
    whole = path.read_bytes()
    kept = list(stored_records(path))
    monkeypatch.setattr(recovery, "LOOKED_AT_AGAIN", len(whole) - kept[7].offset)

    def damaged(at: int) -> Path:
        [path] = collection.warcs()
        path = path.rename(path.with_name(path.name.removesuffix(".open") + ".open"))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] + whole[:50])
        return path

    damaged(kept[2].offset + 30)  # is for `genbun verify` to find
    journal = Journal(collection.journal)
    [said] = close_open_files(collection, journal)
    assert said == Recovered(path.name.removesuffix(".open"), len(kept) - 7, 50)
    path = damaged(kept[-2].offset + 30)
    with pytest.raises(GenbunError, match="genbun verify"):
        list(close_open_files(collection, journal))
    path.write_bytes(whole[: kept[-1].offset])
    with pytest.raises(GenbunError, match="though they were once"):
        list(close_open_files(collection, journal))
    journal.close()
    assert collection.warcs() == [path]


@pytest.mark.parametrize("lost", ["request", "metadata"])
@pytest.mark.parametrize("is_known", [True, False])
def test_an_exchange_that_lost_its_last_records_is_kept_and_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str, is_known: bool
) -> None:
    """Where the journal knows what it was for, it counts; else it is kept, and asked for again."""
    url = "http://a.example/2"
    asked = Asked(url, "editorial", notes=(("way", "sitemap"),))
    collection, path = left_open(tmp_path, 3, asked if is_known else None)
    journal, last = Journal(collection.journal), list(stored_records(path))[-3:]
    assert [record.type for record in last] == ["response", "request", "metadata"]
    cut = last[1 if lost == "request" else 2].offset
    with path.open("r+b") as handle:
        handle.truncate(cut + 20)
    journal.db.execute("UPDATE warcs SET size = ?, crawl = 'crawl-1'", (last[0].offset,))
    journal.db.execute("DELETE FROM captures WHERE url = ?", (url,))
    monkeypatch.setattr(recovery, "crawl_of", lambda path: "crawl-1")  # these tests' files do not say it
    said = adopt(collection, journal, ReadingStore(journal.db))
    assert "20 torn bytes cut from its end; its last exchange had lost its last records, and is marked" in said[0]
    [path] = collection.warcs()
    *_, group = groups(path)
    assert group.answer is not None
    assert group.answer.id == last[0].id
    notes = dict(group.notes)
    assert ("request and metadata" in notes[INCOMPLETE]) == (lost == "request")
    assert notes.get("class") == ("editorial" if is_known else None)
    assert notes.get("way") == ("sitemap" if is_known else None)
    row = journal.capture(last[0].id)
    assert row is not None
    assert row.whole == is_known
    assert list(close_open_files(collection, journal)) == []
    again = Journal(tmp_path / "again.sqlite")
    read_into(path, ReadingStore(again.db), again)
    assert again.capture(last[0].id) == row
    journal.close()
    again.close()


def test_a_file_that_cannot_be_closed_fails_all_that_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failed fsync the kernel may say that all is well the next time: nobody may ask it again."""

    async def work(archive: Archive) -> list[object]:
        await archive.keep(exchange("http://a.example/1"))
        archive.writer.max_size = 1

        def fail(handle: int) -> None:
            raise OSError(errno.EIO, "Input/output error")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", fail)
            both = [archive.keep(exchange(f"http://a.example/{n}", at=n)) for n in (2, 3)]
            outcomes = await asyncio.gather(*both, return_exceptions=True)
        calls: list[int] = []
        archive.when_durable(lambda: calls.append(1))
        with pytest.raises(OSError, match="Input/output error"):
            await archive.close()
        assert not calls
        return list(outcomes)

    async def main() -> tuple[list[object], Collection]:
        archive, collection = archive_in(tmp_path / "c")
        outcomes = await work(archive)
        archive.journal.close()
        return outcomes, collection

    outcomes, collection = asyncio.run(main())
    assert all(isinstance(outcome, OSError) for outcome in outcomes)
    [path] = collection.warcs()
    assert path.name.endswith(".open")


def test_torn_bytes_that_cannot_be_cut_off_are_followed_by_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> Collection:
        archive, collection = archive_in(tmp_path / "c")
        await archive.keep(exchange("http://a.example/1"))
        real = os.write

        def half(handle: int, data: bytes) -> int:
            if len(data) < 100:
                raise OSError(errno.EIO, "Input/output error")
            return real(handle, bytes(data)[:-50])

        def fail(*_: object) -> None:
            raise OSError(errno.EIO, "Input/output error")

        with monkeypatch.context() as patched:
            patched.setattr(os, "write", half)
            patched.setattr(os, "ftruncate", fail)
            with pytest.raises(OSError, match="Input/output error"):
                await archive.keep(exchange("http://a.example/2", at=2))
        with pytest.raises(OSError, match="an earlier commit failed"):
            await archive.keep(exchange("http://a.example/3", at=3))
        with pytest.raises(OSError, match="Input/output error"):
            await archive.close()
        archive.journal.close()
        return collection

    collection = asyncio.run(work())
    journal = Journal(collection.journal)
    [said] = close_open_files(collection, journal)
    journal.close()
    assert said.cut > 0
    [path] = collection.warcs()
    assert {record.url for record in stored_records(path) if record.type == "response"} >= {"http://a.example/1"}
    assert "http://a.example/3" not in {record.url for record in stored_records(path)}


def test_a_fact_is_told_once_it_is_durable(tmp_path: Path) -> None:
    async def work() -> list[str]:
        archive, _ = archive_in(tmp_path / "c")
        told: list[str] = []
        archive.note("http://a.example/", (("outcome", "refused"),))
        archive.when_durable(lambda: told.append("first"))
        assert not told
        await archive.durable()
        assert told == ["first"]
        archive.when_durable(lambda: told.append("second"))
        await archive.close()
        archive.journal.close()
        return told

    assert asyncio.run(work()) == ["first", "second"]


def full() -> sqlite3.Error:
    """What SQLite raises when it may take no page more."""
    db = sqlite3.connect(":memory:")
    db.executescript("CREATE TABLE t (x); PRAGMA max_page_count=3;")
    try:
        db.execute("INSERT INTO t VALUES (zeroblob(100000))")
    except sqlite3.Error as error:
        return error
    finally:
        db.close()
    raise AssertionError("it took all")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), ("No space left on device", "make room on its disk")),
        (OSError(errno.EROFS, "Read-only file system"), ("Read-only file system", "make it writable")),
        (OSError(errno.EFBIG, "File too large"), ("File too large", "ulimit -f")),
        (OSError(errno.EIO, "Input/output error"), ("Input/output error", "dmesg")),
        (full(), ("database or disk is full", "make room on its disk")),
    ],
)
def test_why_it_could_not_be_written(error: Exception, words: tuple[str, ...]) -> None:
    later = OSError(f"an earlier commit failed: {error}")
    later.__cause__ = error
    for one in (error, later):
        said = why_not_written(Path("/data/c"), one)
        assert said.startswith("/data/c: cannot be written to: ")
        assert all(word in said for word in words)
        assert said.endswith("and run it again")
        assert "Errno" not in said
