"""The words of the press: every editorial in `words/`, one TOML file each, all of it invented.

A text is blocks parted by blank lines: `## ` begins a heading, `> ` a quote, `- ` a list of lines, and
`!! scene picture | alt | caption | credit` is a figure; one that comes before all words is the lead image.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

MARKS = {"## ": "heading", "> ": "quote", "- ": "list"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of a text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: which picture, of which scene, and the words that go with it. `single`: in one width only."""

    scene: str
    name: str
    alt: str
    caption: str
    credit: str
    single: bool = False


@dataclass(frozen=True, slots=True)
class Writing:
    """One language's side: what is printed. `seen` is how many paragraphs a reader who is no member may see."""

    headline: str
    published: dt.datetime
    modified: dt.datetime
    pieces: tuple[Piece | Picture, ...]
    standfirst: str = ""
    seen: int | None = None

    @property
    def lead(self) -> Picture | None:
        """The lead image."""
        first = self.pieces[0] if self.pieces else None
        return first if isinstance(first, Picture) else None

    @property
    def body(self) -> tuple[Piece | Picture, ...]:
        """Everything but the lead image, as far as it is shown."""
        shown = self.pieces[1:] if self.lead else self.pieces
        return shown if self.seen is None else shown[: self.seen]

    @property
    def first_words(self) -> str:
        """The first paragraph."""
        return next(piece.text for piece in self.pieces if isinstance(piece, Piece))


@dataclass(frozen=True, slots=True)
class Editorial:
    """An editorial and its original. `case` is what is peculiar about it: pair, moved, dead, no_link …

    `article_id` is the 26 characters by which the Shimbun knows the original.
    """

    key: str
    case: str
    slug: str
    section: str
    english: Writing | None
    japanese: Writing | None
    wording: str = ""
    widget: bool = False
    cites: str | None = None
    article_id: str = ""

    @property
    def is_editorial(self) -> bool:
        """Whether it is one at all: a feature is not."""
        return not self.case.startswith("feature")

    @property
    def number(self) -> int:
        """The number by which WordPress knows the post."""
        return 1000 + int.from_bytes(hashlib.sha256(self.slug.encode()).digest()[:2], "big")


@lru_cache(maxsize=2)
def editorials(edition: int = 1) -> tuple[Editorial, ...]:
    """Everything the two newspapers print, in the order of its files; in edition 2 with what was edited."""
    folder = resources.files("crawler.press") / "words"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(
        _editorial(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8")), edition) for file in files
    )


def _editorial(key: str, words: dict[str, Any], edition: int) -> Editorial:
    sides = {side: _writing(words[side]) for side in ("english", "japanese") if side in words}
    if edition > 1 and (edit := words.get("edit")):
        sides[edit["side"]] = _edited(sides[edit["side"]], edit)
    printed = words.get("english", {})
    return Editorial(
        key=key,
        case=words["case"],
        slug=words["slug"],
        section=words["section"],
        english=sides.get("english"),
        japanese=sides.get("japanese"),
        wording=printed.get("wording", ""),
        widget=printed.get("widget", False),
        cites=printed.get("cites"),
        article_id=base64.b32encode(hashlib.sha256(key.encode()).digest())[:26].decode(),
    )


def _writing(words: dict[str, Any]) -> Writing:
    return Writing(
        headline=words["headline"],
        standfirst=words.get("standfirst", ""),
        published=words["published"],
        modified=words.get("modified", words["published"]),
        pieces=tuple(_piece(block) for block in words["text"].strip().split("\n\n")),
        seen=words.get("seen"),
    )


def _piece(block: str) -> Piece | Picture:
    if block.startswith("!! "):
        which, alt, caption, credit = (part.strip() for part in block[3:].split("|"))
        scene, name = which.split()
        return Picture(scene, name, alt, caption, credit)
    kind = MARKS.get(block[: block.find(" ") + 1], "paragraph")
    mark = "" if kind == "paragraph" else block[: block.find(" ") + 1]
    return Piece(kind, "\n".join(line.removeprefix(mark) for line in block.split("\n")))


def _edited(writing: Writing, edit: dict[str, Any]) -> Writing:
    """The second edition's text: another headline, and one paragraph put in another's place."""
    pieces = tuple(
        replace(piece, text=edit["new"]) if isinstance(piece, Piece) and piece.text == edit["old"] else piece
        for piece in writing.pieces
    )
    return replace(writing, headline=edit["headline"], modified=edit["modified"], pieces=pieces)
