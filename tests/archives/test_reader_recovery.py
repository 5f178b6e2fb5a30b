"""Reading back, and what a killed crawl leaves: a file torn at any byte loses its incomplete record, nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import random
import shutil
import zlib
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.errors import GenbunError
from archives.message import BadMessage
from archives.reader import Stored, TornFile, groups, stored_records
from archives.records import group_of
from archives.recovery import Recovered, close_open_files
from archives.writer import WarcWriter
from tests.archives.exchanges import archive_in, exchange
from tests.archives.warc_bytes import Raw, records


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all that a group may be."""

    async def work() -> Path:
        archive, collection = archive_in(tmp_path_factory.mktemp("written"))
        body = random.Random(1).randbytes(3000)
        silent = exchange("http://a.example/silent")
        silent.head, silent.received, silent.payload, silent.error = None, b"HTTP", b"", "ConnectionFailed: closed"
        await archive.keep(exchange("http://a.example/1", "社説".encode() * 700, notes=(("class", "editorial"),)))
        archive.note("http://a.example/never", (("outcome", "skipped"), ("reason", "outside_hosts")))
        await archive.keep(silent)
        await archive.keep(exchange("http://a.example/2.png", body, fields="Content-Type: image/png\r\n", at=1))
        await archive.keep(exchange("http://a.example/2.png", body, fields="X-Now: 2\r\n", at=2))
        await archive.keep(exchange("http://a.example/3", b"", status=404, at=3, notes=(("a", ": "), ("b", ""))))
        await archive.close()
        archive.journal.close()
        return collection.warcs()[0]

    return asyncio.run(work())


@pytest.fixture(scope="module")
def whole(written: Path) -> list[Raw]:
    """Its records."""
    return records(written)


def test_records_are_read_back_as_they_lie_there(written: Path, whole: list[Raw]) -> None:
    read = list(stored_records(written))
    assert len(read) == len(whole)
    for one, raw in zip(read, whole, strict=True):
        assert (one.type, one.id, one.url) == (raw.type, raw.get("WARC-Record-ID"), raw.url)
        assert (one.date, one.truncated) == (raw.get("WARC-Date"), raw.get("WARC-Truncated"))
        assert (one.block, one.offset, one.length, one.warc) == (raw.block, raw.offset, raw.length, written.name)


def test_groups_are_the_exchanges_in_order(written: Path, whole: list[Raw]) -> None:
    found = list(groups(written))
    assert [(group.answer and group.answer.type, group.first.url) for group in found] == [
        ("response", "http://a.example/1"),
        (None, "http://a.example/never"),
        (None, "http://a.example/silent"),
        ("response", "http://a.example/2.png"),
        ("revisit", "http://a.example/2.png"),
        ("response", "http://a.example/3"),
    ]
    first, never, silent, image, again, last = found
    assert first.note("class") == "editorial"
    assert first.message().body() == "社説".encode() * 700
    assert (never.note("outcome"), never.note("reason"), never.note("x")) == ("skipped", "outside_hosts", None)
    assert silent.note("error") == "ConnectionFailed: closed"
    for group in (never, silent):
        assert group.capture(200) is None
        with pytest.raises(BadMessage):
            group.message()
    capture = image.capture(200)
    assert capture is not None
    raw = next(one for one in whole if one.get("WARC-Record-ID") == capture.record_id)
    assert (capture.offset, capture.length, capture.warc) == (raw.offset, raw.length, f"archive/{written.name}")
    assert capture.payload_digest == raw.get("WARC-Payload-Digest")
    assert again.answer is not None
    assert again.answer.headers["warc-refers-to"] == capture.record_id
    assert again.message().head.get(b"x-now") == b"2"
    assert last.notes[:2] == (("a", ": "), ("b", ""))
    for group in found:
        assert group.metadata is not None
        assert group.metadata.url == group.first.url


def torn(path: Path, into: Path, cut: int) -> Collection:
    """A collection whose one file was left open, `cut` bytes long."""
    collection = Collection(into)
    collection.create()
    (collection.archive / (path.name + ".open")).write_bytes(path.read_bytes()[:cut])
    return collection


def until_torn(path: Path) -> tuple[list[Stored], int]:
    """The records that are read before the file is said to be torn, and where."""
    read: list[Stored] = []
    try:
        read.extend(stored_records(path))
    except TornFile as torn:
        return read, torn.offset
    pytest.fail(f"{path.name} was read to its end")


def cuts(whole: list[Raw]) -> list[int]:
    """Every byte of the last group's small records, some of the others; each record's ends and their neighbours."""
    ends = [one.offset + one.length for one in whole]
    near = {end + n for end in [0, *ends] for n in (-9, -8, -1, 0, 1, 2, 10)}
    every = {*range(ends[-4], ends[-1] + 1, 5), *range(0, ends[-1], 199), *near}
    return sorted(cut for cut in every if 0 <= cut <= ends[-1])


