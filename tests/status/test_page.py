"""The page that `--html` writes: one file, nothing from elsewhere, no word of it markup; and in a browser."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from crawler.status.page.bars import Bar, bars_of, ceiling
from crawler.status.page.heatmap import calendar_of
from crawler.status.page.markup import Html, rows, tag
from crawler.status.page.page import page_of
from crawler.status.page.periods import periods_of
from crawler.status.page.style import DARK, LIGHT, STYLE
from tests.pack.browser import Browser
from tests.status.made import DAY, HOST, NOW, ORIGINALS, Made

EVIL = '<img src="https://evil.example/x.png" onerror="alert(1)">"\'& </style><script>alert(2)</script>'


def full(folder: Path) -> Made:
    """A collection with something in every part of the page, over six years."""
    made = Made(folder)
    statuses = ("paired", "paired", "paired", "no_link", "gone", "refused", "restricted")
    for n in range(2100, 0, -1):
        day = (NOW - n * DAY).date()
        if day.weekday() < 5 and not dt.date(2025, 5, 12) <= day <= dt.date(2025, 5, 20):
            for part in range(1 + n % 3):
                made.editorial(day, pair=statuses[(n + part) % 7], byline=None if n < 24 else "Board")
            made.editorial(day - DAY, newspaper=ORIGINALS, pair=None)
    for n in range(60, -1, -1):
        at = NOW - n * DAY - dt.timedelta(hours=8)
        made.run(at, 3 if n == 0 else 0, message=EVIL if n == 0 else None, finished=True)
        made.line(f"https://{HOST}/robots.txt", at, "A" if n > 10 else "B")
        made.warc(at, 20_000 + 100 * n)
    made.problems.append({
        "newspaper": ORIGINALS, "url": "https://www.sankei.com/premium/", "reason": "failed", "detail": "403",
        "capture": {"url": "https://www.sankei.com/premium/", "status": 403, "captured_at": "2026-11-20T00:00:00Z"},
    })  # fmt: skip
    return made


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page_of(full(tmp_path_factory.mktemp("page") / "editorials").status())


class Elements(HTMLParser):
    """Every element with its attributes, and which are left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_nothing_is_loaded_or_run(page: str) -> None:
    elements = Elements(page)
    assert elements.open == []
    names = {name for name, _ in elements.found}
    assert not names & {"script", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "image", "use"}
    for name, attributes in elements.found:
        assert not [key for key in attributes if key.startswith("on") or key in ("src", "srcset", "style", "ping")], (
            name
        )
        href = attributes.get("href")
        assert href is None or href.startswith("#") or (name, href) == ("link", "data:,")
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    (policy,) = (one["content"] for _, one in elements.found if one.get("http-equiv") == "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src 'sha256-{digest}'"
    )
    assert page.count("<style>") == 1
    assert f"<style>{STYLE}</style>" in page


def test_words_are_no_markup(page: str) -> None:
    assert "alert(2)" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert tag("p", "<b>", Html("<i></i>"), title='"') == '<p title="&quot;">&lt;b&gt;<i></i></p>'


def test_what_it_says(page: str) -> None:
    for words in (
        "CRITICAL: editorials · Genbun", "JAPAN Forward", "産経新聞", "next due", "usual are 10 a week", "Calendar",
        "The same as a table", "Changes of robots.txt", "Refused, and not got since", "Where its reader drifts",
        "byline found in 0 of", "7 usual days without", "Crawls",
    ):  # fmt: skip
        assert words in page, words


