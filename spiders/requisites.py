"""What a page needs to be replayed whole: images, styles, scripts and fonts, found in HTML and in CSS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml.etree import _Element as Element

from crawler.addresses import resolve

#: `url(…)` and `@import "…"` (CSS Syntax 3, 4.3.6); comments are cut first.
_CSS_URL: Final = re.compile(
    r"""url\(\s*(?:"([^"\n]{1,2000})"|'([^'\n]{1,2000})'|([^"'()\s]{1,2000}))\s*\)|@import\s+(?:"([^"\n]{1,2000})"|'([^'\n]{1,2000})')""",
    re.IGNORECASE,
)
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SRC_ATTRIBUTES: Final = ("src", "data-src", "data-lazy-src", "data-original", "poster")
_SRCSET_ATTRIBUTES: Final = ("srcset", "data-srcset", "data-lazy-srcset", "imagesrcset")
_SRC_TAGS: Final = frozenset({"img", "script", "source", "video", "audio", "input", "embed"})
_LINK_RELS: Final = frozenset({"stylesheet", "icon", "preload", "apple-touch-icon", "mask-icon", "modulepreload"})
_FOUND: Final = (
    "//img|//script[@src]|//source|//video|//audio|//input[@type='image']|//link[@href]|//embed|//style|//*[@style]"
)
MAX_PER_PAGE: Final = 1000
LOOKED_AT: Final = 10_000  # addresses in one style sheet or element, most of which may be the same or none


def requisites_of_page(root: Element, url: str) -> list[str]:
    """The addresses that a page needs, in its order, each once."""
    base = _base(root, url)
    found: dict[str, None] = {}
    for element in root.xpath(_FOUND):
        for href in islice(_hrefs(element), LOOKED_AT):
            address = resolve(base, href)
            if address is not None:
                found[address] = None
            if len(found) >= MAX_PER_PAGE:
                return list(found)
    return list(found)


def requisites_of_css(css: str, url: str) -> list[str]:
    """The addresses that a style sheet needs, each once."""
    found: dict[str, None] = {}
    for href in islice(_css_hrefs(css), LOOKED_AT):
        address = resolve(url, href)
        if address is not None:
            found[address] = None
        if len(found) >= MAX_PER_PAGE:
            break
    return list(found)


def _base(root: Element, url: str) -> str:
    for href in root.xpath("//base/@href")[:1]:
        return resolve(url, str(href)) or url
    return url


def _hrefs(element: Element) -> Iterator[str]:
    tag = element.tag
    if tag == "link":
        if _LINK_RELS & set((element.get("rel") or "").lower().split()):
            yield element.get("href") or ""
            yield from _srcset(element.get("imagesrcset"))
        return
    if tag == "style":
        yield from _css_hrefs(element.text or "")
        return
    if tag in _SRC_TAGS:
        for name in _SRC_ATTRIBUTES:
            value = element.get(name)
            if value:
                yield value
        for name in _SRCSET_ATTRIBUTES:
            yield from _srcset(element.get(name))
    style = element.get("style")
    if style and "url(" in style:
        yield from _css_hrefs(style)


def _srcset(value: str | None) -> Iterator[str]:
    """The addresses of a srcset, parted by commas that follow white space or a descriptor (HTML 4.8.4)."""
    if not value:
        return
    for candidate in re.split(r",(?=\s)|(?<=[0-9][wxh]),", value):
        parts = candidate.split()
        if parts:
            yield parts[0].rstrip(",")


def _css_hrefs(css: str) -> Iterator[str]:
    for match in _CSS_URL.finditer(_COMMENT.sub("", css) if "/*" in css else css):
        href = next(group for group in match.groups() if group is not None)
        if not href.startswith(("data:", "#")):
            yield href
