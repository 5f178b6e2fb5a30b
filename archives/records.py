"""An exchange → WARC/1.1 records, as bytes. Blocks are the bytes of the wire, never written anew.

A group is what one exchange leaves: `response` (or `revisit`), `request`, `metadata`, in that order, each its own
gzip member. Serialised here rather than by warcio, whose writer parses and re-writes HTTP heads (so that folded lines
and bare LF change) and compresses at a fifth of this speed; warcio reads every record back in the tests.
"""

from __future__ import annotations

import base64
import datetime as dt
import uuid
import zlib
from dataclasses import dataclass
from typing import Final, Literal

from isal import isal_zlib

from archives.exchange import Exchange
from archives.message import Head, digest_of

IDENTICAL_PAYLOAD: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
CONFORMS_TO: Final = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"

RecordType = Literal["warcinfo", "response", "request", "metadata", "revisit"]

_COMPRESSED_TYPES: Final = (
    "image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "font/", "video/", "audio/",
)  # fmt: skip
_LINE_ENDS: Final = {0x0D: " ", 0x0A: " "}  # a value must not begin another field
_STORED: Final = {b"gzip", b"x-gzip", b"br", b"zstd", b"deflate"}


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record: its type, id, the gzip member that holds it, and what the index and the journal ask of it."""

    type: RecordType
    id: str
    url: str
    date: str
    member: bytes
    status: int = 0
    mime: str = "-"
    payload_digest: str = ""
    refers_to: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """The response record that holds the bytes a revisit refers to."""

    record_id: str
    url: str
    date: str


def new_id() -> str:
    """A record id: random, so that it says nothing of machine or clock (WARC/1.1, 5.2)."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def warc_date(moment: dt.datetime) -> str:
    """WARC-Date with microseconds (WARC/1.1, 5.4)."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def member_of(kind: str, fields: list[tuple[str, str]], block: bytes, *, store: bool = False) -> bytes:
    """One record as one gzip member; `store` where the block is compressed already and would only cost time."""
    head = [f"WARC/1.1\r\nWARC-Type: {kind}\r\n"]
    head += [f"{name}: {value.translate(_LINE_ENDS)}\r\n" for name, value in fields]
    head.append(f"Content-Length: {len(block)}\r\n\r\n")
    record = b"".join(("".join(head).encode("utf-8", "replace"), block, b"\r\n\r\n"))
    if store:
        return zlib.compress(record, 0, wbits=31)
    return isal_zlib.compress(record, level=2, wbits=31)


def group_of(
    exchange: Exchange, warcinfo_id: str, original: Original | None = None, profile: str = IDENTICAL_PAYLOAD
) -> list[Record]:
    """The records of one exchange; with `original`, a revisit of it in the response's place, of that profile."""
    date = warc_date(exchange.started_at)
    common = [("WARC-Target-URI", exchange.url), ("WARC-Date", date), ("WARC-Warcinfo-ID", warcinfo_id)]
    group: list[Record] = []
    if exchange.head is not None:
        group.append(_answer(exchange, exchange.head, common, date, original, profile))
    main_id = group[0].id if group else None
    if exchange.sent:
        group.append(_request(exchange, common, date, main_id))
        main_id = main_id or group[0].id
    group.append(_metadata(exchange, common, date, main_id))
    return group


def _answer(exchange: Exchange, head: Head, common: list[tuple[str, str]], date: str,
            original: Original | None, profile: str) -> Record:  # fmt: skip
    payload_digest = exchange.payload_digest or digest_of(exchange.payload)
    block = exchange.received
    fields = [("WARC-Record-ID", new_id()), *common, *_connection(exchange)]
    if original is not None:
        block = block[: exchange.head_length]
        fields += [
            ("WARC-Profile", profile),
            ("WARC-Refers-To", original.record_id),
            ("WARC-Refers-To-Target-URI", original.url),
            ("WARC-Refers-To-Date", original.date),
        ]
    if original is None or profile == IDENTICAL_PAYLOAD:  # a 304 has no payload whose digest could be said
        fields.append(("WARC-Payload-Digest", payload_digest))
    fields.append(("WARC-Block-Digest", digest_of(block)))
    if exchange.truncated:
        fields.append(("WARC-Truncated", exchange.truncated))
    fields.append(("Content-Type", "application/http; msgtype=response"))
    kind: RecordType = "revisit" if original else "response"
    return Record(
        type=kind,
        id=fields[0][1],
        url=exchange.url,
        date=date,
        member=member_of(kind, fields, block, store=len(block) > 512 and is_compressed(head)),
        status=head.status,
        mime=mime_of(head),
        payload_digest=payload_digest,
        refers_to=original.record_id if original else "",
    )


