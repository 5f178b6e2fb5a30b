"""What an encoder is: sentences of either language in, vectors out that point one way where sentences say one thing."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from typing import Protocol

from archives.errors import UsageError


class Encoder(Protocol):
    """Makes vectors of sentences; the same sentences give the same vectors."""

    @property
    def name(self) -> str:
        """One word for it, as an alignment's `method` has it."""

    @property
    def revision(self) -> str:
        """Which of its kind: another revision makes other vectors."""

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""

    @property
    def weights(self) -> Traversable:
        """Where the weights lie that were fitted for it, if any were."""

    def encode(self, texts: list[str]) -> Sequence[Sequence[float]]:
        """A row for each text, of length 1."""


class NoEncoder(UsageError):
    """An encoder that is not there, cannot be loaded, or has no weights."""
