"""The index, altered: what is wrong with it is named, line by line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archives.warc_bytes import records
from tests.verify.harm import Harm, Where, lines, verify, warcs


def _index(how: Callable[[list[bytes]], int]) -> Harm:
    """Alter the index; `how` gives the number of the line that is wrong then."""

    def harm(folder: Path) -> Where:
        path = folder / "indexes" / "index.cdxj"
        found = lines(path)
        number = how(found)
        path.write_bytes(b"".join(found))
        return "indexes/index.cdxj", sum(len(line) for line in found[:number])

    return harm


def _field(name: str, value: str) -> Harm:
    def how(found: list[bytes]) -> int:
        key, stamp, block = found[5].split(b" ", 2)
        fields = json.loads(block)
        fields[name] = value
        found[5] = b" ".join([key, stamp, json.dumps(fields).encode()]) + b"\n"
        return 5

    return _index(how)


def _swap(found: list[bytes]) -> int:
    found[3], found[4] = found[4], found[3]
    return 4


def _twice(found: list[bytes]) -> int:
    found.insert(6, found[5])
    return 6


def _key(found: list[bytes]) -> int:
    found[5] = found[5].replace(b")/", b")/a", 1)
    return 5


def _stamp(found: list[bytes]) -> int:
    key, _, block = found[5].split(b" ", 2)
    found[5] = b" ".join([key, b"20010101000000", block])
    return 5


def _nonsense(found: list[bytes]) -> int:
    found[5] = b"nonsense\n"
    return 5


def _no_end(found: list[bytes]) -> int:
    found[-1] = found[-1][:-1]
    return len(found) - 1


IN_INDEX: dict[str, tuple[Harm, str]] = {
    "order": (_index(_swap), "index_order"),
    "twice": (_index(_twice), "index_extra"),
    "key": (_index(_key), "index_field"),
    "time": (_index(_stamp), "index_field"),
    "nonsense": (_index(_nonsense), "index_line"),
    "no-line-end": (_index(_no_end), "index_line"),
    "url": (_field("url", "https://herald.example/other"), "index_field"),
    "mime": (_field("mime", "text/plain"), "index_field"),
    "status": (_field("status", "404"), "index_field"),
    "digest": (_field("digest", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"), "index_field"),
    "length": (_field("length", "7"), "index_field"),
    "offset": (_field("offset", "7"), "index_extra"),
    "offset-negative": (_field("offset", "-7"), "index_extra"),
    "offset-huge": (_field("offset", "9" * 40), "index_extra"),
    "filename": (_field("filename", "other.warc.gz"), "index_extra"),
    "filename-path": (_field("filename", "../../../../etc/passwd"), "index_extra"),
}


@pytest.mark.parametrize("name", IN_INDEX)
def test_harm_in_the_index_is_found(name: str, collection: Path) -> None:
    harm, what = IN_INDEX[name]
    file, offset = harm(collection)
    report = verify(collection, "--integrity")
    assert what in report.at(file, offset), report.findings
    assert report.status == 4


def test_a_record_without_its_line_is_named_where_it_lies(collection: Path) -> None:
    path = collection / "indexes" / "index.cdxj"
    found = lines(path)
    fields = json.loads(found.pop(5).split(b" ", 2)[2])
    path.write_bytes(b"".join(found))
    report = verify(collection, "--integrity")
    assert report.status == 4
    assert report.at(f"archive/{fields['filename']}", int(fields["offset"])) == {"index_missing"}


def test_a_line_for_a_request_is_one_too_many(collection: Path) -> None:
    request = next(raw for raw in records(warcs(collection)[0]) if raw.type == "request")
    path = collection / "indexes" / "index.cdxj"
    found = lines(path)
    key, stamp, block = found[-1].split(b" ", 2)
    fields = json.loads(block) | {"offset": str(request.offset), "filename": warcs(collection)[0].name}
    found.append(b" ".join([key + b"z", stamp, json.dumps(fields).encode()]) + b"\n")
    path.write_bytes(b"".join(found))
    (finding,) = verify(collection, "--integrity").findings
    assert finding["what"] == "index_extra"
    assert "is a request record" in finding["detail"]


def test_an_index_that_is_gone_is_missed(collection: Path) -> None:
    (collection / "indexes" / "index.cdxj").unlink()
    report = verify(collection, "--integrity")
    assert (report.status, report.kinds("error")) == (4, {"index_absent"})


def test_many_of_a_kind_are_counted_not_printed(collection: Path) -> None:
    path = collection / "indexes" / "index.cdxj"
    path.write_bytes(b"nonsense\n" * 5000)
    report = verify(collection, "--integrity")
    assert report.status == 4
    assert len(report.findings) < 500
    assert report.said["errors"] > 5000
