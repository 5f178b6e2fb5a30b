"""JAPAN Forward: English translations of the Sankei Shimbun's editorials, and much else.

Its markup has not been seen by us and has changed with the years, its printed words are known: so every field is read
by independent signals in a stated order (JSON-LD, OpenGraph, microdata, names of themes, density, anchors in the text).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from crawler.dates import day_in_japan
from crawler.html import said
from crawler.layers import declared, fallback
from crawler.layers.original import recognise
from crawler.layers.page import Page
from crawler.layers.post import Post, read_post
from crawler.layers.shell import declares_article, is_error, is_listing, refuse
from crawler.models import Article, Kind, Original, Parser
from crawler.newspapers import sankei
from crawler.newspapers.newspaper import Found, Listings, Newspaper, Unproven
from crawler.text import digest_of, split_headline, text_of

VERSION = 2
HOST = "japan-forward.com"
ORIGIN = f"https://{HOST}"
SITE_NAMES = ("JAPAN Forward", "JAPANForward", "Japan Forward | Real Japan")
# Publishers, not authors; `Editorial Board, The Sankei Shimbun` is a board, and stays.
COMPANY = re.compile(r"(?:the )?(?:japan ?forward|sankei shimbun)(?: staff)?|sankei digital(?: inc\.?)?|admin\w*", re.I)
NO_POST = re.compile(
    r"^/(?:$|(?:category|tag|author|page|feed|comments|search|wp-[\w-]+|sitemap[\w-]*\.xml|japanese/(?:top|category|tag))(?:/|$)"
    r"|\d{4}/(?:\d{2}/){0,2}(?:page/\d+/)?$)"
)
NOISE = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|yclid|msclkid|mc_[ce]id|_ga|amp|ref|share|nb|replytocom|noamp|print|preview.*)$", re.I
)
EDITORIAL = re.compile(r"^editorials?$", re.IGNORECASE)
SHORT = re.compile(r"p\d+$")  # `?p=53092`
BOARD = re.compile(r"\beditorial (?:board|desk|writers?|team)\b", re.IGNORECASE)
COLUMN = re.compile(
    r"\b(?:opinion|column|commentary|bookmark|speaking out|perspective|seiron|sankeisho)\b", re.IGNORECASE
)
NEWS = re.compile(
    r"politic|security|diplomacy|econom|business|world|asia|societ|abducted|north korea|news|tech|science", re.I
)


def canonical(url: str) -> str:
    """One address for a post: https, no www, percent-encoding in lower case, trailing slash, no noise; `?p=N` stays."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
        query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not NOISE.match(k)]
    except ValueError:
        return url
    if not host:
        return url
    path = re.sub(
        r"/{2,}",
        "/",
        quote(unquote(parts.path, errors="surrogateescape"), safe="/:@!$&'()*+,;=~-._", errors="surrogateescape"),
    )
    path = re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), path)
    path = re.sub(r"/amp/?$", "/", path) or "/"
    path = path if path.endswith("/") or "." in path.rsplit("/", 1)[-1] else f"{path}/"
    return f"https://{host}{path}{'?' + urlencode(query) if query else ''}"


def slug_of(url: str) -> str:
    """WordPress's name of the post, `p53092` for a short link, nothing for what is no post."""
    parts = urlsplit(canonical(url))
    if parts.path == "/":
        number = dict(parse_qsl(parts.query)).get("p", "")
        return f"p{number}" if number.isdecimal() else ""
    return "" if NO_POST.match(parts.path) else parts.path.strip("/")


def is_editorial(found: Found) -> bool | None:
    """By the kicker in its title, or the kicker in its slug with the board as author. A title without either says no:
    'How an Editorial Changed …' is none."""
    slug = slug_of(found.url)
    label = split_headline(found.title, SITE_NAMES).label if found.title else None
    if label:
        return bool(EDITORIAL.match(label))
    if slug.startswith("editorial-"):
        return not found.title or bool(BOARD.search(found.author or "")) or None
    return None if SHORT.match(slug) or BOARD.search(found.author or "") else False


