"""The archive, each kind of byte altered: it is found, named by file and offset, and the exit status is 4."""

from __future__ import annotations

import random
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archives.warc_bytes import members, records
from tests.verify.harm import Harm, Record, Where, change, flip, of, put_together, take_apart, verify, warcs

NOBODY = "<urn:uuid:00000000-0000-4000-8000-000000000000>"
ARTICLE = of("response", "/article/")


def in_warc(which: Callable[[Record], bool], how: Callable[[Record], None], number: int = 0) -> Harm:
    """Alter one record of a file."""

    def harm(folder: Path) -> Where:
        path = warcs(folder)[number]
        return f"archive/{path.name}", change(path, which, how).at

    return harm


def on_disk(how: Callable[[bytearray, int, int], int], record: int = 7) -> Harm:
    """Alter bytes of the file as they lie; `how` gets the data, a member's offset and its length."""

    def harm(folder: Path) -> Where:
        path = warcs(folder)[0]
        raw = records(path)[record]
        data = bytearray(path.read_bytes())
        at = how(data, raw.offset, raw.length)
        path.write_bytes(bytes(data))
        return f"archive/{path.name}", at

    return harm


def xor(at: Callable[[int, int], int]) -> Harm:
    """Flip a bit at a place within a member."""

    def how(data: bytearray, offset: int, length: int) -> int:
        data[at(offset, length)] ^= 4
        return offset

    return on_disk(how)


def _insert(data: bytearray, at: int, what: bytes) -> int:
    data[at:at] = what
    return at


def _two_in_one(folder: Path) -> Where:
    path = warcs(folder)[0]
    parts = take_apart(path)
    put_together(path, parts)
    data = path.read_bytes()
    one, two, three = parts[3], parts[4], parts[5]
    joined = zlib.compress(one.content() + two.content(), 6, 31)
    path.write_bytes(data[: one.at] + joined + data[three.at :])
    return f"archive/{path.name}", one.at


def _torn(folder: Path) -> Where:
    path = warcs(folder)[0]
    last = records(path)[-1]
    path.write_bytes(path.read_bytes()[:-9])
    return f"archive/{path.name}", last.offset


def _cut_at_a_boundary(folder: Path) -> Where:
    path = warcs(folder)[0]
    last = records(path)[-1]
    path.write_bytes(path.read_bytes()[: last.offset])
    return f"archive/{path.name}", last.offset


def _file_gone(folder: Path) -> Where:
    path = warcs(folder)[0]
    path.unlink()
    return f"archive/{path.name}", 0


def _repeat_id(folder: Path) -> Where:
    path = warcs(folder)[0]
    parts = take_apart(path)
    parts[9].set("WARC-Record-ID", parts[2].get("WARC-Record-ID"))
    put_together(path, parts)
    return f"archive/{path.name}", parts[9].at


def _target_gone(folder: Path) -> Where:
    first, second = warcs(folder)
    revisit = next(part for part in take_apart(second) if part.get("WARC-Type") == "revisit")
    parts = [part for part in take_apart(first) if part.get("WARC-Record-ID") != revisit.get("WARC-Refers-To")]
    put_together(first, parts)
    return f"archive/{second.name}", revisit.at


def _retarget(field: str, value: str) -> Harm:
    return in_warc(of("revisit"), lambda part: part.set(field, value), 1)


