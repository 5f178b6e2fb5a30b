"""The file that a new newspaper begins with: whole, formatted, and honest about what it cannot know."""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import accumulate
from urllib.parse import urlsplit

from crawler.checking.clues import Clues

WIDTH = 120
LONGEST_TITLE = 36  # columns
LONGEST_LABEL = 24
LONGEST_ADDRESS = 80
HOST = re.compile(r"[a-z0-9.-]{4,60}")
LABELS = {"ja": "社説", "en": "EDITORIAL"}

HEAD = '''"""{title}: a beginning. Guesses say so; say here what is peculiar to the paper."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.dates import day_in_japan
from crawler.errors import ParseError
from crawler.layers import declared, fallback{japanese}
from crawler.layers.page import Page
from crawler.layers.post import read_post
from crawler.layers.shell import is_error, is_listing, refuse
from crawler.models import Article, Parser
from crawler.newspapers.newspaper import Found, Listings, Newspaper
from crawler.text import Headline, digest_of, {split_headline}text_of

VERSION = 1
HOST = {host}
ORIGIN = f"https://{{HOST}}"
SITE_NAMES = ({title_literal},)  # what its titles end with
EDITORIAL_LABELS = ({label},)  # {label_note}
COMPANY = re.compile(re.escape(SITE_NAMES[0]), re.IGNORECASE)  # publishers are no authors


def canonical(url: str) -> str:
    """The one spelling of an address: https, this host, no query. Two spellings that do not meet here are two pages."""
    return f"{{ORIGIN}}{{urlsplit(url).path or '/'}}"


def is_editorial(found: Found) -> bool | None:
    """By its label; a listing line without a title leaves it to the page."""
    if not found.title:
        return None
    return split(found.title).label in EDITORIAL_LABELS


{split}


def parse_article(body: bytes, url: str) -> Article:
    """The article on one page, or `ParseError`."""
    raise ParseError(url, "not_an_article", "{name} is not written yet: fill in parse_article")


'''

DRAFT = '''def draft(body: bytes, url: str) -> Article:
    """What the shared layers read on a page. Make it `parse_article`: keep each line that is true of this paper,
    replace each that is not, and write `None` with a comment where the paper prints no such thing."""
    page = Page.read(body, url)
    if is_error(page.root) or is_listing(page.root):
        refuse(page.root)
    titles = declared.titles(page)
    post = read_post(page, list(titles.values()))
    if post is None:
        refuse(page.root)
    head, raw = declared.headline(page, post, titles, SITE_NAMES)
    head = head if head.label else split(head.text)
    published, text = declared.published(page), text_of(post.blocks)
    return Article(
        # the paper's own id, which outlives headlines and addresses
        id=f"{name}:{{urlsplit(url).path.strip('/')}}",
        newspaper="{name}",
        language="{language}",
        kind="editorial" if head.label in EDITORIAL_LABELS else "other",
        url=canonical(url),
        section=declared.section(page, post),
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=post.standfirst,
        byline=declared.byline(page, post, COMPANY),
        published_at=published,
        modified_at=declared.modified(page),
        published_on=day_in_japan(published) if published else declared.published_day(page),
        blocks=post.blocks,
        text=text,
        text_digest=digest_of(text),
        original=None,  # of a translation: what its link line declares (see japan_forward.py)
        access="unknown",
        truncated=False,
        parser=Parser(
            name="{name}",
            version=VERSION,
            signals=page.signals,
            fallback=fallback.gave_body(page.signals),
        ),
    )


NEWSPAPER = Newspaper(
    name="{name}",
    title={title_literal},
    language="{language}",
    hosts=(HOST,),  # whose pages may be fetched, the main host first{asset_hosts}
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    version=VERSION,
    listings={listings},
)
'''


SPLIT = '''def split(words: str) -> Headline:
    """A headline apart from its label."""
    return split_headline(words, SITE_NAMES)'''

