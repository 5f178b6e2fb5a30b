"""A CAPTURED PAGE → the same bytes with the addresses in it led to the archive, and nowhere else.

The page is not parsed and written again: only the values of attributes that hold addresses are exchanged, so that what
is shown is what was captured. What this misses stays an address of the live web, and the page's policy forbids those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import Final, NamedTuple

from crawler.addresses import resolve

#: An address as the page has it, made absolute → what takes its place.
Lead = Callable[[str], str]

_START: Final = re.compile(r"<!--|<(?P<tag>[a-z][^\s/>]*+)", re.IGNORECASE)
#: What follows a tag's name, to its end: a quote counts where a value begins, as for browsers. Time is linear.
_REST: Final = re.compile(r"(?:[^>\"'=]++|=\s*+\"[^\"]*+\"|=\s*+'[^']*+'|=|[\"'])*+>")
_CLOSING: Final = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in ("script", "style")}
_ATTRIBUTE: Final = re.compile(
    r"(?P<before>[\s/\"'])(?P<name>[a-z][a-z0-9:_-]*+)\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s>\"']++))",
    re.IGNORECASE,
)
_CSS: Final = re.compile(
    r"""(?P<url>url\(\s*+)(?:"(?P<a>[^"\n]*+)"|'(?P<b>[^'\n]*+)'|(?P<c>[^"'()\s]++))\s*+\)"""
    r"""|(?P<import>@import\s++)(?:"(?P<d>[^"\n]*+)"|'(?P<e>[^'\n]*+)')""",
    re.IGNORECASE,
)
_ADDRESSES: Final = frozenset(
    {"src", "href", "poster", "background", "data", "action", "formaction", "cite", "longdesc"}
)
_SETS: Final = frozenset({"srcset", "imagesrcset"})
#: Where scripts would have put an image, it is put: they are off.
_LAZY: Final = {"data-src": "src", "data-lazy-src": "src", "data-original": "src", "data-srcset": "srcset",
                "data-lazy-srcset": "srcset"}  # fmt: skip
_DROPPED: Final = frozenset({"integrity", "nonce", "crossorigin", "ping", "http-equiv"})
_CANDIDATE: Final = re.compile(r",(?=\s)|(?<=[0-9][wxh]),")
_KEPT: Final = ("data:", "#", "javascript:", "mailto:", "tel:", "about:", "blob:")


def rewritten_html(page: str, url: str, lead: Lead) -> str:
    """A page whose addresses lead where `lead` says.

    `<base>` is heeded and taken out, so are `http-equiv` and what would run at an event; scripts are made plain text.
    """
    base, out = url, list[str]()
    for piece in _pieces(page):
        if piece.tag == "base":
            said = next((one for one in _ATTRIBUTE.finditer(piece.attributes) if one["name"].lower() == "href"), None)
            base = (resolve(url, _value(said)) or base) if said else base
        elif piece.tag == "script":  # of two types the first counts: it is no script now
            out.append(f'<{piece.name} type="text/plain"{piece.attributes}>{piece.content}')
        elif piece.tag == "style":
            out.append(f"<{piece.name}{piece.attributes}>{rewritten_css(piece.content, base, lead)}")
        elif piece.tag:
            out.append(f"<{piece.name}{_attributes(piece.tag, piece.attributes, base, lead)}>")
        else:
            out.append(piece.content)
    return "".join(out)


def scripts_of(page: str, url: str) -> list[str]:
    """The addresses of a page's scripts, which `rewritten_html` passes by."""
    tags = (piece.attributes for piece in _pieces(page) if piece.tag == "script")
    said = (one for tag in tags for one in _ATTRIBUTE.finditer(tag) if one["name"].lower() == "src")
    return [address for one in said if (address := resolve(url, _value(one)))]


class _Piece(NamedTuple):
    """A start tag (of `script` and `style` with what stands in it), or words between tags."""

    content: str
    name: str = ""
    attributes: str = ""

    @property
    def tag(self) -> str:
        return self.name.lower()


def _pieces(page: str) -> Iterator[_Piece]:
    """A page from beginning to end. A tag that never ends is words, as is all behind it: no browser shows it."""
    at = 0
    while found := _START.search(page, at):
        yield _Piece(page[at : found.start()])
        if found["tag"] is None:
            end = page.find("-->", found.end())
            at = len(page) if end < 0 else end + 3
            yield _Piece(page[found.start() : at])
            continue
        rest = _REST.match(page, found.end())
        if rest is None:
            at = found.start()
            break
        at, content = rest.end(), ""
        if closing := _CLOSING.get(found["tag"].lower()):
            closed = closing.search(page, at)
            content, at = page[at : closed.start() if closed else len(page)], closed.start() if closed else len(page)
        yield _Piece(content, found["tag"], page[found.end() : rest.end() - 1])
    yield _Piece(page[at:])


def rewritten_css(css: str, url: str, lead: Lead) -> str:
    """A style sheet whose `url(…)` and `@import` lead where `lead` says."""

    def place(found: re.Match[str]) -> str:
        said = next(value for name in "abcde" if (value := found[name]) is not None)
        if said.lower().startswith(_KEPT):
            return found[0]
        absolute = resolve(url, said)
        to = _quoted(lead(absolute)) if absolute else '"about:invalid"'
        return f"{found['url']}{to})" if found["url"] else f"{found['import']}{to}"

    return _CSS.sub(place, css)


def _attributes(tag: str, attributes: str, base: str, lead: Lead) -> str:
    names = (
        {found["name"].lower() for found in _ATTRIBUTE.finditer(attributes)} if "data-" in attributes.lower() else set()
    )

    def attribute(found: re.Match[str]) -> str:
        name = found["name"].lower()
        if name in _DROPPED or name.startswith("on"):
            return found["before"]
        if (real := _LAZY.get(name)) and tag in ("img", "source") and name in names:
            return f'{found["before"]}{real}="{_led(real, _value(found), base, lead)}"'
        if name in ("src", "srcset") and any(_LAZY.get(one) == name for one in names) and tag in ("img", "source"):
            return found["before"]  # a blank image, until a script puts the real one
        if name in _ADDRESSES or name in _SETS:
            return f'{found["before"]}{found["name"]}="{_led(name, _value(found), base, lead)}"'
        if name == "style" and "url(" in found[0].lower():
            return f'{found["before"]}style="{escape(rewritten_css(_value(found), base, lead))}"'
        return found[0]

    return _ATTRIBUTE.sub(attribute, attributes)


def _led(name: str, value: str, base: str, lead: Lead) -> str:
    if name in _SETS:
        parts = [part.split(None, 1) for part in _CANDIDATE.split(value) if part.split()]
        return escape(", ".join(" ".join([_one(part[0].rstrip(","), base, lead), *part[1:]]) for part in parts))
    return escape(_one(value, base, lead))


def _one(value: str, base: str, lead: Lead) -> str:
    value = value.strip()
    if value.lower().startswith(_KEPT):
        return "" if value.lower().startswith("javascript:") else value
    absolute = resolve(base, value)
    return lead(absolute) if absolute else ""


def _value(found: re.Match[str]) -> str:
    for name in ("double", "single", "bare"):
        if found[name] is not None:
            return unescape(found[name])
    return ""


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "%5C").replace('"', "%22").replace("\n", "") + '"'
