"""What the archive raises on purpose; `crawler.errors` draws the whole tree.

GenbunError                     the text says what, where and what to do; `exit_status` is the command line's
├── UsageError           (2)
│   └── NotACollection   (2)    a folder that is no collection
├── NotPlain             (4)    a collection in which something is no file, or leads out of it
└── CollectionBusy       (5)    another process writes to the collection
"""

from __future__ import annotations


class GenbunError(Exception):
    """Root of all that is raised on purpose; its text is shown to the user as it is."""

    exit_status = 1


class UsageError(GenbunError):
    """An argument that makes no sense."""

    exit_status = 2


class NotACollection(UsageError):
    """A folder that is not a collection."""


class NotPlain(GenbunError):
    """A collection in which something is no file, or leads out of it."""

    exit_status = 4


class CollectionBusy(GenbunError):
    """Another process holds the collection's lock."""

    exit_status = 5
