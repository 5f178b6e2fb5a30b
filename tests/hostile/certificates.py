"""The certificates that a row's host shows, good and bad."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path
from tempfile import NamedTemporaryFile

import trustme

from tests.hostile.row import Row

PAST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Authority:
    """An authority that the crawl trusts (`--ca path`), and another that it does not know."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ca, self._unknown = trustme.CA(), trustme.CA()
        self._ca.cert_pem.write_to_path(path)

    def contexts(self, row: Row) -> list[ssl.SSLContext]:
        """What the host shows: one certificate a connection, the last from then on."""
        good = _shown(self._ca.issue_cert(row.host))
        expired = _shown(self._ca.issue_cert(row.host, not_before=PAST, not_after=PAST + dt.timedelta(days=1)))
        if row.door == "expired":
            return [expired]
        if row.door == "expired later":
            return [good, expired]
        if row.door == "another host's":
            return [_shown(self._ca.issue_cert("elsewhere.example"))]
        if row.door == "unknown authority":
            return [_shown(self._unknown.issue_cert(row.host))]
        if row.door == "self-signed":
            return [_self_signed(self._unknown)]
        return [good]


def _shown(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _self_signed(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with NamedTemporaryFile(suffix=".pem") as file:
        file.write(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
        file.flush()
        context.load_cert_chain(file.name)
    return context