def _body(part: Record) -> None:
    block = bytearray(part.block)
    block[len(block) * 3 // 5] ^= 1
    part.block = bytes(block)


def _length(by: int) -> Callable[[Record], None]:
    return lambda part: part.set("Content-Length", str(len(part.block) + by))


def _unlike(digest: str) -> str:
    return digest[:-1] + ("B" if digest[-1] == "A" else "A")


def _digest(name: str) -> Callable[[Record], None]:
    return lambda part: part.set(name, _unlike(part.get(name)))


def _line_end(part: Record) -> None:
    part.line_end = "\n"


def _bad_line(part: Record) -> None:
    part.fields.insert(2, ("no colon", ""))
    part.fields = [(name, value) for name, value in part.fields if name != "no colon"]
    part.version += "\r\nthis is no field"


def _again(part: Record) -> None:
    part.fields.append(("WARC-Date", "2020-01-01T00:00:00Z"))


def _tail(part: Record) -> None:
    part.tail = b"\r\n\n\n"


def _extra(part: Record) -> None:
    part.tail += b"more"


def _version(part: Record) -> None:
    part.version = "WARC/2.0"


def _set(name: str, value: str) -> Callable[[Record], None]:
    return lambda part: part.set(name, value)


def _drop(name: str) -> Callable[[Record], None]:
    def how(part: Record) -> None:
        part.fields = [(key, value) for key, value in part.fields if key != name]

    return how


IN_ARCHIVE: dict[str, tuple[Harm, str]] = {
    # what the file system may do
    "gzip-magic": (xor(lambda offset, _: offset), "no_gzip"),
    "gzip-magic-2": (xor(lambda offset, _: offset + 1), "gzip_damaged"),
    "gzip-method": (xor(lambda offset, _: offset + 2), "gzip_damaged"),
    "deflate": (xor(lambda offset, length: offset + length // 2), "gzip_damaged"),
    "gzip-crc": (xor(lambda offset, length: offset + length - 8), "gzip_damaged"),
    "gzip-size": (xor(lambda offset, length: offset + length - 4), "gzip_damaged"),
    "garbage-between": (on_disk(lambda data, offset, _: _insert(data, offset, b"garbage")), "no_gzip"),
    "garbage-after": (on_disk(lambda data, *_: _insert(data, len(data), b"garbage")), "no_gzip"),
    "zeros-after": (on_disk(lambda data, *_: _insert(data, len(data), bytes(512))), "no_gzip"),
    "torn": (_torn, "gzip_torn"),
    "cut-at-a-boundary": (_cut_at_a_boundary, "file_size"),
    "file-gone": (_file_gone, "file_missing"),
    "two-records": (_two_in_one, "two_records"),
    # what a program may write
    "version-line": (in_warc(ARTICLE, _version), "version_line"),
    "header-line-end": (in_warc(ARTICLE, _line_end), "header_syntax"),
    "header-line": (in_warc(ARTICLE, _bad_line), "header_syntax"),
    "header-name": (in_warc(ARTICLE, lambda part: part.rename("WARC-Date", "WARC-Dote")), "field_missing"),
    "header-repeated": (in_warc(ARTICLE, _again), "field_repeated"),
    "no-type": (in_warc(ARTICLE, _drop("WARC-Type")), "field_missing"),
    "no-id": (in_warc(ARTICLE, _drop("WARC-Record-ID")), "field_missing"),
    "no-uri": (in_warc(ARTICLE, _drop("WARC-Target-URI")), "field_missing"),
    "no-length": (in_warc(ARTICLE, _drop("Content-Length")), "content_length"),
    "no-profile": (in_warc(of("revisit"), _drop("WARC-Profile"), 1), "field_missing"),
    "id": (in_warc(ARTICLE, _set("WARC-Record-ID", "urn:uuid:1")), "field_value"),
    "date": (in_warc(ARTICLE, _set("WARC-Date", "2024-13-01T00:00:00Z")), "field_value"),
    "length-less": (in_warc(ARTICLE, _length(-1)), "record_end"),
    "length-more": (in_warc(ARTICLE, _length(1)), "record_end"),
    "length-much-more": (in_warc(ARTICLE, _length(10**9)), "content_length"),
    "length-none": (in_warc(ARTICLE, _set("Content-Length", "-1")), "content_length"),
    "record-end": (in_warc(ARTICLE, _tail), "record_end"),
    "bytes-after-record": (in_warc(ARTICLE, _extra), "extra_bytes"),
    "block-digest": (in_warc(ARTICLE, _digest("WARC-Block-Digest")), "block_digest"),
    "payload-digest": (in_warc(ARTICLE, _digest("WARC-Payload-Digest")), "payload_digest"),
    "body": (in_warc(ARTICLE, _body), "block_digest"),
    "body-payload": (in_warc(ARTICLE, _body), "payload_digest"),
    "image": (in_warc(of("response", ".png"), _body), "payload_digest"),
    "request": (in_warc(of("request", "editorial"), _body), "block_digest"),
    "metadata": (in_warc(of("metadata", "fetchTimeMs"), _body), "block_digest"),
    "warcinfo": (in_warc(of("warcinfo"), _body), "block_digest"),
    "id-repeated": (_repeat_id, "id_repeated"),
    "revisit-target-gone": (_target_gone, "revisit_target"),
    "revisit-target": (_retarget("WARC-Refers-To", NOBODY), "revisit_target"),
    "revisit-uri": (_retarget("WARC-Refers-To-Target-URI", "https://herald.example/other"), "revisit_field"),
    "revisit-date": (_retarget("WARC-Refers-To-Date", "2001-01-01T00:00:00Z"), "revisit_field"),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_ARCHIVE)
@pytest.mark.parametrize("options", [("--integrity",), ()])
def test_harm_in_the_archive_is_found(name: str, options: tuple[str, ...], collection: Path) -> None:
    harm, what = IN_ARCHIVE[name]
    file, offset = harm(collection)
    report = verify(collection, *options)
    assert what in report.at(file, offset), report.findings
    assert report.status == 4
    assert what in report.kinds("error")


def test_what_lies_behind_damage_is_still_read(collection: Path) -> None:
    path = warcs(collection)[0]
    raw = records(path)
    flip(path, raw[7].offset + raw[7].length - 8)
    report = verify(collection, "--integrity")
    assert report.said["records"] == sum(len(records(other)) for other in warcs(collection)[1:]) + len(raw) - 1
    assert f"{raw[8].offset:,}" in next(one["detail"] for one in report.findings if one["what"] == "gzip_damaged")


def test_no_bit_of_a_warc_can_be_flipped_unseen(collection: Path) -> None:
    """But for bits that say nothing: time and system in a gzip header, padding in deflate (RFC 1952 and 1951)."""
    path = warcs(collection)[1]
    data = path.read_bytes()
    content = [zlib.decompress(member, 31) for member in members(data)]
    chance = random.Random(5)
    for _ in range(200):
        place, bit = chance.randrange(len(data)), chance.randrange(8)
        flip(path, place, bit)
        if verify(collection, "--integrity").status != 4:
            assert [zlib.decompress(member, 31) for member in members(path.read_bytes())] == content, (place, bit)
        path.write_bytes(data)


def test_a_warc_in_an_open_file_that_lost_committed_bytes_is_damaged(made: Path, collection: Path) -> None:
    path = warcs(collection)[1]
    open_file = path.with_name(f"{path.name}.open")
    path.rename(open_file)
    open_file.write_bytes(open_file.read_bytes()[:-1000])
    report = verify(collection)
    assert report.status == 4
    assert "file_size" in report.at(f"archive/{open_file.name}")


def test_strangers_are_named(collection: Path) -> None:
    shutil.copy(warcs(collection)[0], collection / "archive" / "copy.warc")
    report = verify(collection, "--integrity")
    assert report.at("archive/copy.warc") == {"stranger"}
