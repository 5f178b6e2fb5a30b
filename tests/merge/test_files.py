"""Files that are the same, parts of each other, or want the same name."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from archives.reader import stored_records
from tests.crawl.crawling import genbun
from tests.merge.conftest import Sources
from tests.merge.merging import (
    archive,
    assert_same,
    collection,
    lines,
    members,
    merge_of,
    merged,
    only_warc,
    put,
    records,
)

Copy = Callable[..., Path]
NAME = "genbun-example_herald-20261124030000-00001.warc.gz"


def renamed(folder: Path, name: str) -> Path:
    only_warc(folder).rename(folder / "archive" / name)
    return folder


def test_three_files_of_one_name(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    """Workers that began in the same second: one file keeps the name, the others get a piece of their digest in it."""
    three = [renamed(copy(one), NAME) for one in (sources.herald, sources.shimbun, sources.later)]
    folder = merged(tmp_path / "at-once", *three)
    files = archive(folder)
    assert set(files.values()) == {digest for one in three for digest in archive(one).values()}
    for name, digest in files.items():
        assert name in (NAME, NAME.replace(".warc.gz", f"-{digest[:8]}.warc.gz"))
    for n, (one, two, third) in enumerate(permutations(three)):
        assert_same(merged(tmp_path / f"left-{n}", merged(tmp_path / f"pair-{n}", one, two), third), folder)
        assert_same(merged(merged(tmp_path / f"grown-{n}", one), two, third), folder)
    assert_same(merged(tmp_path / "again", folder, *three), folder)
    assert genbun("verify", str(folder)).status == 0


def test_the_same_content_under_two_names(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    first, second = renamed(copy(sources.herald, "a"), "b.warc.gz"), renamed(copy(sources.herald, "b"), "a.warc.gz")
    done = merge_of(tmp_path / "merged", first, second)
    assert (done.files, done.same) == (1, 1)
    assert list(archive(tmp_path / "merged")) == ["a.warc.gz"]
    assert_same(merged(first, second), tmp_path / "merged")
    assert_same(merged(second, first), tmp_path / "merged")


@pytest.mark.parametrize("into", [True, False])
def test_a_copy_from_before_the_end(sources: Sources, tmp_path: Path, into: bool) -> None:
    """A collection was copied while a file was written; both copies were closed."""
    whole = only_warc(sources.herald)
    part = collection(tmp_path / "part")
    put(part / "archive" / whole.name, members(whole)[:40])
    target = part if into else tmp_path / "merged"
    done = merge_of(target, part, sources.herald)
    assert (done.files, done.covered) == (1, 1)
    assert archive(target) == archive(sources.herald)
    assert lines(target) == lines(sources.herald)


def test_records_compressed_anew(sources: Sources, tmp_path: Path) -> None:
    """As `warcio recompress` leaves them: not a byte the same, and all of it known."""
    other = collection(tmp_path / "other")
    anew = (gzip.compress(gzip.decompress(member), 9) for member in members(only_warc(sources.herald)))
    put(other / "archive" / "other.warc.gz", anew)
    for n, order in enumerate(permutations((other, sources.herald))):
        done = merge_of(tmp_path / f"{n}", *order)
        assert (done.files, done.covered) == (1, 1)
        found = [record.id for record in records(tmp_path / f"{n}")]
        assert found == [record.id for record in records(sources.herald)]
    assert_same(tmp_path / "0", tmp_path / "1")


def test_a_file_that_shares_some_records(sources: Sources, tmp_path: Path) -> None:
    herald, shimbun = members(only_warc(sources.herald)), members(only_warc(sources.shimbun))
    mixed = collection(tmp_path / "mixed")
    put(mixed / "archive" / "mixed.warc.gz", [*shimbun[:31], *herald[1:61], *shimbun[31:]])
    plain = merged(tmp_path / "plain", sources.herald, sources.shimbun)
    for n, order in enumerate(permutations((mixed, sources.herald))):
        folder = merged(tmp_path / f"{n}", *order)
        ids = [record.id for record in records(folder)]
        assert len(ids) == len(set(ids))
        assert set(ids) == {record.id for record in records(plain)}
        assert (folder / "archive" / "mixed.warc.gz").read_bytes() == b"".join(shimbun)
        assert_same(merged(tmp_path / f"again-{n}", folder, *order), folder)
    assert_same(tmp_path / "0", tmp_path / "1")
    assert_same(merged(mixed, sources.herald), tmp_path / "0")
    assert genbun("verify", str(mixed)).status == 0


def test_a_record_that_is_there_twice_in_one_file(sources: Sources, tmp_path: Path) -> None:
    herald = members(only_warc(sources.herald))
    doubled = collection(tmp_path / "doubled", only_warc(sources.shimbun))
    put(doubled / "archive" / "doubled.warc.gz", [*herald, *herald[30:60]])
    merged(doubled, doubled)
    assert (doubled / "archive" / "doubled.warc.gz").read_bytes() == b"".join(herald)


def test_different_records_of_one_id(sources: Sources, tmp_path: Path) -> None:
    """One of them is false, and a merge cannot tell which."""
    warc = only_warc(sources.herald)
    at = next(n for n, record in enumerate(stored_records(warc)) if record.type == "request")
    changed = members(warc)
    changed[at] = gzip.compress(gzip.decompress(changed[at]).replace(b"GET ", b"GOT "))
    false = collection(tmp_path / "false")
    put(false / "archive" / "false.warc.gz", changed)
    done = genbun("merge", str(sources.herald), str(false), "--to", str(tmp_path / "merged"))
    assert done.status == 4
    assert "false.warc.gz" in done.said
    assert str(warc) in done.said
    assert not (tmp_path / "merged").exists()


def test_a_damaged_file(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    damaged = copy(sources.later)
    with only_warc(damaged).open("r+b") as file:
        file.truncate(only_warc(damaged).stat().st_size - 7)
    target = copy(sources.herald)
    before = archive(target), lines(target)
    done = genbun("merge", str(damaged), str(sources.shimbun), "--to", str(target))
    assert done.status == 4
    assert only_warc(damaged).name in done.said
    assert (archive(target), lines(target)) == before


def test_files_that_nothing_reads(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    source = copy(sources.herald)
    (source / "archive" / "old.warc").write_bytes(b"WARC/1.0\r\n")
    done = genbun("merge", str(source), "--to", str(tmp_path / "merged"))
    assert done.status == 0
    assert "old.warc: is no .warc.gz file" in done.err
    assert lines(tmp_path / "merged") == lines(sources.herald)


def test_what_a_killed_merge_left(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    """Copied files are there, a half one too, and the rest is not made yet."""
    target = copy(sources.herald)
    (target / "archive" / f".{NAME}.new").write_bytes(b"half of")
    warc = only_warc(sources.shimbun)
    (target / "archive" / warc.name).write_bytes(warc.read_bytes())
    merged(target, sources.shimbun, sources.later)
    assert_same(target, merged(tmp_path / "whole", sources.herald, sources.shimbun, sources.later))
