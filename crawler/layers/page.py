"""What a page declares about itself, read once: tree, JSON-LD, meta tags, canonical address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml.etree import _Element as Element

from crawler.html import canonical_link, document, find, json_ld, metas, node_of_type, said, text
from crawler.layers.shell import refuse_challenge
from crawler.layers.signals import Signals

ARTICLE_TYPES = ("NewsArticle", "OpinionNewsArticle", "ReportageNewsArticle", "Article", "BlogPosting")


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `article` is its JSON-LD article node, or empty; `signals` gathers what gave each field."""

    url: str
    root: Element
    nodes: list[dict[str, Any]]
    metas: dict[str, list[str]]
    canonical: str | None
    signals: Signals = field(default_factory=Signals)

    @classmethod
    def read(cls, body: bytes, url: str) -> Page:
        """The page in `body`; raises `ParseError` where there is none, or a waiting room instead of it."""
        root = document(body)
        refuse_challenge(root)
        return cls(url, root, json_ld(root), metas(root), canonical_link(root, url))

    @property
    def article(self) -> dict[str, Any]:
        """The JSON-LD node of the article: the one that names this address, since the next article may follow."""
        articles = [node for node in self.nodes if node_of_type([node], *ARTICLE_TYPES)]
        own = (self.canonical or self.url).rstrip("/")
        return next((node for node in articles if own in _addresses(node)), articles[0] if articles else {})

    def meta(self, *names: str) -> str | None:
        """The first meta tag of one of these names (in lower case)."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    def itemprop(self, name: str) -> str | None:
        """A microdata property: a machine's value (`content`, `datetime`) before the words; not the publisher's own."""
        for element in find(self.root, f"//*[@itemprop='{name}']"):
            if not _of_publisher(element):
                return element.get("content") or element.get("datetime") or text(element) or None
        return None

    def crumb(self) -> str | None:
        """The innermost section in the page's breadcrumbs: トップ → オピニオン → 主張 → the article."""
        crumbs = (node_of_type(self.nodes, "BreadcrumbList") or {}).get("itemListElement")
        listed = crumbs if isinstance(crumbs, list) else []
        names = [said(crumb, "item", "name") or said(crumb, "name") for crumb in listed]
        return names[-2] if len(names) > 2 else None

    def title(self) -> str | None:
        """The words of `<title>`."""
        return text(next(self.root.iter("title"), None)) or None


def _addresses(node: dict[str, Any]) -> set[str]:
    entry = node.get("mainEntityOfPage")
    values = (node.get("url"), node.get("@id"), entry.get("@id") if isinstance(entry, dict) else entry)
    return {value.partition("#")[0].rstrip("/") for value in values if isinstance(value, str)}


def _of_publisher(element: Element) -> bool:
    return any(ancestor.get("itemprop") == "publisher" for ancestor in element.iterancestors())
