"""Archives made to do harm: whatever they hold, it ends soon and needs no more memory than any other."""

from __future__ import annotations

import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.verify.test_foreign import INFO, by_hand, record, response

MB = 1 << 20
SECONDS = 30
PEAK = 120  # MB; the interpreter and our modules alone take 30

_RUN = """
import sys
from crawler.commands.main import main
status = main(["verify", sys.argv[1], "--integrity"])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("PEAK", int(peak.split()[1]) // 1024, status)
"""


def packed(parts: Iterator[bytes]) -> bytes:
    """One gzip member of these parts."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(part) for part in parts]) + packer.flush()


def zeros(megabytes: int, head: bytes = b"", tail: bytes = b"") -> bytes:
    """A member that unpacks to that many zeros."""

    def parts() -> Iterator[bytes]:
        yield head
        for _ in range(megabytes):
            yield bytes(MB)
        yield tail

    return packed(parts())


def _head(length: int, kind: str = "response") -> bytes:
    return record(kind, 1, b"", "WARC-Target-URI: http://x/", "Content-Type: application/http").replace(
        b"Content-Length: 0\r\n\r\n\r\n\r\n", b"Content-Length: %d\r\n\r\n" % length
    )


def _many(count: int) -> bytes:
    return zlib.compress(b"", 9, 31) * count


MD5 = "WARC-Payload-Digest: md5:5d41402abc4b2a76b9719d911017c592"
HTTP = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

HOSTILE: dict[str, Callable[[], bytes]] = {
    "bomb-in-a-block": lambda: zeros(1000, _head(1000 * MB), b"\r\n\r\n"),
    "bomb-behind-a-record": lambda: zeros(1000, _head(0) + b"\r\n\r\n"),
    "bomb-for-a-header": lambda: zeros(1000),
    "bomb-in-a-header": lambda: zeros(300, b"WARC/1.1\r\nX: "),
    "long-header": lambda: by_hand(b"WARC/1.1\r\nX: " + b"y" * (10 * MB)),
    "blanks-in-a-header": lambda: by_hand(b"WARC/1.1\r\nX:" + b" " * 60000 + b"\x01\r\n\r\n"),
    "many-header-lines": lambda: by_hand(b"WARC/1.1\r\n" + b"A: b\r\n" * 10000 + b"\r\n"),
    "folds": lambda: by_hand(b"WARC/1.1\r\nA: b" + b"\r\n " * 20000 + b"\r\n\r\n"),
    "length-lies": lambda: by_hand(_head(10**17) + b"x"),
    "length-of-digits": lambda: by_hand(_head(int("9" * 4000)) + b"x"),
    "length-signed": lambda: by_hand(_head(0).replace(b"Length: 0", b"Length: +0"), _head(0).replace(b": 0", b": 1_0")),
    "http-head-without-end": lambda: by_hand(response(1, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * (MB * 2))),
    "interim-without-end": lambda: by_hand(response(1, b"HTTP/1.1 100 Continue\r\n\r\n" * 20000)),
    "tiny-chunks": lambda: by_hand(response(1, HTTP + b"1\r\nx\r\n" * 300_000 + b"0\r\n\r\n", MD5)),
    "chunk-of-blanks": lambda: by_hand(response(1, HTTP + b" " * (8 * MB))),
    "chunk-lies": lambda: by_hand(response(1, HTTP + b"FFFFFFFFFFFFFFFF\r\nx\r\n")),
    "empty-members": lambda: _many(200_000),
    "false-magic": lambda: b"\x1f\x8b\x08" * (3 * MB),
    "false-records": lambda: by_hand(b"WARC/1.1\r\n")[:30] * 100_000,
    "gzip-name-without-end": lambda: b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"n" * (20 * MB),
    "noise": lambda: by_hand(INFO) + b"\xff" * (50 * MB),
    "id-of-many": lambda: by_hand(INFO) * 20_000,
    "control-characters": lambda: by_hand(record("metadata", 1, b"", "WARC-Target-URI: http://x/\x1b[2J\x07")),
}  # fmt: skip


def run(folder: Path) -> tuple[int, int, str]:
    """Verify in a process of its own; returns its exit status, its peak memory in MB, and what it said."""
    done = subprocess.run([sys.executable, "-c", _RUN, str(folder)], capture_output=True, timeout=4 * SECONDS)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    said, _, numbers = done.stdout.decode().rpartition("PEAK ")
    peak, status = numbers.split()
    return int(status), int(peak), said


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_warc_is_bounded(name: str, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "x.warc.gz").write_bytes(HOSTILE[name]())
    began = time.monotonic()
    status, peak, said = run(tmp_path)
    assert time.monotonic() - began < SECONDS
    assert peak < PEAK
    assert status in (0, 4), said
    assert len(said) < 200_000
    assert all(line.isprintable() for line in said.splitlines())


INDEXES: dict[str, bytes] = {
    "one-line": b"x" * (30 * MB),
    "many-lines": b"com,x)/ 20240101000000 {}\n" * 100_000,
    "deep": b"com,x)/ 20240101000000 " + b"[" * 500_000 + b"\n",
    "deep-object": b"com,x)/ 20240101000000 " + b'{"a":' * 100_000 + b"\n",
    "digits": b'com,x)/ 20240101000000 {"offset": ' + b"9" * 100_000 + b', "filename": "x.warc.gz"}\n',
    "text-digits": b'com,x)/ 20240101000000 {"offset": "' + b"9" * 100_000 + b'", "filename": "x.warc.gz"}\n',
    "path": b'com,x)/ 20240101000000 {"offset": "0", "filename": "/dev/zero"}\n',
    "path-up": b'com,x)/ 20240101000000 {"offset": "0", "filename": "../../../dev/zero"}\n',
    "half-a-pair": b'com,x)/ 20240101000000 {"offset": "0", "filename": "\\ud800"}\n',
    "list": b'com,x)/ 20240101000000 {"offset": [0], "filename": {"a": 1}}\n',
    "not-text": b"\xff\xfe\n" * 10,
}


@pytest.mark.parametrize("name", INDEXES)
def test_a_hostile_index_is_bounded(name: str, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "x.warc.gz").write_bytes(by_hand(INFO))
    (tmp_path / "indexes").mkdir()
    (tmp_path / "indexes" / "index.cdxj").write_bytes(INDEXES[name])
    status, peak, said = run(tmp_path)
    assert status == 4
    assert peak < PEAK
    assert len(said) < 200_000
    assert "index_" in said


@pytest.mark.long
def test_memory_is_the_same_for_ten_times_as_much(tmp_path: Path) -> None:
    from bench.verify import fill

    peaks = []
    for size in (50, 500):
        fill(tmp_path / str(size), size)
        status, peak, _ = run(tmp_path / str(size))
        assert status == 0
        peaks.append(peak)
    assert peaks[1] < peaks[0] * 1.3 + 5
