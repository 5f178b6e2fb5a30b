"""The last signal for a body: a well-kept general extractor, asked only where a reader's own signals found no text.

trafilatura in precision mode says *which* words are the article's. The words themselves are taken from the page's own
tree, where U+3000 and ruby are what the paper set. It is imported here and only when needed, and its version is pinned,
since a record must not depend on where it was made. It is given markup and nothing else: no address to fetch, no
settings file, no dates, no memory of other pages.

A page gets this chance only if it calls itself an article and names its headline, and if it is none of what
`shell` knows; what comes out counts only if it is long enough, has sentences, is not mostly links, does not speak of
the site to its visitor, and speaks of what the headline says.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from bisect import bisect_right
from copy import deepcopy
from itertools import accumulate
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element as Element

from crawler.html import BLOCKS, base_of, headings, node_of_type, one, said, text
from crawler.layers.figures import block_of, merged_with_captions
from crawler.layers.page import Page
from crawler.layers.pieces import Piece, PieceKind, pieces_from
from crawler.layers.shell import CONSENT_WORDS, ERROR_WORDS, LOGIN_WORDS, is_error, is_listing
from crawler.layers.signals import Signals
from crawler.models import Block
from crawler.soup import tidy
from crawler.text import fold, split_headline

NAME = "trafilatura"  # what `signals.body` says where it was needed

MOST_MARKUP = 1_000_000  # characters without scripts; ten times a newspaper's page, read in well under two seconds
MOST_ELEMENTS = 20_000
DEEPEST = 200  # tags within one another: the extractor recurses
LEAST_LETTERS = 400  # seventy words of English, two hundred characters of Japanese (each counts twice)
LEAST_SENTENCES = 3
MOST_LINKED = 0.3  # of the letters in links: more is a list of other pages
MOST_BOILERPLATE = 0.25  # of the letters in paragraphs that speak of the site

BOILERPLATE = re.compile(
    r"\b(?:we|this (?:web)?site) uses? cookies|\b(?:accept|reject|manage) (?:all )?cookies"
    r"|\byour (?:browser|privacy|consent)\b|\bour (?:privacy|cookie) policy|\bterms of (?:use|service)\b"
    r"|\bsubscribe (?:now|today|to)\b|\b(?:sign|log)[ -]?(?:in|up)\b|\bcreate an account|\bfree trial|\bnewsletter"
    r"|\benable javascript|\ball rights reserved|\badvertising partners"
    r"|当サイト|クッキー|cookie[のを]|プライバシーポリシー|利用規約|会員登録|ログイン|有料会員|続きを読むには"
    r"|無料で読める|javascript|無断転載|メールマガジン|購読のお申し込み|アプリをダウンロード",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[.!?][\"'”’)]*(?=\s|$)|[。！？]")
WORD = re.compile(r"[^\W\d_]{5,}|\d{3,}")
JAPANESE = re.compile(r"[\u3400-\u9fff\u30a1-\u30fa\u30fc々]{2,}")
DROPPED = ("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas", "rt", "rp")
PASSED = frozenset(("head", "nav", "figure", "dialog", "button", "select", "textarea", *DROPPED))
HOLDERS = BLOCKS - {"br", "hr", "figcaption", "caption", "table", "tbody", "thead", "tfoot", "tr"}
LISTS, ITEMS = frozenset(("ul", "ol", "dl")), frozenset(("li", "dt", "dd"))
TAKEN = frozenset("p head quote item cell code div li h1 h2 h3 h4 h5 h6 blockquote td dd dt pre".split())  # noqa: SIM905  # its tags, and HTML's where it gives those back
KINDS: dict[str, PieceKind] = {"head": "heading", "quote": "quote"}


def gave_body(signals: Signals) -> bool:
    """Whether the body of a record came from here: its `parser.fallback`."""
    return signals.get("body") == NAME


def blocks(page: Page) -> tuple[Block, ...]:
    """The article's blocks, or none; says so in the page's signals."""
    return tuple(block for piece in merged_with_captions(pieces(page)) if (block := block_of(piece)))


def pieces(page: Page) -> list[Piece]:
    """The pieces of the article's text, or none; says so in the page's signals. Images are not sought."""
    headline = _declared_headline(page)
    if headline is None or _is_none(page):
        return []
    holders = _holders(page.root)
    if sum(_weight(holder.letters) for holder in holders) < LEAST_LETTERS:
        return []
    extracted = _extracted(page.root)
    chosen = _located(extracted, holders)
    found = [piece for part in chosen for piece in _pieces(part, base_of(page.root, page.url))]
    shown = {_letters(headline), _letters(split_headline(headline).text)}
    found = [piece for piece in found if _letters(piece.text) not in shown]
    if not _is_an_article(found, chosen, f"{split_headline(headline).text} {_description(page)}"):
        return []
    page.signals["body"] = NAME
    return found


# may this page hold an article? ---------------------------------------------------------------


def _declared_headline(page: Page) -> str | None:
    """The headline of a page that declares itself an article, in JSON-LD or OpenGraph."""
    if not page.article and (page.meta("og:type") or "").lower() != "article":
        return None
    return said(page.article, "headline") or said(page.article, "name") or page.meta("og:title", "twitter:title")


def _is_none(page: Page) -> bool:
    """Whether it is a consent wall, a login, an error or a listing, whatever it declares."""
    if is_error(page.root) or is_listing(page.root) or one(page.root, "//input[@type='password']") is not None:
        return True
    if not page.article and node_of_type(page.nodes, "CollectionPage", "SearchResultsPage", "ItemList"):
        return True
    heading = text(next((h for h in headings(page.root, "h1", "h2") if text(h)), None))
    marks = (CONSENT_WORDS, LOGIN_WORDS, ERROR_WORDS)
    return any(mark.search(words) for mark in marks for words in (page.title() or "", heading))


def _description(page: Page) -> str:
    return " ".join(d for d in (page.meta("og:description", "description"), said(page.article, "description")) if d)


# what the extractor says, and where that stands -----------------------------------------------


class Holder(NamedTuple):
    """An element that holds words and no other block, and its letters."""

    element: Element
    letters: str


class Said(NamedTuple):
    """Words as the extractor gives them, where the page's own tree does not show them in one place."""

    kind: PieceKind
    words: str


