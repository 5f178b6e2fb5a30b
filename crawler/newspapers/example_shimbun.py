"""例示新聞 "The Example Shimbun" of the demo: its editorial column 主張. Invented, printed by `crawler.press`.

Made as Arc/Fusion makes its pages: the story stands in them twice, as data in `Fusion.globalContent` and as HTML.
The data is read, the HTML bears witness. A short example for whoever adds a newspaper.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from crawler.dates import day_in_japan, read_instant
from crawler.errors import ParseError
from crawler.html import document, find, has_class, json_ld, node_of_type, one, read_json, said, text
from crawler.layers.shell import refuse, refuse_challenge
from crawler.models import Article, Block, BlockKind, Parser
from crawler.newspapers.newspaper import Found, Listings, Newspaper
from crawler.text import digest_of, split_caption, split_headline, text_of

VERSION = 2
HOST = "shimbun.example"
ARTICLE = re.compile(r"((?:/premium)?/article/\d{8}-([0-9A-Z]{26}))(?:/|$)")
STORY = "Fusion.globalContent="
KINDS: dict[str, BlockKind] = {"text": "paragraph", "header": "heading"}


def canonical(url: str) -> str:
    """`https://shimbun.example/article/20260905-<26 characters>/`, without query; other addresses without query."""
    path = urlsplit(url).path
    article = ARTICLE.match(path)
    return f"https://{HOST}{article[1]}/" if article else f"https://{HOST}{path or '/'}"


def is_editorial(found: Found) -> bool | None:
    """By the series before the headline; a sitemap gives none, and then only the page can tell."""
    if not ARTICLE.match(urlsplit(found.url).path):
        return False
    return split_headline(found.title).label == "主張" if found.title else None


def parse_article(body: bytes, url: str) -> Article:
    """Read an article's page."""
    root = document(body)
    refuse_challenge(root)
    story = story_of(root)
    wrapper = one(root, f"//article[{has_class('article-wrapper')}]")
    if story is None or wrapper is None:
        refuse(root, "neither Fusion.globalContent nor an article")
    article_id = said(story, "_id") or ""
    if not ARTICLE.match(urlsplit(url).path) or article_id not in url:
        raise ParseError(url, "disagreement", f"the page is article {article_id!r}, its address is another's")
    blocks = blocks_of(story)
    if [block.text for block in blocks if block.text] != paragraphs_of(wrapper):
        raise ParseError(url, "disagreement", "Fusion.globalContent and the HTML hold different paragraphs")
    raw = said(story, "headlines", "basic") or ""
    headline, label = split_headline(raw)
    if not headline or not text_of(blocks):
        raise ParseError(url, "no_body", "a story without a headline or without words")
    ld = node_of_type(json_ld(root), "NewsArticle")  # +09:00; display_date is in UTC, and at 05:00 a day behind
    published = read_instant(said(ld, "datePublished"))
    free = said(story, "content_restrictions", "content_code") == "free"
    return Article(
        id=f"example_shimbun:{article_id}",
        newspaper="example_shimbun",
        language="ja",
        kind="editorial" if label == "主張" else "column",
        url=canonical(url),
        section=text(one(wrapper, f"(.//li[{has_class('section-list-item')}])[last()]")) or None,
        label=label,
        headline=headline,
        headline_raw=raw,
        standfirst=None,  # the paper has none
        byline="、".join(said(writer, "name") or "" for writer in nodes(story, "credits", "by")) or None,
        published_at=published,
        modified_at=read_instant(said(ld, "dateModified")),
        published_on=day_in_japan(published) if published else None,
        blocks=blocks,
        text=text_of(blocks),
        text_digest=digest_of(text_of(blocks)),
        original=None,  # it writes originals
        access="free" if free else "members",
        truncated=not free,
        parser=Parser(
            name="example_shimbun",
            version=VERSION,
            signals={"headline": "globalContent", "blocks": "globalContent", "published_at": "json-ld"},
        ),
    )


def story_of(root: Element) -> dict[str, Any] | None:
    """The story as data: the one value that is assigned to `Fusion.globalContent`."""
    script = one(root, f"//script[contains(., '{STORY}')]")
    story = read_json((script.text or "").partition(STORY)[2]) if script is not None else None
    return story if isinstance(story, dict) and story.get("type") == "story" else None


def nodes(story: Any, *path: str) -> list[dict[str, Any]]:
    """The objects at a path of keys, one or a list of them; none where it leads elsewhere."""
    for key in path:
        story = story.get(key) if isinstance(story, dict) else None
    return [node for node in (story if isinstance(story, list) else [story]) if isinstance(node, dict)]


def blocks_of(story: dict[str, Any]) -> tuple[Block, ...]:
    """The lead image, which is no content element, and the content elements."""
    elements = nodes(story, "promo_items", "basic") + nodes(story, "content_elements")
    return tuple(block(element) for element in elements if element.get("type") in {"image", *KINDS})


def block(element: dict[str, Any]) -> Block:
    """One content element as a block."""
    kind = element["type"]
    if kind == "image":
        caption, credit = split_caption(said(element, "caption"))
        image, alt = said(element, "url"), said(element, "alt_text")
        return Block(kind="figure", image_url=image, caption=caption, credit=credit, alt=alt)
    return Block(kind=KINDS[kind], text=said(element, "content"))


def paragraphs_of(wrapper: Element) -> list[str]:
    """The paragraphs and subheads of the HTML."""
    return [text(element) for element in find(wrapper, f".//div[{has_class('article-body')}]/*[self::p or self::h2]")]


NEWSPAPER = Newspaper(
    name="example_shimbun",
    title="例示新聞 The Example Shimbun",
    language="ja",
    names=("例示新聞", "The Example Shimbun"),
    hosts=(HOST,),
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    version=VERSION,
    listings=Listings(archives=(f"https://{HOST}/column/editorial/",)),
    demo=True,
)
