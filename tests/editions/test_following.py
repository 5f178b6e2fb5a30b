"""Whether the other side followed: by what was captured when, and by which sentence renders which."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.editions.following import follow
from crawler.editions.records import Counterpart
from crawler.editions.shelf import AlignmentPart
from crawler.editions.telling import Told, told
from crawler.editions.visits import Seen
from tests.editions.articles import alignment, day, line

JA = (
    "赤字は年６億円に上る。乗客は３１０人だ。",
    "だが船は待たない。油代の節約が理由である。",
    "毎朝２００人の高校生が乗る。",
)
EN = (
    "The line loses 600 million yen a year. It carries 310 passengers.",
    "But ships do not wait. Saving oil is the reason.",
    "Every morning 200 students take the line.",
)

#: A text, and the days on which it was first and last captured.
Captured = tuple[str, float, float]


def article(language: str, *captured: Captured, headlines: Sequence[str] = ()) -> Told:
    """An article through its editions."""
    identity = "example_shimbun:A" if language == "ja" else "example_herald:a"
    lines = [
        line(
            text,
            id=identity,
            version=at,
            language=language,
            at=first,
            headline=headlines[at - 1] if headlines else "灯台",
        )
        for at, (text, first, _) in enumerate(captured, start=1)
    ]
    return told(lines, [Seen(1, day(last)) for _, _, last in captured])


def joined(paragraphs: Sequence[str], *replaced: tuple[str, str]) -> str:
    text = "\n\n".join(paragraphs)
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    return text


def outcomes(one: Told) -> list[Counterpart]:
    """What became of each change of the text, in order."""
    return [
        counterpart for revision in one.revisions for change in revision.text for counterpart in change.counterparts
    ]


def said(one: Told) -> list[tuple[str, str | None, int | None]]:
    return [(found.status, found.basis, found.version) for found in outcomes(one)]


J1, J2 = joined(JA), joined(JA, ("６億", "２億"))
E1, E2 = joined(EN), joined(EN, ("600", "200"))
FIRST = alignment(((E1, "The line loses 600 million yen a year."), (J1, "赤字は年６億円に上る。")))


def test_followed_where_the_other_side_changed_in_a_later_capture() -> None:
    english, japanese = article("en", (E1, 1, 9), (E2, 10, 12)), article("ja", (J1, 0, 4), (J2, 5, 12))
    follow(english, japanese, None, (2, 2))
    assert said(japanese) == [("followed", "position", 2)]
    assert said(english) == [("follows", "position", 2)]
    (found,) = outcomes(japanese)
    assert (found.id, found.edition, found.at, found.until) == ("example_herald:a", 1, day(10), day(12))
    assert [E1[place.start : place.end] for place in found.places] == [EN[0]]


def test_not_followed_where_it_was_captured_later_and_had_not_changed() -> None:
    english, japanese = article("en", (E1, 1, 9)), article("ja", (J1, 0, 4), (J2, 5, 5))
    follow(english, japanese, None, (1, 2))
    assert said(japanese) == [("not_followed", "position", None)]


def test_not_followed_where_another_paragraph_changed() -> None:
    other = joined(EN, ("students", "children"))
    english, japanese = article("en", (E1, 1, 9), (other, 10, 10)), article("ja", (J1, 0, 4), (J2, 5, 5))
    follow(english, japanese, None, (2, 2))
    assert said(japanese) == [("not_followed", "position", None)]
    assert said(english) == [("unknown", "position", None)]


def test_unknown_without_a_later_capture() -> None:
    english, japanese = article("en", (E1, 1, 4.9)), article("ja", (J1, 0, 4), (J2, 5, 5))
    follow(english, japanese, None, (1, 2))
    assert [(one.status, one.why) for one in outcomes(japanese)] == [("unknown", "no_later_capture")]


def test_unknown_where_the_other_side_was_captured_only_after_it() -> None:
    english, japanese = article("en", (E1, 6, 9)), article("ja", (J1, 0, 4), (J2, 5, 5))
    follow(english, japanese, None, (1, 2))
    assert [(one.status, one.why) for one in outcomes(japanese)] == [("unknown", "no_earlier_capture")]


def test_together_where_the_order_cannot_be_told() -> None:
    """Both were found changed by the crawl of day 5, which asked the translation first."""
    english, japanese = article("en", (E1, 0, 0), (E2, 5, 5)), article("ja", (J1, 0.001, 0.001), (J2, 5.001, 5.001))
    follow(english, japanese, None, (2, 2))
    assert said(japanese) == [("together", "position", 2)]
    assert said(english) == [("together", "position", 2)]


def test_an_order_is_not_doubted_because_one_side_is_asked_a_moment_before_the_other() -> None:
    """The translation was last seen unchanged a minute before the original's change was seen."""
    english, japanese = article("en", (E1, 0, 4.999), (E2, 10, 10)), article("ja", (J1, 0, 1), (J2, 5, 10))
    follow(english, japanese, None, (2, 2))
    assert said(japanese) == [("followed", "position", 2)]


def test_the_original_can_follow_its_translation() -> None:
    english, japanese = article("en", (E1, 0, 1), (E2, 2, 9)), article("ja", (J1, 0, 4), (J2, 5, 9))
    follow(english, japanese, None, (2, 2))
    assert said(english) == [("followed", "position", 2)]
    assert said(japanese) == [("follows", "position", 2)]


