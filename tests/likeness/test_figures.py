"""The figures of issue 11, on what the weights never saw; `python -m bench.likeness` prints more of them."""

from __future__ import annotations

import json

from bench.likeness import FILE, LEAST_PRECISION, LEAST_RECALL, MOST_MILLISECONDS, score
from crawler.likeness.signs import ALIGNED, CHEAP
from tests.likeness.worlds import ALIGNED as ALIGNED_GOLD
from tests.likeness.worlds import GOLD, world


def test_what_is_frozen_is_paired() -> None:
    found = score(world("frozen", 1, 260))
    assert found.distractors >= 300
    assert found.precision >= LEAST_PRECISION
    assert found.recall >= LEAST_RECALL
    assert found.by_days < found.pairs / 2, "days alone find them: the month is too easy"
    assert found.milliseconds <= MOST_MILLISECONDS


def test_the_whole_set_is_as_large_as_it_is_to_be() -> None:
    month = world("all", 1, 260)
    assert len(month.pairs) >= 60
    assert month.distractors >= 300
    assert len(month.translations) > len(month.pairs)


def test_every_text_is_in_one_part() -> None:
    for folder, kind in ((GOLD, "toml"), (ALIGNED_GOLD, "json")):
        parts = json.loads((folder / "parts.json").read_text("utf-8"))
        named = [*parts["tuning"], *parts["frozen"]]
        assert sorted(named) == sorted(file.stem for file in folder.glob(f"*.{kind}") if file.name != "parts.json")


def test_the_weights_are_those_of_the_signs() -> None:
    kept = json.loads(FILE.read_text("utf-8"))
    assert tuple(kept["cheap"]) == CHEAP
    assert tuple(kept["full"]) == (*CHEAP, *ALIGNED)
