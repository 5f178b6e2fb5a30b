"""Rows: content codings that lie or explode."""

from __future__ import annotations

import zlib
from typing import Final

from tests.hostile import bodies
from tests.hostile.bodies import bomb
from tests.hostile.plays import HTML, PNG, TEXT, XML, answers, changed
from tests.hostile.row import Row

CODINGS: Final = (
    Row("1 GB of zeros in gzip", "editorial", bomb("gzip", HTML), line="problem undecodable", mb=200),
    Row("1 GB of zeros in br", "original", bomb("br", HTML), line="unreadable, problem undecodable", mb=200),
    Row("1 GB of zeros in zstd", "original", bomb("zstd", HTML), line="unreadable, problem undecodable", mb=200),
    Row("1 GB of zeros in gzip", "image", bomb("gzip", PNG), mb=200),
    Row("1 GB of zeros in gzip", "sitemap", bomb("gzip", XML), mb=200),
    Row("1 GB of zeros in gzip", "robots of originals", bomb("gzip", TEXT), mb=200),
    Row("1 GB of zeros in gzip, three times over", "editorial", bomb("gzip", HTML, times=3),
        line="problem undecodable", mb=200),
    Row("1 GB of zeros in gzip, five times over", "original", bomb("gzip", HTML, times=5),
        line="unreadable, problem undecodable", mb=200),
    Row("50,000 empty gzip members, then the page", "original", bodies.members,
        line="unreadable, problem undecodable", mb=200),
    Row("a page that is not in the coding it says", "editorial",
        changed(lambda body: body, b"Content-Encoding: gzip"), line="problem undecodable", mb=200),
    Row("a coding nobody knows", "original", changed(lambda body: body, b"Content-Encoding: mystery"),
        line="unreadable, problem undecodable", mb=200),
    Row("a whole gzip member, then half of another", "image",
        answers(zlib.compress(b"x" * 5000, wbits=31) * 2, PNG, b"Content-Encoding: gzip")),
)  # fmt: skip
