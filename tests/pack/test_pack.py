"""What `genbun pack` writes, and when it refuses to."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.errors import CollectionBusy
from archives.pack.checking import check_wacz
from archives.pack.members import warcs_in
from archives.pack.writing import WaczWriter
from crawler.commands.main import main
from crawler.models import ArticleLine, PairLine, ProblemLine
from crawler.packing import pack
from tests.pack.conftest import Opened

Pack = Callable[..., Opened]


def articles(folder: Path) -> list[ArticleLine]:
    lines = (folder / "records" / "articles.jsonl").read_text("utf-8").splitlines()
    return [ArticleLine.model_validate_json(line) for line in lines]


def test_everything_is_in_it_as_it_lies_in_the_collection(crawled: Path, packed: Pack) -> None:
    wacz = packed()
    for path in crawled.rglob("*"):
        name = str(path.relative_to(crawled))
        if path.is_dir() or name == "journal.sqlite" or name.startswith("journal.sqlite-"):
            continue
        if name.startswith("records/schema/"):
            name = f"records/{path.stem}.jsonschema.json"
        assert wacz.read(name) == path.read_bytes(), name
    kinds = {"ArticleLine": "article", "PairLine": "pair", "ProblemLine": "problem"}
    for model in (ArticleLine, PairLine, ProblemLine):
        schema = wacz.json(f"records/{kinds[model.__name__]}.jsonschema.json")
        assert schema["properties"].keys() == model.model_json_schema(mode="serialization")["properties"].keys()
    assert not [name for name in wacz.names() if "journal" in name or "/." in name]


def test_it_is_a_wacz(packed: Pack) -> None:
    wacz = packed()
    package = wacz.json("datapackage.json")
    assert package["profile"] == "data-package"
    assert package["wacz_version"] == "1.1.1"
    assert package["software"].startswith("genbun ")
    assert "The Example Herald" in package["title"]
    assert "14 of 19 translations are paired" in package["description"]
    resources = {resource["path"]: resource for resource in package["resources"]}
    assert {*resources, "datapackage.json", "datapackage-digest.json"} == set(wacz.names())
    for path, resource in resources.items():
        data = wacz.read(path)
        assert resource["bytes"] == len(data)
        assert resource["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
    assert len({resource["name"] for resource in resources.values()}) == len(resources)
    assert wacz.json("datapackage-digest.json") == {
        "path": "datapackage.json",
        "hash": "sha256:" + hashlib.sha256(wacz.read("datapackage.json")).hexdigest(),
    }
    assert list(check_wacz(wacz.path)) == []


def test_warc_files_are_stored_and_text_is_compressed(packed: Pack) -> None:
    with zipfile.ZipFile(packed().path) as file:
        for info in file.infolist():
            expected = zipfile.ZIP_STORED if info.filename.endswith(".gz") else zipfile.ZIP_DEFLATED
            assert info.compress_type == expected, info.filename


def test_every_version_of_every_article_is_a_page(crawled: Path, packed: Pack) -> None:
    header, *pages = packed().pages()
    assert header["format"] == "json-pages-1.0"
    assert header["id"] == "pages"
    lines = articles(crawled)
    assert {(page["article"], page["version"]) for page in pages} == {(line.id, line.version) for line in lines}
    assert len({page["id"] for page in pages}) == len(pages) == len(lines)
    assert any(page["version"] == 2 for page in pages)
    by_id = {(line.id, line.version): line for line in lines}
    indexed = {
        (json.loads(line.split(" ", 2)[2])["url"], line.split(" ", 2)[1])
        for line in (crawled / "indexes" / "index.cdxj").read_text("utf-8").splitlines()
    }
    for page in pages:
        line = by_id[page["article"], page["version"]]
        assert (page["title"], page["text"]) == (line.headline, line.text)
        assert (page["language"], page["newspaper"]) == (line.language, line.newspaper)
        assert (page["url"], "".join(ch for ch in page["ts"] if ch.isdigit())) in indexed
    languages = [page["language"] for page in pages]
    assert languages == sorted(languages), "translations (en) come first, then originals (ja)"


def test_the_main_page_is_the_newest_translation(crawled: Path, packed: Pack) -> None:
    wacz = packed()
    package = wacz.json("datapackage.json")
    newest = max((line for line in articles(crawled) if line.original), key=lambda line: str(line.published_on))
    assert newest.capture is not None
    assert package["mainPageUrl"] == package["mainPageURL"] == newest.capture.url
    assert (package["mainPageUrl"], package["mainPageDate"]) in {(p["url"], p["ts"]) for p in wacz.pages()[1:]}


def test_the_same_collection_gives_the_same_file(collection: Collection, packed: Pack) -> None:
    one = packed("one.wacz").path.read_bytes()
    assert packed("two.wacz").path.read_bytes() == one
    for path in collection.path.rglob("*"):
        os.utime(path, (1, 1))
    shutil.move(collection.path, collection.path.with_name("elsewhere"))
    again = pack(Collection(collection.path.with_name("elsewhere")), collection.path.with_name("three.wacz"))
    assert again.path.read_bytes() == one


def test_py_wacz_finds_it_valid(packed: Pack, capsys: pytest.CaptureFixture[str]) -> None:
    py_wacz = pytest.importorskip("wacz.main", reason="needs wacz: py-wacz is not installed here")
    assert py_wacz.main(["validate", "-f", str(packed().path)]) == 0
    assert "is valid" in capsys.readouterr().out


def test_py_wacz_and_the_check_agree_on_one_that_was_altered(packed: Pack, tmp_path: Path) -> None:
    py_wacz = pytest.importorskip("wacz.main", reason="needs wacz: py-wacz is not installed here")
    wacz = packed()
    altered = tmp_path / "altered.wacz"
    with zipfile.ZipFile(wacz.path) as old, zipfile.ZipFile(altered, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, data.replace(b"paired", b"pairee") if info.filename == "records/pairs.jsonl" else data)
    assert py_wacz.main(["validate", "-f", str(altered)]) == 1
    assert {finding.what for finding in check_wacz(altered)} == {"wacz_hash"}


def test_large_files_can_be_read_by_players(crawled: Path, packed: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """ZIP64, at a limit that one file passes and another nearly does.

    ReplayWeb.page takes a file to have no extra fields before its data if the directory has none for it.
    """
    smaller, larger = sorted(path.stat().st_size for path in (crawled / "archive").iterdir())
    assert larger > 1.1 * smaller
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", smaller + 100)
    wacz = packed().path
    assert list(check_wacz(wacz)) == []
    with zipfile.ZipFile(wacz) as file, wacz.open("rb") as raw:
        extras = {}
        for info in file.infolist():
            raw.seek(info.header_offset + 28)
            (extras[info.file_size],) = struct.unpack("<H", raw.read(2))
            assert info.extra or not extras[info.file_size], info.filename
    assert extras[larger] > 0
    assert extras[smaller] == 0
    assert [warc.open().read(2) for warc in warcs_in(wacz)] == [b"\x1f\x8b"] * 2


# refusals -----------------------------------------------------------------------------------------


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """The exit status of `genbun pack`, and what it said."""
    status = main(["pack", *(str(argument) for argument in arguments)])
    return status, capsys.readouterr().err


def test_an_open_file_is_refused(collection: Collection, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    warc = collection.warcs()[-1]
    warc.rename(warc.with_name(warc.name + ".open"))
    target = tmp_path / "editorials.wacz"
    status, said = refused(capsys, collection.path, "--to", target)
    assert status == 4
    assert f"{warc.name}.open" in said
    assert "the next `genbun crawl" in said
    assert list(tmp_path.glob("*.wacz*")) + list(tmp_path.glob(".*")) == []


def test_a_collection_in_use_is_refused(collection: Collection, tmp_path: Path) -> None:
    with collection.lock(), pytest.raises(CollectionBusy):
        pack(collection, tmp_path / "editorials.wacz")


def test_nobody_else_writes_meanwhile(collection: Collection, tmp_path: Path) -> None:
    tried = []

    def moved(done: int, total: int) -> None:
        with pytest.raises(CollectionBusy), collection.lock():
            raise AssertionError
        tried.append(done)

    pack(collection, tmp_path / "editorials.wacz", moved=moved)
    assert tried == sorted(tried) != []


def test_no_file_is_overwritten(crawled: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "editorials.wacz"
    target.write_bytes(b"mine")
    status, said = refused(capsys, crawled, "--to", target)
    assert (status, target.read_bytes()) == (2, b"mine")
    assert "--force" in said
    assert main(["pack", str(crawled), "--to", str(target), "--force"]) == 0
    assert list(check_wacz(target)) == []
    assert f"genbun verify {target}" in capsys.readouterr().out


def test_what_fails_half_way_leaves_nothing(
    crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    target = tmp_path / "editorials.wacz"
    target.write_bytes(b"mine")
    monkeypatch.setattr(WaczWriter, "close", full)
    status, _ = refused(capsys, crawled, "--to", target, "--force")
    assert (status, [path.name for path in tmp_path.iterdir()]) == (1, ["editorials.wacz"])
    assert target.read_bytes() == b"mine"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def spoil(path: Path) -> None:
    path.write_bytes(b'{"schema":"genbun/article/1"}\n')


def detach(path: Path) -> None:
    line = json.loads(path.read_text("utf-8").splitlines()[0])
    path.write_text(json.dumps(line | {"capture": None}) + "\n")


@pytest.mark.parametrize(
    ("what", "change", "status", "words"),
    [
        ("indexes/index.cdxj", Path.unlink, 4, "genbun rebuild"),
        ("records/articles.jsonl", Path.unlink, 4, "genbun rebuild"),
        ("records/pairs.jsonl", Path.unlink, 4, "genbun rebuild"),
        ("records/articles.jsonl", spoil, 4, "line 1: is no article line"),
        ("records/articles.jsonl", detach, 4, "line 1: names no capture"),
        ("indexes/index.cdxj", spoil, 4, "line 1: is no line of an index"),
        ("archive", shutil.rmtree, 2, "is not a collection"),
    ],
)
def test_what_does_not_agree_with_itself_is_refused(
    collection: Collection,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    what: str,
    change: Callable[[Path], None],
    status: int,
    words: str,
) -> None:
    change(collection.path / what)
    assert refused(capsys, collection.path, "--to", tmp_path / "x.wacz")[0] == status
    refusal = refused(capsys, collection.path, "--to", tmp_path / "x.wacz")[1]
    assert words in refusal
    assert not (tmp_path / "x.wacz").exists()


def test_a_warc_file_that_is_gone_or_cut_is_noticed(
    collection: Collection, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = collection.index.read_text("utf-8").splitlines()
    ends: dict[str, int] = {}
    for line in lines:
        entry = json.loads(line.split(" ", 2)[2])
        ends[entry["filename"]] = max(ends.get(entry["filename"], 0), int(entry["offset"]) + int(entry["length"]))
    warc = collection.warcs()[0]
    with warc.open("r+b") as out:
        out.truncate(ends[warc.name] - 1)
    status, said = refused(capsys, collection.path, "--to", tmp_path / "x.wacz")
    assert (status, f"{warc.name} does not hold" in said) == (4, True)
    warc.unlink()
    assert refused(capsys, collection.path, "--to", tmp_path / "x.wacz")[0] == 4


def test_a_collection_without_captures_has_nothing_to_pack(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Collection(tmp_path / "new").create()
    status, said = refused(capsys, tmp_path / "new", "--to", tmp_path / "x.wacz")
    assert (status, "nothing to pack" in said) == (3, True)


@pytest.mark.parametrize("target", ["x.zip", "nowhere/x.wacz", "folder.wacz"])
def test_bad_targets_are_refused(
    crawled: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, target: str
) -> None:
    (tmp_path / "folder.wacz").mkdir()
    assert refused(capsys, crawled, "--to", tmp_path / target)[0] == 2


@pytest.mark.parametrize("arguments", [[], ["editorials"], ["--to", "x.wacz"], ["editorials", "--new-key", "k.pem"]])
def test_bad_usage_is_refused(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert refused(capsys, *arguments)[0] == 2
