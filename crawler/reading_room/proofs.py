"""PROVENANCE: where an article was read from, and the lines for a shell that fetch the same bytes again."""

from __future__ import annotations

import shlex
from typing import Any


def facts_of(capture: dict[str, Any]) -> list[tuple[str, str]]:
    """What the record says of itself, in the words of the standard."""
    return [
        ("WARC-Record-ID", capture["record_id"]),
        ("WARC-Date", capture["captured_at"]),
        ("WARC-Target-URI", capture["url"]),
        ("HTTP status", str(capture["status"])),
        ("WARC-Payload-Digest", capture["payload_digest"]),
        ("WARC file", capture["warc"]),
        ("offset of its gzip member", f"{capture['offset']:,} bytes"),
        ("length of its gzip member", f"{capture['length']:,} bytes"),
    ]


def shell_lines(folder: str, line: dict[str, Any], stored: str = "") -> list[tuple[str, str]]:
    """Commands, each with what it shows. Only tail, head and gzip are needed for the first.

    `stored` is where the WARC file lies that is not here: it has to be brought back before.
    """
    capture = line["capture"]
    warc = shlex.quote(f"{folder}/{capture['warc']}")
    place = shlex.quote(folder)
    article = line.get("id")
    member = f"tail -c +{capture['offset'] + 1} {warc} | head -c {capture['length']}"
    lines = [
        ("the record, its headers and the response as it came over the wire", f"{member} | gzip -dc"),
        ("the same by another program", f"warcio extract {warc} {capture['offset']}"),
        ("its address in the index", f'grep -F \'"offset": "{capture["offset"]}"\' {place}/indexes/index.cdxj'),
        ("that nothing of the collection was changed since", f"genbun verify {place}"),
    ]
    if article:
        lines.insert(
            3, ("its editions, and whether the other side followed", f"genbun history {place} {shlex.quote(article)}")
        )
    if stored:
        lines.insert(0, (f"the WARC file is stored at {stored}; this brings it back",
                         f"genbun store {place} --from {shlex.quote(stored)}"))  # fmt: skip
    return lines
