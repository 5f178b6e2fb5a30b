"""WORDS → whom to tell: a webhook's address, or a mailbox. A webhook's path is a secret, and never printed or kept."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from archives.errors import GenbunError, UsageError

#: What sendmail takes as one address: no comment, no list, no quoted part, nothing that begins as an option does.
_MAILBOX: Final = re.compile(r"[A-Za-z0-9_][\w.!#$%&'*+/=?^`{|}~-]{0,63}(@[A-Za-z0-9][A-Za-z0-9.-]{0,252})?", re.ASCII)
_PRINTABLE: Final = re.compile(r"[!-~]+")


class NotDelivered(GenbunError):
    """A notice that did not reach whom it was for."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to tell. `name` is what may be printed of it, `digest` what it is remembered by."""

    address: str = field(repr=False)
    name: str

    @property
    def digest(self) -> str:
        """The same for the same address, and no way back to it."""
        return hashlib.sha256(self.address.encode()).hexdigest()[:32]


class Webhook(Target):
    """An http or https address that takes JSON."""


class Mailbox(Target):
    """A mail address, or a user of this machine."""


def target_of(text: str) -> Target:
    """Whom the words mean. Raises `UsageError`, which names nothing that may be a secret."""
    if text.startswith("mailto:"):
        address = unquote(text.removeprefix("mailto:"))
        if not _MAILBOX.fullmatch(address):
            raise UsageError("mailto: takes one plain address, such as mailto:you@example.org")
        return Mailbox(address, f"mailto:{address}")
    return Webhook(text, _name_of(text))


def _name_of(url: str) -> str:
    wrong = UsageError("a notice goes to an http:// or https:// address, or to mailto:ADDRESS; this is neither")
    if not _PRINTABLE.fullmatch(url):
        raise wrong
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not host:
        raise wrong
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}/…"
