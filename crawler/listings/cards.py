"""What `archive.py` holds of a listing page while it walks it: cards, and the pieces of page they grow in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from crawler.listings.moments import Moment

Rank = Literal[0, 1, 2]
WEAK: Rank = 0
WORDS: Rank = 1
HEADED: Rank = 2


@dataclass(slots=True)
class Card:
    """What is known of one article so far; `rank` says how good its title is, `order` where it stood first."""

    url: str
    key: str
    rank: Rank
    order: int
    title: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    author: str | None = None

    def take(self, other: Card | Loose) -> None:
        """Fill what is missing here from what stands beside; a better title brings its own spelling of the address."""
        if isinstance(other, Card):
            self.order = min(self.order, other.order)
            if other.rank > self.rank or (self.title is None and other.title):
                self.url, self.rank, self.title = other.url, other.rank, other.title
        self.published = self.published or other.published
        self.modified = self.modified or other.modified
        self.author = self.author or other.author


@dataclass(slots=True)
class Loose:
    """What stands in a piece of the page outside every card of it."""

    heading: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    author: str | None = None

    def take(self, other: Loose) -> None:
        self.heading = self.heading or other.heading
        self.published = self.published or other.published
        self.modified = self.modified or other.modified
        self.author = self.author or other.author


@dataclass(slots=True)
class Piece:
    """An element while it is walked: the one card that may still grow, and what is loose.

    `divided` is the best rank at which this piece holds several articles, or one that is complete: from there on
    nothing in it belongs to a card of that rank or below.
    """

    card: Card | None = None
    loose: Loose = field(default_factory=Loose)
    divided: int = -1
