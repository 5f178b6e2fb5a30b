"""What a page of a Japanese paper tells of it: the label before its headlines, and what the paper calls itself."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from crawler.checking.clues import Clues, clues_of
from crawler.checking.template import source_of
from crawler.newspapers.newspaper import Found

URL = "https://www.hokkai-times.jp/editorial/1"
WORDS = "川の水を守るには、上流の森を守らなければならない。雨は森に蓄えられ、ゆっくりと川へ出る。" * 4
HEADLINE = "川の水を守るために"
PRINTED = {
    "colon": f"社説：{HEADLINE}", "parentheses": f"（社説）{HEADLINE}", "wide blank": f"社説　{HEADLINE}",
    "brackets": f"【社説】{HEADLINE}", "angles": f"＜社説＞{HEADLINE}",
}  # fmt: skip
TITLES = ["{} | 北海タイムズ", "{}｜社説｜北海タイムズ", "{}：北海タイムズ", "{} - 北海タイムズ"]
SITE = '<meta property="og:site_name" content="北海タイムズ">'


def page(printed: str, title: str, more: str = "") -> bytes:
    return (
        f'<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title>{more}'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{printed}"></head>'
        f'<body><article><h1>{printed}</h1><div class="body"><p>{WORDS}</p><p>{WORDS}</p></div></article></body></html>'
    ).encode()


def names(clues: Clues) -> tuple[str | None, str | None]:
    return clues.title, clues.label


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("way", PRINTED)
def test_label_and_name_are_those_of_the_page(way: str, title: str) -> None:
    printed = PRINTED[way]
    for more in ("", SITE):
        assert names(clues_of(page(printed, title.format(printed), more), URL)) == ("北海タイムズ", "社説")


def test_the_label_may_stand_in_the_title_alone() -> None:
    body = page(HEADLINE, f"社説：{HEADLINE} | 北海タイムズ")
    assert names(clues_of(body, URL)) == ("北海タイムズ", "社説")


@pytest.mark.parametrize("title", [HEADLINE, f"{HEADLINE} | 北海タイムズ", f"{HEADLINE} - 北海タイムズ"])
def test_a_headline_is_no_label(title: str) -> None:
    assert clues_of(page(HEADLINE, title), URL).label is None
    assert (
        clues_of(page("Raise the Wall", "Raise the Wall | Hokkai Times").replace(b'"ja"', b'"en"'), URL).label is None
    )


def test_without_a_name_on_the_page_none_is_made_of_the_headline() -> None:
    assert clues_of(page(HEADLINE, HEADLINE), URL).title is None
    assert clues_of(page("水：川", "水：川"), URL).title is None


@pytest.mark.parametrize("way", PRINTED)
def test_its_draft_knows_its_editorials(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written for such a page parts the label, on the page and in a listing."""
    body = page(PRINTED[way], f"{PRINTED[way]} | 北海タイムズ")
    (tmp_path / "begun_hokkai_times.py").write_text(source_of("hokkai_times", URL, clues_of(body, URL)), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "begun_hokkai_times", raising=False)
    module = importlib.import_module("begun_hokkai_times")
    article, is_editorial = module.draft(body, URL), module.is_editorial
    assert (article.kind, article.label, article.headline) == ("editorial", "社説", HEADLINE)
    assert is_editorial(Found(URL, "feed", "https://www.hokkai-times.jp/feed", title=PRINTED[way])) is True
    assert is_editorial(Found(URL, "feed", "https://www.hokkai-times.jp/feed", title="天気：雨")) is False
