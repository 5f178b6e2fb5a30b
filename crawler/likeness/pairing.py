"""CANDIDATES → pairs: for each translation its likely original, or none; the same from the same articles, always."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from crawler.alignment.lexicon import load as load_lexicon
from crawler.likeness import shares as sharing
from crawler.likeness.assigning import assign
from crawler.likeness.candidates import Candidate, Likely, Rival
from crawler.likeness.shares import Asked, Found, Shares
from crawler.likeness.signs import signs_of
from crawler.likeness.sketches import English, Japanese, english_of, japanese_of
from crawler.likeness.weights import load as load_weights
from crawler.likeness.weights import log_odds, with_share
from crawler.likeness.windows import FIRST, LAST, is_translated, window_of

METHOD: Final = "genbun-likeness/1"
#: A pair that is less sure than this is none.
LEAST: Final = 0.8
#: Nor is any surer: what the weights were fitted on is too little to say more.
MOST: Final = 0.99
#: The aligner is asked about so many originals of a window at most, and about none that has less of a chance beside
#: having none, or beside the best of them.
SHORTLIST: Final = 3
LEAST_CHANCE: Final = 0.002
KEPT: Final = 8  # originals of a window that are remembered
SUREST: Final = 30.0


class Scored(NamedTuple):
    """A translation with the log odds of the best originals in its window; `rest` is what the others come to."""

    id: str
    odds: dict[str, float]
    rest: float


@dataclass(slots=True)
class _Waiting:
    translation: Candidate
    window: list[Candidate]
    signs: list[tuple[float, ...]]
    cheap: list[float]
    asked: tuple[Candidate, ...]


def method_now() -> str:
    """What likeness depends on besides the texts and their days."""
    return f"{METHOD} weights={load_weights().digest} {sharing.method_now()}"


def pairs(
    translations: Iterable[Candidate], originals: Iterable[Candidate], shares: Shares, *, least: float = LEAST
) -> dict[str, Likely]:
    """Translation id → what likeness says of it. Both come by day: only a window of originals is held.

    Originals that are known to be another translation's are better left out. A translation whose shares are neither
    known nor made is left out of the answer.
    """
    scored = {one.id: one for one in score(translations, originals, shares)}
    chosen = assign({one.id: one.odds for one in scored.values()})
    chances = _chances(scored)
    return {id_: _likely(one, chances[id_], chosen.get(id_), least) for id_, one in scored.items()}


# scores -------------------------------------------------------------------------------------------


def score(translations: Iterable[Candidate], originals: Iterable[Candidate], shares: Shares) -> Iterator[Scored]:
    """The log odds of each translation's originals, in order; those left out whose shares are not known."""
    waiting: deque[_Waiting] = deque()

    def asked() -> Iterator[Asked]:
        for here, window in in_windows(translations, originals):
            candidates = [there.candidate for there in window]
            signs = signs_of(here, window)
            cheap = [log_odds(load_weights().cheap, one) for one in signs]
            listed = tuple(candidates[at] for at in shortlist(cheap))
            waiting.append(_Waiting(here.candidate, candidates, signs, cheap, listed))
            yield Asked(here.candidate, listed)

    for found in shares.of(asked()):
        one = waiting.popleft()
        if all(original.id in found for original in one.asked):
            yield _scored(one, found)


def in_windows(
    translations: Iterable[Candidate], originals: Iterable[Candidate]
) -> Iterator[tuple[English, list[Japanese]]]:
    """Each translation with the originals of its window, as sketches; both streams come by day."""
    lexicon = load_lexicon()
    held: deque[Japanese] = deque()
    coming = chain(originals, [None])
    following = next(coming)
    latest = 0
    for translation in translations:
        today = translation.published_on.toordinal()
        if today < latest:
            raise ValueError(f"{translation.id} comes after translations of later days")
        latest = today
        while following is not None and following.published_on.toordinal() <= today - FIRST:
            if following.published_on.toordinal() >= today - LAST and is_translated(following):
                held.append(japanese_of(following, lexicon))
            following = next(coming)
        while held and held[0].candidate.published_on.toordinal() < today - LAST:
            held.popleft()
        yield english_of(translation), [there for there in held if window_of(translation, there.candidate)]


def shortlist(cheap: Sequence[float]) -> list[int]:
    """Which originals the aligner is asked about: the few best, as far as they have a chance."""
    best = sorted(range(len(cheap)), key=lambda at: (-cheap[at], at))[:SHORTLIST]
    return [at for at in best if _odds(cheap[at]) >= LEAST_CHANCE * max(1.0, _odds(cheap[best[0]]))]


def _scored(one: _Waiting, found: Found) -> Scored:
    odds = {}
    for original, signs, cheap in zip(one.window, one.signs, one.cheap, strict=True):
        share = found.get(original.id)
        full = with_share(signs, share) if share else None
        odds[original.id] = log_odds(load_weights().full, full) if full else min(cheap, math.log(LEAST_CHANCE))
    best = sorted(odds, key=lambda id_: (-odds[id_], id_))
    rest = sum(_odds(odds[id_]) for id_ in best[KEPT:])
    return Scored(one.translation.id, {id_: odds[id_] for id_ in best[:KEPT]}, rest)


# chances ------------------------------------------------------------------------------------------


def _chances(scored: dict[str, Scored]) -> dict[str, dict[str, float]]:
    """How probable each original is: one of its window or none is right, and no original is two translations'.

    An original that another translation has for certain counts little, as rival and as find.
    """
    alone = {id_: _normalised(one, dict.fromkeys(one.odds, 1.0)) for id_, one in scored.items()}
    taken: dict[str, dict[str, float]] = {}
    for id_, chances in alone.items():
        for original, chance in chances.items():
            taken.setdefault(original, {})[id_] = chance
    free: dict[tuple[str, str], float] = {
        (id_, original): math.prod(1.0 - chance for other, chance in sorted(takers.items()) if other != id_)
        for original, takers in taken.items()
        for id_ in takers
    }
    return {
        id_: _normalised(one, {original: free[id_, original] for original in one.odds}) for id_, one in scored.items()
    }


def _normalised(one: Scored, free: dict[str, float]) -> dict[str, float]:
    odds = {original: _odds(one.odds[original]) * chance for original, chance in free.items()}
    total = 1.0 + sum(odds.values()) + one.rest
    return {original: value / total for original, value in odds.items()}


def _odds(logarithm: float) -> float:
    return math.exp(max(-SUREST, min(SUREST, logarithm)))


def _likely(one: Scored, chances: dict[str, float], chosen: str | None, least: float) -> Likely:
    ranked = [
        Rival(original, min(MOST, round(chance, 3)))
        for original, chance in sorted(chances.items(), key=lambda item: (item[0] != chosen, -item[1], item[0]))
    ]
    best, runner_up = (*ranked[:2], None, None)[:2]
    if best is None:
        return Likely(None, None, None, "no editorial that may be its original was read")
    if chosen is None or best.confidence < least:
        return Likely(
            None, best, runner_up, f"best candidate {best.id} at {_down(best.confidence):.2f}, below {least:.2f}"
        )
    return Likely(chosen, best, runner_up)


def _down(confidence: float) -> float:
    """To two decimals, and never up: what is below a threshold shall look so."""
    return math.floor(confidence * 100) / 100
