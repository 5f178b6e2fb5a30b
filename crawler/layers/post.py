"""One post of a translating newspaper, put together: section, standfirst, figures, text, author line, link line.

Nothing here knows a newspaper; what a line means is told by its words and its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from lxml.etree import _Element as Element

from crawler.html import base_of, said, text
from crawler.layers import fallback
from crawler.layers.container import STOPS, behind, between, find_body, headline_element
from crawler.layers.figures import block_of, is_caption, is_caption_of, merged_with_captions
from crawler.layers.original import Line, is_link_line, is_widget
from crawler.layers.page import Page
from crawler.layers.pieces import Link, Piece, pieces_from, pieces_of
from crawler.models import Block
from crawler.soup import tidy

AUTHOR = re.compile(r"^\W{0,3}(?:authors?|written by)\s?[:：]\s?(\S.{0,200})$", re.IGNORECASE)
BY = re.compile(r"^[Bb][Yy]\s([A-Z].{1,100})$")
BY_LINE = re.compile(
    r"^[Bb][Yy]\s((?:[A-Z][\w.'’-]{0,30})(?:\s(?!(?:Published|Updated|Posted)\b)[A-Z][a-z\w.'’-]{0,30}\b(?!\s\d)){0,4})"
)
DROPPED = re.compile(
    r"^(?:advertisements?|sponsored|sponsored links?|ad|pr|continue reading.{0,40}|(?:story )?continue[sd] below.{0,40}"
    r"|share(?: this)?:?|tweet|email|print|facebook|twitter|connect with us|fbpx|loading\W*|skip to content"
    r"|click to (?:share|print).{0,80}|\d{1,3}(?:,\d{3})*|\d{1,9}(?:\s(?:shares?|comments?|views?))?)$",
    re.IGNORECASE,
)
SEE_ALSO = re.compile(
    r"^\W*(?:related|read more|read also|also read|see also|recommended)(?:\s\w+)?\s?[:：]", re.IGNORECASE
)
DATELINE = re.compile(r"^(?:published|updated|posted|last updated|by\s)|\bago\b|\d{4}$|^on\s", re.IGNORECASE)
SENTENCE = re.compile(r"[.!?…。][\"'”’)）]?$")
EXCERPT = re.compile(r"excerpt|standfirst|sub-?title|sub-?head|\b(?:dek|deck|lede|summary|description|intro)\b")
LEAST_STANDFIRST = 30
MOST_LINES = 20


@dataclass(slots=True)
class Post:
    """What a page holds of one article. `lines` are those that may name the original."""

    headline: Element | None
    section: str | None = None
    standfirst: str | None = None
    author_line: str | None = None
    by_line: str | None = None
    blocks: tuple[Block, ...] = ()
    lines: list[Line] = field(default_factory=list)


class Parts(NamedTuple):
    """The page's pieces by place: between headline and text, the text, behind it."""

    head: list[Piece]
    body: list[Piece]
    tail: list[Piece]


def read_post(page: Page, titles: list[str]) -> Post | None:
    """The post on a page, or None where there is no text. `titles` are the headlines that the page's data give."""
    headline = headline_element(page.root, titles)
    found = find_body(page.root, headline)
    if found is not None:
        body, page.signals["body"] = found
        post = _post(page, headline, _parts(page, headline, body))
        if post is not None:
            _compare(page, post)
            return post
    page.signals.pop("body", None)
    page.signals.pop("standfirst", None)
    pieces = fallback.pieces(page)
    return _post(page, headline, Parts([], pieces, _lines_elsewhere(page))) if pieces else None


def _post(page: Page, headline: Element | None, parts: Parts) -> Post | None:
    """A post of these parts, or None where they hold no text."""
    post = Post(headline, section=_section_above(page, headline))
    post.standfirst, parts = _take_standfirst(page, parts)
    _read_lines(post, parts)
    lead = [piece for piece in merged_with_captions(parts.head) if piece.figure]
    post.blocks = tuple(
        block for piece in merged_with_captions(_words_of(parts.body), lead) if (block := block_of(piece))
    )
    return post if any(block.text for block in post.blocks) else None


