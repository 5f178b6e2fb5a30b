"""Pages of Arc XP: the story in `Fusion.globalContent`, and the same story as the page shows it.

Text comes from both and is compared; figures come from the story where it is there, since only it has their original
addresses (the page shows them through a resizer).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from html import unescape
from typing import Any

from lxml.etree import _Element as Element

from crawler.html import absolute, find, fragment, has_class, one, paragraphs, said
from crawler.html import text as words_in
from crawler.layers.signals import Signals
from crawler.models import Block, BlockKind
from crawler.text import fold, split_caption

MARK = "Fusion.globalContent="
MAX_NESTING = 5
RESIZED = re.compile(r"/resizer/[^?#]*?/((?:[a-z0-9-]+\.)+[a-z]{2,}/[^?#]+)$")
HEADINGS = ("h2", "h3", "h4")
KINDS: dict[str, BlockKind] = {"p": "paragraph", "blockquote": "quote", "ul": "list", "ol": "list"}
PHOTO_ID = re.compile(r"[0-9A-Z]{26}")


def story(root: Element) -> dict[str, Any]:
    """The page's own data, if they are a story (a listing's are not), else an empty dict."""
    for script in root.iter("script"):
        content = script.text or ""
        if (at := content.find(MARK)) >= 0:
            try:
                value = json.JSONDecoder(strict=False).raw_decode(content, at + len(MARK))[0]
            except (ValueError, RecursionError):
                return {}
            is_story = isinstance(value, dict) and isinstance(value.get("headlines"), dict)
            return value if is_story and isinstance(value.get("content_elements"), list) else {}
    return {}


def is_whole(story: dict[str, Any]) -> bool:
    """Whether the story says that all its characters are here (2025; before, it says nothing of that)."""
    stated = story.get("meta")
    count, whole = (
        (stated.get(f"totalCharacter{name}Count") for name in ("", "All")) if isinstance(stated, dict) else (0, 0)
    )
    return not (isinstance(count, int) and isinstance(whole, int) and count < whole)


def blocks(
    story: dict[str, Any], body: Element | None, url: str, signals: Signals, *, shown_only: bool
) -> tuple[Block, ...]:
    """The article's blocks. Story and page must agree; where they do not, the longer is kept and the signal says so.

    `body`: `div.article-body`, or None. `shown_only`: of a members' article only what the page shows is read, whatever
    lies in its data.
    """
    shown = _shown_blocks(body, url) if body is not None else []
    told = _story_blocks(story, _alternatives(shown))
    if not shown or not told:
        signals["body"] = "fusion" if told else "dom"
        return tuple(told or shown)
    if _words(shown) == _words(told):
        signals["body"] = "fusion=dom"
        return tuple(told)
    signals["body"] = "fusion≠dom"
    take_shown = shown_only or _length(shown) > _length(told)
    return tuple(shown if take_shown else told)


def _words(blocks: list[Block]) -> list[tuple[str, str | None]]:
    return [(block.kind, block.text) for block in blocks if block.kind != "figure"]


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text or "") for block in blocks)


# the story ------------------------------------------------------------------------------------


def _story_blocks(story: dict[str, Any], alternatives: dict[str, str]) -> list[Block]:
    """Lead image first: it stands in `promo_items` alone, and the page shows it above the text."""
    promo = story.get("promo_items")
    lead = promo.get("basic") if isinstance(promo, dict) else None
    elements = [*([lead] if isinstance(lead, dict) and lead.get("type") == "image" else []), *_flat(story)]
    seen: set[str] = set()
    found: list[Block] = []
    for element in elements:
        key = str(element.get("_id"))
        if element.get("type") == "image" and key in seen:
            continue
        seen.add(key)
        found.extend(_element_blocks(element, alternatives.get(key)))
    return found


def _flat(story: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The content elements in order, those of quotes and galleries too."""
    waiting = [(element, 0) for element in reversed(story.get("content_elements") or [])]
    while waiting:
        element, depth = waiting.pop()
        if not isinstance(element, dict):
            continue
        inner = element.get("content_elements")
        if isinstance(inner, list) and depth < MAX_NESTING:
            kind = element.get("type")
            waiting.extend(({**part, "within": kind}, depth + 1) for part in reversed(inner) if isinstance(part, dict))
        else:
            yield element


