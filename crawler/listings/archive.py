"""Listing pages of HTML: a category, a month, a section. Class names are not trusted, redesigns change them.

What is trusted is that a list repeats itself. A link with a headline (it holds a heading, stands in one, or its words
are clearly one) is an article's link; the largest piece of the page that holds no second such link is its *card*; a
date or an author in that piece is the article's. A link without a headline (a picture, "Read more", a section's name)
gets the heading of its card, and never divides one. What the page's JSON-LD lists as well is put together with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from lxml import etree
from lxml.etree import _Element as Element

from crawler.addresses import resolve, same_host
from crawler.dates import read_day
from crawler.errors import ParseError
from crawler.html import base_of, document, text
from crawler.listings.cards import HEADED, WEAK, WORDS, Card, Loose, Piece, Rank
from crawler.listings.collection import joined, read_collection
from crawler.listings.elements import ENTRY_LIMIT
from crawler.listings.moments import read_moment
from crawler.listings.pages import next_page, without_page
from crawler.listings.titles import TITLE_LIMIT, plain
from crawler.newspapers.newspaper import Found, Listed

BYTE_LIMIT = 8 * 1024 * 1024
TAG_LIMIT = 100_000
"""A listing page has a few hundred kilobytes and some thousand tags; its tree takes hundreds of bytes for each."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CLOSED = frozenset(("article", "li", "tr", "dd"))
_CHROME = frozenset(
    ("nav", "aside", "menu", "dialog", "template", "script", "style", "noscript", "iframe", "svg", "select")
)
_CHROME_ROLES = frozenset(("navigation", "contentinfo", "complementary", "banner", "search", "menu", "menubar"))

_NO_ARTICLE = re.compile(
    r"/(?:$|(?:category|tag|tags|author|authors|page|feed|search|login|wp-(?:content|admin|includes|json))(?:/|$)"
    r"|wp-login\.php|\d{4}(?:/\d\d?){0,2}/?$|.*/feed/?$"
    r"|.*\.(?:jpe?g|png|gif|webp|avif|svg|ico|css|js|json|xml|rss|pdf|zip|mp[34]|webm)$)",
    re.IGNORECASE,
)
_NOISE = re.compile(r"(?:utm_|ownedutm_|mc_)|(?:share|nb|replytocom|outputtype|iref|ref|from|fbclid|gclid)$", re.I)
_STOCK = re.compile(
    r"(?:continue reading|read (?:the )?(?:more|full|whole)|learn more|see (?:all|more)|view (?:all|more)|load more"
    r"|(?:older|newer|previous|next) (?:posts|articles|page|entries)|skip to|続き|もっと|一覧|次の|前の|次へ|前へ)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"[【＜〈《<\[［〔≪][^】＞〉》>\]］〕≫]{1,40}[】＞〉》>\]］〕≫].|(?:editorial|社説)s?\s?[:：|｜]", re.I
)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff10-\uff19]")


def read_archive(body: bytes, url: str, way: Literal["archive", "month"] = "archive") -> Listed:
    """The article links of a listing page in the page's order, each once, and the page after it if it is linked.

    Only links to the same host, none from navigation, sidebars and the page's footer. Lines are candidates: rankings
    in the main column are among them, and the newspaper's `is_editorial` decides.
    """
    root = _tree(body)
    if root is None or resolve(url, "") is None:
        return Listed()
    base = base_of(root, url)
    cards = sorted(_Walk(url, base).cards(root), key=lambda card: card.order)
    shown = (Found(c.url, way, url, c.title, c.author, c.published, c.modified) for c in cards)
    lines = joined(shown, read_collection(root, url, way))
    return Listed(lines[:ENTRY_LIMIT], next_page(root, url, base, way))


def _tree(body: bytes) -> Element | None:
    """The page's tree, or None where there is none, or one too large to be a listing's."""
    if len(body) > BYTE_LIMIT or body.count(b"<") > TAG_LIMIT:
        return None
    try:
        return document(body)
    except ParseError:
        return None


