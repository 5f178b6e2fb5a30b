"""What a crawl left of one address: its exchanges in the WARC, its outcome, its line; in the words of the rows."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from tests.crawl.crawling import Left, Stored
from tests.hostile.row import VICTIM, Row


@dataclass(frozen=True, slots=True)
class Kept:
    """One exchange as the WARC holds it: `answer` is the bytes that came, interim ones before it."""

    words: str
    answer: bytes
    cut: bool


def exchanges(left: Left, url: str) -> list[Kept]:
    """The exchanges of an address, in order."""
    records = [record for record in left.records() if record.url == url]
    responses = {record.id: record for record in records if record.type in ("response", "revisit")}
    notes = [record for record in records if record.type == "metadata" and record.notes("fetchTimeMs")]
    return [_kept(note, responses.get(note.headers.get("WARC-Concurrent-To", ""))) for note in notes]


def _kept(note: Stored, response: Stored | None) -> Kept:
    stage = "".join(note.notes("stage"))
    if response is None:
        received = base64.b64decode("".join(note.notes("received-bytes")))
        words = f"part of a head, as received ({stage})" if received else f"no answer ({stage})"
        return Kept(words, received, cut=True)
    interim = base64.b64decode("".join(note.notes("interim-responses")))
    status = response.block.split(b" ", 2)[1][:3].decode()
    early = "".join(f"{part[:3].decode()}, then " for part in interim.split(b"HTTP/1.1 ")[1:])
    truncated = response.headers.get("WARC-Truncated")
    words = f"{early}{status}" + (f" cut off ({truncated})" if truncated else "")
    return Kept(words, interim + response.block, cut=truncated is not None)


def in_words(kept: list[Kept]) -> str:
    """The exchanges in words; those that are alike, counted."""
    groups = [(words, len(list(same))) for words, same in groupby(one.words for one in kept)]
    return ", ".join(words if count == 1 else f"{count} × {words}" for words, count in groups)


def outcomes(left: Left) -> dict[str, str]:
    """What the receipt's outcomes file says of each address that was not fetched."""
    return {line["url"]: f"{line['outcome']}: {line['reason']}" for line in left.outcomes}


def line(left: Left, row: Row, leads_to: Collection[str]) -> str:
    """The status of the pair that the address belongs to, and the problem of its page, or of where that leads."""
    pair = left.statuses().get(VICTIM)
    reasons = [(one["url"], one["reason"]) for one in left.lines("problems")]
    problems = [f"problem {reason}" for url, reason in reasons if url == row.url]
    problems += [f"problem {reason} where it leads" for url, reason in reasons if url in leads_to]
    return ", ".join(filter(None, [pair, *problems]))
