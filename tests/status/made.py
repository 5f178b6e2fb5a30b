"""Collections made up day by day: editorials, crawls, robots.txt and files, without a crawl behind them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from archives.collection import Collection
from crawler.status.state import Status
from crawler.status.survey import status_of

PAPER, ORIGINALS = "japan_forward", "sankei"
HOST = "japan-forward.com"
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def said(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


class Made:
    """A collection that is written when it is looked at."""

    def __init__(self, path: Path) -> None:
        self.collection = Collection(path)
        self.collection.create()
        self.articles: list[dict[str, Any]] = []
        self.pairs: list[dict[str, Any]] = []
        self.problems: list[dict[str, Any]] = []
        self.index: list[str] = []

    def editorial(self, day: dt.date, newspaper: str = PAPER, pair: str | None = "paired", **changed: Any) -> None:
        """An editorial of that day; a translation with a pair, if it is a translating newspaper's."""
        number = f"{newspaper}:{day}-{len(self.articles):06}"
        url, at = f"https://{HOST}/{number[-17:]}/", dt.datetime.combine(day, dt.time(12), dt.UTC)
        capture = {"url": url, "status": 200, "captured_at": said(at)}
        line = {
            "id": number, "newspaper": newspaper, "kind": "editorial", "url": url, "section": "Politics",
            "label": "EDITORIAL", "standfirst": None, "byline": "Board", "published_at": said(at), "modified_at": None,
            "published_on": f"{day}", "text": "A sentence. " * 200, "access": "free", "truncated": False,
            "blocks": [{"kind": "paragraph"}], "parser": {"signals": {"body": "entry-content", "headline": "json-ld"}},
            "original": {"url": "https://www.sankei.com/article/1/", "wording": "Read it."} if pair else None,
            "capture": capture,
        }  # fmt: skip
        self.articles.append(line | changed)
        self.line(url, at, "A")
        if pair and newspaper == PAPER:
            self.pairs.append({"id": number, "status": pair, "translation": {"published_at": said(at)}})

    def line(
        self,
        url: str,
        at: dt.datetime,
        digest: str,
        status: int = 200,
        file: str = "a.warc.gz",
        offset: int = 0,
        length: int = 3000,
    ) -> None:
        """A line of the index."""
        host, _, path = url.removeprefix("https://").partition("/")
        key = f"{','.join(reversed(host.removeprefix('www.').split('.')))})/{path.rstrip('/')}"
        fields = {
            "url": url, "mime": "text/html", "status": f"{status}", "digest": f"sha1:{digest}", "length": f"{length}",
            "offset": f"{offset}", "filename": file,
        }  # fmt: skip
        self.index.append(f"{key} {at:%Y%m%d%H%M%S} {json.dumps(fields)}\n")

    def run(self, at: dt.datetime, exit_status: int | None = 0, newspaper: str = PAPER, **changed: Any) -> str:
        """A crawl's receipt; returns its id."""
        crawl = f"{at:%Y%m%dT%H%M%SZ}-{newspaper}-0001"
        receipt = {
            "schema": "genbun/receipt/1", "id": crawl, "newspaper": newspaper, "started_at": said(at),
            "ended_at": said(at + dt.timedelta(minutes=9)), "finished": exit_status == 0, "exit": exit_status,
            "message": None, "resumes": None, "asked": 12, "fetched": 11, "refused": 1, "failed": 0, "skipped": 0,
            "closed": {},
        }  # fmt: skip
        path = self.collection.crawls / f"{crawl}.json"
        path.write_text(json.dumps(receipt | changed), "utf-8")
        return crawl

    def warc(self, at: dt.datetime, size: int = 1000, name: str = "") -> Path:
        """A WARC file, of noughts."""
        path = self.collection.archive / (name or f"genbun-{PAPER}-{at:%Y%m%d%H%M%S}-00001.warc.gz")
        path.write_bytes(bytes(size))
        return path

    def write(self) -> Path:
        """Write lines and index."""
        for kind in ("articles", "pairs", "problems"):
            lines = sorted(getattr(self, kind), key=lambda line: str(line.get("id")))
            text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
            (self.collection.records / f"{kind}.jsonl").write_text(text, "utf-8")
        self.collection.index.write_text("".join(sorted(self.index)), "utf-8")
        return self.collection.path

    def status(self, now: dt.datetime = NOW, every: dt.timedelta | None = None) -> Status:
        """How it stands."""
        self.write()
        return status_of(self.collection, now, every)

    def daily(self, days: int, until: dt.datetime = NOW, **changed: Any) -> None:
        """An editorial a day, and a crawl each of the last thirty."""
        for n in range(days, 0, -1):
            self.editorial((until - n * DAY).date(), **changed)
        for n in range(min(days, 30) - 1, -1, -1):
            self.run(until - n * DAY - dt.timedelta(hours=8))
