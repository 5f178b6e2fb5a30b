"""Invented article lines, and `genbun history` run on what is made of them."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archives.capture import Capture
from crawler.editions.changes import changes_between
from crawler.editions.pieces import pieces_of
from crawler.editions.records import TextChange
from crawler.models import ArticleLine, Block, Parser
from crawler.text import digest_of, text_of

DAY = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)


def day(number: float) -> dt.datetime:
    """Noon, so many days on."""
    return DAY + dt.timedelta(days=number)


def line(
    text: str | Sequence[Block],
    *,
    id: str = "example_shimbun:A",
    version: int = 1,
    language: str = "ja",
    at: float = 0,
    **fields: Any,
) -> ArticleLine:
    """An article line; of a text each paragraph is a block."""
    blocks = tuple(Block(kind="paragraph", text=part) for part in text.split("\n\n")) if isinstance(text, str) else text
    words = text if isinstance(text, str) else text_of(text)
    paper, _, name = id.partition(":")
    url = f"https://{'shimbun' if language == 'ja' else 'herald'}.example/{name}/"
    given = {
        "id": id, "newspaper": paper, "language": language, "kind": "editorial", "url": url, "section": None,
        "label": None, "headline": "灯台", "headline_raw": "灯台", "standfirst": None, "byline": None,
        "published_at": None, "modified_at": None, "published_on": DAY.date(), "blocks": tuple(blocks), "text": words,
        "text_digest": digest_of(words), "original": None, "access": "free", "truncated": False, "version": version,
        "parser": Parser(name=paper, version=1, signals={}), "capture": capture(url, at, version),
    }  # fmt: skip
    return ArticleLine(**{**given, **fields})


def capture(url: str, at: float, version: int) -> Capture:
    """Where a line says that it comes from."""
    return Capture(
        record_id=f"<urn:uuid:{version:08}-0000-4000-8000-{zlib.crc32(url.encode()):012}>",
        warc="archive/none.warc.gz", offset=0, length=1, captured_at=day(at), status=200, payload_digest="sha1:X",
        url=url,
    )  # fmt: skip


def changes(old: str, new: str, language: str = "ja") -> list[TextChange]:
    """What changed between two texts."""
    return changes_between(pieces_of(line(old, language=language)), pieces_of(line(new, language=language)))


def collection(folder: Path, lines: Sequence[ArticleLine], pairs: Sequence[dict[str, Any]] = ()) -> Path:
    """A collection of these lines and nothing else."""
    (folder / "records").mkdir(parents=True)
    (folder / "archive").mkdir()
    (folder / "records" / "articles.jsonl").write_text("".join(f"{one.line()}\n" for one in lines), "utf-8")
    (folder / "records" / "pairs.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in pairs), "utf-8")
    return folder


def pair(translation: ArticleLine, original: ArticleLine, alignment: dict[str, Any] | None = None) -> dict[str, Any]:
    """What `genbun history` reads of a pair line."""
    sides = [{"id": one.id, "version": one.version} for one in (translation, original)]
    return {
        "id": translation.id, "status": "paired", "original_url": original.url, "translation": sides[0],
        "original": sides[1], "alignment": alignment,
    }  # fmt: skip


def alignment(*links: tuple[tuple[str, str], tuple[str, str]]) -> dict[str, Any]:
    """An alignment of sentences given as (whole text, sentence), translation and original."""
    sentences = [
        {"translation": _spans(*ours), "original": _spans(*theirs), "p_pair": 1.0, "p_exact": 1.0, "warnings": []}
        for ours, theirs in links
    ]
    return {"method": "by hand", "sentences": sentences, "paragraphs": []}


def _spans(text: str, sentence: str) -> list[dict[str, int]]:
    at = text.index(sentence)
    return [{"start": at, "end": at + len(sentence)}] if sentence else []
