"""A package opened in ReplayWeb.page's own player, in Chromium: the pages are there, and the signature holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archives.signing import new_key
from tests.conftest import ROOT
from tests.pack.browser import Browser
from tests.pack.conftest import Opened, changed
from tests.pack.player import address, replayed, serving, signature_held

pytestmark = pytest.mark.browser


@pytest.fixture
def player() -> Path:
    """The folder with the player's two scripts."""
    folder = ROOT / ".cache" / "player"
    if not (folder / "VERSION").exists():
        pytest.skip("needs the ReplayWeb.page player: make player")
    return folder


@pytest.fixture
def browser(chromium: str, tmp_path: Path) -> Iterator[Browser]:
    with Browser(chromium, tmp_path / "profile") as browser:
        yield browser


@pytest.fixture
def wacz(packed: Callable[..., Opened], tmp_path: Path) -> Opened:
    new_key(tmp_path / "key.pem")
    return packed(key=tmp_path / "key.pem")


def shown(browser: Browser, origin: str, page: dict[str, Any]) -> str:
    """The words of a page in the player, once its headline is there. Raises `TimeoutError` if it never is."""
    browser.open(address(origin, page["url"], page["ts"]))
    headline = json.dumps(page["title"])
    return str(browser.wait_for(replayed(f"page.body.innerText.includes({headline}) && page.body.innerText"), 120))


def folded(text: str) -> str:
    return "".join(text.split())


def test_pages_in_both_languages_are_replayed(browser: Browser, player: Path, wacz: Opened) -> None:
    _, *pages = wacz.pages()
    (edited,) = {page["article"] for page in pages if page["version"] == 2}
    english = next(page for page in pages if page["language"] == "en")
    japanese = [page for page in pages if page["article"] == edited]
    images = replayed("[...page.images].filter(one => one.complete && one.naturalWidth > 1).length")
    with serving(player, wacz.path) as origin:
        for page in (*japanese, english):
            text = folded(shown(browser, origin, page))
            assert folded(page["text"].rpartition("\n\n")[2]) in text, page["id"]
        assert browser.wait_for(images, 120) >= 1
        assert browser.wait_for(signature_held()) is True


def test_the_player_sees_a_false_signature(browser: Browser, player: Path, wacz: Opened, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other.pem")
    false = changed(
        wacz.path,
        tmp_path / "false.wacz",
        {"datapackage-digest.json": lambda seal: seal["signedData"].update(publicKey=other)},
    )
    with serving(player, false) as origin:
        shown(browser, origin, wacz.pages()[1])
        assert browser.evaluate(signature_held()) is False


@pytest.mark.long
def test_every_page_is_replayed(browser: Browser, player: Path, wacz: Opened) -> None:
    _, *pages = wacz.pages()
    assert len(pages) > 30
    with serving(player, wacz.path) as origin:
        for page in pages:
            shown(browser, origin, page)
