"""A collection whose WARC files lie in S3 is verified, rebuilt, packed, merged and crawled on as if they were here."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives.collection import Collection
from archives.reader import stored_records
from archives.storage.errors import Changed, NotAllowed
from archives.storage.reading import FIRST, LARGEST, Ranges, open_warc
from crawler.press import Press, demo
from crawler.reading_room.captures import Captures
from tests.crawl.crawling import Left, assert_same_lines, crawl, genbun
from tests.storage.s3 import S3, relay


@pytest.fixture(scope="module")
def stored(crawled: Path, s3: S3, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection, all its files in the bucket alone, at `read/`."""
    folder = Path(shutil.copytree(crawled, tmp_path_factory.mktemp("stored") / "collection"))
    done = genbun("store", str(folder), "--to", f"{s3.address}/read", "--thin", env=s3.environment())
    assert done.status == 0, done.err
    assert not list(folder.rglob("*.warc.gz"))
    return folder


@pytest.fixture
def thinned(stored: Path, asking: S3, tmp_path: Path) -> Path:
    """A copy of it, to change; nothing may be read yet."""
    return Path(shutil.copytree(stored, tmp_path / "thinned"))


@pytest.fixture
def followed(thinned: Path, asking: S3, monkeypatch: pytest.MonkeyPatch) -> Path:
    """And all in the bucket may be read."""
    monkeypatch.setenv("GENBUN_STORAGE", asking.address)
    return thinned


@pytest.mark.parametrize("words", [["--jobs", "1"], ["--jobs", "2"], ["--jobs", "2", "--integrity"]])
def test_verify_says_the_same(crawled: Path, followed: Path, words: list[str]) -> None:
    here, there = (genbun("verify", str(path), "--json", *words) for path in (crawled, followed))
    assert (here.status, there.status) == (0, 0), there.out
    assert {**json.loads(there.out), "seconds": 0} == {**json.loads(here.out), "seconds": 0}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_rebuild_writes_the_same(crawled: Path, followed: Path, tmp_path: Path, jobs: str) -> None:
    done = genbun("rebuild", str(followed), "--to", str(tmp_path / "again"), "--jobs", jobs)
    assert done.status == 0, done.err
    assert_same_lines(Left(tmp_path / "again"), Left(crawled))


def test_packed_and_merged(crawled: Path, followed: Path, tmp_path: Path) -> None:
    for path, name in ((crawled, "here"), (followed, "there")):
        assert genbun("pack", str(path), "--to", str(tmp_path / f"{name}.wacz")).status == 0
        done = genbun("merge", str(path), "--to", str(tmp_path / name))
        assert done.status == 0, done.err
        assert done.err == ""
    assert genbun("verify", str(tmp_path / "there.wacz")).status == 0
    assert (tmp_path / "there.wacz").stat().st_size == (tmp_path / "here.wacz").stat().st_size
    for warc in Left(crawled).warcs:
        assert (tmp_path / "there" / "archive" / warc.name).read_bytes() == warc.read_bytes()
    assert_same_lines(Left(tmp_path / "there"), Left(tmp_path / "here"))


def test_nothing_is_merged_into_it(crawled: Path, followed: Path) -> None:
    done = genbun("merge", str(crawled), "--to", str(followed))
    assert done.status == 2
    assert "bring them back first" in done.said


def test_exported_looked_at_and_made_a_fixture_of(crawled: Path, followed: Path, tmp_path: Path) -> None:
    assert genbun("export", str(followed), "--format", "jsonl", "--to", str(tmp_path / "exported")).status == 0
    status = [json.loads(genbun("status", str(path), "--json").out) for path in (crawled, followed)]
    assert status[0]["archive"] == status[1]["archive"]
    assert status[0]["newspapers"] == status[1]["newspapers"]
    article = Left(crawled).lines("articles")[0]
    words = ["history", str(followed), article["id"], "--json"]
    with_journal = genbun(*words)
    (followed / "journal.sqlite").unlink()
    without = genbun(*words)
    assert (with_journal.status, without.status) == (0, 0), without.err
    assert json.loads(with_journal.out) == json.loads(without.out)
    done = genbun("fixture", "add", str(followed), article["url"], "--to", str(tmp_path / "fixtures"), "--name", "one")
    assert (tmp_path / "fixtures" / article["newspaper"] / "one" / "page.html").exists(), done.err


