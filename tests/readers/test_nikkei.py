"""The Nikkei: each trap of its pages, one by one."""

from __future__ import annotations

import pytest

from tests.readers.reading import problem, read

EDITORIAL, NEWS = "nikkei/editorial", "nikkei/news-with-boxes"
HEADLINE = "桟橋の閉鎖　評議会は試算を示せ"


@pytest.mark.parametrize("mark", ["［社説］", "[社説]", "【社説】", "社説：", "（社説）　"])
def test_the_label_is_split_off(mark: str) -> None:
    article = read(EDITORIAL, ("［社説］桟橋", f"{mark}桟橋"))
    assert (article.label, article.headline, article.kind) == ("社説", HEADLINE, "editorial")


def test_without_its_label_an_editorial_is_one_by_its_topic() -> None:
    article = read("nikkei/label-by-the-topic-alone")
    assert (article.label, article.kind) == (None, "editorial")
    topic = ('href="/opinion/editorial/">社説</a><k-follow', 'href="/opinion/">意見</a><k-follow')
    assert read("nikkei/label-by-the-topic-alone", topic).kind == "column"
    assert read("nikkei/column").kind == "column"
    assert read(NEWS).kind == "news"


def test_titles_for_sharing_may_be_longer_than_the_headline() -> None:
    article = read(NEWS)
    assert article.headline == "北浜灯台を公開、95年ぶり"
    assert article.parser.signals["headline"] == "json-ld"
    assert read("nikkei/without-data").headline == HEADLINE  # without ` - 日本経済新聞`
    only = (('"headline":', '"x":'), ("<h1", "<h6"), ("</h1>", "</h6>"))
    assert read(EDITORIAL, *only).parser.signals["headline"] == "og:title"


def test_members_only_shows_in_a_banner_below_the_text_and_in_the_data() -> None:
    preview = read("nikkei/editorial-members-preview")
    assert (preview.access, preview.truncated, preview.parser.signals["access"]) == ("members", True, "lock banner")
    banner = ('<k-lock-banner data-lock-banner="true"', "<div"), ("</k-lock-banner>", "</div>")
    below = read("nikkei/editorial-members-preview", *banner)
    assert (below.access, below.parser.signals["access"]) == ("members", "line below the text")
    data = read("nikkei/members-preview-by-data-alone")
    assert (data.access, data.truncated, data.parser.signals["access"]) == ("members", True, "page data")
    for article in (preview, below, data):
        assert "残り" not in article.text
        assert "会員" not in article.text
    assert problem("nikkei/members-without-words") == "members_only"


def test_a_members_article_may_be_shown_whole() -> None:
    article = read("nikkei/members-whole-for-a-guest")
    assert (article.access, article.truncated) == ("members", False)
    assert article.text == read(EDITORIAL).text


def test_free_articles_speak_of_members_and_of_what_is_left_too() -> None:
    article = read(
        EDITORIAL
    )  # 有料会員限定 below it, 会員限定 beside another article, leftArticleBodyLength in its data
    assert (article.access, article.truncated) == ("free", False)
    old = read(EDITORIAL, ("js-k2-hydrate", "x"))
    assert (old.access, old.parser.signals["access"]) == ("free", "link to register")
    assert read(EDITORIAL, ("js-k2-hydrate", "x"), ("free_article", "article")).access == "unknown"


def test_an_empty_time_of_change_is_none_and_what_is_shown_is_in_utc() -> None:
    assert read(EDITORIAL).modified_at is None
    shown = read("nikkei/updated-by-what-is-shown-alone")
    assert str(shown.published_at) == "2026-11-09 21:37:00+09:00"
    assert str(shown.modified_at) == "2026-11-10 00:06:42+09:00"
    assert str(shown.published_on) == "2026-11-09"
    assert {shown.parser.signals[name] for name in ("published_at", "modified_at")} == {"dom"}
    assert str(read("nikkei/before-2020").published_on) == "2016-11-13"


def test_boxes_are_text_line_by_line_and_lists_of_other_articles_are_not() -> None:
    article = read(NEWS)
    kinds = [block.kind for block in article.blocks]
    assert kinds == ["figure", "paragraph", "heading", "paragraph", "figure", "paragraph", "paragraph", "paragraph"]
    assert [block.text for block in article.blocks][-3:] == [
        "◇北浜汽船",
        "灘　海人氏（なだ・かいと）2001年（平13年）北浜汽船入社、19年取締役。",
        "（11月9日就任。汐見波子社長は相談役に）",
    ]
    assert "関連記事" not in article.text
    assert "入場料" not in article.text


def test_pictures_and_their_credits() -> None:
    first, second = (block for block in read(NEWS).blocks if block.kind == "figure")
    assert (first.caption, first.credit) == ("北浜灯台は95年ぶりに人を迎えた", "北浜町提供")
    assert (second.caption, second.credit, second.alt) == (None, None, None)


def test_a_second_line_of_the_headline_is_a_standfirst() -> None:
    assert read("nikkei/updated-by-what-is-shown-alone").standfirst == "町が運営を託す"
    assert read(EDITORIAL).standfirst is None


def test_a_company_is_no_author_and_a_person_is() -> None:
    assert read(EDITORIAL).byline is None
    named = ('"author":{"@type":"Organization","name":"日本経済新聞社"', '"author":{"@type":"Person","name":"灘海人"')
    assert read(EDITORIAL, named).byline == "灘海人"


@pytest.mark.parametrize(
    ("case", "signal"),
    [("marks-of-the-body-gone", "section"), ("names-all-changed", "density"), ("before-2020", "cmn-indent")],
)
def test_hashed_names_that_change_lose_nothing(case: str, signal: str) -> None:
    article = read(f"nikkei/{case}")
    assert article.text == read(EDITORIAL).text
    assert article.parser.signals["body"] == signal
    assert (article.kind, article.headline) == ("editorial", HEADLINE)


def test_a_page_that_is_not_understood_is_no_empty_article() -> None:
    assert problem("nikkei/empty-body") == "no_body"
    assert problem("nikkei/two-articles-in-one") == "disagreement"
    assert problem("nikkei/login") == "not_an_article"
