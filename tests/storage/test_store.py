"""`genbun store`: every closed file once, read back, and removed here only when it is safe there."""

from __future__ import annotations

import base64
import hashlib
import json
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.storage import objects
from tests.crawl.crawling import GENBUN, Left, environment, genbun
from tests.storage.s3 import S3, relay


def store(collection: Path, address: str, *more: str, env: dict[str, str] | None = None) -> dict[str, object]:
    """What the command says of itself, where it ends with 0."""
    done = genbun("store", str(collection), "--to", address, "--json", *more, env=env)
    assert done.status == 0, done.err
    return dict(json.loads(done.out))


def entries(collection: Path) -> list[dict[str, object]]:
    listing = json.loads((collection / "archive" / "stored.json").read_text("utf-8"))
    assert listing["schema"] == "genbun/stored/1"
    return list(listing["files"])


def test_each_file_lies_there_as_it_lies_here(collection: Path, asking: S3) -> None:
    warcs = Left(collection).warcs
    names = [path.name for path in warcs]
    kept = store(collection, f"{asking.address}/a/")
    assert kept["stored"] == names
    assert asking.keys("a/") == [f"a/archive/{name}" for name in names]
    for path, entry in zip(warcs, entries(collection), strict=True):
        data = path.read_bytes()
        assert asking.get(f"a/archive/{path.name}") == data
        assert (entry["name"], entry["size"], entry["where"]) == (path.name, len(data), f"{asking.address}/a")
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_second_run_asks_once_a_file_and_sends_nothing(collection: Path, asking: S3) -> None:
    store(collection, f"{asking.address}/b")
    listing = (collection / "archive" / "stored.json").read_bytes()
    before = len(asking.asked())
    kept = store(collection, f"{asking.address}/b")
    names = [path.name for path in Collection(collection).warcs()]
    assert (kept["stored"], kept["known"], kept["sent"], kept["read"]) == ([], names, 0, 0)
    assert [method for method, _ in asking.asked()[before:]] == ["HEAD"] * len(names)
    assert (collection / "archive" / "stored.json").read_bytes() == listing


def test_thinned_and_brought_back(collection: Path, asking: S3) -> None:
    before = {path.name: path.read_bytes() for path in Left(collection).warcs}
    kept = store(collection, f"{asking.address}/c", "--thin")
    assert kept["removed"] == sorted(before)
    assert [path.name for path in Left(collection).warcs] == ["stored.json"]
    done = genbun("store", str(collection), "--from", f"{asking.address}/c")
    assert done.status == 0, done.err
    assert f"{len(before)} WARC files" in done.out
    (collection / "archive" / "stored.json").unlink()
    assert {path.name: path.read_bytes() for path in Left(collection).warcs} == before


def test_a_later_crawl_s_files_are_added(collection: Path, asking: S3) -> None:
    warcs = Left(collection).warcs
    aside = collection.parent / warcs[-1].name
    warcs[-1].rename(aside)
    store(collection, f"{asking.address}/d", "--thin")
    aside.rename(warcs[-1])
    kept = store(collection, f"{asking.address}/d", "--thin")
    assert kept["stored"] == kept["removed"] == [aside.name]
    assert kept["known"] == [path.name for path in warcs[:-1]]
    assert [entry["name"] for entry in entries(collection)] == [path.name for path in warcs]


def test_a_file_that_is_open_stays(collection: Path, asking: S3) -> None:
    last = Left(collection).warcs[-1]
    last.rename(last.with_name(f"{last.name}.open"))
    done = genbun("store", str(collection), "--to", f"{asking.address}/e", "--thin")
    assert done.status == 0
    assert f"archive/{last.name}.open: is not closed" in done.err
    assert not any(last.name in key for key in asking.keys("e/"))
    assert last.with_name(f"{last.name}.open").exists()


@pytest.mark.parametrize("other", ["size", "bytes"])
def test_what_lies_there_is_never_written_over(collection: Path, asking: S3, other: str) -> None:
    path = Left(collection).warcs[1]
    data = bytearray(path.read_bytes())
    if other == "size":
        del data[-10:]
    else:
        data[1000] ^= 1
    key = f"f-{other}/archive/{path.name}"
    asking.ask("PUT", key, bytes(data))
    done = genbun("store", str(collection), "--to", f"{asking.address}/f-{other}", "--thin")
    assert done.status == 4
    assert f"{asking.address}/{key}: has " in done.said
    assert asking.get(key) == bytes(data)
    assert path.exists()
    assert [one.name for one in Left(collection).warcs] == [path.name, "stored.json"]  # the others were stored


