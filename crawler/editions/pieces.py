"""AN ARTICLE LINE → paragraphs and sentences of its `text`, with their places. The only use of a splitter here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from crawler.alignment.sentences import split
from crawler.editions.records import Counts, Place
from crawler.editions.tokens import WORD
from crawler.models import Article, BlockKind

#: No article has so many; in a text that does, several count as one.
MOST_SENTENCES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and the sentences of it by their numbers: from `first` up to `last`, that one left out."""

    start: int
    end: int
    paragraph: int
    text: str
    first: int
    last: int

    @property
    def place(self) -> Place:
        """As lines carry it."""
        return Place(paragraph=self.paragraph, start=self.start, end=self.end, text=self.text)


@dataclass(frozen=True, slots=True)
class Pieces:
    """One edition's text in pieces, and the kind of the block that each paragraph stands in, where that is known."""

    text: str
    sentences: Sequence[Piece]
    paragraphs: Sequence[Piece]
    kinds: Sequence[BlockKind]

    @property
    def beginnings(self) -> set[int]:
        """The sentences that begin a paragraph, by number."""
        return {paragraph.first for paragraph in self.paragraphs}

    def kind(self, paragraph: int) -> BlockKind | None:
        """The kind of a paragraph's block."""
        return self.kinds[paragraph] if paragraph < len(self.kinds) else None


def pieces_of(article: Article) -> Pieces:
    """An article in pieces. Paragraphs reach from their first sentence to their last."""
    found = split(article.text, article.language.partition("-")[0])
    step = -(-len(found) // MOST_SENTENCES) or 1
    sentences = [
        Piece(one.start, last.end, one.paragraph, article.text[one.start : last.end], at, at + 1)
        for at, (one, last) in enumerate(zip(found[::step], [*found[step - 1 :: step], *found[-1:]], strict=False))
    ]
    paragraphs = []
    for number, members in groupby(sentences, lambda sentence: sentence.paragraph):
        held = list(members)
        start, end = held[0].start, held[-1].end
        paragraphs.append(Piece(start, end, number, article.text[start:end], held[0].first, held[-1].last))
    kinds = [block.kind for block in article.blocks if block.kind != "figure" and block.text]
    return Pieces(article.text, sentences, paragraphs, kinds if len(kinds) == len(paragraphs) else ())


def counts_of(article: Article, pieces: Pieces) -> Counts:
    """How large an edition is."""
    return Counts(
        paragraphs=len(pieces.paragraphs),
        sentences=len(pieces.sentences),
        words=sum(1 for _ in WORD.finditer(article.text)),
        characters=sum(len(run) for run in article.text.split()),
        figures=sum(1 for block in article.blocks if block.kind == "figure"),
    )
