"""EDITIONS: what changed between the versions of an article, on either side of a pair, and whether the other followed.

`histories(collection)` yields a line for every article with more than one edition, `history_of(collection, asked)` the
one that is asked for, `histories_of(lines, collection)` those of lines that somebody else looks up; `applied(old_text,
changes)` is the new text. Called by `genbun history` and by exports.
"""

from crawler.editions.changes import applied
from crawler.editions.history import Lines, histories, histories_of, history_of
from crawler.editions.records import HistoryLine

__all__ = ["HistoryLine", "Lines", "applied", "histories", "histories_of", "history_of"]