def test_two_that_store_at_once(collection: Path, asking: S3) -> None:
    """The second one's look is before the first one's upload: the service itself refuses it."""
    path = Left(collection).warcs[0]
    there = objects.Objects(f"{asking.address}/g")
    assert there.put_new("archive/one.warc.gz", path)
    assert not there.put_new("archive/one.warc.gz", Left(collection).warcs[1])
    assert asking.get("g/archive/one.warc.gz") == path.read_bytes()


def test_the_service_is_given_a_digest_to_check(collection: Path, asking: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is broken on its way is refused by it, and not only found when it is read back. moto does not look."""
    path = Left(collection).warcs[0]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
        there = objects.Objects(f"{asking.address}/h")
        with ThreadPoolExecutor(1) as thread:
            putting = thread.submit(there.put_new, "archive/one.warc.gz", path)
            connection, _ = listener.accept()
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(65536)
                left = path.stat().st_size - len(head.partition(b"\r\n\r\n")[2])
                while left > 0:
                    left -= len(connection.recv(65536))
                connection.sendall(b'HTTP/1.1 200 OK\r\nETag: "x"\r\nContent-Length: 0\r\n\r\n')
                assert putting.result()
    digest = base64.b64encode(hashlib.sha256(path.read_bytes()).digest())
    assert b"\r\nx-amz-checksum-sha256: " + digest + b"\r\n" in head
    assert b"\r\nif-none-match: *\r\n" in head


def test_a_large_file_goes_in_parts(collection: Path, asking: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above what S3 takes in one piece; here the bound is lower."""
    monkeypatch.setattr(objects, "ONE_PIECE", 6_000_000)
    monkeypatch.setattr(objects, "PART", 5 * 1024 * 1024)
    path = collection / "large.warc.gz"
    path.write_bytes(bytes(range(256)) * 50_000)
    there = objects.Objects(f"{asking.address}/i")
    assert there.put_new("archive/large.warc.gz", path)
    assert any("uploads" in asked for method, asked in asking.asked() if method == "POST")
    assert asking.get("i/archive/large.warc.gz") == path.read_bytes()
    assert not there.put_new("archive/large.warc.gz", path)


def test_killed_in_mid_upload_and_run_again(collection: Path, asking: S3) -> None:
    names = [path.name for path in Left(collection).warcs]
    sizes = [path.stat().st_size for path in Left(collection).warcs]
    with relay(asking, sent=sizes[0] + sizes[1] // 2 + 8000) as slow:
        command = [*GENBUN, "store", str(collection), "--to", f"{asking.address}/j", "--thin"]
        process = subprocess.Popen(command, env=environment(**asking.environment(slow.endpoint)))
        assert slow.stalled.wait(60)
        process.kill()
        process.wait()
    assert asking.keys("j/") == [f"j/archive/{names[0]}"]
    assert [path.name for path in Left(collection).warcs] == [*names[1:], "stored.json"]
    kept = store(collection, f"{asking.address}/j", "--thin")
    assert kept["stored"] == kept["removed"] == names[1:]
    for name, size in zip(names, sizes, strict=True):
        assert len(asking.get(f"j/archive/{name}") or b"") == size


def test_ctrl_c_does_not_wait_for_the_upload(collection: Path, asking: S3) -> None:
    with relay(asking, sent=20_000) as slow:
        heard = ("env", "--default-signal=INT")  # a shell's `&` has it ignored
        command = [*heard, *GENBUN, "store", str(collection), "--to", f"{asking.address}/ctrl-c"]
        process = subprocess.Popen(
            command, env=environment(**asking.environment(slow.endpoint)), stderr=subprocess.PIPE, text=True
        )
        assert slow.stalled.wait(60)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert err.splitlines()[-1] == "genbun: stopped"
    assert asking.keys("ctrl-c/") == []


def test_stored_but_not_listed_is_read_back(collection: Path, asking: S3) -> None:
    """Killed after the upload, before it was noted."""
    for path in Left(collection).warcs:
        asking.ask("PUT", f"k/archive/{path.name}", path.read_bytes())
    total = sum(path.stat().st_size for path in Left(collection).warcs)
    kept = store(collection, f"{asking.address}/k")
    assert (kept["stored"], kept["sent"], kept["read"]) == ([], 0, total)


def test_gone_from_there_after_it_was_thinned(collection: Path, asking: S3) -> None:
    names = [path.name for path in Left(collection).warcs]
    store(collection, f"{asking.address}/l", "--thin")
    asking.ask("DELETE", f"l/archive/{names[0]}")
    asking.ask("PUT", f"l/archive/{names[1]}", b"another")
    done = genbun("store", str(collection), "--to", f"{asking.address}/l")
    assert done.status == 4
    assert f"{names[0]}: is gone" in done.err
    assert f"{names[1]}: was written anew" in done.err
    back = genbun("store", str(collection), "--from", f"{asking.address}/l")
    assert back.status == 4
    assert f"{names[0]}: is no longer there" in back.said
    assert not (collection / "archive" / names[0]).exists()


def test_two_places(collection: Path, asking: S3, tmp_path: Path) -> None:
    """A second copy on a mounted disk; what is removed here is brought back from either."""
    disk = f"file://{tmp_path}/disk"
    before = {path.name: path.read_bytes() for path in Left(collection).warcs}
    store(collection, f"{asking.address}/m")
    store(collection, disk, "--thin")
    for name, data in before.items():
        assert (tmp_path / "disk" / "archive" / name).read_bytes() == data
    assert sorted(path.name for path in (tmp_path / "disk" / "archive").iterdir()) == sorted(before)
    assert len(entries(collection)) == 2 * len(before)
    assert genbun("store", str(collection), "--from", f"{asking.address}/m").status == 0
    assert all((collection / "archive" / name).read_bytes() == data for name, data in before.items())


def test_no_secret_is_left_anywhere(collection: Path, asking: S3) -> None:
    done = genbun("store", str(collection), "--to", f"{asking.address}/n", "--thin", "--endpoint-url", asking.endpoint)
    assert done.status == 0
    left = (
        b"".join(path.read_bytes() for path in collection.rglob("*") if path.is_file()) + (done.out + done.err).encode()
    )
    assert b"invented-secret" not in left
    assert b"AKIAINVENTED" not in left


def test_it_holds_the_collection(collection: Path, asking: S3) -> None:
    with Collection(collection).lock():
        assert genbun("store", str(collection), "--to", f"{asking.address}/o").status == 5
    assert asking.keys("o/") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "s3://AKIA:secret@bucket/x"], "credentials do not belong in an address"),
        (["--to", "memory://x"], "is no place to keep files in"),
        (["--to", "simplecache::s3://bucket"], "is no address of storage"),
        (["--to", "bucket/prefix"], "is no address of storage"),
        (["--to", "s3://bucket/../x"], "is no address of storage"),
        (["--to", "s3:///x"], "names no bucket"),
        (["--to", "nosuch://bucket/x"], "cannot be asked"),
        (["--from", "s3://bucket/x", "--thin"], "give one of the two"),
    ],
)
def test_wrong_usage(collection: Path, asking: S3, words: list[str], said: str) -> None:
    done = genbun("store", str(collection), *words)
    assert done.status == 2
    assert said in done.said
    assert "secret" not in done.err