SPLIT_JAPANESE = '''def split(words: str) -> Headline:
    """A headline apart from its label, however that is marked: 【社説】, （社説）, 社説：, 社説 and a wide blank."""
    head = japanese.split(words, SITE_NAMES)
    label, _, rest = head.text.partition("\\u3000")
    return Headline(rest, label) if head.label is None and rest and label in EDITORIAL_LABELS else head'''


def source_of(name: str, url: str, clues: Clues) -> str:
    """The text of `crawler/newspapers/NAME.py`."""
    host = urlsplit(url).hostname or ""
    title = _cut(_plain(clues.title or name.replace("_", " ").title()), LONGEST_TITLE) or name
    found = _cut(_plain(clues.label or ""), LONGEST_LABEL)
    is_japanese = clues.language == "ja"
    values = {
        "name": name,
        "japanese": ", japanese" if is_japanese else "",
        "split_headline": "" if is_japanese else "split_headline, ",
        "split": SPLIT_JAPANESE if is_japanese else SPLIT,
        "title": title,
        "title_literal": _literal(title),
        "host": _literal(host),
        "label": _literal(found or LABELS.get(clues.language, LABELS["en"])),
        "label_note": "as the first page has it" if found else "a guess: what its editorials' headlines begin with",
        "language": clues.language if re.fullmatch(r"[a-z]{2,3}", clues.language) else "en",
        "asset_hosts": _asset_hosts(clues.asset_hosts),
        "listings": _listings(host, clues),
    }
    return HEAD.format(**values) + _seen(clues) + DRAFT.format(**values)


def _seen(clues: Clues) -> str:
    """What the first page says of itself, as comments."""
    lines = [f"json-ld: {', '.join(clues.types)}"] if clues.types else []
    lines += [*clues.declared, *(f"text: {place}" for place in clues.containers)]
    if not lines:
        return ""
    said = (f"#   {_cut(_plain(line), WIDTH - 4)}" for line in lines)
    return "\n".join(("# What the first page says of itself, signal by signal:", *said, "", "", ""))


def _listings(host: str, clues: Clues) -> str:
    """Where it lists its articles: what the page names, and what WordPress has. Sitemaps are in robots.txt, too."""
    rows = []
    if clues.wordpress:
        rows.append('sitemaps=(f"{ORIGIN}/wp-sitemap.xml",),  # as WordPress has it, a guess')
    rows += [f"feeds=({_address(feed, host)},),  # the page names it" for feed in clues.feeds[:1] if _is_short(feed)]
    rows += [f"rest={_address(rest, host)},  # the page names it" for rest in [clues.rest] if rest and _is_short(rest)]
    return "Listings(\n" + "".join(f"        {row}\n" for row in rows) + "    )" if rows else "Listings()"


def _is_short(url: str) -> bool:
    return len(url) <= LONGEST_ADDRESS


def _address(url: str, host: str) -> str:
    """An address as the file writes it: from ORIGIN where it lies there."""
    plain, origin = _plain(url), f"https://{host}/"
    if plain.startswith(origin) and not set(plain) & set("{}"):
        return f'f"{{ORIGIN}}/{plain.removeprefix(origin)}"'
    return _literal(plain)


def _asset_hosts(hosts: tuple[str, ...]) -> str:
    host = next((host for host in hosts if HOST.fullmatch(host)), None)
    return f"\n    asset_hosts=({_literal(host)},),  # its images come from there" if host else ""


def _plain(words: str) -> str:
    """Words that may stand in a comment, a docstring and a string: printable, without quotes and backslashes."""
    return re.sub(" +", " ", "".join(char if char.isprintable() and char not in '"\\' else " " for char in words))


def _cut(words: str, columns: int) -> str:
    """As much of it as fits into so many columns; Japanese takes two."""
    kept = [char for char, at in zip(words, accumulate(map(_columns, words)), strict=True) if at <= columns]
    return "".join(kept).strip()


def _columns(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def _literal(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
