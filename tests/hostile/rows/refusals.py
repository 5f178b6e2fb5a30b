"""Rows: the host says that it has enough of us."""

from __future__ import annotations

from typing import Final

from tests.hostile.plays import date, refuses, seconds
from tests.hostile.row import Row

RESTING: Final = "refused: retry_after"

REFUSALS: Final = (
    Row("429, Retry-After: 1, then 200", "editorial", refuses(429, seconds(1), 1), kept="429, 200", pause=1),
    Row("429, Retry-After: a date, then 200", "original", refuses(429, date(1), 1), kept="429, 200", pause=1),
    Row("429, Retry-After: 1", "sitemap", refuses(429, seconds(1)),
        kept="2 × 429", outcome="refused: status_429", pause=1),
    Row("429, Retry-After: an hour", "image", refuses(429, seconds(3600)),
        kept="429", outcome="refused: status_429", rest=RESTING, pause=3600),
    Row("429, Retry-After: 3,000 years", "image", refuses(429, seconds(99_999_999_999)),
        kept="429", outcome="refused: status_429", rest=RESTING, pause=3600),
    Row("429, Retry-After: a year of twenty digits", "original",
        refuses(429, lambda: b"Wed, 21 Oct 99999999999999999999 07:28:00 GMT"),
        kept="429", outcome="refused: status_429", line="refused, problem failed"),
    Row("429, Retry-After: 1, at every address", "image", refuses(429, seconds(1)), everywhere=True,
        kept="2 × 429", outcome="refused: status_429", rest="refused: status_429"),
    Row("429", "original", refuses(429),
        kept="429", outcome="refused: status_429", line="refused, problem failed"),
    Row("429 at every address", "image", refuses(429), everywhere=True,
        kept="429", outcome="refused: status_429", rest="refused: status_429"),
    Row("403 at every address", "feed", refuses(403), everywhere=True, kept="403", outcome="refused: status_403",
        rest="refused: status_403", line="", others="none", exit=6, says="refused its listings (status_403)"),
    Row("503 at every address", "feed", refuses(503), everywhere=True, kept="2 × 503", outcome="failed: status_503",
        rest="failed: status_503", line="", others="none", exit=3, says="no listing of herald.example answered"),
    Row("503, Retry-After: 1, then 200", "editorial", refuses(503, seconds(1), 1), kept="503, 200", pause=1),
    Row("503, Retry-After: a date, then 200", "original", refuses(503, date(1), 1), kept="503, 200", pause=1),
    Row("503", "image", refuses(503), kept="2 × 503", outcome="failed: status_503"),
    Row("503, Retry-After: soon", "editorial", refuses(503, lambda: b"soon"),
        kept="2 × 503", outcome="failed: status_503", line="problem failed"),
    Row("403", "editorial", refuses(403), kept="403", outcome="refused: status_403", line="problem failed"),
)  # fmt: skip
