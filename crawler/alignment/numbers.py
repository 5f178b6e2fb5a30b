"""TEXT → numbers: what both languages write as figures or in words, brought to the same values.

`numbers_of_japanese` reads ３．５％, 十二万, 1兆2000億円, 3割5分, 令和５年, 三分の二, ７月12日;
`numbers_of_english` reads 3.5%, 1.2 trillion, two-thirds, twenty-five, a dozen, July 12, the 1990s. A number may have
more than one value: 「23年」 is 23 or 2023. Two numbers agree when they share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from crawler.dates import ERAS, MONTHS

Kind = Literal["percent", "year", "date", "part", "dollars", "plain"]


class Number(NamedTuple):
    """A number in a text: where it stands, what it may be worth, what it counts, and whether it would be missed."""

    start: int
    end: int
    values: frozenset[float]
    kind: Kind
    is_telling: bool


def agree(one: Number, other: Number) -> bool:
    """Whether two numbers may be the same, or one the other made round: 36.9 million for 3687万."""
    if one.values & other.values:
        return True
    if one.kind != other.kind or one.kind in ("year", "date"):
        return False
    return any(_is_rounded(a, b) or _is_rounded(b, a) for a in one.values for b in other.values)


def _is_rounded(round_one: float, exact: float) -> bool:
    if round_one <= 0 or (exact < 100 and exact.is_integer()):
        return False
    figures = len(f"{round_one:.9e}".partition("e")[0].rstrip("0").replace(".", ""))
    return float(f"{exact:.{figures - 1}e}") == round_one


# Japanese -----------------------------------------------------------------------------------------

DIGITS: Final = {**{digit: at for at, digit in enumerate("〇一二三四五六七八九")}, "零": 0}
SMALL: Final = {"十": 10, "百": 100, "千": 1000}
LARGE: Final = {"万": 10**4, "億": 10**8, "兆": 10**12, "京": 10**16}
FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．，％", "0123456789.,%")

DECIMAL_DOT: Final = re.compile(r"(?<=\d)・(?=\d)")  # 「12・５倍」

_FIGURES: Final = r"\d{1,18}(?:,\d{3}){0,5}(?:\.\d{1,9})?"
_KANJI: Final = r"[〇零一二三四五六七八九十百千]{1,16}"
_COUNTERS: Final = "万億兆京人つ年月日回度件国個歳倍割分点隻機発基党社本枚台名週世番位期号条項件種"
_COUNTED: Final = rf"(?=[{_COUNTERS}]|[かカヵケヶ箇][国所月年]|時間)"
_PART: Final = rf"(?:{_FIGURES}[百千]?|{_KANJI})"
JAPANESE_NUMBER: Final = re.compile(
    rf"(?:(?P<era>令和|平成|昭和|大正|明治)(?P<first>元)年)"
    rf"|(?:(?P<below>{_PART})分の(?P<above>{_PART}))"
    rf"|(?<![A-Za-z.])(?P<number>(?:{_PART}[万億兆京]){{0,4}}{_PART}(?:[万億兆京])?)"
    rf"(?P<unit>割(?:(?P<tenth>{_PART})分)?|%|年代?|月(?!額|刊|面|曜)|日|[かカヵケヶ箇]月)?"
)
PIECE: Final = re.compile(rf"({_PART})([万億兆京]?)")
ERA_BEFORE: Final = re.compile(r"(令和|平成|昭和|大正|明治)$")
EARLIER_ERAS: Final = {"大正": 1911, "明治": 1867}
UNITS_OF_KIND: Final[dict[str, Kind]] = {"%": "percent", "日": "date", "月": "date", "年代": "year"}
IS_COUNTED: Final = re.compile(_COUNTED)


def numbers_of_japanese(text: str) -> list[Number]:
    """The numbers of a Japanese text, in order. Kanji count only where something is counted: 二人, not 統一."""
    plain = DECIMAL_DOT.sub(".", text.translate(FULL_WIDTH))
    return [number for found in JAPANESE_NUMBER.finditer(plain) if (number := _japanese(plain, found))]


def _japanese(text: str, found: re.Match[str]) -> Number | None:
    start, end = found.span()
    if found["first"]:
        return _number(start, end, {1.0 + _era_year(found["era"])}, "year", True)
    if found["below"]:
        below, above = _worth(found["below"]), _worth(found["above"])
        return _number(start, end, {above / below}, "part", True) if below else None
    written, unit = found["number"], found["unit"] or ""
    if not any(char.isdigit() and char.isascii() for char in written) and not unit and not IS_COUNTED.match(text, end):
        return None
    worth = _worth(written)
    if unit.startswith("割"):
        tenths = worth * 10 + (_worth(found["tenth"]) if found["tenth"] else 0)
        return _number(start, end, {tenths}, "percent", True)
    if unit == "年":
        return _number(start, end, {worth} | _years(worth, text, start), "year", worth > 10)
    kind = "dollars" if text.startswith("ドル", end) else UNITS_OF_KIND.get(unit, "plain")
    return _number(start, end, {worth}, kind, kind == "percent" or (kind != "date" and _is_telling(worth)))


def _years(worth: float, text: str, start: int) -> set[float]:
    """「23年」 may be 2023 or 1923 too; after the name of an era the year is sure."""
    era = ERA_BEFORE.search(text, max(0, start - 2), start)
    if era:
        return {worth + _era_year(era[1])}
    return {worth + 1900, worth + 2000} if worth < 100 and worth.is_integer() else set()


def _era_year(name: str) -> int:
    return ERAS.get(name) or EARLIER_ERAS[name]


def _worth(written: str) -> float:
    """What figures and kanji with their 万, 億 and 兆 come to."""
    return sum(_below_ten_thousand(part) * LARGE.get(large, 1) for part, large in PIECE.findall(written))


def _below_ten_thousand(written: str) -> float:
    if written[0].isascii():
        return float(written.rstrip("百千").replace(",", "")) * SMALL.get(written[-1], 1)
    if not any(char in SMALL for char in written):
        return float("".join(str(DIGITS[char]) for char in written))
    total, digit = 0, 0
    for char in written:
        if char in SMALL:
            total, digit = total + (digit or 1) * SMALL[char], 0
        else:
            digit = DIGITS[char]
    return float(total + digit)


# English ------------------------------------------------------------------------------------------

_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
)  # fmt: skip
UNITS: Final = {word: at for at, word in enumerate(_ONES)}
TENS: Final = {word: at * 10 + 20 for at, word in enumerate(_TENS)}
ORDINALS: Final = {word: at + 1 for at, word in enumerate(_ORDINALS)}
SCALES: Final = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
COLLECTIVES: Final = {
    "dozen": 12,
    "dozens": 12,
    "decade": 10,
    "decades": 10,
    "half": 50,
    "century": 100,
    "quarter": 0.25,
}
PARTS: Final = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}

_WORD_NUMBER: Final = rf"(?:{'|'.join(TENS)})(?:[- ](?:{'|'.join(list(UNITS)[1:10])}))?|{'|'.join(reversed(UNITS))}"
ENGLISH_NUMBER: Final = re.compile(
    rf"(?P<month>\b(?:{'|'.join(MONTHS)})[a-z]{{0,6}}\b)"
    rf"|\b(?P<above>{'|'.join(list(UNITS)[1:10])}|a)[- ](?P<below>{'|'.join(PARTS)})s?\b"
    rf"|(?<![\w.])(?<![A-Za-z]-)(?P<figures>\d{{1,18}}(?:,\d{{3}}){{0,5}}(?:\.\d{{1,9}})?)"
    rf"(?P<after>(?:[ -](?:hundred|thousand|million|billion|trillion)){{0,3}}|s\b|(?:st|nd|rd|th)\b)"
    rf"|\b(?P<words>(?:{_WORD_NUMBER})(?:[- ](?:hundred|thousand|million|billion|trillion)){{0,3}})\b"
    rf"|\b(?P<ordinal>{'|'.join(ORDINALS)})\b|\b(?P<collective>{'|'.join(COLLECTIVES)})\b",
    re.IGNORECASE,
)
MONTH_NAME: Final = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
AFTER_MONTH: Final = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? $")
PERCENT: Final = re.compile(r"%|[ -]per ?cent")
YEAR: Final = re.compile(r"(?:1[5-9]|20)\d\d")


def numbers_of_english(text: str) -> list[Number]:
    """The numbers of an English text, in order, the names of months among them."""
    return list(_english(text))


def _english(text: str) -> Iterator[Number]:
    for found in ENGLISH_NUMBER.finditer(text):
        start, end = found.span()
        if month := found["month"]:
            if MONTH_NAME.fullmatch(month):
                yield _number(start, end, {float(MONTHS[month[:3].lower()])}, "date", False)
        elif below := found["below"]:
            above = 1 if found["above"].lower() == "a" else UNITS[found["above"].lower()]
            yield _number(start, end, {above / PARTS[below.lower()]}, "part", below.lower() != "half")
        elif found["figures"]:
            yield _figures(text, found)
        elif found["words"]:
            words = re.split("[- ]", found["words"].lower())
            worth = sum(TENS.get(word, UNITS.get(word, 0)) for word in words) * _scale(found["words"])
            yield _number(start, end, {worth}, "plain", _is_telling(worth))
        elif found["ordinal"]:
            yield _number(start, end, {float(ORDINALS[found["ordinal"].lower()])}, "plain", False)
        else:
            yield _number(start, end, {float(COLLECTIVES[found["collective"].lower()])}, "plain", False)


def _figures(text: str, found: re.Match[str]) -> Number:
    start, end = found.span()
    worth = float(found["figures"].replace(",", "")) * _scale(found["after"])
    if percent := PERCENT.match(text, end):
        return _number(start, percent.end(), {worth}, "percent", True)
    if text[start - 1 : start] == "$":
        return _number(start, end, {worth}, "dollars", _is_telling(worth))
    if found["after"] in ("st", "nd", "rd", "th") or AFTER_MONTH.search(text, max(0, start - 12), start):
        return _number(start, end, {worth}, "date", False)
    is_year = YEAR.fullmatch(found["figures"]) is not None and found["after"] in ("", "s")
    return _number(start, end, {worth}, "year" if is_year else "plain", _is_telling(worth))


def _scale(words: str) -> float:
    scale = 1.0
    for word in re.split("[- ]", words.lower()):
        scale *= SCALES.get(word, 1)
    return scale


def _is_telling(worth: float) -> bool:
    """Small whole numbers are often said in other ways, or are part of a word."""
    return worth > 10 or not worth.is_integer()


def _number(start: int, end: int, values: set[float], kind: Kind, is_telling: bool) -> Number:
    return Number(start, end, frozenset(float(f"{value:.9g}") for value in values), kind, is_telling)
