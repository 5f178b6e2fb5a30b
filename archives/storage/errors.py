"""What goes wrong with what is stored elsewhere.

NotAllowed             (2)  a collection names a place that nobody allowed to be asked; a `UsageError`
StorageFailure         (1)  it cannot be reached, or does not let us; an `OSError` too, as that of a file would be
├── Gone               (4)  the object is no longer there, or its bucket is not
└── Changed            (4)  it is there, and is not what was stored
"""

from __future__ import annotations

from archives.errors import GenbunError, UsageError


class NotAllowed(UsageError):
    """A place that a collection names, and that nobody allowed to be asked."""


class StorageFailure(GenbunError, OSError):
    """A place that cannot be reached, or does not let us."""


class Gone(StorageFailure):
    """Something that is no longer there."""

    exit_status = 4


class Changed(StorageFailure):
    """Something that is not what was stored."""

    exit_status = 4
