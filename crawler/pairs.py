"""ARTICLES → PAIRS: each translation joined with the original it declares, from what was captured and nothing else."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from archives.capture import Capture
from crawler.aligning import Aligning, Texts
from crawler.likeness import Candidate, Likely, Shares
from crawler.likeness import pairs as pairs_by_likeness
from crawler.models import Article, ArticleLine, Evidence, PairLine, PairStatus, Problem, RunnerUp, Side
from crawler.newspapers import newspaper_for
from crawler.readings import REFUSALS

MAX_REDIRECTS: Final = 10

#: How sure a link is, by the rule that found it. Not a probability that was measured: an order, with room below for
#: pairs that rest on likeness.
CONFIDENCE: Final = {"link_line": 1.0, "widget": 0.98, "link_words": 0.95, "japanese_edition": 0.9}
CONFIDENCE_OTHER: Final = 0.8
#: Where a translation declares no original, or one that is gone, it is looked for by likeness.
BY_LIKENESS: Final = frozenset({"no_link", "gone"})

_LATEST: Final = (
    "SELECT v.article_id, json_extract(r.article, '$.original.url') FROM temp.versions v"
    " JOIN readings r ON r.record_id = v.record_id WHERE r.is_translation = ? AND v.version ="
    " (SELECT MAX(version) FROM temp.versions w WHERE w.article_id = v.article_id)"
    " ORDER BY json_extract(r.article, '$.published_on'), v.article_id"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Where the address of an original led: an article's id, or the status and detail that say why to none."""

    article_id: str = ""
    status: PairStatus = "paired"
    method: str = "link"
    detail: str | None = None


def pair_lines(db: sqlite3.Connection, translations: Iterator[ArticleLine],
               alignments: Aligning, shares: Shares) -> Iterator[PairLine]:  # fmt: skip
    """One line per translation. `translations` are the latest versions; `db` holds the readings and their versions."""
    pairs: deque[PairLine] = deque()
    likely = likely_originals(db, shares)

    def texts() -> Iterator[Texts | None]:
        for translation in translations:
            pair, original = _pair(db, translation, likely.get(translation.id))
            pairs.append(pair)
            yield _texts(translation, original) if original is not None and pair.status == "paired" else None

    for alignment in alignments.of(texts()):
        name = "not_aligned" if isinstance(alignment, str) else "alignment"
        yield pairs.popleft().model_copy(update={name: alignment})


def likely_originals(db: sqlite3.Connection, shares: Shares) -> dict[str, Likely]:
    """What likeness says of each translation whose original no link leads to; originals of others are left out."""
    wanted, taken = set(), set()
    for article_id, url in db.execute(_LATEST, (1,)).fetchall():
        found = _follow(db, url) if url else Found(status="no_link")
        if found.article_id:
            taken.add(found.article_id)
        elif found.status in BY_LIKENESS:
            wanted.add(article_id)
    if not wanted:
        return {}
    translations = _candidates(db, 1, lambda article_id: article_id in wanted)
    return pairs_by_likeness(translations, _candidates(db, 0, lambda article_id: article_id not in taken), shares)


def _candidates(db: sqlite3.Connection, is_translation: int, is_asked: Callable[[str], bool]) -> Iterator[Candidate]:
    for article_id, _ in db.execute(_LATEST, (is_translation,)).fetchall():
        line = _latest(db, article_id) if is_asked(article_id) else None
        candidate = Candidate.of(line) if line else None
        if candidate:
            yield candidate


def _texts(translation: ArticleLine, original: ArticleLine) -> Texts:
    return Texts(
        translation.id,
        translation.text,
        original.text,
        (translation.language, original.language),
        (translation.text_digest, original.text_digest),
    )


def _pair(
    db: sqlite3.Connection, translation: ArticleLine, likely: Likely | None
) -> tuple[PairLine, ArticleLine | None]:
    declared = translation.original
    url = declared.url if declared else None
    found = _follow(db, url) if url else Found(status="no_link")
    original = _latest(db, found.article_id) if found.article_id else None
    status = found.status
    if original is None and likely is not None and likely.original:
        original, status = _latest(db, likely.original), "paired"
    if original is not None and original.access == "members":
        status = "restricted"
    line = PairLine(
        id=translation.id,
        status=status,
        original_url=url,
        translation=_side(translation),
        original=_side(original) if original else None,
        evidence=_evidence(translation, found, original, likely),
        lag_days=_lag(translation, original),
    )
    return line, original


