"""Pairing by likeness in invented months: what it finds, what it takes for a pair and is none, and what that costs.

    python -m bench.likeness [--part tuning|frozen|all] [--seeds 5] [--shuffled 260]
    python -m bench.likeness --fit

Worlds are those of tests/likeness: the weights are fitted on the tuning part alone, and what is frozen is held to the
figures of issue 11. A row a world: its pairs, the originals without a translation among them, how many pairs that are
told are right, and how many of all are told; beside it what days alone find, one to one. A candidate is an original in
a translation's window; what it costs is all that was done, sketches and aligner included. The last row is a month in
which every original but those of the pairs is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from crawler.likeness import KeptShares, pairs
from crawler.likeness.assigning import assign
from crawler.likeness.pairing import in_windows, shortlist
from crawler.likeness.shares import Asked
from crawler.likeness.signs import ALIGNED, CHEAP, signs_of
from crawler.likeness.weights import log_odds, with_share
from crawler.likeness.windows import lag_of
from tests.likeness.worlds import World, stories, world

LEAST_PRECISION: Final = 0.98
LEAST_RECALL: Final = 0.90
MOST_MILLISECONDS: Final = 50.0
USUAL_LAG: Final = 3
TIERS: Final = (0.0, 0.5, 0.8, 0.95, 1.01)

FILE: Final = Path(__file__).parents[1] / "crawler" / "likeness" / "weights.json"
#: The months that are fitted on: seed, shuffled originals, days.
FITTED_ON: Final = tuple(
    (seed, shuffled, days) for seed in range(101, 107) for shuffled, days in ((0, 28), (30, 60), (200, 28))
)
PULL: Final = 0.02  # towards zero: what was invented is easier than what is printed
STEPS: Final = 60
LONGEST: Final = 1.0


def main() -> int:
    """Print a row a world, or fit; 1 where a figure of the frozen part is missed."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    arguments.add_argument("--fit", action="store_true", help="fit the weights on the tuning part, and write them")
    arguments.add_argument("--part", choices=("tuning", "frozen", "all"), default="frozen")
    arguments.add_argument("--seeds", type=int, default=5)
    arguments.add_argument("--shuffled", type=int, default=260)
    options = arguments.parse_args()
    if options.fit:
        return fit()
    print(f"{options.part:10}  pairs  distractors  precision  recall  by days  candidates  ms each  aligned  ms each")
    found = [score(world(options.part, seed, options.shuffled)) for seed in range(1, options.seeds + 1)]
    for seed, one in enumerate(found, 1):
        print(row(f"seed {seed}", one))
    total = reduce(Score.plus, found)
    print(row("together", total))
    print(row("no others", score(world(options.part, 1, 0))))
    print(tiers(total.judged))
    missed = total.missed()
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed and options.part == "frozen" else 0


# figures ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Score:
    """What was found in a world. `judged` has, of each best candidate, its confidence and whether it is the one."""

    pairs: int
    distractors: int
    told: int
    right: int
    by_days: int
    candidates: int
    seconds: float
    aligned: int
    aligning: float
    judged: tuple[tuple[float, bool], ...]

    def plus(self, other: Score) -> Score:
        """Both together."""
        return Score(*(getattr(self, name) + getattr(other, name) for name in Score.__dataclass_fields__))

    @property
    def precision(self) -> float:
        """How many of the pairs that are told are right."""
        return self.right / max(1, self.told)

    @property
    def recall(self) -> float:
        """How many of the pairs are told."""
        return self.right / max(1, self.pairs)

    @property
    def milliseconds(self) -> float:
        """What a candidate costs."""
        return self.seconds / max(1, self.candidates) * 1000

    def missed(self) -> list[str]:
        """What is not as it should be."""
        held = (
            (f"precision {self.precision:.3f}, least {LEAST_PRECISION}", self.precision >= LEAST_PRECISION),
            (f"recall {self.recall:.3f}, least {LEAST_RECALL}", self.recall >= LEAST_RECALL),
            (f"{self.milliseconds:.1f} ms a candidate", self.milliseconds <= MOST_MILLISECONDS),
        )
        return [line for line, holds in held if not holds]


def score(month: World) -> Score:
    """Pair a world twice, so that the second time the aligner has nothing to do."""
    shares = KeptShares(sqlite3.connect(":memory:"))
    began = time.process_time()
    found = pairs(month.translations, month.originals, shares)
    middle = time.process_time()
    assert found == pairs(month.translations, month.originals, shares)
    ended = time.process_time()
    told = {id_: likely.original for id_, likely in found.items() if likely.original}
    return Score(
        pairs=len(month.pairs),
        distractors=month.distractors,
        told=len(told),
        right=sum(month.pairs.get(id_) == original for id_, original in told.items()),
        by_days=_by_days(month),
        candidates=sum(len(window) for _, window in in_windows(month.translations, month.originals)),
        seconds=middle - began,
        aligned=shares.made,
        aligning=(middle - began) - (ended - middle),
        judged=tuple(
            (one.best.confidence, month.pairs.get(id_) == one.best.id) for id_, one in found.items() if one.best
        ),
    )


def _by_days(month: World) -> int:
    """How many pairs are right if each translation takes the original whose lag is the most usual; ties by lot."""
    gains = {
        here.candidate.id: {
            there.candidate.id: 100 - abs(lag_of(here.candidate, there.candidate) - USUAL_LAG) + _lot(here, there)
            for there in window
        }
        for here, window in in_windows(month.translations, month.originals)
    }
    return sum(month.pairs.get(id_) == original for id_, original in assign(gains).items())


