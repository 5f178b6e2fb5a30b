"""The Nikkei (日本経済新聞): its editorials (社説), which it prints as `［社説］…`. No newspaper here translates them.

Class names end in hashes that change (`container_c1suc6un` of 2023, `container_campx13` of 2025), so what is sought is
what has no hash: the elements' own names, `data-` attributes, and the page's data for its scripts.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from lxml.etree import _Element as Element

from crawler.dates import JST, day_in_japan, read_day, read_instant
from crawler.html import find, has_class, headings, one, paragraphs, read_json, said, text
from crawler.layers import daily, fallback, japanese
from crawler.layers.page import Page
from crawler.layers.titles import headline
from crawler.models import Access, Article, Block, Kind, Parser
from crawler.newspapers.newspaper import Found, Listings, Newspaper, Unproven
from crawler.text import digest_of, text_of

VERSION = 1
HOST = "www.nikkei.com"
ORIGIN = f"https://{HOST}"
HOSTS = (HOST, "nikkei.com")
SITE_NAMES = ("日本経済新聞", "日経電子版")
ARTICLE_PATH = re.compile(r"^/article/([A-Z]{2,8}[0-9A-Z]{10,40})(?:/|$)")  # `/article/DGXZQOUB148MY0U5A110C2000000/`
COMPANY = re.compile(r"日本経済新聞(?:社|電子版)?|日経電子版|Nikkei Inc\.?", re.IGNORECASE)
HEADER = "(//article/header[.//h1])[1]"
SHOWN = f"{HEADER}//h1 | //main//h1"
TOPIC = f"({HEADER}//a[@href])[1]"
SECOND_LINE = f"{HEADER}//h1/following-sibling::p[1]"
PLACES = {
    "article-content": "//section[@data-track-article-content]",
    "section": "//article/header/following-sibling::section[p][1]",
    "cmn-indent": f"//*[{has_class('cmn-indent')}]",  # before 2020
}
OLD_DAY = f"//*[{has_class('cmn-article_status')}]"
BANNER = "//*[@data-lock-banner] | //k-lock-banner"
LEFT = "//*[@data-paywall]//text()[contains(., '残り')]/parent::*"
CONTEXT = "//script[@id='js-k2-hydrate-client-exposed-context']"
REGISTER = "//article//*[contains(@data-rn-track-value, '\"free_article\"')]"


def canonical(url: str) -> str:
    """One address for an article: https, www, its slash, no query."""
    at = daily.host_and_path(url)
    if at is None:
        return url
    host, path = at
    host = HOST if host in HOSTS else host
    if found := ARTICLE_PATH.match(path):
        return f"https://{host}/article/{found[1]}/"
    return f"https://{host}{path}"


def article_id(url: str) -> str | None:
    """`DGXZQOUB148MY0U5A110C2000000`."""
    at = daily.host_and_path(url)
    found = ARTICLE_PATH.match(at[1]) if at is not None and at[0] in HOSTS else None
    return found[1] if found else None


def is_editorial(found: Found) -> bool | None:
    """By its label: all ids that were seen begin with DGXZQODK, but those of other articles may, too."""
    if article_id(found.url) is None:
        return False
    return japanese.split(found.title, SITE_NAMES).label == "社説" if found.title else None


def parse_article(body: bytes, url: str) -> Article:
    """The article on one page, or `ParseError`."""
    page = Page.read(body, url)
    signals, key, status = page.signals, daily.own_id(page, article_id), _status(page)
    head, raw = headline(page, _titles(page), lambda words: japanese.split(words, SITE_NAMES))
    access = _access(page, status)
    blocks = japanese.blocks(
        page,
        ((name, one(page.root, place)) for name, place in PLACES.items()),
        lambda place: daily.pieces(place, url, caption=japanese.caption, box=_box),
        head.text,
        members=access == "members",
    )
    words, published = text_of(blocks), _published(page)
    return Article(
        id=f"nikkei:{key}",
        newspaper="nikkei",
        language="ja",
        kind=_kind(page, head.label),
        url=canonical(url if article_id(url) == key else page.canonical or url),
        section=signals.first(
            "section", ("article:section", page.meta("article:section")), ("dom", text(one(page.root, TOPIC)))
        ),
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=signals.first("standfirst", ("dom", text(one(page.root, SECOND_LINE)))),
        byline=signals.first("byline", ("json-ld", japanese.people(page, COMPANY))),
        published_at=published,
        modified_at=_modified(page),
        published_on=day_in_japan(published) if published else _published_on(page),
        blocks=blocks,
        text=words,
        text_digest=digest_of(words),
        original=None,
        access=access,
        truncated=access == "members" and not _is_whole(page, status),
        parser=Parser(name="nikkei", version=VERSION, signals=signals, fallback=fallback.gave_body(signals)),
    )


def _titles(page: Page) -> dict[str, str | None]:
    """The headline's copies; those for sharing may be longer than the one that is shown."""
    return {
        "json-ld": said(page.article, "headline"),
        "dom": text(one(page.root, SHOWN)) or None,
        "og:title": page.meta("og:title", "twitter:title"),
        "title": page.title(),
    }


