"""Closed WARC files in S3, or in what else fsspec speaks: put there once, checked, and read back by ranges.

`keeping` puts and fetches them (`genbun store`); `reading` opens a file of a collection wherever it lies, for all who
read one. `listing` is `archive/stored.json`; `places` says which addresses there are, and which may be followed.
"""
