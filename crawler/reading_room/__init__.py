"""COLLECTION → a reading room: its editorials in a browser, side by side, searched, as captured, and with their proofs.

`serving` serves it on loopback, `static` writes the same as files; both draw the pages of `views`. What is asked comes
from `index`, a cache in the user's own folder, made from the records. Called by `genbun read`.
"""
