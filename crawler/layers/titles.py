"""A headline that a page gives several times: in its data, as it shows it, for sharing."""

from __future__ import annotations

from collections.abc import Callable

from crawler.errors import ParseError
from crawler.layers.page import Page
from crawler.text import Headline


def headline(page: Page, copies: dict[str, str | None], split: Callable[[str], Headline]) -> tuple[Headline, str]:
    """The first of a headline's copies, and as it was found; its label from whichever of them has it.

    What the page shows is the copy `dom`. Raises `ParseError` where there is none.
    """
    raw = page.signals.first("headline", *copies.items())
    if raw is None:
        raise ParseError(page.url, "not_an_article", "no headline anywhere on the page")
    heads = {name: split(words) for name, words in copies.items() if words}
    head, shown = split(raw), heads.get("dom")
    if shown and shown.text != head.text:
        page.signals["headline"] += "≠dom"
    labels = ((name, copy.label) for name, copy in heads.items() if copy.text == head.text)
    return Headline(head.text, page.signals.first("label", *labels)), raw