def parse_article(body: bytes, url: str) -> Article:
    """The post on one page, or `ParseError`."""
    page = Page.read(body, url)
    slug, titles = _slug(page), declared.titles(page)
    if not slug or is_error(page.root) or is_listing(page.root):
        refuse(page.root, "an address or a page of lists, not of one post")
    post = read_post(page, list(titles.values()))
    if post is None:
        refuse(page.root)
    head, raw = declared.headline(page, post, titles, SITE_NAMES)
    original, section = _original(page, post), declared.section(page, post)
    published = declared.published(page)
    day = day_in_japan(published) if published else declared.published_day(page)
    byline = declared.byline(page, post, COMPANY)
    restricted = str(page.article.get("isAccessibleForFree")).lower() == "false"
    if page.signals["body"].startswith("density") and not (declares_article(page.root) or day or byline or head.label):
        refuse(page.root, "words, but nothing that makes them an article")
    return Article(
        id=f"japan_forward:{slug}",
        newspaper="japan_forward",
        language="ja" if (page.root.get("lang") or "en").lower().startswith("ja") else "en",
        kind=_kind(slug, head.label, byline, section, original),
        url=canonical(page.canonical if page.canonical and slug_of(page.canonical) == slug else url),
        section=section,
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=post.standfirst,
        byline=byline,
        published_at=published,
        modified_at=declared.modified(page),
        published_on=day,
        blocks=post.blocks,
        text=text_of(post.blocks),
        text_digest=digest_of(text_of(post.blocks)),
        original=original,
        access="members" if restricted else "free",  # the paper has no paywall
        truncated=restricted,
        parser=Parser(
            name="japan_forward",
            version=VERSION,
            signals=page.signals,
            fallback=fallback.gave_body(page.signals),
        ),
    )


def _slug(page: Page) -> str:
    """The post's own name as its page gives it: a short link's address has none, and a renamed post has two."""
    asked = slug_of(page.url)
    stated = (("canonical", page.canonical), ("og:url", page.meta("og:url")), ("json-ld", said(page.article, "url")))
    own = [(name, slug_of(url)) for name, url in stated if url and _is_here(url)]
    slug = page.signals.first("id", *own, ("url", asked)) or ""
    if slug != asked and asked and not SHORT.match(asked):
        page.signals["id"] += "≠url"
    return slug


def _is_here(url: str) -> bool:
    return urlsplit(canonical(url)).netloc == HOST


def _original(page: Page, post: Post) -> Original:
    original = recognise(post.lines, _may_be_original, _canonical_original)
    if original.candidates or original.wording:
        page.signals["original"] = original.candidates[0].rule if original.candidates else "wording"
    return original


def _may_be_original(url: str) -> bool:
    """Sankei's pages of any age, or JAPAN Forward's own Japanese versions."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if host == HOST:
        return parts.path.startswith("/japanese/") and parts.path.strip("/") != "japanese"
    return host == "sankei.com" or host.endswith((".sankei.com", "sankei.jp.msn.com"))


def _canonical_original(url: str) -> str:
    return canonical(url) if _is_here(url) else sankei.canonical(url)


def _kind(slug: str, label: str | None, byline: str | None, section: str | None, original: Original) -> Kind:
    """An editorial by its kicker; without one by two of slug, board and the link line's own word."""
    wording = (original.wording or "").lower()
    votes = (slug.startswith("editorial-"), bool(BOARD.search(byline or "")), "editorial" in wording)
    if EDITORIAL.match(label) if label else sum(votes) > 1:
        return "editorial"
    if COLUMN.search(f"{label} {section}"):
        return "column"
    return "news" if NEWS.search(section or "") else "other"


NEWSPAPER = Newspaper(
    name="japan_forward",
    title="JAPAN Forward",
    language="en",
    names=(*SITE_NAMES, "Real Japan"),
    hosts=(HOST, f"www.{HOST}"),
    asset_hosts=(f"cdn.{HOST}", HOST, "i0.wp.com"),
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    translates="sankei",
    version=VERSION,
    unproven=(
        Unproven("section", "where its pages put what stands around the text: only their words have been seen"),
        Unproven("original", "which words carry the link to the original, but those of 2023 and 2025"),
    ),
    listings=Listings(
        sitemaps=(f"{ORIGIN}/sitemap_index.xml", f"{ORIGIN}/wp-sitemap.xml"),
        feeds=(f"{ORIGIN}/feed/",),
        rest=f"{ORIGIN}/wp-json/wp/v2/posts",
        archives=(f"{ORIGIN}/category/diplomacy-security/", f"{ORIGIN}/category/culture/"),  # the slugs that were seen
        month=f"{ORIGIN}/{{year}}/{{month:02d}}/",
    ),
)
