"""What one page is made of: enough to mend its reader without another visit (the open questions of a site).

Where things stand is said as paths of tags with their ids and classes: `body.single > div#page > article > p`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml.etree import _Element as Element

from crawler.checking.asking import Answer
from crawler.errors import ParseError
from crawler.html import (
    BLOCKS,
    UNSEEN,
    absolute,
    base_of,
    document,
    find,
    has_class,
    headings,
    json_ld,
    metas,
    one,
    said,
    text,
)
from crawler.layers import arc
from crawler.layers.container import NAMES, densest
from crawler.layers.original import is_link_line, is_widget
from crawler.models import Article
from crawler.newspapers import newspaper_for
from crawler.newspapers.newspaper import Newspaper

METAS = (
    "generator", "og:type", "og:site_name", "og:title", "og:locale", "article:published_time", "article:modified_time",
    "article:section", "author", "robots", "dc.type", "dc.identifier", "dc.date", "cxenseparse:skd-articletype",
    "skd-category", "skd-subcategory", "viewport",
)  # fmt: skip
RELATIONS = ("canonical", "alternate", "amphtml", "shortlink", "next", "https://api.w.org/", "author")
HEADERS = (
    "content-type", "content-encoding", "server", "via", "x-powered-by", "cf-ray", "x-cache", "x-amz-cf-pop",
    "cache-control", "etag", "last-modified", "retry-after", "x-robots-tag", "x-wp-total", "location",
)  # fmt: skip
IMAGE_SOURCES = (
    "src", "srcset", "data-src", "data-srcset", "data-lazy-src", "data-lazy-srcset", "data-original", "data-orig-file",
)  # fmt: skip
JAPANESE = re.compile(r"\bJapanese\b|日本語")
MEMBERS = re.compile(r"有料会員|会員限定|有料記事|残り\s?\d+\s?文字|members only|subscribers? only", re.IGNORECASE)
FRAMEWORKS = {
    "Fusion.globalContent": "Arc/Fusion", "__NEXT_DATA__": "Next.js", "__NUXT__": "Nuxt", "wp-content": "WordPress",
}  # fmt: skip
MOST = 10
STEPS = 6


def observe(answer: Answer, article: Article | None, paper: Newspaper | None) -> dict[str, Any]:
    """What a page declares and is built of, and where in it the article's fields stand."""
    headers = {name: value for name in HEADERS if (value := answer.header(name))}
    seen: dict[str, Any] = {"bytes": len(answer.body), "headers": headers}
    try:
        root = document(answer.body)
    except ParseError as error:
        return {**seen, "not_html": error.detail}
    declared = metas(root)
    return {
        **seen,
        "title": text(next(root.iter("title"), None)),
        "html_lang": root.get("lang"),
        "body_class": one_line(body.get("class")) if (body := root.find("body")) is not None else None,
        "frameworks": [name for mark, name in FRAMEWORKS.items() if mark.encode() in answer.body],
        "themes": sorted(set(re.findall(r"/wp-content/themes/([\w.-]+)", answer.body.decode("latin-1"))))[:MOST],
        "plugins": sorted(set(re.findall(r"/wp-content/plugins/([\w.-]+)", answer.body.decode("latin-1"))))[:20],
        "json_ld": [kind for node in json_ld(root) for kind in _kinds(node)][:20],
        "metas": {name: declared[name][0][:200] for name in METAS if name in declared},
        "links": list(islice(_relations(root, answer.url), 20)),
        "containers": list(islice(containers(root), MOST)),
        "paths": dict(_paths(root, article)),
        "times": [(time.get("datetime"), text(time)[:60], path_of(time)) for time in islice(root.iter("time"), 5)],
        "images": _images(root, answer.url),
        "link_lines": list(islice(_link_lines(root, answer.url), MOST)),
        "to_originals": list(islice(_to_originals(root, answer.url, paper), MOST)),
        "access": _access(root),
    }


def path_of(element: Element) -> str:
    """An element's place: its tag, id and classes, and those of the nearest above it."""
    above = [ancestor for ancestor in element.iterancestors() if ancestor.tag not in ("html", "body")]
    return " > ".join(["…"] * (len(above) >= STEPS) + [_name(one) for one in [*reversed(above[: STEPS - 1]), element]])


def _name(element: Element) -> str:
    names = [f"#{value}" if name == "id" else "." + ".".join(value.split()[:4])
             for name in ("id", "class") if (value := one_line(element.get(name)))]  # fmt: skip
    itemprop = f"[itemprop={element.get('itemprop')}]" if element.get("itemprop") else ""
    return f"{element.tag!s}{''.join(names)}{itemprop}"


def one_line(words: str | None) -> str:
    """White space folded."""
    return " ".join((words or "").split())


def _kinds(node: dict[str, Any]) -> Iterator[str]:
    kind = node.get("@type")
    yield from (str(one) for one in (kind if isinstance(kind, list) else [kind]) if one)


def _relations(root: Element, url: str) -> Iterator[str]:
    for link in root.iter("link"):
        relation = one_line(link.get("rel"))
        if relation.lower() in RELATIONS:
            said_of_it = (relation, link.get("type"), link.get("hreflang"), absolute(link.get("href"), url))
            yield " ".join(str(word) for word in said_of_it if word)


