"""An address on its way from the worker that found it to the one that will ask it: JSON, read as strictly as a page.

Whoever can write to the Redis can write entries, so what comes back is believed no more than what a site sends.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from archives.exchange import Fields
from crawler.addresses import resolve

#: The classes of addresses that workers share; listings are one worker's, and each asks robots.txt for itself.
SharedClass = Literal["original", "requisite", "editorial"]
#: They are claimed in this order: a page's originals and parts come before the next page.
SHARED: Final[tuple[SharedClass, ...]] = ("original", "requisite", "editorial")
NoteName = Literal["found", "due", "redirected-from", "original-of", "via"]

_MAX_BYTES: Final = 1024 * 1024
_MAX_NOTES: Final = 64
_MAX_NOTE: Final = 8192
_PRINT_BYTES: Final = 12


class BadEntry(ValueError):
    """What came back is no entry that a worker of ours would have made."""


class Entry(BaseModel):
    """One address to ask, and what its metadata record will say of why. `hops` counts redirects, `level` style sheets.

    `day` is that of the translation whose original lies there: should it be gone, an original of that day is missing.
    The address is in the spelling of `crawler.addresses.resolve`, so http or https, without credentials.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    url: str
    klass: SharedClass
    notes: Annotated[
        tuple[tuple[NoteName, Annotated[str, Field(max_length=_MAX_NOTE)]], ...], Field(max_length=_MAX_NOTES)
    ] = ()
    hops: Annotated[int, Field(ge=0, le=11)] = 0
    level: Annotated[int, Field(ge=0, le=3)] = 0
    day: dt.date | None = None

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if resolve(url, url) != url:
            raise ValueError("no address as we spell it")
        return url

    @classmethod
    def of(cls, url: str, klass: str, notes: Fields, hops: int = 0, level: int = 0,
           day: dt.date | None = None) -> Entry:  # fmt: skip
        """Make one. Raises `BadEntry` for what no worker may hand on."""
        kept = [(name, value.encode("utf-8", "replace").decode()[:_MAX_NOTE]) for name, value in notes[:_MAX_NOTES]]
        try:
            return cls.model_validate(
                {"url": url, "klass": klass, "notes": tuple(kept), "hops": hops, "level": level, "day": day}
            )
        except ValidationError as error:
            raise BadEntry(_said(error)) from None

    def dump(self) -> bytes:
        """As it lies in Redis."""
        return self.model_dump_json(exclude_defaults=True).encode()

    @property
    def print(self) -> bytes:
        """What it is known by among those seen."""
        return fingerprint(self.url)


def read_entry(data: bytes) -> Entry:
    """An entry as another worker wrote it. Raises `BadEntry`."""
    if len(data) > _MAX_BYTES:
        raise BadEntry(f"{len(data):,} bytes")
    try:
        return Entry.model_validate_json(data)
    except ValidationError as error:
        raise BadEntry(_said(error)) from None


def fingerprint(url: str) -> bytes:
    """Twelve bytes that stand for an address: that any two of ten million share theirs has a chance of 1 in 10^15."""
    return hashlib.blake2b(url.encode("utf-8", "backslashreplace"), digest_size=_PRINT_BYTES).digest()


def _said(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'entry'}: {first['msg']}"
