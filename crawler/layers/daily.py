"""A page of a daily's own template: whose page it is, the text where the template puts it, and the long way round.

The pieces of such a text are the direct children of one element. Where that element is missing or has no words, the
body is sought as on any post, and what is found there counts only if the page declares an article.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from crawler.errors import ParseError
from crawler.html import absolute, headings, one, paragraphs, said, text
from crawler.layers import declared
from crawler.layers.container import LEAST_WORDS
from crawler.layers.fallback import SENTENCE
from crawler.layers.original import Line, is_link_line, is_widget, recognise
from crawler.layers.page import Page
from crawler.layers.pieces import Link, Piece
from crawler.layers.post import Post, read_post
from crawler.layers.shell import declares_article, is_error, is_listing, refuse
from crawler.models import Access, Block, BlockKind, Original
from crawler.text import Caption, fold, split_caption, text_of

KINDS: dict[str, BlockKind] = {
    "p": "paragraph", "h2": "heading", "h3": "heading", "h4": "heading", "blockquote": "quote", "ul": "list",
    "ol": "list",
}  # fmt: skip
MOST_LINES = 500  # of a text that are looked through for a link to the original

# Lines around a text, and marks beside it, by their words. They are no part of it, and stay in anonymised pages.
DATE = r"[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}"
POSTED = re.compile(
    rf"(?:updated:?\s)?(?:\d{{1,2}}:\d{{2}} JST,\s)?{DATE}(?: at \d{{1,2}}:\d{{2}} JST)?", re.IGNORECASE
)
BYLINE = re.compile(r"By [A-Z][^.]{1,150}\b(?:Writers?|Correspondents?|Editors?|Shimbun|News)", re.IGNORECASE)
PRINTED = re.compile(
    r"\W*(?:from )?the (?:yomiuri|asahi|mainichi) shimbun, [a-z]{3,9}\.? \d{1,2}(?:, \d{4})?\W*", re.IGNORECASE
)
MEMBERS = re.compile(
    r"(?:この記事は)?(?:(?:有料|無料|読者)?会員(?:限定)?の?記事|(?:有料|読者)?会員限定|有料記事)(?:です)?。?"
)
FREE = re.compile(r"^free$|無料記事")
FEE = re.compile(r"^(?:members?|paid|premium|subscribers?)$|有料|会員")  # a flag in a page's data
LEFT = re.compile(r"残り\s?[\d,]+\s?文字")
LONGEST_MARK = 100
LONGEST_LINE = 200


def host_and_path(url: str) -> tuple[str, str] | None:
    """Host and path of an address, slashes never doubled; None where it is no address."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    return (host, re.sub(r"/{2,}", "/", parts.path) or "/") if host else None


def own_id(page: Page, id_of: Callable[[str], str | None]) -> str:
    """The article's id. What the page says of itself must agree; a page that agrees with itself but not with the
    address asked is the page of another article, and is read as that one."""
    stated = {
        "canonical": page.canonical,
        "og:url": page.meta("og:url"),
        "json-ld": said(page.article, "mainEntityOfPage", "@id") or said(page.article, "url"),
    }
    ids = {name: key for name, url in stated.items() if url and (key := id_of(url))}
    if len(set(ids.values())) > 1:
        raise ParseError(page.url, "disagreement", f"the page names several articles: {ids}")
    asked = id_of(page.url)
    key = page.signals.first("id", *ids.items(), ("url", asked))
    if key is None or is_error(page.root) or is_listing(page.root):
        refuse(page.root, "nothing on the page or in its address is an article's id")
    if asked and asked != key:
        page.signals["id"] += "≠url"
    return key


def stated_access(page: Page) -> Access | None:
    """What `isAccessibleForFree` says, `true` or `"True"`; None where it is not there."""
    free = page.article.get("isAccessibleForFree")
    return None if free is None else "free" if str(free).lower() == "true" else "members"


def is_members_mark(words: str) -> bool:
    """`有料記事`, `この記事は読者会員限定です`, `残り1387文字`: nothing else stands there."""
    return len(words) <= LONGEST_MARK and bool(MEMBERS.fullmatch(words) or LEFT.search(words))


def is_structural(words: str | None) -> bool:
    """Whether a block is none of an English text: byline, time, the print's paper and day, a line to the original."""
    if words is None or len(words) > LONGEST_LINE:
        return False
    return any(line.fullmatch(words) for line in (POSTED, BYLINE, PRINTED)) or says_original(words)


