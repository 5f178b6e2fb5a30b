"""What stands out among the readers' months: articles made up through the models, and a real crawl without alarms."""

from __future__ import annotations

import datetime as dt
import json
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from archives.capture import Capture
from archives.collection import Collection
from crawler.models import ArticleLine, Block, Original, Parser, ProblemLine, Reason
from crawler.status.drift import Drift, Spread
from crawler.status.survey import status_of
from tests.crawl.crawling import genbun
from tests.sites_press.server import serve

PAPER = "japan_forward"
HOSTS = ("japan-forward.com", "*.japan-forward.com", "sankei.com", "*.sankei.com")
SIGNALS = {"body": "entry-content=json-ld", "headline": "json-ld", "byline": "author line", "published_at": "json-ld"}
PHOTO = Block(kind="figure", image_url="https://japan-forward.com/a.jpg", caption="A harbour.", credit="Kyodo")


def capture(url: str, day: dt.date) -> Capture:
    at = dt.datetime.combine(day, dt.time(12), dt.UTC)
    return Capture(
        record_id="<urn:uuid:1>", warc="archive/a.warc.gz", offset=0, length=1, captured_at=at, status=200,
        payload_digest="sha1:A", url=url,
    )  # fmt: skip


def article(number: int, day: dt.date, **changed: Any) -> ArticleLine:
    """An article as it always was, but for what is changed; `signals` are added to the usual ones."""
    url = f"https://japan-forward.com/editorial-{number}/"
    text = changed.pop("text", "A sentence of some length. " * 80)
    signals, fallback = SIGNALS | changed.pop("signals", {}), changed.pop("fallback", False)
    values = {
        "id": f"{PAPER}:{number}", "newspaper": PAPER, "language": "en", "kind": "editorial", "url": url,
        "section": "Politics", "label": "EDITORIAL", "headline": "A Headline", "headline_raw": "A Headline",
        "standfirst": None, "byline": "Editorial Board", "modified_at": None, "published_on": day,
        "published_at": dt.datetime.combine(day, dt.time(3), dt.UTC), "text": text, "text_digest": "sha1:B",
        "blocks": (Block(kind="paragraph", text=text), PHOTO), "access": "free", "truncated": False,
        "original": Original(url="https://www.sankei.com/article/1/", wording="Read it in Japanese."),
        "parser": Parser(name=PAPER, version=1, signals=signals, fallback=fallback),
        "version": 1, "capture": capture(url, day),
    }  # fmt: skip
    return ArticleLine(**(values | changed))


def problem(number: int, day: dt.date, reason: Reason, detail: str = "said so") -> ProblemLine:
    url = f"https://japan-forward.com/broken-{number}/"
    return ProblemLine(newspaper=PAPER, url=url, reason=reason, detail=detail, capture=capture(url, day))


def month(year: int, number: int, articles: int, first: int = 0, **changed: Any) -> list[ArticleLine]:
    """A month's articles."""
    days = (dt.date(year, number, 1 + at % 28) for at in range(articles))
    return [article(1000 * number + first + at, day, **changed) for at, day in enumerate(days)]


def drift(tmp_path: Path, articles: Iterable[ArticleLine], problems: Iterable[ProblemLine] = ()) -> Drift:
    """Of a collection with these lines."""
    collection = Collection(tmp_path / "collection")
    collection.create()
    collection.records.mkdir(exist_ok=True)
    for name, lines in (("articles", list(articles)), ("problems", list(problems)), ("pairs", [])):
        (collection.records / f"{name}.jsonl").write_text("".join(f"{line.line()}\n" for line in lines), "utf-8")
    return status_of(collection).newspapers[PAPER].drift


def findings(*given: Any) -> list[str]:
    return list(drift(*given).findings(PAPER))


BEFORE = [line for number in range(7, 11) for line in month(2026, number, 30)]


