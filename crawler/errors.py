"""Everything Genbun raises on purpose. What the archive raises is defined in `archives.errors` and named here too.

GenbunError                     message: what, where, what to do next; `exit_status` for the command line
├── UsageError           (2)    an argument that makes no sense
│   ├── UnknownNewspaper (2)    no such newspaper
│   ├── NotACollection   (2)    a folder that is no collection
│   └── NotAllowed       (2)    storage that a collection names, and nobody allowed (`archives.storage.errors`)
├── StorageFailure       (1)    storage that cannot be reached; (4) what is gone from there, or was changed
├── NothingFound         (3)    the listings named no editorial at all
├── ParseError           (3)    a page that could not be read as what it should be
├── NotVerified          (4)    something does not agree with something else
├── NotPlain             (4)    a collection in which something is no file, or leads out of it
├── BadSignature         (4)    a package's signature does not hold (`archives.signing`)
│   └── UnknownForm      (4)    it is of a form that is not judged here
├── CollectionBusy       (5)    another process writes to the collection
└── SiteRefused          (6)    the site refused or rate-limited the crawl
"""

from __future__ import annotations

from archives.errors import CollectionBusy, GenbunError, NotACollection, NotPlain, UsageError

__all__ = [
    "CollectionBusy", "GenbunError", "NotACollection", "NotPlain", "NotVerified", "NothingFound", "ParseError",
    "SiteRefused", "UnknownNewspaper", "UsageError",
]  # fmt: skip


class UnknownNewspaper(UsageError):
    """No newspaper of that name, or none that owns that address."""


class NothingFound(GenbunError):
    """The listings named no editorial at all, known or new."""

    exit_status = 3


class NotVerified(GenbunError):
    """Something does not agree with something else."""

    exit_status = 4


class SiteRefused(GenbunError):
    """The site refused or rate-limited us so that the crawl could not be finished."""

    exit_status = 6


class ParseError(GenbunError):
    """A page that could not be read as what it should be: `reason` is one of `crawler.models.Reason`."""

    exit_status = 3

    def __init__(self, url: str, reason: str, detail: str) -> None:
        super().__init__(f"{url}: {reason}: {detail}")
        self.url = url
        self.reason = reason
        self.detail = detail