def _request(exchange: Exchange, common: list[tuple[str, str]], date: str, answer_id: str | None) -> Record:
    fields = [("WARC-Record-ID", new_id()), *common, *_connection(exchange)]
    if answer_id:
        fields.append(("WARC-Concurrent-To", answer_id))
    fields += [
        ("WARC-Block-Digest", digest_of(exchange.sent)),
        ("Content-Type", "application/http; msgtype=request"),
    ]
    return Record("request", fields[0][1], exchange.url, date, member_of("request", fields, exchange.sent))


def _metadata(exchange: Exchange, common: list[tuple[str, str]], date: str, main_id: str | None) -> Record:
    notes: list[tuple[str, str]] = [*exchange.notes, ("fetchTimeMs", str(exchange.milliseconds))]
    if exchange.tls:
        notes.append(("tls-certificate-sha256", exchange.tls.certificate_sha256))
        if not exchange.tls.verified:
            notes.append(("tls-certificate", "not verified"))
    if exchange.interim:
        notes.append(("interim-responses", base64.b64encode(exchange.interim).decode()))
    if exchange.head is None and exchange.received:
        notes.append(("received-bytes", base64.b64encode(exchange.received).decode()))
    if exchange.error:
        notes += [("error", exchange.error), ("stage", exchange.stage or "unknown")]
    return metadata(exchange.url, date, common, notes, main_id)


def metadata(url: str, date: str, common: list[tuple[str, str]], notes: list[tuple[str, str]],
             concurrent_to: str | None) -> Record:  # fmt: skip
    """A metadata record with `application/warc-fields`; line ends inside a value become blanks."""
    block = _warc_fields(notes)
    fields = [("WARC-Record-ID", new_id()), *common]
    if concurrent_to:
        fields.append(("WARC-Concurrent-To", concurrent_to))
    fields += [("WARC-Block-Digest", digest_of(block)), ("Content-Type", "application/warc-fields")]
    return Record("metadata", fields[0][1], url, date, member_of("metadata", fields, block))


def warcinfo(filename: str, moment: dt.datetime, fields: list[tuple[str, str]]) -> Record:
    """The record that opens a file: what wrote it, for whom, and by which rules."""
    block = _warc_fields(fields)
    date, record_id = warc_date(moment), new_id()
    head = [
        ("WARC-Record-ID", record_id),
        ("WARC-Date", date),
        ("WARC-Filename", filename),
        ("WARC-Block-Digest", digest_of(block)),
        ("Content-Type", "application/warc-fields"),
    ]
    return Record("warcinfo", record_id, "", date, member_of("warcinfo", head, block))


def _warc_fields(fields: list[tuple[str, str]]) -> bytes:
    """An `application/warc-fields` block; what UTF-8 cannot hold (half a surrogate pair) becomes a question mark."""
    lines = [f"{name}: {value.translate(_LINE_ENDS)}\r\n" for name, value in fields]
    return "".join(lines).encode("utf-8", "replace")


def _connection(exchange: Exchange) -> list[tuple[str, str]]:
    """Peer and protocol, after the IIPC proposals WARC-Protocol (#42) and WARC-Cipher-Suite (#86)."""
    fields: list[tuple[str, str]] = []
    if exchange.peer:
        fields.append(("WARC-IP-Address", exchange.peer))
    if exchange.sent:
        fields.append(("WARC-Protocol", "http/1.1"))
    if exchange.tls:
        fields += [
            ("WARC-Protocol", exchange.tls.version.lower().replace("v", "/")),
            ("WARC-Cipher-Suite", exchange.tls.cipher),
        ]
    return fields


def mime_of(head: Head) -> str:
    """The media type alone, lower case, as CDXJ wants it; `unk` where there is none."""
    value = (head.get(b"content-type") or b"").split(b";", 1)[0].strip().lower()
    return value.decode("ascii", "replace") or "unk"


def is_compressed(head: Head) -> bool:
    """Whether a body of this head is compressed already."""
    coding = (head.get(b"content-encoding") or b"").strip().lower()
    return coding in _STORED or mime_of(head).startswith(_COMPRESSED_TYPES)