def test_pictures_have_names_and_tables(page: str) -> None:
    elements = Elements(page).found
    ids = Counter(one["id"] for _, one in elements if "id" in one)
    assert set(ids.values()) == {1}
    for name, attributes in elements:
        for key in ("aria-labelledby", "aria-describedby"):
            assert attributes.get(key) is None or attributes[key] in ids
        if name == "svg" and "aria-hidden" not in attributes:
            assert attributes["role"] == "img"
            assert {"aria-labelledby", "aria-describedby"} <= set(attributes)
        if name == "a":
            assert str(attributes["href"])[1:] in ids
        if name == "div":
            assert (attributes["tabindex"], attributes["role"]) == ("0", "region"), (
                "what scrolls can be reached by keyboard"
            )
    assert page.count("<figure>") == page.count("The same as a table") == 6


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(colours: dict[str, str]) -> None:
    assert LIGHT.keys() == DARK.keys()
    for words, below in product(("fg", "dim", "link", "warning", "critical"), ("bg", "panel")):
        assert contrast(colours[words], colours[below]) >= 4.5, (words, below)
    for below in ("ok", "warning", "critical"):
        assert contrast(colours["on"], colours[below]) >= 4.5, below
    for drawn in ("c1", "c2", "c3", "c4", "gap", "bar", "usual", "s0", "s1", "s2", "s3", "s4", "s5", "s6"):
        assert contrast(colours[drawn], colours["bg"]) >= 3, drawn
    levels = [luminance(colours[f"c{level}"]) for level in range(1, 5)]
    assert levels == sorted(levels, reverse=colours is LIGHT)


def test_a_calendar() -> None:
    held = Counter({dt.date(2026, 1, 1): 1, dt.date(2026, 12, 31): 9, dt.date(2025, 12, 31): 1})
    missing = {dt.date(2026, 6, 1)}
    drawn = calendar_of(2026, held, missing, (dt.date(2025, 1, 1), dt.date(2026, 12, 31)), "x")
    assert "2026: 10 editorials on 2 days, 1 usual days without" in drawn
    assert re.findall(r"<title>(\w+ 2026-[\d-]+: [^<]+)</title>", drawn) == [
        "Thu 2026-01-01: 1 editorial", "Thu 2026-12-31: 9 editorials", "Mon 2026-06-01: none, where one is usual",
    ]  # fmt: skip
    assert drawn.count('class="c4"') == 1
    (bare,) = re.findall(r'd="([^"]+)" class="none"', drawn)
    assert bare.count("M") == 365 - 3


def test_bars() -> None:
    drawn = bars_of(
        [Bar("a", (3, 1), "2026"), Bar("b", (0, 0))], "T", "D", "n", classes=("s0", "s1"), parts=("x", "y"), usual=2
    )
    assert "<title>a: 3 x, 1 y</title>" in drawn
    assert "<title>b: 0</title>" in drawn
    assert (drawn.count('class="s0"'), drawn.count('class="s1"'), drawn.count('class="usual"')) == (1, 1, 1)
    assert [ceiling(value) for value in (0, 1, 2, 3, 7, 10, 11, 45, 1.2e6)] == [2, 2, 2, 4, 10, 10, 20, 60, 2e6]
    assert bars_of([], "T", "D", "n")


def test_months_become_years_where_they_are_many() -> None:
    few = periods_of({"2025-11": Counter(a=1), "2026-02": Counter(a=2, b=3), "undated": Counter(a=9)}, ("a", "b"))
    assert [(bar.label, bar.parts) for bar in few] == [
        ("2025-11", (1, 0)), ("2025-12", (0, 0)), ("2026-01", (0, 0)), ("2026-02", (2, 3)),
    ]  # fmt: skip
    many = periods_of({"2001-01": Counter(a=1), "2001-02": Counter(a=1), "2026-02": Counter(a=2)}, ("a",))
    assert (len(many), many[0].parts, many[-1].label) == (26, (2,), "2026")
    assert periods_of({"undated": Counter(a=9)}, ("a",)) == []


def test_a_table() -> None:
    table = rows("C", ("", "n"), [("a", "1,234"), ("b", "x")])
    assert '<th scope="row">a</th><td class="n">1,234</td>' in table
    assert "<td>x</td>" in table


