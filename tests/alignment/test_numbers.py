"""What figures and words are worth, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.alignment.numbers import Number, agree, numbers_of_english, numbers_of_japanese

JAPANESE: dict[str, set[float]] = {
    "３．５％": {3.5},
    "12・５倍": {12.5},
    "約1200人": {1200},
    "１２，３４５人": {12345},
    "十二万人": {120_000},
    "２万３千人": {23_000},
    "3687万人": {36_870_000},
    "1兆2000億円": {1.2e12},
    "８兆１千億円": {8.1e12},
    "3割": {30},
    "3割5分": {35},
    "２割": {20},
    "三分の二": {0.666666667},
    "令和６年": {6, 2024},
    "令和元年": {2019},
    "平成12年": {12, 2000},
    "昭和20年": {20, 1945},
    "23年": {23, 1923, 2023},
    "２０２３年": {2023},
    "二〇二三年": {2023},
    "二つの国": {2},
    "五カ国": {5},
}
ENGLISH: dict[str, set[float]] = {
    "3.5 percent": {3.5},
    "30%": {30},
    "12,345 people": {12345},
    "1.2 trillion yen": {1.2e12},
    "36.9 million": {36_900_000},
    "twenty-five": {25},
    "fifty million": {50_000_000},
    "seventeen": {17},
    "two-thirds": {0.666666667},
    "a third": {0.333333333},
    "the 1990s": {1990},
    "a dozen": {12},
    "two decades ago": {2},
    "first": {1},
}


@pytest.mark.parametrize("text", JAPANESE)
def test_japanese(text: str) -> None:
    assert numbers_of_japanese(text)[0].values == JAPANESE[text]


@pytest.mark.parametrize("text", ENGLISH)
def test_english(text: str) -> None:
    assert numbers_of_english(text)[0].values == ENGLISH[text]


@pytest.mark.parametrize("text", ["統一", "一方で", "第一に", "三菱", "万一"])
def test_a_kanji_in_a_word_is_no_number(text: str) -> None:
    assert not [number for number in numbers_of_japanese(text) if number.is_telling]


def test_dates_agree_part_by_part() -> None:
    here, there = numbers_of_english("July 12, 2023"), numbers_of_japanese("令和５年７月12日")

    assert all(any(agree(one, other) for other in there) for one in here)


@pytest.mark.parametrize(
    ("english", "japanese", "expected"),
    [
        ("3,500", "3500人", True),
        ("3,500", "3000人", False),
        ("36.9 million", "3687万人", True),
        ("some ¥8 trillion", "８兆１千億円", True),
        ("about 2,600", "2558人", True),
        ("2023", "2024年", False),
        ("19", "20人", False),
        ("35 percent", "３割５分", True),
    ],
)
def test_what_agrees(english: str, japanese: str, expected: bool) -> None:
    assert agree(_first(numbers_of_english(english)), _first(numbers_of_japanese(japanese))) is expected


@given(st.integers(0, 10**15))
def test_figures_are_read_as_written(number: int) -> None:
    expected = float(f"{float(number):.9g}")

    assert expected in _first(numbers_of_english(f"{number:,}")).values
    assert expected in _first(numbers_of_japanese(str(number))).values


@given(st.text(max_size=200))
def test_anything_can_be_read(text: str) -> None:
    for number in (*numbers_of_english(text), *numbers_of_japanese(text)):
        assert 0 <= number.start < number.end <= len(text)


def _first(numbers: list[Number]) -> Number:
    return numbers[0]
