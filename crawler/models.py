"""What a page becomes: `Article` or `Problem`; what is written: article, problem and pair lines.

All are frozen and strict, take no unknown fields, and hold only aware datetimes. The field descriptions
are the reference: JSON Schema and documentation are generated from them.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from archives.capture import Capture
from crawler.alignment.records import Alignment

Kind = Literal["editorial", "column", "news", "other"]
Access = Literal["free", "members", "unknown"]
TdmReservation = Literal["reserved", "not_reserved", "unclear"]
BlockKind = Literal["paragraph", "heading", "quote", "list", "figure"]
Reason = Literal[
    "not_an_article", "no_body", "challenge", "members_only", "not_html", "undecodable", "disagreement", "failed"
]
PairStatus = Literal["paired", "no_link", "not_captured", "gone", "refused", "restricted", "unreadable"]


class Record(BaseModel):
    """Frozen, strict, no unknown fields; written under the names that DESIGN gives (`schema` is an alias)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_name=True, validate_by_alias=True)

    def line(self) -> str:
        """This record as one JSON line, without its line end: readable Japanese, fields in declared order."""
        return self.model_dump_json(by_alias=True)


class Block(Record):
    """One piece of an article in reading order. A figure has no `text`; the others have nothing else."""

    kind: BlockKind = Field(description="What the piece is.")
    text: str | None = Field(default=None, description="The words of a paragraph, heading, quote or list.")
    image_url: str | None = Field(default=None, description="A figure's image, the original size where the page says.")
    caption: str | None = Field(default=None, description="A figure's caption without its credit.")
    credit: str | None = Field(default=None, description="Who is credited, as printed, without parentheses and ©.")
    alt: str | None = Field(default=None, description="The image's alternative text.")


class Candidate(Record):
    """One link that may lead to the original, with what spoke for it."""

    url: str = Field(description="Where the link leads, canonical form.")
    wording: str | None = Field(description="The words of the line that carries the link.")
    rule: str = Field(description="Which rule found it: `link_line`, `widget`, `link_words`, `body_link` …")


class Original(Record):
    """What a translation says of its original."""

    url: str | None = Field(description="The address the page declares, canonical form; null if it declares none.")
    wording: str | None = Field(description="The words that declare it, also where they carry no link.")
    candidates: tuple[Candidate, ...] = Field(default=(), description="All candidates, best first.")


class Rights(Record):
    """What the page and its response say that machines may do with it: kept, not judged. Null where nothing is said."""

    robots: tuple[str, ...] | None = Field(
        default=None,
        description="Rules for all robots or ours, in lower case: `noarchive`; empty if none is understood.",
    )
    tdm_reservation: TdmReservation | None = Field(
        default=None, description="Whether text and data mining is reserved (W3C TDMRep): 1, 0, or what is neither."
    )
    tdm_policy: str | None = Field(default=None, description="The address of the policy that goes with it.")
    license: str | None = Field(default=None, description="The licence that the article's JSON-LD names.")
    copyright_notice: str | None = Field(default=None, description="The notice in JSON-LD or a meta tag, as printed.")
    unclear: tuple[str, ...] = Field(default=(), description="What was said and not understood, and where.")
    looked_in: tuple[Literal["page", "headers"], ...] = Field(
        default=(), description="Where it was looked for; empty in lines of readers that did not look yet."
    )


class Parser(Record):
    """Which reader read the page, and which signal gave each field."""

    name: str = Field(description="The reader's name.")
    version: int = Field(description="The reader's version.")
    signals: dict[str, str] = Field(description="Field → the signal that gave it, e.g. `headline: json-ld`.")
    fallback: bool = Field(default=False, description="Whether the general extractor had to find the body.")


