"""The Sankei's pages of 2014 to May 2021, of which only two selectors are known (SITES 2.4, last lines)."""

from html import escape

from .arc_data import ROOT
from .model import Original, old_path
from .stories import Story, split


def pages(story: Story, original: Original) -> dict[str, str]:
    """Every page of an article under its old address."""
    parts = split(story, original.pages)
    return {old_path(original, part.page): _page(part, original) for part in parts}


def listing(stories: list[tuple[str, Story]]) -> str:
    """/column/newslist/editorial-n1.html"""
    items = "".join(f'<li><a href="{path}">{escape(story.raw)}</a></li>' for path, story in stories)
    return _frame(
        "主張",
        f'<div class="entry_list"><h1>主張</h1><ul>{items}</ul></div>',
        f"{ROOT}/column/newslist/editorial-n1.html",
    )


def _page(part: Story, original: Original) -> str:
    title = f"【主張】{part.bare}"
    paragraphs = [f"<p>　{text}</p>" for text in part.texts]
    paragraphs.insert(
        2,
        '<aside class="relation"><h3>関連ニュース</h3><ul><li>'
        '<a href="/column/newslist/editorial-n1.html">【主張】一覧</a></li></ul></aside>',
    )
    main = (
        f'<article><h1><span id="__r_article_title__">{escape(title)}</span></h1>'
        f'<span id="__r_publish_date__">{part.at.year}.{part.at.month}.{part.at.day} {part.at:%H:%M}</span>'
        f'<div class="post_content">{"".join(paragraphs)}</div>{_pager(part, original)}</article>'
    )
    return _frame(title, main, ROOT + old_path(original, part.page))


def _pager(part: Story, original: Original) -> str:
    if part.pages == 1:
        return ""
    links = "".join(
        f"<li>{n}</li>" if n == part.page else f'<li><a href="{old_path(original, n)}">{n}</a></li>'
        for n in range(1, part.pages + 1)
    )
    return f'<ul class="pager">{links}</ul>'


def _frame(title: str, main: str, url: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)} - 産経ニュース</title>\n'
        f'<meta property="og:title" content="{escape(title)}">\n<meta property="og:site_name" content="産経ニュース">\n'
        f'<link rel="canonical" href="{url}">\n<link rel="stylesheet" href="/css/old.css">\n</head>\n<body>\n'
        f'<div id="header"><a href="{ROOT}/">産経ニュース</a></div>\n{main}\n'
        f'<div class="ranking"><ol><li><a href="/column/newslist/editorial-n1.html">【主張】一覧</a></li></ol></div>\n'
        f'<script src="/js/old.js"></script>\n</body>\n</html>\n'
    )
