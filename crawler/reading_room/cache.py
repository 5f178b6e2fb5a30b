"""Where the search index of a collection lies: in the user's cache, never in the collection."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path
from typing import Final

from archives.errors import GenbunError

_PLAIN: Final = re.compile(r"[^\w.-]+")


def cache_folder() -> Path:
    """Genbun's folder among the caches of this user: XDG_CACHE_HOME, else what the platform has for it."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if given and Path(given).is_absolute():  # the XDG rule: what is relative counts as not set
        return Path(given) / "genbun"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "genbun"
    return Path.home() / ".cache" / "genbun"


def index_path(collection: Path) -> Path:
    """The file that holds the index of a collection; its folder is made, for this user alone.

    Raises `GenbunError` where that cannot be, or would lie in the collection.
    """
    real = collection.resolve()
    folder = cache_folder() / "reading-room"
    if folder.resolve().is_relative_to(real):
        raise GenbunError(f"{folder}: lies in the collection, which is only read; set XDG_CACHE_HOME to another folder")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise GenbunError(
            f"{folder}: cannot be made ({error.strerror}), and the index goes there; set XDG_CACHE_HOME to a folder "
            "that you may write to"
        ) from None
    name = _PLAIN.sub("-", real.name)[:60] or "collection"
    return folder / f"{name}-{hashlib.sha256(os.fsencode(real)).hexdigest()[:16]}.sqlite"