def test_what_cannot_be_stored_is_said(collection: Path, asking: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = genbun("store", str(collection), "--to", "s3://no-such-bucket/x")
    assert (missing.status, missing.said) == (
        4, "genbun: s3://no-such-bucket/x: there is no such bucket; make it first, or mend the address"
    )  # fmt: skip
    nobody = genbun("store", str(collection), "--to", asking.address, env={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    assert nobody.status == 1
    assert "cannot be reached (Connection refused)" in nobody.said
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")
    strange = genbun("store", str(collection), "--to", asking.address)
    assert strange.status == 1
    assert "there are no credentials; set AWS_ACCESS_KEY_ID" in strange.said
    assert not (collection / "archive" / "stored.json").exists()


def test_keys_from_aws_s_own_files(
    collection: Path, asking: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(f"[profile library]\nregion = us-east-1\nendpoint_url = {asking.endpoint}\n")
    (tmp_path / "credentials").write_text("[library]\naws_access_key_id = K\naws_secret_access_key = S\n")
    files = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    assert store(collection, f"{asking.address}/p", env={**files, "AWS_PROFILE": "library"})["stored"]
    other = genbun("store", str(collection), "--to", asking.address, env={**files, "AWS_PROFILE": "nobody"})
    assert other.status == 2
    assert "AWS_PROFILE=nobody" in other.said
    (tmp_path / "credentials").write_text("[library]\ncredential_process = /bin/false\n")
    process = genbun("store", str(collection), "--to", asking.address, env={**files, "AWS_PROFILE": "library"})
    assert process.status == 2
    assert "aws configure export-credentials" in process.said
