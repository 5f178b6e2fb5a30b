"""COLLECTION → history lines: for one article with its counterparts, or for all that were ever edited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Literal, Protocol

from archives.collection import Collection
from crawler.editions.following import follow
from crawler.editions.records import ArticleHistory, HistoryLine
from crawler.editions.shelf import PairPart, Shelf
from crawler.editions.telling import Told, told
from crawler.editions.visits import Moved, Visits, addresses_of, visits_to
from crawler.models import ArticleLine


class Lines(Protocol):
    """A collection's lines, wherever they are looked up: `Shelf` is one, the index of an export another."""

    def groups_with_editions(self) -> Iterator[list[str]]:
        """The ids that belong together, translations before their original, where one has more than one edition."""

    def lines(self, article_id: str) -> list[ArticleLine]:
        """An article's lines, by version."""

    def pair(self, article_id: str) -> PairPart | None:
        """A translation's pair line."""


def history_of(collection: Collection, asked: str, moved: Moved | None = None) -> HistoryLine:
    """The history of an article and its counterparts; `asked` is an id, an address or a record id of any of them.

    Raises `UsageError` where the collection has no such article, `NotVerified` where its lines are none.
    """
    with closing(Shelf(collection)) as shelf:
        group = shelf.group(shelf.id_of(asked))
        with visits_to(collection, lambda: _addresses(shelf, [group]), moved) as visits:
            return _history(shelf, group, visits)


def histories(collection: Collection, moved: Moved | None = None) -> Iterator[HistoryLine]:
    """A line for each article with more than one edition, or with a counterpart that has, by id; one at a time.

    The same collection gives the same lines. `moved` is told the bytes of WARC files that had to be read.
    """
    with closing(Shelf(collection)) as shelf:
        yield from histories_of(shelf, collection, moved)


def histories_of(lines: Lines, collection: Collection, moved: Moved | None = None) -> Iterator[HistoryLine]:
    """The same of lines that somebody else looks up."""
    groups = list(lines.groups_with_editions())
    if not groups:
        return
    with visits_to(collection, lambda: _addresses(lines, groups), moved) as visits:
        for group in groups:
            yield _history(lines, group, visits)


def _addresses(shelf: Lines, groups: Sequence[Sequence[str]]) -> set[str]:
    return {url for group in groups for name in group for url in addresses_of(shelf.lines(name))}


def _history(shelf: Lines, group: Sequence[str], visits: Visits) -> HistoryLine:
    articles = [_told(shelf, name, visits) for name in group]
    for translation in articles[:-1]:
        pair = shelf.pair(translation.id)
        if pair is not None and pair.original is not None:
            follow(translation, articles[-1], pair.alignment, (pair.translation.version, pair.original.version))
    return HistoryLine(
        id=group[0],
        articles=tuple(
            _article(shelf, article, "original" if len(group) > 1 and article is articles[-1] else None)
            for article in articles
        ),
    )


def _told(shelf: Lines, name: str, visits: Visits) -> Told:
    lines = shelf.lines(name)
    return told(lines, visits.of(lines))


def _article(shelf: Lines, article: Told, side: Literal["original"] | None) -> ArticleHistory:
    last, pair = article.lines[-1], shelf.pair(article.id)
    return ArticleHistory(
        id=article.id,
        side=side or ("translation" if pair is not None else None),
        newspaper=last.newspaper,
        language=last.language,
        url=last.url,
        pair=pair.status if pair else None,
        alignment=pair.alignment.method if pair and pair.alignment else None,
        editions=tuple(article.editions),
        revisions=tuple(article.revisions),
    )
