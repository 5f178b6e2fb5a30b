"""The Mainichi Shimbun: each trap of its pages, one by one."""

from __future__ import annotations

import pytest

from tests.readers.reading import problem, read

EDITORIAL, NEWS = "mainichi/editorial", "mainichi/news"
FEE = '<meta name="cXenseParse:mai-fee-charging" content="">'
HEADLINE = "桟橋の閉鎖　評議会は試算を示せ"


@pytest.mark.parametrize("mark", ["社説：", "社説:", "社説 ： ", "［社説］", "【社説】　", "（社説）"])
def test_the_label_is_split_off(mark: str) -> None:
    article = read(EDITORIAL, ("社説：桟橋", f"{mark}桟橋"))
    assert (article.label, article.headline, article.kind) == ("社説", HEADLINE, "editorial")


def test_the_sites_name_is_no_part_of_a_headline_however_it_is_joined() -> None:
    assert read(EDITORIAL).headline_raw.endswith(" - 毎日新聞")
    no_data = (("NewsArticle", "x"), ("title-page", "x"), ("articledetail-title", "x"))
    by_meta = read(EDITORIAL, *no_data)
    assert (by_meta.headline, by_meta.parser.signals["headline"]) == (HEADLINE, "meta")
    by_title = read(EDITORIAL, *no_data, ('meta name="title"', 'meta name="x"'), ('"og:title"', '"x"'))
    assert (by_title.headline, by_title.parser.signals["headline"]) == (HEADLINE, "title")


def test_a_label_that_one_copy_of_the_title_lacks_and_one_above_the_headline() -> None:
    article = read(EDITORIAL, ('"headline": "社説：', '"headline": "'))
    assert (article.label, article.parser.signals["label"]) == ("社説", "dom")
    above = read("mainichi/label-above-the-headline")
    assert (above.label, above.headline, above.kind) == ("社説", HEADLINE, "editorial")
    assert (read("mainichi/column").label, read("mainichi/column").kind) == ("余録", "column")


def test_an_editorial_is_one_by_its_page_of_the_paper_too() -> None:
    no_label = (("社説：", ""), ('"社説"', '"オピニオン"'), (">社説<", ">オピニオン<"))
    assert read(EDITORIAL, *no_label).kind == "editorial"
    web, paper = "k00/00m/070/123000c", "ddm/005/070/123000c"
    moved = read(EDITORIAL, *no_label, (paper, web), url=f"https://mainichi.jp/articles/20261113/{web}")
    assert (moved.kind, moved.id) == ("column", "mainichi:20261113k0000m070123000c")
    assert read(NEWS).kind == "news"


def test_an_empty_fee_flag_is_free_a_missing_one_says_nothing() -> None:
    assert read(EDITORIAL).access == "free"
    assert read(EDITORIAL, (FEE, "")).access == "unknown"
    flagged = read(EDITORIAL, (FEE, FEE.replace('""', '"1"')))
    assert (flagged.access, flagged.truncated) == ("members", True)


def test_members_marks_in_a_frame_are_no_preview() -> None:
    for case in (EDITORIAL, NEWS):  # 有料記事 beside other articles, in the side column and in the footer
        assert (read(case).access, read(case).truncated) == ("free", False)
    for case in ("editorial-members-preview", "members-mark-alone"):
        article = read(f"mainichi/{case}")
        assert (article.access, article.truncated) == ("members", True)
        assert "有料" not in article.text
        assert "残り" not in article.text
    assert problem("mainichi/members-without-words") == "members_only"


def test_zones_without_a_colon_and_times_without_a_zone() -> None:
    article = read(NEWS)
    assert str(article.published_at) == "2026-11-09 21:37:08+09:00"
    assert str(article.modified_at) == "2026-11-10 00:06:42+09:00"
    no_data = (('"datePublished"', '"x"'), ('"dateModified"', '"x"'))
    by_meta = read(NEWS, *no_data)
    assert (by_meta.published_at, by_meta.parser.signals["published_at"]) == (article.published_at, "cXenseParse")
    by_first = read(NEWS, *no_data, ("recs:publishtime", "x"), ("article:modified_time", "x"))
    assert (by_first.published_at, by_first.modified_at) == (article.published_at, article.modified_at)
    shown = read(NEWS, *no_data, ("recs:publishtime", "x"), ('"firstcreate"', '"x"'))
    assert str(shown.published_at) == "2026-11-09 21:37:00+09:00"


def test_sections_are_a_list_and_the_last_is_the_innermost() -> None:
    assert read(NEWS).section == "北浜"
    assert read(NEWS, ("articledetail-head-category-list", "x")).section == "北浜"
    theme = read(NEWS, ("articledetail-head-category-list", "x"), ('"articleSection"', '"x"'))
    assert (theme.section, theme.parser.signals["section"]) == ("北浜", "cXenseParse")


def test_writers_are_those_above_the_text_and_a_signature_stays_in_it() -> None:
    article = read(NEWS)
    assert article.byline == "沖田凪、白石海"
    assert article.text.endswith("【北浜・沖田凪、白石海】")
    assert read(NEWS, ("articletag-author", "x")).byline == "沖田凪、白石海"
    assert read(EDITORIAL).byline is None  # the data name the company


def test_full_and_half_width_stay_and_ruby_is_read_without_its_readings() -> None:
    text = read(EDITORIAL).text
    assert "2019年度に1日412人" in text
    assert "３１日" in text
    assert "（ほうかい）" in text
    ruby = ("桟橋の収支", "<ruby>桟橋<rp>（</rp><rt>さんばし</rt><rp>）</rp></ruby>の収支")
    assert read(EDITORIAL, ruby).text == text


def test_pictures_between_the_paragraphs() -> None:
    article = read(NEWS)
    first, second = (block for block in article.blocks if block.kind == "figure")
    assert first.image_url == "https://cdn.mainichi.jp/vol1/2026/11/09/20261109k0000m040221000p/9.jpg?1"
    assert (first.caption, first.credit) == ("灯台に登る人たち＝北浜町で2026年11月9日、ロイター", None)
    assert (second.caption, second.credit) == ("灯台の灯", "北浜町提供")
    assert [block.kind for block in article.blocks] == ["figure", "paragraph", "heading", "figure", "paragraph"]


@pytest.mark.parametrize(("case", "signal"), [("names-all-changed", "density"), ("of-2016", "p.txt")])
def test_other_names_lose_nothing(case: str, signal: str) -> None:
    article = read(f"mainichi/{case}")
    assert article.text == read(EDITORIAL).text
    assert article.parser.signals["body"] == signal
    assert (article.kind, article.label) == ("editorial", "社説")


def test_a_page_that_is_not_understood_is_no_empty_article() -> None:
    assert problem("mainichi/empty-body") == "no_body"
    assert problem("mainichi/two-articles-in-one") == "disagreement"
