"""The Mainichi Shimbun: its editorials (社説), on page 5 of the morning paper.

One system makes these pages and those in English, so `the_mainichi` finds in them what is found here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from lxml.etree import _Element as Element

from crawler.dates import JST, day_in_japan, read_instant
from crawler.html import find, has_class, one, said, text
from crawler.layers import daily, fallback, japanese
from crawler.layers.page import Page
from crawler.layers.titles import headline
from crawler.models import Access, Article, Kind, Parser
from crawler.newspapers.newspaper import Found, Listings, Newspaper, Unproven
from crawler.text import Headline, digest_of, text_of

VERSION = 1
HOST = "mainichi.jp"
ORIGIN = f"https://{HOST}"
HOSTS = (HOST, f"www.{HOST}")
SITE_NAMES = ("毎日新聞",)
# `/articles/20250114/k00/00m/030/335000c`: its day, where it appeared, its genre and number.
ARTICLE_PATH = re.compile(r"^/articles/(\d{8})/(\w{3}/\w{3}/\w{3})/(\d{6}[a-z])(?:/|$)", re.ASCII)
EDITORIALS = "ddm/005/070"  # the morning paper's page 5
OPINION = "070"
COMPANY = re.compile(r"毎日新聞(?:社|デジタル)?|The Mainichi(?: Shimbun| Newspapers)?|Mainichi Japan", re.IGNORECASE)
ARTICLE = "//article[.//h1]"
SHOWN = f"//h1[{has_class('title-page')}] | //*[@id='articledetail-title']//h1"
SHOULDER = f"//*[{has_class('articledetail-head-shoulder')}]"  # a series' name above the headline: 余録
BODY = f"//*[@id='articledetail-body'] | //section[{has_class('articledetail-body')}]"
OLD_BODY = f"//p[{has_class('txt')}]/.."  # of 2016
CLOSED = f"//*[@id='articledetail-body'][{has_class('is-mustpay')}] | //section[{has_class('is-mustpay')}]"
POSTED = f"//*[{has_class('articletag-date')} and {has_class('is-articledetail')}] | //*[{has_class('post')}]"
SECTIONS = f"(//ul[{has_class('articledetail-head-category-list')}])[1]/li[last()]"
WRITERS = f"//*[@id='articledetail-title']//a[{has_class('articletag-author')}]"
OWN = "not(ancestor-or-self::aside or ancestor-or-self::li)"  # lists of other articles carry marks of their own
MARKS = f".//text()[contains(., '限定') or contains(., '残り') or contains(., '有料')]/parent::*[{OWN}]"
FEE = "//meta[@name='cXenseParse:mai-fee-charging']"
MOST_WRITERS = 20


def canonical(url: str) -> str:
    """One address for an article: https, no www, no slash at the end, no query."""
    at = daily.host_and_path(url)
    if at is None:
        return url
    host, path = at
    host = HOST if host in HOSTS else host
    if found := ARTICLE_PATH.match(path):
        return f"https://{host}/articles/{found[1]}/{found[2]}/{found[3]}"
    return f"https://{host}{path}"


def _address(url: str) -> re.Match[str] | None:
    """Day, place and number in an article's address; None for other addresses."""
    at = daily.host_and_path(url)
    return ARTICLE_PATH.match(at[1]) if at is not None and at[0] in HOSTS else None


def article_id(url: str) -> str | None:
    """`20250114k0000m030335000c`, as the paper's own data have it."""
    found = _address(url)
    return "".join(found.groups()).replace("/", "") if found else None


def is_article(url: str) -> bool:
    """Whether an address is an article's of this paper."""
    return article_id(url) is not None


def is_editorial(found: Found) -> bool | None:
    """By the page of the morning paper, which the address names, or the label."""
    address = _address(found.url)
    if address is None:
        return False
    labelled = found.title is not None and japanese.split(found.title, SITE_NAMES).label == "社説"
    return labelled or address[2] == EDITORIALS


def parse_article(body: bytes, url: str) -> Article:
    """The article on one page, or `ParseError`."""
    page = Page.read(body, url)
    signals, key = page.signals, daily.own_id(page, article_id)
    (head, raw), access = _headline(page), read_access(page)
    blocks = japanese.blocks(
        page,
        places(page),
        lambda place: daily.pieces(place, url, caption=japanese.caption),
        head.text,
        members=access == "members",
    )
    words, section, published = text_of(blocks), read_section(page), read_published(page)
    address = canonical(url if article_id(url) == key else page.canonical or url)
    return Article(
        id=f"mainichi:{key}",
        newspaper="mainichi",
        language="ja",
        kind=_kind(address, head.label, section),
        url=address,
        section=section,
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=None,  # the paper sets none: its description is the first paragraph
        byline=signals.first("byline", *writers(page)),
        published_at=published,
        modified_at=read_modified(page),
        published_on=day_in_japan(published) if published else None,
        blocks=blocks,
        text=words,
        text_digest=digest_of(words),
        original=None,
        access=access,
        truncated=access == "members",
        parser=Parser(name="mainichi", version=VERSION, signals=signals, fallback=fallback.gave_body(signals)),
    )