def test_a_file_torn_at_any_byte_loses_only_what_is_incomplete(
    written: Path, whole: list[Raw], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # some hundred files
    data = written.read_bytes()
    for cut in cuts(whole):
        keep = [one for one in whole if one.offset + one.length <= cut]
        end = keep[-1].offset + keep[-1].length if keep else 0
        collection = torn(written, tmp_path / "c", cut)
        [path] = collection.warcs()
        if end == cut:
            assert [one.id for one in stored_records(path)] == [one.get("WARC-Record-ID") for one in keep]
        else:
            read, offset = until_torn(path)
            assert [one.id for one in read] == [one.get("WARC-Record-ID") for one in keep]
            assert offset == end
        assert list(close_open_files(collection)) == [Recovered(written.name, len(keep), cut - end)]
        if keep:
            [final] = collection.warcs()
            assert final.name == written.name
            assert final.read_bytes() == data[:end]
        else:
            assert collection.warcs() == []
        assert list(close_open_files(collection)) == []
        shutil.rmtree(collection.path)


@pytest.mark.parametrize("tail", [b"\0" * 5000, b"\x1f\x8b\x08\x00\x00", b"WARC/1.1\r\n", b"\x1f\x8b" + b"\xff" * 400])
def test_a_tail_that_is_no_record_is_cut(written: Path, tmp_path: Path, tail: bytes) -> None:
    data = written.read_bytes()
    collection = torn(written, tmp_path / "c", len(data))
    [path] = collection.warcs()
    path.write_bytes(data + tail)
    [said] = close_open_files(collection)
    assert (said.cut, (collection.archive / written.name).read_bytes()) == (len(tail), data)


@pytest.mark.parametrize(
    "record",
    [
        b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 9\r\n\r\nhello\r\n\r\n",
        b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 4\r\n\r\nhello\r\n\r\n",
        b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 5\r\n\r\nhello",
        b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: x\r\n\r\nhello\r\n\r\n",
        b"WARC/1.1\r\nWARC-Type: metadata\r\n\r\nhello\r\n\r\n",
        b"hello",
        b"",
    ],
)
def test_a_member_that_holds_no_whole_record_is_none(written: Path, tmp_path: Path, record: bytes) -> None:
    path, data = tmp_path / "odd.warc.gz", written.read_bytes()
    path.write_bytes(data + gzip.compress(record, mtime=0))
    read, offset = until_torn(path)
    assert (len(read), offset) == (len(list(stored_records(written))), len(data))


def test_damage_inside_a_file_is_told_and_never_read_over(written: Path, whole: list[Raw], tmp_path: Path) -> None:
    path, data = tmp_path / "damaged.warc.gz", written.read_bytes()
    rng = random.Random(2)
    for _ in range(300):
        one = rng.choice(whole)
        at = one.offset + rng.randrange(10, one.length)  # behind the header, whose time and flags say nothing
        damaged = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
        end = one.offset + one.length
        with contextlib.suppress(zlib.error):
            if zlib.decompress(damaged[one.offset : end], 31) == zlib.decompress(data[one.offset : end], 31):
                continue  # a bit that means nothing: deflate pads its blocks to whole bytes
        path.write_bytes(damaged)
        read, offset = until_torn(path)
        assert offset == one.offset
        before = [raw for raw in whole if raw.offset < one.offset]
        assert [(stored.id, stored.block) for stored in read] == [
            (raw.get("WARC-Record-ID"), raw.block) for raw in before
        ]


def test_a_file_damaged_where_it_was_durable_is_not_cut(tmp_path: Path) -> None:
    async def work() -> Collection:
        archive, collection = archive_in(tmp_path / "c")
        for n in range(3):
            await archive.keep(exchange(f"http://a.example/{n}", at=n))
        archive.journal.close()  # and the process is killed
        return collection

    collection = asyncio.run(work())
    [path] = collection.warcs()
    assert path.name.endswith(".open")
    second = records(path)[4]
    data = bytearray(path.read_bytes())
    data[second.offset + 20] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(GenbunError, match="genbun verify"):
        list(close_open_files(collection))
    assert collection.warcs() == [path]
    assert path.read_bytes() == data


def test_what_was_written_and_never_committed_is_kept(tmp_path: Path) -> None:
    async def work() -> Collection:
        archive, collection = archive_in(tmp_path / "c")
        await archive.keep(exchange("http://a.example/1"))
        archive.writer.append(group_of(exchange("http://a.example/2", at=1), archive.writer.warcinfo_id))
        archive.journal.close()
        return collection

    collection = asyncio.run(work())
    [path] = collection.warcs()
    with path.open("ab") as handle:
        handle.write(path.read_bytes()[:100])
    assert list(close_open_files(collection)) == [Recovered(path.name.removesuffix(".open"), 7, 100)]
    [final] = collection.warcs()
    assert [group.first.url for group in groups(final)] == ["http://a.example/1", "http://a.example/2"]


def test_finished_files_are_left_alone(written: Path, tmp_path: Path) -> None:
    collection = Collection(tmp_path / "c")
    collection.create()
    path = collection.archive / written.name
    path.write_bytes(written.read_bytes()[:-5])
    assert list(close_open_files(collection)) == []
    assert path.read_bytes() == written.read_bytes()[:-5]


def test_an_empty_open_file_goes(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "c")
    collection.create()
    (collection.archive / "x.warc.gz.open").touch()
    assert list(close_open_files(collection)) == [Recovered("x.warc.gz", 0, 0)]
    assert collection.warcs() == []
    writer = WarcWriter(collection.archive, "x", [])
    writer.ensure_open()
    assert [one.records for one in close_open_files(collection)] == [1]
    writer._handle = -1
