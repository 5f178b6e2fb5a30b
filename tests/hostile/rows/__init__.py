"""The rows, in the groups of docs/hostile.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.hostile.row import Row
from tests.hostile.rows.codings import CODINGS
from tests.hostile.rows.guard import CERTIFICATES, NAMES, REDIRECTS
from tests.hostile.rows.listings import LISTINGS
from tests.hostile.rows.pages import CHARSETS, MARKUP
from tests.hostile.rows.refusals import REFUSALS
from tests.hostile.rows.robots import ROBOTS
from tests.hostile.rows.wire import CONNECTION, FRAME, HEADER

ROWS: Final[Mapping[str, tuple[Row, ...]]] = {
    "Refusals": REFUSALS,
    "The connection": CONNECTION,
    "The header": HEADER,
    "The length": FRAME,
    "Codings": CODINGS,
    "Charsets": CHARSETS,
    "Markup": MARKUP,
    "Redirects": REDIRECTS,
    "Listings": LISTINGS,
    "robots.txt": ROBOTS,
    "Names": NAMES,
    "Certificates": CERTIFICATES,
}
