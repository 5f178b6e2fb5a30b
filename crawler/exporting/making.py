"""LINES → ROWS: chosen lines one after the other, with their rights, and without the words that are kept back."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from crawler.alignment.sentences import paragraphs
from crawler.exporting.choosing import Filters
from crawler.exporting.reading import Moved, Records
from crawler.exporting.rows import Row, Withheld

#: The words of an article and of a block, as opposed to what is said about them. Without text the headline is among
#: them; from what only members may read it is not, since the front page shows it to everyone.
WORDS: Final = ("text", "standfirst")
HEADLINES: Final = ("headline", "headline_raw")
WORDS_OF_BLOCK: Final = ("text", "caption", "alt")

#: Languages that put no blank between sentences.
CLOSE: Final = ("ja", "zh")
SIDES: Final = ("translation", "original")
PARTS: Final = ("sentences", "paragraphs")
OF_SIDE: Final = ("newspaper", "language", "access", "robots", "tdm_reservation", "url", "published_on")


class Maker:
    """Makes the rows; counts what is kept back and left out while it does."""

    def __init__(self, records: Records, filters: Filters, moved: Moved) -> None:
        self.records, self.filters, self._moved = records, filters, moved
        self.withheld: dict[str, Counter[str]] = {name: Counter() for name in ("articles", "sentences", "history")}
        self.left_out: Counter[str] = Counter()
        """Links left out, by reason."""
        self.methods: Counter[str] = Counter()
        """Aligned pairs, by method."""
        self.not_aligned: Counter[str] = Counter()
        """Pairs that have an original and no alignment, by reason: their status, or `cannot_be`, or `not_tried`."""

    def articles(self) -> Iterator[Row]:
        """A row for each chosen article line, by id and version."""
        chosen = self.records.db.execute("SELECT at, size FROM articles WHERE why IS NULL ORDER BY id, version")
        for at, size in chosen:
            yield self._article(self.records.article(at))
            self._moved(size)

    def pairs(self) -> Iterator[tuple[Row, Iterator[Row]]]:
        """A row for each chosen pair line, by id, and the rows of its sentences."""
        for at, size, number in self.records.db.execute(
            "SELECT at, size, line FROM pairs WHERE why IS NULL ORDER BY id"
        ):
            line = self.records.pair(at)
            alignment = line["alignment"]
            pair = self._pair(line)
            if alignment is None:
                if pair["original"] is not None:
                    self.not_aligned[_why_not(pair)] += 1
                yield pair, iter(())
            else:
                self.methods[alignment["method"]] += 1
                yield pair, self._sentences(pair, alignment["sentences"], number)
            self._moved(size)

    def keeps_back(self, access: str) -> Withheld | None:
        """Why words of that access are not exported; None if they are."""
        if not self.filters.text:
            return "no_text"
        return "members" if access == "members" and not self.filters.members else None

    def _article(self, line: dict[str, Any]) -> Row:
        withheld = self.keeps_back(line["access"])
        row = line | {"schema": "genbun/article-row/1", "blocks": _placed(line["blocks"]), "withheld": withheld}
        if withheld:
            self.withheld["articles"][withheld] += 1
            row |= dict.fromkeys(WORDS)
            row["blocks"] = [block | dict.fromkeys(WORDS_OF_BLOCK) for block in row["blocks"]]
        if withheld == "no_text":
            row |= dict.fromkeys(HEADLINES)
            row["original"] = _without_wording(line["original"])
        return row

    def _pair(self, line: dict[str, Any]) -> Row:
        row = line | {"schema": "genbun/pair-row/1"} | {name: self._side(line[name]) for name in SIDES}
        row["not_aligned"] = line.get("not_aligned")  # lines of before November 2026 do not have it
        if row["alignment"] is not None:
            is_quoted = not any(self.keeps_back(row[name]["access"]) for name in SIDES)
            parts = {name: self._sure(row["alignment"][name], is_quoted) for name in PARTS}
            row["alignment"] = row["alignment"] | parts
        if not self.filters.text:
            row["evidence"] = row["evidence"] | {"wording": None}
        return row

    def _side(self, side: dict[str, Any] | None) -> Row | None:
        if side is None:
            return None
        newspaper, access, robots, reservation, truncated, day, digest = self.records.db.execute(
            "SELECT newspaper, access, robots, reservation, truncated, day, digest FROM articles"
            " WHERE (id, version) = (?, ?)",
            (side["id"], side["version"]),
        ).fetchone()
        row = side | {"newspaper": newspaper, "access": access, "robots": robots and json.loads(robots)}
        row |= {"tdm_reservation": reservation, "truncated": bool(truncated)}
        row |= {"published_on": day, "text_digest": digest}
        return row if self.filters.text else row | {"headline": None}

    def _sure(self, links: Sequence[dict[str, Any]], is_quoted: bool) -> list[dict[str, Any]]:
        """Links that are sure enough; their warnings quote the texts only where those are exported."""
        kept = [link for link in links if not self._too_unsure(link)]
        if is_quoted:
            return kept
        return [link | {"warnings": _kinds(link["warnings"])} if "warnings" in link else link for link in kept]

    def _sentences(self, pair: Row, links: Sequence[dict[str, Any]], number: int) -> Iterator[Row]:
        """A row for each link that is sure enough."""
        sides = [_Side(name, pair[name], self._article_of(pair[name])) for name in SIDES]
        facts = {"method": pair["alignment"]["method"], "status": pair["status"], "lag_days": pair["lag_days"]}
        facts |= {"translation_version": pair["translation"]["version"]}
        facts |= sides[0].facts() | {"original_id": pair["original"]["id"]}
        facts |= {"original_version": pair["original"]["version"]} | sides[1].facts()
        for at, link in enumerate(links, 1):
            for side in sides:
                side.check(link[side.name], self.records, number)
            if why := self._too_unsure(link):
                self.left_out[why] += 1
                continue
            yield self._sentence(pair["id"], at, link, sides) | facts

    def _too_unsure(self, link: dict[str, Any]) -> str | None:
        """Why a least confidence leaves it out: of a sentence alone, `p_pair` says that it is no pair."""
        if self.filters.min_confidence is None:
            return None
        if not all(link[name] for name in SIDES):
            return "one_side_empty"
        return "confidence" if link["p_pair"] < self.filters.min_confidence else None

    def _sentence(self, pair_id: str, number: int, link: dict[str, Any], sides: Sequence[_Side]) -> Row:
        spans = {side.name: link[side.name] for side in sides}
        kept_back = {side.name: self.keeps_back(side.row["access"]) for side in sides if spans[side.name]}
        withheld = next(filter(None, kept_back.values()), None)
        if withheld:
            self.withheld["sentences"][withheld] += 1
        row: Row = {"schema": "genbun/sentence-row/1", "pair_id": pair_id, "number": number}
        row["shape"] = "-".join(str(len(spans[side.name])) for side in sides)
        row |= {"p_pair": link["p_pair"], "p_exact": link["p_exact"]}
        row["warnings"] = link["warnings"] if not withheld else _kinds(link["warnings"])
        for side in sides:
            row[f"{side.name}_text"] = None if kept_back.get(side.name) else side.words(spans[side.name])
        row["withheld"] = withheld
        for side in sides:
            places = spans[side.name]
            row[f"{side.name}_start"] = places[0]["start"] if places else None
            row[f"{side.name}_end"] = places[-1]["end"] if places else None
        row |= {f"{side.name}_spans": spans[side.name] for side in sides}
        row |= {f"{side.name}_paragraph": side.paragraph(spans[side.name]) for side in sides}
        row |= {f"{side.name}_kind": side.kind(spans[side.name]) for side in sides}
        return row

    def _article_of(self, side: Row) -> dict[str, Any]:
        return self.records.article_named(side["id"], side["version"])


class _Side:
    """One side of a pair while its sentences are made."""

    def __init__(self, name: str, row: Row, article: dict[str, Any]) -> None:
        self.name, self.row, self._text = name, row, article["text"]
        self._between = "" if row["language"].partition("-")[0] in CLOSE else " "
        self._starts = [start for start, _ in paragraphs(self._text)]
        self._blocks = [block for block in _placed(article["blocks"]) if block["start"] is not None]
        self._block_starts = [block["start"] for block in self._blocks]

    def facts(self) -> Row:
        """What every row of a sentence says of this side."""
        row, name = self.row, self.name
        facts = {f"{name}_{of}": row[of] for of in OF_SIDE}
        facts |= {f"{name}_{of}": row["capture"][of] for of in ("captured_at", "record_id")}
        return facts | {f"{name}_text_digest": row["text_digest"]}

    def check(self, spans: Sequence[dict[str, int]], records: Records, number: int) -> None:
        """Raise `NotVerified` for a place outside the text."""
        for span in spans:
            if not 0 <= span["start"] < span["end"] <= len(self._text):
                wrong = (
                    f"aligns {span['start']} to {span['end']} of its {self.name}, whose text has {len(self._text):,}"
                )
                raise records.disagrees("pairs.jsonl", number, f"{wrong} code points")

    def words(self, spans: Sequence[dict[str, int]]) -> str | None:
        """The sentences, one after the other; null if there are none."""
        return self._between.join(self._text[span["start"] : span["end"]] for span in spans) or None

    def paragraph(self, spans: Sequence[dict[str, int]]) -> int | None:
        """The number of the paragraph that the first one stands in."""
        return bisect_right(self._starts, spans[0]["start"]) - 1 if spans else None

    def kind(self, spans: Sequence[dict[str, int]]) -> str | None:
        """The kind of block that the first one stands in."""
        if not spans:
            return None
        kind: str = self._blocks[bisect_right(self._block_starts, spans[0]["start"]) - 1]["kind"]
        return kind


def _placed(blocks: Sequence[dict[str, Any]]) -> list[Row]:
    """Blocks with the places of their words in the article's text, which is theirs joined by a blank line."""
    placed, at = [], 0
    for block in blocks:
        if block["kind"] == "figure" or not block["text"]:
            placed.append(block | {"start": None, "end": None})
        else:
            end = at + len(block["text"])
            placed.append(block | {"start": at, "end": end})
            at = end + 2
    return placed


def _why_not(pair: Row) -> str:
    """Why a pair that has an original is not aligned."""
    if pair["not_aligned"] is not None:
        return "cannot_be"
    return "not_tried" if pair["status"] == "paired" else str(pair["status"])


def _without_wording(original: dict[str, Any] | None) -> dict[str, Any] | None:
    if original is None:
        return None
    return original | {"wording": None, "candidates": [one | {"wording": None} for one in original["candidates"]]}


def _kinds(warnings: Sequence[str]) -> list[str]:
    """What a warning is about, without what it quotes: `number: 3.5 / ３` → `number`."""
    kinds = (warning.partition(":") for warning in warnings)
    return [kind if colon and kind.isascii() and kind.isidentifier() else "other" for kind, colon, _ in kinds]
