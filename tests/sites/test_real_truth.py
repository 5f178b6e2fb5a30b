"""Readers against what a person read off the real pages: `real_truth.json` holds counts, dates and hashes, no words.

The truth was written down before any reader was looked at, and is not bent to one: where they differ, look at the page
again. Newspapers without a reader wait in it for theirs. `…_also`, `doubts`: where a person may read it otherwise.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from crawler.models import Article, Block
from crawler.newspapers import all_newspapers, parse_page

pytestmark = pytest.mark.realpages

TRUTH: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("real_truth.json").read_text("utf-8"))
READABLE = {name: truth for name, truth in TRUTH.items() if truth["newspaper"] in all_newspapers()}
PAGES = [pytest.param(name, id=name.removesuffix(".html.gz")) for name in READABLE]
EXACT = (
    "newspaper", "url", "headline_sha", "headline_length", "label", "section", "published_at", "published_on",
    "modified_at", "byline_sha", "standfirst", "access", "truncated", "paragraphs", "headings", "figures",
    "figure_shas", "text_length", "text_sha", "first20_sha", "last20_sha", "blocks",
)  # fmt: skip


@pytest.mark.parametrize("field", EXACT)
@pytest.mark.parametrize("name", PAGES)
def test_field(name: str, field: str, real_pages: Path) -> None:
    assert facts(read(real_pages, name))[field] == READABLE[name][field]


@pytest.mark.parametrize("name", PAGES)
def test_kind(name: str, real_pages: Path) -> None:
    assert read(real_pages, name).kind in (READABLE[name]["kind"], *READABLE[name]["kind_also"])


def test_every_real_page_has_its_truth(real_pages: Path) -> None:
    rows = (real_pages / "MANIFEST.tsv").read_text("utf-8").splitlines()[1:]
    assert {row.split("\t")[0] for row in rows} == set(TRUTH)


@lru_cache(maxsize=len(READABLE) or 1)
def read(real_pages: Path, name: str) -> Article:
    article = parse_page(gzip.decompress((real_pages / name).read_bytes()), READABLE[name]["url"])
    assert isinstance(article, Article), article
    return article


def facts(article: Article) -> dict[str, Any]:
    """What the truth file says of a page, as the reader sees it."""
    kinds = [block.kind for block in article.blocks]
    return {
        "newspaper": article.newspaper,
        "url": article.url,
        "headline_sha": sha(article.headline),
        "headline_length": len(article.headline),
        "label": article.label,
        "section": article.section,
        "published_at": article.published_at and article.published_at.isoformat(),
        "published_on": article.published_on and article.published_on.isoformat(),
        "modified_at": article.modified_at and article.modified_at.isoformat(),
        "byline_sha": sha(article.byline),
        "standfirst": article.standfirst,
        "access": article.access,
        "truncated": article.truncated,
        "paragraphs": kinds.count("paragraph"),
        "headings": kinds.count("heading"),
        "figures": kinds.count("figure"),
        "figure_shas": [figure_of(block) for block in article.blocks if block.kind == "figure"],
        "text_length": len(article.text),
        "text_sha": sha(article.text),
        "first20_sha": sha(article.text[:20]),
        "last20_sha": sha(article.text[-20:]),
        "blocks": [f"{block.kind} {sha(block.text)}" for block in article.blocks if block.kind != "figure"],
    }


def figure_of(block: Block) -> dict[str, str | None]:
    """`printed` is the line under the picture, its credit in full-width parentheses."""
    printed = f"{block.caption}（{block.credit}）" if block.caption and block.credit else block.caption
    return {"printed": sha(printed), "caption": sha(block.caption), "credit": sha(block.credit)}


def sha(words: str | None) -> str | None:
    return hashlib.sha256(words.encode()).hexdigest()[:16] if words else None
