"""The pieces of a tidied subtree in reading order: paragraphs, headings, quotes, lists, figures, captions.

Pieces are what the markup says; what they mean (an author line, a link to the original) is told in `post`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from crawler.html import BLOCKS, absolute
from crawler.soup import passages, within, words
from crawler.text import fold

PieceKind = Literal["paragraph", "heading", "quote", "list", "figure", "caption"]
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Words in class and id that mark what is not the article, and those that mark a caption. Whole words only, so that
# `elementor-widget` (Elementor's name for everything) and `has-link-color` pass.
NOISE = frozenset(
    "share sharing sharedaddy social sns related recommend recommended popular ranking trending tags "  # noqa: SIM905  # shorter
    "newsletter subscribe subscription advert advertisement advertising ad ads adsense adsbygoogle gptad sponsor "
    "sponsored banner comments comment respond disqus breadcrumb breadcrumbs pagination pager navigation toc cookie "
    "donate donation outbrain taboola addtoany heateor essb jp-relatedposts authorbox alsoread sidebar popup modal "
    "screen-reader-text sr-only hidden print-only".split()
)
CAPTION = frozenset({"caption", "figcaption", "credit"})
EMBEDS = frozenset({"twitter-tweet", "instagram-media", "tiktok-embed", "fb-post", "wp-embedded-content"})
PIXEL = re.compile(
    r"pixel|/emoji|gravatar|avatar|spacer|blank\.gif|logo|/icons?[/_.-]|facebook\.com/tr|^data:", re.IGNORECASE
)
NO_PHOTO = frozenset({"avatar", "logo", "emoji"})
LONGEST_HEADING = 100
MOST_WORDS = 10**9
MOST_LINKS = 100  # links we look at within one paragraph


@dataclass(slots=True)
class Figure:
    """An image with its caption as found."""

    image_url: str | None
    alt: str | None = None
    caption: str | None = None


class Link(NamedTuple):
    """Where a link leads, its words, and the number of its line within its piece."""

    url: str
    words: str
    line: int


@dataclass(slots=True)
class Piece:
    """One piece: its lines, the links in it, its figure, and its tag."""

    kind: PieceKind
    lines: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    figure: Figure | None = None
    tag: Tag | None = None
    beside_image: bool = False

    @property
    def names(self) -> str:
        """The class names of its tag and of what holds that."""
        near = (self.tag, self.tag.parent) if self.tag is not None else ()
        return " ".join(sorted(name for tag in near if tag is not None for name in names_of(tag)))

    @property
    def text(self) -> str:
        """Its words on one line; of a list, one line an item."""
        return ("\n" if self.kind == "list" else " ").join(self.lines)


def pieces_of(tag: Tag, base: str) -> list[Piece]:
    """All pieces in a tidied box. What looks like noise by its name is dropped, unless most of the words are in it."""
    whole = sum(len(string) for string in tag.strings)
    return [piece for piece in _inside(tag, base, whole) if piece.figure or piece.lines]


def pieces_from(tag: Tag, base: str) -> list[Piece]:
    """The pieces of a tidied tag that stands beside the text: it may itself be a paragraph, a caption, or noise."""
    found = _loose([tag], tag, base) if _is_inline(tag) else _block(tag, base, MOST_WORDS)
    return [piece for piece in found if piece.figure or piece.lines]


def _inside(tag: Tag, base: str, whole: int) -> Iterator[Piece]:
    """A box: its blocks, and what stands between them without a block of its own."""
    loose: list[PageElement] = []
    for child in tag.children:
        if isinstance(child, NavigableString) or (isinstance(child, Tag) and _is_inline(child)):
            loose.append(child)
        elif isinstance(child, Tag):
            yield from _loose(loose, tag, base)
            loose = []
            yield from _block(child, base, whole)
    yield from _loose(loose, tag, base)


def _is_inline(tag: Tag) -> bool:
    if tag.name == "br":
        return True
    if tag.name in BLOCKS or tag.name == "img" or names_of(tag) & CAPTION:
        return False
    return not any(
        isinstance(d, Tag) and d.name != "br" and (d.name in BLOCKS or d.name == "img") for d in tag.descendants
    )


def names_of(tag: Tag) -> set[str]:
    """Class and id of a tag, whole and in their words: `mvp-feat-caption` is also mvp, feat and caption."""
    if not tag.get("class") and not tag.get("id"):
        return set()
    names = {str(name).lower() for name in (*tag.get_attribute_list("class"), tag.get("id")) if name}
    return names | {word for name in names for word in re.split(r"[-_:]+", name)}


def _loose(parts: list[PageElement], box: Tag, base: str) -> Iterator[Piece]:
    """Words that stand in a box without a paragraph: two `<br>` part them."""
    if any(isinstance(part, Tag) or not str(part).isspace() for part in parts):
        yield from _texts("paragraph", parts, base, box)


def _block(tag: Tag, base: str, whole: int) -> Iterator[Piece]:
    names = names_of(tag)
    if _is_noise(tag, names, whole):
        return
    if tag.name == "img":
        yield from _image(tag, base)
    elif tag.name in ("figure", "picture") or ("caption" in names and within(tag, "img")):
        yield from _figure(tag, base, whole)
    elif tag.name == "figcaption" or names & CAPTION:
        yield _joined("caption", tag, base)
    elif tag.name == "blockquote":
        if not names & EMBEDS:
            yield from _texts("quote", [tag], base, tag)
    elif tag.name in ("ul", "ol", "dl", "table"):
        yield from _rows(tag, base)
    elif tag.name in HEADINGS:
        yield from _images_in(tag, base)
        yield _joined("heading", tag, base)
    elif tag.name in ("p", "pre", "address"):
        yield from _paragraph(tag, base)
    elif tag.name != "hr":
        yield from _inside(tag, base, whole)


def _is_noise(tag: Tag, names: set[str], whole: int) -> bool:
    if tag.name in ("aside", "nav") or tag.get("aria-hidden") == "true" or "none" in _display(tag):
        return True
    if not names & NOISE:
        return False
    return tag.name not in ("p", "h2", "h3") and sum(len(string) for string in tag.strings) * 5 < whole * 2


def _display(tag: Tag) -> str:
    style = str(tag.get("style") or "").replace(" ", "").lower()
    return style.partition("display:")[2][:4]


def _paragraph(tag: Tag, base: str) -> Iterator[Piece]:
    """A paragraph; one that is all bold, short and no sentence is a heading (older posts have no other)."""
    images = list(_images_in(tag, base))
    yield from images
    for piece in _texts("paragraph", [tag], base, tag):
        piece.beside_image = bool(images)
        if not images and _is_bold_line(tag, piece):
            piece.kind = "heading"
        yield piece


def _is_bold_line(tag: Tag, piece: Piece) -> bool:
    bold = "".join(words(child) for child in tag.children if isinstance(child, Tag) and child.name in ("strong", "b"))
    return (
        0 < len(bold) <= LONGEST_HEADING
        and bold == piece.text
        and not bold.endswith((".", ":", ",", ";", "…", "”", '"'))
    )


def _texts(kind: PieceKind, parts: list[PageElement], base: str, tag: Tag) -> Iterator[Piece]:
    """One piece a passage, with the links that begin in it."""
    for lines, anchors in passages(parts):
        found = (
            (absolute(str(a.get("href") or ""), base), words(a), at) for a, at in anchors[:MOST_LINKS] if a.get("href")
        )
        yield Piece(kind, lines, [Link(url, said, at) for url, said, at in found if url], tag=tag)


def _joined(kind: PieceKind, tag: Tag, base: str) -> Piece:
    """All of a tag as one line: a heading, a caption."""
    parts = list(_texts(kind, [tag], base, tag))
    lines = [" ".join(line for part in parts for line in part.lines)] if parts else []
    return Piece(kind, lines, [link._replace(line=0) for part in parts for link in part.links], tag=tag)


def _rows(tag: Tag, base: str) -> Iterator[Piece]:
    """A list, one line an item; a table, one line a row. One that is little more than links leads elsewhere."""
    rows = within(tag, "tr") if tag.name == "table" else within(tag, "li", "dt", "dd")
    lines = [line for line in (words(row) for row in rows if not within(row, "li", "tr")) if line]
    links = _joined("list", tag, base).links
    yield from _images_in(tag, base)
    if sum(len(link.words) for link in links) * 2 <= sum(map(len, lines)):
        yield Piece("list", lines, links, tag=tag)


def _figure(tag: Tag, base: str, whole: int) -> Iterator[Piece]:
    """An image and its caption; a gallery's figures one by one; a figure of a quote or a table as that."""
    if within(tag, "figure"):
        yield from _inside(tag, base, whole)
        return
    images = list(_images_in(tag, base))
    if not images:
        yield from _inside(tag, base, whole) if within(tag, "blockquote", "table") else ()
        return
    inside = (part for part in tag.descendants if isinstance(part, Tag))
    captions = [found for found in inside if found.name == "figcaption" or names_of(found) & CAPTION]
    outermost = [found for found in captions if not any(parent in captions for parent in found.parents)]
    caption = " ".join(said for said in (words(found) for found in outermost) if said) or None
    if images[0].figure:
        images[0].figure.caption = caption or (words(tag) or None)
    yield from images


