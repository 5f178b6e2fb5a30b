"""A row: one thing a server may do wrong, and what must hold then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from crawler.listings import rest_address
from crawler.press import cases
from crawler.press.addresses import HERALD, HERALD_ASSETS, SHIMBUN
from tests.hostile.press import Play

Place = Literal[
    "robots", "robots of originals", "robots of images", "sitemap", "feed", "REST", "editorial", "original", "image",
    "style",
]  # fmt: skip
Door = Literal["expired", "expired later", "another host's", "self-signed", "unknown authority", "cut", "nobody"]

CLOSED: Final = "refused: robots_unreachable"
OUTSIDE: Final = "skipped: outside_hosts"
WINDOW: Final = ("--since", "2026-10-09", "--until", "2026-10-19")  # four editorials, three of them with originals
_CASES: Final = {case.key: case for case in cases()}
VICTIM: Final = _CASES["07-cables"].url
ORIGINAL: Final = str(_CASES["07-cables"].original_url)
REST: Final = rest_address(f"https://{HERALD}/wp-json/wp/v2/posts", dt.date(2026, 10, 9), dt.date(2026, 10, 19))
OTHERS: Final = {_CASES[key].url: "paired" for key in ("06-pipes", "08-rice")} | {_CASES["15-students"].url: "no_link"}
URLS: Final[dict[Place, str]] = {
    "robots": f"https://{HERALD}/robots.txt",
    "robots of originals": f"https://{SHIMBUN}/robots.txt",
    "robots of images": f"https://{HERALD_ASSETS}/robots.txt",
    "sitemap": f"https://{HERALD}/post-sitemap.xml",
    "feed": f"https://{HERALD}/feed/",
    "REST": REST,
    "editorial": VICTIM,
    "original": ORIGINAL,
    "image": f"https://{HERALD_ASSETS}/uploads/2026/10/cable-ship.png",
    "style": f"https://{HERALD}/wp-content/themes/print/style.css?ver=2.1",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What look-ups of the host say, one after the other; `public` addresses pass for public ones.

    Whoever connects to one of those gets to the press, which listens on `PUBLIC`.
    """

    answers: tuple[tuple[str, ...], ...]
    public: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """`what` the press does `at` an address, and what must hold.

    `kept`: the exchanges of that address as the WARC holds them. `outcome`: what the receipt says of it; `also` of
    others, `rest` of every other address of the host. `line`: the pair of the editorial it belongs to, and the problem
    of the page or of where it leads. `others` is what the pairs of the other editorials must be: as if nothing had
    happened, one word for all, or no lines at all. `says` is part of the command's message. `pause`: so many seconds
    the host is left alone after each such answer. `surplus`: bytes were sent behind the message's end. `lines`: how
    many lines the listing gave. `everywhere`: the press does it at every address of the host but robots.txt.
    """

    what: str
    at: Place
    play: Play | None = None
    kept: str = "200"
    outcome: str = "fetched"
    line: str = "paired"
    exit: int = 0
    says: str = ""
    also: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    others: Literal["as ever", "refused", "not_captured", "none"] = "as ever"
    seconds: float = 10
    mb: int = 150
    pause: float = 0
    surplus: bool = False
    everywhere: bool = False
    lines: tuple[str, int] | None = None
    door: Door | None = None
    names: Names | None = None

    @property
    def url(self) -> str:
        """The address that misbehaves."""
        return URLS[self.at]

    @property
    def host(self) -> str:
        """Its host."""
        return self.url.split("/")[2]
