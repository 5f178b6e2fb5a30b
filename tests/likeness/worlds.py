"""Invented months of two newspapers: editorials, translations some days later, and what only looks like an original.

Texts are those of `gold/` here (written for this: several editorials on each matter, and sentences and follow-ups that
no translation belongs to), of the aligner's gold, and of the embedded press. Each is in the tuning or in the frozen
part for good; `parts.json` holds the hashes of what is frozen. A seed gives a world its days, tells which translations
are abridged and which have no original there, and shuffles further originals out of sentences on the same matter: some
with other numbers, some that come back to an original, and have a third of it word for word.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from crawler.likeness import Candidate
from crawler.models import Kind
from crawler.press.editorials import Piece, Writing, editorials

GOLD: Final = Path(__file__).parent / "gold"
ALIGNED: Final = Path(__file__).parents[1] / "alignment" / "gold"
FIRST_DAY: Final = dt.date(2025, 11, 1)
DAYS: Final = 28
#: How often an original is so many days older than its translation: most often two to four.
LAGS: Final = (2, 4, 6, 7, 6, 4, 3, 2, 1, 1, 1)
WITHOUT: Final = 10  # one translation in so many has no original, besides those that never have one
ABRIDGED: Final = 3  # one in so many lacks up to a half of its sentences
AGAIN: Final = 2  # to one original in so many the newspaper comes back within days
OTHER_KINDS: Final[tuple[Kind, ...]] = ("editorial",) * 8 + ("news", "column")
#: Which articles of the other two collections are on the same matter.
MATTERS: Final = {
    "rice": "a07 b04 08-rice", "nuclear": "12-geothermal", "defense": "a02 07-cables", "economy": "a05",
    "children": "a03 05-homework", "korea": "a04",
    "places": "b03 14-railway 01-ferry b07 b06 09-bears", "machines": "b09 11-hospital a08 04-debris a09",
    "care": "b02 10-care", "disaster": "a01 02-towers 06-pipes", "culture": "b01 a06 03-library 13-paper b08 b05",
}  # fmt: skip

Part = Literal["tuning", "frozen"]


Words = tuple[str, str]


class Story(NamedTuple):
    """An editorial and its translation, or one of them without the other: headline and text."""

    name: str
    matter: str
    english: Words | None
    japanese: Words | None


@dataclass(frozen=True, slots=True)
class World:
    """A month: its translations and originals, each by day, and the translation → original that are pairs."""

    translations: list[Candidate]
    originals: list[Candidate]
    pairs: dict[str, str]

    @property
    def distractors(self) -> int:
        """How many originals have no translation here."""
        return len(self.originals) - len(self.pairs)


def world(part: Part | Literal["all"], seed: int, shuffled: int, days: int = DAYS) -> World:
    """A month of the stories of a part, with so many shuffled originals beside them, or with no distractors at all.

    In a world of what is frozen, originals of the tuning part are there without their translations.
    """
    dice = random.Random(f"{part}/{seed}/{shuffled}/{days}")
    made = _Month(dice, _told(part), "tuning" if part == "tuning" else "frozen", days)
    for story in made.told:
        made.print(story, comes_back=shuffled > 0 and not dice.randrange(AGAIN))
    if shuffled:
        for story in [*made.told, *(stories("tuning") if part == "frozen" else [])]:
            if story.japanese and (story.english is None or (part == "frozen" and story not in made.told)):
                made.original(story.name, story.japanese, made.day())
        for at in range(shuffled):
            made.original(f"shuffled-{at}", made.shuffled(made.told), made.day(), dice.choice(OTHER_KINDS))
    return World(sorted(made.translations, key=_by_day), sorted(made.originals, key=_by_day), made.pairs)


def _told(part: Part | Literal["all"]) -> list[Story]:
    return stories("tuning") + stories("frozen") if part == "all" else stories(part)


@lru_cache(maxsize=2)
def stories(part: Part) -> list[Story]:
    """Every story of a part. A frozen file that is not the one that was frozen is an error."""
    return [*_own(part), *_aligned(part), *_printed(part)]


def _own(part: Part) -> Iterable[Story]:
    for name in _names(GOLD, part):
        if not name.startswith("sentences"):
            found = tomllib.loads((GOLD / f"{name}.toml").read_text("utf-8"))
            sides = {
                side: (found[side]["headline"], found[side]["text"].strip()) for side in ("english", "japanese")
                if side in found
            }  # fmt: skip
            yield Story(name, found["topic"], sides.get("english"), sides.get("japanese"))


def _aligned(part: Part) -> Iterable[Story]:
    for name in _names(ALIGNED, part):
        found = json.loads((ALIGNED / f"{name}.json").read_text("utf-8"))
        english, japanese = (
            (found[side]["headline"], "\n\n".join(between.join(one) for one in found[side]["paragraphs"]))
            for side, between in (("translation", " "), ("original", ""))
        )
        yield Story(name, _matter(name), english, japanese)


def _printed(part: Part) -> Iterable[Story]:
    """The press's pairs, and translations whose originals it never shows: those with an even number are frozen."""
    for one in editorials():
        is_told = one.case in ("pair", "moved", "edited", "no_link", "dead", "app", "refused")
        if is_told and (int(one.key[:2]) % 2 == 0) is (part == "frozen"):
            assert one.english is not None
            japanese = _words(one.japanese) if one.japanese else None
            yield Story(one.key, _matter(one.key), _words(one.english), japanese)


