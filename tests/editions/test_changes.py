"""What changed between two texts: what a person would say of it, and that the changes make the new text of the old."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.editions import applied
from crawler.editions.order import Budget, common, heaviest
from crawler.editions.words import stretches
from tests.editions.articles import changes

PIECES = (
    *("海を見る。", "山を見た。", "「灯台」だ。", "。", "\n\n", "\n", "\u3000"),
    *("The lamp is out. ", "Ships pass. ", "Mr. A. ", " ", "x"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)

A, B = "港の評議会は火を消すと決めた。", "油代の節約が理由である。"
C, D = "だが船は待たない。", "漁師は毎朝その光を頼りに港を出る。"


def told(old: str, new: str) -> list[tuple[str, str, str | None, str | None]]:
    """What, of what, the old words, the new ones; space left out."""
    found = [one for one in changes(old, new) if one.what != "spacing"]
    return [
        (
            one.what + " moved" * (one.moved and one.what != "moved"),
            one.unit,
            one.old.text if one.old else None,
            one.new.text if one.new else None,
        )
        for one in found
    ]


def shown(old: str, new: str) -> str:
    """The two as one, changes marked."""
    made, at = "", 0
    for one in stretches(old, new, Budget(10**6)):
        made += old[at : one.a] + f"[{old[one.a : one.a_end]}|{new[one.b : one.b_end]}]"
        at = one.a_end
    return made + old[at:]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (A + B, A + B, []),
        (A + C, A + B + C, [("inserted", "sentence", None, B)]),
        (A + B + C, A + C, [("removed", "sentence", B, None)]),
        (f"{A}\n\n{C}", f"{A}\n\n{B}{D}\n\n{C}", [("inserted", "paragraph", None, B + D)]),
        (f"{A}\n\n{B}{D}\n\n{C}", f"{A}\n\n{C}", [("removed", "paragraph", B + D, None)]),
        (f"{B}\n\n{A}{D}\n\n{C}{D}", f"{A}{D}\n\n{C}{D}\n\n{B}", [("moved", "paragraph", B, B)]),
        (A + B + C, B + C + A, [("moved", "sentence", A, A)]),
        (f"{A}{B}{C}", f"{A}\n\n{B}{C}", [("split", "space", None, "\n\n")]),
        (f"{A}\n\n{B}{C}", f"{A}{B}{C}", [("joined", "space", "\n\n", None)]),
        (A + B + C, A + B.replace("油代", "電気代") + C, [("reworded", "sentence", B, "電気代の節約が理由である。")]),
        (
            f"{C}\n\n{A}\n\n{D}{B}",
            f"{A}\n\n{D}{B}\n\n{C[:-1]}という。",
            [("reworded moved", "sentence", C, "だが船は待たないという。")],
        ),
        ("", A, [("inserted", "paragraph", None, A)]),
        (A, "", [("removed", "paragraph", A, None)]),
        (A, D, [("removed", "paragraph", A, None), ("inserted", "paragraph", None, D)]),
        (
            f"＊\n\n{A}\n\n＊\n\n{B}",
            f"＊\n\n{D}\n\n＊\n\n{A}\n\n＊\n\n{B}",
            [("inserted", "paragraph", None, "＊"), ("inserted", "paragraph", None, D)],
        ),
    ],
)  # fmt: skip
def test_a_change_is_what_a_person_calls_it(old: str, new: str, expected: list[tuple[str, ...]]) -> None:
    assert sorted(told(old, new), key=str) == sorted(expected, key=str)
    assert applied(old, changes(old, new)) == new


def test_changes_stand_in_the_order_of_the_new_text() -> None:
    old = f"{A}{B}\n\n{C}\n\n{D}"
    new = f"{A}\n\n新しい段落である。\n\n{C[:-1]}ぞ。\n\n{D}追記。"
    assert [one[0] for one in told(old, new)] == ["removed", "inserted", "reworded", "inserted"]


def test_english_is_told_by_the_word() -> None:
    (one,) = changes("The lamp is out. Ships pass.", "The lamp was put out. Ships pass.", "en")
    assert [(edit.removed, edit.inserted) for edit in one.edits] == [("is", "was put")]
    assert one.kind == "paragraph"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("海の外を見る。", "海の内を見る。", "海の[外|内]を見る。"),
        ("乗客は３１０人だ。", "乗客は３８０人だ。", "乗客は[３１０|３８０]人だ。"),
        ("The cat sat on the mat.", "The dog ran on the mat.", "The [cat sat|dog ran] on the mat."),
        ("It cost 6.2 yen.", "It cost 62 yen.", "It cost [6.2|62] yen."),
        ("が灯台", "か\u3099灯台", "[が|か\u3099]灯台"),
        ("灯台　消すな", "灯台 消すな", "灯台[　| ]消すな"),
        ("abc", "xyz", "[abc|xyz]"),
        ("", "新", "[|新]"),
        ("葛󠄀城市", "葛城市", "[葛󠄀|葛]城市"),
    ],
)
def test_what_changed_in_a_sentence_can_be_read(old: str, new: str, expected: str) -> None:
    assert shown(old, new) == expected


@settings(deadline=None)
@given(st.one_of(TEXTS, ANY), st.one_of(TEXTS, ANY), st.sampled_from(["ja", "en", "de", ""]))
def test_the_changes_make_the_new_text_of_the_old(old: str, new: str, language: str) -> None:
    found = changes(old, new, language)
    assert applied(old, found) == new
    assert (found == []) is (old == new)
    assert found == changes(old, new, language)
    for one in found:
        for place, text in ((one.old, old), (one.new, new)):
            assert place is None or text[place.start : place.end] == place.text
        for edit in one.edits:
            assert old[edit.old_start : edit.old_start + len(edit.removed)] == edit.removed
            assert new[edit.new_start : edit.new_start + len(edit.inserted)] == edit.inserted


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_edits_make_the_new_sentence_of_the_old(old: str, new: str) -> None:
    made, at = "", 0
    for one in stretches(old, new, Budget(10**6)):
        made += old[at : one.a] + new[one.b : one.b_end]
        assert len(made) == one.b_end
        at = one.a_end
    assert made + old[at:] == new


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcde"), max_size=12), st.lists(st.sampled_from("abcde"), max_size=12))
def test_what_two_lists_have_in_common_does_not_cross(old: list[str], new: list[str]) -> None:
    pairs = common(old, new)
    assert all(old[a] == new[b] for a, b in pairs)
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(pairs))


@settings(deadline=None)
@given(st.permutations(range(8)), st.lists(st.integers(1, 9), min_size=8, max_size=8))
def test_what_stays_weighs_most(order: list[int], weights: list[int]) -> None:
    pairs = list(enumerate(order))
    best = 0
    for chosen in range(1 << 8):
        kept = [order[at] for at in range(8) if chosen >> at & 1]
        if kept == sorted(kept):
            best = max(best, sum(weights[at] for at in range(8) if chosen >> at & 1))
    stay = heaviest(pairs, weights)
    assert sum(weights[a] for a, _ in stay) == best
    assert [b for _, b in sorted(stay)] == sorted(b for _, b in stay)


# bounds -------------------------------------------------------------------------------------------

rng = random.Random(8)
KANJI = "海山川空陸島港町村市国県東西南北春夏秋冬新旧大小長短高低多少明暗強弱内外前後左右上下年月日時分人数字"


def sentence() -> str:
    return "".join(rng.choices(KANJI, k=rng.randint(8, 60))) + "。"


MANY = [sentence() for _ in range(5000)]
OTHERS = [sentence() for _ in range(5000)]
TOUCHED = [f"{one[:5]}変{one[5:]}" for one in MANY]
LONG = "".join(rng.choices(KANJI, k=1_000_000))


def text(sentences: list[str]) -> str:
    return "\n\n".join("".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))


def shuffled(sentences: list[str]) -> list[str]:
    return rng.sample(sentences, len(sentences))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(text(MANY), text(TOUCHED), id="all reworded"),
        pytest.param(text(MANY), text(shuffled(MANY)), id="shuffled"),
        pytest.param(text(MANY), text(shuffled(TOUCHED)), id="reworded and shuffled"),
        pytest.param(text(MANY), text(OTHERS), id="all else"),
        pytest.param(text(["同じ。"] * 5000), text(["同じ。", "同じ。", "別。"] * 1700), id="always the same"),
        pytest.param(LONG, f"{LONG[:500_000]}変{LONG[500_000:]}", id="a megabyte, one character"),
        pytest.param(LONG, LONG[::-1], id="a megabyte, turned round"),
        pytest.param(LONG, "変".join(LONG[at : at + 99] for at in range(0, 10**6, 99)), id="a megabyte, all over"),
        pytest.param("ab " * 300_000, "ba " * 300_000, id="a megabyte of words"),
        pytest.param("あ。い。" * 20_000, "い。あ。" * 20_000, id="forty thousand sentences"),
        pytest.param("a\n\n" * 10_000, "b\n\n" * 10_000, id="ten thousand paragraphs"),
        pytest.param("「" * 10**6, "『" * 10**6, id="brackets"),
    ],
)  # fmt: skip
def test_hostile_texts_take_no_more_than_seconds(old: str, new: str) -> None:
    began = time.process_time()
    found = changes(old, new)
    assert time.process_time() - began < 8
    assert applied(old, found) == new


def test_five_thousand_sentences_are_told_one_by_one() -> None:
    found = changes(text(MANY), text([*MANY[:2000], *TOUCHED[2000:2010], *MANY[2010:3000], *MANY[3001:]]))
    kinds = [one.what for one in found if one.unit != "space"]
    assert kinds == ["reworded"] * 10 + ["removed"]
