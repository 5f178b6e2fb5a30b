"""The Asahi Shimbun AJW (Asia & Japan Watch): editorials of the Asahi Shimbun in English.

No page of an article has been seen, only lists and other people's readers: whatever is in doubt is read by several
signals, none of them trusted alone. No link leads to the Japanese; of a line `--The Asahi Shimbun, Aug. 12` below the
text, which would name its day, there is only hearsay.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import islice

from lxml.etree import _Element as Element

from crawler.dates import JST, day_in_japan, read_day, read_instant
from crawler.errors import ParseError
from crawler.html import find, has_class, one, said, text
from crawler.layers import daily, fallback
from crawler.layers.page import Page
from crawler.models import Access, Article, Block, Kind, Parser
from crawler.newspapers import asahi
from crawler.newspapers.newspaper import Found, Listings, Newspaper, Unproven
from crawler.text import Headline, digest_of, split_headline, text_of

VERSION = 2
HOST = "www.asahi.com"
OLD_HOST = "ajw.asahi.com"
HOSTS = (HOST, "asahi.com", OLD_HOST)
ORIGIN = f"https://{HOST}/ajw"
SITE_NAMES = (
    "The Asahi Shimbun: Breaking News, Japan News and Analysis", "The Asahi Shimbun Asia & Japan Watch",
    "Asia & Japan Watch", "The Asahi Shimbun", "AJW by The Asahi Shimbun",
)  # fmt: skip
# `/ajw/articles/14762186`, in 2018 `/ajw/articles/AJ201801010001.html`; before, on its own host,
# `/article/views/editorial/AJ201412300032`.
ARTICLE_PATH = re.compile(r"^(?:/ajw/articles/|/article/(?:[\w-]+/)*)(\d{7,9}|[A-Z]{2}\d{8,14})(\.html)?/?$")
EDITORIAL = re.compile(r"editorials?", re.IGNORECASE)
COLUMN = re.compile(r"vox populi|views?|point of view|column|opinion|insight|interview", re.IGNORECASE)
COMPANY = re.compile(r"(?:by )?(?:the )?asahi shimbun(?: company)?|asia & japan watch|ajw", re.IGNORECASE)
TEXT = f"//*[{has_class('ArticleText')}]"
INNER = "ancestor::*[@id='MainInner' or self::main or self::article]"
MOST_LINES = 40
LONGEST_LINE = 90
LONGEST_BOX = 300
STAFF = re.compile(r"(?:By )?[A-Z .'-]{5,60}/ ?(?:Senior )?Staff Writers?", re.IGNORECASE)  # `By A B/ Staff Writer`


def canonical(url: str) -> str:
    """One address for an article: https, www, no query, no slash at the end; the old host keeps its own."""
    at = daily.host_and_path(url)
    if at is None:
        return url
    host, path = at
    path = path.rstrip("/") if ARTICLE_PATH.match(path) else path
    return f"https://{HOST if host == 'asahi.com' else host}{path}"


def article_id(url: str) -> str | None:
    """`14762186`, or of old `AJ201412300032`."""
    at = daily.host_and_path(url)
    found = ARTICLE_PATH.match(at[1]) if at is not None and at[0] in HOSTS else None
    return found[1] if found else None


def is_editorial(found: Found) -> bool | None:
    """By its label; of an address only the old host's says anything."""
    if article_id(found.url) is None:
        return False
    if found.title:
        return bool(EDITORIAL.fullmatch(split_headline(found.title, SITE_NAMES).label or ""))
    return True if "/views/editorial/" in found.url else None


def parse_article(body: bytes, url: str) -> Article:
    """The article on one page, or `ParseError`."""
    page = Page.read(body, url)
    signals, key, shown = page.signals, daily.own_id(page, article_id), _shown(page)
    (head, raw), near = _headline(page, shown), _near(shown)
    places = (("ArticleText", one(page.root, TEXT)), ("MainInner", one(page.root, "//*[@id='MainInner']")))
    found, lines = daily.read_body(page, places, lambda place: daily.pieces(place, url), translation=True)
    blocks = tuple(block for block in found if not _is_around(block.text))
    words, access, section, published = text_of(blocks), _access(page), _section(page), _published(page, near)
    if not words:
        raise ParseError(url, "no_body", f"the article {head.text!r} has no text on this page")
    address = canonical(url if article_id(url) == key else page.canonical or url)
    kind = _kind(head.label, section, address)
    printed = next((block.text for block in reversed(found) if daily.PRINTED.fullmatch(block.text or "")), None)
    original = daily.original_of(page, lines, printed, asahi.is_article, asahi.canonical)
    return Article(
        id=f"asahi_ajw:{key}",
        newspaper="asahi_ajw",
        language="en",
        kind=kind,
        url=address,
        section=section,
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=None,  # none is known of
        byline=_byline(page, near, found),
        published_at=published,
        modified_at=signals.first(
            "modified_at",
            ("json-ld", read_instant(said(page.article, "dateModified"), JST)),
            ("article:modified_time", read_instant(page.meta("article:modified_time"), JST)),
        ),
        published_on=day_in_japan(published) if published else _published_on(page, near),
        blocks=blocks,
        text=words,
        text_digest=digest_of(words),
        original=original if kind == "editorial" else None,
        access=access,
        truncated=access == "members",
        parser=Parser(name="asahi_ajw", version=VERSION, signals=signals, fallback=fallback.gave_body(signals)),
    )


