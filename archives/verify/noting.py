"""What is kept of a record in the ledger, for what can only be checked once all records were seen."""

from __future__ import annotations

from archives.index import LONGEST_ADDRESS
from archives.verify.blocks import ANSWERS
from archives.verify.index import NOT_MODIFIED, line_of
from archives.verify.ledger import ROWS, Ledger
from archives.verify.payload import HttpPayload
from archives.verify.syntax import Head, target_of

_REFERS: tuple[str, ...] = (
    "warc-refers-to", "warc-refers-to-target-uri", "warc-refers-to-date", "warc-payload-digest",
)  # fmt: skip


class Notes:
    """Notes the records of one file."""

    def __init__(self, ledger: Ledger, number: int, name: str) -> None:
        self._ledger, self._number, self._name = ledger, number, name
        self._warcinfo = self._request = ""
        self._answer: list[object] = [""] * 11

    def add(self, head: Head, kind: str, offset: int, length: int, http: HttpPayload | None) -> None:
        """Note a record: `offset` and `length` are those of its gzip member."""
        record_id = head.fields.get("warc-record-id", "")
        ledger = self._ledger
        ledger.ids.append((record_id, kind, self._number, offset))
        if kind in ANSWERS:
            self._add_answer(head, kind, offset, length, http)
        fields = head.fields
        if "warc-concurrent-to" in fields:
            self._add_concurrent(head, kind, record_id, offset)
        named = fields.get("warc-warcinfo-id", self._warcinfo)
        if named != self._warcinfo:
            ledger.links.append((record_id, named, "warcinfo", self._number, offset))
            self._warcinfo = named  # a part of a file has not seen its warcinfo record: once is enough
        if kind == "warcinfo":
            self._warcinfo = record_id
        elif kind == "request":
            self._request = record_id
        if len(ledger.ids) >= ROWS:
            ledger.store(keep=min(1, len(ledger.answers)))

    def _add_answer(self, head: Head, kind: str, offset: int, length: int, http: HttpPayload | None) -> None:
        fields = head.fields
        record_id, url, date = fields.get("warc-record-id", ""), target_of(fields), fields.get("warc-date", "")
        digest, profile = fields.get("warc-payload-digest", ""), fields.get("warc-profile", "")
        status = http.status if http is not None else 0
        line = ""
        is_replayed = kind == "response" or not profile.endswith(NOT_MODIFIED)
        if is_replayed and len(url) <= LONGEST_ADDRESS:
            mime = "warc/revisit" if kind == "revisit" else http.mime() if http is not None else "unk"
            line = line_of(url, date, mime, str(status), digest, length, offset, self._name)
        self._answer = [record_id, kind, self._number, offset, length, url, date, status, digest, 0, line]
        self._ledger.answers.append(self._answer)
        if kind == "revisit":
            refers = [fields.get(name, "") for name in _REFERS]
            self._ledger.revisits.append((record_id, self._number, offset, profile, *refers))

    def _add_concurrent(self, head: Head, kind: str, record_id: str, offset: int) -> None:
        """Note which records this one names, but for those that lie where they are expected: right beside it."""
        answer = self._answer
        for named in head.all("warc-concurrent-to"):
            if named == answer[0]:
                answer[9] = answer[9] or int(kind == "request")
            elif named == self._request and record_id == answer[0]:
                answer[9] = 1  # a request that lies before its answer, as wget has it
            else:
                self._ledger.links.append((record_id, named, kind, self._number, offset))
