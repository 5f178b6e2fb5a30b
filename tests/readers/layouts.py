"""One story set in the layouts that JAPAN Forward's pages may have: the words are given, only the markup differs."""

# ruff: noqa: E501  # lines of pages, in the shape that newspapers give them

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

URL = "https://japan-forward.com/editorial-a-made-up-page/"
SANKEI = "https://www.sankei.com/article/20230715-ABCDEFGHIJKLMNOPQRSTUVWXYZ/"


@dataclass(frozen=True)
class Story:
    """What is printed: `items` are (kind, words), kind one of paragraph, heading, quote, figure."""

    section: str
    headline: str
    standfirst: str | None
    lead_caption: str
    items: list[tuple[str, str]]
    link_line: str = "(Read the editorial in Japanese.)"
    author_line: str = "Author: Editorial Board, The Sankei Shimbun"
    published: str = "2023-07-18T21:00:00+00:00"
    original: str | None = SANKEI
    url: str = URL
    noise: list[str] = field(default_factory=list)


def link_line(story: Story) -> str:
    """The link line with its link on the words that a reader would click."""
    words = escape(story.link_line)
    return (
        words
        if story.original is None
        else words.replace("Japanese", f'<a href="{escape(story.original)}">Japanese</a>')
    )


def body(story: Story, figure: Callable[[str, int], str], heading: str = "h2", between: str = "") -> str:
    parts = []
    for at, (kind, words) in enumerate(story.items):
        if kind == "figure":
            parts.append(figure(escape(words), at))
        elif kind == "heading":
            parts.append(f"<{heading}>{escape(words)}</{heading}>")
        elif kind == "quote":
            parts.append(f"<blockquote><p>{escape(words)}</p></blockquote>")
        else:
            parts.append(f"<p>{escape(words)}</p>{between}")
    return "\n".join(parts)


NEXT_ARTICLE = (
    '<div class="next"><h1>Another Post That Loads Itself</h1><div class="entry-content" id="x2"><p>'
    + "It goes on with words that are no part of the page above. " * 8
    + "</p></div></div>"
)
CHROME = '<div class="top"><span>Connect with us</span><ul><li><a href="/category/world/">World</a></li></ul></div>'
FOOT = (
    "<h4>Our Partners</h4><p>"
    + "Words of the page's foot that are nobody's article, and rather many of them. " * 4
    + "</p>"
)
CARD = (
    '<div class="card"><a href="/other-post/"><img src="/wp-content/uploads/2023/07/other.jpg" alt="Other"></a>'
    "<h2><a href='/other-post/'>EDITORIAL | Another One</a></h2><p>Its teaser stands here.</p></div>"
)


def zox(story: Story) -> str:
    """2020 to 2023, as the strings on the pages suggest."""

    def figure(words: str, at: int) -> str:
        image = f'<img class="wp-image-{at}" src="https://cdn.japan-forward.com/wp-content/uploads/2023/07/i{at}.jpg" alt="Alt {at}">'
        return f'<figure class="wp-block-image size-large">{image}<figcaption>{words}</figcaption></figure>'

    stand = f'<span class="mvp-post-excerpt left"><p>{escape(story.standfirst)}</p></span>' if story.standfirst else ""
    return f"""<!DOCTYPE html><html lang="en-US"><head><meta charset="utf-8">
<title>{escape(story.headline)} | JAPAN Forward</title>
<meta property="og:title" content="{escape(story.headline)} | JAPAN Forward"><meta property="og:type" content="article">
<meta property="og:site_name" content="JAPAN Forward"><link rel="canonical" href="{story.url}">
<meta property="article:published_time" content="{story.published}"></head>
<body class="post-template-default single single-post">{CHROME}
<article id="mvp-article-wrap"><header id="mvp-post-head">
<h3 class="mvp-post-cat left relative"><a class="mvp-post-cat-link" href="/category/x/"><span class="mvp-post-cat left">{escape(story.section)}</span></a></h3>
<h1 class="mvp-post-title left entry-title" itemprop="headline">{escape(story.headline)}</h1>
{stand}
<div class="mvp-author-info-wrap"><div class="mvp-author-info-date"><p>Published</p> <span>2 days ago</span> <p>on</p>
<time class="post-date updated" itemprop="datePublished" datetime="2023-07-19">July 19, 2023</time></div>
<div class="mvp-author-info-name"><p>By</p><span class="author-name"><a href="/author/jf/">JAPAN Forward</a></span></div></div></header>
<div id="mvp-post-feat-img"><img src="/wp-content/uploads/2023/07/lead.jpg" alt="Lead"></div>
<span class="mvp-feat-caption">{escape(story.lead_caption)}</span>
<div class="mvp-post-soc-wrap"><ul class="mvp-post-soc-list"><li>Share</li><li>Tweet</li></ul></div>
<div id="mvp-content-wrap"><div id="mvp-content-main">
{body(story, figure)}
<p>&nbsp;</p><p>{link_line(story)}</p>
<p><strong>{escape(story.author_line)}</strong></p></div>
<div class="mvp-post-tags"><span class="mvp-post-tags-header">Related Topics:</span><a href="/tag/nato">NATO</a></div></div>
</article>{NEXT_ARTICLE}{CARD * 5}<footer>{FOOT}</footer></body></html>"""


