"""ALIGNMENT → what a pair line carries: the names are contract (DESIGN 3)."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

#: What a link's confidences mean, wherever they are written.
P_PAIR: Final = (
    "Of a link with both sides: how probable it is that the two belong together. Of one with a single side: that what "
    "stands there is alone. To three decimals."
)
P_EXACT: Final = (
    "Of a link with both sides: how probable it is that just these sentences do, no more, no fewer. Of one with a "
    "single side: as `p_pair`."
)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Span(_Record):
    """A sentence in an article's `text`."""

    start: int = Field(ge=0, description="Its first code point, counted from 0.")
    end: int = Field(ge=0, description="One past its last code point.")


class SentenceLink(_Record):
    """Sentences of the translation and the sentences of the original they render. An empty side: added, or dropped."""

    translation: tuple[Span, ...] = Field(description="Sentences of the translation, in order.")
    original: tuple[Span, ...] = Field(description="Sentences of the original, in order.")
    p_pair: float = Field(ge=0, le=1, description=P_PAIR)
    p_exact: float = Field(ge=0, le=1, description=P_EXACT)
    warnings: tuple[str, ...] = Field(
        default=(), description="Numbers and names that differ, translation / original: a translator's choices."
    )


class ParagraphLink(_Record):
    """Paragraphs that render each other, by number; they follow from the sentences."""

    translation: tuple[int, ...] = Field(description="Parts of the translation's `text` between blank lines, from 0.")
    original: tuple[int, ...] = Field(description="Parts of the original's `text` between blank lines, from 0.")
    p_pair: float = Field(
        ge=0, le=1, description="The mean of its sentences', by length: that they belong together, or are alone."
    )


class Alignment(_Record):
    """Which sentence renders which. Every sentence of both sides is in one link, in order."""

    method: str = Field(description="The method, its version, its weights and its lexicon: alike, results are alike.")
    sentences: tuple[SentenceLink, ...] = Field(description="The sentences' links, in order.")
    paragraphs: tuple[ParagraphLink, ...] = Field(description="The paragraphs' links, in order.")
