"""What records say of one another, once all were seen: ids, requests and answers, revisits and what they refer to."""

from __future__ import annotations

from typing import Final

from archives.verify.finding import Findings, Severity
from archives.verify.index import NOT_MODIFIED
from archives.verify.ledger import Ledger

EMPTY: Final = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"  # of no bytes: what warcio gives a 304


class LinkCheck:
    """Checks what the ledger holds; call `run` once it is complete."""

    def __init__(self, ledger: Ledger, findings: Findings) -> None:
        self.ledger, self.findings = ledger, findings
        self.files = ledger.files()

    def run(self) -> None:
        """All checks."""
        self._ids()
        self._requests()
        self._links()
        self._revisits()

    def _say(self, warc: object, offset: object, what: str, severity: Severity, detail: str) -> None:
        assert isinstance(warc, int)
        assert isinstance(offset, int)
        self.findings.add(self.files[warc], offset, what, severity, detail)

    def _ids(self) -> None:
        """WARC/1.1, 5.2: an id shall be globally unique."""
        rows = self.ledger.rows(
            "SELECT id, warc, offset FROM ids WHERE id != '' AND id IN"
            " (SELECT id FROM ids GROUP BY id HAVING COUNT(*) > 1) ORDER BY id, warc, offset"
        )
        before, first = "", ""
        for record_id, warc, offset in rows:
            assert isinstance(record_id, str)
            if record_id != before:
                before, first = record_id, f"{self.files[int(warc)]} at {int(offset):,}"
                continue
            said = f"{record_id} is also the id of the record in {first} (WARC/1.1, 5.2)"
            self._say(warc, offset, "id_repeated", "error", said)

    def _requests(self) -> None:
        """An answer whose request was not kept; the standard does not ask for it, so it is no error."""
        without = {warc for (warc,) in self.ledger.rows("SELECT warc FROM warcs WHERE warc NOT IN"
                                                         " (SELECT warc FROM ids WHERE type = 'request')")}  # fmt: skip
        rows = self.ledger.rows(
            "SELECT id, type, warc, offset, url FROM answers a WHERE NOT asked"
            " AND id NOT IN (SELECT concurrent FROM links WHERE type = 'request')"
            " AND id NOT IN (SELECT l.id FROM links l JOIN ids i ON i.id = l.concurrent AND i.type = 'request')"
            " ORDER BY warc, offset"
        )
        told: set[int | str] = set()
        for record_id, kind, warc, offset, url in rows:
            if warc not in without:
                self._say(
                    warc, offset, "request_missing", "warning", f"no request record for {kind} {record_id} ({url})"
                )
            elif warc not in told:
                told.add(warc)
                self._say(warc, offset, "request_missing", "note", "the file keeps no requests at all")

    def _links(self) -> None:
        """WARC-Concurrent-To (5.7) and WARC-Warcinfo-ID (5.16) that name a record which is not here."""
        rows = self.ledger.rows(
            "SELECT l.id, l.concurrent, l.type, l.warc, l.offset FROM links l LEFT JOIN ids i ON i.id = l.concurrent"
            " WHERE i.id IS NULL ORDER BY l.warc, l.offset"
        )
        for record_id, named, kind, warc, offset in rows:
            field = "WARC-Warcinfo-ID" if kind == "warcinfo" else "WARC-Concurrent-To"
            self._say(warc, offset, "link", "warning", f"{field} of {record_id} names {named}, which is not here")

    def _revisits(self) -> None:
        by_address = "SELECT 1 FROM revisits WHERE refers_to = '' LIMIT 1"
        if self.ledger.db.execute(by_address).fetchone():
            self.ledger.db.execute("CREATE INDEX by_url ON answers (url)")
        for row in self.ledger.db.execute(
            "SELECT r.id, r.warc, r.offset, r.profile, r.refers_to, r.uri, r.date, r.digest, a.type, a.url, a.date,"
            " a.digest FROM revisits r LEFT JOIN answers a ON a.id = r.refers_to ORDER BY r.warc, r.offset"
        ):
            self._revisit(*row)

    def _revisit(self, record_id: str, warc: int, offset: int, profile: str, refers_to: str, uri: str, date: str,
                 digest: str, kind: str | None, url: str, at: str, held: str) -> None:  # fmt: skip
        """WARC/1.1, 6.7: what it refers to is here, holds the bytes, and is what the revisit says it is."""
        if kind is None and not refers_to:
            self._revisit_by_address(record_id, warc, offset, uri, date)
            return
        if kind is None:
            said = f"revisit {record_id} refers to {refers_to}, which is not in this collection"
            self._say(warc, offset, "revisit_target", "error", f"{said}: replay has no bytes for it (WARC/1.1, 6.7)")
            return
        if kind != "response":
            said = f"revisit {record_id} refers to {refers_to}, a {kind} record: it holds no bytes"
            self._say(warc, offset, "revisit_target", "error", said)
            return
        not_modified = profile.endswith(NOT_MODIFIED)
        if digest and digest != held and not (not_modified and digest == EMPTY):
            said = f"payload digest {digest}, but {refers_to} has {held}"
            self._say(
                warc, offset, "revisit_digest", "warning" if not_modified else "error", f"revisit {record_id}: {said}"
            )
        if uri and uri != url:
            said = f"WARC-Refers-To-Target-URI is {uri}, but {refers_to} is of {url}"
            self._say(warc, offset, "revisit_field", "error", f"revisit {record_id}: {said}")
        if date and date != at:
            said = f"WARC-Refers-To-Date is {date}, but {refers_to} is of {at}"
            self._say(warc, offset, "revisit_field", "error", f"revisit {record_id}: {said}")

    def _revisit_by_address(self, record_id: str, warc: int, offset: int, uri: str, date: str) -> None:
        """A revisit without WARC-Refers-To (5.11 leaves it open), as warcio and pywb write them: by address, date."""
        held = None
        if uri and date:
            held = self.ledger.db.execute(
                "SELECT id FROM answers WHERE type = 'response' AND url = ? AND SUBSTR(date, 1, 19) = ?",
                (uri, date[:19]),
            ).fetchone()
        if held is None:
            said = f"revisit {record_id} refers to a capture of {uri or 'an address it does not name'} that is not here"
            self._say(warc, offset, "revisit_target", "warning", said)
