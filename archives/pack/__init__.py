"""WACZ 1.1.1: a whole collection in one ZIP file that any WACZ player opens.

`writing` makes one (crawler.packing decides what goes in), `checking` reads one again and hashes everything in it,
`members` hands out the WARC files inside as streams.
"""
