"""The head of a WARC record: its version line and named fields, held against the standard (WARC/1.1, 4 and 5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from archives.index import LONGEST_ADDRESS
from archives.verify.finding import Severity

MAX_HEAD: Final = 64 * 1024

Say = Callable[[str, Severity, str], None]

_FIELD: Final = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\x00-\x08\x0a-\x1f\x7f]*)\r\n")
_FOLD: Final = re.compile(r"\r\n[ \t]+")
_VERSION: Final = re.compile(r"WARC/(\d+)\.(\d+)\r", re.ASCII)
_VERSIONS: Final = frozenset({"WARC/1.0", "WARC/1.1"})
_ID: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-~]+>")
_DATE: Final = re.compile(
    r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])"
    r"(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,9})?)?Z)?)?)?",
    re.ASCII,
)
_MANDATORY: Final = ("warc-record-id", "warc-date", "warc-type", "content-length")
_REPEATABLE: Final = frozenset({"warc-concurrent-to", "warc-protocol"})
"""WARC/1.1, 5.7; WARC-Protocol after the IIPC's proposal (warc-specifications, issue 42)."""
_SPELLED: Final = (
    "WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length", "Content-Type", "WARC-Concurrent-To",
    "WARC-Block-Digest", "WARC-Payload-Digest", "WARC-IP-Address", "WARC-Refers-To", "WARC-Refers-To-Target-URI",
    "WARC-Refers-To-Date", "WARC-Target-URI", "WARC-Truncated", "WARC-Warcinfo-ID", "WARC-Filename", "WARC-Profile",
    "WARC-Identified-Payload-Type", "WARC-Segment-Number", "WARC-Segment-Origin-ID", "WARC-Segment-Total-Length",
)  # fmt: skip
_STANDARD: Final = {name.lower(): name for name in _SPELLED}
_USUAL: Final = {name: name.lower() for name in (*_SPELLED, "WARC-Protocol", "WARC-Cipher-Suite")}
_WITH_URI: Final = frozenset({"response", "resource", "request", "revisit", "conversion", "continuation"})
_NOT_IN: Final = {
    "warcinfo": frozenset(
        ("warc-target-uri", "warc-warcinfo-id", "warc-concurrent-to", "warc-ip-address", "warc-refers-to")
    ),
    "conversion": frozenset(("warc-concurrent-to", "warc-ip-address", "warc-filename")),
    "continuation": frozenset(("warc-concurrent-to", "warc-ip-address", "warc-refers-to", "warc-filename")),
    **dict.fromkeys(("response", "resource", "request"), frozenset(("warc-refers-to", "warc-filename"))),
}
"""Fields that shall not be used in records of that type (WARC/1.1, 5.7 to 5.17)."""
_TYPES: Final = _WITH_URI | {"warcinfo", "metadata"}
_REASONS: Final = frozenset({"length", "time", "disconnect", "unspecified"})


class BadHead(Exception):
    """A record head from which nothing can be read: what lies behind it is not known."""


@dataclass(slots=True)
class Head:
    """A record's head: its fields by name in lower case, the first value of each, and what was given again."""

    version: str
    fields: dict[str, str]
    again: tuple[tuple[str, str], ...]
    length: int

    def all(self, name: str) -> list[str]:
        """Every value of a field, in order; `name` in lower case."""
        first = [self.fields[name]] if name in self.fields else []
        return first + [value for key, value in self.again if key == name]


def read_head(data: bytes, say: Say) -> Head:
    """Read a head, from its version line to the end of its last line. Says what is wrong with it.

    Raises `BadHead` where there is no version line, or no length to go by.
    """
    try:
        version, *lines, _ = data.decode().split("\r\n")
        fields = {_USUAL[name]: value for name, value in [line.split(": ", 1) for line in lines]}
    except (ValueError, KeyError):
        return _read_slowly(data, say)
    if len(fields) != len(lines) or version not in _VERSIONS or not _is_plain(data, lines):
        return _read_slowly(data, say)
    return Head(version, fields, (), _length(fields, say))


def _is_plain(data: bytes, lines: list[str]) -> bool:
    """Whether a head is as nearly all are: nothing in it but what is visible, and each value between single blanks.

    Then the quick way has read the known names in their usual spelling as `_slowly` would, by the grammar.
    """
    return b"  " not in data and b" \r\n" not in data and "".join(lines).isprintable()


def _read_slowly(data: bytes, say: Say) -> Head:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        say("header_syntax", "error", "the header is not UTF-8 (WARC/1.1, 4)")
        text = data.decode("latin-1")
    version, _, lines = text.partition("\n")
    if version not in ("WARC/1.1\r", "WARC/1.0\r"):
        _check_version(version, say)
    found = list(_slowly(lines, say))
    fields = {name.lower(): value for name, value in reversed(found)}
    again = _again(found, say) if len(fields) != len(found) else ()
    return Head(version.rstrip("\r"), fields, again, _length(fields, say))


