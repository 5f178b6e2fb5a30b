"""The Asahi Shimbun: each trap of its pages, one by one."""

from __future__ import annotations

import pytest

from tests.readers.reading import problem, read

EDITORIAL, NEWS = "asahi/editorial", "asahi/news-with-summary-and-warning"


@pytest.mark.parametrize("mark", ["（社説）", "(社説)", "（社説）　"])
def test_the_label_is_split_off(mark: str) -> None:
    article = read(EDITORIAL, ("（社説）桟橋の閉鎖", f"{mark}桟橋の閉鎖"))
    assert (article.label, article.headline) == ("社説", "桟橋の閉鎖　評議会は試算を示せ")
    assert article.kind == "editorial"


def test_a_label_that_only_the_data_name_counts_and_other_series_are_columns() -> None:
    assert read("asahi/label-in-data-alone").kind == "editorial"
    assert read("asahi/column").kind == "column"
    assert read(NEWS).kind == "news"


def test_the_headline_is_not_that_of_the_site_nor_of_a_warning() -> None:
    article = read(NEWS, ("NewsArticle", "x"), ('name="TITLE"', 'name="x"'))
    assert article.headline == "灯台の扉、95年ぶりに開く　北浜町"
    assert article.parser.signals["headline"] == "dom"
    by_title = read(
        NEWS, ("NewsArticle", "x"), ('name="TITLE"', 'name="x"'), ('"og:title"', '"x"'), ("<h1>灯", "<h5>灯")
    )
    assert by_title.headline == article.headline  # without ` [北浜県]：朝日新聞デジタル`


def test_members_only_shows_above_and_below_the_text_though_the_data_say_free() -> None:
    for case in ("editorial-members-preview", "members-names-all-changed"):
        article = read(f"asahi/{case}")
        assert (article.access, article.truncated) == ("members", True)
        assert "残り" not in article.text
    whole = read("asahi/editorial-members-preview", ("残り<b>412</b>文字", ""), ("…</p>", "。</p>"))
    assert (whole.access, whole.truncated) == ("members", False)
    below = read("asahi/editorial-members-preview", (">有料記事<", "><"))
    assert (below.access, below.parser.signals["access"]) == ("members", "line below the text")


def test_every_page_says_that_members_may_read_members_articles() -> None:
    article = read(EDITORIAL)
    assert (article.access, article.truncated) == ("free", False)
    assert read(EDITORIAL, ('content="free"', 'content="x"')).access == "unknown"


def test_times() -> None:
    article = read("asahi/image-in-srcset-modified-before-published")
    assert str(article.published_at) == "2026-11-09 21:37:08+09:00"  # the meta tag says two days before
    assert article.parser.signals["modified_at"].endswith("(before published_at)")
    utc = read(EDITORIAL, ("NewsArticle", "x"), ('"pubdate"', '"x"'))
    assert str(utc.published_at) == "2026-11-13 05:00:00+09:00"  # shown as 20:00 UTC of the day before
    assert str(utc.published_on) == "2026-11-13"
    assert utc.parser.signals["published_at"] == "time"


def test_bylines_keep_their_place_and_the_company_is_none() -> None:
    assert read(NEWS).byline == "北浜=沖田凪 白石海"
    assert read(
        NEWS, ('class="H8KYB"', 'class="x" hidden'), ("<span class", "<b class"), ("海</a></span>", "海</a></b>")
    ).byline
    assert read(EDITORIAL).byline is None


def test_one_figure_is_one_and_a_summary_stands_before_the_text() -> None:
    article = read(NEWS)
    assert [block.kind for block in article.blocks].count("figure") == 1
    assert article.standfirst == "灯台が扉を開いた。町の人々は、何を見たのか。"
    assert article.standfirst not in article.text
    image = read("asahi/image-in-srcset-modified-before-published").blocks[0].image_url
    assert image == "https://www.asahicom.jp/imgopt/img/4ff96428f2/comm_L/AS1.jpg"


def test_hashed_names_that_change_lose_nothing() -> None:
    article = read("asahi/names-all-changed")
    assert article.text == read(EDITORIAL).text
    assert article.parser.signals["body"] == "main"
    assert read("asahi/names-all-changed", ("<main", "<div"), ("</main>", "</div>")).text == article.text


def test_a_preview_without_words_is_a_problem_that_says_why() -> None:
    assert problem("asahi/members-without-words") == "members_only"
    assert problem("asahi/login") == "not_an_article"
