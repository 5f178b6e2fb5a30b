"""Rows: robots.txt."""

from __future__ import annotations

from typing import Final

from tests.hostile.bodies import robots, robots_of_100_mb, robots_of_many_names, zipped
from tests.hostile.plays import HTML, TEXT, answers, moves, refuses, sends
from tests.hostile.row import CLOSED, OUTSIDE, Row

CLOSED_AREA: Final = b"User-agent: *\nDisallow: /uploads/\n"

ROBOTS: Final = (
    Row("100 MB", "robots of images", robots_of_100_mb(CLOSED_AREA), kept="200 cut off (length)", mb=300,
        outcome="failed: too_large", rest="refused: robots"),
    Row("100 MB, in gzip", "robots of images", zipped(lambda: robots(CLOSED_AREA, 100), TEXT), mb=300,
        rest="refused: robots"),
    Row("30 MB", "robots of images", zipped(lambda: robots(CLOSED_AREA, 30), TEXT), mb=300, rest="refused: robots"),
    Row("12,000 names and 12,000 rules", "robots of images",
        answers(robots_of_many_names(b"Disallow: /uploads/\n"), TEXT), mb=200, rest="refused: robots"),
    Row("a byte order mark", "robots of images", answers(b"\xef\xbb\xbf" + CLOSED_AREA, TEXT), rest="refused: robots"),
    Row("UTF-16", "robots of images", answers(CLOSED_AREA.decode().encode("utf-16"), TEXT), rest="refused: robots"),
    Row("HTML", "robots", answers(b"<!DOCTYPE html><html><body><p>Welcome</p></body></html>", HTML)),
    Row("404", "robots", refuses(404), kept="404"),
    Row("401", "robots", refuses(401), kept="401", outcome="refused: status_401"),
    Row("500", "robots", refuses(500), kept="2 × 500", outcome="failed: status_500", line="", others="none", exit=3,
        says="robots.txt answered 500"),
    Row("never an answer", "robots", sends("hang"), kept="2 × no answer (head)", outcome="failed: timeout", line="",
        others="none", exit=3, says="took too long"),
    Row("500", "robots of originals", refuses(500), kept="2 × 500", outcome="failed: status_500", line="refused",
        others="refused", rest=CLOSED),
    Row("a redirect to a private address", "robots of originals", moves("http://10.0.0.1/robots.txt"), kept="302",
        line="refused", others="refused", rest=CLOSED, also={"http://10.0.0.1/robots.txt": OUTSIDE}),
)  # fmt: skip
