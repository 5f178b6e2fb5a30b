"""The Mainichi in English: no page has been seen, so whatever is in doubt is read by several signals."""

from __future__ import annotations

import pytest

from tests.readers.reading import problem, read

EDITORIAL, NEWS = "the_mainichi/editorial", "the_mainichi/news"
HEADLINE = "Council must show its figures on ferry landing; islands need more than a bus"
ORIGINAL = "https://mainichi.jp/articles/20261113/ddm/005/070/123000c"


def test_a_headline_is_whole_where_the_title_for_sharing_is_cut_at_a_semicolon() -> None:
    article = read(EDITORIAL)
    assert (article.label, article.headline, article.kind) == ("Editorial", HEADLINE, "editorial")
    for changes in ([("NewsArticle", "x")], [("NewsArticle", "x"), ("title-page", "x"), ("articledetail-title", "x")]):
        assert read(EDITORIAL, *changes).headline == HEADLINE


def test_opinion_without_the_label_is_a_column() -> None:
    article = read("the_mainichi/column")
    assert (article.kind, article.label, article.original) == ("column", None, None)
    assert article.headline.startswith("News Navigator: ")
    assert read(NEWS).kind == "news"
    assert (
        read(EDITORIAL, ("Editorial: ", ""), (">Opinion</a></li></ul></div>", ">Editorial</a></li></ul></div>")).kind
        == "editorial"
    )


@pytest.mark.parametrize("case", ["link-line", "link-outside-the-text"])
def test_a_link_to_the_original_in_the_text_or_below_it(case: str) -> None:
    article = read(f"the_mainichi/{case}")
    assert article.original is not None
    assert article.original.url == ORIGINAL
    assert [candidate.rule for candidate in article.original.candidates] == ["link_line"]
    assert article.text == read(EDITORIAL).text


@pytest.mark.parametrize("words", ["Japanese original", "Japanese version", "日本語", "Read the original in Japanese"])
def test_whatever_the_links_words_are(words: str) -> None:
    article = read("the_mainichi/link-outside-the-text", (">Japanese version<", f">{words}<"))
    assert article.original is not None
    assert article.original.url == ORIGINAL


def test_links_of_the_frame_and_citations_declare_nothing() -> None:
    article = read(EDITORIAL)  # 日本語 in the header leads to the front page
    assert article.original is not None
    assert (article.original.url, article.original.wording, article.original.candidates) == (None, None, ())
    cited = read("the_mainichi/citation-only").original
    assert cited is not None
    assert (cited.url, [candidate.rule for candidate in cited.candidates]) == (None, ["body_link"])


def test_a_time_of_the_data_or_the_day_that_is_printed() -> None:
    assert str(read(EDITORIAL).published_at) == "2026-11-14 11:00:00+09:00"
    for case, day in (("day-alone", "2026-11-14"), ("of-2016", "2016-11-14")):
        article = read(f"the_mainichi/{case}")
        assert (article.published_at, str(article.published_on)) == (None, day)
        assert "Mainichi Japan" not in article.text
        assert article.text == read(EDITORIAL).text


def test_who_wrote_the_japanese_or_the_english_is_a_byline_and_no_text() -> None:
    article = read(NEWS)
    assert article.byline == "Nagi Okita, Kitahama Bureau"
    assert article.text.endswith("it will be shown in spring.")
    assert read("the_mainichi/news-by").byline == "By Umi Shiraishi, Staff Writer"
    assert read("the_mainichi/news-by").text == article.text
    named = read(
        EDITORIAL, ('cXenseParse:author" content=""', 'cXenseParse:author" content="Umi Shiraishi, Nagi Okita"')
    )
    assert named.byline == "Umi Shiraishi, Nagi Okita"
    assert read(EDITORIAL, ('author" content=""', 'author" content="The Mainichi"')).byline is None


def test_access_is_that_of_the_japanese_pages() -> None:
    assert read(EDITORIAL).access == "free"
    assert read(EDITORIAL, ("mai-fee-charging", "x")).access == "unknown"
    preview = read("the_mainichi/members-preview")
    assert (preview.access, preview.truncated) == ("members", True)


def test_changed_names_lose_nothing_and_no_empty_article_is_made() -> None:
    article = read("the_mainichi/names-all-changed")
    assert (article.text, article.parser.signals["body"]) == (read(EDITORIAL).text, "density")
    assert problem("the_mainichi/empty-body") == "no_body"
