"""The alignment of two texts: its shape, its confidences, and what it does with text nobody meant."""

from __future__ import annotations

import json
import math
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.alignment import Alignment, NotAlignable, align, split
from crawler.alignment.align import lattices
from crawler.alignment.evidence import gather
from crawler.alignment.features import SHAPES, Features
from crawler.alignment.lexicon import load as load_lexicon
from crawler.alignment.weights import load as load_weights

JAPANESE = [
    ["政府は北朝鮮による日本人拉致問題の解決を急がなければならない。", "被害者の家族は高齢化している。"],
    ["首相は10月３日、国会で演説し、防衛費を４兆２千億円に増やすと述べた。", "野党は財源が示されていないと批判した。"],
    ["プーチン大統領はウクライナへの侵略を続けている。", "ロシア軍は撤退すべきである。"],
    ["昨年度の出生数は72万人で、過去最少となった。", "若い世代が子供を育てやすい社会を築くべきだ。"],
]
ENGLISH = [
    [
        "The government must hasten to resolve the issue of Japanese nationals abducted by North Korea.",
        "The families of the victims are growing old.",
    ],
    [
        "In a speech to the Diet on October 3, the prime minister said defense spending would rise to ¥4.2 trillion.",
        "Opposition parties criticized him for not showing where the money would come from.",
    ],
    ["President Putin is continuing his aggression against Ukraine.", "Russian troops should withdraw."],
    [
        "A record low of 720,000 babies were born in the last fiscal year.",
        "We should build a society in which young people find it easy to raise children.",
    ],
]
EVERY_ENGLISH = [sentence for paragraph in ENGLISH for sentence in paragraph]
EVERY_JAPANESE = [sentence for paragraph in JAPANESE for sentence in paragraph]
UNRELATED = (
    "The orchestra tuned its violins. A cat slept beside the stove. Blue paint dried on the fence. "
    "My cousin bakes bread with rye flour. The lighthouse keeper reads novels. Snow fell on the orchard."
)


def english(paragraphs: list[list[str]]) -> str:
    return "\n\n".join(" ".join(sentences) for sentences in paragraphs)


def japanese(paragraphs: list[list[str]]) -> str:
    return "\n\n".join("".join(sentences) for sentences in paragraphs)


def test_a_faithful_translation_is_aligned_one_for_one() -> None:
    found = align(english(ENGLISH), japanese(JAPANESE))

    assert [(len(link.translation), len(link.original)) for link in found.sentences] == [(1, 1)] * 8
    assert min(link.p_pair for link in found.sentences) >= 0.95
    assert [(link.translation, link.original) for link in found.paragraphs] == [((at,), (at,)) for at in range(4)]
    assert not [link.warnings for link in found.sentences if link.warnings]


def test_places_are_those_of_the_text() -> None:
    translation, original = english(ENGLISH), japanese(JAPANESE)
    found = align(translation, original)
    spans_t = [span for link in found.sentences for span in link.translation]
    spans_o = [span for link in found.sentences for span in link.original]

    assert [translation[span.start : span.end] for span in spans_t] == EVERY_ENGLISH
    assert [original[span.start : span.end] for span in spans_o] == EVERY_JAPANESE


def test_what_is_merged_parted_dropped_and_added() -> None:
    merged = f"{ENGLISH[2][0][:-1]}, but {ENGLISH[2][1]}"
    translation = [
        ENGLISH[0],
        [ENGLISH[1][0]],
        [merged],
        [*ENGLISH[3], "A koala ate eucalyptus leaves at the zoo in Perth."],
    ]
    found = align(english(translation), japanese(JAPANESE))

    assert [(len(link.translation), len(link.original)) for link in found.sentences] == [
        (1, 1), (1, 1), (1, 1), (0, 1), (1, 2), (1, 1), (1, 1), (1, 0),
    ]  # fmt: skip


def test_the_field_is_as_the_contract_has_it() -> None:
    found = json.loads(align(english(ENGLISH), japanese(JAPANESE)).model_dump_json())

    assert list(found) == ["method", "sentences", "paragraphs"]
    assert list(found["sentences"][0]) == ["translation", "original", "p_pair", "p_exact", "warnings"]
    assert list(found["sentences"][0]["translation"][0]) == ["start", "end"]
    assert list(found["paragraphs"][0]) == ["translation", "original", "p_pair"]
    assert found["sentences"][0]["warnings"] == []
    assert f"lexicon={load_lexicon().digest}" in found["method"]


def test_numbers_and_names_that_differ_are_warnings() -> None:
    changed = english(ENGLISH).replace("720,000", "810,000").replace("President Putin", "As for it, President Zelensky")
    original = japanese(JAPANESE) + "\n\nゼレンスキー氏は訪日した。" + "プーチン氏は来なかった。"
    found = align(changed + "\n\nAs a guest, Zelensky came to Japan. It was Putin who did not.", original)

    assert [warning for link in found.sentences for warning in link.warnings] == [
        "name: Zelensky / プーチン",
        "number: 810,000 / 72万",
    ]


def test_unrelated_articles_have_few_sure_links() -> None:
    found = align(UNRELATED, japanese(JAPANESE))

    assert sum(link.p_pair > 0.5 for link in found.sentences if link.translation and link.original) <= 2


def test_the_same_texts_give_the_same_alignment() -> None:
    first, second = (align(english(ENGLISH), japanese(JAPANESE)).model_dump_json() for _ in range(2))

    assert first == second


