"""Alignments as the collection's own lines have them: looked at, some made again, and else believed.

To align every pair anew would take a hundred times as long as all the rest. So each alignment is held against its two
texts (every sentence in one link, in order, within the text), and of some it is checked that they are what their method
gives: the first few, and then one in `EVERY`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import BinaryIO, Final

from pydantic import ValidationError

from archives.bounded import lines_of, value_of
from archives.verify.finding import Findings
from crawler.aligning import Outcome, Texts, aligned, method_now
from crawler.alignment.records import Alignment, Span

FIRST: Final = 3
EVERY: Final = 50
FILE: Final = "records/pairs.jsonl"


class GivenAlignments:
    """What `pairs.jsonl` holds, for fresh lines to be made with."""

    def __init__(self, stream: BinaryIO | None, findings: Findings) -> None:
        self._findings = findings
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute(
            "CREATE TABLE given (pair TEXT PRIMARY KEY, offset INTEGER, alignment TEXT, why_not TEXT) WITHOUT ROWID"
        )
        self._db.executemany("INSERT OR IGNORE INTO given VALUES (?,?,?,?)", _given(stream) if stream else ())
        self._checked = self._absent = self._other = self._unfounded = 0

    def of(self, asked: Iterable[Texts | None]) -> Iterator[Outcome]:
        """The alignment that each pair's line has, if it is one; what is wrong with it is a finding."""
        for texts in asked:
            yield self._of(texts) if texts is not None else None
        if self._absent:
            said = f"{self._absent:,} pairs are not aligned; `genbun rebuild` aligns them"
            self._findings.add(FILE, 0, "alignment_absent", "note", said)
        if self._other:
            said = f"{self._other:,} alignments were made by another method, so none of them was made again"
            self._findings.add(FILE, 0, "alignment_method", "note", said)
        if self._unfounded:
            said = f"{self._unfounded:,} pairs are not aligned for no reason known here; `genbun rebuild` tries again"
            self._findings.add(FILE, 0, "alignment_reason", "note", said)
        self._db.close()

    def _of(self, texts: Texts) -> Outcome:
        row = self._db.execute(
            "SELECT offset, alignment, why_not FROM given WHERE pair = ?", (json.dumps(texts.pair),)
        ).fetchone()
        if row is None:
            return None
        offset, text, why_not = row
        if text == "null":
            return self._why_not(texts, json.loads(why_not))
        try:
            alignment = Alignment.model_validate_json(text)
        except ValidationError as error:
            self._say(offset, texts, f"is none: {error.errors()[0]['msg']}")
            return None
        if wrong := _wrong(alignment, texts):
            self._say(offset, texts, wrong)
        elif self._is_made_again(texts):
            self._check(offset, texts, alignment)
        return alignment

    def _why_not(self, texts: Texts, why_not: object) -> Outcome:
        """What a line without an alignment gives for a reason: cheap to find anew, so each one is."""
        if why_not is None:
            self._absent += 1
            return None
        self._unfounded += why_not != aligned(texts)
        return str(why_not)

    def _is_made_again(self, texts: Texts) -> bool:
        self._checked += 1
        return self._checked <= FIRST or sha256(texts.pair.encode("utf-8", "replace")).digest()[0] % EVERY == 0

    def _check(self, offset: int, texts: Texts, alignment: Alignment) -> None:
        if alignment.method != method_now():
            self._other += 1
        elif aligned(texts) != alignment.model_dump_json():
            self._say(offset, texts, "is not what its method gives for these two texts")

    def _say(self, offset: int, texts: Texts, what: str) -> None:
        self._findings.add(FILE, offset, "alignment", "error", f"{texts.pair}: the alignment {what}")


def _given(stream: BinaryIO) -> Iterator[tuple[str, int, str, str]]:
    """Each line's pair, offset, alignment, and why there is none; what is no such line is found elsewhere."""
    stream.seek(0)
    offset = 0
    for line in lines_of(stream):
        try:
            parsed = value_of(line)
            given = (parsed["id"], parsed["alignment"], parsed.get("not_aligned"))
            yield json.dumps(given[0]), offset, json.dumps(given[1]), json.dumps(given[2])  # SQLite takes no half pair
        except (ValueError, KeyError, TypeError):
            pass
        offset += len(line)


def _wrong(alignment: Alignment, texts: Texts) -> str:
    """What an alignment says that cannot be of these two texts; empty if nothing."""
    sides = (
        ("translation", texts.translation, [span for link in alignment.sentences for span in link.translation]),
        ("original", texts.original, [span for link in alignment.sentences for span in link.original]),
    )
    for name, text, spans in sides:
        if not _in_order(spans, len(text)):
            return f"has sentences of the {name} out of order, or beyond its {len(text):,} characters"
        if any(
            not text[one.end : other.start].isspace() and one.end != other.start for one, other in _steps(spans, text)
        ):
            return f"leaves words of the {name} out"
    for name, text in (("translation", texts.translation), ("original", texts.original)):
        numbers = [number for link in alignment.paragraphs for number in getattr(link, name)]
        if any(not 0 <= number < text.count("\n\n") + 1 for number in numbers):
            return f"names paragraphs that the {name} does not have"
    return ""


def _in_order(spans: Sequence[Span], length: int) -> bool:
    end = 0
    for span in spans:
        if not end <= span.start < span.end <= length:
            return False
        end = span.end
    return True


def _steps(spans: Sequence[Span], text: str) -> Iterator[tuple[Span, Span]]:
    """Neighbours, the text's own edges among them."""
    edges = [Span(start=0, end=0), *spans, Span(start=len(text), end=len(text))]
    yield from pairwise(edges)
