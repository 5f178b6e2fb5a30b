"""Rows: connections that break, headers and lengths that lie."""

from __future__ import annotations

from typing import Final

from tests.hostile import plays
from tests.hostile.plays import EARLY, HTML, PNG, chunked, endless_body, head, sends, slowly
from tests.hostile.row import CLOSED, Row

CONNECTION: Final = (
    Row(
        "reset within the header", "editorial", plays.cut_in_head,
        kept="2 × part of a head, as received (head)", outcome="failed: cut_off", line="problem failed",
    ),
    Row(
        "reset within the body", "original", plays.cut_in_body,
        kept="2 × 200 cut off (disconnect)", outcome="failed: cut_off", line="not_captured, problem failed",
    ),
    Row("closed without a word", "image", sends("close"), kept="2 × no answer (head)", outcome="failed: cut_off"),
    Row(
        "never an answer", "editorial", sends("hang"),
        kept="2 × no answer (head)", outcome="failed: timeout", line="problem failed",
    ),
    Row(
        "reset within the TLS handshake", "robots of originals", door="cut",
        kept="2 × no answer (tls)", outcome="failed: connect", rest=CLOSED,
        line="refused", others="refused",
    ),
    Row("nobody listens", "robots of images", door="nobody",
        kept="2 × no answer (connect)", outcome="failed: connection_refused", rest=CLOSED),
    Row("another protocol", "image", sends(b"SSH-2.0-OpenSSH_9.6\r\n" * 3, "hang"),
        kept="part of a head, as received (head)", outcome="failed: bad_response"),
)  # fmt: skip


HEADER: Final = (
    Row(
        "an endless header", "editorial", plays.endless_head,
        kept="part of a head, as received (head)", outcome="failed: too_large", line="problem failed",
    ),
    Row(
        "an endless header, a few bytes a second", "image", slowly(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        kept="2 × part of a head, as received (head)", outcome="failed: timeout",
    ),
    Row(
        "a header of 1 MB", "original", plays.great_head,
        kept="part of a head, as received (head)", outcome="failed: too_large", line="not_captured, problem failed",
    ),
    Row("103 Early Hints, then 200", "editorial", plays.early_hints, kept="103, then 200"),
    Row("103 without an end", "original", sends(*[EARLY] * 100, "hang"),
        kept="part of a head, as received (head)", outcome="failed: bad_response",
        line="not_captured, problem failed"),
    Row("bare LF", "editorial", plays.bare_lf),
    Row("a header that is no text", "editorial", plays.no_text),
    Row("no header at all (HTTP/0.9)", "original", sends(b"<!DOCTYPE html><html><body>" * 10, "close"),
        kept="part of a head, as received (head)", outcome="failed: bad_response",
        line="not_captured, problem failed"),
)  # fmt: skip

FRAME: Final = (
    Row(
        "Content-Length too long", "editorial", plays.too_long,
        kept="2 × 200 cut off (disconnect)", outcome="failed: cut_off", line="problem failed",
    ),
    Row("Content-Length too short", "original", plays.too_short,
        line="unreadable, problem no_body", surplus=True),
    Row("Content-Length too short", "editorial", plays.too_short,
        line="problem no_body", surplus=True),
    Row("two lengths that differ", "image", plays.two_lengths,
        kept="200 cut off (unspecified)", outcome="failed: bad_response"),
    Row("a length of 1 TB", "editorial", sends(head(HTML, b"Content-Length: 1099511627776") + b"a" * 9000, "hang"),
        kept="200 cut off (length)", outcome="failed: too_large", line="problem failed"),
    Row("an endless body", "image", endless_body(PNG), kept="200 cut off (length)", outcome="failed: too_large",
        mb=300),
    Row("an endless body, at every address", "image", endless_body(PNG), everywhere=True,
        kept="200 cut off (length)", outcome="failed: too_large", rest="failed: too_large", mb=300),
    Row("an endless body in one chunk after the other", "original",
        plays.endless_chunks,
        kept="200 cut off (length)", outcome="failed: too_large", line="not_captured, problem failed", mb=300),
    Row("an endless body, a few bytes a second", "original", slowly(head(HTML), b"<p>"),
        kept="2 × 200 cut off (time)", outcome="failed: timeout", line="not_captured, problem failed"),
    Row("a chunk size that is none", "editorial", chunked(plays.no_chunk_size),
        kept="200 cut off (unspecified)", outcome="failed: bad_response", line="problem failed"),
    Row("a chunk longer than its size", "original", chunked(plays.chunk_too_long),
        kept="200 cut off (unspecified)", outcome="failed: bad_response", line="not_captured, problem failed"),
    Row("a chunk of 2^64 bytes", "image", chunked(plays.greatest_chunk),
        kept="200 cut off (length)", outcome="failed: too_large"),
    Row("an endless trailer", "editorial", plays.endless_trailer,
        kept="200 cut off (length)", outcome="failed: too_large", line="problem failed"),
)  # fmt: skip