class _Walk:
    """One pass over a page, from the outside in and back: each element once, so its time is linear."""

    def __init__(self, url: str, base: str) -> None:
        self._url, self._base = url, base
        self._own = _path_key(without_page(url))
        self._found: dict[str, Card] = {}
        self._order = 0
        self._inside = {"article": 0, "heading": 0, "a": 0}
        self._heading: str | None = None
        self._mark: Element | None = None

    def cards(self, root: Element) -> Iterator[Card]:
        """The cards that turned out to be articles: with a title, or at least with a date."""
        pieces = [Piece()]
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                pieces.append(self._begin(element, self._is_chrome(element)))
                if self._is_chrome(element):
                    walk.skip_subtree()
            else:
                piece = pieces.pop()
                self._end(element, piece)
                self._join(pieces[-1], piece)
        self._settle(pieces[0].card)
        return (card for card in self._found.values() if card.title or card.published)

    def _is_chrome(self, element: Element) -> bool:
        """Navigation and its like, as HTML itself marks it; a header or footer within an article is the article's."""
        if element.tag in _CHROME or (element.get("role") or "").strip().lower() in _CHROME_ROLES:
            return True
        return element.tag in ("header", "footer") and not self._inside["article"]

    def _begin(self, element: Element, chrome: bool) -> Piece:
        piece = Piece()
        if chrome:
            return piece
        if element.tag == "article":
            self._inside["article"] += 1
        elif element.tag in HEADINGS:
            self._inside["heading"] += 1
            if self._inside["heading"] == 1:
                self._heading = text(element)[:TITLE_LIMIT] or None
        elif element.tag == "a":
            self._inside["a"] += 1
            piece.card = self._linked(element) if self._inside["a"] == 1 else None
        if self._mark is None and _read_mark(element, piece.loose):
            self._mark = element
        return piece

    def _end(self, element: Element, piece: Piece) -> None:
        """What an element is as a whole: a loose heading, a link with a heading in it, a card that is complete."""
        if self._is_chrome(element):
            return
        if element is self._mark:
            self._mark = None
        if element.tag == "article":
            self._inside["article"] -= 1
        elif element.tag == "a":
            self._inside["a"] -= 1
        elif element.tag in HEADINGS:
            self._inside["heading"] -= 1
            if self._is_card_heading(element, piece):
                piece.loose.heading = self._heading
        self._grow(element, piece)

    def _is_card_heading(self, element: Element, piece: Piece) -> bool:
        """Whether a heading that ends may be the headline of a link near it; the page's own `h1` is not."""
        if self._inside["heading"] or (piece.card and piece.card.rank == HEADED):
            return False
        return element.tag != "h1" or self._inside["article"] > 0

    def _grow(self, element: Element, piece: Piece) -> None:
        """A card takes what is loose around it: a link without a heading gets one, every link date and author."""
        card, loose = piece.card, piece.loose
        if card is None:
            return
        if card.rank < HEADED and loose.heading and piece.divided < HEADED:
            card.title, card.rank = loose.heading, HEADED
        card.take(loose)
        piece.loose = Loose()
        if element.tag in _CLOSED and card.title:
            self._settle(card)
            piece.card, piece.divided = None, max(piece.divided, card.rank)

    def _join(self, outer: Piece, inner: Piece) -> None:
        """What an element holds becomes part of what its parent holds."""
        outer.divided = max(outer.divided, inner.divided)
        if inner.card is not None:
            self._add(outer, inner.card)
        outer.loose.take(inner.loose)
        if outer.card is not None and outer.card.rank <= outer.divided:
            self._settle(outer.card)
            outer.card = None

    def _add(self, outer: Piece, card: Card) -> None:
        """A second article divides the piece, if its title is as good as the first one's; a worse one stands alone."""
        if outer.card is None:
            outer.card = card
        elif outer.card.key == card.key:
            outer.card.take(card)
        else:
            better, worse = (card, outer.card) if card.rank > outer.card.rank else (outer.card, card)
            outer.card = better
            outer.divided = max(outer.divided, worse.rank)
            self._settle(worse)

    def _settle(self, card: Card | None) -> None:
        """A card that grows no more is found; a link met twice is one line."""
        if card is None:
            return
        known = self._found.setdefault(card.key, card)
        if known is not card:
            known.take(card)

    def _linked(self, anchor: Element) -> Card | None:
        """The card that a link begins, or None if it surely leads to no article of this host."""
        href = anchor.get("href") or ""
        address = None if href.lstrip().startswith("#") else resolve(self._base, href)
        relations = set((anchor.get("rel") or "").lower().split())
        if address is None or relations & {"tag", "author", "next", "prev", "home"}:
            return None
        if not same_host(address, self._url) or not self._may_be_article(address):
            return None
        self._order += 1
        rank, title = self._title(anchor)
        return Card(url=address, key=_key(address), rank=rank, order=self._order, title=title)

    def _title(self, anchor: Element) -> tuple[Rank, str | None]:
        """The heading around the link or within it, or its own words if they are clearly a headline."""
        if self._inside["heading"]:
            return HEADED, self._heading
        words = text(anchor)[:TITLE_LIMIT]
        within = next(anchor.iter(*HEADINGS), None)
        if within is not None and (heading := text(within)[:TITLE_LIMIT]):
            return HEADED, heading
        return (WORDS, words) if is_headline(words) else (WEAK, None)

    def _may_be_article(self, address: str) -> bool:
        """Not the listing itself, what lies above it (breadcrumbs), or an address that is a list or a file by form."""
        key = _path_key(address)
        return not (self._own == key or self._own.startswith(f"{key}/") or _NO_ARTICLE.match(urlsplit(address).path))


def is_headline(words: str) -> bool:
    """Whether a link's words alone are clearly a headline: a label's marks, or long enough and no stock phrase."""
    if not words or _STOCK.match(words):
        return False
    if _LABELLED.match(words):
        return True
    return len(_JAPANESE.findall(words)) >= 8 or (len(words) >= 20 and len(words.split()) >= 4)


def _read_mark(element: Element, loose: Loose) -> bool:
    """Read the date or author that an element is marked to give: `time`, microdata, `rel=author`, hAtom's `author`."""
    properties = (element.get("itemprop") or "").split()
    classes = (element.get("class") or "").lower().split()
    if element.tag == "time" or "datePublished" in properties or "dateModified" in properties:
        moment = read_moment(element.get("datetime") or element.get("content")) or read_day(text(element))
        changed = "dateModified" in properties or ("updated" in classes and "published" not in classes)
        loose.modified, loose.published = (moment, None) if changed else (None, moment)
        return True
    if element.tag not in ("body", "main") and ("author" in properties + classes or _is_author_link(element)):
        loose.author = plain(element.get("content")) or text(element)[:TITLE_LIMIT] or None
        return True
    return False


def _is_author_link(element: Element) -> bool:
    """WordPress' own author pages, and whatever says `rel=author`."""
    if element.tag != "a":
        return False
    return "author" in (element.get("rel") or "").lower().split() or "/author/" in (element.get("href") or "")


def _path_key(address: str) -> str:
    """Path and query, without the slash at the end: both spellings lead to one page."""
    parts = urlsplit(address)
    return parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")


def _key(address: str) -> str:
    """What makes two links one article: the path, and the query without what only says where one came from."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _NOISE.match(pair[0])]
    return f"{parts.path.rstrip('/')}?{query}"
