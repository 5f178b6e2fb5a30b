"""Collections that hold plain files, and others. What each command does with those is in `tests/hostile_archives/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from archives.collection import LONGEST_ID, Collection
from archives.errors import NotACollection, NotPlain


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """One that is made, and has a WARC file."""
    made = Collection(tmp_path / "here")
    made.create()
    (made.archive / "a.warc.gz").write_bytes(b"")
    return made


def test_a_collection_that_is_reached_by_a_link_is_one(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "collections").mkdir()
    link = tmp_path / "collections" / "editorials"
    link.symlink_to(collection.path)
    linked = Collection(link)
    linked.require()
    linked.create()
    assert [path.name for path in linked.warcs()] == ["a.warc.gz"]


def test_a_link_within_the_collection_is_plain(collection: Collection) -> None:
    (collection.archive / "b.warc.gz").symlink_to("a.warc.gz")
    (collection.path / "latest").symlink_to(collection.records)
    collection.require()


@pytest.mark.parametrize("name", ["archive", "records", "records/schema", "crawls", "indexes"])
def test_where_a_folder_leads_out_nothing_is_made_there(name: str, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    collection = Collection(tmp_path / "here")
    link = collection.path / name
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "outside")
    collection.archive.mkdir(exist_ok=True)
    for ask in (collection.require, collection.create):
        with pytest.raises(NotPlain, match=rf"{name}: is a link that leads out of the collection"):
            ask()
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_sister_whose_name_begins_alike_is_outside(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "here-too").mkdir()
    (collection.path / "x").symlink_to(tmp_path / "here-too")
    with pytest.raises(NotPlain):
        collection.require()


def test_a_folder_that_is_no_collection_is_none_whatever_lies_in_it(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/zero")
    with pytest.raises(NotACollection, match="holds files but no archive/"):
        Collection(tmp_path).create()
    with pytest.raises(NotACollection, match="has no archive/ folder"):
        Collection(tmp_path).require()


def test_an_archive_that_leads_nowhere_is_said_to(tmp_path: Path) -> None:
    (tmp_path / "archive").symlink_to("nowhere")
    for ask in (Collection(tmp_path).require, Collection(tmp_path).create):
        with pytest.raises(NotPlain, match="archive: is neither a file nor a folder"):
            ask()


@pytest.mark.parametrize("crawl", ["../x", "a/b", "/etc/x", "a\0b", "a\nb", "a\udcff", "x" * (LONGEST_ID + 1)])
def test_a_crawl_has_a_name_that_files_may_have(collection: Collection, crawl: str) -> None:
    for where in (collection.receipt, collection.outcomes):
        with pytest.raises(NotPlain, match="is no name"):
            where(crawl)


def test_where_a_crawl_is_written(collection: Collection) -> None:
    assert collection.receipt("20261124T070809Z-example_herald-0000").parent == collection.crawls
    assert collection.outcomes("a..b").name == "a..b.outcomes.jsonl"
