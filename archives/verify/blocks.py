"""A record's block while it is read, and what is judged once it was: its digests, its HTTP message, WARC-Truncated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archives.verify.digests import Claim, claim_of, holds_for
from archives.verify.finding import Severity
from archives.verify.payload import HttpPayload
from archives.verify.syntax import Head, Say

if TYPE_CHECKING:
    from hashlib import _Hash

ANSWERS = frozenset({"response", "revisit"})


def holds_at_once(head: Head, block: memoryview) -> bool:
    """Whether a whole block that is no answer, as two of three records have, agrees with its digest. Says nothing."""
    fields = head.fields
    digest = fields.get("warc-block-digest")
    return digest is not None and "warc-payload-digest" not in fields and holds_for(digest, block)


class Block:
    """One block. Feed it, then `judge` it.

    Its payload is that of its HTTP message, or the block itself for any other content (WARC/1.1, 2). A revisit's
    payload digest is of the payload it refers to (6.7.2), that of a segment of the whole record (7): neither is here.
    """

    __slots__ = ("_block", "_claim", "_head", "_made", "_payload", "_payload_made", "_say", "http")

    def __init__(self, head: Head, kind: str, say: Say) -> None:
        fields = head.fields
        self._head, self._say = head, say
        self.http: HttpPayload | None = None
        self._payload: Claim | None = None
        self._payload_made: _Hash | None = None
        self._block = self._claim_of("warc-block-digest") if "warc-block-digest" in fields else None
        self._made = self._block.new() if self._block is not None else None
        if "warc-payload-digest" in fields and kind != "revisit" and "warc-segment-number" not in fields:
            self._payload = self._claim_of("warc-payload-digest")
        if fields.get("content-type", "")[:16].lower() == "application/http":
            if self._payload is not None or kind in ANSWERS:
                self.http = HttpPayload(self._payload, request=kind == "request")
        elif self._payload is not None:
            self._payload_made = self._payload.new()

    def feed(self, part: memoryview) -> None:
        """Take the next part."""
        if self._made is not None:
            self._made.update(part)
        if self.http is not None:
            self.http.feed(part)
        elif self._payload_made is not None:
            self._payload_made.update(part)

    def judge(self) -> None:
        """All of it was fed: say what does not hold."""
        block, made, head = self._block, self._made, self._head
        if block is not None and made is not None and not block.holds(made):
            said = f"says {head.fields['warc-block-digest']}, its {head.length:,} bytes have {block.shown(made)}"
            self._say("block_digest", "error", f"WARC-Block-Digest {said} (WARC/1.1, 5.8)")
        if self.http is not None:
            self.http.close()
            self._judge_http(self.http)
        elif self._payload is not None and self._payload_made is not None:
            self._judge_payload(self._payload, self._payload_made)

    def _claim_of(self, name: str) -> Claim | None:
        text = self._head.fields[name]
        claim = claim_of(text)
        if claim is None:
            self._say("digest_unknown", "warning", f"{name} {text!r} is of a kind that is not checked here")
        return claim

    def _judge_payload(self, claim: Claim, made: _Hash) -> None:
        if not claim.holds(made):
            said = f"says {self._head.fields['warc-payload-digest']}, the payload has {claim.shown(made)}"
            severity: Severity = "warning" if "warc-truncated" in self._head.fields else "error"
            self._say("payload_digest", severity, f"WARC-Payload-Digest {said} (WARC/1.1, 5.9)")

    def _judge_http(self, http: HttpPayload) -> None:
        fields = self._head.fields
        if not http.head:
            if "warc-truncated" not in fields and self._head.length:
                self._say("http_head", "warning", "the block is said to be an HTTP message and has no HTTP head")
            return
        claim = http.claim
        if claim is not None and http.made is not None:
            if http.coded is not None and not claim.holds(http.made) and claim.holds(http.coded):
                said = "is over the body with its transfer coding (wget and wpull do so), not over the payload"
                self._say("payload_digest_coded", "warning", f"WARC-Payload-Digest {said} (WARC/1.1, 5.9)")
            else:
                self._judge_payload(claim, http.made)
        if fields.get("warc-type") == "response" and "warc-segment-number" not in fields:
            self._judge_truncation(http, fields.get("warc-truncated"))

    def _judge_truncation(self, http: HttpPayload, truncated: str | None) -> None:
        """WARC/1.1, 5.15: a block that was cut off says so. What a body of unknown length lacks, nobody knows."""
        if truncated is None:
            if http.is_short():
                said = "the body is shorter than its HTTP head says, and no WARC-Truncated tells of it"
                self._say("truncated", "warning", said)
        elif http.is_whole():
            self._say("truncated", "warning", f"WARC-Truncated: {truncated}, but the body is as long as its head says")
