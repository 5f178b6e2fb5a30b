"""One article, field by field: its value, the signal that gave it, and whether a null is what the page gives.

A field is `wrong` where the page itself says otherwise: it states what the reader left out, or contradicts what it
read. `look` is for what a person should see. A null is `absent` where the page says nothing of it, or where the
newspaper's file says that the paper has none.
"""

from __future__ import annotations

import datetime as dt
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from crawler.checking.asking import Answer
from crawler.dates import day_in_japan, read_date, read_instant
from crawler.html import absolute, find, headings, node_of_type, said, text
from crawler.layers.container import STOPS
from crawler.layers.page import Page
from crawler.models import Article
from crawler.newspapers import newspaper_for, newspaper_named
from crawler.newspapers.newspaper import Newspaper
from crawler.text import split_headline

State = Literal["read", "absent", "look", "wrong"]
GRAVITY: tuple[State, ...] = ("read", "absent", "look", "wrong")

DOCUMENTED = re.compile(r"^\s*(\w+)=None,\s*#\s*(.+)$", re.MULTILINE)
SHORT = 400  # letters: an editorial has more
MOST = 10  # authors that are looked at
DAYS_APART = 2  # between a listing's day of publication and the page's: zones and evening editions
SIGNAL_OF = {"text": ("body", "blocks"), "blocks": ("body", "blocks"), "original": ("original",)}


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it was read. `why` says what is wrong, to be looked at, or why null is right."""

    name: str
    value: str | None
    signal: str | None
    state: State
    why: str = ""


def fields_of(answer: Answer, article: Article) -> list[Field]:
    """Every field of an article, judged against its own page and the listing lines that named it."""
    page = Page.read(answer.body, answer.url)
    paper = newspaper_named(article.newspaper)
    findings = sorted(_findings(page, article, paper, answer), key=lambda finding: GRAVITY.index(finding[1]))
    judged = {name: (state, why) for name, state, why in findings}  # the gravest of a field
    absences = documented(paper)
    return [_field(name, value, article, judged, absences) for name, value in _values(article).items()]


def documented(paper: Newspaper) -> dict[str, str]:
    """What the newspaper's own file says it never prints: `standfirst=None,  # the paper has none`."""
    module = sys.modules.get(paper.parse_article.__module__)
    source = inspect.getsource(module) if module is not None else ""
    return {name: why.strip() for name, why in DOCUMENTED.findall(source)}


def _values(article: Article) -> dict[str, str | None]:
    """The fields in the record's order, as short words."""
    kinds = [block.kind for block in article.blocks]
    figures = [block for block in article.blocks if block.kind == "figure"]
    original = article.original
    return {
        "id": article.id, "language": article.language, "kind": article.kind, "url": article.url,
        "section": article.section, "label": article.label, "headline": article.headline,
        "headline_raw": article.headline_raw, "standfirst": article.standfirst, "byline": article.byline,
        "published_at": _iso(article.published_at), "modified_at": _iso(article.modified_at),
        "published_on": _iso(article.published_on),
        "blocks": ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)),
        "figures": f"{len(figures)}: {sum(bool(f.caption) for f in figures)} with caption, "
                   f"{sum(bool(f.credit) for f in figures)} with credit" if figures else None,
        "text": f"{len(article.text)} characters: {article.text}" if article.text else None,
        "original": (original.url or original.wording) if original else None,
        "access": article.access, "truncated": str(article.truncated).lower(),
    }  # fmt: skip


def _iso(moment: dt.date | None) -> str | None:
    return moment.isoformat() if moment else None


def _field(name: str, value: str | None, article: Article, judged: dict[str, tuple[State, str]],
           absences: dict[str, str]) -> Field:  # fmt: skip
    signals = article.parser.signals
    signal = next((signals[key] for key in SIGNAL_OF.get(name, (name,)) if key in signals), None)
    state, why = judged.get(name, ("read" if value else "absent", ""))
    if state == "absent" and not why:
        why = f"the reader says: {absences[name]}" if name in absences else "the page says nothing of it"
    return Field(name, value, signal, state, why)


# findings -------------------------------------------------------------------------------------

Finding = tuple[str, State, str]


def _findings(page: Page, article: Article, paper: Newspaper, answer: Answer) -> Iterator[Finding]:
    """What is remarkable of each field."""
    yield from _left_out(page, article, documented(paper))
    yield from _byline(page, article)
    yield from _disagreements(article)
    yield from _headline(page, article)
    yield from _body(article)
    if answer.klass == "editorial":
        yield from _against_listing(article, answer)
    if paper.translates is None:
        yield "original", "absent", "it writes originals"
    elif article.kind == "editorial":
        yield from _original(page, article, newspaper_named(paper.translates))