def test_there_and_back_again_is_three_editions_and_two_matters() -> None:
    english = article("en", (E1, 0, 6), (E2, 7, 20))
    japanese = article("ja", (J1, 0, 4), (J2, 5, 9), (J1, 10, 11))
    follow(english, japanese, None, (2, 3))
    assert [edition.version for edition in japanese.editions] == [1, 2, 3]
    assert said(japanese) == [("followed", "position", 2), ("not_followed", "position", None)]
    assert said(english) == [("follows", "position", 2)]


def test_the_alignment_says_which_sentence() -> None:
    """The change of the translation is in the same paragraph, but in another sentence."""
    other = joined(EN, ("310", "280"))
    links = alignment(
        ((other, "The line loses 600 million yen a year."), (J2, "赤字は年２億円に上る。")),
        ((other, "It carries 280 passengers."), (J2, "乗客は３１０人だ。")),
    )
    english, japanese = article("en", (E1, 0, 6), (other, 7, 20)), article("ja", (J1, 0, 4), (J2, 5, 20))
    follow(english, japanese, AlignmentPart.model_validate(links), (2, 2))
    assert said(japanese) == [("not_followed", "sentence", None)]
    assert [E1[place.start : place.end] for place in outcomes(japanese)[0].places] == [
        "The line loses 600 million yen a year."
    ]
    assert said(english) == [("not_followed", "sentence", None)]


def test_a_sentence_that_is_gone_is_looked_for_by_what_its_paragraph_is_aligned_with() -> None:
    """The translation has the paragraphs in another order, so that mere position would be wrong."""
    turned = EN[::-1]
    before = joined(turned)
    after = joined(turned, ("It carries 310 passengers.", "It is a scandal."))
    without = joined(JA, ("乗客は３１０人だ。", ""))
    links = alignment(((after, "The line loses 600 million yen a year."), (without, "赤字は年６億円に上る。")))
    english, japanese = article("en", (before, 0, 6), (after, 7, 20)), article("ja", (J1, 0, 4), (without, 5, 20))
    follow(english, japanese, AlignmentPart.model_validate(links), (2, 2))
    assert said(japanese) == [("followed", "paragraph", 2)]
    assert {one.status for one in outcomes(english)} == {"follows"}


def test_a_sentence_put_in_is_followed_by_one_put_in() -> None:
    more_ja = joined(JA, ("待たない。", "待たない。夜もである。"))
    more_en = joined(EN, ("not wait.", "not wait. Not even by night."))
    english, japanese = article("en", (E1, 0, 6), (more_en, 7, 20)), article("ja", (J1, 0, 4), (more_ja, 5, 20))
    follow(english, japanese, None, (2, 2))
    assert said(japanese) == [("followed", "position", 2)]


def test_a_whole_paragraph_put_in_is_looked_for_beside_the_one_before() -> None:
    more_ja, more_en = joined([*JA, "それでも駄目なら仕方がない。"]), joined([*EN, "If that fails, so be it."])
    english, japanese = article("en", (E1, 0, 6), (more_en, 7, 20)), article("ja", (J1, 0, 4), (more_ja, 5, 20))
    follow(english, japanese, None, (2, 2))
    assert said(japanese) == [("followed", "position", 2)]


def test_what_the_translation_never_rendered_cannot_be_followed() -> None:
    more = joined(JA, ("待たない。", "待たない。（訂正しました）"))
    links = alignment(((E1, ""), (more, "（訂正しました）")))
    english, japanese = article("en", (E1, 0, 20)), article("ja", (J1, 0, 4), (more, 5, 20))
    follow(english, japanese, AlignmentPart.model_validate(links), (1, 2))
    assert said(japanese) == [("not_followed", "sentence", None)]
    assert outcomes(japanese)[0].places == ()


def test_a_headline_is_followed_by_a_headline() -> None:
    english = article("en", (E1, 0, 6), (E1, 7, 20), headlines=("The Lamp", "The Lamp Again"))
    japanese = article("ja", (J1, 0, 4), (J1, 5, 20), headlines=("灯台", "灯台ふたたび"))
    follow(english, japanese, None, (2, 2))
    (change,) = japanese.revisions[0].fields
    (found,) = change.counterparts
    assert (change.field, found.status, found.basis, found.version) == ("headline", "followed", "field", 2)


def test_an_alignment_of_other_versions_or_other_sentences_does_no_harm() -> None:
    english, japanese = article("en", (E1, 0, 20)), article("ja", (J1, 0, 4), (J2, 5, 20))
    far = {"translation": [{"start": 9_000, "end": 9_999}], "original": [{"start": 3, "end": 3}]}
    for versions in ((1, 2), (7, 8)):
        part = AlignmentPart.model_validate({"method": "x", "sentences": [far]})
        follow(english, japanese, part, versions)
    assert {one.status for one in outcomes(japanese)} == {"not_followed"}


def test_a_long_article_rewritten_on_both_sides_is_judged_in_seconds() -> None:
    ja = [f"第{at}の文は灯台の光{at * 7}に従う。" for at in range(2000)]
    en = [f"Sentence {at} follows the light {at * 7}. " for at in range(2000)]
    english = article("en", ("".join(en), 0, 6), ("".join(en).replace("light", "lamp"), 7, 20))
    japanese = article("ja", ("".join(ja), 0, 4), ("".join(ja).replace("光", "影"), 5, 20))
    follow(english, japanese, None, (2, 2))
    assert {one.status for one in outcomes(japanese)} == {"followed"}


def test_white_space_is_followed_by_nothing() -> None:
    english, japanese = article("en", (E1, 0, 20)), article("ja", (J1, 0, 4), (J1.replace("\n\n", ""), 5, 20))
    follow(english, japanese, None, (1, 2))
    assert {change.unit for change in japanese.revisions[0].text} == {"space"}
    assert outcomes(japanese) == []