def _shown(page: Page) -> Element | None:
    """The headline as the page shows it: with its label, or next to the text."""
    titles = find(page.root, "//h1[normalize-space()]")[:MOST_LINES]
    labelled = [title for title in titles if split_headline(text(title)).label]
    inner = [title for title in titles if one(title, INNER) is not None]
    return next(iter([*labelled, *inner, *titles]), None)


def _headline(page: Page, shown: Element | None) -> tuple[Headline, str]:
    """The label is part of every title, and may be missing in one of its copies."""
    words = text(shown)
    raw = page.signals.first(
        "headline",
        ("json-ld", said(page.article, "headline")),
        ("og:title", page.meta("og:title", "twitter:title")),
        ("dom", words),
        ("title", page.title()),
    )
    if raw is None:
        raise ParseError(page.url, "not_an_article", "no headline anywhere on the page")
    head = split_headline(raw, SITE_NAMES)
    above = split_headline(words, SITE_NAMES)
    title = split_headline(page.title() or "", SITE_NAMES)
    if words and above.text != head.text:
        page.signals["headline"] += "≠dom"
    same = [(name, copy.label) for name, copy in (("dom", above), ("title", title)) if copy.text == head.text]
    return Headline(head.text, page.signals.first("label", ("headline", head.label), *same)), raw


def _is_around(words: str | None) -> bool:
    """Whether a block is none of the text: a line above or below it, the company's name alone among them."""
    return daily.is_structural(words) or bool(COMPANY.fullmatch(words or ""))


def _near(shown: Element | None) -> list[str]:
    """The short lines after the headline, up to the text."""
    after = "following-sibling::*[position() < 6] | ../following-sibling::*[position() < 6]"
    found: list[str] = []
    for box in find(shown, after) if shown is not None else []:
        if len(text(box)) > LONGEST_BOX:
            break
        parts = (part for part in islice(box.iter("p", "span", "div", "time", "li"), MOST_LINES) if len(part) < 4)
        found.extend(words for part in parts if 0 < len(words := text(part)) <= LONGEST_LINE)
    return found


def _published(page: Page, near: list[str]) -> dt.datetime | None:
    printed = (read_instant(line) for line in near if daily.POSTED.fullmatch(line))
    return page.signals.first(
        "published_at",
        ("json-ld", read_instant(said(page.article, "datePublished"), JST)),
        ("article:published_time", read_instant(page.meta("article:published_time"), JST)),
        ("pubdate", read_instant(page.meta("pubdate"), JST)),
        ("line below the headline", next((instant for instant in printed if instant), None)),
    )


def _published_on(page: Page, near: list[str]) -> dt.date | None:
    """The day, where the page gives no more: `May 30, 2022`."""
    printed = (read_day(line) for line in near if daily.POSTED.fullmatch(line))
    day = next((day for day in printed if day), None)
    stated = read_day(page.meta("pubdate", "release_date"))
    return page.signals.first("published_on", ("line below the headline", day), ("meta", stated))


def _section(page: Page) -> str | None:
    crumbs = f"(//*[{has_class('Breadcrumb', 'breadcrumb', 'breadcrumbs', 'TopicPath')}]//a)[last()]"
    return page.signals.first(
        "section",
        ("breadcrumb", page.crumb() or text(one(page.root, crumbs))),
        ("json-ld", said(page.article, "articleSection")),
        ("article:section", page.meta("article:section")),
    )


def _byline(page: Page, near: list[str], found: tuple[Block, ...]) -> str | None:
    """`By A B/ Staff Writer`; `THE ASAHI SHIMBUN` alone is the company."""
    lines = [*near, *(block.text or "" for block in found[:4])]
    line = next((words for words in lines if _is_byline(words)), None)
    return page.signals.first("byline", ("line above the text", line))


def _is_byline(words: str) -> bool:
    return bool(STAFF.fullmatch(words) or daily.BYLINE.fullmatch(words)) and not COMPANY.fullmatch(words)


def _access(page: Page) -> Access:
    """What is known speaks of no members' articles; where nothing says it, it is not known."""
    return page.signals.first("access", ("json-ld", daily.stated_access(page))) or "unknown"


def _kind(label: str | None, section: str | None, address: str) -> Kind:
    """By its label, its section, or the old host's path."""
    if any(EDITORIAL.fullmatch(name) for name in (label, section) if name) or "/views/editorial/" in address:
        return "editorial"
    return "column" if any(COLUMN.match(name) for name in (label, section) if name) else "news" if section else "other"


NEWSPAPER = Newspaper(
    name="asahi_ajw",
    title="The Asahi Shimbun AJW",
    language="en",
    names=SITE_NAMES,
    hosts=HOSTS,
    path="/ajw/",
    asset_hosts=(HOST, "www.asahicom.jp", "p.potaufeu.asahi.com"),
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    translates="asahi",
    version=VERSION,
    unproven=(
        Unproven("published_at", "where its pages put their time: only lists have been seen"),
        Unproven("original", "a line below the text that names the Asahi Shimbun and the day of print"),
    ),
    listings=Listings(archives=(f"{ORIGIN}/opinion/editorial/",)),
)