def test_a_dropped_sentence_changes_only_what_is_near() -> None:
    whole = align(english(ENGLISH), japanese(JAPANESE))
    less = align(english([ENGLISH[0], ENGLISH[1], [ENGLISH[2][0]], ENGLISH[3]]), japanese(JAPANESE))

    assert [link.original for link in less.sentences[:4]] == [link.original for link in whole.sentences[:4]]
    assert [link.translation for link in less.sentences[:4]] == [link.translation for link in whole.sentences[:4]]
    assert less.sentences[-1].original == whole.sentences[-1].original


def test_posteriors_of_each_sentence_sum_to_one() -> None:
    here, there = split(english(ENGLISH), "en"), split(japanese(JAPANESE), "ja")
    (lattice,) = lattices(Features(gather(here, there, load_lexicon())), load_weights().features)

    for at in range(len(here)):
        taken = [bead.posterior for bead in lattice.beads if bead.t <= at < bead.end[0]]
        assert math.isclose(sum(taken), 1.0, abs_tol=1e-6)
    for at in range(len(there)):
        taken = [bead.posterior for bead in lattice.beads if bead.o <= at < bead.end[1]]
        assert math.isclose(sum(taken), 1.0, abs_tol=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(EVERY_ENGLISH), max_size=12).map(" ".join),
    st.lists(st.sampled_from(EVERY_JAPANESE), max_size=12).map("".join),
)
def test_links_take_every_sentence_once_and_in_order(translation: str, original: str) -> None:
    found = align(translation, original)

    assert_whole(found, translation, original)


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet='aZ .!?"“1%\n$\ud800', max_size=120),
    st.text(alphabet="あ漢カ。「」、１億年\n\udfff", max_size=120),
)
def test_any_text_is_aligned_whole(translation: str, original: str) -> None:
    assert_whole(align(translation, original), translation, original)


def assert_whole(found: Alignment, translation: str, original: str) -> None:
    here, there = split(translation, "en"), split(original, "ja")
    assert [(span.start, span.end) for link in found.sentences for span in link.translation] == [
        one[:2] for one in here
    ]
    assert [(span.start, span.end) for link in found.sentences for span in link.original] == [one[:2] for one in there]
    assert all((len(link.translation), len(link.original)) in SHAPES for link in found.sentences)
    assert all(0 <= link.p_exact <= link.p_pair <= 1 for link in found.sentences)
    assert all(round(link.p_pair, 3) == link.p_pair for link in found.sentences)
    for numbers in ([link.translation for link in found.paragraphs], [link.original for link in found.paragraphs]):
        flat = [number for row in numbers for number in row]
        assert sorted(flat) == list(range(len(flat)))
        assert all(one < other for row in numbers for one, other in pairwise(row))


@pytest.mark.parametrize(
    ("translation", "original"),
    [("", ""), ("Only here.", ""), ("", "ここだけだ。"), ("One.", "一つだ。"), ("\n\n \n", "　\n\n")],
)
def test_small_and_empty_sides(translation: str, original: str) -> None:
    found = align(translation, original)

    assert_whole(found, translation, original)


@pytest.mark.parametrize(
    ("translation", "original"),
    [
        ("word " * 200_000, "彼が来た。"),
        ("He came.", "あ漢" * 500_000),
        ('"' * 10**6, "「" * 10**6),
        ("9" * 10**6, "九" * 10**6),
        ("Hello.", "カ" * 10**6),
        ("\ud800 abc. " * 200, "\udfff漢字。" * 200),
        ("Hello there.", "同じ文だ。\n\n" * 3000),
        ("The same again.\n\n" * 300, "同じ文だ。\n\n" * 300),
    ],
    ids=["no stop", "no stop, ja", "quotes", "digits", "katakana", "surrogates", "one for thousands", "repeated"],
)
def test_hostile_text_is_bounded(translation: str, original: str) -> None:
    began = time.process_time()

    align(translation, original)

    assert time.process_time() - began < 10


def test_time_is_linear_in_long_articles() -> None:
    spent = []
    for times in (10, 40):
        began = time.process_time()
        align(english(ENGLISH * times), japanese(JAPANESE * times))
        spent.append(time.process_time() - began)

    assert spent[1] < 8 * spent[0]


@pytest.mark.long
def test_an_article_of_five_thousand_sentences() -> None:
    translation, original = english(ENGLISH * 625), japanese(JAPANESE * 625)
    began = time.process_time()

    found = align(translation, original)

    assert len(found.sentences) == 5000
    assert sum(link.p_pair > 0.5 for link in found.sentences) > 4900
    assert time.process_time() - began < 90


@pytest.mark.parametrize(("translation", "original"), [("fr", "ja"), ("en", "zh-Hans"), ("ja", "en")])
def test_other_languages_are_refused(translation: str, original: str) -> None:
    with pytest.raises(NotAlignable, match="only English translations of Japanese originals"):
        align("A.", "あ。", translation_language=translation, original_language=original)


def test_regional_tags_are_the_language() -> None:
    assert align("A.", "あ。", translation_language="en-US", original_language="ja-JP").sentences


@pytest.mark.parametrize(
    ("translation", "original"), [(japanese(JAPANESE), japanese(JAPANESE)), (UNRELATED, UNRELATED)]
)
def test_a_language_that_is_not_what_it_says_is_refused(translation: str, original: str) -> None:
    with pytest.raises(NotAlignable, match="is not"):
        align(translation, original)


def test_an_article_beyond_all_bounds_is_refused() -> None:
    with pytest.raises(NotAlignable, match="sentences is more than"):
        align("It is. " * 10_000, "あ。")


def test_weights_say_what_they_were_fitted_on() -> None:
    assert "WMT" in load_weights().fitted_on
    with pytest.raises(LookupError, match="no weights were fitted for 'labse'"):
        load_weights("labse")