def check_head(head: Head, say: Say) -> None:
    """Hold the fields against what the standard asks of every record, and of one of this type."""
    fields = head.fields
    kind, record_id, date = fields.get("warc-type", ""), fields.get("warc-record-id", ""), fields.get("warc-date", "")
    if not (kind and record_id and date):
        for name in _MANDATORY:
            if not fields.get(name):
                say("field_missing", "error", f"no {_STANDARD[name]}, which every record shall have (WARC/1.1, 5)")
    if record_id and not _is_id(record_id):
        say("field_value", "error", f"WARC-Record-ID {record_id!r} is no URI in angle brackets (WARC/1.1, 5.2)")
    if date and not _is_date(date):
        say("field_value", "error", f"WARC-Date {date!r} is no UTC timestamp (WARC/1.1, 5.4)")
    if kind in _WITH_URI:
        if not fields.get("warc-target-uri"):
            say("field_missing", "error", f"no WARC-Target-URI, which a {kind} record shall have (WARC/1.1, 5.14)")
        elif len(fields["warc-target-uri"]) > LONGEST_ADDRESS:
            length = len(fields["warc-target-uri"])
            say("uri_long", "warning", f"an address of {length:,} characters is neither indexed nor read")
    elif kind and kind not in _TYPES:
        say("record_type", "note", f"a record of type {kind!r}, which the standard does not know (WARC/1.1, 6)")
    if kind == "revisit" and not fields.get("warc-profile"):
        say("field_missing", "error", "no WARC-Profile, which a revisit record shall have (WARC/1.1, 6.7)")
    if kind in _NOT_IN and not _NOT_IN[kind].isdisjoint(fields):
        for name in sorted(_NOT_IN[kind] & fields.keys()):
            say("field_misplaced", "warning", f"{_STANDARD[name]} shall not be used in a {kind} record (WARC/1.1, 5)")
    if head.length and "content-type" not in fields and kind != "continuation":
        say("field_missing", "warning", "no Content-Type for a block that is not empty (WARC/1.1, 5.6)")
    if "warc-truncated" in fields and fields["warc-truncated"].lower() not in _REASONS:
        say("truncated", "warning", f"WARC-Truncated gives a reason of its own: {fields['warc-truncated']!r}")


def _is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


@lru_cache(maxsize=64)
def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None


def target_of(fields: dict[str, str]) -> str:
    """WARC-Target-URI as readers give it: without the angle brackets that wget 1.19 sets, blanks escaped."""
    url = fields.get("warc-target-uri", "")
    if url[:1] == "<" and url[-1:] == ">":
        url = url[1:-1]
    return url.replace(" ", "%20") if " " in url else url


def _check_version(line: str, say: Say) -> None:
    match = _VERSION.fullmatch(line)
    if match is None and _VERSION.fullmatch(line + "\r"):
        say("header_syntax", "error", "the version line ends without CR (WARC/1.1, 4)")
        raise BadHead
    if match is None:
        say(
            "version_line",
            "error",
            f"a record does not begin with the line WARC/1.1 but with {line[:40]!r} (WARC/1.1, 4)",
        )
        raise BadHead
    severity: Severity = "warning" if match[1] in ("0", "1") else "error"
    say("version_line", severity, f"version {match[1]}.{match[2]}; it was checked as if it were 1.1")


def _slowly(lines: str, say: Say) -> Iterator[tuple[str, str]]:
    """The fields of a head that is not as plain as most: folded lines, which are legal, and lines that are wrong."""
    for line in _FOLD.sub(" ", lines).split("\n")[:-1]:
        match = _FIELD.fullmatch(line + "\n")
        if match is not None:
            yield match[1], match[2].strip(" \t")
            continue
        why = "ends without CR" if not line.endswith("\r") else "is no `name: value`"
        say("header_syntax", "error", f"a header line {why} (WARC/1.1, 4): {line[:80]!r}")
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip(), value.strip()


def _again(found: list[tuple[str, str]], say: Say) -> tuple[tuple[str, str], ...]:
    """The fields that were there before, in order; says which may not be."""
    seen: set[str] = set()
    again: list[tuple[str, str]] = []
    for name, value in found:
        key = name.lower()
        if key in seen:
            again.append((key, value))
        seen.add(key)
    for key in dict.fromkeys(key for key, _ in again):
        if key in _STANDARD and key not in _REPEATABLE:
            say("field_repeated", "error", f"{_STANDARD[key]} more than once (WARC/1.1, 5.1)")
    return tuple(again)


def _length(fields: dict[str, str], say: Say) -> int:
    text = fields.get("content-length", "")
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    say("content_length", "error", f"Content-Length is no number: {text!r} (WARC/1.1, 5.3)")
    raise BadHead