def _box(child: Element) -> list[Block]:
    """A box within the text, line by line, its heading first; a list of links to other articles is none of it."""
    if child.tag != "div" or any(_is_links(part) for part in child.iterchildren("ul", "ol")):
        return []
    titles = {text(title) for title in headings(child, "h2", "h3")}
    groups = paragraphs(child, frozenset(child.iter("figure", "aside", "ul")))
    lines = [line for group in groups for line in group]
    return [Block(kind="heading" if line in titles else "paragraph", text=line) for line in lines]


def _is_links(part: Element) -> bool:
    linked = sum(len(text(anchor)) for anchor in part.iter("a"))
    return linked * 2 > len(text(part))


# may everyone read it? ----------------------------------------------------------------------------


def _status(page: Page) -> dict[str, Any]:
    """What the page's data for its scripts say of its lock; those of 2023 say nothing."""
    script = one(page.root, CONTEXT)
    data = read_json(script.text or "") if script is not None else None
    parts = (
        [data.get(name) for name in ("createAtlasContentStatusArgs", "paywallProps")] if isinstance(data, dict) else []
    )
    return {key: value for part in parts if isinstance(part, dict) for key, value in part.items()}


def _access(page: Page, status: dict[str, Any]) -> Access:
    """By the banner above a preview, and the data. 有料会員限定 stands below free articles, too: their link to register
    says that it stands on a free one."""
    flags = [status[name] for name in ("isLockedArticle", "isPaidUserOnlyArticle") if name in status]
    stated: Access | None = None if not flags else "members" if any(flag is True for flag in flags) else "free"
    access: Access | None = page.signals.first(
        "access",
        ("lock banner", "members" if one(page.root, BANNER) is not None else None),
        ("line below the text", "members" if _left(page) else None),
        ("page data", stated),
        ("json-ld", daily.stated_access(page)),
        ("link to register", "free" if one(page.root, REGISTER) is not None else None),
    )
    return access or "unknown"


def _left(page: Page) -> bool:
    """`残り344文字`, below a preview. `leftArticleBodyLength` is no mark: it is in the data of whole pages."""
    return any(daily.LEFT.search(text(mark)) for mark in find(page.root, LEFT))


def _is_whole(page: Page, status: dict[str, Any]) -> bool:
    return status.get("showFull") is True and not _left(page)


# fields -------------------------------------------------------------------------------------------


def _kind(page: Page, label: str | None) -> Kind:
    """By its label, or the topic that is linked below the headline."""
    link = one(page.root, TOPIC)
    topic, href = (text(link), link.get("href") or "") if link is not None else ("", "")
    if "社説" in (label, topic) or "/opinion/editorial" in href:
        return "editorial"
    return "column" if "/opinion/" in href or page.meta("article:section") == "オピニオン" else "news"


def _times(page: Page) -> list[dt.datetime]:
    """The times that are shown below the headline, first and last, which the page gives in UTC."""
    header = one(page.root, HEADER)
    shown = (read_instant(time.get("datetime"), JST) for time in header.iter("time")) if header is not None else ()
    return [instant.astimezone(JST) for instant in shown if instant]


def _published(page: Page) -> dt.datetime | None:
    return page.signals.first(
        "published_at",
        ("json-ld", read_instant(said(page.article, "datePublished"), JST)),
        ("article:published_time", read_instant(page.meta("article:published_time"), JST)),
        ("dom", next(iter(_times(page)), None)),
    )


def _published_on(page: Page) -> dt.date | None:
    """Before 2020 a page gave its day."""
    return page.signals.first("published_on", ("dom", read_day(text(one(page.root, OLD_DAY)))))


def _modified(page: Page) -> dt.datetime | None:
    """`dateModified` is an empty string where nothing was changed."""
    shown = _times(page)[1:]
    return page.signals.first(
        "modified_at",
        ("json-ld", read_instant(said(page.article, "dateModified"), JST)),
        ("article:modified_time", read_instant(page.meta("article:modified_time"), JST)),
        ("dom", shown[0] if shown else None),
    )


NEWSPAPER = Newspaper(
    name="nikkei",
    title="日本経済新聞",
    language="ja",
    names=(*SITE_NAMES, "日本経済新聞社", "Nikkei Inc."),
    hosts=HOSTS,
    asset_hosts=(HOST, "article-image-ix.nikkei.com"),
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    version=VERSION,
    unproven=(
        Unproven("kind", "an editorial without its label, known by the topic 社説 below its headline"),
        Unproven("published_on", "where pages before 2020 put their day"),
    ),
    listings=Listings(
        sitemaps=(f"{ORIGIN}/sitemap.xml",),
        archives=(f"{ORIGIN}/opinion/editorial/",),
    ),
)
