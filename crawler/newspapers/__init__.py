"""The newspapers: one file each, found by being in this folder. Needs neither Scrapy nor warcio.

`newspaper_for(url)` and `newspaper_named(name)` find one; `parse_page(body, url)` reads one page of any of them.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.errors import ParseError, UnknownNewspaper
from crawler.html import document, forget_declared
from crawler.layers.rights import Headers, rights_of
from crawler.models import Article, Problem
from crawler.newspapers.newspaper import Newspaper

__all__ = ["Newspaper", "all_newspapers", "newspaper_for", "newspaper_named", "parse_page"]

#: Characters of an article as a line: some hundred times as many as a long one has, and less than SQLite takes.
LARGEST_ARTICLE = 8 * 1024 * 1024


@lru_cache(maxsize=1)
def all_newspapers() -> dict[str, Newspaper]:
    """Every newspaper by its name: each module of this folder that holds a `NEWSPAPER`."""
    modules = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    papers = [m.NEWSPAPER for m in modules if hasattr(m, "NEWSPAPER")]
    return {paper.name: paper for paper in sorted(papers, key=lambda paper: (paper.demo, paper.name))}


@lru_cache(maxsize=1)
def _by_host() -> dict[str, list[Newspaper]]:
    """Who publishes on a host, those first whose addresses there begin with the longest path."""
    found: dict[str, list[Newspaper]] = {}
    for paper in sorted(all_newspapers().values(), key=lambda paper: -len(paper.path)):
        for host in paper.hosts:
            found.setdefault(host, []).append(paper)
    return found


def newspaper_for(url: str) -> Newspaper | None:
    """The newspaper whose page this address would be, or None."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    papers = _by_host().get(host, [])
    if len(papers) < 2:
        return papers[0] if papers else None
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    return next((paper for paper in papers if path.startswith(paper.path)), None)


def newspaper_named(name: str) -> Newspaper:
    """The newspaper of that name; raises `UnknownNewspaper`, which lists what there is."""
    paper = all_newspapers().get(name)
    if paper is None:
        known = ", ".join(name for name, paper in all_newspapers().items() if not paper.demo)
        raise UnknownNewspaper(f"no newspaper is called {name!r}; there are: {known} (see `genbun newspapers`)")
    return paper


def parse_page(body: bytes, url: str, headers: Headers | None = None) -> Article | Problem:
    """Read one page, its content coding removed, as the newspaper that owns `url` would.

    A page that is no article, or cannot be understood, gives a `Problem`; no bytes raise. `headers` are the names and
    values of its response, where they are known: what they say of rights is then in `rights`, too.
    """
    paper = newspaper_for(url)
    if paper is None:
        return Problem(newspaper=None, url=url, reason="not_an_article", detail="no newspaper here owns this address")
    try:
        article = paper.parse_article(body, url)
        if (size := len(article.line())) > LARGEST_ARTICLE:
            raise ParseError(url, "failed", f"an article of {size:,} characters, more than {LARGEST_ARTICLE:,}")
        rights = rights_of(document(body), url, headers, article.parser.signals)
        return article.model_copy(update={"rights": rights})
    except ParseError as error:
        return Problem(newspaper=paper.name, url=url, reason=error.reason, detail=error.detail)  # type: ignore[arg-type]  # reasons are checked by the model
    finally:
        forget_declared()
