"""PAGE → article subtree: a small Beautiful Soup tree of the article alone, tidied, and its words and lines.

lxml has found where the article stands; here its markup is brought to what a reader of blocks needs to know. The tree
is built from the one we have, so that nothing is parsed twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement
from lxml import etree
from lxml.etree import _Element as Element

from crawler.html import BLOCKS, UNSEEN
from crawler.text import fold

MAX_DEPTH = 100  # tags of an article within one another; what lies deeper keeps its words and loses its tags
ATTRIBUTES = ("id", "class", "href", "src", "srcset", "data-src", "alt", "title", "itemprop")
# Tags that only dress words: the words stay, the tag goes.
PLAIN = frozenset(
    "em i u small big sup sub font ruby rb wbr abbr cite code mark ins data tt".split()  # noqa: SIM905  # reads better
)


def tidy(element: Element, without: Collection[Element] = ()) -> Tag:
    """A Beautiful Soup tree of one element: no scripts, forms, readings of ruby; no tags that only dress words.

    `element` stays as it is. White space of the source is one blank, and a `<br>` stays, being the only line break
    that is meant. `without`: subtrees left out.
    """
    soup = BeautifulSoup("", "html.parser")  # an empty one, which is filled from the tree
    depth = 0
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        name = str(node.tag)
        kept = name not in PLAIN and name not in UNSEEN and node not in without
        if event == "start":
            depth += 1
            if not kept and name not in PLAIN:
                walk.skip_subtree()
                continue
            if kept and depth <= MAX_DEPTH:
                soup.handle_starttag(name, None, None, _attributes(node))
            if node.text:
                soup.handle_data(_one_line(node.text))
        else:
            if kept and depth <= MAX_DEPTH:
                soup.handle_endtag(name)
            depth -= 1
            if node.tail and node is not element:
                soup.handle_data(_one_line(node.tail))
    soup.endData()
    top = soup.find(True)
    return top if isinstance(top, Tag) else soup


def _attributes(element: Element) -> dict[str, str]:
    """An element's attributes. Where one is called `{a}`, as in an unfilled template, lxml gives none but by name."""
    try:
        return dict(element.attrib)
    except (ValueError, KeyError):
        return {name: value for name in ATTRIBUTES if (value := element.get(name)) is not None}


def _one_line(text: str) -> str:
    return re.sub(r"[\t\n\r\f ]+", " ", text) if any(blank in text for blank in ("\n", "  ", "\t", "\r")) else text


def within(tag: Tag, *names: str) -> list[Tag]:
    """The tags of these names within a tag, in order (several times as fast as `find_all`)."""
    return [part for part in tag.descendants if isinstance(part, Tag) and part.name in names]


def words(tag: Tag | NavigableString) -> str:
    """The words of a tidied tag, lines (`<br>`, blocks) joined by a blank, white space folded."""
    return " ".join(lines(tag))


def lines(tag: Tag | NavigableString) -> list[str]:
    """The words of a tidied tag, one string a line as `<br>` and blocks part them; empty lines are left out."""
    return [line for passage in passages([tag]) for line in passage.lines]


class Passage(NamedTuple):
    """Lines that belong together, and the anchors that begin in them, each with the number of its line."""

    lines: list[str]
    anchors: list[tuple[Tag, int]]


def passages(parts: Iterable[PageElement]) -> list[Passage]:
    """The words of some tags and strings that follow one another, parted by blank lines."""
    found = [Passage([], [])]
    line: list[str] = []
    anchors: list[Tag] = []
    for piece in (*_pieces(parts), "\n\n"):
        if isinstance(piece, Tag):
            anchors.append(piece)
            continue
        first, *others = piece.split("\n")
        line.append(first)
        for other in others:
            _end_line(found, fold("".join(line)) if line != [""] else "", anchors)
            line, anchors = [other], []
    return [passage for passage in found if passage.lines]


def _end_line(found: list[Passage], line: str, anchors: list[Tag]) -> None:
    last = found[-1]
    if line:
        last.anchors.extend((anchor, len(last.lines)) for anchor in anchors)
        last.lines.append(line)
    elif last.lines:
        found.append(Passage([], []))


def _pieces(parts: Iterable[PageElement]) -> Iterator[str | Tag]:
    """Strings with their line ends, and anchors where they begin; no deeper than MAX_DEPTH."""
    for part in parts:
        if isinstance(part, NavigableString):
            yield part
        elif isinstance(part, Tag):
            if part.name == "br":
                yield "\n"
                continue
            edge = "\n\n" if part.name in BLOCKS else ""
            yield edge
            if part.name == "a":
                yield part
            yield from _pieces(part.children)
            yield edge
