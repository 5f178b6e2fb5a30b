"""What the body of an answer may be: packed, in another charset, of bad markup; listings and robots.txt gone wrong."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import brotli
from isal import isal_zlib

from tests.hostile.plays import HTML, MB, TEXT, XML, changed, whole
from tests.hostile.press import Ask, Play, Then

try:
    from compression.zstd import ZstdCompressor  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    from backports.zstd import ZstdCompressor


# codings ------------------------------------------------------------------------------------------


def bomb(coding: str, *fields: bytes, times: int = 1) -> Play:
    """A body that unpacks to 1 GB of zeros, and the coding that says so; packed `times` over."""
    said = b"Content-Encoding: " + ", ".join([coding] * times).encode()

    def play(ask: Ask) -> list[bytes | Then]:
        body = zeros(coding)
        for _ in range(times - 1):
            body = zlib.compress(body, 9, wbits=31)
        return [whole(body, *fields, said)]

    return play


@lru_cache(maxsize=3)
def zeros(coding: str) -> bytes:
    """1 GB of zeros, packed."""
    piece = bytes(MB)
    if coding == "gzip":
        gzip = isal_zlib.compressobj(1, isal_zlib.DEFLATED, 31)
        return b"".join([gzip.compress(piece) for _ in range(1024)]) + gzip.flush()
    if coding == "br":
        br = brotli.Compressor(quality=1)
        return b"".join([br.process(piece) for _ in range(1024)] + [br.finish()])
    zstd = ZstdCompressor(1)
    return b"".join([zstd.compress(piece) for _ in range(1024)] + [zstd.flush()])


def zipped(make: Callable[[], bytes], *fields: bytes) -> Play:
    """A body that `make` makes when it is asked for, in gzip."""
    return lambda ask: [whole(isal_zlib.compress(make(), level=1, wbits=31), *fields, b"Content-Encoding: gzip")]


def members(ask: Ask) -> list[bytes | Then]:
    """A page in gzip, after 50,000 empty gzip members."""
    body = zlib.compress(b"", wbits=31) * 50_000 + zlib.compress(ask.page.body, wbits=31)
    return [whole(body, HTML, b"Content-Encoding: gzip")]


# charsets and markup ------------------------------------------------------------------------------


def charset(codec: str, said: str) -> Play:
    """The page in one charset, said to be another one in the header and in itself."""

    def change(body: bytes) -> bytes:
        text = re.sub(r'(?i)charset="[^"]*"', f'charset="{said}"', body.decode(), count=1)
        return text.encode(codec, "xmlcharrefreplace")

    return changed(change, said=f"Content-Type: text/html; charset={said}".encode())


def with_nuls(body: bytes) -> bytes:
    """A NUL in every tag's end, and many at the end."""
    return body.replace(b"</p>", b"\0</p\0>") + bytes(1000)


def with_long_line(body: bytes) -> bytes:
    """One line of 10 MB, in a script."""
    return body.replace(b"</head>", b"<script>var x='" + b"x" * 10 * MB + b"'</script></head>")


def with_long_paragraph(body: bytes) -> bytes:
    """One line of 10 MB, in the text."""
    return body.replace(b"</article>", b"<p>" + b"word " * (2 * MB) + b"</p></article>")


def with_private_image(body: bytes) -> bytes:
    """An image whose address is one of the network that we may be in."""
    return body.replace(b"</body>", b'<img src="http://169.254.169.254/latest/" alt=""></body>')


def many_links(body: bytes) -> bytes:
    """4,000 anchors in the line that names the original."""
    return body.replace(
        b"</article>",
        b'<p class="original-link">'
        + 4000
        * (b'(<a href="https://shimbun.example/article/20261009-AAAAAAAAAAAAAAAAAAAAAAAAAA/">Read it in Japanese</a>.)')
        + b"</p></article>",
        1,
    )


