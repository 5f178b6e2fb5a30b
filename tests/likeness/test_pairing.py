"""One translation and a few originals: what is paired, what is not, and what is said of it."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.likeness import LEAST, Candidate, KeptShares, Likely, Shares, pairs
from crawler.likeness import shares as sharing
from crawler.likeness.pairing import MOST
from crawler.likeness.windows import LAST
from tests.likeness.worlds import World, stories, world

DAY = dt.date(2025, 11, 10)


def candidate(name: str, language: str, lag: int = 0) -> Candidate:
    """One side of a story of the tuning part; the original `lag` days before the translation."""
    month = world("tuning", 1, 0)
    wanted = name if language == "en" else f"example_shimbun:{name}"
    found = {one.id.partition(":")[2] if language == "en" else one.id: one
             for one in (month.translations if language == "en" else month.originals)}  # fmt: skip
    return replace(found[wanted], published_on=DAY - dt.timedelta(days=lag))


@pytest.fixture
def shares() -> KeptShares:
    """Shares that remember in memory."""
    return KeptShares(sqlite3.connect(":memory:"))


def only(translation: Candidate, originals: list[Candidate], shares: Shares) -> Likely:
    """What is said of one translation."""
    by_day = sorted(originals, key=lambda one: one.published_on)
    (found,) = pairs([translation], by_day, shares).values()
    return found


def test_an_original_is_found_with_its_confidence_and_the_runner_up(shares: KeptShares) -> None:
    right, other = candidate("rice-1", "ja", 3), candidate("rice-6", "ja", 2)
    found = only(candidate("rice-1", "en"), [right, other], shares)
    assert found.original == right.id
    assert found.best is not None
    assert found.runner_up is not None
    assert (found.best.id, found.runner_up.id) == (right.id, other.id)
    assert LEAST <= found.confidence <= MOST
    assert found.runner_up.confidence < 0.1
    assert found.detail is None


def test_without_its_original_a_translation_stays_alone_and_says_who_came_nearest(shares: KeptShares) -> None:
    other = candidate("rice-6", "ja", 2)
    found = only(candidate("rice-1", "en"), [other], shares)
    assert (found.original, found.confidence) == (None, 0.0)
    assert found.best is not None
    assert found.detail == f"best candidate {other.id} at {found.best.confidence - 0.005:.2f}, below 0.80"


def test_the_threshold_is_the_callers(shares: KeptShares) -> None:
    right = candidate("rice-1", "ja", 3)
    found = pairs([candidate("rice-1", "en")], [right], shares, least=0.995)
    assert [one.original for one in found.values()] == [None]


@pytest.mark.parametrize("lag", [-2, LAST + 1])
def test_days_outside_the_window_are_not_looked_at(shares: KeptShares, lag: int) -> None:
    found = only(candidate("rice-1", "en"), [candidate("rice-1", "ja", lag)], shares)
    assert found == Likely(None, None, None, "no editorial that may be its original was read")
    assert shares.made == 0


@pytest.mark.parametrize("lag", [-1, 0, LAST])
def test_the_windows_ends_belong_to_it(shares: KeptShares, lag: int) -> None:
    assert only(candidate("rice-1", "en"), [candidate("rice-1", "ja", lag)], shares).original


def test_only_the_newspaper_that_is_translated_is_looked_at(shares: KeptShares) -> None:
    foreign = replace(candidate("rice-1", "ja", 3), newspaper="sankei")
    assert only(candidate("rice-1", "en"), [foreign], shares).best is None


def test_two_translations_do_not_share_an_original(shares: KeptShares) -> None:
    original = candidate("rice-1", "ja", 3)
    translation = candidate("rice-1", "en")
    beginning = replace(translation, id="example_herald:beginning", text=translation.text[:700], text_digest="short")
    found = pairs([beginning, translation], [original], shares)
    assert [one.original for one in found.values()].count(original.id) <= 1


def test_the_beginning_of_an_original_is_enough_where_no_more_is_shown(shares: KeptShares) -> None:
    whole = candidate("rice-1", "ja", 3)
    shown = replace(whole, text=whole.text[:150], text_digest="shown", is_whole=False)
    assert only(candidate("rice-1", "en"), [shown, candidate("rice-6", "ja", 3)], shares).original == whole.id


def test_translations_come_by_day(shares: KeptShares) -> None:
    later, earlier = candidate("rice-1", "en"), candidate("rice-6", "en", 1)
    with pytest.raises(ValueError, match="after translations of later days"):
        pairs([later, earlier], [], shares)


@pytest.mark.parametrize(
    "text", ["", "...", "。" * 100, "word " * 100_000, "語" * 300_000, "１、" * 20_000, "\ud800 a"]
)
def test_no_text_is_too_odd(shares: KeptShares, text: str) -> None:
    odd = replace(candidate("rice-1", "ja", 3), text=text, text_digest="odd")
    assert only(candidate("rice-1", "en"), [odd], shares).original is None
    odd = replace(candidate("rice-1", "en"), text=text, text_digest="odd")
    assert only(odd, [candidate("rice-1", "ja", 3)], shares).original is None


# memory -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def month() -> World:
    """A small one."""
    return world("tuning", 7, 12, 40)


def test_what_was_weighed_is_remembered(month: World) -> None:
    db = sqlite3.connect(":memory:")
    first, second = KeptShares(db), KeptShares(db)
    found = pairs(month.translations, month.originals, first)
    assert first.made > len(month.pairs)
    assert pairs(month.translations, month.originals, second) == found
    assert second.made == 0
    db.execute("UPDATE shares SET method = 'another'")
    assert pairs(month.translations, month.originals, third := KeptShares(db)) == found
    assert third.made == first.made


def test_another_journals_memory_is_taken_over(month: World, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with sqlite3.connect(path, isolation_level=None) as kept:
        found = pairs(month.translations, month.originals, KeptShares(kept))
    kept.close()
    shares = KeptShares(sqlite3.connect(":memory:", isolation_level=None))
    shares.take(path)
    shares.take(tmp_path / "none.sqlite")
    assert pairs(month.translations, month.originals, shares) == found
    assert shares.made == 0


def test_who_does_not_compute_says_nothing_of_what_is_not_known(month: World) -> None:
    nothing = KeptShares(sqlite3.connect(":memory:"), computes=False)
    found = pairs(month.translations, month.originals, nothing)
    assert not [one for one in found.values() if one.original]
    assert len(found) < len(month.translations) - len(month.pairs) + 1


def test_processes_find_the_same(month: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "WORTH_PROCESSES", 2)
    alone, together = (KeptShares(sqlite3.connect(":memory:"), jobs=jobs) for jobs in (1, 2))
    expected = pairs(month.translations, month.originals, alone)
    assert pairs(month.translations, month.originals, together) == expected
    assert together.made == alone.made


def test_the_same_whatever_order_sets_have() -> None:
    program = (
        "import sqlite3; from crawler.likeness import KeptShares, pairs; from tests.likeness.worlds import world\n"
        "month = world('tuning', 7, 12, 40)\n"
        "print(pairs(month.translations, month.originals, KeptShares(sqlite3.connect(':memory:'))))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_what_is_frozen_is_no_part_of_what_is_fitted_on() -> None:
    tuning, frozen = stories("tuning"), stories("frozen")
    assert not {story.name for story in tuning} & {story.name for story in frozen}
    assert not {story.japanese for story in tuning if story.japanese} & {story.japanese for story in frozen}
