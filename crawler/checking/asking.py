"""Ask the live site for a sample, through the crawl's own code, and read back what it kept.

What is reported is read from the WARC files alone: whoever mends the reader has the same pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from archives.collection import Collection
from archives.message import BadMessage, Message
from archives.reader import Group, groups
from crawler.models import Article, Problem
from crawler.readings import MAX_BODY, PAGE_CLASSES, REFUSALS, Reading, reading_of

if TYPE_CHECKING:
    from spiders.collecting import Collecting


@dataclass(frozen=True, slots=True)
class Answer:
    """One exchange, or an address that gave none: then `status` is 0, and `outcome` and `reason` say why."""

    url: str
    klass: str
    status: int
    notes: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reading: Reading | None = None
    outcome: str = ""
    reason: str = ""

    def header(self, name: str) -> str | None:
        """The first header field of that name."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def note(self, name: str) -> str | None:
        """The first note of that name: `way`, `original-of`, `redirected-from` …"""
        return next((value for key, value in self.notes if key == name), None)

    @property
    def found(self) -> list[dict[str, Any]]:
        """The listing lines that named this page."""
        return [json.loads(value) for key, value in self.notes if key == "found"]

    @property
    def article(self) -> Article | None:
        """What was read, if it is an article."""
        return self.reading.article if self.reading else None

    @property
    def problem(self) -> Problem | None:
        """What stood in the way, if it is none."""
        return self.reading.problem if self.reading else None

    @property
    def target(self) -> str | None:
        """Where a redirect leads."""
        return self.reading.target if self.reading and self.reading.what == "redirect" else self.header("location")

    @property
    def is_refusal(self) -> bool:
        """Whether the site, or its robots.txt, did not want us to have it; a challenge says no as well."""
        challenged = self.problem is not None and self.problem.reason == "challenge"
        return challenged or self.outcome == "refused" or self.status in REFUSALS


def ask(arguments: dict[str, Any], settings: dict[str, Any], *, debug: bool = False) -> Collecting:
    """Run the sample crawl; blocks until it has ended."""
    from crawler.running import run_crawl
    from spiders.sample import Sample

    return run_crawl(arguments, {**settings, "REQUISITES": False}, debug=debug, spider=Sample)


def answers(collection: Collection) -> list[Answer]:
    """Everything that was asked, in the order of the archive; of several attempts the last."""
    found: dict[str, Answer] = {}
    for path in collection.warcs():
        for answer in map(_answer, groups(path)):
            if answer is None:
                continue
            earlier = found.get(answer.url)
            if answer.status or earlier is None or not earlier.status:
                found[answer.url] = answer
            elif answer.outcome:  # what became of an address whose last answer is known
                found[answer.url] = replace(earlier, outcome=answer.outcome, reason=answer.reason)
    return list(found.values())


def _answer(group: Group) -> Answer | None:
    klass, url = group.note("class"), group.first.url
    if klass is None:
        return None
    if group.answer is None:
        return Answer(
            url, klass, 0, group.notes, outcome=group.note("outcome") or "", reason=group.note("reason") or ""
        )
    try:
        message = group.message()
        body = message.body(MAX_BODY)
    except BadMessage as error:
        return Answer(url, klass, 0, group.notes, outcome="failed", reason=str(error))
    return Answer(
        url,
        klass,
        message.head.status,
        group.notes,
        tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message.head.fields),
        body,
        _reading(group, message) if klass in PAGE_CLASSES else None,
    )


def _reading(group: Group, message: Message) -> Reading:
    first = group.first
    return reading_of(first.url, first.id, first.date, group.capture(message.head.status), message)


def of_class(found: list[Answer], *classes: str) -> Iterator[Answer]:
    """The answers of some classes."""
    return (answer for answer in found if answer.klass in classes)
