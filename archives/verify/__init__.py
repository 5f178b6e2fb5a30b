"""What is in the archive, checked against itself: gzip members, WARC records, digests, pairs, revisits, the index.

Knows no newspaper. Called by `genbun verify`; records, lines and receipts are checked in `crawler/verifying/`.
Every rule names the section of WARC/1.1 (ISO 28500:2017) it comes from; what only Genbun asks is never an error here.
"""
