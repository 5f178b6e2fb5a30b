"""Free translations made of faithful ones, with their gold beads: what the aligner's weights are fitted on.

A faithful translation gives a sentence for a sentence. Here sentences are dropped and added, merged and parted, clauses
left out, words replaced by strangers, and paragraphs broken anew, by rates and a seed: the same give the same.
"""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from crawler.alignment.sentences import Sentence, is_heading, split

GoldBead = tuple[tuple[int, ...], tuple[int, ...]]


Texts = tuple[list[str], list[str]]
"""Sentences of the translation and those of the original that they render."""


class Document(NamedTuple):
    """A faithful translation, in pieces: mostly a sentence for a sentence."""

    name: str
    pieces: tuple[Texts, ...]

    def words(self, chance: random.Random) -> str:
        """Some sentence of the translation."""
        return chance.choice([text for texts, _ in self.pieces for text in texts])


class Perturbed(NamedTuple):
    """A free translation and its gold."""

    name: str
    translation: list[Sentence]
    original: list[Sentence]
    beads: list[GoldBead]


@dataclass(frozen=True)
class Rates:
    """How often what is done, for a sentence."""

    dropped: float = 0.12  # the original's sentence is not rendered
    unoriginal: float = 0.06  # the translation's sentence has no original
    foreign: float = 0.08  # a sentence of another article is added to the translation
    merged: float = 0.12
    parted: float = 0.12
    shifted: float = 0.03  # two for two, with the border elsewhere
    swapped: float = 0.0
    condensed: float = 0.0  # of what is merged, so much has only a part of the one or the other sentence left
    headings: float = 0.0  # a heading before a paragraph, on either side or on both
    clause: float = 0.0  # a clause is left out, on either side
    strange: float = 0.0  # up to this share of an article's English words are another article's


CLEAN = Rates(0, 0, 0, 0, 0, 0)
FREE = Rates(shifted=0.0)
SWAP = replace(FREE, swapped=0.04)
HEAVY = Rates(0.25, 0.10, 0.20, 0.15, 0.20, 0.0, swapped=0.05)
#: As translated editorials are, by the half of our gold that may be looked at: much merged, some of it to a clause.
EDITORIAL = Rates(0.07, 0.09, 0.05, 0.24, 0.12, 0.06, condensed=0.75, headings=0.15, clause=0.2, strange=0.35)


def documents(path: Path, domain: str = "news") -> list[Document]:
    """The documents of one of WMT's XML files that have a reference."""
    found = []
    for doc in ET.parse(path).iter("doc"):  # noqa: S314 - test sets of the developer's own choosing
        source, reference = doc.find("src"), doc.find("ref")
        if doc.get("domain", domain) != domain or source is None or reference is None:
            continue
        texts = {side.get("lang", ""): _segments(side) for side in (source, reference)}
        if len(texts["ja"]) == len(texts["en"]) > 1:
            pieces = zip(texts["en"], texts["ja"], strict=True)
            found.append(Document(doc.get("id", ""), tuple(_pieces(pieces))))
    return found


def _segments(side: ET.Element) -> list[list[str]]:
    language = side.get("lang", "")
    texts = (" ".join((segment.text or "").split()) for segment in side.iter("seg"))
    return [[sentence.text for sentence in split(text, language)] for text in texts]


def _pieces(segments: Iterable[Texts]) -> Iterator[Texts]:
    """A segment's sentences one for one where there are as many of both."""
    for translation, original in segments:
        if len(translation) == len(original):
            yield from (([t], [o]) for t, o in zip(translation, original, strict=True))
        elif translation and original:
            yield translation, original


def perturbed(document: Document, others: list[Document], rates: Rates, seed: int) -> Perturbed:
    """A free translation of a document; `others` lend sentences and words."""
    chance = random.Random(f"{document.name} {seed} {rates}")
    beads = [(list(translation), list(original)) for translation, original in document.pieces]
    beads = [_reworded(bead, others, rates, chance) for bead in beads]
    beads = [piece for bead in beads for piece in _dropped(bead, others, rates, chance)]
    beads = _merged(beads, rates, chance)
    beads = [_parted(bead, rates, chance) for bead in beads]
    beads = [piece for bead in beads for piece in _headed(bead, rates, chance)]
    order = _swapped(len(beads), rates, chance)
    return _laid_out(document.name, beads, order, chance)


def _reworded(bead: Texts, others: list[Document], rates: Rates, chance: random.Random) -> Texts:
    if len(bead[0]) != 1 or len(bead[1]) != 1:
        return bead
    (translation,), (original,) = bead
    if chance.random() < rates.clause:
        if chance.random() < 0.5:
            translation = _without_clause(translation, ", ", chance)
        else:
            original = _without_clause(original, "、", chance)
    share = chance.random() * rates.strange
    if share:
        strangers = chance.choice(others).words(chance).split()
        words = [chance.choice(strangers) if chance.random() < share else word for word in translation.split()]
        translation = " ".join(words)
    return [translation], [original]


def _without_clause(text: str, comma: str, chance: random.Random) -> str:
    clauses = text.split(comma)
    if len(clauses) > 1:
        del clauses[chance.randrange(len(clauses))]
    return comma.join(clauses)


def _dropped(bead: Texts, others: list[Document], rates: Rates, chance: random.Random) -> list[Texts]:
    kept = [bead]
    if chance.random() < rates.dropped:
        kept = [([], bead[1])]
    elif chance.random() < rates.unoriginal:
        kept = [(bead[0], [])]
    if chance.random() < rates.foreign:
        kept.append(([chance.choice(others).words(chance)], []))
    return kept


