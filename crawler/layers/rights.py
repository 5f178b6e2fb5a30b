"""PAGE → what it and its response say of rights: rules for robots, the TDM reservation, licence and copyright notice.

Read by `parse_page`, for every newspaper alike. What is said is kept and not judged: whether a use is allowed depends
on the use and on the law. `/.well-known/tdmrep.json` is no part of a page, and is not captured.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from lxml.etree import _Element as Element

from crawler.html import absolute, canonical_link, json_ld, metas, said
from crawler.layers.page import Page
from crawler.models import Rights, TdmReservation
from crawler.text import fold

#: The name that a newspaper may address us by, as in robots.txt; what is addressed to other robots is not for us.
OURS: Final = "genbun"
#: W3C TDMRep, Final Community Group Report of 2024: other values are errors of the protocol, and count as unset.
RESERVATIONS: Final[dict[str, TdmReservation]] = {"1": "reserved", "0": "not_reserved"}
#: What has a value after its colon; before any other colon in a header stands the name of a robot.
VALUED: Final = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
#: What is meant where several rules stand with blanks in the place of commas.
PLAIN: Final = frozenset({"all", "none", "index", "noindex", "follow", "nofollow", "noarchive", "nocache", "nosnippet"})
RULE: Final = re.compile(r"[a-z][a-z0-9_-]{1,39}")
HEADERS: Final = frozenset({"x-robots-tag", "tdm-reservation", "tdm-policy"})
NOTICES: Final = ("copyright", "dc.rights", "dcterms.rights")
IN_DATA: Final = ("license", "copyrightNotice")
LONGEST: Final = 2_000  # characters of a statement: a robots meta has 80
KEPT: Final = 300  # characters of a notice, and of what was not understood
MOST: Final = 50  # rules, and statements that were not understood

Headers = Iterable[tuple[str, str]]


class Said(NamedTuple):
    """One statement, and whether a meta tag or a header makes it."""

    place: str
    words: str


def rights_of(root: Element, url: str, headers: Headers | None, signals: dict[str, str]) -> Rights:
    """What a page says of rights and, where the headers of its response are given, what they say. Its `signals` are
    told by what each thing was said."""
    told, sent, unclear = metas(root), _sent(headers), _Unclear()

    def statements(name: str, header: str = "") -> list[Said]:
        found = [Said("meta", words) for words in told.get(name, ())]
        return found + [Said("header", words) for words in sent.get(header, ())]

    robots = [*statements("robots", "x-robots-tag"), *statements(OURS)]
    if robots:
        signals["robots"] = "+".join(dict.fromkeys(one.place for one in robots))
    licence, notice = _licence(root, url, told, signals)
    return Rights(
        robots=_rules(robots, unclear) if robots else None,
        tdm_reservation=_reservation(statements("tdm-reservation", "tdm-reservation"), unclear, signals),
        tdm_policy=_policy(statements("tdm-policy", "tdm-policy"), url, unclear),
        license=licence,
        copyright_notice=notice,
        unclear=unclear.all(),
        looked_in=("page",) if headers is None else ("page", "headers"),
    )


class _Unclear:
    """What was said and not understood."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._more = 0

    def add(self, one: Said, name: str, words: str) -> None:
        """Note it, cut to what is kept; of a great many only how many more there were."""
        if len(self._found) < MOST:
            self._found.append(f"{one.place} {name}: {words[:KEPT]}")
        else:
            self._more += 1

    def all(self) -> tuple[str, ...]:
        """All of it."""
        return (*self._found, *([f"and {self._more:,} more"] if self._more else ()))


def _sent(headers: Headers | None) -> dict[str, list[str]]:
    """The headers that speak of rights, by name in lower case."""
    sent: dict[str, list[str]] = {}
    for name, value in headers or ():
        if (name := name.lower()) in HEADERS and (words := fold(value)):
            sent.setdefault(name, []).append(words)
    return sent


# robots -------------------------------------------------------------------------------------------


