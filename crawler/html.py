"""PAGE → tree: from bytes to decoded text, an lxml tree, and the few things every reader asks of it.

lxml finds, Beautiful Soup tidies: `document` gives the tree of the whole page, `crawler.soup` a small tree of the
article alone. Trees are shared by whoever reads the same page, so nobody changes them. Pages are hostile input: nothing
here recurses with the depth of a page, and everything takes time in proportion to its length.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import lru_cache
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.etree import _Element as Element

from crawler.errors import ParseError
from crawler.text import fold

# What a page may call its charset, and what it then really is: Shift_JIS is always read as cp932 (Windows' superset),
# Latin-1 as cp1252; a UTF-16 page that could be searched for this very word is none.
CHARSETS = {
    "cp932": "shift_jis shift-jis sjis x-sjis windows-31j cp932 ms932 ms_kanji",
    "euc_jp": "euc-jp eucjp x-euc-jp euc_jp",
    "iso2022_jp": "iso-2022-jp csiso2022jp",
    "utf-8": "utf-8 utf8 utf-16 utf-16le utf-16be unicode",
    "cp1252": "iso-8859-1 latin1 latin-1 us-ascii ascii windows-1252 cp1252",
}
CODEC_OF = {name: codec for codec, names in CHARSETS.items() for name in names.split()}
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DECLARED = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
# More than any newspaper's page has (200 KB, 3,000 tags, 20 attributes): a tree takes 300 bytes a tag, and libxml2 goes
# through all attributes of a tag for each further one. Only pages that could hold seconds' worth are searched for them.
MAX_PAGE = 4 * 1024 * 1024
MAX_TAGS = 64 * 1024
MAX_JSON = 2 * 1024 * 1024
SEARCHED = len("<a>") * MAX_TAGS
_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+"""
TAG = re.compile(rb"<[a-zA-Z][^\s/>]*+(?:" + _ATTRIBUTE + rb")*+")
MANY_ATTRIBUTES = re.compile(rb"<[a-zA-Z][^\s/>]*+(?:" + _ATTRIBUTE + rb"){5000}")
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
CONTROL_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f") + b"\x7f"
UNSEEN = frozenset(
    "script style noscript template head iframe object embed svg math canvas audio video form "  # noqa: SIM905  # shorter
    "button input select textarea rt rp nav dialog".split()
)
BLOCKS = frozenset(
    "address article aside blockquote br caption dd div dl dt fieldset figcaption figure footer "  # noqa: SIM905  # as above
    "h1 h2 h3 h4 h5 h6 header hr li main ol option p pre section table tbody td tfoot th thead tr ul".split()
)


# bytes → text → tree ------------------------------------------------------------------------------


