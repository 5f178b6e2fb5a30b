"""`problems.jsonl`: of all that was read at an address, the latest problem, where no article ever was."""

from __future__ import annotations

import datetime as dt
import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from archives.capture import Capture
from crawler.lines import problem_lines
from crawler.models import Problem
from crawler.readings import Reading, ReadingStore

AT = "2026-11-2{}T00:00:00Z"


def capture(record_id: str) -> Capture:
    """Where a reading was read."""
    return Capture(
        record_id=record_id, warc="archive/a.warc.gz", offset=0, length=1, status=200, payload_digest="sha1:x",
        captured_at=dt.datetime(2026, 11, 24, tzinfo=dt.UTC), url="https://example.org/",
    )  # fmt: skip


def reading(number: int, url: str, day: int, what: str, target: str) -> Reading:
    """A reading of that kind."""
    record_id = f"<urn:x:{number:03}>"
    problem = Problem(newspaper=None, url=url, reason="failed", detail=record_id)
    match what:
        case "captured":
            return Reading(record_id, url, AT.format(day), "problem", 500, problem=problem, capture=capture(record_id))
        case "told":
            return Reading(record_id, url, AT.format(day), "nothing", outcome="failed", problem=problem)
        case "redirect":
            return Reading(record_id, url, AT.format(day), "redirect", 301, target, capture=capture(record_id))
        case "same":
            return Reading(record_id, url, AT.format(day), "same", 304, record_id)
    return Reading(record_id, url, AT.format(day), "article")


urls = st.sampled_from(["https://a.example/", "https://b.example/", "https://c.example/"])
whats = st.sampled_from(["captured", "told", "redirect", "same", "article"])
rows = st.lists(st.tuples(urls, st.integers(0, 3), whats, urls), max_size=12)


def looped(readings: list[Reading], url: str) -> list[str]:
    """The addresses that redirects lead over from there, if they come back."""
    seen: list[str] = []
    while url not in seen:
        said = [one for one in readings if one.url == url and one.what != "same"]
        latest = max(said, key=lambda one: (one.at, one.record_id), default=None)
        if latest is None or latest.what != "redirect":
            return []
        seen.append(url)
        url = latest.target
    return seen


def expected(readings: list[Reading]) -> list[tuple[str, str, str | None]]:
    """Address, detail and record of each line, by looking at everything as often as it takes."""
    lines = []
    for url in sorted({one.url for one in readings}):
        here = sorted((one for one in readings if one.url == url), key=lambda one: (one.at, one.record_id))
        problems = [one for one in here if one.problem is not None]
        if problems and not any(one.what == "article" for one in here):
            captured = [one for one in problems if one.capture is not None]
            detail = problems[-1].record_id
            lines.append((url, detail, captured[-1].record_id if captured else None))
    told: set[str] = set()
    for one in sorted(readings, key=lambda one: (one.at, one.record_id)):
        circle = looped(readings, one.url) if one.what == "redirect" else []
        if circle and told.isdisjoint(circle):
            told.update(circle)
            said = f"its redirects lead back to it, by way of {len(circle)} addresses"
            lines.append((one.url, said, one.record_id))
    return sorted(lines, key=lambda line: line[0])


@given(rows)
def test_the_latest_problem_of_each_address(made: list[tuple[str, int, str, str]]) -> None:
    readings = [reading(number, *row) for number, row in enumerate(made)]
    db = sqlite3.connect(":memory:", isolation_level=None)
    store = ReadingStore(db)
    store.add(readings)
    found = [(line.url, line.detail, line.capture.record_id if line.capture else None) for line in problem_lines(db)]
    db.close()
    assert sorted(found) == sorted(expected(readings))
    assert [url for url, *_ in found] == sorted(url for url, *_ in found)
