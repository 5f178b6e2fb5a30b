"""The CDXJ index, line for line as cdxj-indexer writes it, since pywb looks pages up by its keys."""

from __future__ import annotations

import json
from functools import lru_cache

import surt

from archives.records import Record


@lru_cache(maxsize=4096)
def key_of(url: str) -> str:
    """The SURT key: host reversed without `www.`, path and query lower-cased. A look-up key, never an identity."""
    try:
        return str(surt.surt(url))
    except Exception:  # surt raises many kinds on odd addresses; cdxj-indexer keeps the address then
        return url


def cdxj_line(record: Record, offset: int, length: int, filename: str) -> str:
    """The index line of a response or an identical-payload revisit; the date keeps whole seconds only."""
    stamp = "".join(ch for ch in record.date[:19] if ch.isdigit())
    fields = {
        "url": record.url,
        "mime": "warc/revisit" if record.type == "revisit" else record.mime,
        "status": str(record.status),
        "digest": record.payload_digest,
        "length": str(length),
        "offset": str(offset),
        "filename": filename,
    }
    return f"{key_of(record.url)} {stamp} {json.dumps(fields)}\n"
