"""The Asahi Shimbun AJW: what is known of its pages only from lists and other people's readers, by several signals."""

from __future__ import annotations

import pytest

from tests.readers.reading import problem, read

EDITORIAL = "asahi_ajw/editorial"


def test_the_label_is_split_off_and_the_sites_name_is_gone() -> None:
    article = read(EDITORIAL)
    assert (article.label, article.headline) == ("EDITORIAL", "Show the figures before closing the ferry landing")
    assert article.kind == "editorial"
    assert (article.section, article.byline) == ("Editorial", None)  # THE ASAHI SHIMBUN


def test_a_label_that_one_copy_of_the_title_lacks() -> None:
    article = read(EDITORIAL, ('og:title" content="EDITORIAL: ', 'og:title" content="'))
    assert (article.label, article.parser.signals["label"]) == ("EDITORIAL", "dom")


def test_the_masthead_is_no_headline() -> None:
    article = read(EDITORIAL, ("og:title", "x"), ('alt="The Asahi Shimbun" />', "/>The Asahi Shimbun"))
    assert article.headline == "Show the figures before closing the ferry landing"


def test_a_line_that_prints_time_or_day() -> None:
    assert str(read(EDITORIAL).published_at) == "2026-11-14 13:20:00+09:00"
    day = read("asahi_ajw/day-alone")
    assert (day.published_at, str(day.published_on)) == (None, "2026-11-14")
    assert "2026" not in day.text


def test_changed_names_lose_nothing() -> None:
    article = read("asahi_ajw/names-all-changed")
    assert article.text == read(EDITORIAL).text
    assert article.parser.signals["body"] == "density"


@pytest.mark.parametrize("case", ["of-2018", "of-2014"])
def test_old_addresses(case: str) -> None:
    article = read(f"asahi_ajw/{case}")
    assert article.id.startswith("asahi_ajw:AJ201")
    assert article.kind == "editorial"


def test_what_nothing_says_is_unknown_and_no_empty_article_is_made() -> None:
    assert read(EDITORIAL).access == "unknown"
    preview = read("asahi_ajw/members-preview")
    assert (preview.access, preview.truncated) == ("members", True)
    assert problem("asahi_ajw/empty-body") == "no_body"
    unnamed = (('property="og:type" content="article"', "x"), ("ArticleText", "x"), ("MainInner", "y"))
    assert problem(EDITORIAL, *unnamed) == "not_an_article"
