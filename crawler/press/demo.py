"""The demo's content: everything in `words/` as two whole newspapers, in two editions, the awkward cases among it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from crawler.press import herald, shimbun
from crawler.press.addresses import (
    HERALD,
    HOSTS,
    SHIMBUN,
    declared_url,
    herald_picture,
    herald_url,
    old_shimbun_url,
    path_of,
    shimbun_picture,
    shimbun_url,
)
from crawler.press.answer import Answer, Header, moved
from crawler.press.editorials import Editorial, Picture, Writing, editorials
from crawler.press.furniture import PRINTED, furniture, picture_answer
from crawler.press.listings import ROBOTS, herald_listings, rest_posts, shimbun_listings

REPRINTED = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)  # when the second edition was made
RANKING_CHANGES = "04-debris"  # the page that changes outside its article only
ODD_HEADERS: tuple[Header, ...] = (
    (b"x-CACHE", b"HIT"),
    (b"X-cache", b"HIT, MISS"),
    (b"Set-Cookie", b"seen=1; Path=/"),
    (b"Set-Cookie", b"edition=morning; Path=/; SameSite=Lax"),
    (b"LINK", b'<https://herald.example/wp-json/>; rel="https://api.w.org/"'),
    (b"TDM-reservation", b"1"),
    (b"tdm-policy", b"/terms/mining.json"),
    (b"X-Robots-Tag", b"googlebot: noindex, genbun: noimageindex"),
)

# what becomes of the pair of each kind of editorial
STATUS_OF = {
    "pair": "paired",
    "moved": "paired",
    "edited": "paired",
    "no_link": "no_link",
    "dead": "gone",
    "members": "restricted",
    "app": "unreadable",
    "refused": "refused",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One post of the Herald, what is peculiar about it, and the pair status it ought to get (None: no pair at all)."""

    key: str
    kind: str
    url: str
    original_url: str | None
    status: str | None


def cases() -> tuple[Case, ...]:
    """What a reader of the demo, and its tests, may expect of each post."""
    return tuple(
        Case(post.key, post.case, herald_url(post), declared_url(post), STATUS_OF.get(post.case))
        for post in editorials()
    )


class Newspapers:
    """The content of a press: The Example Herald and 例示新聞. `rest` says whether REST answers or wants a login."""

    hosts = HOSTS

    def __init__(self, *, rest: bool = True) -> None:
        self._rest = rest

    def find(self, host: str, target: str, edition: int) -> Answer | None:
        """The answer for an address; a query that means nothing is passed over, as WordPress does."""
        printed = printed_edition(edition)[host]
        path, _, query = target.partition("?")
        if host == HERALD and path == "/wp-json/wp/v2/posts":
            return rest_posts(editorials(edition), query, open_to_all=self._rest)
        if found := printed.get(target) or printed.get(path):
            return found
        return moved(f"https://{host}{path}/") if f"{path}/" in printed else None


def demo(*, rest: bool = True) -> Newspapers:
    """The content of `genbun demo`'s press."""
    return Newspapers(rest=rest)


@lru_cache(maxsize=2)
def printed_edition(edition: int) -> dict[str, dict[str, Answer]]:
    """Host → path → answer."""
    everything = editorials(edition)
    stories = [one for one in everything if one.japanese]
    hosts: dict[str, dict[str, Answer]] = {host: {} for host in HOSTS}
    hosts[HERALD] |= herald_listings(everything, hidden=[one.key for one in everything if one.case == "feature"])
    hosts[SHIMBUN] |= shimbun_listings(stories)
    for host, robots in ROBOTS.items():
        hosts[host]["/robots.txt"] = Answer(robots.encode(), "text/plain; charset=utf-8", modified=PRINTED)
    pages = furniture() | _herald_pages(everything) | _shimbun_pages(everything, edition) | _pictures(everything)
    for url, answer in pages.items():
        host, path = path_of(url)
        hosts[host][path] = answer
    hosts[SHIMBUN]["404"] = Answer(shimbun.gone_page().encode(), status=404)
    return hosts


def _herald_pages(everything: tuple[Editorial, ...]) -> dict[str, Answer]:
    by_key = {one.key: one for one in everything}
    steady = [one for one in everything if one.case not in ("edited", "shell") and one.is_editorial]
    pages: dict[str, Answer] = {}
    for at, post in enumerate(everything):
        if post.english is None:
            continue
        related = [other for other in (steady * 2)[at : at + 4] if other is not post][:3]
        page = "".join(herald.article_page(post, lambda key: shimbun_url(by_key[key]), related))
        body = herald.shell_page(herald_url(post)) if post.case == "shell" else page
        pages[herald_url(post)] = _page(body, post, post.english.modified)
    return pages


def _shimbun_pages(everything: tuple[Editorial, ...], edition: int) -> dict[str, Answer]:
    ranked = [one for one in everything if one.case == "pair" and one.japanese][:6]
    pages: dict[str, Answer] = {}
    for story in everything:
        if story.case == "moved":
            pages[old_shimbun_url(story)] = moved(shimbun_url(story))
        if story.case == "app":
            pages[shimbun_url(story)] = Answer(shimbun.shell_page(shimbun_url(story)).encode())
        if story.japanese is None:
            continue
        changed = edition > 1 and story.key == RANKING_CHANGES
        ranking = ranked[::-1] if changed else ranked
        page = "".join(shimbun.article_page(story, ranking[:5]))
        pages[shimbun_url(story)] = _page(page, story, REPRINTED if changed else story.japanese.modified)
    return pages


def _page(body: str, one: Editorial, modified: dt.datetime) -> Answer:
    """A page's answer: every third goes out in chunks, every fourth with headers as servers really send them."""
    dice = int.from_bytes(one.article_id.encode()[:2], "big")
    headers = ODD_HEADERS if dice % 4 == 0 else ()
    return Answer(body.encode(), modified=modified, headers=headers, chunked=dice % 3 == 0)


def _pictures(everything: tuple[Editorial, ...]) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for one in everything:
        for shown, writing in _shown(one.english):
            for width in (960, 480):
                found[herald_picture(shown, writing, width)] = _picture_of(shown, width, writing)
        for shown, writing in _shown(one.japanese):
            found[shimbun_picture(shown)] = _picture_of(shown, 960, writing)
            found[shimbun_picture(shown, resized=True)] = _picture_of(shown, 640, writing)
    return found


def _shown(writing: Writing | None) -> list[tuple[Picture, Writing]]:
    return [(piece, writing) for piece in writing.pieces if isinstance(piece, Picture)] if writing else []


def _picture_of(shown: Picture, width: int, writing: Writing) -> Answer:
    return picture_answer(shown.scene, shown.name, width, width * 9 // 16, modified=writing.published)
