"""Several workers, one crawl: what is to be asked lies in a Redis that they share; each writes a collection of its own.

Used by the spider and by `Collecting` where FRONTIER is set, and only there is the package `redis` imported
(docs/scale.md, docs/decisions/0005).
"""