def leaves(root: Element) -> Iterator[Element]:
    """The elements that hold words and no block: what a page's lines stand in."""
    body = root.find("body")
    walk = etree.iterwalk(root if body is None else body, events=("start",))
    for _, element in walk:
        if element.tag in UNSEEN:
            walk.skip_subtree()
        elif not any(part.tag in BLOCKS for part in element.iterdescendants() if part.tag != "br"):
            yield element
            walk.skip_subtree()


def containers(root: Element) -> Iterator[dict[str, Any]]:
    """The bodies that the shared layers know by name, and those of Arc, wherever they stand on the page."""
    for element in find(root, "//*[@itemprop='articleBody' or @id or @class]"):
        names = {element.get("id") or "", *(element.get("class") or "").split()}
        known = [name for name in NAMES if name in names]
        known += ["itemprop=articleBody"] if "articleBody" in (element.get("itemprop") or "") else []
        known += ["article.article-wrapper"] if element.tag == "article" and "article-wrapper" in names else []
        if known:
            size = {"characters": len(text(element)), "paragraphs": sum(1 for _ in element.iter("p"))}
            yield {"known": known[0], "path": path_of(element), **size}


def _paths(root: Element, article: Article | None) -> Iterator[tuple[str, str]]:
    """Where what was read stands; of a page that was not read, where its words are densest."""
    h1 = next((heading for heading in headings(root, "h1") if text(heading)), None)
    if h1 is not None:
        yield "h1", f"{text(h1)[:80]} at {path_of(h1)}"
    if (dense := densest(root, h1)) is not None:
        yield "densest", path_of(dense)
    if article is None:
        return
    first = next((block.text for block in article.blocks if block.kind == "paragraph" and block.text), None)
    wanted = {"headline": article.headline, "first paragraph": first, "standfirst": article.standfirst,
              "byline": article.byline, "section": article.section, "label": article.label}  # fmt: skip
    lines = [(element, text(element)) for element in leaves(root)]
    top = next((at for at, (element, _) in enumerate(lines) if element is h1), 0)
    for name, words in wanted.items():
        places = [(at, said) for at, (_, said) in enumerate(lines) if words and words[:80] in said]
        if words and places:
            at = min(places, key=lambda place: (len(place[1]) > len(words) + 80, abs(place[0] - top)))[0]
            yield name, path_of(lines[at][0])


def _images(root: Element, url: str) -> dict[str, Any]:
    """How images name their files, and which hosts serve them."""
    images = list(root.iter("img"))
    attributes = Counter(name for image in images for name in IMAGE_SOURCES if image.get(name))
    lazy = Counter(f"loading={image.get('loading')}" for image in images if image.get("loading"))
    data = Counter(name for image in images for name in map(str, image.attrib) if name.startswith("data-"))
    sources = (value for image in images for name in IMAGE_SOURCES if (value := image.get(name)))
    parts = (part.strip().split(" ")[0] for value in sources for part in value.split(", ")[:8])
    hosts = Counter(urlsplit(address).hostname for part in parts if (address := absolute(part, base_of(root, url))))
    return {
        "count": len(images), "attributes": dict(attributes), "lazy": {**lazy, **dict(data.most_common(MOST))},
        "hosts": dict(hosts.most_common(MOST)),
    }  # fmt: skip


def _link_lines(root: Element, url: str) -> Iterator[dict[str, Any]]:
    """Every line that says where the Japanese is: its words, its links, its markup."""
    for element in leaves(root):
        words = text(element)
        speaks = JAPANESE.search(words) and next(element.iter("a"), None) is not None
        if len(words) <= 300 and (speaks or is_link_line(words) or is_widget(words)):
            anchors = [element] if element.tag == "a" else list(element.iter("a"))
            yield {
                "wording": words,
                "hrefs": [(text(anchor), absolute(anchor.get("href"), url)) for anchor in anchors],
                "markup": one_line(etree.tostring(element, method="html", encoding="unicode", with_tail=False))[:400],
                "path": path_of(element),
            }


def _to_originals(root: Element, url: str, paper: Newspaper | None) -> Iterator[tuple[str, str, str]]:
    """The links that lead to the newspaper of the originals: where to, by which words, from where."""
    if paper is None or paper.translates is None:
        return
    for anchor in root.iter("a"):
        link = absolute(anchor.get("href"), url)
        owner = newspaper_for(link) if link else None
        if link and owner is not None and owner.name == paper.translates:
            yield link, text(anchor)[:80], path_of(anchor)


def _access(root: Element) -> dict[str, Any]:
    """What tells free from members' pages, and Arc's own data."""
    story = arc.story(root)
    wrapper = one(root, f"//article[{has_class('article-wrapper')}]")
    free = [node["isAccessibleForFree"] for node in json_ld(root) if "isAccessibleForFree" in node]
    found = {
        "isAccessibleForFree": free[:1],
        "content_code": said(story, "content_restrictions", "content_code"),
        "primary_section": said(story, "taxonomy", "primary_section", "_id"),
        "headlines.basic": said(story, "headlines", "basic"),
        "wrapper": one_line(wrapper.get("class")) if wrapper is not None else None,
        "label above h1": text(one(root, f"//*[{has_class('article-headline-title')}]")) or None,
        "words": sorted(set(_members_words(root)))[:MOST],
    }
    return {name: value for name, value in found.items() if value}


def _members_words(root: Element) -> Iterable[str]:
    return (found[0] for found in MEMBERS.finditer(text(root.find("body"))[:200_000]))
