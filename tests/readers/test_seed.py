"""The one real editorial we have as text, set in every layout: each must give all of it, in order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.models import Article
from crawler.newspapers import parse_page
from tests.readers.layouts import LAYOUTS, SANKEI, URL, Story, story_from_text

pytestmark = pytest.mark.realpages


@pytest.fixture(scope="module")
def story() -> Story:
    text = Path(os.environ["GENBUN_REAL_PAGES"]) / "seed" / "editorial.txt"
    return story_from_text(text.read_text(encoding="utf-8"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_seed_is_read_whole(layout: str, story: Story) -> None:
    article = parse_page(LAYOUTS[layout](story).encode(), URL)
    assert isinstance(article, Article), article
    texts = [(block.kind, block.text) for block in article.blocks if block.kind != "figure"]
    assert texts == [(kind, words) for kind, words in story.items if kind != "figure"]
    assert (article.section, article.label, article.kind) == ("Politics & Security", "EDITORIAL", "editorial")
    assert f"EDITORIAL | {article.headline}" == story.headline
    assert article.standfirst == story.standfirst
    assert article.byline == "Editorial Board, The Sankei Shimbun"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_seed_has_its_figures(layout: str, story: Story) -> None:
    article = parse_page(LAYOUTS[layout](story).encode(), URL)
    assert isinstance(article, Article), article
    figures = [block for block in article.blocks if block.kind == "figure"]
    assert [f.credit for f in figures] == ["via Cabinet Office of Japan"] * 2 + ["REUTERS/Ints Kalnins"]
    captions = [story.lead_caption, *(words for kind, words in story.items if kind == "figure")]
    assert [f.caption for f in figures] == [words.rpartition(" (")[0] for words in captions]
    assert all(f.image_url for f in figures)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_seed_names_its_original(layout: str, story: Story) -> None:
    article = parse_page(LAYOUTS[layout](story).encode(), URL)
    assert isinstance(article, Article), article
    assert article.original is not None
    assert (article.original.url, article.original.wording) == (SANKEI, story.link_line)
    assert article.original.candidates[0].rule == "link_line"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_seed_as_it_stands_names_no_address(layout: str, story: Story) -> None:
    """The seed's link line carries no link: the wording is kept, and the line is still no part of the text."""
    unlinked = Story(**{**story.__dict__, "original": None})
    article = parse_page(LAYOUTS[layout](unlinked).encode(), URL)
    assert isinstance(article, Article), article
    assert article.original is not None
    widget = layout == "gutenberg"  # that one also has the widget, which does carry a link
    assert article.original.url == ("https://japan-forward.com/japanese/some-page/" if widget else None)
    assert article.original.wording == ("このページを 日本語 で読む" if widget else story.link_line)
    assert story.link_line not in article.text
