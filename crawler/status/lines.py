"""RECORDS → COUNTS: the three files of lines, a line at a time, of each line only what is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final, TypeVar, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict

from archives.bounded import lines_of, model_of
from archives.collection import Collection
from crawler.errors import NotVerified
from crawler.layers.shell import instead_of
from crawler.models import PairStatus
from crawler.newspapers import all_newspapers
from crawler.readings import REFUSALS
from crawler.status.captures import Gone
from crawler.status.fields import Read
from crawler.status.stamps import JAPAN
from crawler.status.state import UNDATED, Refusal, Status

STATUSES: Final = get_args(PairStatus)


class _Part(BaseModel):
    """Some fields of a line; the others are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Capture(_Part):
    url: str
    status: int
    captured_at: str


class _Article(Read):
    id: str
    kind: str
    newspaper: str
    url: str
    capture: _Capture


class _Side(_Part):
    published_at: AwareDatetime | None


class _Pair(_Part):
    id: str
    status: str
    translation: _Side


class _Problem(_Part):
    newspaper: str | None
    url: str
    reason: str
    detail: str
    capture: _Capture | None


Kind = TypeVar("Kind", bound=BaseModel)


def count_articles(collection: Collection, status: Status, gone: Gone) -> bool:
    """Count articles, and tell `gone` the addresses of those that may be gone; False if there is no file of them."""
    path = collection.records / "articles.jsonl"
    if not path.exists():
        return False
    for article_id, lines in groupby(_lines(path, _Article), lambda line: line.id):
        urls: set[str] = set()
        first: _Article | None = None
        for line in lines:
            first = first or line
            paper = status.paper(line.newspaper)
            paper.versions += 1
            paper.drift.article(line, line.capture.captured_at)
            urls |= {line.url, line.capture.url}
            if line.published_on is not None:
                day = line.published_on.isoformat()
                paper.first_published_on = min(paper.first_published_on or day, day)
                paper.last_published_on = max(paper.last_published_on or day, day)
        paper.articles += 1
        if first is not None and first.kind == "editorial" and first.published_on is not None:
            paper.days[first.published_on] += 1
        gone.article(article_id, urls)
    return True


def count_pairs(collection: Collection, status: Status) -> None:
    """Count pairs by status; a newspaper that translates has a number, if 0, for each."""
    for line in _lines(collection.records / "pairs.jsonl", _Pair):
        paper, published = status.paper(line.id.partition(":")[0]), line.translation.published_at
        paper.pairs[line.status] += 1
        month = f"{published.astimezone(JAPAN):%Y-%m}" if published else UNDATED
        paper.pair_months.setdefault(month, Counter())[line.status] += 1
    known = all_newspapers()
    for name, paper in status.newspapers.items():
        if paper.pairs or (name in known and known[name].translates):
            paper.pairs.update(dict.fromkeys(STATUSES, 0))


def count_problems(collection: Collection, status: Status) -> Iterator[tuple[str | None, Refusal]]:
    """Count problems by reason; gives back those that are refusals, with their newspaper."""
    for line in _lines(collection.records / "problems.jsonl", _Problem):
        paper = status.paper(line.newspaper)
        paper.problems[line.reason] += 1
        paper.instead[instead_of(line.reason, line.detail)] += 1
        if line.capture is not None:
            paper.drift.problem(line.reason, line.detail, line.capture.captured_at)
        if line.capture is not None and line.capture.status in REFUSALS:
            reason = f"status_{line.capture.status}"
            yield line.newspaper, Refusal(line.url, reason, line.capture.captured_at, None, None)
        elif line.detail.startswith("refused: "):
            yield line.newspaper, Refusal(line.url, line.detail.removeprefix("refused: "), None, None, None)


def _lines(path: Path, kind: type[Kind]) -> Iterator[Kind]:
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines_of(lines), 1):
            try:
                yield model_of(kind, line)
            except ValueError as error:
                raise NotVerified(
                    f"{path}, line {number}: is no such line ({error}); "
                    f"`genbun rebuild {path.parent.parent}` makes it anew from archive/"
                ) from None
