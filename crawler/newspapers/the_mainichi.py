"""The Mainichi: the Mainichi Shimbun's editorials in English, on the day of the Japanese or the next.

No page of it has been seen, only addresses, titles, feeds and other people's readers. It comes from the same system as
the Japanese pages, so what is found there is sought here, and whatever is in doubt by several signals.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import islice

from crawler.dates import day_in_japan, read_day
from crawler.errors import ParseError
from crawler.html import absolute, find, text
from crawler.layers import daily, fallback
from crawler.layers.original import Line
from crawler.layers.page import Page
from crawler.layers.pieces import Link, Piece
from crawler.layers.titles import headline
from crawler.models import Article, Block, Kind, Parser
from crawler.newspapers import mainichi
from crawler.newspapers.newspaper import Found, Listings, Newspaper, Unproven
from crawler.text import digest_of, split_headline, text_of

VERSION = 1
HOST = mainichi.HOST
ORIGIN = f"https://{HOST}/english"
HOSTS = mainichi.HOSTS
SITE_NAMES = ("The Mainichi", "Mainichi Daily News", "The Mainichi Newspapers")
# `/english/articles/20220110/p2a/00m/0na/014000c`: `p2a` is the paper's own, `p2g` Kyodo's; `0na` news, `0op` opinion.
ARTICLE_PATH = re.compile(r"^/english/articles/(\d{8})/(\w{3}/\w{3}/\w{3})/(\d{6}[a-z])(?:/|$)", re.ASCII)
OPINION = "0op"
EDITORIAL = re.compile(r"editorials?", re.IGNORECASE)
POSTED = re.compile(rf"{daily.DATE}\s?\(Mainichi Japan\)", re.IGNORECASE)  # `September 14, 2014(Mainichi Japan)`
# `(Japanese original by A B, Tokyo City News Department)`, below the text of a translated report
WRITTEN = re.compile(r"\(?Japanese original by ([^()]{3,200})\)?\.?", re.IGNORECASE)
BY = re.compile(r"\(?(By [A-Z][^()]{3,200})\)", re.IGNORECASE)
MOST_LINES = 2000


def canonical(url: str) -> str:
    """One address for an article: https, no www, no slash at the end, no query."""
    at = daily.host_and_path(url)
    if at is None:
        return url
    host, path = at
    host = HOST if host in HOSTS else host
    if found := ARTICLE_PATH.match(path):
        return f"{ORIGIN}/articles/{found[1]}/{found[2]}/{found[3]}"
    return f"https://{host}{path}"


def _address(url: str) -> re.Match[str] | None:
    """Day, place and number in an article's address; None for other addresses."""
    at = daily.host_and_path(url)
    return ARTICLE_PATH.match(at[1]) if at is not None and at[0] in HOSTS else None


def article_id(url: str) -> str | None:
    """`20220110p2a00m0na014000c`, as in the names of its pictures."""
    found = _address(url)
    return "".join(found.groups()).replace("/", "") if found else None


def is_editorial(found: Found) -> bool | None:
    """By its label; other opinion stands under `0op`, too."""
    if _address(found.url) is None:
        return False
    return bool(EDITORIAL.fullmatch(split_headline(found.title, SITE_NAMES).label or "")) if found.title else None


