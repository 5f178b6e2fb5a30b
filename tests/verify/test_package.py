"""`genbun verify FILE.wacz`: the package's own sums, and the WARC files and index inside it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archives.collection import Collection
from crawler.packing import pack
from crawler.press import Press, demo


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    command = [sys.executable, "-m", "crawler.commands.main", "crawl", "example_herald", "--to", str(folder / "c")]
    with Press(demo()) as press:
        mapped = [word for host, origin in press.connect_to.items() for word in ("--connect-to", f"{host}={origin}")]
        subprocess.run([*command, "--delay", "0", *mapped], check=True, capture_output=True)
    pack(Collection(folder / "c"), folder / "editorials.wacz")
    return folder / "editorials.wacz"


def verify(path: Path) -> tuple[int, dict[str, object]]:
    command = [sys.executable, "-m", "crawler.commands.main", "verify", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


def test_a_sound_package(package: Path) -> None:
    status, said = verify(package)
    assert (status, said["errors"], said["files"]) == (0, 0, 1)
    assert isinstance(said["records"], int)
    assert said["records"] > 300
    assert said["index_lines"] == 104


@pytest.mark.parametrize("name", ["archive/", "indexes/index.cdxj", "records/articles.jsonl", "datapackage.json"])
def test_a_changed_byte_in_any_part(package: Path, tmp_path: Path, name: str) -> None:
    harmed = tmp_path / "harmed.wacz"
    content = bytearray(package.read_bytes())
    with zipfile.ZipFile(package) as file:
        info = next(info for info in file.infolist() if info.filename.startswith(name))
    content[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0x55
    harmed.write_bytes(content)
    status, said = verify(harmed)
    assert status == 4
    assert said["errors"]


def test_what_is_no_package(tmp_path: Path) -> None:
    (tmp_path / "no.wacz").write_bytes(b"PK\x03\x04 and nothing more")
    status, said = verify(tmp_path / "no.wacz")
    assert (status, said["errors"]) == (4, 1)
