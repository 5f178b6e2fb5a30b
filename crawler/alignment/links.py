"""BEADS → links: spans with confidences and warnings, and the paragraphs that follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from crawler.alignment.confidence import Confidence
from crawler.alignment.disagreements import Disagreements
from crawler.alignment.evidence import Evidence
from crawler.alignment.lattice import Bead
from crawler.alignment.records import ParagraphLink, SentenceLink, Span
from crawler.alignment.sentences import Sentence

#: A link surer than this ties its paragraphs together, and is worth a warning.
TIES: Final = 0.5


class Weighed(NamedTuple):
    """A bead and how far it is to be trusted."""

    bead: Bead
    confidence: Confidence


def sentence_links(
    weighed: Sequence[Weighed], translation: Sequence[Sentence], original: Sequence[Sentence], evidence: Evidence
) -> Iterator[SentenceLink]:
    """One link a bead."""
    disagreements = Disagreements(evidence, translation, original)
    for bead, confidence in weighed:
        end_t, end_o = bead.end
        yield SentenceLink(
            translation=_spans(translation[bead.t : end_t]),
            original=_spans(original[bead.o : end_o]),
            p_pair=confidence.p_pair,
            p_exact=confidence.p_exact,
            warnings=tuple(disagreements.within(bead)) if confidence.p_pair > TIES else (),
        )


def paragraph_links(
    weighed: Sequence[Weighed], translation: Sequence[Sentence], original: Sequence[Sentence]
) -> Iterator[ParagraphLink]:
    """The smallest groups of paragraphs that no sure link leaves, in order. Where no sentence has one, an empty side.

    A group's p_pair is the mean of its links', by length; of a paragraph alone, how sure it is that its sentences are.
    """
    count_t, count_o = _count(translation), _count(original)
    groups = _Groups(count_t + count_o)
    chances: list[tuple[int, bool, float, int]] = []
    for bead, confidence in weighed:
        if not bead.links or confidence.p_pair > TIES:
            numbers = [sentence.paragraph for sentence in translation[bead.t : bead.end[0]]]
            numbers += [count_t + sentence.paragraph for sentence in original[bead.o : bead.end[1]]]
            groups.tie(numbers)
            length = sum(len(sentence.text) for sentence in translation[bead.t : bead.end[0]])
            chances.append((numbers[0], bool(bead.links), confidence.p_pair, length or 1))
    for members in _in_order(groups.members(), count_t):
        here, is_pair = set(members), members[0] < count_t <= members[-1]
        found = [
            (chance, length) for number, is_link, chance, length in chances if number in here and is_link is is_pair
        ]
        yield ParagraphLink(
            translation=tuple(number for number in members if number < count_t),
            original=tuple(number - count_t for number in members if number >= count_t),
            p_pair=_mean(found),
        )


def _in_order(groups: list[list[int]], count_t: int) -> list[list[int]]:
    """Groups in the order of the articles: those of the original alone stand where the original has them."""
    ordered = [group for group in groups if group[0] < count_t]
    for group in (group for group in groups if group[0] >= count_t):
        place = next(
            (at for at, other in enumerate(ordered) if other[-1] > group[0] and other[-1] >= count_t), len(ordered)
        )
        ordered.insert(place, group)
    return ordered


def _mean(found: Sequence[tuple[float, int]]) -> float:
    total = sum(length for _, length in found)
    return round(sum(chance * length for chance, length in found) / total, 3) if total else 0.0


class _Groups:
    """Numbers that are tied to each other, in any number of steps."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def first(self, number: int) -> int:
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def tie(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            low, high = sorted((self.first(numbers[0]), self.first(number)))
            self._parents[high] = low

    def members(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for number in range(len(self._parents)):
            found.setdefault(self.first(number), []).append(number)
        return list(found.values())


def _spans(sentences: Sequence[Sentence]) -> tuple[Span, ...]:
    return tuple(Span(start=sentence.start, end=sentence.end) for sentence in sentences)


def _count(sentences: Sequence[Sentence]) -> int:
    return sentences[-1].paragraph + 1 if sentences else 0
