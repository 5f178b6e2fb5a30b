"""The index → scripts by which a static site is searched: postings by token, texts, and what the list shows.

Each is a `.js` file with one call, loaded by a script element: a page that was opened from a disk may fetch nothing.
Tokens are those of the index, so what is found is what the server would find; the shard of a token follows from its
first characters (`shard` in assets/list.js is the same rule).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Final

from crawler.reading_room.addresses import file_name
from crawler.reading_room.drawing import STATUSES
from crawler.reading_room.index import Index
from crawler.reading_room.wanted import ACCESS

SHARDS: Final = 256
PER_FILE: Final = 8  # texts in one file
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"

Write = Callable[[str, bytes], None]


def write_search(index: Index, write: Write) -> None:
    """Write all of it below `search/`."""
    numbers = {key: at for at, (key,) in enumerate(index.db.execute("SELECT DISTINCT article FROM sides ORDER BY 1"))}
    _write_entries(index, numbers, write)
    _write_texts(index, numbers, write)
    _write_postings(index, numbers, write)


def shard(token: str) -> int:
    """Which file a token's postings are in: by its first character, of ASCII tokens the first two."""
    second = ord(token[1]) if ord(token[0]) < 128 and len(token) > 1 else 0
    return (31 * ord(token[0]) + second) % SHARDS


def _script(name: str, value: Any) -> bytes:
    """A call with JSON in it; `<` and the line ends that only JavaScript knows are escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"genbun({json.dumps(name)},{safe});\n".encode("utf-8", "replace")


def _write_entries(index: Index, numbers: dict[int, int], write: Write) -> None:
    papers = index.about("papers")
    newspapers = [paper["name"] for paper in papers]
    sections: dict[str, int] = {}
    statuses = list(STATUSES)
    rows = []
    for entry in index.all_entries():
        sides = [
            [numbers[side["key"]], side["language"], newspapers.index(side["newspaper"]),
             sections.setdefault(side["section"], len(sections)) if side["section"] else -1,
             ACCESS.index(side["access"]), side["headline"], file_name(side["id"])]
            for side in entry["sides"]
        ]  # fmt: skip
        earlier = [
            [numbers[one["key"]], one["language"], one["version"], file_name(one["record"])]
            for one in (index.earlier(entry) if entry["edited"] else ())
        ]
        status = statuses.index(entry["status"]) if entry["status"] else -1
        rows.append([entry["day"], status, entry["edited"], sides, earlier])
    titles = [paper["title"] for paper in papers]
    tables = {"newspapers": newspapers, "titles": titles, "sections": list(sections), "access": ACCESS,
              "statuses": statuses, "words": STATUSES, "per": PER_FILE, "entries": rows}  # fmt: skip
    write("search/entries.js", _script("entries", tables))


def _write_texts(index: Index, numbers: dict[int, int], write: Write) -> None:
    for file, members in groupby(numbers.items(), key=lambda one: one[1] // PER_FILE):
        texts = {}
        for key, number in members:
            line = index.line(key)
            texts[number] = "\n".join(part for part in (line["headline"], line["standfirst"], line["text"]) if part)
        write(f"search/x{file}.js", _script(f"x{file}", texts))


def _write_postings(index: Index, numbers: dict[int, int], write: Write) -> None:
    shards: dict[int, list[str]] = defaultdict(list)
    for token, documents in _postings(index):
        places = sorted(numbers[document] for document in documents if document in numbers)
        if places:
            steps = [_base36(at - before) for before, at in zip([0, *places], places, strict=False)]
            shards[shard(token)].append(f"{json.dumps(token, ensure_ascii=False)}:{json.dumps(','.join(steps))}")
    for number, entries in shards.items():
        name = f"t{number}"
        text = f"genbun({json.dumps(name)},{{{','.join(entries)}}});\n"
        write(f"search/{name}.js", text.encode("utf-8", "replace"))


def _postings(index: Index) -> Iterator[tuple[str, set[int]]]:
    """Each token with the articles that hold it."""
    index.db.execute("PRAGMA query_only = OFF")  # the view of the index's words is a table, in this connection alone
    try:
        index.db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.held USING fts5vocab(main, words, instance)")
    finally:
        index.db.execute("PRAGMA query_only = ON")
    rows = index.db.execute("SELECT term, doc FROM temp.held")
    for token, members in groupby(rows, key=lambda row: row[0]):
        yield token, {document for _, document in members}


def _base36(value: int) -> str:
    digits = ""
    while value:
        value, digit = divmod(value, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