def _lot(*drawn: object) -> float:
    names = "/".join(one.candidate.id for one in drawn)  # type: ignore[attr-defined]  # both sketches have one
    return hashlib.sha256(names.encode()).digest()[0] / 1000


def row(name: str, one: Score) -> str:
    """A line of the table."""
    return (
        f"{name:10}{one.pairs:7}{one.distractors:13}{one.precision:11.3f}{one.recall:8.3f}"
        f"{one.by_days / max(1, one.pairs):9.3f}{one.candidates:12,}{one.milliseconds:9.2f}{one.aligned:9}"
        f"{one.aligning / max(1, one.aligned) * 1000:9.1f}"
    )


def tiers(judged: Sequence[tuple[float, bool]]) -> str:
    """How often the best candidate is the one, by how sure it is said to be."""
    lines = ["\nbest candidates by confidence: how many, said, right"]
    for low, high in pairwise(TIERS):
        inside = [(chance, is_right) for chance, is_right in judged if low <= chance < high]
        if inside:
            said, right = (sum(values) / len(inside) for values in zip(*inside, strict=True))
            lines.append(f"{low:.2f}-{min(high, 1.0):.2f}  {len(inside):5}  {said:.3f}  {right:.3f}")
    return "\n".join(lines)


# fitting ------------------------------------------------------------------------------------------


class Choice(NamedTuple):
    """A translation's originals by their signs, and which is right, if any."""

    signs: list[tuple[float, ...]]
    right: int | None


def fit() -> int:
    """Fit the cheap signs first, since they choose whom the aligner is asked about; then all."""
    months = [world("tuning", *one) for one in FITTED_ON]
    cheap = climb([choice for month in months for choice in cheap_choices(month)], len(months))
    shares = KeptShares(sqlite3.connect(":memory:"))
    full = climb([choice for month in months for choice in full_choices(month, cheap, shares)], len(months))
    count = sum(story.english is not None for story in stories("tuning"))
    kept = {
        "fitted_on": f"{count} invented editorials with their translations, in {len(months)} invented months",
        "cheap": _rounded(CHEAP, cheap),
        "full": _rounded((*CHEAP, *ALIGNED), full),
    }
    FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(FILE.read_text("utf-8"))
    return 0


def cheap_choices(month: World) -> Iterator[Choice]:
    """Each translation of a month, and its whole window."""
    for here, window in in_windows(month.translations, month.originals):
        ids = [there.candidate.id for there in window]
        right = month.pairs.get(here.candidate.id, "")
        yield Choice(signs_of(here, window), ids.index(right) if right in ids else None)


def full_choices(month: World, cheap: Sequence[float], shares: KeptShares) -> Iterator[Choice]:
    """Each translation of a month, and its shortlist with what the aligner says; none whose original is not on it."""
    for here, window in in_windows(month.translations, month.originals):
        signs = signs_of(here, window)
        listed = shortlist([log_odds(cheap, one) for one in signs])
        originals = [window[at].candidate for at in listed]
        right = month.pairs.get(here.candidate.id)
        ids = [original.id for original in originals]
        found = next(shares.of([Asked(here.candidate, tuple(originals))]))
        if right is None or right in ids:
            yield Choice(
                [with_share(signs[at], found[window[at].candidate.id]) for at in listed],
                ids.index(right) if right else None,
            )


def climb(choices: Sequence[Choice], months: int) -> list[float]:
    """The weights of a conditional logit with an outside option, by Newton's steps; months count as one together."""
    size = len(next(choice.signs[0] for choice in choices if choice.signs))
    weights = [0.0] * size
    for _ in range(STEPS):
        slope = [-PULL * weight if at else 0.0 for at, weight in enumerate(weights)]
        bend = [[(PULL if at else 1e-6) * (at == other) for other in range(size)] for at in range(size)]
        for choice in choices:
            _add(choice, weights, slope, bend, 1 / months)
        steps = _solved(bend, slope)
        short = min(1.0, LONGEST / max(map(abs, steps)))
        weights = [weight + short * step for weight, step in zip(weights, steps, strict=True)]
    return weights


def _add(choice: Choice, weights: list[float], slope: list[float], bend: list[list[float]], share: float) -> None:
    odds = [math.exp(min(30.0, log_odds(weights, signs))) for signs in choice.signs]
    total = 1.0 + sum(odds)
    chances = [(value / total, signs) for value, signs in zip(odds, choice.signs, strict=True) if value / total > 1e-9]
    size = len(weights)
    mean = [sum(chance * signs[at] for chance, signs in chances) for at in range(size)]
    for at in range(size):
        right = choice.signs[choice.right][at] if choice.right is not None else 0.0
        slope[at] += share * (right - mean[at])
        for other in range(size):
            both = sum(chance * signs[at] * signs[other] for chance, signs in chances)
            bend[at][other] += share * (both - mean[at] * mean[other])


def _solved(matrix: list[list[float]], values: list[float]) -> list[float]:
    """x where matrix times x is values; the matrix is positive definite."""
    rows = [[*line, value] for line, value in zip(matrix, values, strict=True)]
    for at, pivot in enumerate(rows):
        for other in rows:
            if other is not pivot:
                factor = other[at] / pivot[at]
                other[:] = [a - factor * b for a, b in zip(other, pivot, strict=True)]
    return [line[-1] / line[at] for at, line in enumerate(rows)]


def _rounded(names: Sequence[str], weights: Sequence[float]) -> dict[str, float]:
    return {name: round(weight, 3) for name, weight in zip(names, weights, strict=True)}


if __name__ == "__main__":
    sys.exit(main())
