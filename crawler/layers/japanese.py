"""What Japanese dailies print alike: the mark 社説 before a headline, credits of pictures, a preview for members."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from lxml.etree import _Element as Element

from crawler.errors import ParseError
from crawler.html import said, text
from crawler.layers import daily
from crawler.layers.page import Page
from crawler.models import Block
from crawler.text import Caption, Headline, split_caption, split_headline

LABEL = re.compile(r"[［【\[〔（(](社説)[］】\]〕）)][\s\u3000]*|(社説)[\s\u3000]?[：:][\s\u3000]*")


def split(words: str, site_names: Collection[str]) -> Headline:
    """A headline parted from 社説 before it, however marked, or from another series' label in brackets.

    >>> split("社説：対話の窓　閉ざすな | 毎日新聞", ["毎日新聞"])
    Headline(text='対話の窓　閉ざすな', label='社説')
    """
    head = split_headline(words, site_names)
    found = LABEL.match(head.text) if head.label is None else None
    if found and head.text[found.end() :]:
        return Headline(head.text[found.end() :], found[1] or found[2])
    return head


def people(page: Page, company: re.Pattern[str]) -> str:
    """The persons that JSON-LD names as authors; a company is none, whatever it is called."""
    authors = page.article.get("author")
    persons = authors if isinstance(authors, list) else [authors]
    names = (said(person, "name") for person in persons if said(person, "@type") == "Person")
    return "、".join(name for name in names if name and not company.fullmatch(name))


def caption(element: Element | None) -> Caption:
    """A credit only where parentheses set it apart: `…＝ＡＰ` ends the caption itself."""
    words = text(element)
    found = split_caption(words)
    return found if found.credit and words.endswith(("）", ")")) else Caption(words or None, None)


def blocks(
    page: Page,
    places: Iterable[tuple[str, Element | None]],
    read: Callable[[Element], list[Block]],
    headline: str,
    *,
    members: bool,
) -> tuple[Block, ...]:
    """The text, as `daily.read_body` finds it, without the marks of a preview. A preview that holds no words at all
    raises `ParseError` "members_only"."""
    try:
        found, _ = daily.read_body(page, places, read)
    except ParseError as error:
        reason = "members_only" if members and error.reason == "no_body" else error.reason
        raise ParseError(page.url, reason, f"{headline!r}: {error.detail}") from error
    kept = tuple(block for block in found if not daily.is_members_mark(block.text or ""))
    if not any(block.text for block in kept):
        raise ParseError(page.url, "members_only", f"the article {headline!r} has no text on this page")
    return kept
