"""例示新聞's pages, built as Arc/Fusion builds them: the story once as data for its script, once as HTML."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from html import escape
from typing import Any

from crawler.press.addresses import SHIMBUN, path_of, shimbun_picture, shimbun_url
from crawler.press.editorials import Editorial, Picture, Piece, Writing

NAME = "例示新聞"
OWNER = "The Example Shimbun Co."
RESOURCES = f"https://{SHIMBUN}/pf/resources/dist/shimbun"
RELEASE = "514"

Parts = tuple[str, str, str, str]


def title(editorial: Editorial) -> str:
    """The headline with its series in brackets."""
    assert editorial.japanese is not None
    return f"【{series(editorial)[0]}】{editorial.japanese.headline}"


def series(editorial: Editorial) -> tuple[str, str]:
    """The series' name, and its part of the address."""
    return ("主張", "editorial") if editorial.is_editorial else ("食の風土記", "food")


def article_page(editorial: Editorial, ranking: Iterable[Editorial] = ()) -> Parts:
    """An article's page."""
    japanese = editorial.japanese
    assert japanese is not None
    return head(editorial, japanese), TOP, article(editorial, japanese), bottom(editorial, japanese, ranking)


def head(editorial: Editorial, japanese: Writing) -> str:
    """Title, meta tags (`name`, not `property`, for the dates: an oddity of the real thing) and JSON-LD."""
    url, raw = shimbun_url(editorial), escape(title(editorial))
    image = shimbun_picture(japanese.lead) if japanese.lead else f"https://{SHIMBUN}/common/images/ogp.png"
    ld = json.dumps(linked_data(editorial, japanese, image), ensure_ascii=False).replace("</", "<\\/")
    return f"""<!DOCTYPE html><html lang="ja"><head><meta charSet="UTF-8"/><title>{raw} - {NAME}</title>\
<meta name="description" content="　{escape(japanese.first_words)}"/>\
<meta name="viewport" content="width=device-width, initial-scale=1"/>\
<meta name="author" content="{OWNER}"/><meta name="robots" content="noarchive"/>\
<meta property="og:site_name" content="{NAME}"/>\
<meta property="og:locale" content="ja_JP"/><meta property="og:type" content="article"/>\
<meta property="og:url" content="{url}"/><meta property="og:title" content="{raw}"/>\
<meta property="og:description" content="　{escape(japanese.first_words)}"/>\
<meta property="og:image" content="{image}"/>\
<meta name="article:published_time" content="{japanese.published.isoformat()}"/>\
<meta name="article:modified_time" content="{japanese.modified.isoformat()}"/>\
<meta name="DC.type" content="article.column.{series(editorial)[1]}"/><meta name="DC.identifier" content="{editorial.article_id}"/>\
<link rel="canonical" href="{url}"/>{STYLES}<script type="application/ld+json">{ld}</script></head>\n"""


def linked_data(editorial: Editorial, japanese: Writing, image: str) -> list[dict[str, Any]]:
    """An array of two."""
    name, path = series(editorial)
    return [
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "mainEntityOfPage": {"@type": "WebPage", "@id": shimbun_url(editorial)},
            "headline": title(editorial),
            "datePublished": japanese.published.isoformat(),
            "dateModified": japanese.modified.isoformat(),
            "description": f"　{japanese.first_words}",
            "image": [{"@type": "ImageObject", "url": image, "width": 960, "height": 540}],
            "author": {"@type": "Organization", "name": OWNER},
            "isAccessibleForFree": japanese.seen is None,
        },
        {
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": 1, "name": "トップ", "item": f"https://{SHIMBUN}/"},
                {"@type": "ListItem", "position": 2, "name": "オピニオン", "item": f"https://{SHIMBUN}/column/"},
                {"@type": "ListItem", "position": 3, "name": name, "item": f"https://{SHIMBUN}/column/{path}/"},
            ],
        },
    ]


