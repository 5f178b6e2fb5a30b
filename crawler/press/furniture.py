"""What pages need besides words: styles, scripts, icons; from `assets/`, or drawn. Printers call it furniture."""

from __future__ import annotations

import datetime as dt
from importlib import resources

from crawler.press import herald, shimbun
from crawler.press.addresses import SHIMBUN
from crawler.press.answer import Answer
from crawler.press.pictures import picture, texture

PRINTED = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)


def furniture() -> dict[str, Answer]:
    """Address → answer."""
    folder = resources.files("crawler.press") / "assets"
    kinds = {"css": "text/css; charset=UTF-8", "js": "text/javascript; charset=UTF-8"}
    files = {
        f"{herald.THEME}/style.css": "herald.css",
        f"{herald.THEME}/type.css": "type.css",
        f"{herald.THEME}/print.js": "print.js",
        f"{shimbun.RESOURCES}/css/style.css": "shimbun.css",
        f"{shimbun.RESOURCES}/css/base.css": "base.css",
        f"https://{SHIMBUN}/pf/dist/engine/react.js": "react.js",
    }
    drawn = {
        f"{herald.THEME}/img/icon.png": ("sea", "icon", 32, 32),
        f"{herald.THEME}/img/card.png": ("field", "card", 960, 540),
        f"{shimbun.RESOURCES}/images/icon.png": ("leaves", "icon", 32, 32),
        f"https://{SHIMBUN}/common/images/ogp.png": ("harbor", "ogp", 960, 540),
    }
    read = {
        url: Answer((folder / name).read_bytes(), kinds[name.rpartition(".")[2]], modified=PRINTED)
        for url, name in files.items()
    }
    papers = {
        f"{herald.THEME}/img/paper.png": texture("fbf9f4", "f7f3ea"),
        f"{shimbun.RESOURCES}/images/lines.png": texture("ffffff", "eef3fa"),
    }
    textures = {url: Answer(body, "image/png", modified=PRINTED, compress=False) for url, body in papers.items()}
    return read | textures | {url: picture_answer(*what, modified=PRINTED) for url, what in drawn.items()}


def picture_answer(scene: str, name: str, width: int, height: int, *, modified: dt.datetime) -> Answer:
    """A drawn picture as an answer."""
    return Answer(picture(scene, name, width, height), "image/png", modified=modified, compress=False)
