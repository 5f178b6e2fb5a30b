"""The reading room in a real browser: what a reader sees, points at and presses; nothing is asked of anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.models import Block
from tests.read.browsing import WIDE, watched
from tests.read.made import article, made, pair
from tests.read.serving import Served, read, serving
from tests.read.test_pages import FERRY, LINE, MEMBERS, TRAIN, lines, uuid

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest.importorskip("playwright")
pytestmark = pytest.mark.browser

KAZAMI = "Keep the Kazami Ferry Running: An Island Is the Nation's Edge"


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    from tests.read.browsing import FLAGS

    with sync_playwright() as play:
        one = play.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
        yield one
        one.close()


@pytest.fixture(scope="module")
def site(collection: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The room as files."""
    folder = tmp_path_factory.mktemp("static")
    done = read(collection, folder / "cache", "--static", str(folder / "site"))
    assert done.returncode == 0, done.stderr
    return folder / "site"


def pages(collection: Path) -> list[str]:
    edited = next(one for one in lines(collection, "articles") if one["id"] == LINE)
    record = f"/records/{uuid(edited)}"
    found = ["/", "/articles", "/articles?q=病院", "/calendar/2026", f"/articles/{FERRY}", f"/articles/{MEMBERS}"]
    return [*found, "/problems", f"/articles/{LINE}/editions", record, f"{record}/captured"]