def test_the_reading_room_shows_a_page_from_there(crawled: Path, followed: Path) -> None:
    here, there = Captures(Collection(crawled)), Captures(Collection(followed))
    for line in Left(crawled).lines("articles")[:3]:
        assert there.answer(line["capture"]) == here.answer(line["capture"])


@pytest.mark.long
def test_a_crawl_goes_on_in_it(asking: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks on condition of what was stored, and reads that back where it was not modified."""
    folder = tmp_path / "collection"
    with Press(demo()) as press:
        assert crawl(press, folder).status == 0
        assert genbun("store", str(folder), "--to", f"{asking.address}/on", "--thin").status == 0
        refused = crawl(press, folder)
        assert refused.status == 2
        assert f"--storage {asking.address}/on" in refused.said
        monkeypatch.setenv("GENBUN_STORAGE", asking.address)
        press.edit()
        again = crawl(press, folder)
        assert again.status == 0, again.err
        (folder / "journal.sqlite").unlink()
        anew = crawl(press, folder)
        assert anew.status == 0, anew.err
    assert sum("read into the journal" in line for line in anew.err.splitlines()) > 1
    assert genbun("verify", str(folder)).status == 0


@pytest.mark.parametrize("command", ["verify", "rebuild", "pack", "merge"])
def test_nothing_is_asked_that_nobody_allowed(thinned: Path, asking: S3, tmp_path: Path, command: str) -> None:
    more = {"pack": ["--to", str(tmp_path / "x.wacz")], "merge": ["--to", str(tmp_path / "x")]}.get(command, [])
    before = len(asking.asked())
    done = genbun(command, str(thinned), *more)
    assert done.status == 2
    assert f"is not read from there unless you say so: --storage {asking.address}/read, or" in done.said
    assert len(asking.asked()) == before
    assert genbun(command, str(thinned), *more, "--storage", f"{asking.address}/read/").status == 0


@pytest.mark.parametrize("allowed", ["s3://another", "s3://editorials/rea", "s3://editorial", "file:///"])
def test_what_is_allowed_is_what_lies_below(
    thinned: Path, asking: S3, monkeypatch: pytest.MonkeyPatch, allowed: str
) -> None:
    monkeypatch.setenv("GENBUN_STORAGE", allowed)
    with pytest.raises(NotAllowed):
        open_warc(Collection(thinned).warcs()[0])
    monkeypatch.setenv("GENBUN_STORAGE", f"{allowed} {asking.address}")
    with open_warc(Collection(thinned).warcs()[0]) as stream:
        assert stream.read(3) == b"\x1f\x8b\x08"


def listing(collection: Path, **changed: object) -> None:
    """Change what every entry of the list says."""
    path = collection / "archive" / "stored.json"
    said = json.loads(path.read_text("utf-8"))
    said["files"] = [{**entry, **changed} for entry in said["files"]]
    path.write_text(json.dumps(said), "utf-8")


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "../../secret.warc.gz"},
        {"name": "/etc/passwd"},
        {"name": "passwd"},
        {"where": "http://169.254.169.254/latest"},
        {"where": "simplecache::file:///etc"},
        {"where": "s3://key:secret@bucket"},
        {"where": "/etc"},
        {"size": -1},
        {"sha256": "no"},
        {"more": 1},
    ],
)
def test_a_list_that_is_none(thinned: Path, changed: dict[str, object]) -> None:
    listing(thinned, **changed)
    with pytest.raises(Changed, match=r"stored\.json: is no list of stored files"):
        Collection(thinned).warcs()


def test_a_list_that_contradicts_itself(thinned: Path) -> None:
    path = thinned / "archive" / "stored.json"
    said = json.loads(path.read_text("utf-8"))
    said["files"].append({**said["files"][0], "where": "s3://another", "size": 1})
    path.write_text(json.dumps(said), "utf-8")
    with pytest.raises(Changed, match="is another file in another place"):
        Collection(thinned).warcs()


@pytest.mark.parametrize("number", range(6))
def test_a_list_that_cannot_be_read(thinned: Path, number: int) -> None:
    texts = ["", "[]", "{}x", '{"schema": "genbun/stored/2", "files": []}', "\x00" * 100, "[" * 9000]
    (thinned / "archive" / "stored.json").write_text(texts[number])
    with pytest.raises(Changed, match=r"stored\.json: is no list of stored files"):
        Collection(thinned).warcs()


def test_a_list_that_is_none_is_said(thinned: Path) -> None:
    listing(thinned, name="../../secret.warc.gz")
    for command in ("verify", "rebuild", "status"):
        done = genbun(command, str(thinned))
        assert done.status == 4
        assert "stored.json: is no list of stored files (files.0.name: " in done.said


def test_a_stranger_s_list_leads_nowhere(followed: Path, crawled: Path, asking: S3, tmp_path: Path) -> None:
    """What it names is not opened: neither files of this machine nor a host inside its network."""
    own = tmp_path / "own" / "archive"
    shutil.copytree(crawled / "archive", own)
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.5)
        for where in (f"file://{own.parent}", f"sftp://127.0.0.1:{inside.getsockname()[1]}/x", "s3://somebodys"):
            listing(followed, where=where)
            done = genbun("rebuild", str(followed), "--to", str(tmp_path / "again"), "--jobs", "1")
            assert done.status == 2
            assert f"lies in {where}, as its collection says" in done.said
        with pytest.raises(TimeoutError):
            inside.accept()
    assert not (tmp_path / "again" / "records").exists()


def test_a_folder_on_another_disk(crawled: Path, collection: Path, tmp_path: Path) -> None:
    disk = f"file://{tmp_path}/disk"
    assert genbun("store", str(collection), "--to", disk, "--thin").status == 0
    done = genbun("rebuild", str(collection), "--to", str(tmp_path / "again"), "--storage", disk)
    assert done.status == 0, done.err
    assert_same_lines(Left(tmp_path / "again"), Left(crawled))
    first = sorted((tmp_path / "disk" / "archive").iterdir())[0]
    os.utime(first, ns=(1, 1))
    done = genbun("verify", str(collection), "--storage", disk, "--integrity")
    assert done.status == 4
    assert f"error: archive/{first.name}: 0: unreadable" in done.out
    assert "was written anew since it was stored" in done.out


def test_objects_that_are_gone_changed_or_cut(
    collection: Path, asking: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`verify` names each, and goes on; `rebuild` writes nothing."""
    followed = collection
    assert genbun("store", str(followed), "--to", f"{asking.address}/harmed", "--thin").status == 0
    monkeypatch.setenv("GENBUN_STORAGE", asking.address)
    keys = asking.keys("harmed/")
    data = [asking.ask("GET", key) for key in keys[:3]]
    asking.ask("DELETE", keys[0])
    asking.ask("PUT", keys[1], data[2])
    asking.ask("PUT", keys[2], data[2][:-100])
    done = genbun("verify", str(followed), "--integrity")
    assert done.status == 4
    found = [line for line in done.out.splitlines() if ": unreadable: " in line]
    assert len(found) == 3
    assert f"{keys[0].rpartition('/')[2]}: 0: unreadable: cannot be read: " in found[0]
    assert "is no longer there" in found[0]
    assert "was written anew since it was stored" in found[1]
    assert "was written anew since it was stored" in found[2]
    for jobs in ("1", "2"):
        rebuilt = genbun("rebuild", str(followed), "--to", str(tmp_path / "again"), "--jobs", jobs)
        assert rebuilt.status == 4
        assert "is no longer there" in rebuilt.said
        assert not (tmp_path / "again" / "records").exists()


def test_the_network_is_cut_in_the_middle_of_a_read(followed: Path, asking: S3, tmp_path: Path) -> None:
    for command in (
        ["verify", str(followed), "--integrity"],
        ["rebuild", str(followed), "--to", str(tmp_path / "again")],
    ):
        with relay(asking, received=200_000) as between:
            done = genbun(*command, env={"AWS_ENDPOINT_URL": between.endpoint})
        said = done.out if command[0] == "verify" else done.said
        assert done.status == (4 if command[0] == "verify" else 1)
        assert "cannot be reached (" in said
        assert "; try again" in said
    assert not (tmp_path / "again" / "records").exists()


def test_the_network_comes_back(followed: Path, asking: S3) -> None:
    """An answer that is cut off is asked for again."""
    with relay(asking) as between:
        between.drop_once = 100_000
        done = genbun("verify", str(followed), env={"AWS_ENDPOINT_URL": between.endpoint})
        assert between.drop_once == 0
    assert done.status == 0, done.out


@pytest.mark.long
def test_how_often_it_asks(crawled: Path, followed: Path, asking: S3, tmp_path: Path) -> None:
    """As docs/storage.md says: small files are one range each, read whole once a pass."""
    size = sum(path.stat().st_size for path in Left(crawled).warcs)
    files = len(Left(crawled).warcs)
    for command, passes in (
        (["verify", "--integrity"], 1),
        (["verify"], 1),
        (["rebuild", "--to", str(tmp_path / "r")], 2),
    ):
        with relay(asking) as between:
            before, received = len(asking.asked()), between.received
            done = genbun(
                command[0], str(followed), *command[1:], "--jobs", "1", env={"AWS_ENDPOINT_URL": between.endpoint}
            )
            assert done.status == 0, done.out + done.err
            asked = [method for method, _ in asking.asked()[before:]]
        assert set(asked) == {"GET"}
        assert len(asked) <= passes * files * 2
        assert received - between.received < passes * size * 1.1 + 2000 * len(asked)


def test_records_one_by_one(crawled: Path, followed: Path) -> None:
    for here, there in zip(Collection(crawled).warcs(), Collection(followed).warcs(), strict=True):
        assert list(stored_records(here)) == list(stored_records(there))
        with open_warc(there) as stream:
            assert stream.read() == here.read_bytes()
    with pytest.raises(FileNotFoundError):
        open_warc(followed / "archive" / "none.warc.gz")


@settings(deadline=None)
@given(
    st.binary(max_size=3000),
    st.lists(st.tuples(st.sampled_from(["read", "seek", "end"]), st.integers(0, 3500)), max_size=30),
)
def test_ranges_are_the_file(data: bytes, steps: list[tuple[str, int]]) -> None:
    """Whatever is sought and read, as from a file in memory."""
    right = BytesIO(data)
    with Ranges(lambda begin, end: data[begin:end], len(data), "x") as stream:
        for what, number in steps:
            if what == "read":
                wanted = right.read(number)
                got = b""
                while len(got) < len(wanted):
                    got += (piece := stream.read(len(wanted) - len(got)))
                    assert piece
                assert got == wanted
            elif what == "seek":
                assert stream.seek(number) == right.seek(number)
            else:
                assert stream.seek(-min(number, len(data)), 2) == right.seek(-min(number, len(data)), 2)


def test_a_large_file_is_never_held() -> None:
    """Ranges double up to their largest, one ahead; a seek begins with a small one again."""
    asked: list[tuple[int, int]] = []
    size = 200_000_000

    def read(begin: int, end: int) -> bytes:
        asked.append((begin, end))
        return bytes(end - begin)

    with Ranges(read, size, "x") as stream:
        buffer = bytearray(1 << 20)
        total = 0
        while count := stream.readinto(buffer):
            total += count
        assert total == size
        assert sum(end - begin for begin, end in asked) == size
        assert max(end - begin for begin, end in asked) == LARGEST
        assert len(asked) <= 6 + size / LARGEST
        asked.clear()
        stream.seek(1000)
        stream.read(20_000)
        stream.seek(150_000_000)
        stream.read(20_000)
        assert asked == [(1000, 1000 + FIRST), (150_000_000, 150_000_000 + FIRST)]


def test_a_range_that_comes_short() -> None:
    with (
        Ranges(lambda begin, end: b"x", 100, "s3://b/x.warc.gz") as stream,
        pytest.raises(Changed, match="gave 1 bytes"),
    ):
        stream.read(50)


def test_a_journal_that_remembers_another_size(followed: Path) -> None:
    """What is stored has to be what was committed, too."""
    with sqlite3.connect(followed / "journal.sqlite") as db:
        db.execute("UPDATE warcs SET size = size + 1 WHERE name = (SELECT MIN(name) FROM warcs)")
    done = genbun("verify", str(followed), "--integrity")
    assert done.status == 4
    assert ": file_size: has " in done.out
