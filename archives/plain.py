"""That a collection holds plain files, which is looked at before anything in it is opened.

A collection may come from a stranger. Whoever packs or merges it would take in files of his own through a link that
leads out of it, and whoever rebuilds it would write over them; and a FIFO that is opened blocks until somebody writes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final
from unicodedata import category

from archives.errors import NotPlain

_FILES: Final = (".warc.gz", ".gz.open", ".json", ".jsonl", ".cdxj", ".sqlite")


def require_plain(top: Path, folders: Iterable[Path]) -> None:
    """Raise `NotPlain` for what in these folders is neither file nor folder, or leads out of `top`.

    `top` may itself be reached by a link. Folders within come after those that hold them: none is listed before it is
    known to lie there.
    """
    inside = os.path.realpath(top)
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if (wrong := _what_is_wrong(entry, inside)) and os.path.lexists(entry.path):
                        raise NotPlain(f"{_shown(entry.path)}: {wrong}")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError as error:
            raise NotPlain(f"{_shown(str(folder))}: cannot be listed ({error.strerror})") from error


def is_text(name: str) -> bool:
    """Whether a name holds no control characters, and no bytes that are no UTF-8."""
    return not any(category(ch) in ("Cc", "Cs") for ch in name)


def _what_is_wrong(entry: os.DirEntry[str], inside: str) -> str:
    """Empty if nothing is. Only a link costs more than the folder's own entry."""
    if not is_text(entry.name):
        return "has a name that is no text; give it another one"
    if entry.is_symlink() and not f"{os.path.realpath(entry.path)}/".startswith(f"{inside}/"):
        return "is a link that leads out of the collection; put there what it leads to, or link the whole collection"
    with suppress(OSError):  # a link to itself
        if entry.is_dir():
            return "is a folder with the name of a file; take it away" if entry.name.endswith(_FILES) else ""
        if entry.is_file():
            return ""
    return "is neither a file nor a folder; take it away"


def _shown(name: str) -> str:
    return "".join(ch if ch.isprintable() else ascii(ch)[1:-1] for ch in name)