def gutenberg(story: Story) -> str:
    """A block theme with Yoast's graph; images are loaded late, advertisements stand between the paragraphs."""
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "Article",
                "@id": f"{story.url}#article",
                "headline": escape(story.headline),
                "datePublished": story.published,
                "dateModified": story.published,
                "author": {"@id": "https://japan-forward.com/#/schema/person/1"},
                "articleSection": [story.section],
                "mainEntityOfPage": {"@id": story.url},
            },
            {"@type": "WebPage", "@id": story.url, "url": story.url, "name": story.headline},
            {"@type": "Person", "@id": "https://japan-forward.com/#/schema/person/1", "name": "The Sankei Shimbun"},
        ],
    }

    def figure(words: str, at: int) -> str:
        image = (
            f'<img src="data:image/gif;base64,R0" data-src="/wp-content/uploads/i{at}-300x200.jpg"'
            f' data-srcset="/wp-content/uploads/i{at}-300x200.jpg 300w, /wp-content/uploads/i{at}.jpg 2048w" alt="">'
        )
        return f'<figure class="wp-block-image">{image}<noscript><img src="/wp-content/uploads/i{at}.jpg"></noscript><figcaption class="wp-element-caption">{words}</figcaption></figure>'

    stand = f'<h2 class="wp-block-post-excerpt">{escape(story.standfirst)}</h2>' if story.standfirst else ""
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(story.headline)} - JAPAN Forward</title>
<link rel="canonical" href="{story.url}"><script type="application/ld+json">{json.dumps(graph)}</script></head><body class="single">
{CHROME}<main><article class="post"><div class="taxonomy-category wp-block-post-terms"><a href="https://japan-forward.com/category/x/" rel="tag">{escape(story.section)}</a></div>
<h1 class="wp-block-post-title">{escape(story.headline)}</h1>{stand}
<figure class="wp-block-post-featured-image"><img src="/wp-content/uploads/lead.jpg" alt="Lead"><figcaption>{escape(story.lead_caption)}</figcaption></figure>
<div class="entry-content wp-block-post-content">
<div class="jp-switch"><p>このページを</p><p><a href="/japanese/some-page/">日本語</a></p><p>で読む</p></div>
{body(story, figure, between='<div class="code-block"><p>Advertisement</p><ins class="adsbygoogle"></ins></div>')}
<p>{link_line(story)}</p><p>{escape(story.author_line)}</p>
<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="https://x.com/">X</a></li></ul></div></div></article>
{FOOT}{NEXT_ARTICLE}</main></body></html>"""


def renamed(story: Story) -> str:
    """Every name is a hash, nothing is declared; captions are paragraphs with their image."""

    def figure(words: str, at: int) -> str:
        return f'<p class="k9"><img src="/wp-content/uploads/i{at}.jpg" alt="Alt {at}"></p><p class="k9">{words}</p>'

    stand = f'<div class="z3"><p>{escape(story.standfirst)}</p></div>' if story.standfirst else ""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(story.headline)} | JAPAN Forward</title></head><body>
<div class="a1">{CHROME}</div><div class="q7"><div class="f2"><p class="u1">{escape(story.section)}</p><h1 class="h8">{escape(story.headline)}</h1>{stand}
<p class="t5">July 19, 2023</p><div class="g4"><img src="/wp-content/uploads/lead.jpg" alt="Lead"><p>{escape(story.lead_caption)}</p></div></div>
<div class="c0">{body(story, figure, heading="h3")}
<p class="l2">{link_line(story)}</p><p>{escape(story.author_line)}</p></div></div>
<div class="b3">{FOOT}{CARD * 4}</div></body></html>"""


def flat(story: Story) -> str:
    """Everything in one box, the headline too; subheads are bold lines, captions stand in `wp-caption`."""

    def figure(words: str, at: int) -> str:
        image = f'<a href="/wp-content/uploads/i{at}.jpg"><img src="/wp-content/uploads/i{at}-300x200.jpg" alt="" width="300"></a>'
        return f'<div id="attachment_{at}" class="wp-caption alignnone">{image}<p class="wp-caption-text">{words}</p></div>'

    bold = [("bold" if kind == "heading" else kind, words) for kind, words in story.items]
    text = "".join(
        f"<p><strong>{escape(words)}</strong></p>"
        if kind == "bold"
        else body(Story("", "", None, "", [(kind, words)]), figure, between="<p>&nbsp;</p>").replace("i0", f"i{at}")
        for at, (kind, words) in enumerate(bold)
    )
    stand = f"<p>{escape(story.standfirst)}</p>" if story.standfirst else ""
    return f"""<html><head><title>{escape(story.headline)}</title><meta name="description" content="{escape(story.standfirst or "")}"></head><body>
<div id="page">{CHROME}<p><a href="/category/x/">{escape(story.section)}</a></p><h1>{escape(story.headline)}</h1>{stand}
<p><img src="/wp-content/uploads/lead.jpg" alt="Lead"><br>{escape(story.lead_caption)}</p><p>12</p><p>Advertisement</p>
{text}<p>{link_line(story)}<br>{escape(story.author_line)}</p><p>Our Partners</p><p>{"Nobody reads this far down the page. " * 9}</p></div></body></html>"""


LAYOUTS = {"zox": zox, "gutenberg": gutenberg, "renamed": renamed, "flat": flat}


def story_from_text(text: str, original: str | None = SANKEI) -> Story:
    """A story from a page's text as it is printed: `Connect with us`, section, headline, standfirst, captions between."""
    parts = [part.strip() for part in text.split("\n") if part.strip()]
    end = next(at for at, part in enumerate(parts) if part.startswith("(Read"))
    items = [(_kind(part), part) for part in parts[5:end]]
    return Story(parts[1], parts[2], parts[3], parts[4], items, parts[end], parts[end + 1], original=original)


def _kind(part: str) -> str:
    if part.endswith(")"):
        return "figure"
    return "paragraph" if part.endswith((".", '."', ".”")) else "heading"
