"""What datasette is told of a SQLite export: what its tables hold, and a search that takes words as they are typed.

The search is `search.query_of` in SQL, since datasette runs nothing else: characters are folded as the index has them
(by the table `search_folds`), parted where their kind changes, and runs of Japanese become pairs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from crawler.exporting.columns import flat_columns
from crawler.exporting.formats.search import CHARACTERS, NOTHING
from crawler.exporting.rows import TABLES

FOLDS: Final = "search_folds"
#: What is searched, by table.
SEARCHED: Final = {"articles": ("headline", "standfirst", "text"), "sentences": ("translation_text", "original_text")}
INDEX: Final = "An index alone: by rowid it gives the key of the row that has the words. It holds no words itself."
#: Blocks whose characters stand for others in Japanese and English text: Latin-1 and punctuation (½, …), letter-like,
#: Roman, circled, radicals, kana, squared, compatibility ideographs, ligatures, half and full width.
_FOLDED: Final = (
    range(0xA0, 0x100), range(0x2000, 0x2500), range(0x2E80, 0x2FE0), range(0x3000, 0x3400), range(0xF900, 0xFB07),
    range(0xFF00, 0xFFF0),
)  # fmt: skip
_MARKS: Final = "\u3099\u309aﾞﾟ"  # which make ハ to バ and パ
_KANA: Final = (range(0x3041, 0x30FF), range(0xFF66, 0xFF9E))

#: As `str.split` has them; NFKC makes plain ones of all others.
_SPACES: Final = "9, 10, 11, 12, 13, 32, 133, 5760, 8232, 8233"
#: What is no part of a word: punctuation and symbols. All that is not listed is a letter or a digit.
_SIGNS: Final = (
    "!-/:-@[-`{-~¡-©«-±´¶-¸»¿×÷\u0300-\u036f\u2000-\u2131\u2133-\u214d\u214f-\u217f\u2189-\u24ea\u2500-\u2775\u2794-\u2bff"
    "\u2e00-\u3004\u3008-\u3020\u302a-\u3030\u3036\u3037\u303d-\u3040\u30a0\u30fb"
    "\ufe00-\ufe6f\uff00-\uffef\U0001f000-\U0001faff"
)
QUERY: Final = f"""
WITH RECURSIVE folding (rest, text) AS (
    SELECT :words, ''
    UNION ALL
    SELECT substr(rest, 2 + EXISTS (SELECT 1 FROM {FOLDS} WHERE written = substr(rest, 1, 2) AND length(written) = 2)),
        text || COALESCE((SELECT folded FROM {FOLDS} WHERE written = substr(rest, 1, 2)),
                         (SELECT folded FROM {FOLDS} WHERE written = substr(rest, 1, 1)), substr(rest, 1, 1))
    FROM folding WHERE rest <> ''
), asked (text) AS (
    SELECT text || ' ' FROM folding WHERE rest = ''
), places (at) AS (
    SELECT 1 UNION ALL SELECT at + 1 FROM places, asked WHERE at < length(text)
), kinds (at, character, kind) AS (
    SELECT at, substr(text, at, 1), CASE
        WHEN unicode(substr(text, at, 1)) IN ({_SPACES}) THEN 'space'
        WHEN substr(text, at, 1) GLOB '[{CHARACTERS}]' THEN 'japanese'
        WHEN substr(text, at, 1) GLOB '[{_SIGNS}]' THEN 'sign'
        ELSE 'letter' END
    FROM places, asked
), characters AS (
    SELECT at, character, kind, lag(kind) OVER (ORDER BY at) AS before, lead(kind) OVER (ORDER BY at) AS after,
        lead(character) OVER (ORDER BY at) AS next FROM kinds
), reading (at, phrase, run, query) AS (
    SELECT 0, '', 0, ''
    UNION ALL
    SELECT characters.at,
        CASE kind
            WHEN 'space' THEN ''
            WHEN 'japanese' THEN phrase || ' ' || character || CASE after WHEN 'japanese' THEN next ELSE '' END
            WHEN 'letter' THEN phrase || CASE before WHEN 'letter' THEN '' ELSE ' ' END || character
            ELSE phrase END,
        CASE kind
            WHEN 'japanese' THEN CASE before WHEN 'japanese' THEN 2 ELSE 1 END
            WHEN 'sign' THEN run
            ELSE 0 END,
        query || CASE
            WHEN kind <> 'space' OR phrase = '' THEN ''
            WHEN run = 2 THEN ' "' || substr(phrase, 2, length(phrase) - 3) || '"'
            WHEN run = 1 THEN ' "' || substr(phrase, 2) || '" *'
            ELSE ' "' || substr(phrase, 2) || '"' END
    FROM reading JOIN characters ON characters.at = reading.at + 1
), query (query) AS (
    SELECT COALESCE(NULLIF(substr(query, 2), ''), '{NOTHING}') FROM reading ORDER BY at DESC LIMIT 1
)""".strip()  # noqa: S608  # constants of ours

#: Sentences by words of any length.
FIND: Final = {
    "title": "Find words in the sentences",
    "description": "English or Japanese, in half or full width. All of them have to be there, on either side; of more "
    "than 200 rows, the latest.",
    "hide_sql": True,
    "sql": f"""{QUERY}
SELECT original_text, translation_text, p_pair, translation_published_on, pair_id, number, translation_url, original_url
FROM sentences WHERE key IN (SELECT rowid FROM sentences_fts WHERE sentences_fts MATCH (SELECT query FROM query))
ORDER BY translation_published_on DESC, pair_id, number LIMIT 200""",  # noqa: S608  # constants of ours
}


def folds() -> Iterator[tuple[str, str]]:
    """Characters, and kana with a mark behind, that NFKC makes others of; and what it makes of them."""
    characters = map(chr, chain.from_iterable(_FOLDED))
    marked = (chr(code) + mark for code in chain.from_iterable(_KANA) for mark in _MARKS)
    for written in chain(characters, marked):
        folded = unicodedata.normalize("NFKC", written)
        if folded != written and (len(written) == 1 or len(folded) == 1):
            yield written, folded


def metadata(name: str, provenance: dict[str, Any], tables: tuple[str, ...], *, is_searched: bool) -> dict[str, Any]:
    """What datasette says of the file `name`.db: its tables and their columns, and the search where there is one."""
    described: dict[str, dict[str, Any]] = {
        table: {
            "description": (TABLES[table].__doc__ or "").partition("\n")[0],
            "columns": {column.name: column.description for column in flat_columns(table) if column.description},
        }
        for table in tables
    }
    database: dict[str, Any] = {"tables": described}
    if is_searched:
        described[FOLDS] = {"description": "Characters that the search takes for others (NFKC).", "hidden": True}
        described |= {f"{table}_fts": {"description": INDEX, "hidden": True} for table in SEARCHED}
        database["queries"] = {"find": FIND}
    return {
        "title": f"{provenance['collection']}: editorials and their Japanese originals",
        "source": f"genbun {provenance['genbun']}",
        "databases": {name: database},
    }
