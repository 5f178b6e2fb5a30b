"""NUMBERS → bars over time, single or in parts, with an axis that people can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

from crawler.status.page.markup import Html, svg, tag

HEIGHT: Final = 150
LEFT: Final = 62
TOP: Final = 12
FOOT: Final = 22
WIDEST: Final = 950
MARK: Final = 54  # from one mark to the next
ROOM: Final = 34  # of the last


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `label` names it, `parts` lie above each other, `mark` is written below, where there is room."""

    label: str
    parts: tuple[float, ...]
    mark: str = ""

    @property
    def all(self) -> float:
        """Its height."""
        return sum(self.parts)


def bars_of(
    bars: Sequence[Bar],
    title: str,
    desc: str,
    name: str,
    said: Callable[[float], str] = "{:,g}".format,
    classes: Sequence[str] = ("bar",),
    parts: Sequence[str] = (),
    usual: float | None = None,
) -> Html:
    """The picture. `classes` colour the parts and `parts` name them; `usual` is a line across."""
    step = max(5, min(44, (WIDEST - LEFT) // max(1, len(bars))))
    width, top = LEFT + step * len(bars) + 12, ceiling(max([bar.all for bar in bars] + [usual or 0]))
    drawn: list[Html] = []
    marked = -MARK

    def up(value: float) -> float:
        return round(TOP + HEIGHT * (1 - value / top), 1)

    for value in (0, top / 2, top):
        drawn.append(tag("path", d=f"M{LEFT} {up(value)}H{width}", class_="axis"))
        drawn.append(tag("text", said(value), x=LEFT - 6, y=up(value) + 4, text_anchor="end"))
    for at, bar in enumerate(bars):
        x, low = LEFT + at * step, 0.0
        pieces = [tag("title", _told(bar, said, parts))]
        for part, colour in zip(bar.parts, classes, strict=False):
            if part:
                pieces.append(
                    tag("path", d=f"M{x + 1} {up(low)}V{up(low + part)}h{step - 2}V{up(low)}z", class_=colour)
                )
                low += part
        drawn.append(tag("g", *pieces))
        if bar.mark and x - marked >= MARK and x + ROOM <= width:
            marked = x
            drawn.append(tag("text", bar.mark, x=x + 1, y=TOP + HEIGHT + 15))
    if usual:
        drawn.append(tag("path", d=f"M{LEFT} {up(usual)}H{width}", class_="usual"))
    return svg(max(width, 240), TOP + HEIGHT + FOOT, title, desc, name, *drawn)


def ceiling(value: float) -> float:
    """The end of an axis that holds it: 1, 2, 4 or 6 times a power of ten, so that its half is round too."""
    if value <= 2:
        return 2.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 4, 6, 10, 20) if step * power >= ceil(value))


def _told(bar: Bar, said: Callable[[float], str], parts: Sequence[str]) -> str:
    if not parts:
        return f"{bar.label}: {said(bar.all)}"
    named = ", ".join(f"{said(part)} {word}" for part, word in zip(bar.parts, parts, strict=False) if part)
    return f"{bar.label}: {named or said(0)}"
