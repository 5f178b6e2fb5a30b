"""The Sankei's pages since June 2021 (Arc), in the three generations of markup that were seen saved (SITES 2.4)."""

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from . import arc_data as data
from .arc_data import DEPLOYMENT, ROOT, resized
from .stories import SECTIONS, Element, Picture, Story, utc

LOCK = '<img width="26" height="26" class="lock-svg" alt="有料プラン記事" src="/pf/resources/icons/img_lock-gold.svg"/>'
NAVIGATION = {
    "/": "トップ",
    "/politics/": "政治",
    "/world/": "国際",
    "/economy/": "経済",
    "/column/": "オピニオン",
    "/column/editorial/": "主張",
    "/column/seiron/": "正論",
}


def page(story: Story, ranked: list[Story], cards: list[Story]) -> str:
    """A whole article page: ranking, members' cards and advertisements around it, as found."""
    speech = f'<h1 class="speech">{escape(data.document_title(story))}</h1>' if story.era == "2021" else ""
    return (
        f'<!DOCTYPE html><html lang="ja">{data.head(story)}<body class="mc-column">{speech}'
        f'<div id="fusion-app" class="fusion-app grid">{header()}<div class="main-items">{_ad("TextAd_1st")}'
        f"<main>{_wrapper(story)}</main>{_below(story, cards)}</div>{aside(ranked)}{footer(story.section)}</div>"
        f"{data.fusion(story, cards)}</body></html>"
    )


def other_page(title: str, main: str, ranked: list[Story], cards: list[Story]) -> str:
    """Anything that is no article: sections, error pages, photo pages; the chrome is the same."""
    return (
        f'<!DOCTYPE html><html lang="ja"><head><meta charSet="UTF-8"/><title>{escape(title)} - 産経ニュース</title>'
        f'<meta name="robots" content="nocache, noarchive"/>'
        f'<link rel="stylesheet" href="/pf/resources/dist/sankei/css/style.css?d=885"/></head><body>'
        f'<div id="fusion-app" class="fusion-app grid">{header()}<main>{main}</main>{member_cards(cards)}{aside(ranked)}'
        f'{footer("/column")}</div><script id="fusion-metadata">window.Fusion=window.Fusion||{{}};Fusion.arcSite="sankei";'
        f'Fusion.deployment="885";Fusion.metas={{}};</script></body></html>'
    )


def amp(story: Story) -> str:
    """The AMP edition: another layout, the same text, canonical pointing home."""
    body = "".join(f"<p>{element.text}</p>" for element in story.body if element.kind == "text")
    return (
        f'<!doctype html><html amp lang="ja"><head><meta charset="utf-8"><title>{escape(story.raw)}</title>'
        f'<link rel="canonical" href="{story.url}"></head><body><h1>{escape(story.raw)}</h1>'
        f'<div class="amp-body">{body}</div></body></html>'
    )


def header() -> str:
    links = "".join(
        f'<li class="navi-slider"><span class="nav-link"><a class="gtm-click" href="{path}">{name}</a></span></li>'
        for path, name in NAVIGATION.items()
    )
    return (
        f'<header id="header" class="global-nav-container"><a href="{ROOT}/" class="navbar-logo"><img id="logo" alt="産経ニュース" '
        f'src="/pf/resources/icons/sankei.svg?d=885"/></a><a href="/premium/"><span class="account-text">限定記事</span></a>'
        f"<ul>{links}</ul></header>"
    )


def aside(ranked: list[Story]) -> str:
    items = "".join(
        f'<li class="ranking__item"><h3 class="text"><a class="gtm-click" href="{escape(data.noisy(story, "ranking"))}" '
        f'title="{escape(story.raw)}" data-gtm-label="#{n} / {escape(story.raw)}">{escape(story.raw)}</a></h3></li>'
        for n, story in enumerate(ranked, 1)
    )
    return (
        f'<aside class="grid__column-right-content"><section class="ranking"><header class="ranking__header">'
        f'<h2 class="ranking__title">オピニオンランキング</h2></header><ol class="ranking__list">{items}</ol></section></aside>'
    )


def member_cards(cards: list[Story]) -> str:
    shown = "".join(card(story, "storycard border-bottom small-size") for story in cards)
    return (
        f'<header class="story-card-header blue small"><h2 class="story-card-headline">会員限定記事<span class="members">'
        f'<a href="/premium/">会員サービス詳細</a></span></h2></header><div class="story-card-feed | grid ">{shown}</div>'
    )


def card(story: Story, css: str) -> str:
    lock = LOCK if story.code != "free" else ""
    return (
        f'<article class="{css}"><div class="order-1 story-card-flex"><h3 class="headline h3"><a href="{story.path}" '
        f'class="gtm-click">{escape(story.raw)}</a>{lock}</h3><div class="under-headline"><time dateTime="{utc(story.at)}" '
        f'class="storycard__time">{_shown(story)}</time></div></div></article>'
    )


def footer(section: str) -> str:
    name = SECTIONS.get(section, "")
    return (
        f'<footer><div class="breadcrumb"><ol class="breadcrumb-list"><li><a href="{ROOT}/">トップ</a></li>'
        f'<li><a href="{ROOT}{section}/">{name}</a></li></ol></div><p>記事と写真を断りなく使わないでください。</p>'
        f"<p><small>©2020-2026 The Sankei Shimbun. All rights reserved.</small></p></footer>"
    )


