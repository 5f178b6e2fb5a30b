"""The Yomiuri Shimbun: each trap of its pages, one by one."""

from __future__ import annotations

import pytest

from tests.readers.reading import problem, read

EDITORIAL, NEWS = "yomiuri/editorial", "yomiuri/news"


def test_readings_are_left_out_and_so_are_the_line_ends_around_them() -> None:
    article = read(EDITORIAL)
    assert "港の評議会は桟橋の収支を" in article.text
    assert "「需要の崩壊」は" in article.text
    assert "さんばし" not in article.text
    assert " " not in article.text
    assert "◆北浜灯台＝１９３１年" in read(NEWS).text


def test_full_and_half_width_stay_as_the_paper_set_them_and_blanks_between_other_letters_too() -> None:
    assert "２０１９年度に１日４１２人" in read(EDITORIAL).text
    article = read(EDITORIAL, ("２０１９年度に１日４１２人", "2019 年度に\n<b>ABC Def</b>\n４１２人　休み"))
    assert "2019 年度に ABC Def ４１２人　休み" in article.text


def test_a_time_is_the_first_publication_and_not_the_one_shown() -> None:
    article = read(NEWS)
    assert str(article.published_at) == "2026-11-09 23:17:00+09:00"
    assert str(article.modified_at) == "2026-11-10 00:06:42+09:00"
    assert str(article.published_on) == "2026-11-09"
    assert str(read("yomiuri/editorial-before-data").published_at) == "2026-11-13 05:00:00+09:00"


def test_a_headline_is_the_shown_one_and_titles_end_in_names_of_sections() -> None:
    assert read(NEWS).headline == "灯台の扉、９５年ぶりに開く…午前だけで２００人"
    old = read("yomiuri/editorial-before-data", ("<h1 ", "<h6 "), ("</h1>", "</h6>"), ("<h6", "<p hidden"))
    assert (old.headline, old.label) == ("桟橋の閉鎖　評議会は試算を示せ", "社説")
    assert old.parser.signals["headline"] == "title"


@pytest.mark.parametrize("raw", ["社説：桟橋", "［社説］桟橋", "【社説】　桟橋", "（社説）桟橋", "社説 : 桟橋"])
def test_a_label_is_no_part_of_the_headline(raw: str) -> None:
    article = read(EDITORIAL, ("桟橋の閉鎖　評議会は試算を示せ", raw))
    assert (article.label, article.headline, article.kind) == ("社説", "桟橋", "editorial")


def test_breadcrumbs_are_a_list_in_a_list_in_the_data_and_home_is_no_section() -> None:
    assert read(EDITORIAL).section == "社説"
    assert read("yomiuri/editorial-before-data").section == "社説"
    assert read("yomiuri/names-all-changed").section == "社説"
    assert read(NEWS).section == "社会"


def test_a_credit_stands_in_parentheses_and_an_agency_ends_its_caption() -> None:
    first, second = (block for block in read(NEWS).blocks if block.kind == "figure")
    assert (first.caption, first.credit) == ("灯台に登る人たち（北浜町で、９日）＝ロイター", None)
    assert (second.caption, second.credit) == ("灯台の灯", "北浜町提供")


def test_members_marks_in_chrome_are_no_preview() -> None:
    free = read(EDITORIAL)  # `切り抜きは会員限定です`, `読者会員限定` beside another article, 会員限定 in the footer
    assert (free.access, free.truncated) == ("free", False)
    preview = read("yomiuri/members-preview")
    assert (preview.access, preview.truncated) == ("members", True)
    assert "限定" not in preview.text
    assert read("yomiuri/members-mark-alone").access == "members"
    assert read("yomiuri/names-all-changed").access == "unknown"


def test_a_page_without_words_is_a_problem_that_says_why() -> None:
    assert problem("yomiuri/members-without-words") == "members_only"
    assert problem("yomiuri/empty-body") == "no_body"


def test_changed_names_lose_nothing() -> None:
    text = read(EDITORIAL).text
    for case, signal in (("names-changed-microdata-kept", "microdata"), ("names-all-changed", "density")):
        article = read(f"yomiuri/{case}")
        assert article.text == text
        assert article.parser.signals["body"] == signal
        assert article.kind == "editorial"