def decode(body: bytes) -> str:
    """The page's text: by BOM, then as strict UTF-8 whatever it declares, then as declared, then by likeness.

    UTF-8 comes before the declared charset because pages that declare Shift_JIS and are UTF-8 exist, and the other
    way round cannot pass by accident. Raises `ParseError` ("undecodable") where nothing sensible comes out.
    """
    if _is_marked(body):
        bom, codec = next((mark for mark in BOMS if body.startswith(mark[0])), (b"", "iso2022_jp"))
        return body[len(bom) :].decode(codec, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_other(body)


def _is_marked(body: bytes) -> bool:
    """Whether a BOM says what the bytes are, or the escapes of ISO-2022-JP do, which would pass as UTF-8."""
    return body.startswith(tuple(bom for bom, _ in BOMS)) or (b"\x1b" in body and b"\x1b$" in body and body.isascii())


def _decode_other(body: bytes) -> str:
    declared = DECLARED.search(body[:16384])
    codec = CODEC_OF.get(declared[1].decode("ascii").lower()) if declared else None
    candidates = [codec] if codec and codec != "cp1252" else []
    for name in [*candidates, "utf-8"]:
        if (text := _nearly(body, name)) is not None:
            return text
    likely = _likely_codec(body) or codec
    if likely is None:
        raise ParseError("", "undecodable", f"{len(body)} bytes that are text in no charset we know")
    return body.decode(likely, "replace")


def _nearly(body: bytes, codec: str) -> str | None:
    """`body` in that charset if at most one character in 500 of the foreign ones is broken, else None."""
    text = body.decode(codec, "replace")
    foreign = sum(1 for _ in re.finditer(r"[^\x00-\x7f]", text))
    return text if text.count("\ufffd") * 500 <= foreign + 499 else None


def _likely_codec(body: bytes) -> str | None:
    """Japanese pages by their kana, which no wrong charset gives; anything else by charset-normalizer."""
    foreign = b"\n".join(piece for piece in re.split(rb"[<>\n]", body) if not piece.isascii())[:65536]
    for codec in ("cp932", "euc_jp"):
        text = foreign.decode(codec, "replace")
        others = sum(1 for char in text if char > "\x7f")
        if sum(1 for char in text if "\u3041" <= char <= "\u30ff") * 4 > others > text.count("\ufffd") * 50:
            return codec
    for codec in ("euc_jp", "cp932"):  # hardly any kana: an English page's dashes and quotes, every one of two bytes
        text = foreign.decode(codec, "replace")
        if not re.search("[\ufffd\uff61-\uff9f]", text):
            return codec
    from charset_normalizer import from_bytes  # slow to import, and hardly ever needed

    best = from_bytes(foreign).best()
    if best is None or best.encoding.startswith("utf_") or b"\0" in foreign:
        return None
    return best.encoding


_last: list[tuple[bytes, Element]] = []


def document(body: bytes) -> Element:
    """The page's tree; look, don't touch: the last two are kept, so that links and article are read from the same.

    Raises `ParseError`: "not_html" where there is no tag, "failed" where tags nest so deep that the rest is lost, or
    where the page would cost more time or memory than one may.
    """
    for known, root in _last:
        if known is body or known == body:
            return root
    _refuse_excess(len(body), MAX_PAGE, "bytes")
    root = _read(body)
    _last.insert(0, (body, root))
    del _last[2:]
    return root


def fragment(markup: str) -> Element:
    """The tree of a piece of HTML from within a page's data."""
    return _tree(f"<div>{markup}</div>".encode("utf-8", "replace"))[0]


def _read(body: bytes) -> Element:
    """The tree of a page in whatever charset. As UTF-8 first, out of its own bytes: libxml2 says where they are none,
    so that a page it has nothing to say against needs no look of ours (3 % of all reading)."""
    if not _is_marked(body):
        root, is_clean = _tree(body)
        if is_clean:
            return root
        with suppress(UnicodeDecodeError):
            body.decode()
            return root
    return _tree(decode(body).encode("utf-8", "replace"))[0]


def _tree(page: bytes) -> tuple[Element, bool]:
    """The tree of a page in UTF-8, and whether libxml2 found no error in it, control characters not among its bytes."""
    if b"<" not in page:
        raise ParseError("", "not_html", f"{len(page)} bytes without a tag")
    if len(page) > SEARCHED:
        _refuse_excess(page.count(b"<"), MAX_TAGS, "tags")
        long = (tag.start() for tag in TAG.finditer(page) if tag.end() - tag.start() >= 10_000)  # 2 bytes an attribute
        if any(MANY_ATTRIBUTES.match(page, start) for start in long):
            raise ParseError("", "failed", "a tag of 5,000 attributes or more")
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    cleaned = page.translate(None, CONTROL_BYTES)
    root = etree.fromstring(cleaned, parser)
    if root is None:
        raise ParseError("", "not_html", f"{len(page)} bytes that make no page")
    errors = parser.error_log
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in errors):
        raise ParseError("", "failed", "tags nest deeper than the parser follows, so that the rest of the page is lost")
    return root, not errors and len(cleaned) == len(page)


def _refuse_excess(count: int, limit: int, of: str) -> None:
    if count > limit:
        raise ParseError("", "failed", f"{count:,} {of}, more than the {limit:,} that are read of one page")


# what a page declares -----------------------------------------------------------------------------


@lru_cache(maxsize=1)  # a page is asked by its reader, and then for rights; see `forget_declared`
def json_ld(root: Element) -> list[dict[str, Any]]:
    """All JSON-LD nodes in order, arrays and @graph laid flat. What is broken beyond an easy repair is left out."""
    nodes: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            _flatten(read_json(script.text or ""), nodes)
    return nodes


def _flatten(value: Any, nodes: list[dict[str, Any]]) -> None:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            nodes.append(value)
            waiting.extend(value[key] for key in ("mainEntity", "@graph") if isinstance(value.get(key), dict | list))


def read_json(text: str) -> Any:
    """The first JSON value in `text`, or None; comment marks, raw line ends and trailing commas are forgiven.

    None, too, for more text than `MAX_JSON`: as objects it would take fifty times as much memory.
    """
    if len(text) > MAX_JSON:
        return None
    text = text.replace("<![CDATA[", "", 1)
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    if start < 0:
        return None
    decoder = json.JSONDecoder(strict=False)
    for attempt in (text, None):
        try:
            return decoder.raw_decode(attempt or re.sub(r",\s*([}\]])", r"\1", text), start)[0]
        except (ValueError, RecursionError):
            continue
    return None


def node_of_type(nodes: list[dict[str, Any]], *types: str) -> dict[str, Any] | None:
    """The first JSON-LD node of one of these types, the types in order of preference."""
    for wanted in types:
        for node in nodes:
            kind = node.get("@type")
            if wanted == kind or (isinstance(kind, list) and wanted in kind):
                return node
    return None


def said(value: Any, *path: str) -> str | None:
    """The words at a path of keys in a JSON value (lists: their first), entities undone, or None."""
    for key in (*path, None):
        if isinstance(value, list):
            value = value[0] if value else None
        if key is not None:
            value = value.get(key) if isinstance(value, dict) else None
    return fold(unescape(value)) or None if isinstance(value, str) else None


