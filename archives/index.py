"""The CDXJ index, line for line as cdxj-indexer writes it, since pywb looks pages up by its keys."""

from __future__ import annotations

import json
from string import digits
from typing import Final

from archives.keys import key_of
from archives.records import Record

LONGEST_ADDRESS: Final = 8_000
"""Characters; RFC 9110, 4.1, recommends that so many be supported. What has more is kept, and neither indexed nor read:
an index holds an address twice, the journal oftener, and a gzip member of 1 KB may bring one of 60 KB."""


def cdxj_line(record: Record, offset: int, length: int, filename: str) -> str:
    """The index line of a response or an identical-payload revisit; the date keeps whole seconds only."""
    stamp = "".join(ch for ch in record.date[:19] if ch in digits)
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