def _rules(statements: Sequence[Said], unclear: _Unclear) -> tuple[str, ...]:
    """The rules for all robots and for us, in lower case, each once."""
    found: dict[str, None] = {}
    for one in statements:
        if len(one.words) > LONGEST:
            unclear.add(one, "robots", f"{len(one.words):,} characters, more than are read")
            continue
        for rule in _rules_in(one, unclear):
            if rule not in found and len(found) == MOST:
                unclear.add(one, "robots", rule)
            else:
                found[rule] = None
    return tuple(found)


def _rules_in(one: Said, unclear: _Unclear) -> Iterator[str]:
    """`noindex, max-snippet: 20`; in a header also `googlebot: nofollow`, which goes on to the next robot's name."""
    robot = OURS
    for piece in _pieces(one.words.lower()):
        name, colon, value = (part.strip() for part in piece.partition(":"))
        if colon and one.place == "header" and name not in VALUED and RULE.fullmatch(name):
            robot, piece, name, colon, value = name, value, value, "", ""
        if robot != OURS:
            continue
        if RULE.fullmatch(name) and bool(value) == bool(colon):
            yield f"{name}:{value}" if value else name
        elif PLAIN.issuperset(words := piece.split()):
            yield from words
        else:
            unclear.add(one, "robots", piece)


def _pieces(words: str) -> list[str]:
    """What stands between commas; a date after `unavailable_after:` may hold one."""
    pieces: list[str] = []
    for piece in filter(None, map(str.strip, words.split(","))):
        if pieces and piece[0].isdigit() and pieces[-1].startswith("unavailable_after"):
            pieces[-1] += f", {piece}"
        else:
            pieces.append(piece)
    return pieces


# text and data mining -----------------------------------------------------------------------------


def _reservation(statements: Sequence[Said], unclear: _Unclear, signals: dict[str, str]) -> TdmReservation | None:
    """The page's own, which supersedes that of the header (TDMRep, Processing priority). What contradicts itself in
    one place is unclear, and so is what nobody understands where nothing else is said."""
    for place in ("meta", "header"):
        here = [one for one in statements if one.place == place]
        for one in here:
            if one.words not in RESERVATIONS:
                unclear.add(one, "tdm-reservation", one.words)
        values = {RESERVATIONS[one.words] for one in here if one.words in RESERVATIONS}
        if values:
            signals["tdm_reservation"] = place
        if len(values) > 1:
            unclear.add(here[0], "tdm-reservation", " and ".join(dict.fromkeys(one.words for one in here)))
            return "unclear"
        if values:
            return values.pop()
    return "unclear" if statements else None


def _policy(statements: Sequence[Said], url: str, unclear: _Unclear) -> str | None:
    """The first address of a policy, the page's before the header's."""
    for one in statements:
        address = absolute(one.words, url) if " " not in one.words and len(one.words) <= LONGEST else None
        if address:
            return address
        unclear.add(one, "tdm-policy", one.words)
    return None


# licence and notice -------------------------------------------------------------------------------


def _licence(root: Element, url: str, told: dict[str, list[str]],
             signals: dict[str, str]) -> tuple[str | None, str | None]:  # fmt: skip
    """The licence that the article's JSON-LD names, and the copyright notice there or in a meta tag."""
    nodes, article = json_ld(root), {}
    if any(name in node for node in nodes for name in IN_DATA):
        article = Page(url, root, nodes, told, canonical_link(root, url)).article
    licence, notice = _named(article.get("license")), said(article, "copyrightNotice")
    if licence:
        signals["license"] = "json-ld"
    if notice:
        signals["copyright_notice"] = "json-ld"
    elif name := next((name for name in NOTICES if name in told), None):
        notice, signals["copyright_notice"] = told[name][0], "meta"
    return licence and licence[:LONGEST], notice and notice[:KEPT]


def _named(value: Any) -> str | None:
    """An address or words, given plainly or as a CreativeWork."""
    return said(value) or said(value, "url") or said(value, "@id") or said(value, "name")