def _images_in(tag: Tag, base: str) -> Iterator[Piece]:
    for image in within(tag, "img"):
        yield from _image(image, base)


def _image(image: Tag, base: str) -> Iterator[Piece]:
    url = image_address(image, base)
    alt = fold(str(image.get("alt") or "")) or None
    small = any(str(image.get(side) or "").rstrip("px") in ("0", "1", "2") for side in ("width", "height"))
    if (
        url
        and not small
        and not PIXEL.search(url.rsplit("/uploads/", 1)[-1])
        and not names_of(image) & {"avatar", "logo", "emoji"}
    ):
        yield Piece("figure", figure=Figure(url, alt))


def image_address(image: Tag, base: str) -> str | None:
    """An image's largest address: the file its link leads to, the widest of `srcset`, or `data-src` before `src`."""
    link = image.find_parent("a")
    target = str(link.get("href") or "") if link is not None else ""
    if re.search(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", target, re.IGNORECASE):
        return absolute(target, base)
    widest = max(
        (pair for name in ("srcset", "data-srcset", "data-lazy-srcset") for pair in _srcset(image, name)), default=None
    )
    lazy = next(
        (str(image[n]) for n in ("data-orig-file", "data-src", "data-lazy-src", "data-original") if image.get(n)), ""
    )
    source = lazy or str(image.get("src") or "")
    if widest and not image.get("data-orig-file"):
        source = widest[1]
    return None if source.startswith("data:") else absolute(source, base) if source else None


def _srcset(image: Tag, name: str) -> Iterator[tuple[float, str]]:
    for part in re.split(r",\s", str(image.get(name) or "")[:8000]):
        address, _, width = part.strip().partition(" ")
        number = re.match(r"\s*(\d{1,6}(?:\.\d{1,3})?)[wx]", width)
        if address and not address.startswith("data:"):
            yield float(number[1]) if number else 0.0, address
