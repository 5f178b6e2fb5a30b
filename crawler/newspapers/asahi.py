"""The Asahi Shimbun: its editorials (社説), which it prints as `（社説）…`.

Class names are hashes, so nothing here leans on one of them alone: the text ends in `p#_gtm_LastLine`, and what is a
byline or a mark is known by its place above the text and by its words.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import islice

from lxml.etree import _Element as Element

from crawler.dates import JST, day_in_japan, read_instant
from crawler.errors import ParseError
from crawler.html import find, has_class, one, said, text
from crawler.layers import daily, fallback, japanese
from crawler.layers.page import Page
from crawler.models import Access, Article, Block, Parser
from crawler.newspapers.newspaper import Found, Listings, Newspaper
from crawler.text import Headline, digest_of, split_headline, text_of

VERSION = 2
HOST = "www.asahi.com"
ORIGIN = f"https://{HOST}"
HOSTS = (HOST, "asahi.com", "digital.asahi.com")
SITE_NAMES = ("朝日新聞デジタル", "朝日新聞")
# `/articles/DA3S15617438.html` is of the printed edition, `/articles/AST1F4445T1FUTIL02SM.html` of the web's.
ARTICLE_PATH = re.compile(r"^/(?:sp/|amp/)?articles/([A-Z]{2}[0-9A-Z]{8,20})\.html$")
LABEL = re.compile(r"[（(]([^（）()]{1,16})[）)][\s\u3000]*(?=\S)")
REGION = re.compile(r"\s\[[^\[\]]{1,20}\]$")  # `… [宮崎県]：朝日新聞デジタル`, in `<title>` alone
COMPANY = re.compile(r"朝日新聞(?:デジタル|社)?|The Asahi Shimbun", re.IGNORECASE)
MAIN_HEADLINE = "(//main//h1[normalize-space()])[1]"  # before it the page has one of the site and one of a warning
LAST_LINE = "//*[@id='_gtm_LastLine']"
MOST_MARKS = 20


def canonical(url: str) -> str:
    """One address for an article: https, www, no query; the members' host and the phone's path lead to the same."""
    at = daily.host_and_path(url)
    if at is None:
        return url
    host, path = at
    if host in HOSTS and (found := ARTICLE_PATH.match(path)):
        return f"{ORIGIN}/articles/{found[1]}.html"
    return f"https://{HOST if host == 'asahi.com' else host}{path}"


def article_id(url: str) -> str | None:
    """`DA3S15617438` or `AST1F4445T1FUTIL02SM`."""
    at = daily.host_and_path(url)
    found = ARTICLE_PATH.match(at[1]) if at is not None and at[0] in HOSTS else None
    return found[1] if found else None


def is_article(url: str) -> bool:
    """Whether an address is an article's of this paper."""
    return article_id(url) is not None


def is_editorial(found: Found) -> bool | None:
    """By its label; no address tells."""
    if not is_article(found.url):
        return False
    return _split(found.title).label == "社説" if found.title else None


def parse_article(body: bytes, url: str) -> Article:
    """The article on one page, or `ParseError`."""
    page = Page.read(body, url)
    signals, key, shown = page.signals, daily.own_id(page, article_id), one(page.root, MAIN_HEADLINE)
    (head, raw), left = _headline(page, shown), _left(page)
    access = _access(page, shown, left)
    blocks, standfirst = _text(page, head.text, access)
    words, published = text_of(blocks), _published(page, shown)
    return Article(
        id=f"asahi:{key}",
        newspaper="asahi",
        language="ja",
        kind="editorial" if head.label == "社説" else "column" if head.label else "news",
        url=canonical(url if article_id(url) == key else page.canonical or url),
        section=None,  # the page shows none: cXense's 政治 and 外交, JSON-LD's Politics stand in the head alone
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=standfirst,
        byline=_byline(page, shown),
        published_at=published,
        modified_at=_modified(page, published),
        published_on=day_in_japan(published) if published else None,
        blocks=blocks,
        text=words,
        text_digest=digest_of(words),
        original=None,
        access=access,
        truncated=left is not None or (access == "members" and words.endswith("…")),
        parser=Parser(name="asahi", version=VERSION, signals=signals, fallback=fallback.gave_body(signals)),
    )


def _headline(page: Page, shown: Element | None) -> tuple[Headline, str]:
    """The label is part of every title; a series that the data name alone is one, too."""
    raw = page.signals.first(
        "headline",
        ("json-ld", said(page.article, "headline")),
        ("meta", page.meta("title")),
        ("dom", text(shown)),
        ("og:title", page.meta("og:title", "twitter:title")),
        ("title", page.title()),
    )
    if raw is None:
        raise ParseError(page.url, "not_an_article", "no headline anywhere on the page")
    head, above = _split(raw), _split(text(shown))
    if shown is not None and above.text != head.text:
        page.signals["headline"] += "≠dom"
    label = page.signals.first(
        "label", ("headline", head.label), ("dom", above.label), ("cXenseParse", page.meta("cxenseparse:ash-rensai"))
    )
    return Headline(head.text, label), raw


