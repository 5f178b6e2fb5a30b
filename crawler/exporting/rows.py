"""What a row of an export holds: `articles`, `pairs` and `sentences`. Every schema that is written follows from these.

A row is a line of the collection and more: whose it is, who may read it, and why words of it are not there.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field

from crawler.alignment.records import Span
from crawler.models import Access, ArticleLine, Block, Line, PairLine, PairStatus, Side

#: A row as it goes to a format: values as `json.loads` gives them, fields in the order in which they stand here.
Row = dict[str, Any]
#: Why words of a row were kept back.
Withheld = Literal["members", "no_text"]

KIND: Final = "Which kind of row this is, and which version of its schema."
WITHHELD: Final = "Why words are not here: `members` (exported only by `--members`) or `no_text`; null where they are."


def _as_in(model: type[BaseModel], name: str) -> Any:
    return Field(description=model.model_fields[name].description)


class BlockRow(Block):
    """A block, and where its words stand. Only JSON Lines give the words here, too."""

    start: int | None = Field(description="Its first code point in the article's `text`; null for a figure.")
    end: int | None = Field(description="One past its last code point.")


class ArticleRow(ArticleLine):
    """One version of an article: every field of its line, and why words are not there."""

    schema_: Literal["genbun/article-row/1"] = Field(  # type: ignore[assignment]  # a kind of its own
        default="genbun/article-row/1", alias="schema", description=KIND
    )
    headline: str | None = _as_in(ArticleLine, "headline")  # type: ignore[assignment]  # words may be kept back
    headline_raw: str | None = _as_in(ArticleLine, "headline_raw")  # type: ignore[assignment]
    blocks: tuple[BlockRow, ...] = _as_in(ArticleLine, "blocks")
    text: str | None = _as_in(ArticleLine, "text")  # type: ignore[assignment]
    withheld: Withheld | None = Field(description=WITHHELD)


class SideRow(Side):
    """One side of a pair, with what its article says of rights and text."""

    headline: str | None = _as_in(Side, "headline")  # type: ignore[assignment]  # words may be kept back
    newspaper: str = _as_in(ArticleLine, "newspaper")
    access: Access = _as_in(ArticleLine, "access")
    truncated: bool = _as_in(ArticleLine, "truncated")
    published_on: dt.date | None = _as_in(ArticleLine, "published_on")
    text_digest: str = _as_in(ArticleLine, "text_digest")


class PairRow(PairLine):
    """One translation, with its original or the reason why there is none: every field of its line."""

    schema_: Literal["genbun/pair-row/1"] = Field(  # type: ignore[assignment]  # a kind of its own
        default="genbun/pair-row/1", alias="schema", description=KIND
    )
    translation: SideRow = _as_in(PairLine, "translation")
    original: SideRow | None = _as_in(PairLine, "original")


class SentenceRow(Line):
    """One link of an alignment: sentences of the translation and those of the original that they render.

    An empty side (added, or dropped) has null for its words and places.
    """

    schema_: Literal["genbun/sentence-row/1"] = Field(default="genbun/sentence-row/1", alias="schema", description=KIND)
    pair_id: str = Field(description="The pair, which is the translation's id.")
    number: int = Field(description="1, 2, 3 … in the order of the pair's alignment, those left out counted.")
    shape: str = Field(description="How many sentences render how many: `1-1`, `2-1`; `0-1` was dropped, `1-0` added.")
    p_pair: float = Field(description="How probable it is that the two belong together.")
    p_exact: float = Field(description="How probable it is that just these sentences do, no more, no fewer.")
    warnings: tuple[str, ...] = Field(description="Numbers and names that differ; without text, their kinds alone.")
    translation_text: str | None = Field(description="The translation's sentences.")
    original_text: str | None = Field(description="The original's sentences.")
    withheld: Withheld | None = Field(description=WITHHELD)
    translation_start: int | None = Field(description="Where they begin in the translation's `text`, in code points.")
    translation_end: int | None = Field(description="Where they end.")
    original_start: int | None = Field(description="Where they begin in the original's `text`, in code points.")
    original_end: int | None = Field(description="Where they end.")
    translation_spans: tuple[Span, ...] = Field(description="The places of each sentence of the translation.")
    original_spans: tuple[Span, ...] = Field(description="The places of each sentence of the original.")
    translation_paragraph: int | None = Field(description="The paragraph of the first one, counted from 0.")
    original_paragraph: int | None = Field(description="The paragraph of the first one, counted from 0.")
    method: str = Field(description="The alignment's method.")
    status: PairStatus = Field(description="The pair's status.")
    lag_days: int | None = Field(description="The pair's lag.")
    translation_version: int = Field(description="The translation's version.")
    translation_newspaper: str = Field(description="The translation's newspaper.")
    translation_language: str = Field(description="The translation's language.")
    translation_access: Access = Field(description="Who may read the translation.")
    translation_url: str = Field(description="The translation's address.")
    translation_published_on: dt.date | None = Field(description="The translation's day in Japan.")
    translation_captured_at: AwareDatetime = Field(description="When the translation was captured.")
    translation_record_id: str = Field(description="The WARC record that the translation was read from.")
    translation_text_digest: str = Field(description="Of the translation's `text`, which the places refer to.")
    original_id: str = Field(description="The original's id.")
    original_version: int = Field(description="The original's version.")
    original_newspaper: str = Field(description="The original's newspaper.")
    original_language: str = Field(description="The original's language.")
    original_access: Access = Field(description="Who may read the original.")
    original_url: str = Field(description="The original's address.")
    original_published_on: dt.date | None = Field(description="The original's day in Japan.")
    original_captured_at: AwareDatetime = Field(description="When the original was captured.")
    original_record_id: str = Field(description="The WARC record that the original was read from.")
    original_text_digest: str = Field(description="Of the original's `text`, which the places refer to.")


TABLES: Final[dict[str, type[Line]]] = {"articles": ArticleRow, "pairs": PairRow, "sentences": SentenceRow}