def _compare(page: Page, post: Post) -> None:
    """Say in the body's signal whether the page's own `articleBody`, if it gives one, has the text that was read."""
    stated = page.article.get("articleBody")
    if not isinstance(stated, str):
        return
    whole = _letters(stated)
    texts = [letters for block in post.blocks if (letters := _letters(block.text or ""))][:50]
    found = sum(len(letters) for letters in texts if letters in whole)
    page.signals["body"] += "=json-ld" if found * 10 >= sum(map(len, texts)) * 9 else "≠json-ld"


def _letters(text: str) -> str:
    return "".join(char for char in unescape(text).casefold() if char.isalnum())


# places ---------------------------------------------------------------------------------------


def _parts(page: Page, headline: Element | None, body: Element) -> Parts:
    base = base_of(page.root, page.url)
    pieces = pieces_of(tidy(body), base)
    inside = headline is not None and body in headline.iterancestors()
    tail = [] if headline is None and inside else _pieces(behind(body, headline), base)
    if headline is None:
        return Parts([], *_stopped(pieces, tail))
    if not inside:
        return Parts(_pieces(between(headline, body), base), *_stopped(pieces, tail))
    said = text(headline)
    at = next((i for i, piece in enumerate(pieces) if piece.kind == "heading" and piece.text == said), -1)
    rest = pieces[at + 1 :]
    first = next((i for i, piece in enumerate(rest) if piece.figure), None)
    if first is not None and sum(1 for p in rest[:first] if not _is_dropped(p.text)) <= 4:
        first = _after_captions(rest, first)
        return Parts(rest[:first], *_stopped(rest[first:], tail))
    return Parts([], *_stopped(rest, tail))


def _after_captions(pieces: list[Piece], at: int) -> int:
    """Where the words begin after a lead figure and what belongs to it."""
    figure = pieces[at].figure
    at += 1
    if figure and not figure.caption and at < len(pieces) and is_caption_of(pieces[at], figure):
        at += 1
    return at


def _pieces(elements: list[Element], base: str) -> list[Piece]:
    """The pieces of several elements, up to where the page's rest begins."""
    found: list[Piece] = []
    for element in elements:
        if element.tag in ("script", "style", "footer", "aside", "nav"):
            continue
        pieces = pieces_from(tidy(element), base)
        found.extend(pieces)
        if any(_is_stop(piece) for piece in pieces):
            break
    return found