def _wrapper(story: Story) -> str:
    offer = '<div id="__member_offer_block"></div>' if story.code != "free" else ""
    lazy = ('<div data-fusion-lazy-id="f0fuzdzdOcGfs1">', "</div>") if story.era != "2021" else ("", "")
    body = "".join(_body(story))
    return (
        f'<article class="article-wrapper {story.code}">{lazy[0]}{_head(story)}{lazy[1]}{_ad("Mobile_TextAd_1st")}'
        f'{lazy[0]}<div class="article-body clearfix ">{body}</div>{lazy[1]}{offer}{_pagination(story)}'
        f'<div class="article-footer-wrapper"><div class="article-footer"></div></div></article>'
    )


def _head(story: Story) -> str:
    split = story.style in ("brackets", "angles_split") and story.label
    suffix = "　社説" if story.style == "angles_split" else ""
    label = f'<div class="article-headline-title font-bold">{story.label}</div>' if split else ""
    tag = "h3" if story.era == "2021" else "h1"
    headline = escape(story.bare + suffix if split else story.raw, quote=False)
    lock = '<span class="restrictions"><span>有料会員記事</span></span>' if story.code != "free" else ""
    return (
        f'<div class="article-header ">{label}<{tag} class="article-headline">{headline}</{tag}>'
        f'<div class="article-header__meta"><div class="article-meta"><div class="article-meta-upper | flex flex-wrap">'
        f'<time dateTime="{utc(story.at)}" class="margin-right">{_shown(story)}</time>{lock}</div>'
        f'<div class="article-meta-lower">{_sections(story)}</div></div>{_share(story)}</div></div>'
    )


def _sections(story: Story) -> str:
    css = "section-list" if story.era == "2025" else "article-header-section-list"
    parts = story.section.strip("/").split("/")
    paths = ["/" + "/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    item = "<li>" if story.era == "2021" else f'<li class="{css}-item">'
    links = "".join(f'{item}<a href="{path}/">{SECTIONS[path]}</a></li>' for path in paths)
    pagination = '<div class="article-header-paginations"></div>' if story.era == "2025" else ""
    more = (
        f'<ul class="flex flex-wrap {css}">{item}<a href="/world/">国際</a></li></ul>' if story.label == "主張" else ""
    )
    return f'<ul class="flex flex-wrap {css}">{links}</ul>{more}{pagination}'


def _share(story: Story) -> str:
    text = quote(story.raw)
    return (
        f'<div class="article-tools"><a class="twitter-share-anchor" href="https://twitter.com/intent/tweet?text={text}&amp;url={story.url}">'
        f'<img alt="共有" src="/pf/resources/icons/twitter.svg?d={DEPLOYMENT[story.era]}"/></a></div>'
    )


def _body(story: Story) -> Iterator[str]:
    if story.lead:
        yield _figure(story, story.lead, "left float-left clear")
    if story.era != "2021":
        yield _inline_ad(story, "Rec_Article")
    for index, element in enumerate(story.body):
        yield _element(story, element)
        if index in (3, 6, 8):
            yield _inline_ad(story, f"Mobile_Rec_1st_inf00{index}")


def _element(story: Story, element: Element) -> str:
    if element.picture:
        return _figure(story, element.picture, "center clear")
    if element.kind == "link_list":
        return f'<div class="article-link_list"><ul><li><a href="{ROOT}/column/editorial/">関連記事</a></li></ul></div>'
    if element.kind == "header" and story.era == "2021":
        return f'<span class="article-middle-headline h4 block font-bold">{element.text}</span>'
    if element.kind == "header":
        return f'<h2 class="article-middle-headline headline_size-1 block font-bold">{element.text}</h2>'
    return f'<p class="article-text ">{element.text}</p>'


def _figure(story: Story, picture: Picture, css: str) -> str:
    caption = f'<figcaption class="caption text-align-left">{escape(picture.caption, quote=False)}</figcaption>'
    caption = "" if not picture.caption and story.era != "2023" else caption
    image = (
        f'<img src="{resized(picture, "730x0")}" alt="{escape(picture.caption)}" '
        f'class="figure_image_img max-width-full"/>'
    )
    return (
        f'<figure class="article-image article-image-{css}"><div class="figure_image">'
        f'<a href="{story.path}photo/{picture.id}/">{image}</a></div>{caption}</figure>'
    )


def _pagination(story: Story) -> str:
    if story.pages == 1 or story.page == story.pages:
        return ""
    following = f"{story.path}{story.page + 1}/"
    return (
        f'<div class="pagination | width-full text-align-center"><a class="gtm-click button button-primary" href="{following}" '
        f'data-gtm-action="move to next article page">続きを見る</a><ul class="page-list"><li class="pagination-link">{story.page}</li>'
        f'<li class="pagination-link"><a href="{following}">{story.page + 1}</a></li></ul></div>'
    )


def _below(story: Story, cards: list[Story]) -> str:
    return f'<div class="custom-html-feature"><div id="piano_information_Article"></div></div>{_ad("Rec_Center")}{member_cards(cards)}'


def _inline_ad(story: Story, slot: str) -> str:
    css = "inline-ad | margin-bottom-sm" if story.era == "2021" else "inline-gptAd"
    return f'<div class="{css} clear hide_on_desktop">{_ad(slot)}</div>'


def _ad(slot: str) -> str:
    return (
        f'<div class="gptAd"><div id="div-gpt-ad-{slot}"></div><script>googletag.cmd.push(function(){{'
        f"googletag.display('div-gpt-ad-{slot}');}});</script></div>"
    )


def _shown(story: Story) -> str:
    return f"{story.at.year}/{story.at.month}/{story.at.day} {story.at:%H:%M}"
