"""DATES → windows: how long before its translation an original may have been printed.

Where the days of two newspapers have not been compared the window is wide, and a day is allowed for pages that are
dated by the evening before, or in another zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crawler.likeness.candidates import Candidate
from crawler.newspapers import all_newspapers


@dataclass(frozen=True, slots=True)
class Window:
    """Days from the original to its translation: from `first` to `last`, most often within `usual`."""

    first: int = -1
    last: int = 10
    usual: tuple[int, int] = (0, 7)

    def off(self, lag: int) -> int:
        """How many days a lag lies outside the usual ones."""
        return max(self.usual[0] - lag, lag - self.usual[1], 0)


DEFAULT: Final = Window()
WINDOWS: Final = {
    # 0 to 2 days from the day of print, which may be a day after that of the page
    ("the_japan_news", "yomiuri"): Window(0, 3, (0, 3)),
    ("asahi_ajw", "asahi"): Window(0, 3, (0, 3)),
    ("the_mainichi", "mainichi"): Window(0, 3, (0, 3)),
    ("japan_forward", "sankei"): Window(0, 10, (1, 7)),
}
FIRST: Final = min(window.first for window in (DEFAULT, *WINDOWS.values()))
LAST: Final = max(window.last for window in (DEFAULT, *WINDOWS.values()))


def window_of(translation: Candidate, original: Candidate) -> Window | None:
    """The window of two newspapers, or None if the one does not translate the other, or the lag lies outside it."""
    paper = all_newspapers().get(translation.newspaper)
    if paper is None or paper.translates != original.newspaper:
        return None
    window = window_between(translation.newspaper, original.newspaper)
    return window if window.first <= lag_of(translation, original) <= window.last else None


def window_between(translating: str, original: str) -> Window:
    """The window of two newspapers by their names, of which the one translates the other."""
    return WINDOWS.get((translating, original), DEFAULT)


def is_translated(original: Candidate) -> bool:
    """Whether some newspaper translates the one this appeared in."""
    return any(paper.translates == original.newspaper for paper in all_newspapers().values())


def lag_of(translation: Candidate, original: Candidate) -> int:
    """Days from the original to its translation."""
    return (translation.published_on - original.published_on).days
