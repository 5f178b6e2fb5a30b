"""The words of a listing line: plain text out of the markup that feeds and JSON carry."""

from __future__ import annotations

import html
import re

from crawler.text import fold

TITLE_LIMIT = 500

_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|big|br|cite|code|del|div|em|font|i|img|ins|mark|p|q|rb|rp|ruby|s|small|span|strike|strong"
    r"|sub|sup|tt|u|wbr)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_READING = re.compile(r"<(rt|rp)>[^<>]*</\1>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][0-9A-Za-z]{1,30});")


def plain(markup: str | None) -> str | None:
    """A title or a name as plain text: inline tags gone, entities decoded once, white space folded; None if empty.

    Only HTML's inline tags are tags: `<主張>` and `<EDITORIAL>` are labels and stay.
    """
    text = _TAG.sub("", _READING.sub("", (markup or "")[: 4 * TITLE_LIMIT]))
    return fold(_ENTITY.sub(lambda found: html.unescape(found[0]), text))[:TITLE_LIMIT].rstrip() or None
