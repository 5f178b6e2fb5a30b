"""`check_wacz`: whatever is altered in a package is found, wherever it lies."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archives.pack.checking import check_wacz
from archives.pack.members import warcs_in
from archives.pack.writing import WaczWriter
from archives.signing import load_key, new_key, sign
from tests.pack.conftest import Opened

CREATED = "2026-01-01T00:00:00Z"
FILES = {
    "pages/pages.jsonl": b'{"format": "json-pages-1.0"}\n' * 20,
    "indexes/index.cdxj": b"example,herald)/ 20260101000000 {}\n" * 20,
    "archive/a.warc.gz": b"\x1f\x8b and so on",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small, signed package."""
    new_key(tmp_path / "key.pem")
    key = load_key(tmp_path / "key.pem")
    path = tmp_path / "small.wacz"
    with path.open("wb") as out, WaczWriter(out, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) as writer:
        for name, data in FILES.items():
            writer.add(name, BytesIO(data))
        writer.close(
            {"created": CREATED, "software": "genbun 1"}, lambda digest: sign(key, digest, CREATED, "genbun 1")
        )
    return path


def kinds(wacz: Path) -> set[str]:
    return {finding.what for finding in check_wacz(wacz)}


def again(wacz: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Another ZIP of the same files, as somebody would make one who wants it to look right."""
    path = wacz.with_name("again.wacz")
    with zipfile.ZipFile(wacz) as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            data = change(info.filename, old.read(info))
            if data is not None:
                new.writestr(info, data)
    return path


def test_each_byte_counts(small: Path) -> None:
    assert kinds(small) == set()
    data = bytearray(small.read_bytes())
    altered = small.with_name("altered.wacz")
    missed = []
    for at in range(len(data)):
        data[at] ^= 0x41
        altered.write_bytes(data)
        if not kinds(altered):
            missed.append(at)
        data[at] ^= 0x41
    assert missed == []


def test_each_cut_is_found(small: Path) -> None:
    data = small.read_bytes()
    cut = small.with_name("cut.wacz")
    for size in range(len(data)):
        cut.write_bytes(data[:size])
        assert kinds(cut) == {"wacz_zip"}, size


@pytest.mark.parametrize("hidden", [b"PK\x03\x04", b"x" * 100])
def test_bytes_that_belong_to_no_file(small: Path, hidden: bytes) -> None:
    data = small.read_bytes()
    other = small.with_name("other.wacz")
    for altered in (hidden + data, data + hidden):
        other.write_bytes(altered)
        assert kinds(other) & {"wacz_layout", "wacz_zip"}


@pytest.mark.parametrize(
    ("path", "data", "found"),
    [
        ("archive/a.warc.gz", b"\x1f\x8b and so On", {"wacz_hash"}),
        ("archive/a.warc.gz", b"\x1f\x8b", {"wacz_hash", "wacz_size"}),
        ("archive/a.warc.gz", None, {"wacz_missing"}),
        ("indexes/index.cdxj", None, {"wacz_missing"}),
        ("pages/pages.jsonl", None, {"wacz_missing"}),
        ("datapackage.json", None, {"wacz_missing"}),
        ("datapackage.json", b"[]", {"wacz_package"}),
        ("datapackage.json", b"{", {"wacz_package"}),
        ("datapackage.json", b"[" * 100_000, {"wacz_package"}),
        ("datapackage.json", b"{}", {"wacz_package", "wacz_hash", "wacz_signature"}),
        ("datapackage-digest.json", None, {"wacz_missing"}),
        ("datapackage-digest.json", b"{}", {"wacz_hash"}),
    ],
)
def test_files_that_were_changed(small: Path, path: str, data: bytes | None, found: set[str]) -> None:
    assert kinds(again(small, lambda name, old: data if name == path else old)) == found


def test_a_file_that_is_not_listed(small: Path) -> None:
    with zipfile.ZipFile(small, "a") as file:
        file.writestr("archive/b.warc.gz", b"more")
    assert "wacz_unlisted" in kinds(small)


def test_the_same_path_twice(small: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(small, "a") as file:
        file.writestr("archive/a.warc.gz", FILES["archive/a.warc.gz"])
    assert any(finding.detail == "is there twice" for finding in check_wacz(small))


@pytest.mark.parametrize("path", ["../a.warc.gz", "/etc/a.warc.gz", "archive/../../a.warc.gz"])
def test_paths_that_lead_elsewhere(small: Path, path: str) -> None:
    with zipfile.ZipFile(small, "a") as file:
        file.writestr(path, b"x")
    assert any("no plain path" in finding.detail for finding in check_wacz(small))


def test_a_warc_file_that_was_compressed_again(small: Path) -> None:
    path = small.with_name("again.wacz")
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert "wacz_compressed" in kinds(path)
    assert list(warcs_in(path)) == []


def test_a_file_that_unpacks_to_more_than_it_says(small: Path) -> None:
    data = small.read_bytes()
    with zipfile.ZipFile(small) as file:
        info = file.getinfo("pages/pages.jsonl")
    old, new = (size.to_bytes(4, "little") for size in (info.file_size, 5))
    small.write_bytes(data.replace(old, new))
    assert "wacz_content" in kinds(small)


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + bytes(18), b"no zip", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_wacz(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.wacz"
    path.write_bytes(data)
    assert kinds(path)


def test_warc_files_inside_are_read_where_they_lie(crawled: Path, packed: Callable[..., Opened]) -> None:
    wacz = packed().path
    members = list(warcs_in(wacz))
    assert [member.name for member in members] == sorted(path.name for path in (crawled / "archive").iterdir())
    for member in members:
        path = crawled / "archive" / member.name
        with member.open() as stream, path.open("rb") as plain, wacz.open("rb") as raw:
            raw.seek(member.offset)
            assert raw.read(member.size) == stream.read() == plain.read()
            stream.seek(-10, 2)
            plain.seek(-10, 2)
            assert stream.read() == plain.read() != b""
            stream.seek(0)
            plain.seek(0)
            ours = [record.rec_headers.get_header("WARC-Record-ID") for record in ArchiveIterator(stream)]
            assert ours == [record.rec_headers.get_header("WARC-Record-ID") for record in ArchiveIterator(plain)]


def test_captures_lead_to_their_records(packed: Callable[..., Opened]) -> None:
    wacz = packed()
    warcs = {member.path: member for member in warcs_in(wacz.path)}
    for line in wacz.read("records/articles.jsonl").decode().splitlines():
        capture = json.loads(line)["capture"]
        with warcs[capture["warc"]].open() as stream:
            stream.seek(capture["offset"])
            record = next(iter(ArchiveIterator(BytesIO(stream.read(capture["length"])))))
            assert record.rec_headers.get_header("WARC-Record-ID") == capture["record_id"]