class Article(Record):
    """What one page says, and nothing about where it was kept."""

    id: str = Field(description="`<newspaper>:<the paper's own id>`, stable across captures.")
    newspaper: str = Field(description="The newspaper's name, as `genbun newspapers` prints it.")
    language: str = Field(description="BCP 47.")
    kind: Kind = Field(description="What kind of article it is.")
    url: str = Field(description="Canonical address.")
    section: str | None = Field(description="The section as the page shows it, its innermost.")
    label: str | None = Field(description="The series label the paper splits off, without its marks: 主張, EDITORIAL.")
    headline: str = Field(min_length=1, description="Without label, site name and control characters; U+3000 kept.")
    headline_raw: str = Field(description="As found.")
    standfirst: str | None = Field(description="The sentence between headline and text, where the paper prints one.")
    byline: str | None = Field(description="People or a board, as printed; null for a mere company name.")
    published_at: AwareDatetime | None = Field(description="The instant with the page's zone; null if only a day.")
    modified_at: AwareDatetime | None = Field(description="When the page says it was last changed.")
    published_on: dt.date | None = Field(description="The day in Japan.")
    blocks: tuple[Block, ...] = Field(description="The article's pieces, in reading order.")
    text: str = Field(description="Paragraphs, headings, quotes and lists, joined by a blank line.")
    text_digest: str = Field(description="`sha1:` and Base32 over `text` in UTF-8.")
    original: Original | None = Field(description="For a translation; null for others.")
    access: Access = Field(description="Whether everyone may read the page whole, members only, or it does not tell.")
    truncated: bool = Field(description="Whether the archived page held less than the whole text.")
    rights: Rights = Field(default=Rights(), description="What page and response say that machines may do with it.")
    parser: Parser = Field(description="Which reader read the page, and by which signals.")


class Problem(Record):
    """Why a page that was expected to be an article is none."""

    newspaper: str | None = Field(description="The newspaper that owns the address; null if none does.")
    url: str = Field(description="The address that was asked.")
    reason: Reason = Field(description="One word for what stood in the way.")
    detail: str = Field(description="The same in more words, for people.")


class Line(Record):
    """What every line begins with."""

    schema_: str = Field(alias="schema", description="Which kind of line this is, and which version of its schema.")


class ArticleLine(Article, Line):
    """One line of `articles.jsonl`: one distinct version of an article, and its capture."""

    schema_: Literal["genbun/article/1"] = Field(
        default="genbun/article/1",
        alias="schema",
        description="Which kind of line this is, and which version of its schema.",
    )
    version: int | None = Field(ge=1, description="1, 2, 3 … in order of capture; computed anew at each rebuild.")
    capture: Capture | None = Field(description="The earliest response record of this version.")


class ProblemLine(Problem, Line):
    """One line of `problems.jsonl`."""

    schema_: Literal["genbun/problem/1"] = Field(
        default="genbun/problem/1",
        alias="schema",
        description="Which kind of line this is, and which version of its schema.",
    )
    capture: Capture | None = Field(description="The captured response, or null where nothing was answered.")


class Side(Record):
    """One side of a pair: the latest version of an article."""

    id: str = Field(description="As in the article line.")
    version: int = Field(description="As in the article line.")
    url: str = Field(description="As in the article line.")
    language: str = Field(description="As in the article line.")
    headline: str = Field(description="As in the article line.")
    published_at: AwareDatetime | None = Field(description="As in the article line.")
    capture: Capture = Field(description="Where this version was read from.")


class RunnerUp(Record):
    """The next best original, where likeness found one."""

    id: str = Field(description="As in the article line.")
    confidence: float = Field(ge=0, le=1, description="How probable it is that it is the one.")


class Evidence(Record):
    """What the pair rests on."""

    method: Literal["link", "canonical", "likeness"] | None = Field(description="How the original was found.")
    wording: str | None = Field(description="The words that declare it.")
    confidence: float = Field(
        ge=0,
        le=1,
        description="How sure the link is, by the rule that found it, or the likeness; 0 without an original.",
    )
    runner_up: RunnerUp | None = Field(default=None, description="For likeness: the next best original.")
    link_status: PairStatus | None = Field(
        default=None, description="What became of the declared address, where the original was found by likeness."
    )
    detail: str | None = Field(default=None, description="What stood in the way, or which redirects were followed.")


class PairLine(Line):
    """One line of `pairs.jsonl`: one translation, with its original or the reason why there is none."""

    schema_: Literal["genbun/pair/1"] = Field(
        default="genbun/pair/1",
        alias="schema",
        description="Which kind of line this is, and which version of its schema.",
    )
    id: str = Field(description="The translation's id.")
    status: PairStatus = Field(description="What became of the original.")
    original_url: str | None = Field(description="The address the translation declares.")
    translation: Side = Field(description="The translation, its latest version.")
    original: Side | None = Field(description="The original, its latest version; null when no article was read there.")
    evidence: Evidence = Field(description="What the pair rests on.")
    lag_days: int | None = Field(description="Days in Japan from the original to the translation.")
    alignment: Alignment | None = Field(
        default=None, description="Which sentence renders which; null where the two were not, or cannot be, aligned."
    )
    not_aligned: str | None = Field(
        default=None, description="Why two texts cannot be aligned; null where they are, or nobody has tried."
    )
