"""CITE THIS: an article as it was captured, or the collection, in BibTeX, RIS and CSL-JSON.

The capture's moment is the date of access: what is cited is the page as it was then. The WARC record's id is part of
each, since it is what names the bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from typing import Any, Final

from crawler.reading_room.filling import uuid_of

FORMATS: Final = {"bib": "application/x-bibtex", "ris": "application/x-research-info-systems",
                  "csl.json": "application/vnd.citationstyles.csl+json"}  # fmt: skip

_WORD: Final = re.compile(r"[a-z0-9]+")
_SPECIAL: Final = re.compile(r"[\\{}$&#^_%~]")
_BIBTEX: Final = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_LANGUAGES: Final = {"en": "english", "ja": "japanese"}
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Item = dict[str, Any]


def item_of(line: dict[str, Any], newspaper: str) -> Item:
    """An article line as a CSL item (citationstyles.org, schema 1.0.2). `newspaper` is what the paper calls itself."""
    capture = line["capture"]
    moment = utc(capture["captured_at"])
    item: Item = {
        "id": _key(line),
        "type": "article-newspaper",
        "title": _plain(line["headline"]),
        "container-title": _plain(newspaper),
        "language": line["language"],
        "URL": _plain(line["url"]),
        "accessed": _date(moment),
        "archive": "Genbun collection",
        "archive_location": f"{capture['warc']}, offset {capture['offset']}",
        "number": capture["record_id"],
        "note": f"Edition {line['version']}, captured {moment}; "
        f"WARC-Record-ID {capture['record_id']}; payload {capture['payload_digest']}",
    }
    if line["byline"]:
        item["author"] = [{"literal": _plain(line["byline"])}]
    if line["section"]:
        item["section"] = _plain(line["section"])
    if line["published_on"]:
        item["issued"] = _date(line["published_on"])
    return item


def item_of_collection(name: str, first: str, last: str, articles: int, view: str) -> Item:
    """A collection, or one view of it, as a CSL item: what it holds, and between which captures."""
    return {
        "id": f"genbun-{_slug(name) or 'collection'}",
        "type": "dataset",
        "title": f"{_plain(name)}: editorials in translation and original, archived by Genbun",
        "issued": _date(last or "0001-01-01"),
        "accessed": _date(last or "0001-01-01"),
        "note": f"{articles:,} articles, captured {utc(first)} to {utc(last)}; view {_plain(view)} of its reading room",
    }


def formats(item: Item) -> dict[str, str]:
    """An item in all three, by the endings of `FORMATS`."""
    return {
        "bib": bibtex(item),
        "ris": ris(item),
        "csl.json": json.dumps([item], ensure_ascii=False, indent=2) + "\n",
    }


def bibtex(item: Item) -> str:
    """An entry for BibLaTeX and BibTeX: braces keep the title as it is."""
    fields: list[tuple[str, str]] = [("title", f"{{{_tex(item['title'])}}}")]
    if "author" in item:
        fields.append(("author", f"{{{_tex(item['author'][0]['literal'])}}}"))
    if "container-title" in item:
        fields.append(("journal", _tex(item["container-title"])))
    if "issued" in item:
        parts = item["issued"]["date-parts"][0]
        fields += [("date", _iso(parts)), ("year", f"{parts[0]:04}")]
        if len(parts) > 1:
            fields.append(("month", _MONTHS[parts[1] - 1]))
    if "URL" in item:
        fields.append(("url", _plain(item["URL"]).replace("{", "%7B").replace("}", "%7D")))
    fields.append(("urldate", _iso(item["accessed"]["date-parts"][0])))
    if "language" in item:
        fields.append(("langid", _LANGUAGES.get(item["language"][:2], str(item["language"]))))
    fields.append(("note", _tex(item["note"])))
    kind = "article" if item["type"] == "article-newspaper" else "misc"
    rows = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields]
    return "\n".join([f"@{kind}{{{item['id']},", *rows, "}"]) + "\n"


def ris(item: Item) -> str:
    """A record for reference managers; lines end as RIS has them."""
    rows = [("TY", "NEWS" if item["type"] == "article-newspaper" else "DATA"), ("TI", item["title"])]
    rows += [("AU", item["author"][0]["literal"])] if "author" in item else []
    rows += [("T2", item["container-title"])] if "container-title" in item else []
    if "issued" in item:
        parts = item["issued"]["date-parts"][0]
        rows += [("PY", f"{parts[0]:04}"), ("DA", "/".join(f"{part:02}" for part in parts) + "/")]
    rows += [("SE", item["section"])] if "section" in item else []
    rows += [("UR", item["URL"])] if "URL" in item else []
    rows += [("Y2", "/".join(f"{part:02}" for part in item["accessed"]["date-parts"][0]) + "/")]
    rows += [("LA", item["language"])] if "language" in item else []
    rows += [("AN", item["number"])] if "number" in item else []
    rows += [("N1", item["note"]), ("ER", "")]
    return "".join(f"{tag}  - {_plain(str(value))}\r\n" for tag, value in rows)


def utc(said: str) -> str:
    """A moment as 2026-11-24T05:06:07Z; empty if there is none."""
    return f"{dt.datetime.fromisoformat(said).astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}" if said else ""


def _key(line: dict[str, Any]) -> str:
    """`example_herald-2026-keep-the-kazami`, and the beginning of the record's id, so that editions differ."""
    year = (line["published_on"] or "nd")[:4]
    paper, _, own = line["id"].partition(":")
    return "-".join(
        part for part in (_slug(paper), year, _slug(own)[:24], uuid_of(line["capture"]["record_id"])[:8]) if part
    )


def _slug(words: str) -> str:
    return "-".join(_WORD.findall(words.lower()))


def _date(said: str) -> Item:
    return {"date-parts": [[int(part) for part in said[:10].split("-")]]}


def _iso(parts: list[int]) -> str:
    return "-".join(f"{part:04}" if at == 0 else f"{part:02}" for at, part in enumerate(parts))


def _plain(words: str) -> str:
    """On one line, without what controls a terminal or the order of letters."""
    return " ".join(
        "".join(" " if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp", "Cs") else one for one in words).split()
    )


def _tex(words: str) -> str:
    return _SPECIAL.sub(lambda found: _BIBTEX.get(found[0], f"\\{found[0]}"), _plain(words))
