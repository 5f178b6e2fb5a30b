"""The origins of the sites: one host, by whichever of its names it was asked, and a port for each site.

Who opens the room as `localhost` is led to captures on `localhost`, who opens it by an address of the local network to
that: a frame of another name might not be reached, or count as another site.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

#: Under which name this request came, without the port; the guard has seen that it is one of ours.
ASKED: Final[ContextVar[str]] = ContextVar("ASKED", default="127.0.0.1")


@dataclass(frozen=True, slots=True)
class Origin:
    """A site's origin."""

    port: int

    def __str__(self) -> str:
        return f"http://{ASKED.get()}:{self.port}"
