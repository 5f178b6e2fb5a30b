"""Rows: pages in other charsets than they say, and markup that no reader likes."""

from __future__ import annotations

from typing import Final

from tests.hostile import bodies
from tests.hostile.bodies import charset, zipped
from tests.hostile.plays import HTML, answers, changed
from tests.hostile.row import OUTSIDE, Row

JAPANESE: Final = {"Shift_JIS": "cp932", "EUC-JP": "euc_jp", "ISO-2022-JP": "iso2022_jp"}

CHARSETS: Final = (
    *(Row(f"{name} said to be UTF-8", "original", charset(codec, "UTF-8")) for name, codec in JAPANESE.items()),
    *(Row(f"UTF-8 said to be {name}", "original", charset("utf-8", name)) for name in JAPANESE),
    Row("Shift_JIS said to be EUC-JP", "original", charset("cp932", "EUC-JP")),
    Row("EUC-JP said to be Shift_JIS", "original", charset("euc_jp", "Shift_JIS")),
    Row("UTF-8 said to be Shift_JIS", "editorial", charset("utf-8", "Shift_JIS")),
)

CSS: Final = b"Content-Type: text/css"

MARKUP: Final = (
    Row("NUL bytes", "editorial", changed(bodies.with_nuls)),
    Row("NUL bytes", "original", changed(bodies.with_nuls)),
    Row("a line of 10 MB", "editorial", changed(bodies.with_long_line),
        line="problem failed", mb=250),
    Row("a line of 10 MB", "original", changed(bodies.with_long_line),
        line="unreadable, problem failed", mb=250),
    Row("a tag of 500,000 attributes", "editorial", changed(bodies.many_attributes),
        line="problem failed"),
    Row("30 MB of tags, in gzip", "editorial", zipped(bodies.tags(30), HTML),
        line="problem failed", mb=250),
    Row("30 MB of tags, in gzip", "original", zipped(bodies.tags(30), HTML),
        line="unreadable, problem failed", mb=250),
    Row("1,300,000 addresses in a style sheet, in gzip", "style", zipped(bodies.many_addresses, CSS),
        also={f"https://e.example/{number}": OUTSIDE for number in range(1000)}, seconds=3, mb=300),
    Row("4,000 links in the line that names the original", "editorial", changed(bodies.many_links), mb=200),
    Row("120 figures within one another", "editorial", changed(bodies.figures_within_one_another), mb=250),
    Row("a style sheet in no charset", "style", answers(b"\x81\xff\x9d\xfe" * 5000, CSS)),
    Row("a page without a tag", "editorial", answers(b"Welcome!\n" * 100, HTML),
        line="problem not_html"),
    Row("an image at a private address", "editorial", changed(bodies.with_private_image),
        also={"http://169.254.169.254/latest/": OUTSIDE}),
    Row("100,000 nested tags", "editorial", changed(bodies.nested), line="problem failed"),
    Row("100,000 nested tags", "original", changed(bodies.nested), line="unreadable, problem failed"),
)  # fmt: skip
