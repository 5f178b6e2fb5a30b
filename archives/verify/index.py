"""The CDXJ index against the records: in byte order, a line for each record that replay needs, and none besides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.encoder import encode_basestring_ascii as quoted
from typing import BinaryIO, Final

from archives.bounded import lines_of, value_of
from archives.keys import key_of
from archives.verify.finding import Findings
from archives.verify.ledger import Ledger, Row

MAX_LINE: Final = 1 << 20
FIELDS: Final = ("url", "mime", "status", "digest", "length", "offset", "filename")
NOT_MODIFIED: Final = "server-not-modified"


def line_of(url: str, date: str, mime: str, status: str, digest: str, length: int, offset: int, name: str) -> str:
    """The index line that a record should have, as `archives.index.cdxj_line` writes it, three times as fast."""
    stamp = f"{date[:4]}{date[5:7]}{date[8:10]}{date[11:13]}{date[14:16]}{date[17:19]}"
    return (
        f'{key_of(url)} {stamp} {{"url": {quoted(url)}, "mime": {quoted(mime)}, "status": "{status}", "digest": '
        f'{quoted(digest)}, "length": "{length}", "offset": "{offset}", "filename": {quoted(name)}}}\n'
    )


def check_index(stream: BinaryIO, file: str, ledger: Ledger, findings: Findings) -> int:
    """Check an index against all records in the ledger; returns how many lines it has.

    Both are in the same order, so they are walked side by side. Only where they differ is it read once more, line by
    line, to say how. Records of a crawl that has not ended need no line yet.
    """
    counts = _counts_if_as_expected(stream, ledger)
    if counts is None:
        stream.seek(0)
        counts = _Explaining(file, ledger, findings).check(stream)
    lines, waiting = counts
    if waiting:
        said = f"{waiting:,} records of a crawl that has not ended have no line yet"
        findings.add(file, 0, "index_waiting", "note", said)
    return lines


def _counts_if_as_expected(stream: BinaryIO, ledger: Ledger) -> tuple[int, int] | None:
    """How many lines there are and how many records wait for theirs; None if anything is not as it should be."""
    wanted = ledger.rows(
        "SELECT cdxj, waiting FROM answers JOIN warcs USING (warc) WHERE cdxj != '' ORDER BY cdxj COLLATE BINARY"
    )
    count = waiting = 0
    for _, line in _lines(stream):
        count += 1
        for expected, may_wait in wanted:
            if str(expected).encode() == line:
                break
            if not may_wait:
                return None
            waiting += 1
        else:
            return None
    for _, may_wait in wanted:
        if not may_wait:
            return None
        waiting += 1
    return count, waiting


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each line with its offset; one without end is given in pieces, so that it is found to be no line."""
    offset = 0
    for line in lines_of(stream, MAX_LINE):
        yield offset, line
        offset += len(line)


class _Explaining:
    """Says what is wrong with an index, line by line."""

    def __init__(self, file: str, ledger: Ledger, findings: Findings) -> None:
        self.file, self.ledger, self.findings = file, ledger, findings
        db = ledger.db
        db.executescript(
            "CREATE INDEX IF NOT EXISTS by_place ON answers (warc, offset);"
            "CREATE INDEX IF NOT EXISTS ids_by_place ON ids (warc, offset);"
        )
        self.warcs = {name: number for number, name in ledger.names().items()}
        highest = db.execute("SELECT MAX(rowid) FROM answers").fetchone()[0] or 0
        self.named = bytearray(highest // 8 + 1)

    def check(self, stream: BinaryIO) -> tuple[int, int]:
        """Read every line, then name the records that none was for. Returns the same counts."""
        before, count = b"", 0
        for offset, line in _lines(stream):
            count += 1
            if line <= before:
                what = "a line twice" if line == before else "lines out of byte order"
                self._error(offset, "index_order", f"{what}; look-ups by bisection miss captures then")
            before = line
            self._check_line(offset, line)
        return count, self._check_missing()

    def _check_line(self, offset: int, line: bytes) -> None:
        try:
            text = line.decode()
            key, stamp, block = text.split(" ", 2)
            fields = value_of(block.encode())
            if not isinstance(fields, dict) or not line.endswith(b"\n"):
                raise ValueError
            place = int(fields["offset"]), str(fields["filename"])
        except (ValueError, KeyError, TypeError):
            self._error(offset, "index_line", f"no CDXJ line with offset and filename: {line[:80]!r}")
            return
        row = self._record_at(*place)
        if row is None:
            self._error(offset, "index_extra", self._why_no_record(*place))
            return
        number, expected, (record_id, url) = row
        if self.named[number >> 3] >> (number & 7) & 1:
            self._error(offset, "index_extra", f"a second line for {record_id} ({url})")
        self.named[number >> 3] |= 1 << (number & 7)
        self._compare(offset, (key, stamp, fields), expected, f"{record_id} ({url})")

    def _record_at(self, offset: int, name: str) -> tuple[int, str, tuple[str, str]] | None:
        """The record that a line may be for. `name` is only ever looked up, never opened."""
        if name not in self.warcs or not 0 <= offset < 1 << 62:
            return None
        query = "SELECT rowid, cdxj, id, url FROM answers WHERE warc = ? AND offset = ?"
        row = self.ledger.db.execute(query, (self.warcs[name], offset)).fetchone()
        return None if row is None or not row[1] else (row[0], row[1], (row[2], row[3]))

    def _why_no_record(self, offset: int, name: str) -> str:
        if name not in self.warcs:
            return f"its filename {name[:200]!r} is no WARC file in archive/"
        row: Row | None = None
        if 0 <= offset < 1 << 62:
            query = "SELECT type, id FROM ids WHERE warc = ? AND offset = ?"
            row = self.ledger.db.execute(query, (self.warcs[name], offset)).fetchone()
        if row is None:
            return f"no record begins at {offset:,} of {name}"
        return f"the record at {offset:,} of {name} is a {row[0]} record {row[1]}, which is not to be indexed"

    def _compare(self, offset: int, line: tuple[str, str, dict[str, object]], expected: str, which: str) -> None:
        key, stamp, fields = line
        right_key, right_stamp, block = expected.split(" ", 2)
        right = json.loads(block)
        differing = [name for name in FIELDS if fields.get(name) != right[name]]
        if key != right_key:
            self._error(offset, "index_field", f"the key of {which} is {key[:200]!r}, it should be {right_key!r}")
        if stamp != right_stamp:
            self._error(offset, "index_field", f"the time of {which} is {stamp[:40]!r}, the record has {right_stamp}")
        for name in differing:
            said = f"{name} of {which} is {fields.get(name)!r:.200}, the record has {right[name]!r}"
            self._error(offset, "index_field", said)

    def _check_missing(self) -> int:
        waiting = 0
        rows = self.ledger.rows(
            "SELECT answers.rowid, file, offset, id, url, waiting FROM answers JOIN warcs USING (warc) WHERE cdxj != ''"
        )
        for number, file, offset, record_id, url, may_wait in rows:
            assert isinstance(number, int)
            if self.named[number >> 3] >> (number & 7) & 1:
                continue
            if may_wait:
                waiting += 1
                continue
            assert isinstance(offset, int)
            detail = f"{self.file} has no line for {record_id} ({url}), so replay does not find it"
            self.findings.add(str(file), offset, "index_missing", "error", detail)
        return waiting

    def _error(self, offset: int, what: str, detail: str) -> None:
        self.findings.add(self.file, offset, what, "error", detail)
