"""What the lexicon finds in a text, and what it costs."""

from __future__ import annotations

import gzip
import time

import pytest

from crawler.alignment.lexicon import JMDICT, Lexicon, load
from crawler.alignment.names import is_same_name, katakana_skeleton, latin_skeletons
from crawler.alignment.words import stem_of, stems_of

TABLE = "".join(
    sorted(["北\tnorth\n", "北朝鮮\tnorth korea\n", "示\t\tさしすせそ:show;point\n", "上\ttop\tらりる:ris\n"])
)


@pytest.fixture(scope="module")
def small() -> Lexicon:
    return Lexicon(TABLE.encode())


@pytest.mark.parametrize(
    ("text", "length", "glosses"),
    [
        ("北朝鮮は", 3, (("north", "korea"),)),
        ("北朝", 1, (("north",),)),
        ("北", 1, (("north",),)),
        ("示した", 1, (("show",), ("point",))),
        ("上る", 1, (("ris",),)),
        ("上を", 1, (("top",),)),
    ],
)
def test_the_longest_form_is_found(small: Lexicon, text: str, length: int, glosses: object) -> None:
    assert small.longest(text, 0) == (length, glosses)


@pytest.mark.parametrize("text", ["", "南", "朝鮮", "\ud800", "a", "\U0010ffff", "\x00"])
def test_what_is_not_in_it_is_not_found(small: Lexicon, text: str) -> None:
    assert small.longest(text, 0) is None


def test_every_form_of_the_table_is_found() -> None:
    lexicon = load()
    lines = gzip.decompress(JMDICT.read_bytes()).decode().splitlines()[1::97]

    assert all(
        (entry := lexicon.longest(line.split("\t")[0], 0)) and entry.length == len(line.split("\t")[0])
        for line in lines
    )


def test_additions_come_first() -> None:
    entry = load().longest("反撃能力を", 0)

    assert entry is not None
    assert (entry.length, ("counterstrik", "capabl") in entry.glosses or "counterattack" in str(entry)) == (4, True)


def test_the_table_is_sorted_and_says_what_it_is() -> None:
    lines = gzip.decompress(JMDICT.read_bytes()).splitlines()

    assert "JMdict" in lines[0].decode()
    assert "CC BY-SA 4.0" in lines[0].decode()
    assert lines == sorted(lines)
    assert JMDICT.stat().st_size < 4_000_000
    assert "EDRDG" in JMDICT.with_name("LICENCE").read_text("utf-8")


def test_an_article_is_looked_up_in_milliseconds() -> None:
    lexicon, text = (
        load(),
        "政府は北朝鮮による日本人拉致問題の解決に向け、国際社会と連携して取り組みを強化すべきだ。" * 25,
    )
    began = time.process_time()

    for at in range(len(text)):
        lexicon.longest(text, at)

    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "words",
    [
        "abduct abducted abductions", "secure security", "agree agreed agreement", "policy policies",
        "planned planning",
        "economy economic economies", "decide decision", "colour color", "Japan Japanese", "critic criticism",
    ],
)  # fmt: skip
def test_words_that_belong_together_have_one_stem(words: str) -> None:
    assert len({stem_of(word) for word in words.split()}) == 1


def test_function_words_have_none() -> None:
    assert stems_of("It is not the U.S. that has to be there") == [stem_of("America")]


@pytest.mark.parametrize(
    ("katakana", "latin", "expected"),
    [
        ("プーチン", "Putin", True),
        ("ゼレンスキー", "Zelenskyy", True),
        ("ストルテンベルグ", "Stoltenberg", True),
        ("ワシントン", "Washington", True),
        ("ウクライナ", "Ukraine", True),
        ("ランサムウエア", "ransomware", True),
        ("トランプ", "Biden", False),
        ("マクロン", "Merkel", False),
    ],
)
def test_names_meet_by_their_sounds(katakana: str, latin: str, expected: bool) -> None:
    assert any(is_same_name(katakana_skeleton(katakana), one) for one in latin_skeletons(latin)) is expected