@lru_cache(maxsize=1)
def metas(root: Element) -> dict[str, list[str]]:
    """Every meta tag's content by its name, property or itemprop, in lower case."""
    found: dict[str, list[str]] = {}
    for tag in root.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        if name and (content := fold(tag.get("content") or "")):
            found.setdefault(name.strip().lower(), []).append(content)
    return found


def forget_declared() -> None:
    """Let go of what the last page declared: as objects it may take a hundred times the room that it took there."""
    json_ld.cache_clear()
    metas.cache_clear()


def meta(root: Element, *names: str) -> str | None:
    """The first meta tag of one of these names (given in lower case, in order of preference)."""
    found = metas(root)
    return next((found[name][0] for name in names if name in found), None)


def absolute(href: str | None, base: str) -> str | None:
    """An http(s) address made whole, without its fragment; or None."""
    try:
        url = urljoin(base, (href or "").strip())
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        return CONTROLS.sub("", url.partition("#")[0])
    except ValueError:  # `http://[` and the like
        return None


def base_of(root: Element, url: str) -> str:
    """What the page's relative addresses are relative to."""
    base = root.find(".//base[@href]")
    return absolute(base.get("href"), url) or url if base is not None else url


def canonical_link(root: Element, url: str) -> str | None:
    """The address that the page's `rel=canonical` gives."""
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return absolute(link.get("href"), url)
    return None


def links(root: Element, url: str) -> list[str]:
    """Where the page's anchors lead: absolute, in order, each once."""
    base = base_of(root, url)
    found = (absolute(anchor.get("href"), base) for anchor in root.iter("a") if anchor.get("href"))
    return list(dict.fromkeys(link for link in found if link))


# finding, words -----------------------------------------------------------------------------------


def has_class(*names: str) -> str:
    """An XPath condition: the element has one of these classes. Asks first for the letters, which most have not."""
    spaced = "concat(' ', normalize-space(@class), ' ')"
    return "(" + " or ".join(f"contains(@class, '{name}') and contains({spaced}, ' {name} ')" for name in names) + ")"


def find(root: Element, xpath: str) -> list[Element]:
    """The elements an XPath finds, in the page's order."""
    found = _compiled(xpath)(root)
    return [item for item in found if isinstance(item, Element)] if isinstance(found, list) else []


@lru_cache(maxsize=256)
def _compiled(xpath: str) -> etree.XPath:
    return etree.XPath(xpath)


def one(root: Element, xpath: str) -> Element | None:
    """The first element an XPath finds, or None."""
    return next(iter(find(root, xpath)), None)


def by_class(root: Element, *names: str, tags: Collection[str] = ("*",)) -> list[tuple[Element, frozenset[str]]]:
    """The elements of any of these classes within `root`, it among them, in order, each with those it has.

    For several classes of a small part: an XPath for each goes through every element anew, and takes as long as this.
    """
    wanted, found = frozenset(names), []
    for element in root.iter(*tags):
        given = element.get("class")
        if given and (classes := wanted.intersection(given.split())):
            found.append((element, classes))
    return found


def headings(root: Element, *names: str) -> Iterator[Element]:
    """The headings of these names, in order, but those within one another: so all their words are read but once."""
    walk = etree.iterwalk(root, events=("start",), tag=names)
    for _, heading in walk:
        yield heading
        walk.skip_subtree()


def text(element: Element | None) -> str:
    """An element's words: white space folded, lines joined, readings of ruby and what is not shown left out."""
    if element is None:
        return ""
    return fold("".join(_pieces(element)))


def _pieces(element: Element) -> Iterator[str]:
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        name = node.tag
        if event == "start" and name in UNSEEN and node is not element:
            walk.skip_subtree()
        elif event == "start":
            yield "\n" if name in BLOCKS else ""
            yield node.text or ""
        else:
            yield "\n" if name in BLOCKS else ""
            yield node.tail or "" if node is not element else ""


def paragraphs(element: Element, without: Collection[Element] = ()) -> list[list[str]]:
    """An element's lines in groups: blocks and two `<br>` part paragraphs, one `<br>` only lines.

    `without`: subtrees left out. For words alone; where their links matter, `crawler.soup.passages` gives both.
    """
    found: list[list[str]] = [[]]
    for line in "".join(_lined(element, without)).split("\n"):
        if folded := fold(line):
            found[-1].append(folded)
        elif found[-1]:
            found.append([])
    return [lines for lines in found if lines]


def _lined(element: Element, without: Collection[Element]) -> Iterator[str]:
    """The pieces of an element's words, with line ends only where they are meant."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        name = node.tag
        edge = "\n\n" if name in BLOCKS and name != "br" else ""
        words = node.tail if event == "end" else node.text
        if event == "start":
            if name in UNSEEN or node in without:
                walk.skip_subtree()
                continue
            yield "\n" if name == "br" else edge
        elif node is element:
            return
        else:
            yield edge
        if words:
            yield words.replace("\n", " ")
