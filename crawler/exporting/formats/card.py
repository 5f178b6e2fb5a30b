"""PROVENANCE → the data card of a dataset folder, with the YAML header that Hugging Face reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from crawler.exporting.columns import TWICE, Column, Kind, columns_of

Counts = dict[str, dict[str, int]]

#: As `datasets` names the types of features that it reads from the Parquet files.
FEATURES: Final[dict[Kind, str]] = {
    "text": "string", "whole": "int64", "number": "float64", "truth": "bool", "instant": "timestamp[us, tz=UTC]",
    "day": "date32", "object": "struct", "map": "list of struct",
}  # fmt: skip

SIZES: Final = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

CARD: Final = """
# {title}

English-language editorials and the Japanese originals they were translated from, exported from the collection
`{collection}` by Genbun {genbun}. Captured from {first} to {last}; {crawls} crawls. `datePublished` in
`croissant.json` is the day of the last capture.

Every row names the WARC record that it was read from, with its digest. Places (`start`, `end`) count code points in an
article's `text`; a block's words are `text[start:end]`.

## Rights

**The texts belong to the newspapers, and no licence comes with them.** What you may do with them is for the law of your
country and the newspapers' terms to say. Each row says whose it is (`newspaper`), who may read the page (`access`), and
what the page and its response said of mining (`tdm_reservation`, W3C TDMRep) and to robots (`robots`) when they were
captured; `/.well-known/tdmrep.json` and later changes are not known here:

{rights}

{members}

## Tables and splits

{splits}

{counts}

## Columns

{columns}

## Which part of the collection

`provenance.json` has all of it: crawls, filters, what was left out and why, digests of every file.

{filters}
"""


def card_of(provenance: dict[str, Any], counts: Counts) -> str:
    """README.md."""
    captured = provenance["captured"]
    return _header(provenance, counts) + CARD.format(
        title=_title(provenance),
        collection=provenance["collection"],
        genbun=provenance["genbun"],
        first=captured["first"],
        last=captured["last"],
        crawls=len(provenance["crawls"]),
        rights=_rights(provenance),
        members=_kept_back(provenance),
        splits=_splits(provenance["notes"]["splits"]),
        counts=_counts(counts),
        columns="\n\n".join(f"### {table}\n\n{_columns(table)}" for table in counts),
        filters=_filters(provenance["filters"]),
    )


def _title(provenance: dict[str, Any]) -> str:
    return f"Editorials and their Japanese originals: {provenance['collection']}"


def _header(provenance: dict[str, Any], counts: Counts) -> str:
    main = next((table for table in ("sentences", "pairs", "articles") if counts.get(table)), None)
    rows = sum(counts[main].values()) if main else 0
    lines = [
        "---",
        f"pretty_name: {json.dumps(_title(provenance), ensure_ascii=False)}",
        "language: [en, ja]",
        "multilinguality: [translation]",
        "task_categories: [translation]",
        "annotations_creators: [machine-generated]",
        "language_creators: [found]",
        "source_datasets: [original]",
        f"size_categories: [{next((name for limit, name in SIZES if rows < limit), 'n>1M')}]",
        "license: other",
        "license_name: none-given",
        "tags: [editorials, parallel-corpus, japanese, english, web-archive]",
        "configs:",
    ]
    for table, by_split in counts.items():
        if by_split:
            lines += [f"  - config_name: {table}", *(["    default: true"] if table == main else []), "    data_files:"]
            for split in by_split:
                lines += [f"      - split: {split}", f"        path: data/{table}/{split}.parquet"]
    return "\n".join([*lines, "---"])


def _rights(provenance: dict[str, Any]) -> str:
    names = {"access": "rights", "tdm_reservation": "tdm_reservation", "robots": "robots"}
    rows = [
        (newspaper, f"`{field}`", f"`{said}`", f"{count:,}")
        for field, name in names.items()
        for newspaper, by in provenance[name].items()
        for said, count in by.items()
    ]
    return _table(("newspaper", "field", "says", "versions of articles"), sorted(rows, key=lambda row: row[0]))


def _kept_back(provenance: dict[str, Any]) -> str:
    kept = provenance["withheld"]["articles"]
    if "no_text" in kept:
        return "This export holds no text: places and digests alone, for those who have the pages."
    if "members" in kept:
        return (
            f"The text of {kept['members']:,} that only members may read is not in this export (`withheld: members`)."
        )
    return "Text that only members may read is in this export, by request." if provenance["filters"]["members"] else ""


def _splits(splits: dict[str, Any]) -> str:
    days = [f"{name} from {splits[name] or '(too few days)'}" for name in ("validation", "test")]
    return (
        f"By {splits['by']}: {', '.join(days)}, train all that is older or has no day. Test holds the last tenth of "
        f"the {splits['counted']} by their days, validation the tenth before it; days stay whole, so each is at least "
        "one day. All versions of an article, and all translations of an original, are in one split. As a collection "
        "grows, the days move."
    )


def _counts(counts: Counts) -> str:
    splits = ("train", "validation", "test")
    rows = [(table, *(f"{by_split.get(split, 0):,}" for split in splits)) for table, by_split in counts.items()]
    return _table(("table", *splits), rows)


def _filters(filters: dict[str, Any]) -> str:
    return _table(("filter", "asked for"), [(name, json.dumps(value)) for name, value in filters.items()])


def _columns(table: str) -> str:
    return _table(
        ("column", "feature", "meaning"),
        [
            (f"`{one.name}`", f"{_feature(one)}{' or null' * one.nullable}", one.description)
            for one in columns_of(table, TWICE)
        ],
    )


def _feature(column: Column) -> str:
    if column.kind == "list":
        return f"list of {_feature(column.inner[0])}"
    return FEATURES[column.kind]


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
