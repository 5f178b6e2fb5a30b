"""One WARC file, read once from its first byte to its last: gzip members, heads, blocks.

Speed is a figure here (issue 5): blocks are hashed piece by piece as they are unpacked, never joined or copied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from archives.verify.blocks import Block, holds_at_once
from archives.verify.finding import Findings, Severity
from archives.verify.ledger import Ledger
from archives.verify.members import Damaged, Members
from archives.verify.noting import Notes
from archives.verify.syntax import MAX_HEAD, BadHead, Head, check_head, read_head

KEEP: Final = 64 * 1024 * 1024  # of a block, to be read again; a longer one is checked, but nobody reads it
DAMAGES: Final = 1000  # in one file, then the rest of it is left
_END: Final = b"\r\n\r\n"
_BESIDE: Final = frozenset({"request", "metadata"})
_KEPT: Final = frozenset({"response", "revisit", "metadata"})


@dataclass(frozen=True, slots=True)
class Place:
    """A WARC file as findings name it, its final name, its number in the ledger, and whether it is still open."""

    file: str
    name: str
    number: int = 0
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A record that is handed on: where its member lies, its fields (names in lower case), its block."""

    name: str
    offset: int
    length: int
    fields: dict[str, str]
    block: bytes


Take = Callable[[Held], None]


@dataclass(slots=True)
class Counts:
    """What was counted in a file or a part of it: records, those without a digest, damages; and whose crawl it is."""

    records: int = 0
    undigested: int = 0
    damages: int = 0
    crawl: str = ""

    def add(self, other: Counts) -> None:
        """Take what was counted in the next part of the same file."""
        self.records += other.records
        self.undigested += other.undigested
        self.damages += other.damages
        self.crawl = self.crawl or other.crawl


