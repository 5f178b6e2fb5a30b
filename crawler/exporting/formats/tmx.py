"""TMX 1.4b: a unit for each pair of sentences, valid against its DTD; where it comes from stands in `<prop>`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from crawler.exporting.columns import json_of
from crawler.exporting.formats import writer
from crawler.exporting.formats.moses import why_no_unit
from crawler.exporting.rows import Row
from crawler.version import VERSION

#: What XML 1.0 cannot hold.
NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
DOCTYPE: Final = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'
SOURCE: Final = "ja"
SIDES: Final = ("original", "translation")  # the source first
OF_UNIT: Final = ("pair_id", "original_id", "number", "shape", "p_pair", "p_exact", "method", "status", "lag_days")
OF_SIDE: Final = (
    "version", "newspaper", "access", "robots", "tdm_reservation", "url", "published_on", "captured_at", "record_id",
    "text_digest", "start", "end", "kind",
)  # fmt: skip


class Writer(writer.Writer):
    """One file."""

    next = ("xmllint --noout {path}",)

    def begin(self) -> None:
        """Write the header."""
        self._enter = self.stack.enter_context
        out = self._enter(self.job.path.open("xb"))  # ours: what goes wrong with libxml's own file is no `OSError`
        file = self._enter(etree.xmlfile(out, encoding="utf-8"))
        file.write_declaration()
        file.write_doctype(DOCTYPE)
        self._enter(file.element("tmx", version="1.4"))
        header = etree.Element(
            "header", creationtool="genbun", creationtoolversion=VERSION, segtype="sentence", adminlang="en",
            srclang=SOURCE, datatype="plaintext",
        )  # fmt: skip
        header.set("o-tmf", "genbun")
        origin = self.job.origin
        _add_props(header, {"collection": origin["collection"], "filters": origin["filters"]})
        for crawl in origin["crawls"]:
            _add_props(header, {"crawl": crawl["id"]})
        self._file = file
        self._write(header)
        self._enter(file.element("body"))
        file.write("\n")

    def add(self, table: str, row: Row) -> None:
        """Write a unit."""
        if why := why_no_unit(row):
            self.left_out[why] += 1
            return
        unit = etree.Element("tu", tuid=self._xml(f"{row['pair_id']}#{row['number']}"))
        if row["original_language"].partition("-")[0] != SOURCE:
            unit.set("srclang", row["original_language"])
        _add_props(unit, self._props({name: row[name] for name in OF_UNIT}))
        for warning in row["warnings"]:
            _add_props(unit, self._props({"warning": warning}))
        for side in SIDES:
            variant = etree.SubElement(unit, "tuv", {LANG: row[f"{side}_language"]})
            _add_props(variant, self._props({name: row[f"{side}_{name}"] for name in OF_SIDE}))
            etree.SubElement(variant, "seg").text = self._xml(row[f"{side}_text"])
        self._write(unit)
        self.written[table] += 1

    def _write(self, element: etree._Element) -> None:
        self._file.write(element)
        self._file.write("\n")

    def _props(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {name: self._xml(_said(value)) for name, value in values.items() if value is not None}

    def _xml(self, text: str) -> str:
        cleaned, count = NOT_XML.subn("\ufffd", text)
        self.replaced += count
        return cleaned


def _said(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _add_props(to: etree._Element, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        etree.SubElement(to, "prop", type=f"x-{name.replace('_', '-')}").text = _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_of(value)