def parse_article(body: bytes, url: str) -> Article:
    """The article on one page, or `ParseError`."""
    page = Page.read(body, url)
    signals, key, access = page.signals, daily.own_id(page, article_id), mainichi.read_access(page)
    head, raw = headline(page, mainichi.titles(page), lambda words: split_headline(words, SITE_NAMES))
    found, lines = daily.read_body(
        page, mainichi.places(page), lambda place: daily.pieces(place, url), translation=True
    )
    blocks = tuple(block for block in found if not _is_around(block.text))
    words, section, published = text_of(blocks), mainichi.read_section(page), mainichi.read_published(page)
    if not words:
        raise ParseError(url, "no_body", f"the article {head.text!r} has no text on this page")
    address = canonical(url if article_id(url) == key else page.canonical or url)
    kind = _kind(address, head.label, section)
    printed = next((block.text for block in reversed(found) if daily.PRINTED.fullmatch(block.text or "")), None)
    lines = [*lines, *_lines_elsewhere(page)]
    original = daily.original_of(page, lines, printed, mainichi.is_article, mainichi.canonical)
    return Article(
        id=f"the_mainichi:{key}",
        newspaper="the_mainichi",
        language="en",
        kind=kind,
        url=address,
        section=section,
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=None,  # none is known of
        byline=_byline(page, found),
        published_at=published,
        modified_at=mainichi.read_modified(page),
        published_on=day_in_japan(published) if published else _published_on(page),
        blocks=blocks,
        text=words,
        text_digest=digest_of(words),
        original=original if kind == "editorial" else None,
        access=access,
        truncated=access == "members",
        parser=Parser(name="the_mainichi", version=VERSION, signals=signals, fallback=fallback.gave_body(signals)),
    )


def _is_around(words: str | None) -> bool:
    """Whether a block is none of the text: a line above or below it."""
    lines = (POSTED, WRITTEN, BY)
    return daily.is_structural(words) or any(line.fullmatch(words or "") for line in lines)


def _lines_elsewhere(page: Page) -> list[Line]:
    """Links that stand outside the text and say nothing but that the Japanese is there."""
    anchors = islice(page.root.iter("a"), MOST_LINES)
    found = ((absolute(anchor.get("href"), page.url), anchor) for anchor in anchors)
    kept = ((url, text(anchor)) for url, anchor in found if url and mainichi.is_article(url))
    return [
        Line(Piece("paragraph", [words], [Link(url, words, 0)]), 1) for url, words in kept if daily.says_original(words)
    ]


def _published_on(page: Page) -> dt.date | None:
    """The day, where the page gives no more."""
    shown = find(page.root, mainichi.POSTED)[:MOST_LINES]
    day = next((day for line in shown if (day := read_day(text(line)))), None)
    return page.signals.first("published_on", ("dom", day))


def _byline(page: Page, found: tuple[Block, ...]) -> str | None:
    """Those named above the text, or in a line around it; of a translated report those who wrote the Japanese."""
    lines = [block.text or "" for block in found]
    written = next((line[1] for words in lines if (line := WRITTEN.fullmatch(words) or BY.fullmatch(words))), None)
    by = next((words for words in lines if daily.BYLINE.fullmatch(words)), None)
    shown, stated = mainichi.writers(page, ", ")
    return page.signals.first("byline", shown, ("line around the text", by or written), stated)


def _kind(address: str, label: str | None, section: str | None) -> Kind:
    """By its label or section; what else is opinion, or stands under `0op`, are columns."""
    found = _address(address)
    if any(EDITORIAL.fullmatch(name) for name in (label, section) if name):
        return "editorial"
    is_opinion = (section or "").lower() == "opinion" or (found is not None and found[2].endswith(f"/{OPINION}"))
    return "column" if is_opinion else "news" if found else "other"


NEWSPAPER = Newspaper(
    name="the_mainichi",
    title="The Mainichi",
    language="en",
    names=(*SITE_NAMES, "The Mainichi Shimbun", "Mainichi Japan"),
    hosts=HOSTS,
    path="/english/",
    asset_hosts=(HOST, f"cdn.{HOST}"),
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    translates="mainichi",
    version=VERSION,
    unproven=(
        Unproven("text", "where its pages put headline, time and text, if not where the Japanese pages do"),
        Unproven("original", "the words and the place of its link to the Japanese"),
        Unproven("listings", "the page of its opinion section"),
    ),
    listings=Listings(
        feeds=(f"{ORIGIN}/rss/etc/english_latest.rss",),
        archives=(f"{ORIGIN}/opinion/", f"{ORIGIN}/"),
    ),
)
