"""The Yomiuri Shimbun: its editorials (社説), two a day.

An editorial's address carries the eve of the day it was printed. Line ends of the source stand around every ruby.
"""

from __future__ import annotations

import datetime as dt
import re

from lxml.etree import _Element as Element

from crawler.dates import JST, day_in_japan, read_instant
from crawler.errors import ParseError
from crawler.html import find, has_class, one, said, text
from crawler.layers import daily, fallback, japanese
from crawler.layers.page import Page
from crawler.models import Access, Article, Block, Kind, Parser
from crawler.newspapers.newspaper import Found, Listings, Newspaper
from crawler.text import Headline, digest_of, text_of

VERSION = 2
HOST = "www.yomiuri.co.jp"
ORIGIN = f"https://{HOST}"
HOSTS = (HOST, "yomiuri.co.jp")
SITE_NAMES = ("読売新聞オンライン", "読売新聞", "YOMIURI ONLINE（読売新聞）")
# `/editorial/20260506-GYT1T00155/`, `/world/20241203-OYT1T50218/`; before 2018 with `.html`.
ARTICLE_PATH = re.compile(r"^/((?:[\w-]+/)+)(\d{8}-[A-Z]{2,4}[0-9A-Z]{1,4}\d{5})(\.html)?(?:/|$)")
EDITORIALS = "editorial"
COLUMNS = ("note", "column", "opinion", "serial", "jinsei")
CHAIN = re.compile(r"\s:\s")  # `X : 社説 : 社説・コラム : ニュース : 読売新聞オンライン`, a title of some years ago
COMPANY = re.compile(r"読売新聞(?:オンライン|社)?|The Yomiuri Shimbun", re.IGNORECASE)
ARTICLE = "//article[.//h1]"  # `article.article-content`; where there is none, the page
OWN = "not(ancestor-or-self::aside or ancestor-or-self::li)"  # lists of other articles carry marks of their own
BODY = f".//*[{has_class('p-main-contents')}]"
PARAGRAPH = ".//p[@itemprop='articleBody']"
# A blank between two characters of Japanese: where the source breaks its lines, around ruby and bold.
BROKEN = re.compile(r"(?<=[^\x00-\u200f\u3000]) (?=[^\x00-\u200f\u3000])")


def canonical(url: str) -> str:
    """One address for an article: https, www, its slash, no query, no further page."""
    at = daily.host_and_path(url)
    if at is None:
        return url
    host, path = at
    host = HOST if host in HOSTS else host
    if found := ARTICLE_PATH.match(path):
        return f"https://{host}/{found[1]}{found[2]}{found[3] or '/'}"
    return f"https://{host}{path if path.endswith('/') or '.' in path.rsplit('/', 1)[-1] else f'{path}/'}"


def _address(url: str) -> re.Match[str] | None:
    """Section and id in an article's address; None for other addresses."""
    at = daily.host_and_path(url)
    return ARTICLE_PATH.match(at[1]) if at is not None and at[0] in HOSTS else None


def article_id(url: str) -> str | None:
    """`20241203-OYT1T50218`, whatever section it is in."""
    found = _address(url)
    return found[2] if found else None


def is_article(url: str) -> bool:
    """Whether an address is an article's of this paper."""
    return article_id(url) is not None


def is_editorial(found: Found) -> bool | None:
    """By the section, which every address names."""
    address = _address(found.url)
    return address is not None and address[1].strip("/") == EDITORIALS


def parse_article(body: bytes, url: str) -> Article:
    """The article on one page, or `ParseError`."""
    page = Page.read(body, url)
    signals, key, within = page.signals, daily.own_id(page, article_id), one(page.root, ARTICLE)
    article = page.root if within is None else within
    (head, raw), access = _headline(page, article), _access(page, article)
    blocks = _blocks(page, article, head.text, access)
    words, section, published = text_of(blocks), _section(page, article), _published(page, article)
    address = canonical(url if article_id(url) == key else page.canonical or url)
    return Article(
        id=f"yomiuri:{key}",
        newspaper="yomiuri",
        language="ja",
        kind=_kind(address, head.label, section),
        url=address,
        section=section,
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=None,  # the paper sets none: its description is the first paragraph
        # `【ソウル＝名前】` is part of the text, and the data name the company
        byline=signals.first("byline", ("json-ld", japanese.people(page, COMPANY))),
        published_at=published,
        modified_at=signals.first(
            "modified_at",
            ("json-ld", read_instant(said(page.article, "dateModified"), JST)),
            ("article:modified_time", read_instant(page.meta("article:modified_time"), JST)),
        ),
        published_on=day_in_japan(published) if published else None,
        blocks=blocks,
        text=words,
        text_digest=digest_of(words),
        original=None,
        access=access,
        truncated=access == "members",
        parser=Parser(name="yomiuri", version=VERSION, signals=signals, fallback=fallback.gave_body(signals)),
    )