def _words(writing: Writing) -> Words:
    return writing.headline, "\n\n".join(piece.text for piece in writing.pieces if isinstance(piece, Piece))


def _matter(name: str) -> str:
    return next((matter for matter, names in MATTERS.items() if name in names.split()), "alone")


def _names(folder: Path, part: Part) -> list[str]:
    parts = json.loads((folder / "parts.json").read_text("utf-8"))
    for name, digest in parts["frozen"].items():
        file = next(folder.glob(f"{name}.*"))
        if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            raise ValueError(f"{file} is not the file that was frozen")
    return list(parts[part])


# months -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Month:
    dice: random.Random
    told: Sequence[Story]
    part: Part
    days: int
    translations: list[Candidate] = field(default_factory=list)
    originals: list[Candidate] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)

    def day(self) -> dt.date:
        return FIRST_DAY + dt.timedelta(days=self.dice.randrange(self.days))

    def original(self, name: str, words: Words, day: dt.date, kind: Kind = "editorial") -> None:
        self.originals.append(replace(_candidate(name, "ja", day, words), kind=kind))

    def print(self, story: Story, *, comes_back: bool) -> None:
        """A story's translation; before it its original, if it has one, and near that another one like it."""
        if story.english is None:
            return
        day = self.day()
        lag = dt.timedelta(days=self.dice.choices(range(len(LAGS)), LAGS)[0])
        english = story.english if self.dice.randrange(ABRIDGED) else _abridged(self.dice, story.english)
        self.translations.append(_candidate(story.name, "en", day + lag, english))
        if story.japanese and self.dice.randrange(WITHOUT):
            self.original(story.name, story.japanese, day)
            self.pairs[self.translations[-1].id] = self.originals[-1].id
        if story.japanese and comes_back:
            later = day + dt.timedelta(days=self.dice.randint(-3, 4))
            self.original(f"{story.name}-again", self.again(story, story.japanese), later)

    def shuffled(self, among: Sequence[Story]) -> Words:
        """A headline and a text on one matter: at most two sentences of any one editorial, with other numbers."""
        dice = self.dice
        matter = dice.choice(sorted({story.matter for story in among if story.japanese}))
        sources = [story.japanese for story in among if story.matter == matter and story.japanese]
        bank = list(_sentences(self.part).get(matter, ()))
        lines = dice.sample(bank, min(4, len(bank)))
        for _, text in dice.sample(sources, min(len(sources), 4)):
            found = _parted(text)
            lines += dice.sample(found, min(2 if len(sources) > 2 else 1, len(found)))
        if len(lines) < 6:
            lines += dice.sample([line for bank in _sentences(self.part).values() for line in bank], 6 - len(lines))
        dice.shuffle(lines)
        paragraphs = ["".join(lines[at : at + 2]) for at in range(0, min(len(lines), 9), 2)]
        headline = _renumbered(dice, dice.choice(sources)[0])
        return headline, "\n\n".join(_renumbered(dice, paragraph) for paragraph in paragraphs)

    def again(self, story: Story, words: Words) -> Words:
        """Another editorial on what an editorial was about: a third of its sentences, and others on the matter."""
        lines = _parted(words[1])
        kept = sorted(self.dice.sample(range(len(lines)), len(lines) // 3))
        headline, others = self.shuffled([one for one in self.told if one.matter == story.matter])
        return headline, "".join(lines[at] for at in kept) + "\n\n" + others


def _abridged(dice: random.Random, words: Words) -> Words:
    """The same translation without up to a half of its sentences."""
    headline, text = words
    lines = re.split(r"(?<=[.?!”\"])\s+", text)
    kept = sorted(dice.sample(range(len(lines)), len(lines) - dice.randint(len(lines) // 4, len(lines) // 2)))
    return headline, "\n\n".join(
        " ".join(lines[at] for at in kept[start : start + 3]) for start in range(0, len(kept), 3)
    )


def _parted(text: str) -> list[str]:
    return [found for found in re.findall(r"[^。\n]+。」?", text) if "「" not in found and "」" not in found]


def _renumbered(dice: random.Random, text: str) -> str:
    return re.sub(r"[1-9０-９]\d*", lambda found: _like(dice, found[0]), text)


def _like(dice: random.Random, written: str) -> str:
    """Another number of as many figures, in the same width."""
    figures = "".join(str(dice.randint(1 if at == 0 else 0, 9)) for at in range(len(written)))
    return figures if written.isascii() else figures.translate(str.maketrans("0123456789", "０１２３４５６７８９"))


@lru_cache(maxsize=2)
def _sentences(part: Part) -> dict[str, list[str]]:
    _names(GOLD, part)
    return tomllib.loads((GOLD / f"sentences-{part}.toml").read_text("utf-8"))


# candidates ---------------------------------------------------------------------------------------


def _candidate(name: str, language: str, day: dt.date, words: Words) -> Candidate:
    paper = "example_herald" if language == "en" else "example_shimbun"
    headline, text = words
    return Candidate(f"{paper}:{name}", paper, day, "editorial", headline, text, _digest(text))


def _digest(text: str) -> str:
    return f"sha1:{hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()}"


def _by_day(candidate: Candidate) -> tuple[dt.date, str]:
    return candidate.published_on, candidate.id