def _left_out(page: Page, article: Article, absences: dict[str, str]) -> Iterator[Finding]:
    """What the page's own data state and the record leaves out, if its newspaper's file does not say why."""
    stated = {
        "published_at": _instant(page, "datePublished", "article:published_time"),
        "modified_at": _instant(page, "dateModified", "article:modified_time"),
        "section": said(page.article.get("articleSection")) or page.meta("article:section"),
        "label": split_headline(article.headline_raw).label,
    }
    for name, value in stated.items():
        if value and getattr(article, name) is None and name not in absences:
            yield name, "wrong", f"the page states {value!s}"
    if article.published_on is None:
        yield "published_on", "wrong", "no day of publication was found"


def _instant(page: Page, name: str, meta: str) -> dt.datetime | None:
    return read_instant(said(page.article, name)) or read_instant(page.meta(meta))


def _byline(page: Page, article: Article) -> Iterator[Finding]:
    authors = page.article.get("author")
    for author in authors[:MOST] if isinstance(authors, list) else [authors]:
        if not isinstance(author, dict):
            continue
        nodes = (node for node in page.nodes if node.get("@id") == author.get("@id") is not None)
        full: dict[str, Any] = next(nodes, author)  # in a graph the article gives the node's name alone
        if article.byline is None and (name := said(full, "name")):
            person = node_of_type([full], "Person") is not None
            yield "byline", "look" if person else "absent", f"the page's data name {name!r}; a company is no author"


def _disagreements(article: Article) -> Iterator[Finding]:
    for name, signal in article.parser.signals.items():
        if "≠" in signal:
            serious = name in ("headline", "body", "blocks")
            field = "text" if name in ("body", "blocks") else name
            yield field, "wrong" if serious else "look", f"two signals disagree: {signal}"


def _headline(page: Page, article: Article) -> Iterator[Finding]:
    shown = map(text, headings(page.root, "h1"))
    titles = [said(page.article, "headline"), page.meta("og:title"), page.title(), *shown]
    words = _letters(article.headline)
    if not any(words in _letters(title) for title in titles if title):
        yield "headline", "wrong", "none of the page's own titles says so"


def _body(article: Article) -> Iterator[Finding]:
    body = article.parser.signals.get("body", "")
    letters = len(_letters(article.text))
    if article.parser.fallback:
        yield "text", "wrong", "only the general extractor found it: the reader knows no body on this page"
    elif body.startswith("density"):
        yield "text", "look", "no container was known; it was found where words are densest"
    elif letters < SHORT and not article.truncated:
        yield "text", "look", f"only {letters} letters"
    chrome = next((block.text for block in article.blocks if block.text and STOPS.match(block.text)), None)
    if chrome:
        yield "text", "wrong", f"{chrome!r} is none of the article's words"
    if article.truncated:
        yield "truncated", "look", article.parser.signals.get("pages") or f"access is {article.access}"
    if not any(block.kind == "figure" for block in article.blocks):
        yield "figures", "absent", "no image in the article"


def _against_listing(article: Article, answer: Answer) -> Iterator[Finding]:
    """A listing named it as an editorial, and gave a day."""
    if answer.found and article.kind != "editorial":
        yield "kind", "wrong", "a listing line was told to be an editorial's"
    for line in answer.found:
        moment = read_date(line.get("published"))
        day = day_in_japan(moment) if isinstance(moment, dt.datetime) else moment
        if day and article.published_on and abs((day - article.published_on).days) > DAYS_APART:
            yield "published_on", "wrong", f"{line['way']} says {day}"


def _original(page: Page, article: Article, translated: Newspaper) -> Iterator[Finding]:
    if article.original is not None and article.original.url:
        return
    links = [absolute(anchor.get("href"), page.url) for anchor in find(page.root, "//a[@href]")]
    there = list(dict.fromkeys(link for link in links if link and newspaper_for(link) is translated))
    wording = article.original.wording if article.original else None
    if wording:
        yield "original", "wrong" if there else "look", f"{wording!r} stands there, without a link that was understood"
    elif there:
        yield "original", "look", f"no link line; {len(there)} links lead to {translated.name}: {there[0]}"
    else:
        yield "original", "absent", f"no link line, no link to {translated.name}"


def _letters(words: str) -> str:
    return "".join(char for char in words.casefold() if char.isalnum())


def marks(fields: list[Field]) -> list[str]:
    """The names of the fields that are wrong."""
    return [field.name for field in fields if field.state == "wrong"]


def as_json(field: Field) -> dict[str, Any]:
    """For `--json`."""
    value = field.value if field.value is None or len(field.value) <= 300 else field.value[:299] + "…"
    return {"name": field.name, "value": value, "signal": field.signal, "state": field.state, "why": field.why}