def content(editorial: Editorial, japanese: Writing) -> dict[str, Any]:
    """What Fusion calls its global content."""
    name, path = series(editorial)
    instant, changed = utc(japanese.published), utc(japanese.modified)
    return {
        "_id": editorial.article_id,
        "type": "story",
        "website_url": path_of(shimbun_url(editorial))[1],
        "headlines": {"basic": title(editorial)},
        "description": {"basic": japanese.first_words},
        "display_date": instant,
        "first_publish_date": instant,
        "publish_date": changed,
        "last_updated_date": changed,
        "content_restrictions": {"content_code": code(japanese)},
        "taxonomy": {"primary_section": {"_id": f"/column/{path}", "name": name}},
        "distributor": {"name": NAME},
        "credits": {"by": []},
        "promo_items": {"basic": image_element(japanese.lead)} if japanese.lead else {},
        "content_elements": [element(editorial, at, piece) for at, piece in enumerate(japanese.body)],
        "meta": {"page": 1, "totalCount": 1},
    }


def code(japanese: Writing) -> str:
    """Who may read it all."""
    return "free" if japanese.seen is None else "paid_members"


def element(editorial: Editorial, at: int, piece: Piece | Picture) -> dict[str, Any]:
    """One content element."""
    if isinstance(piece, Picture):
        return image_element(piece)
    kind: dict[str, Any] = {"type": "header", "level": 2} if piece.kind == "heading" else {"type": "text"}
    return {"_id": _id(f"{editorial.key}/{at}"), **kind, "content": escape(piece.text, quote=False)}


def image_element(picture: Picture) -> dict[str, Any]:
    """A picture as a content element."""
    return {
        "_id": _id(picture.name),
        "type": "image",
        "url": shimbun_picture(picture),
        "resizedUrls": {"articleLarge": shimbun_picture(picture, resized=True)},
        "width": 960,
        "height": 540,
        "alt_text": picture.alt,
        "caption": caption(picture),
    }


def article(editorial: Editorial, japanese: Writing) -> str:
    """The article as HTML: the headline without its series, which stands above it."""
    name, path = series(editorial)
    lead = figure(japanese.lead) if japanese.lead else ""
    body = "".join(block(piece) for piece in japanese.body)
    wall = (
        '<div class="paywall"><p>この記事は有料会員記事です。残りをお読みになるには会員登録が必要です。</p></div>'
        if japanese.seen is not None
        else ""
    )
    return f"""<article class="article-wrapper {code(japanese)}"><div><div class="article-header">\
<div class="article-headline-title">{name}</div>\
<h1 class="article-headline">{escape(japanese.headline)}</h1>\
<div class="article-meta-upper"><time dateTime="{utc(japanese.published)}">\
{japanese.published:%Y/%-m/%-d %H:%M}</time></div>\
<ul class="section-list"><li class="section-list-item"><a href="/column/">オピニオン</a></li>\
<li class="section-list-item"><a href="/column/{path}/">{name}</a></li></ul></div>\
<div class="article-body clearfix">{lead}{body}</div>{wall}</div></article>\n"""


def block(piece: Piece | Picture) -> str:
    """One block of the text."""
    if isinstance(piece, Picture):
        return figure(piece)
    words = escape(piece.text, quote=False)
    if piece.kind == "heading":
        return f'<h2 class="article-middle-headline">{words}</h2>'
    return f'<p class="article-text ">{words}</p>'


def figure(picture: Picture) -> str:
    """A picture as the resizer gives it."""
    return f"""<figure class="article-image"><img src="{shimbun_picture(picture, resized=True)}" width="640" \
height="360" alt="{escape(picture.alt)}"/><figcaption>{escape(caption(picture), quote=False)}</figcaption></figure>"""


def caption(picture: Picture) -> str:
    """Caption and credit, as Japanese papers print them."""
    return f"{picture.caption}（{picture.credit}）" if picture.credit else picture.caption


