"""Feeds: RSS 2.0 (https://www.rssboard.org/rss-specification), RSS 1.0 (RDF) and Atom (RFC 4287).

Dublin Core gives dates and authors (https://web.resource.org/rss/1.0/modules/dc/), FeedBurner the address behind its
own, RFC 5005 the next page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from crawler.addresses import resolve
from crawler.listings.elements import ENTRY_LIMIT, Entry, Value, entries
from crawler.listings.moments import read_moment
from crawler.listings.titles import plain
from crawler.newspapers.newspaper import Found, Listed, More

_NAMES = frozenset({"item", "entry"})
_FIELD_NAMES = "title link origlink guid pubdate date published issued created updated modified creator author"
_FIELDS = frozenset(
    {(entry, field) for entry in _NAMES for field in _FIELD_NAMES.split()}
    | {("author", "name"), ("feed", "link"), ("channel", "link")}
)
_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);")
_MAILBOX = re.compile(r"[^\s@()]+@[^\s@()]+\s*(?:\((?P<name>[^()]*)\))?")


def read_feed(body: bytes, url: str) -> Listed:
    """The entries of a feed, in order, at most `ENTRY_LIMIT`, and its next page where it names one (`rel=next`)."""
    lines: list[Found] = []
    more: list[More] = []
    for entry in islice(entries(body, _NAMES, _FIELDS), ENTRY_LIMIT):
        if entry.name == "":
            more = [More(address, "feed") for address in _linked(entry, url, "next") if address != resolve(url, "")]
        elif address := _address(entry, url):
            lines.append(_line(entry, address, url))
    return Listed(tuple(lines), tuple(more[:1]))


def link_text(text: str | None) -> str:
    """A link as it was meant: `&amp;` left after XML was read stands for `&` (CDATA, escaped twice, or our repair)."""
    return _AMPERSAND.sub("&", text or "")


def _line(entry: Entry, address: str, url: str) -> Found:
    return Found(
        url=address,
        way="feed",
        listing=url,
        title=plain(entry.text("title")),
        author=_author(entry),
        published=read_moment(entry.text("published", "pubdate", "date", "issued", "created")),
        modified=read_moment(entry.text("updated", "modified")),
    )


def _address(entry: Entry, url: str) -> str | None:
    """The page an entry stands for: FeedBurner's original, the link, or a guid that is a permalink."""
    direct = [value for name in ("origlink", "link") for value in entry.values.get(name, ()) if value.text.strip()]
    guids = [v for v in entry.values.get("guid", ()) if v.attributes.get("isPermaLink", "true").lower() == "true"]
    written = (_resolved(value, value.text, url) for value in direct)
    permanent = (_resolved(guid, guid.text, url) for guid in guids if guid.text.lstrip().startswith("http"))
    return next((a for source in (written, _linked(entry, url, "alternate"), permanent) for a in source if a), None)


def _linked(entry: Entry, url: str, relation: str) -> Iterator[str]:
    """Atom's links of one relation, pages before other media; no relation means `alternate` (RFC 4287, 4.2.7.2)."""
    links = [v for v in entry.values.get("link", ()) if v.attributes.get("rel", "alternate").lower() == relation]
    for value in sorted(links, key=lambda v: "html" not in v.attributes.get("type", "html")):
        address = _resolved(value, value.attributes.get("href", ""), url)
        if address:
            yield address


def _resolved(value: Value, link: str, url: str) -> str | None:
    """The address of a link; an `xml:base` around it counts (RFC 4287, 2)."""
    if not link.strip():
        return None
    for base in value.bases:
        url = resolve(url, base) or url
    return resolve(url, link_text(link))


def _author(entry: Entry) -> str | None:
    """Who wrote it: Dublin Core's creators, Atom's author names, or the name beside RSS's mail address."""
    values = entry.values.get("creator") or entry.values.get("name") or entry.values.get("author") or []
    names = dict.fromkeys(name for value in values if (name := plain(_MAILBOX.sub(_name_beside, value.text[:500]))))
    return ", ".join(names) or None


def _name_beside(mailbox: re.Match[str]) -> str:
    return mailbox["name"] or ""
