"""EDITIONS → a history line: the articles of a pair, the editions of each, and what changed from one to the next.

Every place counts code points of that edition's `text`, so that it can be looked up in the article line.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from crawler.models import Access, BlockKind, Line, PairStatus, Record

What = Literal["inserted", "removed", "moved", "reworded", "split", "joined", "spacing"]
Followed = Literal["followed", "not_followed", "together", "follows", "unknown"]
Basis = Literal["sentence", "paragraph", "position", "field"]
Why = Literal["no_later_capture", "no_earlier_capture"]
Words = str | int | bool | None  # instants and days as ISO 8601


class Place(Record):
    """A stretch of an edition's `text`."""

    paragraph: int = Field(ge=0, description="The part of `text` between blank lines, counted from 0.")
    start: int = Field(ge=0, description="Its first code point, counted from 0.")
    end: int = Field(ge=0, description="One past its last code point.")
    text: str = Field(description="What stands there.")


class Spot(Record):
    """A stretch of the other side's `text`, whose words are in its own article line."""

    paragraph: int = Field(ge=0, description="The part of `text` between blank lines, counted from 0.")
    start: int = Field(ge=0, description="Its first code point, counted from 0.")
    end: int = Field(ge=0, description="One past its last code point.")


class Edit(Record):
    """Words or characters that were changed; places are those in the two editions' texts, or in the field's."""

    old_start: int = Field(ge=0, description="Where it begins in the old text.")
    new_start: int = Field(ge=0, description="Where it begins in the new text.")
    removed: str = Field(description="What stood there; empty where something was put in.")
    inserted: str = Field(description="What stands there now; empty where something was taken out.")


class Counterpart(Record):
    """What became of the same thing on the other side of the pair."""

    id: str = Field(description="The other article.")
    status: Followed = Field(description="Whether it followed.")
    basis: Basis | None = Field(
        description="How its place was found: the sentence's alignment, that of its paragraph, or mere position."
    )
    edition: int | None = Field(description="The version of the other article in which the place was looked for.")
    places: tuple[Spot, ...] = Field(description="Its sentences in that version, or its paragraph.")
    version: int | None = Field(description="The version of the other article that changed there.")
    at: AwareDatetime | None = Field(description="When that version was first captured.")
    until: AwareDatetime = Field(description="When the other article was last captured at all.")
    why: Why | None = Field(description="Why it is not known.")


class TextChange(Record):
    """One change of the text. Without its changes, in order, old and new text are the same characters."""

    what: What = Field(description="What was done; `spacing` is white space between sentences, left over by others.")
    moved: bool = Field(default=False, description="Whether it stands elsewhere in the order now, reworded or not.")
    unit: Literal["paragraph", "sentence", "space"] = Field(description="What it was done to: a whole paragraph, …")
    kind: BlockKind | None = Field(default=None, description="The kind of block it stands in.")
    old: Place | None = Field(default=None, description="Where it stood.")
    new: Place | None = Field(default=None, description="Where it stands.")
    edits: tuple[Edit, ...] = Field(default=(), description="Of what was reworded: the changed words, or characters.")
    counterparts: tuple[Counterpart, ...] = Field(default=(), description="What the other side did.")


class FieldChange(Record):
    """A field besides the text, before and after."""

    field: str = Field(description="Its name in the article line; `blocks[3].kind` counts blocks of the new edition.")
    old: Words = Field(description="As it was.")
    new: Words = Field(description="As it is.")
    edits: tuple[Edit, ...] = Field(default=(), description="Of words: what was changed.")
    counterparts: tuple[Counterpart, ...] = Field(default=(), description="Of headline and standfirst: the other side.")


class FigureChange(Record):
    """A figure that came, went, stands elsewhere among the figures, or is captioned otherwise."""

    what: Literal["inserted", "removed", "moved", "changed"] = Field(description="What became of it.")
    old: int | None = Field(description="Its number in the old edition's `blocks`, from 0.")
    new: int | None = Field(description="Its number in the new edition's `blocks`, from 0.")
    image_url: str | None = Field(description="The image, as in the new edition if it is there.")
    caption: str | None = Field(description="The caption, as in the new edition if it is there.")
    fields: tuple[FieldChange, ...] = Field(default=(), description="What is said of it otherwise.")


class Revision(Record):
    """What changed from one edition to the next."""

    from_version: int = Field(ge=1, description="The edition before.")
    to_version: int = Field(ge=2, description="The edition after.")
    after: AwareDatetime = Field(description="When the edition before was last captured: it changed later than that.")
    before: AwareDatetime = Field(description="When the edition after was first captured.")
    fields: tuple[FieldChange, ...] = Field(description="Headline, standfirst, byline, section and the like.")
    figures: tuple[FigureChange, ...] = Field(description="The figures, by their image.")
    text: tuple[TextChange, ...] = Field(description="The text, in the new edition's order.")


class Counts(Record):
    """How large an edition is."""

    paragraphs: int = Field(description="Parts of `text` between blank lines.")
    sentences: int = Field(description="Sentences, by our splitter.")
    words: int = Field(description="Words in Latin letters or digits.")
    characters: int = Field(description="Code points of `text` that are no white space.")
    figures: int = Field(description="Figures, the lead image too.")


class Edition(Record):
    """One version of an article."""

    version: int = Field(ge=1, description="As in the article line.")
    record_id: str = Field(description="WARC-Record-ID of its first capture.")
    captured_at: AwareDatetime = Field(description="When it was first captured.")
    last_captured_at: AwareDatetime = Field(description="When it was last captured; revisits count.")
    captures: int = Field(ge=1, description="How often it was captured.")
    headline: str = Field(description="As in the article line.")
    modified_at: AwareDatetime | None = Field(description="As in the article line.")
    text_digest: str = Field(description="As in the article line.")
    access: Access = Field(description="As in the article line.")
    truncated: bool = Field(description="As in the article line.")
    counts: Counts = Field(description="How large it is.")


class ArticleHistory(Record):
    """One article: its editions, and what changed between them."""

    id: str = Field(description="As in the article line.")
    side: Literal["translation", "original"] | None = Field(description="Which side of a pair it is, if of any.")
    newspaper: str = Field(description="As in the article line.")
    language: str = Field(description="As in the article line.")
    url: str = Field(description="As in the article line, of the latest version.")
    pair: PairStatus | None = Field(description="Of a translation: its pair's status.")
    alignment: str | None = Field(description="Of a translation: the method that aligned the pair's latest versions.")
    editions: tuple[Edition, ...] = Field(description="In order of capture.")
    revisions: tuple[Revision, ...] = Field(description="From each edition to the next.")


class HistoryLine(Line):
    """An article with its counterparts: a translation and its original, or one that stands alone."""

    schema_: Literal["genbun/history/1"] = Field(
        default="genbun/history/1",
        alias="schema",
        description="Which kind of line this is, and which version of its schema.",
    )
    id: str = Field(description="The translation's id, as in the pair line; else that of the only article.")
    articles: tuple[ArticleHistory, ...] = Field(description="The translation first, then its original.")
