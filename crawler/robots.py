"""ROBOTS.TXT → rules for us: what one host's file says to the robot that we are (RFC 9309)."""

from __future__ import annotations

import codecs
import re
from typing import Final

from protego import Protego

TOKEN: Final = "Genbun"  # noqa: S105  # not a secret: the product token that robots.txt names us by
PARSED: Final = 500 * 1024  # RFC 9309, 2.5: at least 500 KiB are to be parsed
#: Beside UTF-8 (2.2), since a rule that we cannot read is one that we would break.
MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_AGENT: Final = re.compile(r"(?im)^([^\S\n]*user[- ]?agent[^\S\n]*:)[^\S\n]*([^\n#]*)")
_TOKEN_OF: Final = re.compile(r"[a-z_-]+")


def rules_of(body: bytes) -> Protego:
    """The rules in the first `PARSED` bytes of a robots.txt, a BOM left out.

    The names of all other robots are read as one: Protego keeps each rule once for each name above it, and a file of
    30,000 lines made gigabytes of that.
    """
    body = body[:PARSED]
    bom, codec = next((mark for mark in MARKS if body.startswith(mark[0])), (b"", "utf-8"))
    text = body[len(bom) :].decode(codec, "replace").replace("\0", "")
    return Protego.parse(_AGENT.sub(_ours_or_another, "\n".join(text.splitlines())))


def _ours_or_another(line: re.Match[str]) -> str:
    """A line that names us, everyone, or some other robot; our name is the product token alone (2.2.1)."""
    name = line[2].strip().lower()
    token = _TOKEN_OF.match(name)
    if name.strip("*") == "" and name:
        return f"{line[1]} *"
    return f"{line[1]} {TOKEN if token is not None and token[0] == TOKEN.lower() else 'another'}"