def _headline(page: Page) -> tuple[Headline, str]:
    """The label is part of the title, or stands above the headline."""
    head, raw = headline(page, titles(page), lambda words: japanese.split(words, SITE_NAMES))
    above = text(one(page.root, SHOULDER)) or None
    label = head.label or page.signals.first("label", ("line above the headline", above))
    return head._replace(label=label), raw


def _kind(address: str, label: str | None, section: str | None) -> Kind:
    found = _address(address)
    place = found[2] if found else ""
    if label == "社説" or section == "社説" or place == EDITORIALS:
        return "editorial"
    return "column" if label or place.endswith(f"/{OPINION}") else "news"


# what the English pages have as well --------------------------------------------------------------


def titles(page: Page) -> dict[str, str | None]:
    """The headline's copies. The first ends in ` - 毎日新聞`, the last two in ` | 毎日新聞`."""
    return {
        "json-ld": said(page.article, "headline"),
        "dom": text(one(page.root, SHOWN)) or None,
        "meta": page.meta("title"),
        "og:title": page.meta("og:title", "twitter:title"),
        "title": page.title(),
    }


def places(page: Page) -> tuple[tuple[str, Element | None], ...]:
    """Where the text may stand."""
    return ("articledetail-body", one(page.root, BODY)), ("p.txt", one(page.root, OLD_BODY))


def read_access(page: Page) -> Access:
    """`mai-fee-charging` is there and empty where everyone may read, and the words 有料記事 stand in any page's frame.
    A body that `is-mustpay`, and the words of a preview, are known from other people's readers."""
    fee, article = one(page.root, FEE), one(page.root, ARTICLE)
    marks = find(article, MARKS) if article is not None else []
    marked = one(page.root, CLOSED) is not None or any(daily.is_members_mark(text(mark)) for mark in marks)
    stated: Access | None = None if fee is None else "members" if (fee.get("content") or "").strip() else "free"
    access: Access | None = page.signals.first(
        "access",
        ("dom", "members" if marked else None),
        ("cXenseParse", stated),
        ("json-ld", daily.stated_access(page)),
    )
    return access or "unknown"


def read_published(page: Page) -> dt.datetime | None:
    """JSON-LD's zone has no colon, `+0900`; the time that is shown, and `firstcreate`, have none."""
    return page.signals.first(
        "published_at",
        ("json-ld", read_instant(said(page.article, "datePublished"), JST)),
        ("cXenseParse", read_instant(page.meta("cxenseparse:recs:publishtime"), JST)),
        ("firstcreate", read_instant(page.meta("firstcreate"), JST)),
        ("dom", read_instant(_shown(page), JST)),
    )


def _shown(page: Page) -> str | None:
    """The time above the text; in 2016 it had an element of its own."""
    line = one(page.root, POSTED)
    stamp = one(line, "(.//time[@datetime])[1]") if line is not None else None
    return stamp.get("datetime") if stamp is not None else text(line)


def read_modified(page: Page) -> dt.datetime | None:
    """The last change."""
    return page.signals.first(
        "modified_at",
        ("json-ld", read_instant(said(page.article, "dateModified"), JST)),
        ("article:modified_time", read_instant(page.meta("article:modified_time"), JST)),
        ("lastupdate", read_instant(page.meta("lastupdate"), JST)),
    )


def read_section(page: Page) -> str | None:
    """The last of a list that goes from the widest to the narrowest."""
    stated = page.article.get("articleSection")
    return page.signals.first(
        "section",
        ("dom", text(one(page.root, SECTIONS))),
        ("json-ld", said(stated[-1] if isinstance(stated, list) and stated else stated)),
        ("cXenseParse", (page.meta("cxenseparse:mai-ch-category2") or "").rpartition(",")[2]),
    )


def writers(page: Page, between: str = "、") -> tuple[tuple[str, str], ...]:
    """Those who are named above the text, by signal; the signature that ends a text is part of it."""
    shown = (text(writer) for writer in find(page.root, WRITERS)[:MOST_WRITERS])
    stated = (page.meta("cxenseparse:author") or "").split(",")
    return ("dom", between.join(_people(shown))), ("cXenseParse", between.join(_people(stated)))


def _people(names: Iterable[str]) -> Iterator[str]:
    return (bare for name in names if (bare := name.strip()) and not COMPANY.fullmatch(bare))


NEWSPAPER = Newspaper(
    name="mainichi",
    title="毎日新聞",
    language="ja",
    names=(*SITE_NAMES, "毎日新聞社", "The Mainichi"),
    hosts=HOSTS,
    asset_hosts=(HOST, f"cdn.{HOST}"),
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    version=VERSION,
    unproven=(Unproven("access", "the words of a members' preview"),),
    listings=Listings(archives=(f"{ORIGIN}/editorial/",)),
)
