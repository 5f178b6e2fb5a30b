"""A page of the real Chromium, driven by Playwright, that keeps what was asked, logged and broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page, Response

FLAGS = (
    "--no-sandbox",  # as root there is none
    "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # whatever asks elsewhere fails, and is seen here
)  # fmt: skip
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

#: Whatever is wider than the window; what scrolls by itself is not.
WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(one => !one.closest('.scroll, .upright, pre, .away, .skip')
  && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 120))"""


class Watched:
    """A page, and all it did."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.logged: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("requestfailed", lambda request: self._failed(f"failed: {request.url} {request.failure}"))
        page.on("response", self._answered)
        page.on("console", lambda message: self.logged.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.logged.append(f"error: {error}"))
        page.on("dialog", self._said)

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400:
            self.logged.append(f"{answer.status}: {answer.url}")

    def _said(self, dialog: Dialog) -> None:
        self.logged.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _failed(self, said: str) -> None:
        if "net::ERR_ABORTED" not in said:  # as the images of a page are that is left before they came
            self.logged.append(said)

    def open(self, url: str) -> Page:
        """Go there."""
        self.page.goto(url, wait_until="load")
        return self.page

    def foreign(self, *origins: str) -> list[str]:
        """What was asked of anybody but these."""
        return [url for url in self.asked if not url.startswith((*origins, "data:", "about:", "blob:"))]

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA, in words; nothing in frames, which hold what others wrote."""
        self.page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
        options = {"runOnly": {"type": "tag", "values": WCAG}, "iframes": False, "preload": False}
        found: dict[str, Any] = self.page.evaluate(f"() => axe.run(document, {json.dumps(options)})")
        assert found["passes"]
        return [
            f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]


@contextmanager
def watched(
    browser: Browser, width: int = 1280, height: int = 900, scheme: Any = "light", **more: Any
) -> Iterator[Watched]:
    """A page in a context of its own."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more)
    context.set_default_timeout(20_000)
    try:
        yield Watched(context.new_page())
    finally:
        context.close()