def test_a_field_that_vanishes(tmp_path: Path) -> None:
    now = month(2026, 11, 2) + month(2026, 11, 10, first=2, byline=None)
    lines = [*BEFORE[2:], *month(2026, 6, 2, byline=None), *now]
    assert findings(tmp_path, lines) == [f"{PAPER}, 2026-11: byline found in 2 of 12, before in 118 of 120"]
    said = genbun("status", str(tmp_path / "collection"))
    assert f"\n\nreaders:\n  {PAPER}, 2026-11: byline found in 2 of 12, before in 118 of 120\n" in said.out


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"blocks": (Block(kind="paragraph", text="x"),)}, {"figures", "captions", "credits"}),
        ({"original": Original(url=None, wording=None)}, {"original"}),
        ({"access": "unknown"}, {"access"}),
        ({"published_at": None}, {"published_at"}),
        ({"section": None, "label": None}, {"section", "label"}),
    ],
)
def test_every_field_is_watched(tmp_path: Path, changed: dict[str, Any], found: set[str]) -> None:
    said = findings(tmp_path, [*BEFORE, *month(2026, 11, 8, **changed)])
    assert {one.partition(": ")[2].split()[0] for one in said} == found
    assert all(one.endswith(" found in 0 of 8, before in 120 of 120") for one in said)


def test_another_signal(tmp_path: Path) -> None:
    now = month(2026, 11, 1) + month(2026, 11, 7, first=1, signals={"body": "density=json-ld"})
    assert findings(tmp_path, [*BEFORE, *now]) == [
        f"{PAPER}, 2026-11: body now by density (7 of 8), before by entry-content (120 of 120)"
    ]


def test_signals_that_come_to_disagree(tmp_path: Path) -> None:
    now = month(2026, 11, 5) + month(2026, 11, 3, first=5, signals={"headline": "json-ld≠dom"})
    assert findings(tmp_path, [*BEFORE, *now]) == [
        f"{PAPER}, 2026-11: headline: signals disagree (json-ld≠dom) in 3 of 8, before in 0 of 120"
    ]


def test_the_general_extractor_is_needed(tmp_path: Path) -> None:
    changed: dict[str, Any] = {"signals": {"body": "trafilatura"}, "fallback": True}
    now = month(2026, 11, 9) + month(2026, 11, 3, first=9, **changed)
    assert findings(tmp_path, [*BEFORE, *now]) == [
        f"{PAPER}, 2026-11: the general extractor had to find the body in 3 of 12, before in 0 of 120"
    ]


@pytest.mark.parametrize(("times", "word"), [(30, "shorter"), (200, "longer")])
def test_another_length(tmp_path: Path, times: int, word: str) -> None:
    said = findings(tmp_path, [*BEFORE, *month(2026, 11, 6, text="A sentence of some length. " * times)])
    assert said == [f"{PAPER}, 2026-11: texts are {word}: {27 * times:,} characters (median), before 2,160"]


def test_many_problems(tmp_path: Path) -> None:
    day = dt.date(2026, 11, 20)
    problems = [problem(1, day, "challenge"), problem(2, day, "challenge"), problem(3, day, "no_body")]
    failed = [problem(number, day, "failed", "503 Service Unavailable") for number in range(10, 20)]
    said = findings(tmp_path, [*BEFORE, *month(2026, 11, 9)], [*problems, *failed])
    assert said == [f"{PAPER}, captured 2026-11: 3 of 12 pages gave no article (2 challenge, 1 no_body)"]
    assert findings(tmp_path, [*BEFORE, *month(2026, 11, 9)], problems[:1]) == []


@pytest.mark.parametrize(
    "now",
    [
        month(2026, 11, 8),
        month(2026, 11, 4, byline=None, section=None),  # too few to judge, and October is as before
        month(2026, 11, 5) + month(2026, 11, 1, first=5, byline=None),  # one of six
        month(2026, 11, 7) + month(2026, 11, 1, first=7, signals={"headline": "json-ld≠dom"}),
        month(2026, 11, 8, standfirst="More than before."),
    ],
)
def test_no_alarm(tmp_path: Path, now: list[ArticleLine]) -> None:
    assert findings(tmp_path, [*BEFORE, *now]) == []


