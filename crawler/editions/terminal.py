"""WORDS → lines for a terminal: columns and line breaks by what is seen of a character, colour where it is wanted.

Pages are hostile: nothing of them that could take over a terminal is printed as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from crawler.fixtures.reports import BOLD, GREEN, OFF, RED, UNSAFE

LEAST_WIDTH: Final = 40
_WIDE: Final = r"\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef"
#: What a line may be broken between: words with the blanks behind them, and single wide characters.
UNBROKEN: Final = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+[^\S\u3000]*|\s+")
#: What does not begin a line.
CLINGING: Final = frozenset((*"、。，．！？」』）】〉》’”", "-]", "+}"))

STYLES: Final = {"": "", "bold": BOLD, "old": RED, "new": GREEN}


class Words(NamedTuple):
    """Some words, and how they look."""

    text: str
    style: str = ""


def safe(text: str) -> str:
    """On one line, and without what would take over a terminal."""
    return UNSAFE.sub(lambda found: f"<U+{ord(found[0]):04X}>", text.replace("\n", "⏎"))


def width_of(text: str) -> int:
    """How many columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def columns(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Rows of words as lines; a side, `<` or `>`, for each column."""
    widths = [max(width_of(row[at]) for row in rows) for at in range(len(sides))]
    return ["  ".join(map(_padded, row, sides, widths)).rstrip() for row in rows]


def _padded(cell: str, side: str, width: int) -> str:
    blanks = " " * (width - width_of(cell))
    return blanks + cell if side == ">" else cell + blanks


@dataclass(frozen=True, slots=True)
class Terminal:
    """How wide it is, 0 where lines are not to be broken, and whether it shows colours."""

    width: int = 0
    colour: bool = False

    def lines(self, words: Sequence[Words], indent: int = 0, hang: int = 0) -> list[str]:
        """Words as lines, the first indented so far, the others by `hang` more."""
        return [self._painted(line).rstrip() for line in self._broken(words, indent, hang)]

    def _broken(self, words: Sequence[Words], indent: int, hang: int) -> Iterator[list[Words]]:
        line = [Words(" " * indent)]
        used, empty = indent, True
        for text, style in words:
            for piece in UNBROKEN.findall(safe(text)) if self.width else [safe(text)]:
                room = max(LEAST_WIDTH, self.width) - used
                if self.width and not empty and width_of(piece.rstrip()) > room and piece not in CLINGING:
                    yield line
                    line = [Words(" " * (indent + hang))]
                    used, empty = indent + hang, True
                line.append(Words(piece, style))
                used, empty = used + width_of(piece), False
        yield line

    def _painted(self, line: Sequence[Words]) -> str:
        made = ""
        for style, members in groupby(line, lambda words: words.style):
            text = "".join(words.text for words in members)
            made += f"{STYLES[style]}{text}{OFF}" if self.colour and style else text
        return made
