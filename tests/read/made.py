"""Collections of invented lines, as the records have them, without an archive behind them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crawler.models import ArticleLine, Block, PairLine
from tests.editions.articles import collection, line


def article(text: str | Sequence[Block], name: str, **fields: Any) -> ArticleLine:
    """An article line; in Japanese, unless its id says that it is the Herald's."""
    language = "en" if name.startswith("example_herald:") else "ja"
    return line(text, id=name, language=language, **fields)


def pair(
    translation: ArticleLine, original: ArticleLine | None, status: str = "paired", **fields: Any
) -> dict[str, Any]:
    """A pair line."""
    given = {
        "id": translation.id, "status": status, "original_url": original.url if original else None,
        "translation": _side(translation), "original": _side(original) if original else None,
        "evidence": {"method": "link", "wording": None, "confidence": 1.0, "detail": None}, "lag_days": 0,
    }  # fmt: skip
    read: dict[str, Any] = json.loads(PairLine.model_validate(given | fields, strict=False).line())
    return read


def _side(one: ArticleLine) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("id", "version", "url", "language", "headline", "published_at")} | {
        "capture": one.capture
    }


def made(folder: Path, articles: Sequence[ArticleLine], pairs: Sequence[dict[str, Any]] = ()) -> Path:
    """A collection of these."""
    return collection(folder, articles, pairs)


def write(folder: Path, articles: Sequence[ArticleLine]) -> None:
    """Put other article lines in the place of those there are."""
    path = folder / "records" / "articles.jsonl"
    new = path.with_suffix(".new")
    new.write_text("".join(f"{one.line()}\n" for one in articles), "utf-8")
    new.replace(path)