def test_no_alarm_without_anything_to_compare_with(tmp_path: Path) -> None:
    assert findings(tmp_path, month(2026, 11, 8, byline=None)) == []


def test_what_changed_long_ago_is_no_news(tmp_path: Path) -> None:
    old = [line for year in (2023, 2024) for number in range(1, 13) for line in month(year, number, 5)]
    since = [line for number in range(1, 13) for line in month(2025, number, 5, byline=None)]
    assert findings(tmp_path, [*old, *since, *month(2026, 1, 5, byline=None)]) == []


def test_what_is_counted(tmp_path: Path) -> None:
    undated = month(2026, 11, 2, published_on=None, published_at=None, signals={"body": "density"})
    lines = [*month(2026, 11, 3), *undated, *month(2026, 10, 1, text="短い。", original=None)]
    drift(tmp_path, lines, [problem(1, dt.date(2026, 11, 2), "no_body")])
    done = genbun("status", str(tmp_path / "collection"), "--json", "--readers")
    said = json.loads(done.out)["newspapers"][PAPER]["drift"]
    assert [(row["month"], row["layout"], row["articles"]) for row in said["months"]] == [
        ("2026-10", "entry-content", 1), ("2026-11", "density", 2), ("2026-11", "entry-content", 3),
    ]  # fmt: skip
    october, odd, usual = said["months"]
    assert (october["characters"], october["paragraphs"]) == ([3, 3, 3], [1, 1, 1])
    assert "original" not in october["found"]
    assert "published_on" not in odd["found"]
    assert usual["signals"] == {name: {signal: 3} for name, signal in SIGNALS.items()}
    assert (usual["found"]["byline"], usual["found"]["credits"], usual["fallback"]) == (3, 3, 0)
    assert said["problems"] == {"2026-11": {"no_body": 1}}
    assert said["findings"] == []
    table = genbun("status", str(tmp_path / "collection"), "--readers").out
    assert "  2026-11  entry-content         3  2160-2160-2160" in table
    assert "\n    body: 4 entry-content=json-ld, 2 density\n" in table
    assert "\n    problems captured 2026-11: 1 no_body\n" in table
    assert max(len(line) for line in table.partition("month by month")[2].splitlines()) < 140


def test_the_middle() -> None:
    spread = Spread()
    assert spread.told() == (0, 0, 0)
    for number in (5, 1, 9, 3, 123_456):
        spread.note(number)
    assert spread.told() == (1, 5, 123_400)


def test_memory_does_not_grow_with_the_number_of_articles(tmp_path: Path) -> None:
    def peak(folder: Path, articles: int) -> int:
        lines = [article(n, dt.date(2026, 11, 1 + n % 28), text="x" * (n % 3000)) for n in range(100)]
        folder.mkdir()
        drift(folder, lines * (articles // 100))
        tracemalloc.start()
        status_of(Collection(folder / "collection"))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(tmp_path / "warm", 100)
    assert peak(tmp_path / "large", 4000) < peak(tmp_path / "small", 400) + 300_000


def test_a_real_crawl_raises_no_alarm(tmp_path: Path) -> None:
    folder = tmp_path / "collection"
    with serve() as press:
        to = [word for host in HOSTS for word in ("--connect-to", f"{host}={press.origin}")]
        crawled = genbun("crawl", PAPER, "--to", str(folder), "--delay", "0", "--no-requisites", *to)
    assert crawled.status == 0, crawled.err
    said = json.loads(genbun("status", str(folder), "--json").out)["newspapers"]
    for name in (PAPER, "sankei"):
        assert said[name]["drift"]["findings"] == []
        assert sum(row["articles"] for row in said[name]["drift"]["months"]) == said[name]["versions"]
    assert "\nreaders" not in genbun("status", str(folder)).out