def figures_within_one_another(body: bytes) -> bytes:
    """120 lead images within one another, around one caption of 1 MB, which is parentheses."""
    caption = b"<figcaption>" + b"()" * (MB // 2) + b"</figcaption>"
    return body.replace(
        b"</article>", b'<figure class="entry-lead">' * 120 + caption + b"</figure>" * 120 + b"</article>", 1
    )


def nested(body: bytes) -> bytes:
    """100,000 tags within one another, before the text."""
    return body.replace(b"<article", b"<div>" * 100_000 + b"<article", 1)


def tags(megabytes: int) -> Callable[[], bytes]:
    """A page of nothing but tags."""
    return lambda: b"<html><body><article>" + b"<p>a" * (megabytes * MB // 4)


def many_attributes(body: bytes) -> bytes:
    """A tag of 500,000 attributes, before the text."""
    names = b" ".join(b"a%d" % number for number in range(500_000))
    return body.replace(b"<article", b"<i " + names + b"></i><article", 1)


def many_addresses() -> bytes:
    """A style sheet of as many addresses as can be said in 30 MB, on another host."""
    return b"".join(b"url(//e.example/%d)" % number for number in range(1_300_000))


# listings -----------------------------------------------------------------------------------------

LAUGHS: Final = (
    b'<!DOCTYPE z [<!ENTITY a0 "' + b"lol" * 20 + b'">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9)) + b"]>\n"
)  # fmt: skip


def laughing(body: bytes) -> bytes:
    """Entities that expand to 60 GB, used in the first title or address."""
    declared = body.replace(b"?>\n", b"?>\n" + LAUGHS, 1)
    return re.sub(rb"<(title|lastmod)>", rb"<\1>&a9;", declared, count=1)


def outside(body: bytes) -> bytes:
    """An entity that is a file of ours, used in the first address."""
    declared = body.replace(b"?>\n", b'?>\n<!DOCTYPE z [<!ENTITY f SYSTEM "file:///etc/passwd">]>\n', 1)
    return declared.replace(b"<lastmod>", b"<lastmod>&f;", 1)


def relative_and_foreign(body: bytes) -> bytes:
    """A feed with relative links, and items that lead elsewhere."""
    foreign = b"".join(
        b"<item><title>EDITORIAL | Elsewhere</title><link>%s</link></item>" % link
        for link in (
            b"https://elsewhere.example/editorial-a/", b"//elsewhere.example/editorial-b/",
            b"http://127.0.0.1/editorial-c/", b"file:///etc/passwd", b"javascript:alert(1)",
        )
    )  # fmt: skip
    return body.replace(b"https://herald.example/editorial", b"/editorial").replace(b"<item>", foreign + b"<item>", 1)


def sitemap_of(count: int) -> bytes:
    """A sitemap of so many addresses, none of them an editorial."""
    lines = b"".join(b"<url><loc>https://herald.example/x/%d/</loc></url>" % n for n in range(count))
    return b'<?xml version="1.0"?>\n<urlset>' + lines + b"</urlset>"


def objects(megabytes: int) -> bytes:
    """An array of as many objects as can be said in so many megabytes."""
    return b"[" + b'{"":0},' * ((megabytes * MB - 8) // 7) + b"{}]"


def million_entries(ask: Ask) -> list[bytes | Then]:
    """A million entries: 60 MB."""
    return [whole(sitemap_of(1_000_000), XML)]


def million_entries_zipped(ask: Ask) -> list[bytes | Then]:
    """The same as a file that is gzip, which nothing says."""
    return [whole(isal_zlib.compress(sitemap_of(1_000_000), level=1, wbits=31), b"Content-Type: application/x-gzip")]


# robots.txt ---------------------------------------------------------------------------------------


def robots_of_100_mb(rules: bytes) -> Play:
    """100 MB that begin with these rules."""
    return lambda ask: [whole(robots(rules, 100), TEXT)]


def robots(rules: bytes, megabytes: int = 0) -> bytes:
    """A robots.txt that begins with these rules and goes on with comments."""
    return rules + b"# and so on\n" * (megabytes * MB // 12)


def robots_of_many_names(body: bytes) -> bytes:
    """12,000 names of robots, and 12,000 rules for all of them."""
    names = b"".join(b"User-agent: robot%d\n" % number for number in range(12_000))
    return names + b"User-agent: *\n" + b"".join(b"Disallow: /%d\n" % number for number in range(12_000)) + body
