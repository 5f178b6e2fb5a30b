"""An exchange: one request and what came of it, as it went over the wire, before it is a WARC record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from archives.message import Head, Truncation

Stage = Literal["guard", "resolve", "connect", "tls", "send", "head", "body"]
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tls:
    """What a TLS connection agreed on, and the certificate it showed."""

    version: str
    cipher: str
    certificate_sha256: str
    verified: bool = True


@dataclass(slots=True)
class Exchange:
    """The bytes of one exchange and the facts of its connection.

    `sent` and `received` are exact; `received` is the final response (its interim ones are in `interim`) and may be
    cut off, which `truncated` then says. `head` is None where no whole head arrived; `head_length` counts its bytes,
    blank line included. `payload` is the body without its transfer coding, `payload_digest` its digest. `error` and
    `stage` say what went wrong and how far the exchange had come.
    `notes` go into the metadata record beside it: who asked for this address, and why.
    """

    url: str
    started_at: dt.datetime
    method: str = "GET"
    sent: bytes = b""
    received: bytes = b""
    interim: bytes = b""
    head: Head | None = None
    head_length: int = 0
    payload: bytes = b""
    payload_digest: str = ""
    peer: str | None = None
    tls: Tls | None = None
    truncated: Truncation | None = None
    error: str | None = None
    stage: Stage | None = None
    milliseconds: int = 0
    notes: Fields = field(default=())
