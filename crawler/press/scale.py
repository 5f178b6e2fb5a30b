"""As many pairs as one likes, in the sizes of real pages, for the benchmarks; the words are those of the demo.

Nothing is kept but what all pages share: a page is made when it is asked for, and the same page every time.
English pages have 87 to 145 KB (21 to 36 KB gzipped), Japanese ones 76 to 119 KB, each with one to three images of
30 to 200 KB; one image in ten is another one's bytes under an address of its own.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import replace
from functools import lru_cache

from crawler.press import herald, shimbun
from crawler.press.addresses import (
    HERALD,
    HERALD_ASSETS,
    HOSTS,
    JST,
    SHIMBUN,
    herald_url,
    path_of,
    shimbun_url,
    slug_of,
)
from crawler.press.answer import Answer
from crawler.press.bulk import VARIANTS, bulk, gzip_of
from crawler.press.editorials import Editorial, Picture, Piece, Writing, editorials
from crawler.press.furniture import furniture
from crawler.press.grain import grainy_picture
from crawler.press.scaled_lists import ScaledLists

FIRST = dt.datetime(2026, 11, 20, 5, 0, tzinfo=JST)  # pair 0 is the newest
A_DAY = 8  # pairs
LAG = dt.timedelta(days=3, hours=5, minutes=15)
EDITED = dt.datetime(2026, 11, 23, 12, 0, tzinfo=JST)
EVERY_EDITED, EVERY_RERANKED = 50, 10  # in edition 2: one English page in 50, outside its article one Japanese in 10
KEPT = 256  # answers

_ENGLISH = re.compile(r"/editorial-(\d{6})-[a-z0-9-]+/")
_JAPANESE = re.compile(r"/article/\d{8}-N(\d{6})[0-9A-Z]{19}/")
_IMAGE = re.compile(r"/(?:uploads/\d{4}/\d\d|photo/original|resizer/640x0)/([ej])(\d{6})-([0-2])\.png")
DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


class Scaled:
    """The content of a press that prints `pairs` pairs; the newest `unprinted` of them are in no list yet."""

    hosts = HOSTS

    def __init__(self, pairs: int, seed: int, unprinted: int = 0) -> None:
        if not 1 <= pairs <= 999_999:
            raise ValueError(f"{pairs} pairs: between 1 and 999,999 can be printed")
        self.pairs, self.seed = pairs, seed
        self._fixed = {path_of(url): answer for url, answer in furniture().items()}
        self._lists = ScaledLists(pairs, self.pair, printed, unprinted)
        self._newest = [self.pair(number) for number in range(min(40, pairs))]
        self._made: dict[tuple[str, str, int], Answer | None] = {}

    def find(self, host: str, target: str, edition: int) -> Answer | None:
        """The answer for an address: one made lately, or made now."""
        asked = host, target, edition
        if asked not in self._made:
            if len(self._made) >= KEPT:
                self._made.clear()
            self._made[asked] = self._make(host, target, edition)
        return self._made[asked]

    def pair(self, number: int, edition: int = 1) -> Editorial:
        """The pair of that number: the beginning of one editorial and the end of another, and a sentence of its own."""
        dice = self._dice(number)
        (one, english, japanese), (_, later_english, later_japanese) = dice.sample(_bank(), 2)
        day, edited = printed(number), edition > 1 and number % EVERY_EDITED == 0
        mark = ", corrected" if edited else ""
        words = f"This is editorial number {number:,}{mark}.", f"通算{str(number).translate(DIGITS)}本目の主張である。"
        english = _join(english, later_english, words[0], _pictures("e", number, dice.randint(1, 3)))
        japanese = _join(japanese, later_japanese, words[1], _pictures("j", number, dice.randint(1, 2)))
        return replace(
            one,
            key=f"scaled/{number}",
            case="pair",
            slug=f"editorial-{number:06d}-{slug_of(english.headline)[:48].strip('-')}",
            widget=False,
            wording=dice.choice(_wordings()),
            cites=None,
            english=replace(
                english,
                headline=f"{english.headline} ({number:,}{mark})",
                published=day,
                modified=EDITED if edited else day,
            ),
            japanese=replace(japanese, published=day - LAG, modified=day - LAG),
            article_id=f"N{number:06d}{''.join(dice.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', k=19))}",
        )

    def _make(self, host: str, target: str, edition: int) -> Answer | None:
        path = target.partition("?")[0]
        if fixed := self._fixed.get((host, path)):
            return fixed
        if host == HERALD and (found := _ENGLISH.fullmatch(path)) and int(found[1]) < self.pairs:
            pair = self.pair(int(found[1]), edition)
            return self._english_page(pair, int(found[1])) if herald_url(pair).endswith(path) else None
        if host == SHIMBUN and (found := _JAPANESE.fullmatch(path)) and int(found[1]) < self.pairs:
            pair = self.pair(int(found[1]), edition)
            return self._japanese_page(pair, int(found[1]), edition) if shimbun_url(pair).endswith(path) else None
        if host in (HERALD_ASSETS, SHIMBUN) and (found := _IMAGE.fullmatch(path)) and int(found[2]) < self.pairs:
            image = grainy_picture(self.seed, found[1], int(found[2]), int(found[3]))
            return Answer(image, "image/png", modified=FIRST, compress=False)
        return self._lists.find(host, target, edition)

    def _english_page(self, pair: Editorial, number: int) -> Answer:
        assert pair.english is not None
        head, top, article, bottom = herald.article_page(pair, str)
        size = 39_500 + 3_900 * (number % VARIANTS)
        above, below = (bulk(f"herald-{side}", number % VARIANTS, size, self._links("herald")) for side in "ab")
        return _answer(
            [(head, False), (top + above, True), (article, False), (below + bottom, True)], pair.english, number
        )

    def _japanese_page(self, pair: Editorial, number: int, edition: int) -> Answer:
        assert pair.japanese is not None
        turn = 1 if edition > 1 and number % EVERY_RERANKED == 0 else 0
        ranking = [self._newest[(number % VARIANTS + at + turn) % len(self._newest)] for at in range(5)]
        head, top, article, bottom = shimbun.article_page(pair, ranking)
        size = 32_700 + 2_800 * (number % VARIANTS)
        above, below = (bulk(f"shimbun-{side}", number % VARIANTS, size, self._links("shimbun")) for side in "ab")
        pieces = [(head, False), (top + above, True), (article, False), (below, True), (bottom, False)]
        return _answer(pieces, replace(pair.japanese, modified=EDITED) if turn else pair.japanese, number)

    def _links(self, paper: str) -> tuple[tuple[str, str], ...]:
        """Addresses and headlines for the teasers: of the newest pairs."""
        if paper == "herald":
            return tuple((herald_url(p), herald.label(p) + p.english.headline) for p in self._newest if p.english)
        return tuple((shimbun_url(pair), shimbun.title(pair)) for pair in self._newest)

    def _dice(self, number: int) -> random.Random:
        return random.Random(f"{self.seed}/{number}")  # noqa: S311  # the same every time is what is wanted


def scaled(pairs: int, seed: int = 1, unprinted: int = 0) -> Scaled:
    """The content of a press with that many pairs; the same seed gives the same bytes."""
    return Scaled(pairs, seed, unprinted)


def printed(number: int) -> dt.datetime:
    """When the Herald printed that pair: eight a day, minutes apart."""
    return FIRST - dt.timedelta(days=number // A_DAY, minutes=number % A_DAY) + LAG


@lru_cache(maxsize=1)
def _bank() -> list[tuple[Editorial, Writing, Writing]]:
    """The demo's pairs, with both their texts."""
    return [
        (one, one.english, one.japanese)
        for one in editorials()
        if one.english and one.japanese and one.case in ("pair", "moved", "edited")
    ]


