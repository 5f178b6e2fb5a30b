"""The addresses of the press: where each editorial, picture and listing lies on the two newspapers."""

from __future__ import annotations

import datetime as dt
import re

from crawler.press.editorials import Editorial, Picture, Writing

HERALD = "herald.example"
HERALD_ASSETS = "assets.herald.example"
SHIMBUN = "shimbun.example"
HOSTS = (HERALD, HERALD_ASSETS, SHIMBUN)
JST = dt.timezone(dt.timedelta(hours=9))


def herald_url(editorial: Editorial) -> str:
    """A post, as WordPress has it: one path segment, no date."""
    return f"https://{HERALD}/{editorial.slug}/"


def shimbun_url(editorial: Editorial) -> str:
    """Where the original is printed, whether or not anything answers there."""
    area = "/premium" if editorial.case == "refused" else ""
    return f"https://{SHIMBUN}{area}/article/{_day(editorial):%Y%m%d}-{editorial.article_id}/"


def declared_url(editorial: Editorial) -> str | None:
    """Where the translation says that its original is."""
    if editorial.case == "moved":
        return old_shimbun_url(editorial)
    return None if editorial.case in ("no_link", "feature", "shell") else shimbun_url(editorial)


def old_shimbun_url(editorial: Editorial) -> str:
    """The form of address that the Shimbun gave up, and sends on from."""
    return f"https://{SHIMBUN}/column/news/{_day(editorial):%y%m%d}/clm{_day(editorial):%y%m%d}0001-n1.html"


def herald_picture(picture: Picture, writing: Writing, width: int = 960) -> str:
    """A picture in the Herald's uploads; narrower ones have their size in their name."""
    size = "" if width == 960 else f"-{width}x{width * 9 // 16}"
    return f"https://{HERALD_ASSETS}/uploads/{writing.published:%Y/%m}/{picture.name}{size}.png"


def shimbun_picture(picture: Picture, *, resized: bool = False) -> str:
    """A picture of the Shimbun: the original, or what its resizer makes of it."""
    return f"https://{SHIMBUN}/{'resizer/640x0' if resized else 'photo/original'}/{picture.name}.png"


def slug_of(name: str) -> str:
    """A name as part of an address: `politics-security`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def path_of(url: str) -> tuple[str, str]:
    """An address as host and path."""
    host, _, path = url.removeprefix("https://").partition("/")
    return host, f"/{path}"


def _day(editorial: Editorial) -> dt.date:
    """The day in Japan on which the original was printed; where there is none any more, a few before the translation."""
    if editorial.japanese:
        return editorial.japanese.published.astimezone(JST).date()
    assert editorial.english is not None
    return editorial.english.published.astimezone(JST).date() - dt.timedelta(days=3)
