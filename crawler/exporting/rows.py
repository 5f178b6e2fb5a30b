"""What a row of an export holds: `articles`, `pairs`, `sentences` and `history`. Every schema that is written follows
from these.

A row is a line of the collection and more: whose it is, who may read it, what its page says of rights, and why words of
it are not there.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field

from crawler.alignment.records import SentenceLink, Span
from crawler.editions.records import Counterpart, Edit, Followed
from crawler.models import (
    Access,
    ArticleLine,
    Block,
    BlockKind,
    Line,
    PairLine,
    PairStatus,
    Rights,
    Side,
    TdmReservation,
)

#: A row as it goes to a format: values as `json.loads` gives them, fields in the order in which they stand here.
Row = dict[str, Any]
#: Why words of a row were kept back.
Withheld = Literal["members", "no_text"]
#: What a change was made to, the blocks that sentences stand in, and what was done.
Unit = Literal["paragraph", "sentence", "space", "field", "figure"]
WordsKind = Literal["paragraph", "heading", "quote", "list"]
Done = Literal["inserted", "removed", "moved", "reworded", "split", "joined", "spacing", "changed"]

KIND: Final = "Which kind of row this is, and which version of its schema."
WITHHELD: Final = "Why words are not here: `members` (exported only by `--members`) or `no_text`; null where they are."


def _as_in(model: type[BaseModel], name: str) -> Any:
    return Field(description=model.model_fields[name].description)


def _newer(description: str | None) -> Any:
    """A field that rows written before it do not have: the schema of the same number takes those, too."""
    return Field(default=None, description=description)


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
    robots: tuple[str, ...] | None = _newer(Rights.model_fields["robots"].description)
    tdm_reservation: TdmReservation | None = _newer(Rights.model_fields["tdm_reservation"].description)
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
    p_pair: float = _as_in(SentenceLink, "p_pair")
    p_exact: float = _as_in(SentenceLink, "p_exact")
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
    translation_kind: WordsKind | None = _newer("The kind of block that the first one stands in; null without one.")
    original_kind: WordsKind | None = _newer("The kind of block that the first one stands in; null without one.")
    method: str = Field(description="The alignment's method.")
    status: PairStatus = Field(description="The pair's status.")
    lag_days: int | None = Field(description="The pair's lag.")
    translation_version: int = Field(description="The translation's version.")
    translation_newspaper: str = Field(description="The translation's newspaper.")
    translation_language: str = Field(description="The translation's language.")
    translation_access: Access = Field(description="Who may read the translation.")
    translation_robots: tuple[str, ...] | None = _newer("The translation's rules for robots.")
    translation_tdm_reservation: TdmReservation | None = _newer("Whether the translation's page reserves mining.")
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
    original_robots: tuple[str, ...] | None = _newer("The original's rules for robots.")
    original_tdm_reservation: TdmReservation | None = _newer("Whether the original's page reserves mining.")
    original_url: str = Field(description="The original's address.")
    original_published_on: dt.date | None = Field(description="The original's day in Japan.")
    original_captured_at: AwareDatetime = Field(description="When the original was captured.")
    original_record_id: str = Field(description="The WARC record that the original was read from.")
    original_text_digest: str = Field(description="Of the original's `text`, which the places refer to.")


class HistoryRow(Line):
    """One change from an edition of an article to the next, on either side of a pair.

    All changes of a text in their order, `space` included, make the new text of the old one.
    """

    schema_: Literal["genbun/history-row/1"] = Field(default="genbun/history-row/1", alias="schema", description=KIND)
    article_id: str = Field(description="The article.")
    number: int = Field(description="1, 2, 3 … through all of the article's changes, those left out counted.")
    side: Literal["translation", "original"] | None = Field(description="Which side of a pair it is, if of any.")
    pair_id: str | None = Field(description="Of a translation: its pair, which has the same id.")
    newspaper: str = _as_in(ArticleLine, "newspaper")
    language: str = _as_in(ArticleLine, "language")
    url: str = Field(description="The article's address, of the latest version.")
    from_version: int = Field(description="The edition before.")
    to_version: int = Field(description="The edition after.")
    changed_after: AwareDatetime = Field(description="The last capture of the edition before: it changed later.")
    changed_before: AwareDatetime = Field(description="The first capture of the edition after.")
    unit: Unit = Field(description="What was changed: a whole paragraph, a sentence, white space, a field, a figure.")
    what: Done = Field(description="What was done; `changed` of fields, `spacing` of white space left over by others.")
    moved: bool = Field(description="Whether it stands elsewhere in the order now, reworded or not.")
    kind: BlockKind | None = Field(description="The kind of block it stands in.")
    field: str | None = Field(description="Of a field, or of a figure's: its name in the article line.")
    old_text: str | None = Field(description="What it was; of a figure that came, went or moved, its image.")
    new_text: str | None = Field(description="What it is.")
    withheld: Withheld | None = Field(description=WITHHELD)
    old_paragraph: int | None = Field(description="The paragraph where it stood, counted from 0.")
    old_start: int | None = Field(description="Where it began in the old edition's `text`, in code points.")
    old_end: int | None = Field(description="Where it ended.")
    new_paragraph: int | None = Field(description="The paragraph where it stands, counted from 0.")
    new_start: int | None = Field(description="Where it begins in the new edition's `text`, in code points.")
    new_end: int | None = Field(description="Where it ends.")
    old_block: int | None = Field(description="Of a figure: its number in the old edition's `blocks`, from 0.")
    new_block: int | None = Field(description="Of a figure: its number in the new edition's `blocks`, from 0.")
    edits: tuple[Edit, ...] = Field(description="Of what was reworded: the changed words, or characters.")
    followed: Followed | None = Field(description="What the other side did; of several others, the first.")
    counterparts: tuple[Counterpart, ...] = Field(description="What each other side did, and how that is known.")
    from_access: Access = Field(description="Who may read the edition before.")
    from_captured_at: AwareDatetime = Field(description="When the edition before was first captured.")
    from_record_id: str = Field(description="The WARC record that it was read from.")
    from_text_digest: str = Field(description="Of its `text`, which the old places refer to.")
    to_access: Access = Field(description="Who may read the edition after.")
    to_captured_at: AwareDatetime = Field(description="When the edition after was first captured.")
    to_record_id: str = Field(description="The WARC record that it was read from.")
    to_text_digest: str = Field(description="Of its `text`, which the new places refer to.")
    robots: tuple[str, ...] | None = Field(description="The rules for robots of the edition after.")
    tdm_reservation: TdmReservation | None = Field(description="Whether the page of the edition after reserves mining.")


TABLES: Final[dict[str, type[Line]]] = {
    "articles": ArticleRow,
    "pairs": PairRow,
    "sentences": SentenceRow,
    "history": HistoryRow,
}
