"""Where on a page headline and text stand: by names that themes give, else where the words are densest.

Only the first article counts: themes load the next one under the current one.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element as Element

from crawler.html import UNSEEN, find, headings, text
from crawler.text import fold, split_headline

# The names of a body, best first. `mvp-…` is of the theme that prints what JAPAN Forward's pages say in words; the
# rest are what WordPress themes and newspapers have long used.
NAMES = (
    "mvp-content-main", "entry-content", "post-content", "td-post-content", "single-content", "article-content",
    "article-body", "article__body", "post-body", "story-body", "content-body", "post__content", "entry__content",
    "wp-block-post-content", "the-content", "content-main", "body-text",
)  # fmt: skip
CANDIDATES = "//*[@itemprop or @id or @class][self::div or self::section or self::article or self::main]"
STOPS = re.compile(
    r"^(?:our partners|related (?:posts|articles|stories)|you (?:may|might) (?:also )?like|up next|don.t miss"
    r"|leave a reply|click to comment|more in\b.{0,40}|recommended(?: for you| articles)?|trending(?: now)?"
    r"|next article|popular posts|related topics:?.{0,200}|share this:?|tags?:.{0,200}|read next|latest news)$",
    re.IGNORECASE,
)
FOOT = re.compile(r"^(?:our partners|related (?:posts|articles|stories)|leave a reply)$", re.IGNORECASE)
LEAST_WORDS = 80
MOST_CANDIDATES = 20
HIGHEST = 12  # how far up a paragraph's words are counted


def headline_element(root: Element, titles: list[str]) -> Element | None:
    """The heading that is the headline: the one that the page's data name, else the first h1 that says anything."""
    wanted = {_bare(title) for title in titles if title}
    spoken = []
    for heading in headings(root, "h1", "h2"):
        words = text(heading)
        if words and _bare(words) in wanted:
            return heading
        if words:
            spoken.append((heading, words))
    starts = tuple(title.rstrip("….") for title in wanted if len(title) > 20)  # cut titles end in …
    if starts and (begun := next((h for h, words in spoken if _bare(words).startswith(starts)), None)) is not None:
        return begun
    return next((h for h, _ in spoken if h.tag == "h1" and not _in_masthead(h)), None)


def _in_masthead(heading: Element) -> bool:
    """Whether it stands in the page's own header (an article may have one, too): there h1 is the site's name."""
    outer = {str(ancestor.tag) for ancestor in heading.iterancestors()}
    return "nav" in outer or ("header" in outer and not {"article", "main"} & outer)


def _bare(title: str) -> str:
    return split_headline(title).text.casefold().replace("’", "'").replace("‘", "'")


def find_body(root: Element, headline: Element | None) -> tuple[Element, str] | None:
    """The element that holds the article's text, and the signal that found it; None if there is no text."""
    ranked: list[tuple[int, int, Element, str]] = []
    behind = headline is None
    above = set(headline.iterancestors()) if headline is not None else set()
    places = find(root, f"{CANDIDATES} | //h1 | //h2") if headline is not None else find(root, CANDIDATES)
    for at, element in enumerate(places):
        if headline is not None and behind and element.tag == "h1" and text(element):
            break  # the next article
        behind = behind or element is headline
        rank, name = _rank(element)
        if name and (behind or element in above):
            ranked.append((rank, at, element, name))
    for _, _, element, name in sorted(ranked, key=lambda found: found[:2])[:MOST_CANDIDATES]:
        if has_prose(element):
            return element, name
    dense = densest(root, headline)
    return (dense, "density") if dense is not None else None


def _rank(element: Element) -> tuple[int, str]:
    if "articleBody" in (element.get("itemprop") or ""):
        return 0, "microdata"
    names = {element.get("id") or "", *(element.get("class") or "").split()}
    return next(((rank, name) for rank, name in enumerate(NAMES, start=1) if name in names), (0, ""))


def has_prose(element: Element) -> bool:
    """Whether there are words that are not links."""
    linked = sum(len(text(anchor)) for anchor in element.iter("a"))
    return len(text(element)) - linked >= LEAST_WORDS


