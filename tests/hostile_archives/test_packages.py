"""A WACZ package that means harm, given to `genbun verify`: nothing of it is unpacked anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.hostile_archives import packages
from tests.hostile_archives.asking import PEAK, SECONDS, Asking
from tests.hostile_archives.packages import INDEX, PAGES


@dataclass(frozen=True, slots=True)
class Row:
    """A package, and what verify finds in it."""

    make: Callable[[], bytes]
    what: str
    seconds: float = SECONDS
    mb: int = PEAK
    long: bool = False


ROWS: dict[str, Row] = {
    "pages of 300 MB": Row(lambda: packages.bomb(PAGES, 300), "wacz_content"),
    "an index of 1.1 GB": Row(lambda: packages.bomb(INDEX, 1100), "wacz_content", long=True),
    "a list of 300 MB": Row(lambda: packages.bomb("datapackage.json", 300), "wacz_package"),
    "10,000 WARC files in one another": Row(lambda: packages.overlapping(10_000), "wacz_layout"),
    "10,000 files in one another": Row(lambda: packages.overlapping(10_000, "pages/{}.jsonl"), "wacz_layout"),
    "200,000 files": Row(lambda: packages.entries(200_000), "wacz_zip"),
    "a million files": Row(lambda: packages.entries(1_000_000), "wacz_zip", long=True),
    "a name that leads up": Row(lambda: packages.package({"../../outside/x": b"x"}), "wacz_layout"),
    "a name that begins at the root": Row(lambda: packages.package({"/tmp/x": b"x"}), "wacz_layout"),
    "a WARC file whose name leads up": Row(lambda: packages.package({"archive/../../x.warc.gz": b"x"}), "wacz_layout"),
    "a name with a line end": Row(lambda: packages.package({"pages/\n\x1b[2J": b"x"}), "wacz_layout"),
    "a list of what is not there": Row(
        lambda: packages.package({}, {"../../../etc/passwd": b"x", "/dev/zero": b""}), "wacz_missing"
    ),
    "a list of 30,000 files that are not there": Row(
        lambda: packages.package({}, {f"x/{number}": b"" for number in range(30_000)}), "wacz_missing"
    ),
    "no ZIP file": Row(lambda: b"PK\x05\x06" * 100_000, "wacz_zip"),
    "a directory of 4 GB, it says": Row(
        lambda: packages.package({}) + b"PK\x05\x06" + b"\xff" * 18, "wacz_zip"
    ),
    "a WARC file in it that is none": Row(lambda: packages.package({"archive/x.warc.gz": b"\xff" * 9999}), "no_gzip"),
}  # fmt: skip


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long) if ROWS[name].long else name for name in ROWS]
)
def test_verify(name: str, ask: Asking) -> None:
    row = ROWS[name]
    path = packages.write(ask.collection.with_suffix(".wacz"), row.make())
    _judge(row, str(path), ask)


def _judge(row: Row, path: str, ask: Asking) -> None:
    ran = ask.run("verify", path, seconds=row.seconds, mb=row.mb)
    print(f"{ran.status:>3}{ran.seconds:>7.1f} s{ran.mb:>5} MB {ran.said[:1500]}")
    assert ran.status == 4
    assert f": {row.what}: " in ran.out