def _element_blocks(element: dict[str, Any], alt: str | None) -> list[Block]:
    """`link_list`, `interstitial_link`, `raw_oembed` and what we do not know are no words of the article."""
    kind, content = element.get("type"), element.get("content")
    if kind == "image":
        return _image(element, alt)
    if kind == "list":
        items = [_plain(item.get("content")) for item in element.get("items") or [] if isinstance(item, dict)]
        return _texts("list", ["\n".join(item for item in items if item)])
    if not isinstance(content, str):
        return []
    if kind == "header":
        return _texts("heading", [_plain(content)])
    if kind == "quote" or element.get("within") == "quote":
        return _texts("quote", _paragraphs(content))
    return _texts("paragraph", _paragraphs(content)) if kind in ("text", "raw_html") else []


def _texts(kind: BlockKind, texts: list[str]) -> list[Block]:
    return [Block(kind=kind, text=text) for text in texts if text]


def _image(element: dict[str, Any], alt: str | None) -> list[Block]:
    url = absolute(element.get("url") if isinstance(element.get("url"), str) else None, "https://www.invalid/")
    if url is None or "/common/images/" in url:  # what stands for "no image"
        return []
    caption = split_caption(_plain(element.get("caption")))
    said_alt = said(element, "alt_text") or alt or None
    return [Block(kind="figure", image_url=url, caption=caption.caption, credit=caption.credit, alt=said_alt)]


def _plain(content: Any) -> str:
    return " ".join(_paragraphs(content)) if isinstance(content, str) else ""


def _paragraphs(content: str) -> list[str]:
    """The paragraphs in a piece of HTML; most are plain text and need no parser."""
    if "<" not in content:
        return [text] if (text := fold(unescape(content))) else []
    return [" ".join(lines) for lines in paragraphs(fragment(content))]


# the page -------------------------------------------------------------------------------------


def _shown_blocks(body: Element, url: str, without: Collection[Element] = ()) -> list[Block]:
    """The direct children of `div.article-body`; everything between them (`div.inline-gptAd`) is not the article."""
    found: list[Block] = []
    seen: set[str | None] = set()
    for child in body.iterchildren("*"):
        if child in without:
            continue
        if child.tag == "figure":
            found.extend(figure for figure in _figure(child, url) if figure.image_url not in seen)
            seen.update(block.image_url for block in found[-1:])
            continue
        is_heading = child.tag in HEADINGS or "article-middle-headline" in (child.get("class") or "").split()
        kind = "heading" if is_heading else KINDS.get(str(child.tag))  # a span in 2021
        if kind is not None:
            words = [" ".join(lines) for lines in paragraphs(child, without)]
            found.extend(_texts(kind, ["\n".join(words)] if kind == "list" else words))
    return found


def _figure(figure: Element, url: str) -> list[Block]:
    image, caption = one(figure, ".//img[not(ancestor::noscript)]"), one(figure, ".//figcaption")
    if image is None:
        return []
    source = original_address(absolute(image.get("data-src") or image.get("src") or "", url))
    if source is None or "/common/images/" in source:
        return []
    found = split_caption(words_in(caption))
    alt = fold(image.get("alt") or "") or None
    return [Block(kind="figure", image_url=source, caption=found.caption, credit=found.credit, alt=alt)]


def original_address(url: str | None) -> str | None:
    """`…/resizer/<key>/730x0/smart/<host>/<path>` → `https://<host>/<path>`."""
    found = RESIZED.search(url) if url else None
    return f"https://{found[1]}" if found else url


def _alternatives(shown: list[Block]) -> dict[str, str]:
    """The alternative texts on the page by their image's id, which is its file name."""
    pairs = ((PHOTO_ID.search(block.image_url or ""), block.alt) for block in shown if block.kind == "figure")
    return {found[0]: alt for found, alt in reversed(list(pairs)) if found and alt}


def old_blocks(content: Element, url: str) -> tuple[Block, ...]:
    """Paragraphs and figures of a page of before 2021: the direct `p` of `.post_content`, and figures among them."""
    without = find(content, f".//aside | .//*[{has_class('pagination', 'pageNextsubhead')}]")
    return tuple(block for block in _shown_blocks(content, url, without) if block.kind != "list")