def densest(root: Element, headline: Element | None) -> Element | None:
    """The element with most words in paragraphs of its own, after the headline and before the page's rest.

    It is widened while a parent holds a good quarter more: some themes part the text into sections.
    """
    own: dict[Element, int] = {}
    total: dict[Element, int] = {}
    started, gathered = headline is None, 0
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if element.tag in UNSEEN or element.tag in ("footer", "aside"):
            walk.skip_subtree()
            continue
        if element is headline:
            started = True
            continue
        if not started:
            continue
        if element.tag in ("h1", "h2", "h3", "h4", "p", "div") and _ends(element, gathered):
            break
        length, holder = _own_words(element)
        gathered += length
        if element.tag == "p":
            walk.skip_subtree()
        if holder is not None and length:
            own[holder] = own.get(holder, 0) + length
            _count_up(holder, length, total)
    best = max(own, key=lambda element: own[element], default=None)
    if best is None or total[best] < LEAST_WORDS:
        return None
    return _widened(best, total, set(headline.iterancestors()) if headline is not None else set())


def _widened(element: Element, total: dict[Element, int], above: set[Element]) -> Element:
    """`element`, or what holds a good quarter more up to three levels above; never beyond what holds the headline."""
    node, steps = element, 0
    while steps < 3 and node not in above and (parent := node.getparent()) is not None and parent.tag != "body":
        node, steps = parent, steps + 1
        if total.get(node, 0) * 4 > total[element] * 5:
            element, steps = node, 0
    return element


def _ends(element: Element, gathered: int) -> bool:
    if element.tag == "h1":  # the next article begins; one in between is a subhead of careless writers
        return not LEAST_WORDS <= gathered <= 500
    said = fold(element.text or "")
    stops = STOPS if gathered else FOOT
    return bool(said) and len(said) < 60 and bool(stops.match(said))  # a heading is short


def _own_words(element: Element) -> tuple[int, Element | None]:
    """How many characters an element adds, and which element holds them as its own."""
    if element.tag == "p":
        words = len(text(element)) - sum(len(text(anchor)) for anchor in element.iter("a"))
        return (words if words > 25 else 0), element.getparent()  # a sentence
    if element.tag in ("div", "section", "article", "main", "td"):
        direct = len(fold(element.text or "")) + sum(len(fold(child.tail or "")) for child in element)
        return (direct if direct > 50 else 0), element  # two sentences without a tag of their own
    return 0, None


def _count_up(element: Element | None, length: int, total: dict[Element, int]) -> None:
    for _ in range(HIGHEST):
        if element is None:
            return
        total[element] = total.get(element, 0) + length
        element = element.getparent()


def between(headline: Element, body: Element) -> list[Element]:
    """The elements after the headline and before the body, outermost first met, in the page's order."""
    above_body = set(body.iterancestors()) | {body}
    found: list[Element] = []
    node: Element | None = headline
    while node is not None and node not in above_body:
        for sibling in node.itersiblings():
            if sibling in above_body:
                found.extend(_before(sibling, body))
                return found
            found.append(sibling)
        node = node.getparent()
    return found


def _before(top: Element, body: Element) -> list[Element]:
    """What stands before `body` within `top`."""
    found: list[list[Element]] = []
    node = body
    while node is not top:
        found.append([*node.itersiblings(preceding=True)][::-1])
        parent = node.getparent()
        if parent is None:
            break
        node = parent
    return [element for part in reversed(found) for element in part]


def behind(body: Element, headline: Element | None, most: int = 12) -> list[Element]:
    """The elements that follow the body within the article, some few: author and link lines may stand outside of it."""
    above = set(headline.iterancestors()) if headline is not None else set()
    found: list[Element] = []
    node: Element | None = body
    while node is not None and len(found) < most and node not in above:
        found.extend(node.itersiblings())
        if node.tag in ("article", "main", "body") or headline is None:
            break
        node = node.getparent()
    return found[:most]
