"""The Japan News: the Yomiuri Shimbun's editorials in English, a day or two after the Japanese.

WordPress under a theme of its own. No page names the Japanese original; of a line `(From The Yomiuri Shimbun, Oct. 13,
2024)` below the text, which would name its day, there is only hearsay.
"""

from __future__ import annotations

import datetime as dt
import re

from lxml.etree import _Element as Element

from crawler.dates import JST, day_in_japan, read_instant
from crawler.errors import ParseError
from crawler.html import find, has_class, one, said, text
from crawler.layers import daily, fallback
from crawler.layers.page import Page
from crawler.models import Access, Article, Block, Kind, Parser
from crawler.newspapers import yomiuri
from crawler.newspapers.newspaper import Found, Listings, Newspaper, Unproven
from crawler.text import Caption, Headline, digest_of, plain_credit, split_caption, split_headline, text_of

VERSION = 2
HOST = "japannews.yomiuri.co.jp"
ORIGIN = f"https://{HOST}"
HOSTS = (HOST,)
SITE_NAMES = ("The Japan News", "The Japan News by The Yomiuri Shimbun")
# `/editorial/yomiuri-editorial/20230222-92787/`: the section, then a day and WordPress's number.
ARTICLE_PATH = re.compile(r"^/((?:[\w-]+/)+)(\d{8}-\d{3,9})(?:/|$)")
EDITORIALS = "editorial/yomiuri-editorial"
EDITORIAL = re.compile(r"(?:yomiuri )?editorials?", re.IGNORECASE)
NEWS = ("politics", "society", "business", "world", "news-services", "science-nature", "sports")
COMPANY = re.compile(r"(?:by )?(?:the )?(?:yomiuri shimbun|japan news)", re.IGNORECASE)
BODY = "//*[@id='p-article-block']"
ABOVE = has_class("byline", "postdate")


def canonical(url: str) -> str:
    """One address for an article: https, the slash at the end, no query."""
    at = daily.host_and_path(url)
    if at is None:
        return url
    host, path = at
    if found := ARTICLE_PATH.match(path):
        return f"https://{host}/{found[1]}{found[2]}/"
    return f"https://{host}{path if path.endswith('/') or '.' in path.rsplit('/', 1)[-1] else f'{path}/'}"


def _address(url: str) -> re.Match[str] | None:
    """Section and id in an article's address; None for other addresses."""
    at = daily.host_and_path(url)
    return ARTICLE_PATH.match(at[1]) if at is not None and at[0] in HOSTS else None


def article_id(url: str) -> str | None:
    """The day and the number in an article's address, whatever section it is in."""
    found = _address(url)
    return found[2] if found else None


def is_editorial(found: Found) -> bool | None:
    """By the section, which every address names."""
    address = _address(found.url)
    return address is not None and address[1].strip("/") == EDITORIALS


def parse_article(body: bytes, url: str) -> Article:
    """The article on one page, or `ParseError`."""
    page = Page.read(body, url)
    signals, key, place = page.signals, daily.own_id(page, article_id), one(page.root, BODY)
    head, raw = _headline(page)
    places = [("p-article-block", place)]
    found, lines = daily.read_body(page, places, lambda block: _pieces(block, url), translation=True)
    blocks = tuple(block for block in found if not daily.is_structural(block.text))
    words, access, section, published = text_of(blocks), _access(page), _section(page), _published(page, place)
    if not words:
        raise ParseError(url, "no_body", f"the article {head.text!r} has no text on this page")
    address = canonical(url if article_id(url) == key else page.canonical or url)
    kind = _kind(page, address, head.label, section)
    printed = next((block.text for block in reversed(found) if daily.PRINTED.fullmatch(block.text or "")), None)
    original = daily.original_of(page, lines, printed, yomiuri.is_article, yomiuri.canonical)
    return Article(
        id=f"the_japan_news:{key}",
        newspaper="the_japan_news",
        language="en",
        kind=kind,
        url=address,
        section=section,
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=None,  # the paper sets none: its description is the first paragraph
        byline=_byline(page, place, found),
        published_at=published,
        modified_at=signals.first(
            "modified_at",
            ("article:modified_time", read_instant(page.meta("article:modified_time"), JST)),
            ("json-ld", read_instant(said(page.article, "dateModified"), JST)),
        ),
        published_on=day_in_japan(published) if published else None,
        blocks=blocks,
        text=words,
        text_digest=digest_of(words),
        original=original if kind == "editorial" else None,
        access=access,
        truncated=access == "members",
        parser=Parser(name="the_japan_news", version=VERSION, signals=signals, fallback=fallback.gave_body(signals)),
    )


