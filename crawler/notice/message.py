"""CHANGES → the words of a notice, and the object that a webhook is given."""

from __future__ import annotations

import datetime as dt
import re
import socket
from dataclasses import dataclass
from typing import Any, Final

from crawler.notice.memory import Told
from crawler.status.check import WORDS
from crawler.status.concerns import Concern
from crawler.status.stamps import minute, said

SCHEMA: Final = "genbun/notice/1"
MOST: Final = 20  # of each; the status has them all
LONGEST: Final = 600  # characters of one sentence
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_ANGLES: Final = str.maketrans("<>", "‹›")  # `<!channel>` would call everybody in Slack


@dataclass(frozen=True, slots=True)
class Notice:
    """What one target is told."""

    collection: str
    at: dt.datetime
    state: str
    new: tuple[Concern, ...]
    over: tuple[Told, ...]

    @property
    def title(self) -> str:
        """One line: `Genbun CRITICAL: editorials: 2 new, 1 over`."""
        counts = [f"{len(found)} {word}" for found, word in ((self.new, "new"), (self.over, "over")) if found]
        return _plain(f"Genbun {self.state}: {self.collection.rpartition('/')[2]}: {', '.join(counts)}")

    @property
    def text(self) -> str:
        """For people."""
        lines = [self.title]
        lines += [f"{_word(one)}: {_plain(one.sentence)}" for one in self.new[:MOST]]
        lines += [f"Over: {_plain(one.sentence)} (told {minute(one.since)})" for one in self.over[:MOST]]
        more = max(0, len(self.new) - MOST) + max(0, len(self.over) - MOST)
        lines += [f"… and {more} more"] if more else []
        return "\n".join((*lines, f"On {socket.gethostname()}: genbun status {_plain(self.collection)}"))

    def as_json(self) -> dict[str, Any]:
        """For a webhook: `text` is what Slack and its like show, the rest is for programs."""
        return {
            "text": self.text,
            "schema": SCHEMA,
            "title": self.title,
            "state": self.state,
            "collection": self.collection,
            "host": socket.gethostname(),
            "at": said(self.at),
            "new": [one.as_json() | {"text": _plain(one.text)} for one in self.new],
            "over": [
                {"kind": one.kind, "newspaper": one.newspaper, "text": _plain(one.sentence), "since": one.since}
                for one in self.over
            ],
        }


def _word(one: Concern) -> str:
    return "Note" if one.severity == "note" else WORDS[one.severity].capitalize()


def _plain(text: str) -> str:
    """On one line, without what would be taken for markup, or is no text; no longer than is read."""
    text = text.encode("utf-8", "replace").decode()
    text = " ".join(_CONTROL.sub(" ", text).translate(_ANGLES).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
