"""REQUEST → CAPTURE → WARC, and back. Knows no newspaper.

Called by `spiders/` while crawling and by `crawler/` when records are made from the archive.
This file imports nothing, so that a reader of pages can use `archives.capture` without Scrapy or warcio.
"""
