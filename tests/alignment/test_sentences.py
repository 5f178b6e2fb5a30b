"""Where sentences end, and that their places can be found again."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.alignment.sentences import is_heading, paragraphs, split

ENGLISH = {
    "titles": ["Mr. Kim met Lt. Gen. Park.", "They spoke."],
    "abbreviations": ["The U.S. Navy left Washington, D.C. on Jan. 5.", "It returned."],
    "decimals": ["Prices rose 3.5 percent.", "It cost $3.", "No. 5 won."],
    "quotes": ['"We agree," he said.', '"Do we?"', "She left."],
    "company": ["Toyota Motor Corp. announced it.", "The rest followed."],
    "stop inside": ["He paused… then spoke.", "Really?!", "(Yes.)"],
    "unclosed quote": ['"It began.', "It never closed.", "It went on."],
    "initials": ["John F. Kennedy spoke.", "We heard."],
}
JAPANESE = {
    "plain": ["首相は会見した。", "異論はない。"],
    "decimals": ["３．５％の上昇だ。", "12.5倍になった。"],
    "nested": ["首相は「『話す。』と聞いた。本当か」と述べた。", "誰も答えない。"],
    "stop before bracket": ["「行こう。」", "そう言った。"],
    "marks": ["本当か！？", "違う。"],
    "parentheses": ["政府（首相は欠席した。理由は不明）は認めた。", "遅い。"],
    "no stop at the end": ["始まった。", "続きは次号"],
}


@pytest.mark.parametrize("name", ENGLISH)
def test_english(name: str) -> None:
    assert [sentence.text for sentence in split(" ".join(ENGLISH[name]), "en")] == ENGLISH[name]


@pytest.mark.parametrize("name", JAPANESE)
def test_japanese(name: str) -> None:
    assert [sentence.text for sentence in split("".join(JAPANESE[name]), "ja")] == JAPANESE[name]


def test_a_bracket_that_never_closes_is_given_up() -> None:
    text = "「始まった。" + "長い話が続く。" * 60

    assert len(split(text, "ja")) > 20


def test_headings_and_blank_lines_part_sentences() -> None:
    text = "一つ目だ。\n\n◆外交の節目\n二つ目だ。\n \n三つ目だ"

    assert [(sentence.text, sentence.paragraph) for sentence in split(text, "ja")] == [
        ("一つ目だ。", 0),
        ("◆外交の節目", 1),
        ("二つ目だ。", 1),
        ("三つ目だ", 2),
    ]


@pytest.mark.parametrize(
    ("text", "expected"), [("A Profession Shunned", True), ("◆外交の節目", True), ("It is so.", False)]
)
def test_headings(text: str, expected: bool) -> None:
    assert is_heading(text) is expected


@given(st.text(alphabet="aB. !?\"'“”「」『』。、．３5\n\u3000\ud800", max_size=300), st.sampled_from(["en", "ja"]))
def test_spans_cover_everything_but_white_space(text: str, language: str) -> None:
    sentences = split(text, language)

    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in sentences)
    assert "".join("".join(sentence.text.split()) for sentence in sentences) == "".join(text.split())
    assert [sentence.start for sentence in sentences] == sorted(sentence.start for sentence in sentences)


@given(st.text(alphabet="a\n ", max_size=60))
def test_paragraphs_are_what_blank_lines_leave(text: str) -> None:
    assert all(text[start:end].strip() for start, end in paragraphs(text))


@pytest.mark.parametrize(
    "text", ["「" * 10**6, '"' * 10**6, "a. " * 300_000, "A." * 500_000 + " ", "\n " * 500_000, "." * 10**6]
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_hostile_text_is_split_in_linear_time(text: str, language: str) -> None:
    began = time.process_time()

    split(text, language)

    assert time.process_time() - began < 5
