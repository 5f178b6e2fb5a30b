"""PROVENANCE → Croissant 1.0 (JSON-LD): which files there are, and what each column holds, for programs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from crawler.exporting.columns import TWICE, Column, columns_of
from crawler.exporting.formats.card import Counts
from crawler.exporting.rows import TABLES

CONTEXT: Final = {
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/", "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract", "field": "cr:field",
    "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet", "format": "cr:format",
    "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key",
    "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet",
    "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace",
    "samplingRate": "cr:samplingRate", "sc": "https://schema.org/", "separator": "cr:separator", "source": "cr:source",
    "subField": "cr:subField", "transform": "cr:transform",
}  # fmt: skip
PARQUET: Final = "application/x-parquet"
TYPES: Final = {
    "text": "sc:Text", "whole": "sc:Integer", "number": "sc:Float", "truth": "sc:Boolean", "instant": "sc:DateTime",
    "day": "sc:Date",
}  # fmt: skip


def croissant_of(folder: Path, provenance: dict[str, Any], counts: Counts) -> dict[str, Any]:
    """croissant.json. Columns of objects, and of lists of them, are left to the Parquet file's own schema."""
    captured = provenance["captured"]
    collection, genbun = provenance["collection"], provenance["genbun"]
    about = f"English-language editorials and their Japanese originals, from the collection {collection}."
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": _name(collection),
        "description": f"{about} The texts belong to the newspapers; no licence comes with them. "
        "datePublished is the day of the last capture, in UTC.",
        "license": "The texts belong to the newspapers; no licence comes with them.",
        "citeAs": f"Collection {collection}, exported by Genbun {genbun}; an article by its id, its capture's "
        "record_id and captured_at",
        "inLanguage": ["en", "ja"],
        "creator": {"@type": "sc:Organization", "name": ", ".join(provenance["rights"]) or "unknown"},
        **({"datePublished": captured["last"][:10]} if captured["last"] else {}),
        "version": "1.0.0",
        "distribution": [_file(folder, table, split) for table, by in counts.items() for split in by],
        "recordSet": [_records(table, split) for table, by in counts.items() for split in by],
    }


def _file(folder: Path, table: str, split: str) -> dict[str, Any]:
    name, path = f"{table}-{split}.parquet", f"data/{table}/{split}.parquet"
    with (folder / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "@type": "cr:FileObject", "@id": name, "name": name, "contentUrl": path, "encodingFormat": PARQUET,
        "sha256": digest, "contentSize": f"{(folder / path).stat().st_size} B",
    }  # fmt: skip


def _records(table: str, split: str) -> dict[str, Any]:
    name = f"{table}-{split}"
    return {
        "@type": "cr:RecordSet", "@id": name, "name": name, "description": TABLES[table].__doc__,
        "field": [_field(name, column) for column in columns_of(table, TWICE) if _plain(column).kind in TYPES],
    }  # fmt: skip


def _field(records: str, column: Column) -> dict[str, Any]:
    return {
        "@type": "cr:Field", "@id": f"{records}/{column.name}", "name": column.name, "description": column.description,
        "dataType": TYPES[_plain(column).kind], **({"repeated": True} if column.kind == "list" else {}),
        "source": {"fileObject": {"@id": f"{records}.parquet"}, "extract": {"column": column.name}},
    }  # fmt: skip


def _plain(column: Column) -> Column:
    """What a list holds, or the column itself."""
    return column.inner[0] if column.kind == "list" else column


def _name(collection: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in collection).strip("-") or "editorials"
