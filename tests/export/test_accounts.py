"""Whatever is asked for, written and left out are together all that there is, of each table, each for a reason."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from archives.collection import Collection
from crawler.editions import histories
from crawler.exporting.choosing import REASONS
from tests.export.aligned import Line, change, is_paired, read, with_original, write
from tests.export.conftest import Export, run_export
from tests.export.test_history_rows import counted
from tests.export.test_provenance import said_of

Options = tuple[str, ...]
TABLES = ("articles", "pairs", "sentences", "history")
ASKED: tuple[tuple[Options, ...], ...] = (
    ((), ("--since", "2026-11-10"), ("--until", "2026-11-10")),
    (
        (),
        ("--newspaper", "example_herald"),
        ("--newspaper", "example_shimbun"),
        ("--status", "paired"),
        ("--status", "restricted", "--status", "gone"),
        ("--access", "free"),
    ),
    ((), ("--leave-out-reserved",), ("--leave-out-robots", "noarchive")),
    ((), ("--sample", "3")),
    ((), ("--min-confidence", "0"), ("--min-confidence", "0.9")),
    ((), ("--members",), ("--no-history",)),
)


def combinations(count: int) -> list[Options]:
    """Some of all there are, always the same."""
    every = [tuple(word for options in chosen for word in options) for chosen in product(*ASKED)]
    return random.Random(20261125).sample(every, count)


def test_written_and_left_out_are_all_there_is(aligned: Path, tmp_path: Path) -> None:
    whole = all_of(aligned)
    assert all(whole.values())
    reasons: dict[str, set[str]] = {table: set() for table in TABLES}
    written = 0
    for number, options in enumerate([(), *combinations(80)]):
        name = ("jsonl", "csv", "tmx", "moses")[number % 4]
        done = run_export(aligned, name, tmp_path / str(number), *options)
        assert done.status in (0, 3), (options, done.err)
        if done.status == 3:
            continue
        said = said_of(tmp_path / str(number))
        for table, count in said["written"].items():
            left_out = said["left_out"][table]
            assert count + sum(left_out.values()) == whole[table], (name, options, table, count, left_out)
            assert 0 not in left_out.values()
            reasons[table] |= set(left_out)
        if name == "jsonl":
            held = {table: len(read(tmp_path / str(number), table)) for table in said["written"]}
            assert held == said["written"], options
        written += 1
    assert written > 50
    assert {reason for found in reasons.values() for reason in found} <= set(REASONS)
    assert all(len(found) >= 4 for found in reasons.values()), reasons


def all_of(collection: Path) -> dict[str, int]:
    """How much there is of each table, by the collection's own lines and histories."""
    pairs = read(collection, "pairs")
    changes = [count for line in histories(Collection(collection)) for _, count in counted(line)]
    return {
        "articles": len(read(collection, "articles")),
        "pairs": len(pairs),
        "sentences": sum(len(pair["alignment"]["sentences"]) for pair in pairs if pair["alignment"]),
        "history": sum(changes),
    }


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--sample", "2"), "sample"),
        (("--until", "2026-11-01"), "day"),
        (("--status", "gone", "--status", "restricted"), "status"),
        (("--leave-out-reserved",), "reserved"),
    ],
)
def test_sentences_go_for_the_reason_of_their_pair(
    options: Options, reason: str, aligned: Path, export: Export
) -> None:
    out = export(aligned, "jsonl", *options)
    kept = {row["id"] for row in read(out, "pairs")}
    gone = [pair for pair in read(aligned, "pairs") if pair["id"] not in kept and pair["alignment"]]
    links = sum(len(pair["alignment"]["sentences"]) for pair in gone)
    assert links > 0
    assert said_of(out)["left_out"]["sentences"] == {reason: links}


