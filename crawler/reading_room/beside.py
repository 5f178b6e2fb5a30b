"""A PAIR → rows of a page: paragraphs that render each other side by side, in them the sentences with their links."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crawler.alignment.sentences import paragraphs

SIDES: Final = ("translation", "original")
MOST_BYTES: Final = 36_000  # of text on a page; what is longer goes on on the next
LONGEST: Final = 12_000  # code points of one paragraph that are shown

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a paragraph. `link` is the number of the sentence's link, None for white space between sentences."""

    text: str
    link: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What is said of sentences that render each other: how sure, and what differs. `alone`: one side is empty."""

    number: int
    p_pair: float
    p_exact: float
    warnings: Sequence[str]
    alone: bool

    @property
    def level(self) -> int:
        """From 0, sure, to 3: how quiet the page may be about it."""
        return 3 if self.alone else sum(self.p_pair < bound for bound in (0.95, 0.8, 0.5))


@dataclass(slots=True)
class Part:
    """A paragraph in runs, or a figure (then `figure` is its block). `cut` are code points not shown."""

    kind: str
    number: int = 0
    runs: list[Run] = field(default_factory=list)
    figure: Line | None = None
    cut: int = 0
    size: int = 0


@dataclass(slots=True)
class Row:
    """What stands side by side. `sure`: how probable it is that these paragraphs belong together, if that is known."""

    translation: list[Part] = field(default_factory=list)
    original: list[Part] = field(default_factory=list)
    sure: float | None = None

    @property
    def plates(self) -> bool:
        """Whether it holds figures alone."""
        return all(part.kind == "figure" for part in (*self.translation, *self.original))

    @property
    def size(self) -> int:
        """Bytes of its text."""
        return sum(part.size for side in (self.translation, self.original) for part in side)


@dataclass(slots=True)
class Beside:
    """All rows of a pair, or of one article (which then is the `translation`), in pages."""

    pages: list[list[Row]]
    links: dict[int, Link]


def rows_of(translation: Line, original: Line | None = None, alignment: Line | None = None) -> Beside:
    """Two article lines as rows; without an alignment in one long row, each side for itself."""
    links = {
        number: _link(number, one) for number, one in enumerate((alignment or {}).get("sentences", ()), 1)
    }  # fmt: skip
    sides = [
        _parts(line, _spans(alignment, side)) if line else []
        for side, line in zip(SIDES, (translation, original), strict=True)
    ]
    plates = Row(_lead_figures(sides[0]), _lead_figures(sides[1]))
    if original is None or not alignment:
        rows = [Row(sides[0], sides[1])]
    else:
        rows = _aligned(sides[0], sides[1], alignment["paragraphs"])
    rows = [row for row in (plates, *rows) if row.translation or row.original]
    return Beside(_pages(rows), links)


def _lead_figures(parts: list[Part]) -> list[Part]:
    """The figures before the first paragraph, taken out: they stand above both texts."""
    count = next((at for at, part in enumerate(parts) if part.kind != "figure"), len(parts))
    taken = parts[:count]
    del parts[:count]
    return taken


def _link(number: int, said: Line) -> Link:
    alone = not said["translation"] or not said["original"]
    return Link(number, said["p_pair"], said["p_exact"], said["warnings"], alone)


def _spans(alignment: Line | None, side: str) -> list[tuple[int, int, int]]:
    """The sentences of a side by place, with the number of their link; what overlaps is left out."""
    found = sorted(
        (span["start"], span["end"], number)
        for number, link in enumerate((alignment or {}).get("sentences", ()), 1)
        for span in link[side]
    )
    kept: list[tuple[int, int, int]] = []
    for span in found:
        if span[0] < span[1] and (not kept or span[0] >= kept[-1][1]):
            kept.append(span)
    return kept


def _parts(line: Line, spans: Sequence[tuple[int, int, int]]) -> list[Part]:
    """An article in reading order, figures where they stand."""
    text: str = line["text"]
    places = list(paragraphs(text))
    worded = [block["kind"] for block in line["blocks"] if block["kind"] != "figure" and block["text"]]
    kinds = worded if len(worded) == len(places) else ["paragraph"] * len(places)
    found = [
        _paragraph(text, *place, kind, number, spans)
        for number, (place, kind) in enumerate(zip(places, kinds, strict=True))
    ]
    parts: list[Part] = []
    at = 0
    for block in line["blocks"]:
        if block["kind"] == "figure":
            parts.append(Part("figure", at, figure=block))
        elif block["text"] and at < len(found):
            parts.append(found[at])
            at += 1
    return parts + found[at:]


def _paragraph(text: str, start: int, end: int, kind: str, number: int, spans: Sequence[tuple[int, int, int]]) -> Part:
    part = Part(
        kind, number, cut=max(0, end - start - LONGEST), size=len(text[start:end][:LONGEST].encode("utf-8", "replace"))
    )
    end = min(end, start + LONGEST)
    at = start
    for first, last, link in spans[bisect_left(spans, (start,)) :]:
        if first >= end:
            break
        if first > at:
            part.runs.append(Run(text[at:first]))
        part.runs.append(Run(text[first : min(last, end)], link))
        at = min(last, end)
    if at < end:
        part.runs.append(Run(text[at:end]))
    return part


def _aligned(translation: list[Part], original: list[Part], links: Sequence[Line]) -> list[Row]:
    """Rows of paragraphs that belong together, each side in its order: what crosses is put into one row."""
    last = [max((part.number for part in side), default=-1) for side in (translation, original)]
    ends: list[list[int]] = []  # of each row: the last paragraph of either side
    sure: list[float | None] = []
    reached = [-1, -1]
    for link in links:
        spans = [[n for n in link[side] if 0 <= n <= last[at]] for at, side in enumerate(SIDES)]
        if ends and any(side and min(side) <= reached[at] for at, side in enumerate(spans)):
            before = ends.pop()
            sure.pop()
        else:
            before = list(reached)
        reached = [max([before[at], *side]) for at, side in enumerate(spans)]
        ends.append(list(reached))
        sure.append(link["p_pair"])
    if not ends:
        return [Row(translation, original)]
    ends[-1] = last
    rows = []
    here, there = iter(translation), iter(original)
    held: list[Part | None] = [next(here, None), next(there, None)]
    for end, value in zip(ends, sure, strict=True):
        row = Row(sure=value)
        for at, (side, parts) in enumerate(((row.translation, here), (row.original, there))):
            while (part := held[at]) is not None and part.number <= end[at]:
                side.append(part)
                held[at] = next(parts, None)
        rows.append(row)
    for at, (side, parts) in enumerate(((rows[-1].translation, here), (rows[-1].original, there))):
        while (part := held[at]) is not None:  # figures behind the last paragraph
            side.append(part)
            held[at] = next(parts, None)
    return rows


def _pages(rows: Sequence[Row]) -> list[list[Row]]:
    pages: list[list[Row]] = [[]]
    size = 0
    for row in (piece for one in rows for piece in _split(one)):
        if size + row.size > MOST_BYTES and pages[-1]:
            pages.append([])
            size = 0
        pages[-1].append(row)
        size += row.size
    return pages


def _split(row: Row) -> Iterator[Row]:
    """A row that is too long for a page, in several."""
    if row.size <= MOST_BYTES:
        yield row
        return
    left = [list(row.translation), list(row.original)]
    while any(left):
        taken: list[list[Part]] = []
        for side in left:
            size, count = 0, 0
            while count < len(side) and (not count or size + side[count].size <= MOST_BYTES // 2):
                size += side[count].size
                count += 1
            taken.append(side[:count])
            del side[:count]
        yield Row(taken[0], taken[1], row.sure)
