"""RECORDS → the lines that are asked for: where each article's lines lie, and who is whose original."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from pydantic import BaseModel, ConfigDict

from archives.bounded import MAX_LINE, lines_of, model_of
from archives.collection import Collection
from archives.errors import UsageError
from crawler.addresses import resolve
from crawler.errors import NotVerified
from crawler.models import ArticleLine, PairStatus
from crawler.newspapers import newspaper_for

SUGGESTED: Final = 3
LONGEST_ASKED: Final = 300
LEAST_NEAR: Final = 0.5
PARTED: Final = re.compile("[:/]")
WORDS: Final = re.compile(r"[^\W_]+")


class _Part(BaseModel):
    """Some fields of a line; the others are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Capture(_Part):
    url: str
    record_id: str


class _Article(_Part):
    id: str
    url: str
    capture: _Capture


class _Side(_Part):
    id: str
    version: int


class SpanPart(_Part):
    """A stretch of `text`, by its code points."""

    start: int
    end: int


class LinkPart(_Part):
    """Sentences that render each other."""

    translation: tuple[SpanPart, ...]
    original: tuple[SpanPart, ...]


class AlignmentPart(_Part):
    """Of an alignment (DESIGN 3), what is asked here."""

    method: str
    sentences: tuple[LinkPart, ...]


class PairPart(_Part):
    """Of a pair line, what is asked here."""

    id: str
    status: PairStatus
    original_url: str | None
    translation: _Side
    original: _Side | None
    alignment: AlignmentPart | None = None


Kind = TypeVar("Kind", bound=BaseModel)


class Shelf:
    """Where the lines of a collection lie, by what was committed last; each is read when it is asked for.

    Both files stay open until `close`: a crawl that ends meanwhile puts others in their place.
    """

    def __init__(self, collection: Collection) -> None:
        collection.require()
        try:
            self._articles = (collection.records / "articles.jsonl").open("rb")
        except FileNotFoundError as error:
            raise UsageError(f"{error.filename}: is not there; `genbun rebuild {collection.path}` makes it") from None
        pairs = collection.records / "pairs.jsonl"
        self._pairs = pairs.open("rb") if pairs.exists() else BytesIO()
        try:
            self._find_places()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the files."""
        self._articles.close()
        self._pairs.close()

    def _find_places(self) -> None:
        self.places: dict[str, list[int]] = {}
        for offset, article in _lines(self._articles, _Article):
            self.places.setdefault(article.id, []).append(offset)
        self._translations: dict[str, list[str]] = {}
        self._originals: dict[str, str] = {}
        self._pair_at: dict[str, int] = {}
        for offset, pair in _lines(self._pairs, PairPart):
            self._pair_at[pair.id] = offset
            if pair.original and pair.original.id in self.places:
                self._originals[pair.id] = pair.original.id
                self._translations.setdefault(pair.original.id, []).append(pair.id)

    def id_of(self, asked: str) -> str:
        """The article of an id, an address or a record id. Raises UsageError with the nearest there are."""
        if asked in self.places:
            return asked
        spelled = resolve(asked, asked) or asked
        paper = newspaper_for(spelled)
        names = {spelled, paper.canonical(spelled) if paper else spelled, f"<{asked.strip('<>')}>"}
        for _, article in _lines(self._articles, _Article):
            if not names.isdisjoint((article.url, article.capture.url, article.capture.record_id)):
                return article.id
        raise self._unknown(asked)

    def group(self, article_id: str) -> list[str]:
        """An article and its counterparts: the translations first, by id, then their original."""
        original = self._originals.get(article_id, article_id)
        translations = sorted(self._translations.get(original, ()))
        return [*translations, original] if translations else [article_id]

    def groups_with_editions(self) -> Iterator[list[str]]:
        """The groups in which an article has more than one edition, by the id of their first."""
        firsts = {tuple(self.group(name)) for name, offsets in self.places.items() if len(offsets) > 1}
        yield from map(list, sorted(firsts))

    def lines(self, article_id: str) -> list[ArticleLine]:
        """An article's lines, by version."""
        found = [_read_at(self._articles, ArticleLine, offset) for offset in self.places[article_id]]
        return sorted((one for one in found if one.capture and one.version), key=lambda one: one.version or 0)

    def pair(self, article_id: str) -> PairPart | None:
        """A translation's pair line."""
        offset = self._pair_at.get(article_id)
        return _read_at(self._pairs, PairPart, offset) if offset is not None else None

    def _unknown(self, asked: str) -> UsageError:
        near = self._nearest(asked)
        hint = f"; near it: {', '.join(near)}" if near else "; ids and addresses are in records/articles.jsonl"
        return UsageError(f"{asked[:LONGEST_ASKED]}: no article of this collection has that id or address{hint}")

    def _nearest(self, asked: str) -> list[str]:
        """The ids that hold most of what was asked for, by runs of three letters."""
        wanted = _threes(asked[:LONGEST_ASKED]) or {asked}
        parts = ((name, _threes(name)) for name in self.places)
        judged = ((-len(wanted & own) / len(wanted), len(own), name) for name, own in parts)
        return [name for _, _, name in heapq.nsmallest(SUGGESTED, (one for one in judged if -one[0] >= LEAST_NEAR))]


def _threes(name: str) -> set[str]:
    """Of an id or an address its own part: behind the newspaper's name, or the last of the path."""
    words = " ".join(WORDS.findall(PARTED.split(name.rstrip("/"))[-1].casefold()))
    return {f" {words} "[at : at + 3] for at in range(len(words))}


def _lines(file: BinaryIO, kind: type[Kind]) -> Iterator[tuple[int, Kind]]:
    """Each line with its place in the file, in bytes."""
    offset = file.seek(0)
    for line in lines_of(file):
        yield offset, _read(file, kind, offset, line)
        offset += len(line)


def _read_at(file: BinaryIO, kind: type[Kind], offset: int) -> Kind:
    file.seek(offset)
    return _read(file, kind, offset, file.readline(MAX_LINE))


def _read(file: BinaryIO, kind: type[Kind], offset: int, line: bytes) -> Kind:
    try:
        return model_of(kind, line)
    except ValueError as error:
        path = Path(file.name)
        raise NotVerified(
            f"{path}, byte {offset:,}: is no such line ({error}); "
            f"`genbun rebuild {path.parent.parent}` makes it anew from archive/"
        ) from None