def test_every_page_is_quiet_and_asks_nobody_else(browser: Browser, room: Served, collection: Path) -> None:
    with watched(browser) as one:
        for path in pages(collection):
            page = one.open(room.origin + path)
            assert page.locator("h1").count() == 1, path
            assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px", "the style is let through"
        assert one.logged == []
        assert one.foreign(room.origin, room.captures) == []
        assert any(url.startswith(room.captures) and url.endswith(".png") for url in one.asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_wcag_aa_by_axe(browser: Browser, room: Served, collection: Path, scheme: str) -> None:
    with watched(browser, scheme=scheme) as one:
        for path in pages(collection)[:: 1 if scheme == "light" else 2]:
            one.open(room.origin + path)
            assert one.violations() == [], path
        page = one.open(f"{room.origin}/articles/{FERRY}?setting=vertical")
        page.locator("summary").click()
        page.locator(".s").first.click()
        assert one.violations() == []


def test_a_phone(browser: Browser, room: Served, collection: Path) -> None:
    with watched(browser, 360, 740, has_touch=True, is_mobile=True) as one:
        for path in [*pages(collection), f"/articles/{TRAIN}?setting=vertical"]:
            page = one.open(room.origin + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            assert page.evaluate(WIDE) == [], path
        page = one.open(f"{room.origin}/articles/{FERRY}")
        first, second = (
            page.locator(f".rows .{side} > p").first.bounding_box() for side in ("translation", "original")
        )
        assert first is not None
        assert second is not None
        assert second["y"] > first["y"], "the original's paragraph stands below the translation's"
        assert one.logged == []


def test_search_in_both_languages(browser: Browser, room: Served) -> None:
    with watched(browser) as one:
        page = one.open(room.origin)
        page.keyboard.press("/")
        page.keyboard.type("病院")
        page.keyboard.press("Enter")
        page.wait_for_url("**/articles?q=*")
        assert page.locator("h1").inner_text() == "“病院”"
        assert page.locator("mark").all_inner_texts()[:2] == ["病院", "病院"]
        page.locator("#q").fill('ferry "shortage of crew"')
        page.get_by_role("button", name="Show").click()
        assert (
            page.locator(".entries h3").first.inner_text()
            == "Keep the Kazami Ferry Running: An Island Is the Nation's Edge"
        )
        assert {text.lower() for text in page.locator(".passage mark").all_inner_texts()} == {
            "ferry",
            "shortage of crew",
        }
        page.locator("#q").fill("")
        page.locator("#newspaper").select_option("example_shimbun")
        page.locator("#status").select_option("restricted")
        page.get_by_role("button", name="Show").click()
        assert page.locator(".total").inner_text() == "1 entry found"
        page.get_by_role("link", name="海底資源").click()
        assert "members only" in page.locator(".heads").inner_text()
        assert one.logged == []


def test_pointing_at_a_sentence_lights_its_counterpart(browser: Browser, room: Served, collection: Path) -> None:
    (found,) = (one for one in lines(collection, "pairs") if one["id"] == FERRY)
    links = found["alignment"]["sentences"]
    number = next(at for at, link in enumerate(links, 1) if len(link["translation"]) == len(link["original"]) == 1)
    with watched(browser) as one:
        page = one.open(f"{room.origin}/articles/{FERRY}")
        page.locator(f'.translation .s[data-n="{number}"]').hover()
        lit = page.locator(".s.lit")
        assert {one.get_attribute("data-n") for one in lit.all()} == {str(number)}
        assert page.locator(".original .s.lit").count() == 1
        assert page.locator("#told").inner_text().startswith(f"Sentence {number} of {len(links)}: belong together ")
        page.locator("h1").hover()
        assert lit.count() == 0
        page.locator(".s").first.focus()
        page.keyboard.press("ArrowDown")
        assert page.locator(":focus").get_attribute("data-n") == "2"
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowRight")
        assert page.locator(".original .s:focus").get_attribute("data-n") == "1"
        assert page.locator(".translation .s.lit").count() == len(links[0]["translation"])
        page.keyboard.press("Escape")
        assert lit.count() == 0
        assert page.locator(".s[tabindex]").count() == 1, "one stop for the tabulator, however long the text"


def test_what_a_reader_chose_is_kept(browser: Browser, room: Served) -> None:
    with watched(browser) as one:
        page = one.open(f"{room.origin}/articles/{FERRY}")
        original = page.locator(".rows .original:has(> p)").first
        assert original.evaluate("one => getComputedStyle(one).writingMode") == "horizontal-tb"
        page.get_by_role("button", name="Original set vertically").click()
        assert original.evaluate("one => getComputedStyle(one).writingMode") == "vertical-rl"
        page.get_by_role("button", name="Original", exact=True).click()
        assert not page.locator(".rows .translation:has(> p)").first.is_visible()
        light = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.get_by_role("button", name="Dark").click()
        page = one.open(f"{room.origin}/articles/{TRAIN}")
        original = page.locator(".rows .original > p").first
        assert original.evaluate("one => getComputedStyle(one).writingMode") == "vertical-rl"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
        assert page.locator("p:lang(ja)").first.evaluate("one => getComputedStyle(one).lineBreak") == "strict"
        page.emulate_media(media="print")
        assert not page.locator(".tools").is_visible()
        assert not page.locator(".top").is_visible()
        assert one.logged == []


def test_a_page_as_captured(browser: Browser, room: Served, collection: Path) -> None:
    edited = next(one for one in lines(collection, "articles") if one["id"] == LINE and one["version"] == 1)
    english = next(one for one in lines(collection, "articles") if one["id"] == FERRY)
    with watched(browser) as one:
        page = one.open(f"{room.origin}/records/{uuid(edited)}/captured")
        inside = page.frame_locator("iframe")
        assert "年６億２千万円" in inside.locator("body").inner_text(), "the edition that was asked, not the latest"
        page.goto(f"{room.origin}/records/{uuid(english)}/captured")
        heading = inside.locator("h1").first
        assert heading.inner_text() == "EDITORIAL | Keep the Kazami Ferry Running: An Island Is the Nation's Edge"
        frame = page.frames[1]
        assert frame.url.startswith(room.captures)
        assert frame.evaluate("document.styleSheets.length") > 0
        assert frame.evaluate("[...document.images].filter(one => one.naturalWidth > 1).length") > 0
        assert frame.evaluate("window.origin") == "null", "it has an origin of its own"
        assert (
            frame.evaluate("() => { try { return String(parent.document); } catch (error) { return error.name; } }")
            == "SecurityError"
        )
        links = frame.evaluate("[...document.links].map(one => one.href)")
        assert links
        assert all(link.startswith((room.captures, "mailto:")) for link in links)
        assert one.logged == []
        assert one.foreign(room.origin, room.captures) == []


def test_replayed_whole_by_the_users_player(browser: Browser, collection: Path, player: Path, tmp_path: Path) -> None:
    edited = next(one for one in lines(collection, "articles") if one["id"] == LINE and one["version"] == 1)
    with serving(collection, tmp_path / "cache", "--player", str(player)) as served, watched(browser) as one:
        page = one.open(f"{served.origin}/records/{uuid(edited)}/captured")
        page.get_by_role("link", name="Replayed, scripts and all").click()
        replayed = None
        for _ in range(300):
            replayed = next((frame for frame in page.frames if "mp_/" in frame.url), None)
            if replayed and "年６億２千万円" in replayed.evaluate("document.body ? document.body.innerText : ''"):
                break
            page.wait_for_timeout(100)
        assert replayed is not None
        assert "年６億２千万円" in replayed.evaluate("document.body.innerText")
        assert replayed.evaluate("document.styleSheets.length") > 0
        assert one.foreign(served.origin, served.captures, served.player) == []


def test_hostile_words_do_nothing(browser: Browser, tmp_path: Path) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>'
    blocks = [Block(kind="paragraph", text=evil), Block(kind="heading", text=evil),
              Block(kind="figure", image_url="javascript:alert(4)", alt=evil, caption=evil)]  # fmt: skip
    translation = article(blocks, "example_herald:x", headline=evil, section=evil, byline=evil)
    original = article("長" * 1_000_000, "example_shimbun:x", headline="\u202e逆\u2066 \x07")
    collection = made(tmp_path / "c", [translation, original], [pair(translation, original)])
    with serving(collection, tmp_path / "cache") as served, watched(browser) as one:
        for path in ("/", "/articles", "/articles?q=%3Cscript%3Ealert(5)%3C/script%3E", "/articles/example_herald:x",
                     "/articles/example_herald:x/editions", f"/records/{uuid_of(translation)}",
                     f"/records/{uuid_of(translation)}/captured"):  # fmt: skip
            page = one.open(served.origin + path)
            assert page.evaluate("document.scripts.length") == 1, path
        assert one.logged == []
        done = read(collection, tmp_path / "cache", "--static", str(tmp_path / "site"))
        assert done.returncode == 0, done.stderr
        page = one.open((tmp_path / "site" / "articles" / "index.html").as_uri() + "?q=script")
        page.wait_for_selector("html[data-listed]")
        assert page.locator(".entries h3").first.inner_text() == evil
        assert one.logged == []


def uuid_of(line: object) -> str:
    return str(line.capture.record_id)[10:-1]  # type: ignore[attr-defined]  # an article line


# the same as files --------------------------------------------------------------------------------


def test_files_are_read_from_a_disk(browser: Browser, site: Path, collection: Path) -> None:
    with watched(browser) as one:
        page = one.open((site / "index.html").as_uri())
        seen: set[str] = set()
        waiting = [page.url]
        while waiting:
            page = one.open(waiting.pop())
            for link in page.evaluate("[...document.links].map(one => one.href.split('#')[0])"):
                if (
                    link not in seen
                    and link.startswith("file:")
                    and (".html" in link)
                    and "?" not in link
                    and len(seen) < 30
                ):
                    seen.add(link)
                    waiting.append(link)
        assert len(seen) == 30
        assert one.logged == []
        assert one.foreign(site.as_uri()) == []


@pytest.mark.parametrize(
    ("query", "headlines", "marked"),
    [
        ("q=病院", ["Before the Last Train Leaves Misaya Valley", "A Hospital Must Not Be a Soft Target"], "病院"),
        ("q=正しい数字", ["Before the Last Train Leaves Misaya Valley"], "正しい数字"),
        ("q=数字を示して", [], ""),
        ("q=数字を示して&earlier=1", ["Before the Last Train Leaves Misaya Valley"], ""),
        ("q=%22shortage+of+crew%22", [KAZAMI], "shortage of crew"),
        ("q=ferry&until=2026-09-01", [], ""),
        ("newspaper=example_shimbun&status=restricted", ["Do Not Hurry to the Bottom of the Sea"], ""),
        ("q=620", ["Before the Last Train Leaves Misaya Valley"], "620"),
        ("q=nowhere", [], ""),
    ],
)  # fmt: skip
def test_files_are_searched_without_a_server(
    browser: Browser, site: Path, query: str, headlines: list[str], marked: str
) -> None:
    with watched(browser) as one:
        page = one.open(f"{(site / 'articles' / 'index.html').as_uri()}?{query}")
        page.wait_for_selector("html[data-listed]")
        assert page.locator(".entries h3:first-child").all_inner_texts() == headlines
        if marked:
            assert marked in page.locator("mark").all_inner_texts()
        assert one.logged == []
        assert one.foreign(site.as_uri()) == []


def test_a_page_as_captured_from_a_disk(browser: Browser, site: Path, collection: Path) -> None:
    english = next(one for one in lines(collection, "articles") if one["id"] == FERRY)
    with watched(browser) as one:
        page = one.open((site / "records" / f"{uuid(english)}.captured.html").as_uri())
        frame = page.frames[1]
        assert "Keep the Kazami Ferry Running" in frame.evaluate("document.body.innerText")
        assert frame.evaluate("document.styleSheets.length") > 0
        assert frame.evaluate("[...document.images].filter(one => one.naturalWidth > 1).length") > 0
        assert one.violations() == []
        assert one.logged == []


def test_files_hold_what_the_server_says(site: Path, room: Served, collection: Path) -> None:
    import json

    served = room.get(f"/articles/{FERRY}.json").json
    (path,) = (site / "articles").glob("*keep-the-kazami*[!s].json")
    filed = json.loads(path.read_text("utf-8"))
    assert {name: filed[name] for name in ("article", "pair", "counterpart", "editions")} == {
        name: served[name] for name in ("article", "pair", "counterpart", "editions")
    }
    assert len(list((site / "articles").glob("*.html"))) == 34 + 1 + 1, "articles, the list, and what was edited"
