"""One page of Arc XP: its data, what it shows, its JSON-LD, and the fields that Arc itself sets."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NamedTuple

from lxml.etree import _Element as Element

from crawler.dates import JST, read_instant
from crawler.html import by_class, one, said, text
from crawler.layers import arc
from crawler.layers.page import Page
from crawler.models import Access

NEXT_PAGE = "//link[@rel='next'] | //a[@data-gtm-action='move to next article page']"
SECTION_LISTS = ("section-list", "article-header-section-list")
PARTS = (
    "article-body", "article-headline", "article-headline-title", "article-meta-upper", "author-info-link",
    "author-name", "restrictions", *SECTION_LISTS,
)  # fmt: skip
PAGE_OF = re.compile(r"\s?[（(](\d{1,3})/(\d{1,3})ページ[）)]")


class Story(NamedTuple):
    """One page since June 2021: its story as data (or empty) and as shown (or None), and its JSON-LD article."""

    page: Page
    data: dict[str, Any]
    shown: Element | None
    ld: dict[str, Any]
    parts: list[tuple[Element, frozenset[str]]]

    def part(self, *names: str) -> Element | None:
        """The first element of one of these classes (of `PARTS`) within what is shown."""
        return next((element for element, classes in self.parts if not classes.isdisjoint(names)), None)

    @classmethod
    def of(cls, page: Page) -> Story:
        """The story on a page; both its data and what it shows may be missing."""
        wrappers = by_class(page.root, "article-wrapper", tags=("article",))
        shown = wrappers[0][0] if wrappers else None
        parts = by_class(shown, *PARTS) if shown is not None else []
        return cls(page, arc.story(page.root), shown, page.article, parts)


def section(story: Story) -> str | None:
    """The innermost section: the story's first, which is the page's breadcrumb and its first list above the text."""
    listed = story.part(*SECTION_LISTS)
    return story.page.signals.first(
        "section",
        ("fusion", said(story.data, "taxonomy", "primary_section", "name")),
        ("breadcrumb", story.page.crumb()),
        ("dom", text(one(listed, "li[last()]")) if listed is not None else None),
    )


def access(story: Story) -> Access:
    """`content_code` and the wrapper's class say it; isAccessibleForFree is absent on half of the pages."""
    classes = (story.shown.get("class") or "").split() if story.shown is not None else []
    free = story.ld.get("isAccessibleForFree")
    code = story.page.signals.first(
        "access",
        ("fusion", said(story.data, "content_restrictions", "content_code")),
        ("span.restrictions", "members" if story.part("restrictions") is not None else None),
        ("dom", next((name for name in classes if re.search("^free$|member|paid", name)), None)),
        ("cXenseParse", story.page.meta("cxenseparse:skd-articletype")),
        ("json-ld", None if free is None else "free" if str(free).lower() == "true" else "members"),
    )
    return "unknown" if code is None else "free" if code == "free" else "members"


def modified(story: Story) -> dt.datetime | None:
    """The last re-publication, with the zone the page states."""
    return story.page.signals.first(
        "modified_at",
        ("json-ld", read_instant(said(story.ld, "dateModified"), JST)),
        ("article:modified_time", read_instant(story.page.meta("article:modified_time"), JST)),
        ("fusion", in_japan(said(story.data, "publish_date"))),
    )


def in_japan(value: str | None) -> dt.datetime | None:
    """One of the story's UTC times as the page itself shows it: in Japan, to the second."""
    instant = read_instant(value, JST)
    return instant.astimezone(JST).replace(microsecond=0) if instant else None


def goes_on(page: Page, data: dict[str, Any]) -> bool:
    """Whether this is one page of several: by the story's `meta`, by （1/2ページ） in the title, by a link on."""
    stated = data.get("meta")
    count, number = (stated.get("totalCount"), stated.get("page")) if isinstance(stated, dict) else (None, None)
    if found := PAGE_OF.search(page.title() or ""):
        number, count = number or int(found[1]), count or int(found[2])
    if isinstance(count, int) and count > 1:
        page.signals["pages"] = f"{number or 1} of {count}"
    elif count is None and one(page.root, NEXT_PAGE) is not None:
        page.signals["pages"] = "1 of n"
    return "pages" in page.signals
