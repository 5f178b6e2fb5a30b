"""A small file cut off after each of its bytes: what is whole is read, and nothing of it is ever cut away."""

from __future__ import annotations

from pathlib import Path

import pytest

from archives.collection import Collection
from archives.reader import HELD, Stored, TornFile, record_at, stored_records
from archives.recovery import close_open_files
from tests.archives.warc_bytes import members
from tests.hostile_archives import warcs
from tests.hostile_archives.asking import Asking
from tests.hostile_archives.warcs import INFO, MB, captured, head, http
from tests.verify.test_foreign import by_hand

FILE = by_hand(INFO, *captured(1, http(b"<p>one")), *captured(3, http(b"<p>two")))
ENDS = [sum(map(len, members(FILE)[:count])) for count in range(6)]


def test_the_whole_records_before_the_cut_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    for size in range(len(FILE) + 1):
        path.write_bytes(FILE[:size])
        read: list[Stored] = []
        torn_at = None
        try:
            read.extend(stored_records(path))
        except TornFile as torn:
            torn_at = torn.offset
        whole = [end for end in ENDS if end <= size]
        assert [one.offset + one.length for one in read] == whole[1:]
        assert torn_at == (None if size in ENDS else whole[-1])


def test_an_open_file_loses_its_torn_end_alone(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    collection.create()
    path = collection.archive / "x.warc.gz"
    for size in [*range(0, len(FILE), 7), *(end + more for end in ENDS[1:-1] for more in (-1, 0, 1)), len(FILE)]:
        path.with_name("x.warc.gz.open").write_bytes(FILE[:size])
        whole = max(end for end in ENDS if end <= size)
        (recovered,) = close_open_files(collection)
        assert recovered.cut == size - whole
        assert path.exists() == bool(whole)
        if whole:
            assert path.read_bytes() == FILE[:whole]
            path.unlink()


@pytest.mark.parametrize("size", [ENDS[2] - 1, ENDS[2] + 1, ENDS[3] - 4, len(FILE) - 1])
def test_every_command_says_where(size: int, ask: Asking) -> None:
    (ask.collection / "archive").mkdir(parents=True)
    (ask.collection / "archive" / "x.warc.gz").write_bytes(FILE[:size])
    torn = max(end for end in ENDS if end <= size)
    for command in (
        ["verify"],
        ["verify", "--integrity"],
        ["rebuild"],
        ["merge", "--to", str(ask.outside.parent / "m")],
    ):
        ran = ask.run(*command, str(ask.collection))
        assert ran.status == 4
        assert "x.warc.gz: " in ran.said
        assert f" {torn:,}" in ran.said, ran.said


def test_of_a_large_record_the_beginning_is_held_and_the_rest_is_told_apart(tmp_path: Path) -> None:
    """Two that differ in their last byte alone are not taken for the same when collections are merged."""
    records = []
    for number, last in enumerate((b"\0", b"\1")):
        path, length = tmp_path / f"{number}.warc.gz", 40 * MB + 1
        path.write_bytes(warcs.bomb(40, head("resource", 1, length), last + b"\r\n\r\n"))
        (record,) = stored_records(path)
        assert record == record_at(path, 0, path.stat().st_size)
        assert record.size == length
        assert HELD <= len(record.block) < HELD + MB
        records.append(record)
    assert records[0].block == records[1].block
    assert records[0].beyond != records[1].beyond
