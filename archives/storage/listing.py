"""`archive/stored.json`: which of a collection's WARC files are stored elsewhere, and where.

Written only after the stored copy was read back. A file may be stored in several places; it may lie here as well.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from archives.collection import replaced
from archives.errors import UsageError
from archives.storage.errors import Changed
from archives.storage.places import Object, normal

NAME: Final = "stored.json"
SCHEMA: Final = "genbun/stored/1"
_LARGEST: Final = 64_000_000  # bytes: of a hundred thousand files


def _of_a_warc(name: str) -> str:
    """One file's name, and no path: what a stranger's list says is never opened elsewhere than in `archive/`."""
    if not name.endswith(".warc.gz") or name[0] in ".-" or {"/", "\\"} & set(name) or not name.isprintable():
        raise ValueError("is no plain name of a .warc.gz file")
    return name


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class StoredFile(_Strict):
    """A WARC file that was stored, and read back."""

    name: Annotated[str, Field(max_length=255), AfterValidator(_of_a_warc)]
    """Its name in `archive/`; it lies at `<where>/archive/<name>`."""
    size: Annotated[int, Field(ge=0)]
    """Bytes."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Of the whole file, in hexadecimal."""
    where: Annotated[str, Field(max_length=2000)]
    """The address it was stored to, without credentials and without the endpoint."""
    mark: Annotated[str, Field(max_length=500)]
    """What the service calls this state of the object (its ETag); empty where it calls it nothing."""
    verified_at: AwareDatetime
    """When it was read back last, and its digest was this."""

    @property
    def object(self) -> Object:
        """What has to be found there."""
        return Object(self.size, self.mark)


class Listing(_Strict):
    """The whole of `archive/stored.json`."""

    schema_: Annotated[Literal["genbun/stored/1"], Field(alias="schema")] = SCHEMA
    files: tuple[StoredFile, ...] = ()


def listed(archive: Path) -> dict[str, tuple[StoredFile, ...]]:
    """What a collection's `archive/` says is stored elsewhere: name → in each place. Not to be changed.

    Raises `Changed` where it cannot be understood.
    """
    path = archive / NAME
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    if found.st_size > _LARGEST:
        raise Changed(f"{path}: is too large for a list of stored files; take it away")
    return _read(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> dict[str, tuple[StoredFile, ...]]:
    try:
        files = Listing.model_validate_json(path.read_bytes()).files
        for where in {file.where for file in files}:
            if normal(where) != where:
                raise UsageError(f"{where} is not how an address is written")
        named: dict[str, tuple[StoredFile, ...]] = {}
        for file in files:
            named[file.name] = (*named.get(file.name, ()), file)
            if len({(one.size, one.sha256) for one in named[file.name]}) > 1:
                raise UsageError(f"{file.name} is another file in another place")
    except (ValidationError, UsageError, ValueError) as error:
        if isinstance(error, ValidationError):
            first = error.errors(include_url=False, include_input=False)[0]
            said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        else:
            said = str(error)
        raise Changed(
            f"{path}: is no list of stored files ({said}); put back the one that `genbun store` wrote"
        ) from error
    return named


def require_name(path: Path) -> None:
    """Raise `UsageError` for a file whose name cannot be written into the list."""
    try:
        _of_a_warc(path.name)
    except ValueError as error:
        raise UsageError(
            f"{path.parent.name}/{ascii(path.name)[1:-1]}: {error}, so it cannot be stored; give it another name"
        ) from error


def note(archive: Path, files: Iterable[StoredFile]) -> None:
    """Add files to the list, or put them in the place of what it says of them; durable when this returns."""
    known = {(file.name, file.where): file for places in listed(archive).values() for file in places}
    known.update({(file.name, file.where): file for file in files})
    listing = Listing(files=tuple(known[key] for key in sorted(known)))
    with replaced(archive / NAME) as path:
        path.write_text(listing.model_dump_json(by_alias=True, indent=1) + os.linesep, "utf-8")
    _read.cache_clear()


def now() -> dt.datetime:
    """Now, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