def _holders(root: Element) -> list[Holder]:
    """The elements that hold words, in order (a plain list counts as one); none of a page that is too much."""
    found: list[Holder] = []
    depth = count = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        depth += 1 if event == "start" else -1
        if event == "end":
            continue
        count += 1
        if depth > DEEPEST or count > MOST_ELEMENTS:
            return []
        if element.tag in PASSED:
            walk.skip_subtree()
        elif element.tag in HOLDERS and _is_leaf(element):
            if letters := _letters(text(element)):
                found.append(Holder(element, letters))
            walk.skip_subtree()
    return found


def _is_leaf(element: Element) -> bool:
    """Whether no block stands in it; of a list, none but its items."""
    blocks = (HOLDERS | {"table"}) - (ITEMS if element.tag in LISTS else frozenset())
    return not any(part.tag in blocks for part in element.iterdescendants())


def _extracted(root: Element) -> list[Said]:
    """What trafilatura takes for the article, block by block."""
    page = deepcopy(root)
    etree.strip_elements(page, *DROPPED, with_tail=False)
    markup = etree.tostring(page, method="html", encoding="unicode")
    if len(markup) > MOST_MARKUP:
        return []
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it makes of a page is said in our record
    logging.getLogger("justext").setLevel(logging.CRITICAL)
    try:
        document = bare_extraction(markup, favor_precision=True, include_comments=False, with_metadata=False)
    except Exception:  # a fault of the extractor's: the page stays without a body, and the reader says so
        return []
    body = document.body if document is not None and not isinstance(document, dict) else None
    if body is None:
        return []
    parts = [element for element in body.iter("*") if element.tag in TAKEN]
    leaves = [part for part in parts if not any(inner.tag in TAKEN for inner in part.iterdescendants())]
    said = ((KINDS.get(str(leaf.tag), "paragraph"), fold(" ".join(leaf.itertext()))) for leaf in leaves)
    return [Said(kind, words) for kind, words in said if words]


def _located(extracted: list[Said], holders: list[Holder]) -> list[Element | Said]:
    """The page's own elements that hold what was extracted, in order; the words as given where none does."""
    stream = "".join(holder.letters for holder in holders)
    ends = list(accumulate(len(holder.letters) for holder in holders))
    covered = [0] * len(holders)
    found: list[int | Said] = []
    at = 0
    for part in extracted:
        letters = _letters(part.words)
        place = stream.find(letters, at) if letters else -1
        if place < 0:
            found.extend([part] if letters else [])
            continue
        at = place + len(letters)
        number, start = bisect_right(ends, place), place
        while start < at:
            covered[number] += min(ends[number], at) - start
            found.extend([] if found and found[-1] == number else [number])
            start, number = ends[number], number + 1
    whole = {number for number, letters in enumerate(covered) if letters * 2 >= len(holders[number].letters)}
    kept = [part for part in found if isinstance(part, Said) or part in whole]
    return [part if isinstance(part, Said) else holders[part].element for part in dict.fromkeys(kept)]


def _pieces(part: Element | Said, base: str) -> list[Piece]:
    if isinstance(part, Said):
        return [Piece(part.kind, [part.words])]
    found = pieces_from(tidy(part), base)
    if any(ancestor.tag == "blockquote" for ancestor in part.iterancestors()):
        for piece in found:
            piece.kind = "quote" if piece.kind == "paragraph" else piece.kind
    return found


# is it one? -----------------------------------------------------------------------------------


def _is_an_article(found: list[Piece], chosen: list[Element | Said], about: str) -> bool:
    """Long enough, in sentences, not mostly links or of the site, and about what the headline is about."""
    texts = [piece.text for piece in found if not piece.figure and piece.kind != "caption"]
    whole, letters = " ".join(texts), sum(map(_weight, texts))
    if letters < LEAST_LETTERS or len(SENTENCE.findall(whole)) < LEAST_SENTENCES:
        return False
    if sum(_linked(part) for part in chosen if not isinstance(part, Said)) > MOST_LINKED * letters:
        return False
    if sum(_weight(words) for words in texts if BOILERPLATE.search(words)) > MOST_BOILERPLATE * letters:
        return False
    return bool(_terms(about) & _terms(whole))


def _linked(part: Element) -> int:
    """How many letters of an element are a link's."""
    if any(ancestor.tag == "a" for ancestor in part.iterancestors()):
        return _weight(text(part))
    return sum(_weight(text(anchor)) for anchor in part.iter("a"))


def _weight(words: str) -> int:
    """Letters; a character of Japanese says about as much as two."""
    return sum(2 if char >= "\u3040" else 1 for char in words if char.isalnum())


def _terms(words: str) -> set[str]:
    """Words worth comparing: of five letters and more, numbers, and pairs of kanji or katakana."""
    words = unicodedata.normalize("NFKC", words).casefold()
    pairs = {run[at : at + 2] for run in JAPANESE.findall(words) for at in range(len(run) - 1)}
    return pairs | {word for word in WORD.findall(words) if word.isascii()}


def _letters(words: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFC", words).casefold() if char.isalnum())
