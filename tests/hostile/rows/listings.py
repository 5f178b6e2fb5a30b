"""Rows: sitemaps and feeds."""

from __future__ import annotations

from typing import Final

from tests.hostile import bodies
from tests.hostile.bodies import zipped
from tests.hostile.plays import HTML, XML, answers, changed
from tests.hostile.row import URLS, Row

ITSELF: Final = f"<sitemapindex><sitemap><loc>{URLS['sitemap']}</loc></sitemap></sitemapindex>".encode()

JSON: Final = b"Content-Type: application/json"

LISTINGS: Final = (
    Row("entities that expand to 60 GB", "sitemap", changed(bodies.laughing, said=XML), lines=("sitemap", 21)),
    Row("an entity that is a file of ours", "sitemap", changed(bodies.outside, said=XML), lines=("sitemap", 21)),
    Row("entities that expand to 60 GB", "feed", changed(bodies.laughing, said=XML), lines=("feed", 10)),
    Row("a sitemap naming itself", "sitemap", answers(ITSELF, XML), lines=("sitemap", 0)),
    Row("a million entries", "sitemap", bodies.million_entries,
        kept="200 cut off (length)", outcome="failed: too_large", lines=("sitemap", 0)),
    Row("a million entries, in gzip", "sitemap", zipped(lambda: bodies.sitemap_of(1_000_000), XML), mb=250,
        lines=("sitemap", 50_000)),
    Row("a million entries, as a gzip file", "sitemap", bodies.million_entries_zipped, mb=200,
        lines=("sitemap", 50_000)),
    Row("30 MB of JSON, in gzip", "REST", zipped(lambda: bodies.objects(30), JSON), mb=200, lines=("rest", 0)),
    Row("4 MB of JSON, in gzip", "REST", zipped(lambda: bodies.objects(4), JSON), mb=300, lines=("rest", 0)),
    Row("a page of HTML", "sitemap", answers(b"<!DOCTYPE html><html><body><p>Oh</p></body></html>", HTML),
        lines=("sitemap", 0)),
    Row("100,000 nested tags", "sitemap", answers(b"<urlset>" + b"<url>" * 100_000, XML), lines=("sitemap", 0)),
    Row("relative and foreign links", "feed", changed(bodies.relative_and_foreign, said=XML), lines=("feed", 10)),
)  # fmt: skip