def _split(raw: str) -> Headline:
    """`（社説）` and the like apart from the headline, `：朝日新聞デジタル` and a region gone."""
    words = REGION.sub("", split_headline(raw, SITE_NAMES).text)
    found = LABEL.match(words)
    return Headline(words[found.end() :], found[1]) if found else Headline(words, None)


def _above(shown: Element | None) -> list[Element]:
    """The small parts between headline and text: mark, byline, time. They stand in the element after the headline."""
    line = one(shown, "following-sibling::*[.//time][1]") if shown is not None else None
    parts = islice(line.iterchildren("*"), MOST_MARKS) if line is not None else ()
    return [part for part in parts if one(part, "(.//time)[1]") is None]


def _left(page: Page) -> str | None:
    """`残り1387文字`, below a preview."""
    marks = find(page.root, "//text()[starts-with(normalize-space(), '残り')]/..")
    return next((words for mark in marks if (words := text(mark)) and daily.LEFT.search(words)), None)


def _access(page: Page, shown: Element | None, left: str | None) -> Access:
    """有料記事 above the text, and what is left of it below. `ash-articletype` says free on those pages, too, and every
    page says that members may read 有料記事."""
    marks = [text(mark) for part in _above(shown) for mark in islice(part.iter("p", "a", "span"), MOST_MARKS)]
    access: Access | None = page.signals.first(
        "access",
        ("line above the text", "members" if any(daily.MEMBERS.fullmatch(mark) for mark in marks) else None),
        ("line below the text", "members" if left else None),
        ("json-ld", daily.stated_access(page)),
        ("cXenseParse", "free" if page.meta("cxenseparse:ash-articletype") == "free" else None),
    )
    return access or "unknown"


def _text(page: Page, headline: str, access: Access) -> tuple[tuple[Block, ...], str | None]:
    """The text, and the summary that a long article has in a box before its first paragraph."""
    last = one(page.root, LAST_LINE)
    body = last.getparent() if last is not None else None
    places = (
        ("_gtm_LastLine", body),
        ("nfyQp", one(page.root, f"//main//div[{has_class('nfyQp')}]")),
        ("main", one(page.root, "(//main//div[count(p) > 2])[1]")),
    )
    found = japanese.blocks(
        page, places, lambda place: daily.pieces(place, page.url), headline, members=access == "members"
    )
    blocks = tuple(block for block in found if block.text != "[PR]")
    box = one(body, "p[1]/preceding-sibling::div[p and not(*[not(self::p)])][1]") if body is not None else None
    return blocks, page.signals.first("standfirst", ("dom", text(box)))


def _byline(page: Page, shown: Element | None) -> str | None:
    """As printed above the text, with its place: `北京=…`; else those whom the data name as `creator`."""
    lines = [text(part) for part in _above(shown) if part.tag == "span"]
    printed = next((line for line in lines if line and not daily.MEMBERS.fullmatch(line)), None)
    creators = page.article.get("creator")
    named = [said(name) for name in creators] if isinstance(creators, list) else [said(creators)]
    people = "、".join(name for name in named if name and not COMPANY.fullmatch(name))
    return page.signals.first(
        "byline", ("dom", None if printed and COMPANY.fullmatch(printed) else printed), ("json-ld", people)
    )


def _published(page: Page, shown: Element | None) -> dt.datetime | None:
    """`article:published_time` comes last: it may lie days before the time that is shown."""
    time = one(shown, "following-sibling::*//time") if shown is not None else None
    displayed = read_instant(time.get("datetime"), JST) if time is not None else None  # in UTC
    return page.signals.first(
        "published_at",
        ("json-ld", read_instant(said(page.article, "datePublished"), JST)),
        ("pubdate", read_instant(page.meta("pubdate"), JST)),
        ("time", displayed.astimezone(JST) if displayed else None),
        ("article:published_time", read_instant(page.meta("article:published_time"), JST)),
    )


def _modified(page: Page, published: dt.datetime | None) -> dt.datetime | None:
    """The meta tag is a copy of the time of publication."""
    modified = page.signals.first("modified_at", ("json-ld", read_instant(said(page.article, "dateModified"), JST)))
    if modified and published and modified < published:
        page.signals["modified_at"] += " (before published_at)"
    return modified


NEWSPAPER = Newspaper(
    name="asahi",
    title="朝日新聞",
    language="ja",
    names=(*SITE_NAMES, "朝日新聞社", "The Asahi Shimbun"),
    hosts=HOSTS,
    asset_hosts=(HOST, "www.asahicom.jp", "imgopt.asahi.com"),
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    version=VERSION,
    listings=Listings(
        sitemaps=(f"{ORIGIN}/sitemap.xml",),
        archives=(f"{ORIGIN}/rensai/list.html?id=16",),
    ),
)
