"""PAGE → ARTICLE → JSON LINES / PAIRS.

The readers of newspapers, the records they give, the pairs joined from them, and the command `genbun`.
Uses `archives/`; is used by `spiders/`.
"""
