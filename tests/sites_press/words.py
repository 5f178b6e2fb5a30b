"""The words: topics and phrases from `bank/*.toml`, put together into an editorial and its Japanese original."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "bank"
Kind = Literal["paragraph", "heading", "quote", "list"]
ADDED = ("quote", "compare", "context", "critique", "demand")  # what makes an editorial longer, in this order
LEAST = 9  # five paragraphs of its own, one each of context, critique, demand, close


@dataclass(frozen=True)
class Topic:
    """What one editorial is about, in both languages: index 0 English, 1 Japanese."""

    key: str
    headline: tuple[str, str]
    standfirst: str
    headings: tuple[str, str]
    ja_heading: str
    thing: tuple[str, str]
    who: tuple[str, str]
    place: tuple[str, str]
    own: tuple[tuple[str, str], ...]
    quote: tuple[str, str, str]
    captions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Part:
    """A block of the editorial and what answers it in the original; an empty string: nothing does."""

    kind: Kind
    en: str
    ja: str


@cache
def topics() -> dict[str, Topic]:
    return {key: _topic(key, raw) for name in ("security", "economy", "society") for key, raw in _load(name).items()}


@cache
def features() -> list[dict[str, Any]]:
    posts: list[dict[str, Any]] = _load("features")["post"]
    return posts


@cache
def others() -> dict[str, dict[str, Any]]:
    return _load("others")


def compose(topic: Topic, length: int, headings: bool, quote_block: bool, listing: bool = False) -> tuple[Part, ...]:
    """The parts of one editorial with `length` paragraphs (a block quote and a list come on top)."""
    more = ADDED[: length - LEAST]
    phrase = _Phrases(topic)
    parts = [_own(topic, 0, phrase), phrase.take("context")]
    parts += [phrase.take("context")] if "context" in more else []
    parts += _heading(topic, 0, headings)
    parts += [_own(topic, 1, phrase), phrase.take("critique"), _own(topic, 2, phrase)]
    parts += _quote(topic, quote_block) if "quote" in more else []
    parts += _heading(topic, 1, headings)
    parts += [_own(topic, 3, phrase)]
    parts += [phrase.take("compare")] if "compare" in more else []
    parts += [phrase.take("critique")] if "critique" in more else []
    parts += [_own(topic, 4, phrase), phrase.take("demand")]
    parts += [Part("list", "\n".join(phrase.take("demand").en for _ in range(3)), "")] if listing else []
    parts += [phrase.take("demand")] if "demand" in more else []
    return (*parts, phrase.take("close"))


def japanese(parts: tuple[Part, ...], heading: str | None, full_width: bool) -> list[tuple[Kind, str]]:
    """The original's blocks: a second phrase in a row joins the paragraph before it, as translators often split one."""
    blocks: list[tuple[Kind, str]] = []
    for index, part in enumerate(part for part in parts if part.ja):
        text = digits(part.ja) if full_width else part.ja
        if index == len([p for p in parts if p.ja]) - 4 and heading:
            blocks.append(("heading", heading))
        if blocks and blocks[-1][0] == "paragraph" and len(text) < 26:
            blocks[-1] = ("paragraph", blocks[-1][1] + text)
        else:
            blocks.append(("paragraph", text))
    return blocks


def digits(text: str) -> str:
    """Half-width digits as the paper set them until 2023."""
    return text.translate({ord("0") + n: ord("０") + n for n in range(10)})


def curly(text: str, every: bool = False) -> str:
    """Typographic quotation marks; of the apostrophes every second one only, since the pages mix them (SITES 1.2)."""
    out, opened, apostrophes = [], False, 0
    for before, char in zip(" " + text, text, strict=False):
        if char == '"':
            opened = not opened
            char = "“" if opened else "”"
        elif char == "'" and before.isalnum():
            apostrophes += 1
            char = "’" if every or apostrophes % 2 else char
        out.append(char)
    return "".join(out)


class _Phrases:
    """Takes phrases of each role in an order of the topic's own, none twice."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.orders = {role: self._order(role, pairs) for role, pairs in _load("phrases").items()}

    def take(self, role: str) -> Part:
        en, ja = self.orders[role].pop(0)
        names = {"thing": 0, "who": 0, "place": 0}
        english = {name: getattr(self.topic, name)[0] for name in names}
        english["thing_c"] = english["thing"][0].upper() + english["thing"][1:]
        return Part("paragraph", en.format(**english), ja.format(**{n: getattr(self.topic, n)[1] for n in names}))

    def _order(self, role: str, pairs: list[list[str]]) -> list[list[str]]:
        return sorted(pairs, key=lambda pair: hashlib.sha256(f"{self.topic.key}/{role}/{pair[0]}".encode()).digest())


def _own(topic: Topic, index: int, phrase: _Phrases) -> Part:
    """One of the topic's own paragraphs; the even ones go on with two phrases, the others with one."""
    more = [phrase.take("elaborate") for _ in range(2 - index % 2)]
    en, ja = topic.own[index]
    return Part("paragraph", " ".join([en, *(part.en for part in more)]), "".join([ja, *(part.ja for part in more)]))


def _heading(topic: Topic, index: int, wanted: bool) -> list[Part]:
    return [Part("heading", topic.headings[index], "")] if wanted else []


def _quote(topic: Topic, block: bool) -> list[Part]:
    intro, words, ja = topic.quote
    if block:
        return [Part("paragraph", intro, ja), Part("quote", words, "")]
    return [Part("paragraph", f'{intro} "{words}"', ja)]


def _topic(key: str, raw: dict[str, Any]) -> Topic:
    return Topic(
        key=key,
        headline=(raw["en"], raw["ja"]),
        standfirst=raw["stand"],
        headings=(raw["heads"][0], raw["heads"][1]),
        ja_heading=raw["ja_head"],
        thing=(raw["thing"][0], raw["thing"][1]),
        who=(raw["who"][0], raw["who"][1]),
        place=(raw["place"][0], raw["place"][1]),
        own=tuple((en, ja) for en, ja in raw["p"]),
        quote=(raw["quote"][0], raw["quote"][1], raw["quote"][2]),
        captions=tuple((en, ja) for en, ja in raw["fig"]),
    )


@cache
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
