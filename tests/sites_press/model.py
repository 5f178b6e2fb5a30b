"""What the press is made of: photographs, link lines, originals, editorials, posts. Plain values, no markup."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal

JST = timezone(timedelta(hours=9))
FORWARD, CDN, SANKEI, BARE = "japan-forward.com", "cdn.japan-forward.com", "www.sankei.com", "sankei.com"

Layout = Literal["classic2017", "classic2018", "zox2020", "zox", "gutenberg", "blocks", "hashed_ld", "hashed_og"]
Spelling = Literal["plain", "http", "bare", "http_bare", "noise", "theme", "noslash", "japanese", "none"]
Place = Literal["end", "top", "after_author", "widget"]
Answer = Literal["page", "moved", "gone404", "gone410", "forbidden", "error", "listing", "soft404", "preview"]
Status = Literal["paired", "no_link", "not_captured", "gone", "refused", "restricted", "unreadable"]


@dataclass(frozen=True)
class Photo:
    """A photograph of an English page. `printed` is the credit as it stands there, `credit` what is to be read."""

    where: Literal["lead", "body"]
    printed: str
    credit: str | None
    alt: str = ""
    file: str = ""
    cdn: bool = False
    open: str = ""  # why the evidence does not settle how the credit is read


@dataclass(frozen=True)
class Shot:
    """A photograph of a Japanese page; `tail` follows the caption and holds the credit as printed there."""

    where: Literal["lead", "body"]
    tail: str
    credit: str | None
    empty: bool = False
    open: str = ""


@dataclass(frozen=True)
class Link:
    """A line leading to the original: [[ ]] stands round the words that carry the address."""

    wording: str
    spelling: Spelling
    place: Place = "end"
    wrap: str = "<p>{}</p>"

    @property
    def text(self) -> str:
        return self.wording.replace("[[", "").replace("]]", "")


@dataclass(frozen=True)
class Original:
    """A 主張 of the Sankei and how its address answers today. `form` is that of the address the translation names."""

    day: date
    form: Literal["arc", "old", "print"] = "arc"
    number: int = 1
    answer: Answer = "page"
    style: Literal["brackets", "angles", "angles_split", "entities"] = "brackets"
    pages: int = 1
    heading: bool = False
    shots: tuple[Shot, ...] = ()


@dataclass(frozen=True)
class Editorial:
    """One translation on JAPAN Forward: topic, time (Japan), look, and what is peculiar to it (`traits`)."""

    topic: str
    at: datetime
    layout: Layout
    section: str
    length: int
    status: Status
    kicker: str = "EDITORIAL | "
    links: tuple[Link, ...] = ()
    original: Original | None = None
    photos: tuple[Photo, ...] = ()
    traits: frozenset[str] = frozenset()
    slug: str = ""
    modified: datetime | None = None
    cites: tuple[str, ...] = ()  # sentences with [[words|key of others.toml]], put into the body
    open: str = ""  # why the evidence does not settle the pair's status
    also: tuple[Status, ...] = ()  # other statuses a right reader may give then


def arc_id(name: str) -> str:
    """26 characters of base 32, as Arc's ids are, from a name."""
    return base64.b32encode(hashlib.sha256(f"sites-press/{name}".encode()).digest()).decode()[:26]


def arc_path(day: date, name: str) -> str:
    return f"/article/{day:%Y%m%d}-{arc_id(name)}/"


def old_path(original: Original, page: int = 1) -> str:
    stem = f"clm{original.day:%y%m%d}{original.number:04d}"
    if original.form == "print":
        return f"/column/print/{original.day:%y%m%d}/{stem}-c.html"
    return f"/column/news/{original.day:%y%m%d}/{stem}-n{page}.html"