def _headline(page: Page, article: Element) -> tuple[Headline, str]:
    """`<title>` comes last: it may be worded otherwise, and ends in the names of sections."""
    shown, title = text(one(article, ".//h1[normalize-space()]")), page.title()
    raw = page.signals.first(
        "headline",
        ("json-ld", said(page.article, "headline")),
        ("dom", shown),
        ("og:title", page.meta("og:title")),
        ("title", title),
    )
    if raw is None:
        raise ParseError(page.url, "not_an_article", "no headline anywhere on the page")
    head, chain = _split(raw), CHAIN.split(title or "")[1:]
    if shown and _split(shown).text != head.text:
        page.signals["headline"] += "≠dom"
    label = page.signals.first("label", ("headline", head.label), ("title", "社説" if "社説" in chain else None))
    return Headline(head.text, label), raw


def _split(raw: str) -> Headline:
    return japanese.split(CHAIN.split(raw)[0] if raw.endswith(SITE_NAMES) else raw, SITE_NAMES)


def _blocks(page: Page, article: Element, headline: str, access: Access) -> tuple[Block, ...]:
    """The text in `div.p-main-contents`, in whatever holds `p[itemprop=articleBody]`, or where words are densest."""
    paragraph = one(article, PARAGRAPH)
    places = (
        ("p-main-contents", one(article, BODY)),
        ("microdata", paragraph.getparent() if paragraph is not None else None),
    )
    found = japanese.blocks(
        page,
        places,
        lambda body: daily.pieces(body, page.url, caption=japanese.caption),
        headline,
        members=access == "members",
    )
    return tuple(_joined(block) for block in found)


def _joined(block: Block) -> Block:
    return block.model_copy(update={"text": BROKEN.sub("", block.text)}) if block.text else block


def _published(page: Page, article: Element) -> dt.datetime | None:
    """Not from `time`: that is the last change. What the page keeps for its scripts is `2024/12/03 23:17:00`."""
    kept = text(one(article, ".//span[@id='publicationStartDatetime']"))
    return page.signals.first(
        "published_at",
        ("json-ld", read_instant(said(page.article, "datePublished"), JST)),
        ("article:published_time", read_instant(page.meta("article:published_time"), JST)),
        ("dom", read_instant(kept, JST)),
    )


def _section(page: Page, article: Element) -> str | None:
    """The innermost of the breadcrumbs; those in JSON-LD are a list in a list."""
    crumbs = f"//nav[{has_class('p-header-category-breadcrumbs')}]//li[position() > 1][last()]"
    return page.signals.first(
        "section",
        ("breadcrumb", text(one(page.root, crumbs))),
        ("json-ld", said(page.article, "articleSection")),
        ("dom", text(one(article, ".//span[@id='corners']/a[last()]"))),
    )


def _access(page: Page, article: Element) -> Access:
    """`isAccessibleForFree`, and the words of a preview; `スクラップは会員限定です` is on every page."""
    marks = find(article, f".//text()[contains(., '限定') or contains(., '残り')]/parent::*[{OWN}]")
    marked: Access | None = "members" if any(daily.is_members_mark(text(mark)) for mark in marks) else None
    return page.signals.first("access", ("dom", marked), ("json-ld", daily.stated_access(page))) or "unknown"


def _kind(address: str, label: str | None, section: str | None) -> Kind:
    found = _address(address)
    top = found[1].partition("/")[0] if found else ""
    if label == "社説" or section == "社説" or top == EDITORIALS:
        return "editorial"
    return "column" if label or top in COLUMNS else "news"


NEWSPAPER = Newspaper(
    name="yomiuri",
    title="読売新聞",
    language="ja",
    names=(*SITE_NAMES, "読売新聞社", "The Yomiuri Shimbun"),
    hosts=HOSTS,
    asset_hosts=(HOST,),
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    version=VERSION,
    listings=Listings(
        sitemaps=(f"{ORIGIN}/sitemap-news-latest.xml",),
        archives=(f"{ORIGIN}/editorial/",),
    ),
)
