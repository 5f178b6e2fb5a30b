"""A WARC file that is read in parts by several processes: the same is found as in one go, whatever was harmed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.verify import parts
from archives.verify.archive import Totals, verify_integrity
from archives.verify.finding import Findings
from archives.verify.parts import parts_of
from crawler.verifying.collection import verify
from tests.verify.harm import warcs

PART = 20_000


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 20 kB: the processes are forked, so that they see it too."""
    monkeypatch.setattr(parts, "LEAST", PART)
    monkeypatch.setattr("archives.verify.files.part_size", lambda *_: PART)


def found(check: Callable[..., Totals], folder: Path, tmp: Path, jobs: int) -> tuple[list[str], Totals]:
    """What a check finds with so many processes."""
    findings = Findings()
    scratch = tmp / f"{check.__name__}-{jobs}"
    scratch.mkdir()
    totals = check(Collection(folder), scratch, findings, jobs)
    return [str(finding) for finding in findings], totals


def assert_same(folder: Path, tmp: Path) -> list[str]:
    """Both checks find the same with one process and with two; returns what the whole one found."""
    assert found(verify_integrity, folder, tmp, 1) == found(verify_integrity, folder, tmp, 2)
    whole = found(verify, folder, tmp, 1)
    assert whole == found(verify, folder, tmp, 2)
    return whole[0]


def test_the_parts_of_a_file_are_whole_exchanges_and_all_of_it(collection: Path) -> None:
    (path, *_) = warcs(collection)
    data = path.read_bytes()
    spans = parts_of(path, PART)
    assert len(spans) > 3
    assert b"".join(data[begin:end] for begin, end in spans) == data
    for begin, end in spans[1:]:
        head = gzip.decompress(data[begin:end])[:1000].partition(b"\r\n\r\n")[0]
        assert head.startswith(b"WARC/1.1\r\n")
        assert b"WARC-Type: response" in head or b"WARC-Type: revisit" in head


def test_a_sound_collection_has_no_findings(collection: Path, tmp_path: Path) -> None:
    assert assert_same(collection, tmp_path) == []


@pytest.mark.parametrize("where", [0.02, 0.3, 0.5, 0.77, 0.99])
def test_one_wrong_byte_is_found_wherever_it_lies(collection: Path, tmp_path: Path, where: float) -> None:
    (path, *_) = warcs(collection)
    data = bytearray(path.read_bytes())
    data[int(len(data) * where)] ^= 0xFF
    path.write_bytes(data)
    assert assert_same(collection, tmp_path)


def test_a_cut_off_end_is_found(collection: Path, tmp_path: Path) -> None:
    (path, *_) = warcs(collection)
    path.write_bytes(path.read_bytes()[:-7])
    assert any("gzip_torn" in line for line in assert_same(collection, tmp_path))


def test_warnings_are_told_once(collection: Path, tmp_path: Path) -> None:
    (path, *_) = warcs(collection)
    path.rename(path.with_name("renamed.warc.gz"))
    lines = found(verify_integrity, collection, tmp_path, 2)[0]
    assert sum("WARC-Filename is" in line for line in lines) == 1
    assert lines == found(verify_integrity, collection, tmp_path, 1)[0]


def test_a_warc_file_in_a_payload_is_not_taken_for_a_part(collection: Path, tmp_path: Path) -> None:
    """A stored deflate block shows the bytes of what it holds, so each boundary that is guessed in it is wrong."""
    (path, *_) = warcs(collection)
    inner = path.read_bytes()
    block = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(inner), inner)
    record = (
        b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
        b"WARC-Date: 2026-11-24T00:00:00Z\r\nWARC-Target-URI: https://herald.example/old.warc.gz\r\n"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
        % (len(block), block)
    )
    folder = tmp_path / "foreign"
    (folder / "archive").mkdir(parents=True)
    (folder / "archive" / "x.warc.gz").write_bytes(gzip.compress(record, 0))
    assert len(parts_of(folder / "archive" / "x.warc.gz", PART)) > 1
    lines, totals = found(verify_integrity, folder, tmp_path, 2)
    assert totals.records == 1
    assert (lines, totals) == found(verify_integrity, folder, tmp_path, 1)
    assert not any(line.startswith("error: archive/") for line in lines)


def test_a_file_still_being_written_is_read_in_one_go(collection: Path, tmp_path: Path) -> None:
    (path, *_) = warcs(collection)
    path.rename(path.with_name(f"{path.name}.open"))
    assert_same(collection, tmp_path)
