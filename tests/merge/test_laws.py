"""The order of merging, and merging once more, make no difference."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from archives.collection import Collection
from crawler.press import cases
from crawler.rebuilding import rebuild
from tests.crawl.crawling import Left, genbun
from tests.merge.conftest import Sources
from tests.merge.merging import (
    archive,
    assert_same,
    crawls,
    journal,
    lines,
    merge_of,
    merged,
    only_warc,
    records,
)

Copy = Callable[..., Path]


def test_associative(sources: Sources, tmp_path: Path) -> None:
    one, two, three = sources.herald, sources.shimbun, sources.later
    at_once = merged(tmp_path / "at-once", one, two, three)
    left = merged(tmp_path / "left", merged(tmp_path / "12", one, two), three)
    right = merged(tmp_path / "right", one, merged(tmp_path / "23", two, three))
    assert_same(left, at_once)
    assert_same(right, at_once)


def test_commutative(sources: Sources, tmp_path: Path) -> None:
    three = (sources.twice, sources.shimbun, sources.later)
    first, *others = (merged(tmp_path / f"{n}", *order) for n, order in enumerate(permutations(three)))
    for other in others:
        assert_same(first, other)


def test_idempotent(sources: Sources, tmp_path: Path) -> None:
    once = merged(tmp_path / "once", sources.twice)
    assert_same(merged(tmp_path / "doubled", sources.twice, sources.twice, sources.herald), once)
    again = merged(tmp_path / "again", once)
    assert_same(merged(again, sources.twice, once), once)
    assert_same(merged(once, once), again)


def test_one_collection_stays_what_it_is(sources: Sources, tmp_path: Path) -> None:
    folder = merged(tmp_path / "merged", sources.twice)
    assert archive(folder) == archive(sources.twice)
    assert lines(folder) == lines(sources.twice)
    assert crawls(folder) == crawls(sources.twice)
    for table in ("captures", "warcs", "readings", "crawls"):
        assert journal(folder, table) == journal(sources.twice, table), table
    settled = {row for row in journal(sources.twice, "asked") if row[3] != "asked"}
    assert settled <= journal(folder, "asked")


def test_lines_are_those_of_a_rebuild_and_all_verifies(sources: Sources, tmp_path: Path) -> None:
    folder = merged(tmp_path / "merged", sources.twice, sources.shimbun, sources.later)
    rebuild(Collection(folder), Collection(tmp_path / "again"))
    assert lines(tmp_path / "again") == lines(folder)
    done = genbun("verify", str(folder))
    assert done.status == 0, done.out
    assert " warning" not in done.out


def test_no_record_is_there_twice(sources: Sources, tmp_path: Path) -> None:
    folder = merged(tmp_path / "merged", sources.herald, sources.twice, sources.shimbun)
    found = [record.id for record in records(folder)]
    assert len(found) == len(set(found))
    assert set(found) == {record.id for one in (sources.twice, sources.shimbun) for record in records(one)}


def test_added_to_what_is_there(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    folder = copy(sources.herald)
    done = merge_of(folder, sources.shimbun, sources.later)
    assert (done.files, done.copied) == (3, 2)
    assert_same(folder, merged(tmp_path / "new", sources.herald, sources.shimbun, sources.later))
    assert archive(sources.shimbun).items() <= archive(folder).items()
    assert not list((folder / "archive").glob(".*"))


def test_copies_share_no_inode(sources: Sources, tmp_path: Path) -> None:
    """Whatever befalls one archive's files must not befall the other's."""
    folder = merged(tmp_path / "merged", sources.herald)
    assert only_warc(folder).stat().st_ino != only_warc(sources.herald).stat().st_ino


def test_two_sides_in_two_collections_are_a_pair(sources: Sources, tmp_path: Path) -> None:
    known = {case.url: case.status for case in cases() if case.status}
    alone = Left(sources.translations).statuses()
    assert set(alone) == set(known)
    assert set(alone.values()) == {"not_captured", "no_link"}
    folder = Left(merged(tmp_path / "merged", sources.translations, sources.shimbun))
    paired = {url for url, status in folder.statuses().items() if status == "paired"}
    listed = {line["url"] for line in Left(sources.shimbun).lines("articles")}
    assert paired == {
        case.url for case in cases() if case.original_url in listed and case.status == "paired" and case.kind != "moved"
    }
    assert len(paired) > 5


def test_versions_are_counted_over_all(sources: Sources, tmp_path: Path) -> None:
    """The edit lies between two crawls in two collections."""
    versions = {line["id"]: line["version"] for line in Left(sources.later).lines("articles")}
    assert set(versions.values()) == {1}
    apart = Left(merged(tmp_path / "merged", sources.later, sources.herald)).lines("articles")
    together = Left(sources.twice).lines("articles")
    assert [(line["id"], line["version"], line["text_digest"]) for line in apart] == [
        (line["id"], line["version"], line["text_digest"]) for line in together
    ]
    first = {line["id"]: line["capture"] for line in Left(sources.herald).lines("articles")}
    for line in apart:
        if line["version"] == 1:
            assert line["capture"] == first[line["id"]], "the earliest response of the version"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_revisits_of_another_file(sources: Sources, tmp_path: Path, order: tuple[int, int]) -> None:
    """What the second crawl did not get again lies in the first one's file."""
    alone = merge_of(tmp_path / "alone", sources.halves[1])
    assert alone.unresolved > 20
    assert merge_of(tmp_path / "both", *(sources.halves[n] for n in order)).unresolved == 0
    assert lines(tmp_path / "both") == lines(sources.twice)
    assert journal(tmp_path / "both") == journal(sources.twice)