@pytest.mark.parametrize("made", ["empty", "one"])
def test_collections_with_little_in_them(tmp_path: Path, made: str) -> None:
    collection = Made(tmp_path / "c")
    if made == "one":
        collection.editorial(dt.date(2026, 11, 20))
        collection.run(NOW)
    said = page_of(collection.status())
    assert Elements(said).open == []
    assert "Nothing needs a hand." in said


# in a browser -------------------------------------------------------------------------------------


class Listening(Browser):
    """A browser that keeps what the page logged, asked for and broke."""

    def __init__(self, chromium: str, profile: Path) -> None:
        super().__init__(chromium, profile)
        self.events: list[dict[str, Any]] = []

    def _next(self) -> dict[str, Any]:
        message = super()._next()
        if "method" in message:
            self.events.append(message)
        return message

    def listen(self) -> None:
        """From now on."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable", page=True)

    def named(self, *names: str) -> list[dict[str, Any]]:
        """The events of those names."""
        return [one["params"] for one in self.events if one["method"] in names]


@pytest.fixture
def browser(chromium: str, tmp_path: Path) -> Iterator[Listening]:
    with Listening(chromium, tmp_path / "profile") as browser:
        browser.listen()
        yield browser


#: Whatever of the page is wider than the window; what scrolls by itself is not.
WIDE = """[...document.querySelectorAll('body *')].filter(one => !one.closest('.scroll, svg') &&
  one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"""


@pytest.mark.browser
def test_in_a_browser(browser: Listening, page: str, tmp_path: Path) -> None:
    path = tmp_path / "status.html"
    path.write_text(page, "utf-8")
    browser.open(path.as_uri())
    browser.wait_for("document.readyState === 'complete' && document.title.includes('Genbun')")
    words = browser.evaluate("document.body.innerText")
    for said in ("CRITICAL", "JAPAN Forward", "next due", "usual are 10 a week", "alert(2)"):
        assert said in words
    assert browser.evaluate("getComputedStyle(document.body).marginTop") == "0px", "the style is let through"
    asked = [one["request"]["url"] for one in browser.named("Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert browser.named("Runtime.exceptionThrown", "Runtime.consoleAPICalled") == []
    assert [one["entry"] for one in browser.named("Log.entryAdded")] == []

    for width in (1200, 390):
        browser.call(
            "Emulation.setDeviceMetricsOverride", page=True, width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
        assert browser.evaluate(WIDE) == []
    assert browser.evaluate("document.querySelector('.scroll').scrollWidth > 390"), "a calendar scrolls by itself"

    before = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.call("Emulation.setEmulatedMedia", page=True, features=features)
    assert browser.evaluate("getComputedStyle(document.body).backgroundColor") != before

    for _ in range(2):  # the keyboard: the way past the head, then what stands behind it
        for kind in ("keyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", page=True, type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert browser.evaluate("document.activeElement.matches('nav a')")
    browser.evaluate("document.querySelector('summary').focus()")
    for kind in ("keyDown", "keyUp"):
        text = "\r" if kind == "keyDown" else ""
        browser.call(
            "Input.dispatchKeyEvent",
            page=True,
            type=kind,
            key="Enter",
            code="Enter",
            windowsVirtualKeyCode=13,
            text=text,
        )
    assert browser.evaluate("document.querySelector('details').open")


@pytest.mark.browser
def test_the_names_that_a_screen_reader_is_given(browser: Listening, page: str, tmp_path: Path) -> None:
    path = tmp_path / "status.html"
    path.write_text(page, "utf-8")
    browser.open(path.as_uri())
    browser.wait_for("document.readyState === 'complete' && document.title.includes('Genbun')")
    browser.call("Accessibility.enable", page=True)
    nodes = browser.call("Accessibility.getFullAXTree", page=True)["nodes"]
    images = [one["name"]["value"] for one in nodes if one["role"]["value"] in ("image", "img")]
    assert any(name.startswith("2026: ") for name in images), json.dumps(images)[:500]
    assert all(images)
    roles = Counter(one["role"]["value"] for one in nodes)
    assert roles["main"] == roles["banner"] == roles["contentinfo"] == 1