def _stopped(body: list[Piece], tail: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Text and tail, each cut where `Our Partners`, related posts and the like begin; after such a cut no tail."""
    for at, piece in enumerate(body):
        if at and _is_stop(piece):
            return body[:at], []
    at = next((i for i, piece in enumerate(tail) if _is_stop(piece) or piece.kind == "heading"), len(tail))
    return body, tail[:at]


def _is_stop(piece: Piece) -> bool:
    return len(piece.lines) == 1 and len(piece.text) <= 60 and bool(STOPS.match(piece.text))


# above the text -------------------------------------------------------------------------------


def _section_above(page: Page, headline: Element | None) -> str | None:
    """The line above the headline: a category's link there, or a few words right before."""
    if headline is None:
        return None
    node: Element | None = headline
    for _ in range(4):
        if node is None or node.tag == "body":
            return None
        for sibling in list(node.itersiblings(preceding=True))[:4]:
            links = [a for a in sibling.iter("a") if "/category/" in (a.get("href") or "") and text(a)]
            words = text(links[-1]) if links else text(sibling)
            if words and (links or _is_section(words)):
                return words
            if words and not DROPPED.match(words):
                return None
        node = node.getparent()
    return None


def _is_section(words: str) -> bool:
    return len(words) <= 60 and not DROPPED.match(words) and not DATELINE.search(words) and not SENTENCE.search(words)


def _take_standfirst(page: Page, parts: Parts) -> tuple[str | None, Parts]:
    """The standfirst, where the page sets one: an element of its own between headline and text, known by its name, by
    being what the page's description says, or by being a sentence there. A description alone is no standfirst: it is
    the first paragraph as often as not."""
    described = [
        d.rstrip("….[] ") for d in (page.meta("og:description", "description"), said(page.article, "description")) if d
    ]
    head = [p for p in parts.head if not p.figure and p.kind != "caption" and _may_be_standfirst(p)]
    figure = next((at for at, p in enumerate(parts.head) if p.figure or p.kind == "caption"), len(parts.head))
    before = [p for p in parts.head[:figure] if p in head]
    for name, chosen in (
        ("excerpt", [p for p in head if EXCERPT.search(p.names)]),
        ("description", [p for p in head if any(d and p.text.startswith(d) for d in described)][:1]),
        ("text", [p for p in before if len(p.text) >= LEAST_STANDFIRST and SENTENCE.search(p.text)][:1]),
    ):
        if chosen:
            page.signals["standfirst"] = name
            rest = [p for p in parts.head if not any(p is c for c in chosen)]
            return " ".join(p.text for p in chosen), parts._replace(head=rest)
    first = parts.body[0] if parts.body else None
    if first and not first.figure and _is_set_apart(first, described):
        page.signals["standfirst"] = "first of the text"
        return first.text, parts._replace(body=parts.body[1:])
    return None, parts


def _is_set_apart(piece: Piece, described: list[str]) -> bool:
    """Whether the text's first piece is a standfirst: so named, or a heading that says what the description says."""
    named = bool(EXCERPT.search(piece.names))
    return named or (piece.kind == "heading" and any(d and piece.text.startswith(d) for d in described))


def _may_be_standfirst(piece: Piece) -> bool:
    words = piece.text
    return not (_is_dropped(words) or DATELINE.search(words) or AUTHOR.match(words) or is_caption(words))


# author, link, text ---------------------------------------------------------------------------


def _lines_elsewhere(page: Page) -> list[Piece]:
    """Author and link lines wherever they stand: where the fallback gave the text, nothing is known of their place."""
    boxes = page.root.iter("p", "div", "li", "h5", "h6", "address", "center")
    lines = (element for element in boxes if len(element) < 8 and _is_structural(text(element)))
    base = base_of(page.root, page.url)
    return [piece for element in lines for piece in pieces_from(tidy(element), base)][:MOST_LINES]


def _read_lines(post: Post, parts: Parts) -> None:
    """The author's line, and the lines that may name the original, counted from the text's end."""
    pieces = _joined_widgets([line for part in parts for piece in part for line in _split_lines(piece)])
    authors = [(at, found[1]) for at, piece in enumerate(pieces) if (found := AUTHOR.match(piece.text))]
    end, post.author_line = authors[0] if authors else (len(pieces), None)
    heads = [found[1] for piece in parts.head if (found := BY_LINE.match(piece.text))]
    post.by_line = heads[0] if heads else None
    post.lines = [Line(piece, max(end - at, 0)) for at, piece in enumerate(pieces)]


def _split_lines(piece: Piece) -> list[Piece]:
    """A piece, or its lines apart where one of them is an author's line, a link line or a widget."""
    if piece.kind == "list" or len(piece.lines) < 2 or not any(_is_structural(line) for line in piece.lines):
        return [piece]
    links: dict[int, list[Link]] = {}
    for link in piece.links:
        links.setdefault(link.line, []).append(link._replace(line=0))
    return [Piece(piece.kind, [line], links.get(at, []), tag=piece.tag) for at, line in enumerate(piece.lines)]


def _is_structural(words: str) -> bool:
    return bool(AUTHOR.match(words)) or is_link_line(words) or is_widget(words) or bool(STOPS.match(words))


def _joined_widgets(pieces: list[Piece]) -> list[Piece]:
    """The three nodes of `このページを` `日本語` `で読む` as one line."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and is_widget(piece.text) and is_widget(joined[-1].text):
            joined[-1] = Piece("paragraph", [f"{joined[-1].text} {piece.text}"], [*joined[-1].links, *piece.links])
        else:
            joined.append(piece)
    return joined


def _words_of(body: list[Piece]) -> list[Piece]:
    """The text's own pieces: without author, link and widget lines, advertisements, counters, pointers elsewhere."""
    pieces = [line for piece in body for line in _split_lines(piece)]
    author = next((at for at, piece in enumerate(pieces) if AUTHOR.match(piece.text)), None)
    if author is not None and author * 2 >= len(pieces):
        pieces = pieces[:author]
    kept = [piece for piece in pieces if piece.figure or not (_is_dropped(piece.text) or _is_pointer(piece))]
    while kept and kept[-1].kind == "heading":  # `About the Author` and the like have nothing of the text under them
        kept.pop()
    return kept


def _is_dropped(words: str) -> bool:
    return bool(DROPPED.match(words)) or _is_structural(words)


def _is_pointer(piece: Piece) -> bool:
    linked = sum(len(link.words) for link in piece.links)
    return bool(SEE_ALSO.match(piece.text)) and linked * 2 >= len(piece.text)
