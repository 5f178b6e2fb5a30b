"""The Example Herald's pages, built as a WordPress theme builds them: what a browser shows and what machines read."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from crawler.press.addresses import HERALD, declared_url, herald_picture, herald_url, slug_of
from crawler.press.editorials import Editorial, Picture, Piece, Writing

NAME = "The Example Herald"
BOARD = "Editorial Board, The Example Shimbun"
THEME = f"https://{HERALD}/wp-content/themes/print"
SECTIONS = ("Politics & Security", "Economy", "Society", "Science & Technology", "Disaster & Environment", "Culture")

Parts = tuple[str, str, str, str]  # head, what stands above every article, the article, what stands below


def label(editorial: Editorial) -> str:
    """The kicker before the headline, part of the title."""
    return "EDITORIAL | " if editorial.is_editorial else "FEATURE | "


def author(editorial: Editorial) -> str:
    """Who signs."""
    return BOARD if editorial.is_editorial else "Mio Hatanaka"


def article_page(editorial: Editorial, cited: Callable[[str], str], related: Iterable[Editorial] = ()) -> Parts:
    """A post's page. `cited` gives the address of what it cites by its key."""
    english = editorial.english
    assert english is not None
    return head(editorial, english), TOP, article(editorial, english, cited), bottom(related)


def head(editorial: Editorial, english: Writing) -> str:
    """Title, meta tags and JSON-LD."""
    url, title = herald_url(editorial), label(editorial) + english.headline
    image = herald_picture(english.lead, english) if english.lead else f"{THEME}/img/card.png"
    ld = json.dumps(linked_data(editorial, english, image), ensure_ascii=False).replace("</", "<\\/")
    return f"""<!DOCTYPE html>
<html lang="en-US">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} | {NAME}</title>
<meta name="description" content="{escape(english.standfirst or english.first_words)}">
<link rel="canonical" href="{url}">
<meta property="og:locale" content="en_US">
<meta property="og:type" content="article">
<meta property="og:title" content="{escape(title)}">
<meta property="og:description" content="{escape(english.standfirst or english.first_words)}">
<meta property="og:url" content="{url}">
<meta property="og:site_name" content="{NAME}">
<meta property="og:image" content="{image}">
<meta property="article:published_time" content="{utc(english.published)}">
<meta property="article:modified_time" content="{utc(english.modified)}">
<meta name="author" content="{author(editorial)}">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:label1" content="Written by">
<meta name="twitter:data1" content="{author(editorial)}">
<script type="application/ld+json" class="graph">{ld}</script>
<link rel="alternate" type="application/rss+xml" title="{NAME} » Feed" href="https://{HERALD}/feed/">
{STYLES}
</head>
"""


def linked_data(editorial: Editorial, english: Writing, image: str) -> dict[str, Any]:
    """The graph that a WordPress SEO plugin writes."""
    url = herald_url(editorial)
    return {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "NewsArticle",
                "@id": f"{url}#article",
                "isPartOf": {"@id": url},
                "author": {
                    "@type": "Organization" if editorial.is_editorial else "Person",
                    "name": author(editorial),
                },
                "headline": label(editorial) + english.headline,
                "description": english.standfirst,
                "datePublished": utc(english.published),
                "dateModified": utc(english.modified),
                "mainEntityOfPage": {"@id": url},
                "publisher": {"@id": f"https://{HERALD}/#organization"},
                "image": {"@id": f"{url}#primaryimage"},
                "articleSection": [editorial.section, "Editorial"] if editorial.is_editorial else [editorial.section],
                "inLanguage": "en-US",
            },
            {"@type": "WebPage", "@id": url, "url": url, "name": f"{english.headline} | {NAME}"},
            {"@type": "ImageObject", "@id": f"{url}#primaryimage", "url": image, "width": 960, "height": 540},
            {
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {"@type": "ListItem", "position": 1, "name": "Home", "item": f"https://{HERALD}/"},
                    {"@type": "ListItem", "position": 2, "name": editorial.section},
                ],
            },
            {"@type": "Organization", "@id": f"https://{HERALD}/#organization", "name": NAME},
        ],
    }


def article(editorial: Editorial, english: Writing, cited: Callable[[str], str]) -> str:
    """The article itself, with microdata."""
    section = editorial.section
    standfirst = f'<p class="standfirst">{escape(english.standfirst)}</p>' if english.standfirst else ""
    blocks = [block(piece, english, editorial, cited) for piece in english.body]
    return f"""<article id="post-{editorial.number}" class="post type-post category-{slug_of(section)}" \
itemscope itemtype="https://schema.org/NewsArticle">
<header class="entry-header">
<p class="entry-section"><a href="/category/{slug_of(section)}/" rel="category tag">{escape(section)}</a></p>
<h1 class="entry-title" itemprop="headline">{escape(label(editorial) + english.headline)}</h1>
{standfirst}
<p class="entry-meta"><time class="entry-date" itemprop="datePublished" datetime="{english.published.isoformat()}">\
{english.published:%B} {english.published.day}, {english.published.year}</time> \
<span class="byline">by <span itemprop="author">{author(editorial)}</span></span></p>
</header>
{figure(english.lead, english, "entry-lead") if english.lead else ""}
<div class="entry-content" itemprop="articleBody">
{link_line(editorial) if editorial.widget else ""}
{chr(10).join(blocks)}
{"" if editorial.widget else link_line(editorial)}
<p class="author-line">Author: {author(editorial)}</p>
</div>
</article>
"""