def bottom(editorial: Editorial, japanese: Writing, ranking: Iterable[Editorial]) -> str:
    """The ranking, which changes with the hour and is none of the article; the story as data; the footer."""
    items = "".join(
        f'<li class="ranking__item"><a href="{shimbun_url(other)}">{escape(title(other))}</a></li>' for other in ranking
    )
    story = json.dumps(content(editorial, japanese), ensure_ascii=False).replace("</", "<\\/")
    return f"""</main><aside class="grid__column-right-content"><h2>よく読まれている記事</h2><ol>{items}</ol></aside>\
{FOOTER}<script id="fusion-metadata">window.Fusion=window.Fusion||{{}};Fusion.arcSite="shimbun";\
Fusion.globalContent={story};Fusion.deployment="{RELEASE}";</script>\
<script src="/pf/dist/engine/react.js?d={RELEASE}" defer></script></body></html>\n"""


def listing_page(heading: str, path: str, stories: Iterable[Editorial], older: str | None = None) -> str:
    """A section's list, or the front page."""
    cards = "".join(card(story) for story in stories)
    more = f'<a class="load-more" href="{older}">続き</a>' if older else ""
    return f"""<!DOCTYPE html><html lang="ja"><head><meta charSet="UTF-8"/><title>{heading} - {NAME}</title>\
<meta name="viewport" content="width=device-width, initial-scale=1"/><meta property="og:type" content="website"/>\
<link rel="canonical" href="https://{SHIMBUN}{path}"/>{STYLES}</head>{TOP}<h1 class="list-title">{heading}</h1>\
<div class="story-card-feed">{cards}</div>{more}</main>{FOOTER}</body></html>\n"""


def card(story: Editorial) -> str:
    """One story in a listing; its `time` is in UTC, as Arc writes it."""
    japanese = story.japanese
    assert japanese is not None
    return f"""<article class="storycard"><div class="order-1"><h3><a href="{shimbun_url(story)}">\
{escape(title(story))}</a></h3><p class="subheadline">{escape(japanese.first_words)}</p>\
<time dateTime="{utc(japanese.published)}">{japanese.published:%Y/%-m/%-d %H:%M}</time></div></article>"""


def shell_page(url: str) -> str:
    """A page that is nothing without its script."""
    return f"""<!DOCTYPE html><html lang="ja"><head><meta charSet="UTF-8"/><title>{NAME}</title>\
<meta name="viewport" content="width=device-width, initial-scale=1"/><link rel="canonical" href="{url}"/>{STYLES}\
</head><body><div id="fusion-app"></div><noscript>JavaScriptを有効にしてください。</noscript>\
<script src="/pf/dist/engine/react.js?d={RELEASE}"></script></body></html>\n"""


def gone_page() -> str:
    """What is said where nothing is, or is no longer."""
    return f"""<!DOCTYPE html><html lang="ja"><head><meta charSet="UTF-8"/><title>ページが見つかりません - {NAME}</title>\
<meta name="viewport" content="width=device-width, initial-scale=1"/>{STYLES}</head>{TOP}\
<h1 class="list-title">ページが見つかりません</h1><p>お探しの記事は掲載期間が終了したか、移動した可能性があります。</p>\
</main>{FOOTER}</body></html>\n"""


def utc(moment: dt.datetime) -> str:
    """An instant as Arc states it: in UTC, with milliseconds, so that a morning's editorial carries the day before."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _id(name: str) -> str:
    return base64.b32encode(hashlib.sha256(f"element/{name}".encode()).digest())[:26].decode()


STYLES = f"""<link rel="stylesheet" href="{RESOURCES}/css/style.css?d={RELEASE}"/>\
<link rel="icon" href="{RESOURCES}/images/icon.png" type="image/png"/>"""

TOP = f"""<body><header class="site-header"><p class="site-note">この新聞はすべて架空です</p>\
<p class="site-logo"><a href="/">{NAME}</a></p><nav><ul><li><a href="/column/">オピニオン</a></li>\
<li><a href="/column/editorial/">主張</a></li><li><a href="/column/food/">食の風土記</a></li></ul></nav></header><main>\n"""

FOOTER = f"""<footer class="site-footer"><p>記事、人物、地名はすべて架空のものです。</p><p lang="en">© {OWNER}</p></footer>"""