@lru_cache(maxsize=1)
def _wordings() -> list[str]:
    return [one.wording for one, *_ in _bank() if not one.widget]


def _join(one: Writing, other: Writing, sentence: str, pictures: list[Picture]) -> Writing:
    """The first half of one text and the second of another; the sentence ends its first paragraph."""
    halves = [[piece for piece in writing.pieces if isinstance(piece, Piece)] for writing in (one, other)]
    first, *words = halves[0][: len(halves[0]) // 2] + halves[1][len(halves[1]) // 2 :]
    blank = "" if sentence.endswith("。") else " "
    opening = replace(first, text=f"{first.text}{blank}{sentence}")
    plain = [replace(piece, text=re.sub(r"[\[\]]", "", piece.text)) for piece in (opening, *words)]
    lead, *more = pictures
    return replace(one, pieces=(lead, *plain[:3], *more, *plain[3:]), seen=None)


def _pictures(side: str, number: int, count: int) -> list[Picture]:
    credit = "© The Example Shimbun by Toko Mizuki" if side == "e" else "水木灯子撮影"
    words = f"The sky above Aohama, {number:,}." if side == "e" else f"青浜市の空＝{number}"
    return [Picture("", f"{side}{number:06d}-{at}", words, words, credit, single=True) for at in range(count)]


def _answer(pieces: list[tuple[str, bool]], writing: Writing, number: int) -> Answer:
    made = [(piece.encode(), steady) for piece, steady in pieces]
    body = b"".join(piece for piece, _ in made)
    return Answer(body, modified=writing.modified, gzipped=gzip_of(made), chunked=number % 7 == 3)
