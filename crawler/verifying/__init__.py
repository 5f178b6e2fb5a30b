"""A whole collection against itself: the archive, and everything that was made from it or says something of it.

`collection.verify` is what `genbun verify` calls; the archive and its index are checked in `archives/verify/`.
"""