class WarcCheck:
    """Checks one file, given as a seekable stream, from `start` on and of `size`, so that it may lie inside another.

    `take` is given each response, revisit and metadata record, its block whole. A part of a file, which begins at a
    record but not at the first, is read by itself; `conclude` then says what is to be said of the whole.
    """

    def __init__(self, stream: BinaryIO, place: Place, findings: Findings, ledger: Ledger, take: Take | None = None,
                 *, start: int = 0, size: int | None = None, moved: Callable[[int], None] | None = None,
                 ) -> None:  # fmt: skip
        self.place, self.findings = place, findings
        self.counts = Counts()
        self._ledger, self._take = ledger, take
        self._members = Members(stream, start, size, moved)
        self._notes = Notes(ledger, place.number, place.name)
        self._begins_file = True

    def run(self) -> int:
        """Read all of it; returns how many records there are. The rest is in the findings and in the ledger then."""
        self.read()
        conclude(self.place, self.counts, self.findings, self._ledger)
        return self.counts.records

    def read_part(self, begin: int) -> Counts:
        """Read the records from `begin` on, where one begins, to the end of what `size` lets be seen of the file."""
        self._members.go_to(begin)
        self._begins_file = not begin
        self.read()
        self._ledger.store()
        return self.counts

    def read(self) -> None:
        """Read every record."""
        going = True
        while going:
            try:
                going = self._members.begin()
                if going:
                    self._member()
            except Damaged as damage:
                going = self._go_on_after(damage)

    def _say(self, what: str, severity: Severity, detail: str) -> None:
        self.findings.add(self.place.file, self._members.offset, what, severity, detail)

    def _go_on_after(self, damage: Damaged) -> bool:
        """Say what is damaged and go to the next record behind it; False if there is none."""
        members, begin = self._members, self._members.offset
        self.counts.damages += 1
        if self.counts.damages < DAMAGES and members.find_next():
            said = f"{damage}; the next record begins at {members.position:,}"
            self.findings.add(self.place.file, begin, damage.what, "error", said)
            return True
        if damage.what == "gzip_torn" and self.place.is_open:
            said = f"{damage}: it is being written, or the next crawl cuts it off"
            self.findings.add(self.place.file, begin, damage.what, "note", said)
        else:
            said = f"{damage}; no record was found behind it"
            self.findings.add(self.place.file, begin, damage.what, "error", said)
        return False

    def _member(self) -> None:
        piece = self._members.read()
        if not piece:
            self._say("gzip_empty", "warning", "a gzip member that holds nothing")
        first = True
        while piece:
            if not first:
                self._say("two_records", "error", "a gzip member holds more than one record (WARC/1.1, annex D.2)")
            piece, first = self._record(piece), False

    def _record(self, piece: bytes) -> bytes:
        """Check the record that begins a piece; returns what follows it in its member."""
        end = piece.find(_END)
        while end < 0:
            more = self._members.read() if len(piece) <= MAX_HEAD else b""
            if not more:
                return self._give_up("header_syntax", f"no end to a record header: {piece[:40]!r} (WARC/1.1, 4)")
            piece += more
            end = piece.find(_END)
        if end > MAX_HEAD:
            return self._give_up("header_syntax", f"a record header of {end:,} bytes; {MAX_HEAD:,} are read")
        try:
            head = read_head(piece[: end + 2], self._say)
            check_head(head, self._say)
        except BadHead:
            self._members.skip()
            return b""
        kind, view = head.fields.get("warc-type", ""), memoryview(piece)[end + 4 :]
        is_small = kind in _BESIDE and self._members.whole and len(view) == head.length + 4
        if is_small and piece.endswith(_END) and holds_at_once(head, view[:-4]):
            self._note(head, kind, None, bytes(view[:-4]) if self._is_kept(head, kind) else None)
            return b""
        return self._block(head, kind, view)

    def _block(self, head: Head, kind: str, view: memoryview) -> bytes:
        block = Block(head, kind, self._say)
        parts: list[bytes] | None = [] if self._is_kept(head, kind) else None
        left = head.length
        while left and (view := view or memoryview(self._members.read())):
            part = view[:left]
            block.feed(part)
            if parts is not None:
                parts.append(bytes(part))
            left -= len(part)
            view = view[len(part) :]
        if left:
            said = f"Content-Length is {head.length:,}, but the member ends {left:,} bytes before that (WARC/1.1, 5.3)"
            self._say("content_length", "error", said)
            rest = b""
        else:
            rest = self._end(view)
            block.judge()
        self._note(head, kind, block, b"".join(parts) if parts is not None else None)
        return rest

    def _is_kept(self, head: Head, kind: str) -> bool:
        if kind == "warcinfo":
            return head.length <= MAX_HEAD
        return self._take is not None and kind in _KEPT and head.length <= KEEP

    def _end(self, view: memoryview) -> bytes:
        """Read what ends a record; returns what follows that in its member."""
        rest = bytes(view)
        while len(rest) < len(_END) and (more := self._members.read()):
            rest += more
        if rest[:4] != _END:
            said = f"after the block there are no two line ends but {rest[:20]!r}: is Content-Length right?"
            return self._give_up("record_end", f"{said} (WARC/1.1, 4)")
        rest = rest[4:] or self._members.read()
        if rest and not rest.startswith(b"WARC/"[: len(rest)]):
            return self._give_up("extra_bytes", f"more bytes after the record in its gzip member: {rest[:20]!r}")
        return rest

    def _give_up(self, what: str, detail: str) -> bytes:
        """Say why the rest of this member cannot be told apart, and pass it over."""
        self._say(what, "error", detail)
        self._members.skip()
        return b""

    def _note(self, head: Head, kind: str, block: Block | None, whole: bytes | None) -> None:
        offset, length = self._members.offset, self._members.position - self._members.offset
        if self._begins_file and not self.counts.records and kind != "warcinfo":
            self._say("warcinfo", "warning", f"the file begins with a {kind} record, not with warcinfo (WARC/1.1, 5.5)")
        if kind == "warcinfo":
            self._note_warcinfo(head, whole or b"")
        self.counts.records += 1
        self.counts.undigested += "warc-block-digest" not in head.fields
        self._notes.add(head, kind, offset, length, block.http if block is not None else None)
        if self._take is None or kind not in _KEPT:
            return
        if whole is None:
            self._say("too_large", "warning", f"a block of {head.length:,} bytes was checked, but not read as a page")
        else:
            self._take(Held(self.place.name, offset, length, head.fields | dict(head.again), whole))

    def _note_warcinfo(self, head: Head, block: bytes) -> None:
        name = head.fields.get("warc-filename", self.place.name)
        if name != self.place.name:
            self._say("warcinfo", "warning", f"WARC-Filename is {name!r} (WARC/1.1, 5.17); was the file renamed?")
        for line in block.splitlines():
            if line.startswith(b"isPartOf: ") and not self.counts.crawl:
                self.counts.crawl = line[10:].decode("utf-8", "replace").strip()


def conclude(place: Place, counts: Counts, findings: Findings, ledger: Ledger) -> None:
    """Say what can only be said of a file as a whole, and enter it in the ledger."""
    if counts.undigested:
        said = (
            f"{counts.undigested:,} of {counts.records:,} records have no WARC-Block-Digest, so theirs is not checked"
        )
        findings.add(place.file, 0, "undigested", "note", said)
    if not counts.records and not counts.damages:
        how_bad: Severity = "note" if place.is_open else "warning"
        findings.add(place.file, 0, "empty", how_bad, "the file holds no record")
    ledger.add_warc(place.number, place.file, place.name, counts.crawl, is_open=place.is_open)
