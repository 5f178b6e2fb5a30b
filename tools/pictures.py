"""Makes the pictures of the reading room in docs/pictures/ anew, from the demo's collection.

    python tools/pictures.py [--collection DIR] [--chromium PATH]

Without a collection it makes the demo's. It needs what the tests need (Playwright, Chromium, Pillow, fonts) and
a checkout. The pictures have few colours, so a palette of 128 keeps them small.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "docs" / "pictures"
GENBUN: Final = (sys.executable, "-m", "crawler.commands.main")
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
WIDTH: Final = 1180
COLOURS: Final = 128

PAIR: Final = "/articles/example_herald:editorial-before-the-last-train-leaves"
EDITIONS: Final = "/articles/example_shimbun:3H3L6NBEMVWXEOBI2I64Q2GEXZ/editions"
SEARCH: Final = f"/articles?q={quote('病院')}"


@contextmanager
def served(collection: Path, cache: Path) -> Iterator[str]:
    """The origin of a reading room, as long as the block lasts."""
    command = [*GENBUN, "read", str(collection), "--port", "0", "--no-open", "--json"]
    environment = os.environ | {"XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["address"]).rstrip("/")
        finally:
            process.send_signal(signal.SIGINT)


def side_by_side(page: Page) -> None:
    """A pair, one sentence pointed at."""
    page.locator(".translation .s").nth(4).hover()


def small(png: bytes) -> bytes:
    """The same picture with a palette."""
    from PIL import Image

    out = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Make all of them."""
    options = argparse.ArgumentParser(prog="python tools/pictures.py", description=main.__doc__)
    options.add_argument("--collection", type=Path, help="a collection that holds the demo's editorials")
    options.add_argument("--chromium", default=shutil.which("chromium"), help="its path (default: the one on PATH)")
    asked = options.parse_args()
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        collection = asked.collection or Path(scratch) / "editorials"
        if not asked.collection:
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            subprocess.run([*GENBUN, "demo", "--to", str(collection)], check=True, env=environment, stdout=sys.stderr)
        with served(collection, Path(scratch) / "cache") as origin, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=asked.chromium, args=list(FLAGS))
            for name, path, height, act in (
                ("side-by-side", PAIR, 1000, side_by_side),
                ("search", SEARCH, 700, None),
                ("editions", EDITIONS, 700, None),
            ):
                page = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme="light")
                page.goto(origin + path, wait_until="networkidle")
                if act is not None:
                    act(page)
                    page.wait_for_timeout(300)
                picture = small(page.screenshot())
                (FOLDER / f"{name}.png").write_bytes(picture)
                print(f"{FOLDER / name}.png: {len(picture) / 1000:.0f} kB")
                page.close()
            browser.close()


if __name__ == "__main__":
    main()
