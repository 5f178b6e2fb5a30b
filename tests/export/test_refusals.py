"""A path that is there, a collection that is not whole: said plainly, nothing written, nothing overwritten."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.exporting import exporting
from tests.export.aligned import change, is_paired, read, write
from tests.export.conftest import run_export
from tests.fixture.running import genbun

Spoil = Callable[[Path], object]


def entries(folder: Path) -> set[str]:
    """Everything in a folder, hidden things too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


# the path -----------------------------------------------------------------------------------------


def _file(path: Path) -> None:
    path.write_text("mine", "utf-8")


def _folder(path: Path) -> None:
    path.mkdir()


def _link(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize("name", ["jsonl", "sqlite"])
@pytest.mark.parametrize("make", [_file, _folder, _link])
def test_a_path_that_is_there_stays_as_it_is(make: Spoil, name: str, aligned: Path, tmp_path: Path) -> None:
    make(tmp_path / "out")
    before = entries(tmp_path)
    done = run_export(aligned, name, tmp_path / "out")
    assert done.status == 2
    assert "is there already, and nothing is overwritten; remove it, or give another --to" in done.said
    assert entries(tmp_path) == before


@pytest.mark.parametrize("beside", ["out.provenance.json", "out.metadata.json"])
def test_what_would_lie_beside_stays_too(beside: str, aligned: Path, tmp_path: Path) -> None:
    (tmp_path / beside).write_text("mine", "utf-8")
    done = run_export(aligned, "sqlite", tmp_path / "out")
    assert (done.status, entries(tmp_path)) == (2, {beside})
    assert beside in done.said


def test_a_folder_that_is_missing_and_the_collection_itself(collection: Path, tmp_path: Path) -> None:
    done = run_export(collection, "jsonl", tmp_path / "no" / "out")
    assert done.status == 2
    assert "is no folder; make it first" in done.said
    done = run_export(collection, "jsonl", collection / "exports")
    assert done.status == 2
    assert "lies in the collection" in done.said
    assert not (collection / "exports").exists()


def test_what_is_no_collection(tmp_path: Path) -> None:
    done = run_export(tmp_path, "jsonl", tmp_path.parent / "never")
    assert done.status == 2
    assert "has no archive/ folder" in done.said


# the lines ----------------------------------------------------------------------------------------


def _torn(kind: str) -> Spoil:
    def spoil(collection: Path) -> None:
        path = collection / "records" / f"{kind}.jsonl"
        path.write_bytes(path.read_bytes()[:-100])

    return spoil


def _without_end(collection: Path) -> None:
    path = collection / "records" / "pairs.jsonl"
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))


def _garbage(collection: Path) -> None:
    path = collection / "records" / "articles.jsonl"
    lines = path.read_bytes().split(b"\n")
    lines[4] = lines[4][:200]
    path.write_bytes(b"\n".join(lines))


def _missing_article(collection: Path) -> None:
    pair = next(filter(is_paired, read(collection, "pairs")))
    write(
        collection, "articles", [line for line in read(collection, "articles") if line["id"] != pair["original"]["id"]]
    )


def _twice(collection: Path) -> None:
    lines = read(collection, "articles")
    write(collection, "articles", [*lines, lines[2]])


def _other_text(collection: Path) -> None:
    lines = read(collection, "articles")
    write(collection, "articles", [*lines[:-1], lines[-1] | {"text": lines[-1]["text"] + "!"}])


def _outside(collection: Path) -> None:
    def moved(pair: dict[str, Any]) -> dict[str, Any]:
        pair["alignment"]["sentences"][-1]["original"] = [{"start": 5, "end": 999_999}]
        return pair

    pairs = read(collection, "pairs")
    at = next(number for number, pair in enumerate(pairs) if is_paired(pair))
    write(collection, "pairs", [*pairs[:at], moved(pairs[at]), *pairs[at + 1 :]])


def _aligned_with_nothing(collection: Path) -> None:
    alignment = next(filter(is_paired, read(collection, "pairs")))["alignment"]
    change(collection, "pairs", lambda pair: pair["original"] is None, {"alignment": alignment})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_torn("articles"), "articles.jsonl, line {articles}: is cut off, it has no line end"),
        (_torn("pairs"), "pairs.jsonl, line {pairs}: is cut off, it has no line end"),
        (_without_end, "pairs.jsonl, line {pairs}: is cut off"),
        (_garbage, "articles.jsonl, line 5: is no such line (Invalid JSON: "),
        (_missing_article, "names a version of a side"),
        (_twice, "articles.jsonl, line {after}: says example_herald:"),
        (_other_text, "articles.jsonl, line {articles}: has a text that is not that of its blocks"),
        (_outside, "aligns 5 to 999999 of its original"),
        (_aligned_with_nothing, "is aligned, and has no original"),
    ],
)
@pytest.mark.parametrize("name", ["jsonl", "sqlite"])
def test_lines_that_are_not_whole(name: str, spoil: Spoil, said: str, collection: Path, tmp_path: Path) -> None:
    articles, pairs = (len(read(collection, kind)) for kind in ("articles", "pairs"))
    spoil(collection)
    before = entries(tmp_path)
    done = run_export(collection, name, tmp_path / "out")
    assert done.status == 4
    assert said.format(articles=articles, after=articles + 1, pairs=pairs) in done.said
    assert f"`genbun rebuild {collection}`" in done.said
    assert entries(tmp_path) == before


@pytest.mark.parametrize("kind", ["articles", "pairs"])
def test_a_file_of_lines_that_is_missing(kind: str, collection: Path, tmp_path: Path) -> None:
    (collection / "records" / f"{kind}.jsonl").unlink()
    done = run_export(collection, "csv", tmp_path / "out")
    assert done.status == 4
    assert f"{kind}.jsonl: is not there" in done.said


def test_a_collection_without_anything(tmp_path: Path) -> None:
    (tmp_path / "new" / "archive").mkdir(parents=True)
    done = run_export(tmp_path / "new", "csv", tmp_path / "out")
    assert done.status == 3
    assert "crawl first" in done.said


def test_a_crawl_that_is_under_way_is_named(collection: Path, tmp_path: Path) -> None:
    (collection / "archive" / "genbun-later.warc.gz.open").touch()
    done = run_export(collection, "csv", tmp_path / "out")
    assert done.status == 0
    assert "a crawl is under way, or was killed (genbun-later.warc.gz.open)" in done.out
    said = json.loads((tmp_path / "out" / "provenance.json").read_text("utf-8"))
    assert said["unfinished"] == ["genbun-later.warc.gz.open"]


# half way -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["jsonl", "sqlite", "tmx"])
@pytest.mark.parametrize("wrong", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_half_way_nothing_is_left(
    wrong: BaseException, name: str, aligned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> None:
        assert any(folder.iterdir())
        raise wrong

    monkeypatch.setattr(exporting, "_sync", fail)
    done = run_export(aligned, name, tmp_path / "out")
    assert done.status == 1
    assert ("No space left" in done.said) is isinstance(wrong, OSError)
    assert entries(tmp_path) == set()


@pytest.mark.parametrize("name", ["parquet", "hf"])
def test_without_pyarrow_it_says_what_to_install(
    name: str, aligned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [one for one in sys.modules if one.startswith("pyarrow")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = genbun("export", aligned, "--format", name, "--to", tmp_path / "out")
    assert done.status == 2
    assert "pip install 'genbun[parquet]'" in done.said
    assert entries(tmp_path) == set()
