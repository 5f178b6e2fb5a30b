"""What the tests of the check share: the command against a press, and its report."""

from __future__ import annotations

import json
from typing import Any

from tests.crawl.crawling import Done, genbun
from tests.sites_press.server import SitesPress

HOSTS = ("japan-forward.com", "*.japan-forward.com", "sankei.com", "*.sankei.com")
Report = dict[str, Any]


def check(newspaper: str, origins: list[str], *more: str) -> Done:
    return genbun("newspapers", "check", newspaper, "--delay", "0", *origins, *more)


def sites(press: SitesPress) -> list[str]:
    return [word for host in HOSTS for word in ("--connect-to", f"{host}={press.origin}")]


def report_of(done: Done) -> Report:
    found: Report = json.loads(done.out)
    assert found["exit"] == done.status
    return found


def field(page: Report, name: str) -> Report:
    (found,) = (one for one in page["fields"] if one["name"] == name)
    return found  # type: ignore[no-any-return]  # an object of the report