def _headline(page: Page) -> tuple[Headline, str]:
    """`og:title` comes last: it is cut at a semicolon."""
    shown = text(one(page.root, f"//main//h1 | //*[{has_class('single_page')}]//h1"))
    raw = page.signals.first(
        "headline",
        ("json-ld", said(page.article, "headline")),
        ("dom", shown),
        ("title", page.title()),
        ("og:title", page.meta("og:title")),
    )
    if raw is None:
        raise ParseError(page.url, "not_an_article", "no headline anywhere on the page")
    head = split_headline(raw, SITE_NAMES)
    if shown and split_headline(shown, SITE_NAMES).text != head.text:
        page.signals["headline"] += "≠dom"
    return head, raw


def _pieces(block: Element, url: str) -> list[Block]:
    return daily.pieces(block, url, find(block, f"p[{ABOVE}]"), _caption)


def _caption(element: Element | None) -> Caption:
    """The credit stands above the caption, in a `span`; the publisher's own name is none."""
    above = one(element, "span[following-sibling::br]") if element is not None else None
    if element is None or above is None:
        return split_caption(text(element))
    credit = plain_credit(text(above))
    return Caption(
        text(element).removeprefix(text(above)).strip() or None, None if COMPANY.fullmatch(credit) else credit
    )


def _line_above(place: Element | None, name: str) -> str:
    return text(one(place, f"p[{has_class(name)}]")) if place is not None else ""


def _byline(page: Page, place: Element | None, found: tuple[Block, ...]) -> str | None:
    """As printed, with its By. JSON-LD's author is whoever posted the page, and nobody's byline."""
    shown, lines = _line_above(place, "byline"), (block.text or "" for block in found)
    line = next((words for words in lines if daily.BYLINE.fullmatch(words)), None)
    named = (("dom", shown), ("line above the text", line))
    return page.signals.first("byline", *((name, line) for name, line in named if line and not COMPANY.fullmatch(line)))


def _published(page: Page, place: Element | None) -> dt.datetime | None:
    """As printed, to the minute; JSON-LD alone adds seconds."""
    return page.signals.first(
        "published_at",
        ("article:published_time", read_instant(page.meta("article:published_time"), JST)),
        ("json-ld", read_instant(said(page.article, "datePublished"), JST)),
        ("dom", read_instant(_line_above(place, "postdate"))),
    )


def _section(page: Page) -> str | None:
    """The innermost: above the headline, in the breadcrumbs, in the data."""
    crumbs = f"//*[{has_class('breadcrumbs')}]//a[{has_class('taxonomy')}]"
    return page.signals.first(
        "section",
        ("line above the headline", text(one(page.root, f"(//*[{has_class('bloc_1')}]//li//a)[1]"))),
        ("breadcrumb", text(one(page.root, f"({crumbs})[last()]"))),
        ("json-ld", said(page.article, "articleSection")),
    )


def _access(page: Page) -> Access:
    """`cXenseParse:yoj-articletype`, of which only `free` has been seen, and the fee flag that stands among JSON-LD's
    keywords: `(1) 無料記事`."""
    code, flag = page.meta("cxenseparse:yoj-articletype") or "", said(page.article, "keywords") or ""
    stated = (("cXenseParse", _meaning(code)), ("json-ld keywords", _meaning(flag)))
    access: Access = page.signals.first("access", *stated) or "unknown"
    if access == "free" and stated[1][1] == "members":
        page.signals["access"], access = "json-ld keywords≠cXenseParse", "members"
    return access


def _meaning(flag: str) -> Access | None:
    return "free" if daily.FREE.search(flag) else "members" if daily.FEE.search(flag) else None


def _kind(page: Page, address: str, label: str | None, section: str | None) -> Kind:
    """By the address's section, the page's, or a label; other parts of `/editorial/` are columns."""
    found = _address(address)
    path = found[1].strip("/") if found else ""
    named = (label, section, (page.meta("cxenseparse:yoj-category") or "").replace("-", " "))
    if path == EDITORIALS or any(EDITORIAL.fullmatch(name) for name in named if name):
        return "editorial"
    top = path.partition("/")[0]
    return "column" if top == "editorial" else "news" if top in NEWS else "other"


NEWSPAPER = Newspaper(
    name="the_japan_news",
    title="The Japan News",
    language="en",
    names=(*SITE_NAMES, "Yomiuri Editorial", "Yomiuri Shimbun"),
    hosts=HOSTS,
    asset_hosts=(HOST,),
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    translates="yomiuri",
    version=VERSION,
    unproven=(Unproven("original", "a line below the text that names the Yomiuri Shimbun and the day of print"),),
    listings=Listings(
        sitemaps=(f"{ORIGIN}/sitemap-news.xml", f"{ORIGIN}/sitemap.xml"),
        archives=(f"{ORIGIN}/{EDITORIALS}/",),
    ),
)