def block(piece: Piece | Picture, english: Writing, editorial: Editorial, cited: Callable[[str], str]) -> str:
    """One block of the text, as the block editor writes it."""
    if isinstance(piece, Picture):
        return figure(piece, english, "wp-block-image size-large")
    if piece.kind == "list":
        items = "".join(f"<li>{escape(line, quote=False)}</li>" for line in piece.text.split("\n"))
        return f'<ul class="wp-block-list">{items}</ul>'
    words = escape(piece.text, quote=False)
    if editorial.cites:
        words = re.sub(r"\[(.+?)\]", rf'<a href="{cited(editorial.cites)}">\1</a>', words)
    if piece.kind == "heading":
        return f'<h2 class="wp-block-heading">{words}</h2>'
    quoted = f'<blockquote class="wp-block-quote"><p>{words}</p></blockquote>'
    return quoted if piece.kind == "quote" else f"<p>{words}</p>"


def figure(picture: Picture, english: Writing, kind: str) -> str:
    """A picture in two widths, with caption and credit."""
    full, half = herald_picture(picture, english), herald_picture(picture, english, 480)
    widths = "" if picture.single else f'srcset="{half} 480w, {full} 960w" sizes="(max-width: 800px) 100vw, 720px" '
    caption = " ".join(filter(None, (picture.caption, f"({picture.credit})" if picture.credit else "")))
    return f"""<figure class="{kind}"><img src="{full}" {widths}width="960" height="540" alt="{escape(picture.alt)}">\
<figcaption class="wp-element-caption">{escape(caption, quote=False)}</figcaption></figure>"""


def link_line(editorial: Editorial) -> str:
    """The line that names the original; its `[words]` carry the link. At the top it is a widget of three lines."""
    url = declared_url(editorial)
    if not editorial.wording or url is None:
        return ""
    before, words, after = re.split(r"[\[\]]", editorial.wording)
    link = f'<a href="{url}" hreflang="ja">{words}</a>'
    if editorial.widget:
        return f'<div class="read-in-japanese" lang="ja"><p>{before}</p><p>{link}</p><p>{after}</p></div>'
    return f'<p class="original-link">{before}{link}{after}</p>'


def bottom(related: Iterable[Editorial]) -> str:
    """What stands below an article: further posts, links to share, the footer."""
    items = "".join(
        f'<li><a href="{herald_url(other)}">{escape(label(other) + other.english.headline)}</a></li>'
        for other in related
        if other.english
    )
    more = f'<aside class="related"><h2>More from {NAME}</h2><ul>{items}</ul></aside>' if items else ""
    return f"</main>\n{more}\n{FOOTER}"


def listing_page(title: str, url: str, posts: Iterable[Editorial], pages: tuple[int, int]) -> str:
    """The front page, a category or a month: one card for each post, and the way to older ones."""
    number, last = pages
    cards = "\n".join(card(post) for post in posts)
    older = f'<a class="next page-numbers" href="{url}page/{number + 1}/">Older posts</a>' if number < last else ""
    newer = f'<a class="prev page-numbers" href="{url if number == 2 else f"{url}page/{number - 1}/"}">Newer posts</a>'
    canonical = url if number == 1 else f"{url}page/{number}/"
    return f"""<!DOCTYPE html>
<html lang="en-US">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} | {NAME}</title>
<link rel="canonical" href="{canonical}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="{NAME}">
{STYLES}
</head>
{TOP}
<h1 class="archive-title">{escape(title)}</h1>
{cards}
<nav class="pagination">{newer if number > 1 else ""} {older}</nav>
</main>
{FOOTER}"""


def card(post: Editorial) -> str:
    """One post in a listing."""
    english = post.english
    assert english is not None
    picture = english.lead
    image = (
        f'<img src="{herald_picture(picture, english, 480)}" width="480" height="270" alt="" loading="lazy">'
        if picture
        else ""
    )
    return f"""<article class="card">{image}<div><p class="entry-section">{escape(post.section)}</p>
<h2 class="card-title"><a href="{herald_url(post)}" rel="bookmark">{escape(label(post) + english.headline)}</a></h2>
<p>{escape(english.standfirst)}</p>
<time datetime="{english.published.isoformat()}">{english.published:%B} {english.published.day}, \
{english.published.year}</time></div></article>"""


def shell_page(url: str) -> str:
    """A page that is nothing without its script."""
    return f"""<!DOCTYPE html>
<html lang="en-US">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{NAME}</title>
<link rel="canonical" href="{url}">
{STYLES}
</head>
<body>
<div id="app"></div>
<noscript>You need to enable JavaScript to run this app.</noscript>
<script src="{THEME}/print.js"></script>
</body>
</html>
"""


def utc(moment: dt.datetime) -> str:
    """An instant as WordPress states it: in UTC."""
    return moment.astimezone(dt.UTC).isoformat()


STYLES = f"""<link rel="stylesheet" href="{THEME}/style.css?ver=2.1">
<link rel="icon" href="{THEME}/img/icon.png" type="image/png">"""

_MENU = "".join(f'<li><a href="/category/{slug_of(name)}/">{escape(name)}</a></li>' for name in SECTIONS)

TOP = f"""<body>
<header class="masthead">
<p class="edition">An invented newspaper, printed by <code>genbun demo</code></p>
<p class="site-title"><a href="/" rel="home">{NAME}</a></p>
<nav aria-label="Sections"><ul>{_MENU}<li><a href="/category/editorial/">Editorial</a></li></ul></nav>
</header>
<main>
"""

FOOTER = f"""<footer class="colophon">
<p>Our Partners</p>
<ul><li><a href="https://shimbun.example/" lang="ja">例示新聞 The Example Shimbun</a></li></ul>
<p>Every word, person and place in this newspaper is invented. <a href="/feed/">Feed</a></p>
</footer>
<script src="{THEME}/print.js?ver=2.1" defer></script>
</body>
</html>
"""
