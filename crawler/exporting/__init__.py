"""ARTICLES, PAIRS → FILES that open anywhere: what `genbun export` writes.

In the order of the path: reading (lines → an index) → choosing (filters) → making (rows, as `rows` describes them) →
formats (one file each) → provenance. `export` in exporting.py is called by the command alone.
"""
