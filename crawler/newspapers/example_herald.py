"""The Example Herald of the demo: editorials translated from 例示新聞. Invented, printed by `crawler.press`.

A WordPress paper, its article marked up with microdata. A short example for whoever adds a newspaper: bytes and an
address in, an article out, one expression a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from crawler.dates import day_in_japan, read_instant
from crawler.errors import ParseError
from crawler.html import absolute, document, find, has_class, json_ld, node_of_type, one, said, text
from crawler.layers.original import LONGEST_WORDING, MOST_CANDIDATES, is_link_line, is_widget
from crawler.layers.shell import refuse, refuse_challenge
from crawler.models import Article, Block, BlockKind, Candidate, Kind, Original, Parser
from crawler.newspapers import example_shimbun
from crawler.newspapers.newspaper import Found, Listings, Newspaper
from crawler.text import digest_of, split_caption, split_headline, text_of

VERSION = 2
HOST = "herald.example"
POST = re.compile(r"/([^/]+)/?$")  # one path segment, no date
KINDS: dict[str, BlockKind] = {"p": "paragraph", "h2": "heading", "blockquote": "quote", "ul": "list", "ol": "list"}

# The two forms of the line that names the original, and the line that names the author: no words of the article.
LINK_LINE = has_class("original-link")  # (Read the editorial in Japanese.)
WIDGET = has_class("read-in-japanese")  # このページを 日本語 で読む, above the text
AUTHOR_LINE = has_class("author-line")  # Author: Editorial Board, The Example Shimbun
AUTHOR_WORDS = re.compile(r"^Authors?: .{3,100}$")


def canonical(url: str) -> str:
    """`https://herald.example/<slug>/`: https, a slash at the end, no query."""
    path = urlsplit(url).path.rstrip("/")
    return f"https://{HOST}{path}/"


def is_editorial(found: Found) -> bool | None:
    """By the title's `EDITORIAL |`; a sitemap gives none, and then a slug may say yes but never no."""
    post = POST.fullmatch(urlsplit(found.url).path)
    if post is None:
        return False
    if found.title:
        return split_headline(found.title).label == "EDITORIAL"
    return True if post[1].startswith("editorial-") else None


def parse_article(body: bytes, url: str) -> Article:
    """Read a post's page."""
    root = document(body)
    refuse_challenge(root)
    post, slug = one(root, "//article[@itemtype='https://schema.org/NewsArticle']"), POST.fullmatch(urlsplit(url).path)
    if post is None or slug is None:
        refuse(root, "no article that says it is one")
    raw = text(one(post, ".//*[@itemprop='headline']"))
    headline, label = split_headline(raw)
    blocks = tuple(blocks_of(post, url))
    if not headline or not text_of(blocks):
        raise ParseError(url, "no_body", "an article without a headline or without words")
    ld, time = node_of_type(json_ld(root), "NewsArticle"), one(post, ".//time[@itemprop='datePublished']")
    published = read_instant(time.get("datetime")) if time is not None else None
    kind: Kind = "editorial" if label == "EDITORIAL" else "other"
    return Article(
        id=f"example_herald:{slug[1]}",
        newspaper="example_herald",
        language="en",
        kind=kind,
        url=canonical(url),
        section=text(one(post, f".//*[{has_class('entry-section')}]")) or None,
        label=label,
        headline=headline,
        headline_raw=raw,
        standfirst=text(one(post, f".//*[{has_class('standfirst')}]")) or None,
        byline=text(one(post, ".//*[@itemprop='author']")) or None,
        published_at=published,
        modified_at=read_instant(said(ld, "dateModified")),
        published_on=day_in_japan(published) if published else None,
        blocks=blocks,
        text=text_of(blocks),
        text_digest=digest_of(text_of(blocks)),
        original=original_of(post, url, kind),
        access="free",  # the paper has no members
        truncated=False,
        parser=Parser(
            name="example_herald",
            version=VERSION,
            signals={"headline": "microdata", "blocks": "microdata", "published_at": "microdata"},
        ),
    )


def blocks_of(post: Element, url: str) -> Iterator[Block]:
    """The lead image, then the children of the body, without the lines that are no words of the article."""
    nothing = f"{LINK_LINE} or {WIDGET} or {AUTHOR_LINE}"
    body = f".//*[@itemprop='articleBody']/*[not({nothing})]"
    lead = f".//figure[{has_class('entry-lead')}][not(ancestor::figure)]"
    for element in find(post, f"{lead} | {body}"):
        if element.tag == "figure":
            yield figure(element, url)
        elif element.tag in KINDS and (words := text(element)) and not _is_no_words(words):
            yield Block(kind=KINDS[element.tag], text=words)


def _is_no_words(line: str) -> bool:
    """Whether a line that has lost its class is one of those that are no words of the article."""
    return is_link_line(line) or is_widget(line) or AUTHOR_WORDS.match(line) is not None


def figure(element: Element, url: str) -> Block:
    """An image in full width, its caption and its credit."""
    image = one(element, ".//img")
    caption, credit = split_caption(text(one(element, ".//figcaption")))
    source, alt = (image.get("src"), image.get("alt")) if image is not None else (None, None)
    return Block(kind="figure", image_url=absolute(source, url), caption=caption, credit=credit, alt=alt or None)


def original_of(post: Element, url: str, kind: Kind) -> Original | None:
    """What the link line says. A link within the text is a citation, and no candidate."""
    candidates = [
        Candidate(url=example_shimbun.canonical(link), wording=words[:LONGEST_WORDING], rule=rule)
        for rule, line, words in _link_lines(post)[:MOST_CANDIDATES]
        for anchor in find(line, ".//a[@href]")[:MOST_CANDIDATES]
        if (link := absolute(anchor.get("href"), url)) and urlsplit(link).hostname == example_shimbun.HOST
    ]
    if not candidates:
        return Original(url=None, wording=None) if kind == "editorial" else None
    return Original(url=candidates[0].url, wording=candidates[0].wording, candidates=tuple(candidates))


def _link_lines(post: Element) -> list[tuple[str, Element, str]]:
    """The lines that name the original: by their class; where none has it any more, by their words."""
    classed = (("link_line", LINK_LINE), ("widget", WIDGET))
    found = [(rule, line, text(line)) for rule, line_is in classed for line in find(post, f".//*[{line_is}]")]
    if found:
        return found
    lines = [(line, text(line)) for line in find(post, ".//p[a] | .//div[a]")]
    named = [("link_line", line, words) for line, words in lines if is_link_line(words)]
    return named + [("widget", line, words) for line, words in lines if is_widget(words)]


NEWSPAPER = Newspaper(
    name="example_herald",
    title="The Example Herald",
    language="en",
    hosts=(HOST,),
    asset_hosts=("assets.herald.example",),
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    version=VERSION,
    translates="example_shimbun",
    listings=Listings(
        sitemaps=(f"https://{HOST}/sitemap_index.xml",),
        feeds=(f"https://{HOST}/feed/",),
        rest=f"https://{HOST}/wp-json/wp/v2/posts",
        archives=(f"https://{HOST}/category/editorial/",),
        month=f"https://{HOST}/{{year}}/{{month:02d}}/",
    ),
    demo=True,
)
