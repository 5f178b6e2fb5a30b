"""Where a request really goes: `--connect-to HOST=ORIGIN`, as curl's option of that name, plus the scheme."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from archives.errors import UsageError


@dataclass(frozen=True, slots=True)
class Origin:
    """Where to connect, and how: `tls` decides the scheme on the wire, `mapped` that a user chose this origin."""

    host: str
    port: int
    tls: bool
    mapped: bool = False


class Routes:
    """The table of `--connect-to`. Empty, every host is reached where its own address says."""

    def __init__(self, rules: Iterable[str] = ()) -> None:
        """Read `HOST=ORIGIN` rules, HOST exact or `*.domain`. Raises `UsageError`, naming the rule."""
        self._exact: dict[str, Origin] = {}
        self._below: dict[str, Origin] = {}
        for rule in rules:
            host, equals, target = rule.strip().partition("=")
            if not equals or not host:
                raise UsageError(
                    f"--connect-to {rule!r}: give HOST=ORIGIN, as in japan-forward.com=http://127.0.0.2:8000"
                )
            origin = _origin_of(target, rule)
            if host.startswith("*."):
                self._below[host[1:].lower()] = origin
            else:
                self._exact[host.lower()] = origin

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(self._exact or self._below)

    def mapped(self, host: str) -> Origin | None:
        """The origin a rule gives for that host, or None."""
        host = host.lower()
        found = self._exact.get(host)
        if found is None and self._below:
            found = next((origin for tail, origin in self._below.items() if host.endswith(tail)), None)
        return found

    def origin(self, scheme: str, host: str, port: int | None) -> Origin:
        """Where a request for that address goes."""
        tls = scheme == "https"
        return self.mapped(host) or Origin(host, port or (443 if tls else 80), tls)


def _origin_of(target: str, rule: str) -> Origin:
    wrong = UsageError(f"--connect-to {rule!r}: {target!r} is no origin; give http://HOST:PORT or https://HOST:PORT")
    try:
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if "@" in parts.netloc:
        raise UsageError("--connect-to: an origin has neither user nor password; give http://HOST:PORT")
    if not host or parts.scheme not in ("http", "https") or parts.path not in ("", "/"):
        raise wrong
    tls = parts.scheme == "https"
    return Origin(host, port or (443 if tls else 80), tls, mapped=True)
