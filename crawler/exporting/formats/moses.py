"""Moses: `sentences.en` and `sentences.ja`, a pair of sentences a line, and in `sentences.meta` what each line is."""

from __future__ import annotations

import re
from typing import Final

from crawler.exporting.formats import writer
from crawler.exporting.rows import Row

#: What some reader might take for the end of a line, and other control characters.
BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
META: Final = (
    "pair_id", "number", "p_pair", "p_exact", "translation_version", "translation_start", "translation_end",
    "translation_access", "original_id", "original_version", "original_start", "original_end", "original_access",
    "translation_record_id", "original_record_id", "translation_newspaper", "translation_robots",
    "translation_tdm_reservation", "original_newspaper", "original_robots", "original_tdm_reservation",
    "translation_kind", "original_kind",
)  # fmt: skip


class Writer(writer.Writer):
    """The three files have the same number of lines; none has a first line of names."""

    next = ("paste {path}/sentences.ja {path}/sentences.en | head -n 5",)

    def begin(self) -> None:
        """Open the three files."""
        self.notes = {"sentences.meta": list(META)}
        self._files = {name: self.open(self.job.path / f"sentences.{name}") for name in ("en", "ja", "meta")}

    def add(self, table: str, row: Row) -> None:
        """Write a line of each."""
        if why := why_no_unit(row):
            self.left_out[why] += 1
        elif [row[f"{side}_language"].partition("-")[0] for side in ("translation", "original")] != ["en", "ja"]:
            self.left_out["languages"] += 1
        else:
            self._files["en"].write(_line(row["translation_text"]))
            self._files["ja"].write(_line(row["original_text"]))
            self._files["meta"].write("\t".join(_field(row[name]) for name in META) + "\n")
            self.written[table] += 1


def why_no_unit(row: Row) -> str | None:
    """Why a row of sentences is no pair of words; None if it is."""
    if not row["translation_spans"] or not row["original_spans"]:
        return "one_side_empty"
    return "members" if row["withheld"] else None


def _line(text: str) -> str:
    return BREAKS.sub(" ", text).strip() + "\n"


def _field(value: object) -> str:
    """Words, a number, a list with commas; nothing where nothing is said."""
    words = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return BREAKS.sub(" ", words)