def test_changes_of_articles_that_are_left_out_are_counted_without_their_captures(
    collection: Path, export: Export
) -> None:
    """So they are where no journal knows when a page was captured again, and the archive is not read for them."""
    rows = read(export(collection, "jsonl", to="all"), "history")
    (edited,) = {row["article_id"] for row in rows}
    (collection / "journal.sqlite").unlink()
    for path in (collection / "archive").iterdir():
        path.rename(path.with_name(f"{path.name}.elsewhere"))
    other = next(paper for paper in ("example_herald", "example_shimbun") if not edited.startswith(paper))
    pairs = [pair for pair in read(collection, "pairs") if pair["original"] is None]
    write(collection, "pairs", pairs)
    said = said_of(export(collection, "jsonl", "--newspaper", other, to="other"))
    assert (said["written"]["history"], said["left_out"]["history"]) == (0, {"newspaper": len(rows)})


def test_without_history_nothing_is_said_of_changes_but_that(aligned: Path, tmp_path: Path) -> None:
    done = run_export(aligned, "jsonl", tmp_path / "out", "--no-history")
    said = said_of(tmp_path / "out")
    assert "history" not in said["written"]
    assert "history" not in said["left_out"]
    assert "neither written nor counted" in said["notes"]["history"]
    assert "changes between versions" not in done.out
    assert "history" not in said_of(_export(aligned, tmp_path / "with"))["notes"]


def _export(collection: Path, target: Path) -> Path:
    assert run_export(collection, "jsonl", target).status == 0
    return target


def test_what_is_not_aligned_is_counted_by_reason(unaligned: Path, tmp_path: Path) -> None:
    statuses = Counter(pair["status"] for pair in read(unaligned, "pairs") if pair["original"])
    said = said_of(_export(unaligned, tmp_path / "none"))["alignment"]
    expected = {"not_tried" if status == "paired" else status: count for status, count in statuses.items()}
    assert set(expected) == {"not_tried", "restricted"}
    assert said["not_aligned"] == expected
    assert said["pairs_not_aligned"] == sum(expected.values()) == with_original(unaligned)


def test_what_cannot_be_aligned_is_told_from_what_nobody_tried(collection: Path, export: Export) -> None:
    change(collection, "pairs", is_paired, {"alignment": None, "not_aligned": "an article of 6,001 sentences"})
    said = said_of(export(collection, "jsonl"))["alignment"]
    assert said["not_aligned"] == {"cannot_be": 1}


# rules for robots that no page gives --------------------------------------------------------------


def test_a_rule_that_no_page_gives_is_named_with_those_there_are(aligned: Path, tmp_path: Path) -> None:
    done = run_export(
        aligned, "csv", tmp_path / "out", "--leave-out-robots", "noarchiv", "--leave-out-robots", "NoArchive"
    )
    warning = "no page here gives robots the rule noarchiv; there are: noarchive, noimageindex"
    assert done.status == 0
    assert f"genbun: --leave-out-robots: {warning}\n" in done.err
    assert said_of(tmp_path / "out")["notes"]["leave_out_robots"] == warning


@pytest.mark.parametrize("rule", ["noarchive", "NOINDEX", "max-snippet", "max-snippet:20", "none"])
def test_a_rule_that_a_page_gives_needs_no_word(rule: str, collection: Path, tmp_path: Path) -> None:
    lines: list[Line] = read(collection, "articles")
    lines[0]["rights"] |= {"robots": ["none", "max-snippet:20"]}
    write(collection, "articles", lines)
    done = run_export(collection, "csv", tmp_path / "out", "--leave-out-robots", rule)
    assert (done.status, done.err) == (0, "")
    assert "leave_out_robots" not in said_of(tmp_path / "out")["notes"]


def test_records_without_an_article_are_named_as_such(collection: Path, tmp_path: Path) -> None:
    for kind in ("articles", "pairs"):
        write(collection, kind, [])
    done = run_export(collection, "jsonl", tmp_path / "out")
    assert done.status == 3
    assert "its records hold no article, so there is nothing to export" in done.err
    assert "None" not in done.err


@pytest.mark.parametrize("name", ["tmx", "moses"])
def test_pairs_without_an_original_are_not_called_unaligned(name: str, aligned: Path, tmp_path: Path) -> None:
    gone = sum(pair["status"] == "gone" for pair in read(aligned, "pairs"))
    done = run_export(aligned, name, tmp_path / "out", "--status", "gone")
    assert done.status == 3
    assert f"of the pairs that were asked for ({gone}) none has an original" in done.err
