"""PAGE → article subtree: a small Beautiful Soup tree of the article alone, tidied, and its words and lines.

lxml has found where the article stands; here its markup is brought to what a reader of blocks needs to know. The tree
is built from the one we have, so that nothing is parsed twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from lxml import etree
from lxml.etree import _Element as Element

from crawler.html import BLOCKS, UNSEEN
from crawler.text import fold

MAX_DEPTH = 100  # tags of an article within one another; what lies deeper keeps its words and loses its tags
# Tags that only dress words: the words stay, the tag goes.
PLAIN = frozenset(
    "em i u small big sup sub font ruby rb wbr abbr cite code mark ins data tt".split()  # noqa: SIM905  # reads better
)


def tidy(element: Element, without: Collection[Element] = ()) -> Tag:
    """A Beautiful Soup tree of one element: no scripts, forms, readings of ruby; no tags that only dress words.

    `element` stays as it is. White space of the source is one blank, and a `<br>` stays, being the only line break
    that is meant. `without`: subtrees left out.
    """
    soup = BeautifulSoup("", "lxml")
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
                soup.handle_starttag(name, None, None, dict(node.attrib))
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


def _one_line(text: str) -> str:
    return re.sub(r"[\t\n\r\f ]+", " ", text)


def words(tag: Tag | NavigableString) -> str:
    """The words of a tidied tag, lines (`<br>`, blocks) joined by a blank, white space folded."""
    return " ".join(lines(tag))


def lines(tag: Tag | NavigableString) -> list[str]:
    """The words of a tidied tag, one string a line as `<br>` and blocks part them; empty lines are left out."""
    return [line for line in map(fold, _spaced(tag).split("\n")) if line]


def paragraphs(tag: Tag | NavigableString) -> list[list[str]]:
    """The lines of a tidied tag in groups: blocks and two `<br>` part paragraphs, one `<br>` only lines."""
    groups = ([fold(line) for line in group.split("\n")] for group in re.split(r"\n[ \u3000\xa0]*\n", _spaced(tag)))
    return [kept for group in groups if (kept := [line for line in group if line])]


def _spaced(tag: Tag | NavigableString) -> str:
    return tag if isinstance(tag, NavigableString) else "".join(_pieces(tag))


def _pieces(tag: Tag) -> Iterator[str]:
    for part in tag.children:
        if isinstance(part, NavigableString):
            yield part
        elif isinstance(part, Tag):
            edge = "\n\n" if part.name in BLOCKS else ""
            if part.name == "br":
                yield "\n"
                continue
            yield edge
            yield from _pieces(part)  # no deeper than MAX_DEPTH
            yield edge
