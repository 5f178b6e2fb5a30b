"""JAPAN Forward's page heads: title, OpenGraph and JSON-LD as each year's theme may have them (SITES 1.4)."""

import json
from datetime import UTC, datetime
from html import escape
from typing import Any

from .model import FORWARD, JST
from .posts import Post

HOME = f"https://{FORWARD}"
GENERIC_IMAGE = f"{HOME}/wp-content/uploads/2019/01/jf-ogp-default.png"
THEMES = {
    "classic2017": "forward-classic",
    "classic2018": "forward-classic",
    "zox2020": "zox-news",
    "zox": "zox-news",
    "gutenberg": "forward-press",
    "blocks": "forward-blocks",
    "hashed_ld": "q7",
    "hashed_og": "q7",
}


def head(post: Post) -> str:
    """The whole head element."""
    lines = [
        '<meta charset="UTF-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(page_title(post))}</title>",
        f'<link rel="canonical" href="{canonical(post)}">',
        *_open_graph(post),
        *_json_ld(post),
        *assets(THEMES[post.layout]),
        f'<link rel="shortlink" href="{HOME}/?p={post.number}">',
        f'<link rel="alternate" type="application/rss+xml" title="JAPAN Forward &raquo; Feed" href="{HOME}/feed/">',
    ]
    return "<head>\n" + "\n".join(lines) + "\n</head>"


def assets(theme: str) -> list[str]:
    """A stylesheet, scripts (one of them elsewhere), and an icon."""
    return [
        f'<link rel="stylesheet" id="theme-css" href="{HOME}/wp-content/themes/{theme}/style.css?ver=3.{len(theme)}" media="all">',
        f'<script src="{HOME}/wp-includes/js/jquery/jquery.min.js?ver=3.6.0" id="jquery-js"></script>',
        '<script async src="https://www.googletagmanager.com/gtag/js?id=UA-00000000-1"></script>',
        f'<link rel="icon" href="{HOME}/wp-content/uploads/2017/01/cropped-icon-32x32.png" sizes="32x32">',
    ]


def page_title(post: Post) -> str:
    separator = {"classic2017": "–", "classic2018": "–", "zox2020": "-"}.get(post.layout, "|")
    return f"{post.title} {separator} JAPAN Forward"


def canonical(post: Post) -> str:
    return post.url.replace("https:", "http:") if "http" in post.traits else post.url


def instant(at: datetime, layout: str) -> str:
    """A time as the layout states it: Yoast and OpenGraph in UTC, others in Japan time."""
    zone = JST if layout in ("gutenberg", "hashed_ld", "classic2017") else UTC
    return at.astimezone(zone).isoformat(timespec="seconds")


def states_instant(post: Post) -> bool:
    """Whether the page gives the time of day at all; if not, only the day is known."""
    return "no_time" not in post.traits and not (post.layout == "zox2020" and post.editorial is None)


def description(post: Post) -> str:
    """The standfirst, or what WordPress cuts from the first paragraph where there is none."""
    if post.standfirst:
        return post.standfirst
    first = next(block.text for block in post.body if block.kind == "paragraph")
    return " ".join(first.split()[:18]) + " […]"


def _open_graph(post: Post) -> list[str]:
    if post.layout == "classic2017":
        return []
    image = GENERIC_IMAGE if "generic_image" in post.traits or not post.lead else post.lead.url
    title = page_title(post) if post.layout == "hashed_og" else post.title
    pairs = [
        ("og:locale", "en_US"),
        ("og:type", "article"),
        ("og:title", title),
        ("og:description", description(post)),
        ("og:url", canonical(post)),
        ("og:site_name", "JAPAN Forward"),
        ("og:image", image),
    ]
    if states_instant(post):
        pairs.append(("article:published_time", instant(post.at, post.layout)))
    if post.modified != post.at:
        pairs.append(("article:modified_time", instant(post.modified, post.layout)))
    if post.layout in ("hashed_og", "gutenberg"):
        pairs.append(("article:section", post.section_name))
    lines = [f'<meta name="description" content="{escape(description(post))}">']
    lines += [f'<meta property="{name}" content="{escape(value)}">' for name, value in pairs]
    lines += [
        '<meta name="twitter:card" content="summary_large_image">',
        '<meta name="twitter:label1" content="Written by">',
        '<meta name="twitter:data1" content="JAPAN Forward">',
    ]
    return lines


def _json_ld(post: Post) -> list[str]:
    data: Any
    if post.layout == "zox" or "graph" in post.traits:
        data = _graph(post)
    elif post.layout in ("gutenberg", "hashed_ld"):
        data = _article(post)
    elif post.layout == "blocks":
        data = [_article(post), _breadcrumbs(post)]
    else:
        return []
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    css = ' class="yoast-schema-graph"' if isinstance(data, dict) and "@graph" in data else ""
    return [f'<script type="application/ld+json"{css}>{text}</script>']


def _article(post: Post) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": post.url},
        "headline": post.title,
        "description": description(post),
        "inLanguage": "en-US",
        "datePublished": instant(post.at, post.layout),
        "dateModified": instant(post.modified, post.layout),
        "articleSection": post.section_name,
        "author": {"@type": "Person", "name": "JAPAN Forward"},
        "image": [post.lead.url] if post.lead else [],
        "publisher": {
            "@type": "Organization",
            "name": "JAPAN Forward",
            "logo": {"@type": "ImageObject", "url": GENERIC_IMAGE},
        },
    }


def _graph(post: Post) -> dict[str, Any]:
    """Yoast's graph; the section keeps WordPress's entity, as its JSON does."""
    article = {
        "@type": "Article",
        "@id": f"{post.url}#article",
        "isPartOf": {"@id": post.url},
        "author": {"name": "JAPAN Forward", "@id": f"{HOME}/#/schema/person/1"},
        "headline": post.title,
        "datePublished": instant(post.at, post.layout),
        "dateModified": instant(post.modified, post.layout),
        "mainEntityOfPage": {"@id": post.url},
        "wordCount": sum(len(b.text.split()) for b in post.body),
        "publisher": {"@id": f"{HOME}/#organization"},
        "articleSection": [post.section_name.replace("&", "&amp;")],
        "inLanguage": "en-US",
    }
    page = {
        "@type": "WebPage",
        "@id": post.url,
        "url": post.url,
        "name": page_title(post),
        "isPartOf": {"@id": f"{HOME}/#website"},
        "datePublished": instant(post.at, post.layout),
        "description": description(post),
    }
    image = {
        "@type": "ImageObject",
        "@id": f"{post.url}#primaryimage",
        "url": post.lead.url if post.lead else GENERIC_IMAGE,
    }
    rest = [
        {"@type": "WebSite", "@id": f"{HOME}/#website", "url": f"{HOME}/", "name": "JAPAN Forward"},
        {"@type": "Organization", "@id": f"{HOME}/#organization", "name": "JAPAN Forward"},
        {"@type": "Person", "@id": f"{HOME}/#/schema/person/1", "name": "JAPAN Forward"},
    ]
    return {"@context": "https://schema.org", "@graph": [article, page, image, _breadcrumbs(post), *rest]}


def _breadcrumbs(post: Post) -> dict[str, Any]:
    items = [("Home", f"{HOME}/"), (post.section_name, f"{HOME}/category/{post.section}/"), (post.title, post.url)]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (name, url) in enumerate(items, 1)
        ],
    }