# the text -----------------------------------------------------------------------------------------


def read_body(
    page: Page,
    places: Iterable[tuple[str, Element | None]],
    read: Callable[[Element], list[Block]],
    *,
    translation: bool = False,
) -> tuple[tuple[Block, ...], list[Line]]:
    """The text in the first of `places` that has words, else the text found without knowing the template; and of a
    `translation` those of its lines that may name the original. Raises `ParseError` where there is no text."""
    for name, body in places:
        blocks = read(body) if body is not None else []
        if body is not None and any(block.text for block in blocks):
            page.signals["body"] = name
            return tuple(blocks), _lines(body, page.url) if translation else []
    titles = list(declared.titles(page).values())
    post: Post | None = read_post(page, titles) if declares_article(page.root) else None
    words = text_of(post.blocks) if post is not None else ""
    if post is None or len(words) < LEAST_WORDS or not SENTENCE.search(words):
        page.signals.pop("body", None)
        refuse(page.root, "none of the known places has words, and nothing else on the page is an article's text")
    return post.blocks, post.lines


def _caption(element: Element | None) -> Caption:
    return split_caption(text(element))


def pieces(
    body: Element,
    url: str,
    without: Collection[Element] = (),
    caption: Callable[[Element | None], Caption] = _caption,
    box: Callable[[Element], list[Block]] = lambda child: [],
) -> list[Block]:
    """The direct children of a body: paragraphs, headings, quotes, lists; of any other child the figures, and the
    words that `box` says are the text's own."""
    found: list[Block] = []
    seen: set[str | None] = set()
    for child in body.iterchildren("*"):
        if child in without:
            continue
        if kind := KINDS.get(str(child.tag)):
            words = [" ".join(lines) for lines in paragraphs(child)]
            texts = ["\n".join(words)] if kind == "list" else words
            found.extend(Block(kind=kind, text=words) for words in texts if words)
            continue
        for figure in _figures(child, url, caption):
            found.extend([figure] if figure.image_url not in seen else [])
            seen.add(figure.image_url)
        found.extend(box(child))
    return found


def _figures(element: Element, url: str, caption: Callable[[Element | None], Caption]) -> Iterator[Block]:
    for figure in headings(element, "figure"):
        image = one(figure, ".//img[not(ancestor::noscript)]")
        source = absolute(_source(image), url) if image is not None else None
        if image is not None and source is not None:
            alt, printed = fold(image.get("alt") or "") or None, caption(one(figure, ".//figcaption"))
            yield Block(kind="figure", image_url=source, caption=printed.caption, credit=printed.credit, alt=alt)


def _source(image: Element) -> str | None:
    """`data-src` before `src`, and the first of `srcset` where there is neither."""
    sources = (image.get("data-src"), image.get("src"), (image.get("srcset") or "").strip().partition(" ")[0])
    return next((source for source in sources if source and not source.startswith("data:")), None)


# the original -------------------------------------------------------------------------------------


def _lines(body: Element, url: str) -> list[Line]:
    """The lines of a text that carry a link, or say where the original is, counted from its end."""
    parts = [child for child in body.iterchildren("*") if child.tag in KINDS][-MOST_LINES:]
    lines: list[Line] = []
    for at, part in enumerate(parts):
        links = [Link(to, text(anchor), 0) for anchor in part.iter("a") if (to := absolute(anchor.get("href"), url))]
        words = text(part) if links or len(part) < 8 else ""
        if links or says_original(words):
            lines.append(Line(Piece("paragraph", [words], links), len(parts) - at))
    return lines


def says_original(words: str) -> bool:
    """Whether a line does nothing but lead to the Japanese original; such a line is no part of the text."""
    return is_link_line(words) or is_widget(words)


def original_of(
    page: Page, lines: list[Line], printed: str | None, is_original: Callable[[str], bool],
    canonical: Callable[[str], str],
) -> Original:  # fmt: skip
    """What a translation says of its original: a link; else, as its wording, the line that names paper and day."""
    original = recognise(lines, is_original, canonical)
    rule = original.candidates[0].rule if original.candidates else None
    named = ((rule or "", rule), ("wording", original.wording), ("print date", printed))
    page.signals.first("original", *named)
    return original.model_copy(update={"wording": original.wording or printed})