def _evidence(translation: ArticleLine, found: Found, original: ArticleLine | None, likely: Likely | None) -> Evidence:
    declared = translation.original
    wording = declared.wording if declared else None
    if likely is None:
        method: Literal["link", "canonical"] | None = (
            ("canonical" if found.method == "canonical" else "link") if original else None
        )
        confidence = _confidence(translation) if original else 0.0
        return Evidence(method=method, wording=wording, confidence=confidence, detail=found.detail)
    runner_up = likely.runner_up
    return Evidence(
        method="likeness" if original else None,
        wording=wording,
        confidence=likely.confidence,
        runner_up=RunnerUp(id=runner_up.id, confidence=runner_up.confidence) if original and runner_up else None,
        link_status=found.status if original and declared and declared.url else None,
        detail="; ".join(filter(None, (found.detail, likely.detail))) or None,
    )


def _follow(db: sqlite3.Connection, url: str) -> Found:
    """Walk from the declared address over archived redirects to what was read there."""
    seen: list[str] = []
    while True:
        at_address = _article_at(db, url)
        if at_address:
            return Found(at_address, detail=_hops(seen, url))
        row = db.execute(
            "SELECT what, status, target, outcome, problem FROM readings WHERE url = ? AND what != 'same'"
            " ORDER BY at DESC, record_id DESC LIMIT 1",
            (url,),
        ).fetchone()
        if row is not None and row[0] == "redirect" and len(seen) < MAX_REDIRECTS and row[2] not in seen:
            seen.append(url)
            url = row[2]
            continue
        known = _article_of_canonical(db, url)
        if known:
            return Found(known, method="canonical", detail=_hops(seen, url))
        return _without(row, seen, url)


def _article_at(db: sqlite3.Connection, url: str) -> str:
    row = db.execute(
        "SELECT article_id FROM readings WHERE url = ? AND what = 'article' ORDER BY at DESC, record_id DESC LIMIT 1",
        (url,),
    ).fetchone()
    return row[0] if row else ""


def _article_of_canonical(db: sqlite3.Connection, url: str) -> str:
    """The article whose own canonical address this is, within the newspaper that owns it."""
    paper = newspaper_for(url)
    canonical = paper.canonical(url) if paper else url
    row = db.execute(
        "SELECT article_id FROM readings WHERE article_url = ? AND article_url != '' ORDER BY at DESC LIMIT 1",
        (canonical,),
    ).fetchone()
    return row[0] if row else ""


def _without(row: tuple[str, int, str, str, str] | None, seen: list[str], url: str) -> Found:
    if row is None:
        return Found(status="not_captured", detail=_hops(seen, url) or "never asked for")
    what, status, _, outcome, problem = row
    detail = Problem.model_validate_json(problem).detail if problem else None
    if what == "redirect":
        return Found(status="unreadable", detail=f"more than {MAX_REDIRECTS} redirects, or a loop, from {url}")
    if outcome:
        return Found(status="refused" if outcome == "refused" else "not_captured", detail=detail)
    if status in (404, 410):
        return Found(status="gone", detail=detail)
    if status in REFUSALS:
        return Found(status="refused", detail=detail)
    if status >= 500:
        return Found(status="not_captured", detail=detail)
    return Found(status="unreadable", detail=detail)


def _hops(seen: list[str], url: str) -> str | None:
    return f"redirected to {url}" if seen else None


def _latest(db: sqlite3.Connection, article_id: str) -> ArticleLine | None:
    row = db.execute(
        "SELECT r.article, v.version, v.capture FROM versions v JOIN readings r ON r.record_id = v.record_id"
        " WHERE v.article_id = ? ORDER BY v.version DESC LIMIT 1",
        (article_id,),
    ).fetchone()
    return line_of(*row) if row else None


def line_of(article: str, version: int, capture: str) -> ArticleLine:
    """An article line from the JSON of its parts."""
    read = Article.model_validate_json(article)
    return ArticleLine(
        **{name: getattr(read, name) for name in Article.model_fields},
        version=version,
        capture=Capture.model_validate_json(capture),
    )


def _side(line: ArticleLine) -> Side:
    assert line.version is not None
    assert line.capture is not None
    return Side(
        id=line.id,
        version=line.version,
        url=line.url,
        language=line.language,
        headline=line.headline,
        published_at=line.published_at,
        capture=line.capture,
    )


def _confidence(translation: ArticleLine) -> float:
    declared = translation.original
    best = declared.candidates[0] if declared and declared.candidates else None
    return CONFIDENCE.get(best.rule, CONFIDENCE_OTHER) if best else CONFIDENCE_OTHER


def _lag(translation: ArticleLine, original: ArticleLine | None) -> int | None:
    if original is None or translation.published_on is None or original.published_on is None:
        return None
    return (translation.published_on - original.published_on).days