def _merged(beads: list[Texts], rates: Rates, chance: random.Random) -> list[Texts]:
    """Neighbours made one: one sentence of theirs on one side, or both borders moved."""
    merged: list[Texts] = []
    for bead in beads:
        before = merged[-1] if merged else ([], [])
        can = all((*bead, *before)) and len(bead[0]) == len(bead[1]) == 1 and len(before[0]) + len(before[1]) < 4
        if can and chance.random() < rates.merged:
            if (chance.random() < 0.7 or len(before[1]) > 1) and len(before[0]) == 1:
                one, two = _condensed(before[0][0].rstrip("."), bead[0][0], " ", rates, chance)
                merged[-1] = ([f"{one}, and {two}"], before[1] + bead[1])
            elif len(before[1]) == 1:
                one, two = _condensed(before[1][0].rstrip("。"), bead[1][0], "", rates, chance)
                merged[-1] = (before[0] + bead[0], [f"{one}、{two}"])
            else:
                merged.append(bead)
        elif can and len(before[0]) == len(before[1]) == 1 and chance.random() < rates.shifted:
            halves = _halves(f"{before[0][0].rstrip('.')}, {bead[0][0]}", ", ", chance)
            merged[-1] = (halves, before[1] + bead[1])
        else:
            merged.append(bead)
    return merged


def _condensed(one: str, two: str, between: str, rates: Rates, chance: random.Random) -> tuple[str, str]:
    """Of what is made one sentence, a part is often left out."""
    if chance.random() >= rates.condensed:
        return one, two
    if chance.random() < 0.5:
        return _part(one, between, chance), two
    return one, _part(two, between, chance)


def _part(text: str, between: str, chance: random.Random) -> str:
    words = text.split(between) if between else list(text)
    size = max(2, round(len(words) * chance.uniform(0.2, 0.7)))
    start = chance.randrange(max(1, len(words) - size))
    return between.join(words[start : start + size])


def _headed(bead: Texts, rates: Rates, chance: random.Random) -> list[Texts]:
    """Before some beads a heading made of their first words; papers set them on one side more often than on both."""
    if not all(bead) or chance.random() >= rates.headings:
        return [bead]
    heading = " ".join(bead[0][0].split()[: chance.randint(2, 6)]).rstrip(".,").title()
    other = chance.choice(("", "◆")) + bead[1][0][: chance.randint(4, 12)].rstrip("。")
    on = chance.random()
    return [([heading] if on < 0.6 else [], [other] if on > 0.45 else []), bead]


def _parted(bead: Texts, rates: Rates, chance: random.Random) -> Texts:
    if not all(bead) or len(bead[0]) + len(bead[1]) > 2 or chance.random() >= rates.parted:
        return bead
    if chance.random() < 0.6:
        return _halves(bead[0][0], ", ", chance), bead[1]
    return bead[0], _halves(bead[1][0], "、", chance)


def _halves(text: str, comma: str, chance: random.Random) -> list[str]:
    """Parted at a comma, with something to say on both sides of it; else at a word for `and`, or not at all."""
    least = 12 if comma == ", " else 6
    places = [found.end() for found in re.finditer(re.escape(comma), text)]
    if comma == ", ":
        places += [found.start() + 1 for found in re.finditer(r" (?:and|but|which|that|as|after|while|to) ", text)]
    places = [place for place in places if least <= place <= len(text) - least]
    if not places:
        return [text]
    place = chance.choice(places)
    return [text[:place].rstrip(" ,、") + comma.strip().replace(",", ".").replace("、", "。"), text[place:]]


def _swapped(count: int, rates: Rates, chance: random.Random) -> list[int]:
    order = list(range(count))
    for at in range(count - 1):
        if chance.random() < rates.swapped:
            order[at], order[at + 1] = order[at + 1], order[at]
    return order


def _laid_out(name: str, beads: list[Texts], order: list[int], chance: random.Random) -> Perturbed:
    """Sentences numbered, and set in paragraphs that mostly, not always, break where the other side's do."""
    breaks = [chance.random() < 0.45 for _ in beads]
    kept, new = chance.uniform(0.4, 1.0), chance.uniform(0.0, 0.6)
    original, numbers_o = _side([(at, beads[at][1]) for at in range(len(beads))], breaks, 0.03, 1.0, 0.0, chance)
    translation, numbers_t = _side([(at, beads[at][0]) for at in order], breaks, 0.1, kept, new, chance)
    gold = [bead for at in range(len(beads)) for bead in _gold(numbers_t[at], numbers_o[at])]
    return Perturbed(name, translation, original, gold)


def _gold(translation: list[int], original: list[int]) -> list[GoldBead]:
    """One bead; what has no counterpart, sentence by sentence."""
    if translation and original:
        return [(tuple(translation), tuple(original))]
    return [((t,), ()) for t in translation] + [((), (o,)) for o in original]


def _side(
    beads: list[tuple[int, list[str]]],
    breaks: list[bool],
    inside: float,
    kept: float,
    new: float,
    chance: random.Random,
) -> tuple[list[Sentence], dict[int, list[int]]]:
    sentences: list[Sentence] = []
    numbers: dict[int, list[int]] = {}
    paragraph = start = 0
    for at, texts in beads:
        numbers[at] = []
        for place, text in enumerate(texts):
            rate = inside if place else (kept if breaks[at] else new)
            if is_heading(text) or (sentences and is_heading(sentences[-1].text)):
                rate = 1.0
            paragraph += bool(sentences) and chance.random() < rate
            numbers[at].append(len(sentences))
            sentences.append(Sentence(start, start + len(text), paragraph, text))
            start += len(text) + 1
    return sentences, numbers
