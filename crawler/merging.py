"""Collections → one: archives and receipts brought together, records, index and journal made from the archive.

No line is merged: lines are what `rebuild` makes of the merged archive, so a pair whose sides lie in two collections
is a pair, and versions are counted over all captures.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol

from archives.bounded import object_in
from archives.collection import OPEN, Collection, replaced, sync_folder
from archives.errors import UsageError
from archives.glance import glance
from archives.journal import Journal
from archives.merge import NotMergeable, Plan, carry_out, shared_lock
from archives.storage.reading import is_stored, size_of
from crawler.aligning import Alignments
from crawler.likeness import KeptShares
from crawler.lines import Written
from crawler.rebuilding import complete_unmodified, default_jobs, passing_journal, rebuild_with

_OUTCOMES: Final = ".outcomes.jsonl"
_CRAWLS: Final = "SELECT id, newspaper, started_at, ended_at, resumes, number FROM crawls ORDER BY number LIMIT 50000"
_BEGUN: Final = "INSERT INTO crawls (id, newspaper, started_at, ended_at, resumes, number) VALUES (?,?,?,?,?,?)"
_ADDRESSES: Final = "SELECT crawl, url, class, state, reason, at, notes, record_id FROM asked"
_MAX_VALUE: Final = 1024 * 1024  # of a journal's row: hundreds of bytes as a rule
_ASKED: Final = """
INSERT INTO asked (crawl, url, class, state, reason, at, notes, record_id) VALUES (?,?,?,?,?,?,?,?)
ON CONFLICT (crawl, url) DO UPDATE SET state = excluded.state, reason = excluded.reason, at = excluded.at,
    notes = excluded.notes, record_id = excluded.record_id WHERE asked.state = 'asked'
"""


class Shows(Protocol):
    """Whoever shows how far it is."""

    def begin(self, word: str, total: int) -> None:
        """Other work begins, on that many bytes."""

    def moved(self, size: int) -> None:
        """So many bytes of it are done."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did.

    `copied` of `files` came from elsewhere, `same` had the content of another one, and `covered` held no record that
    no other file holds. `renamed` are files whose name another one has. `strange` are files that nothing here reads,
    and which were left where they are. `unresolved` revisits refer to records that are in none of the collections.
    """

    files: int
    copied: int
    same: int
    covered: int
    renamed: tuple[str, ...]
    strange: tuple[Path, ...]
    unresolved: int
    written: Written


def merge(sources: Sequence[Collection], target: Collection, jobs: int | None = None,
          shows: Shows | None = None) -> Merged:  # fmt: skip
    """Bring `sources`, and what `target` holds, together in `target`.

    Holds the target's lock, and keeps crawls out of the sources. Raises `UsageError`, `NotACollection`,
    `CollectionBusy`, `NotPlain`, and `NotMergeable` before anything is written.
    """
    others = _others(sources, target)
    with ExitStack() as held, TemporaryDirectory(prefix="genbun-merge-") as scratch:
        for source in others:
            held.enter_context(shared_lock(source))
            source.require_plain()
        is_new = _make(target)
        target.require_plain()
        held.enter_context(target.lock())
        _require_here(target)
        plan = Plan(Path(scratch) / "plan.sqlite")
        held.callback(plan.close)
        try:
            warcs = [path for one in (target, *others) for path in _closed(one)]
            _begin(shows, "surveyed", 2 * sum(map(size_of, warcs)))
            plan.survey(warcs, shows.moved if shows else _unseen)
            target.create()
        except BaseException:
            if is_new:
                with suppress(OSError):
                    target.path.rmdir()
            raise
        copies = [content for content in plan.files if content.path.parent != target.archive]
        _begin(shows, "copied", sum(content.size for content in copies))
        copied = carry_out(plan, target.archive, shows.moved if shows else _unseen)
        _merge_crawls([target, *others])
        written, unresolved = _make_the_rest(target, others, jobs, shows)
    return Merged(
        files=len(plan.files),
        copied=copied,
        same=plan.same,
        covered=plan.covered,
        renamed=tuple(content.name for content in plan.files if content.is_renamed),
        strange=tuple(path for one in others for path in _strange(one)),
        unresolved=unresolved,
        written=written,
    )


def _others(sources: Sequence[Collection], target: Collection) -> list[Collection]:
    """The sources, each once, without the target."""
    there = target.path.exists()
    found: list[Collection] = []
    for source in sources:
        source.require()
        known = [*found, target] if there else found
        if any(source.path.samefile(one.path) for one in known):
            continue
        if target.path.resolve().is_relative_to(source.path.resolve()):
            raise UsageError(f"{target.path}: lies within {source.path}; give --to a folder of its own")
        found.append(source)
    return found


def _require_here(target: Collection) -> None:
    """What is merged into has its files here: they may get other names, and larger ones may take their place."""
    if any(map(is_stored, target.warcs())):
        raise UsageError(
            f"{target.path}: has WARC files that are stored elsewhere; bring them back first (`genbun store "
            f"{target.path} --from …`), or give --to a new folder and {target.path} as one of those to merge"
        )


def _make(target: Collection) -> bool:
    """Make the folder; whether it was not there. One that holds something else is refused."""
    is_new = not target.path.exists()
    try:
        if is_new:
            target.path.mkdir(parents=True)
        else:
            target.create()
    except OSError as error:
        raise UsageError(f"{target.path}: cannot be made or written to ({error.strerror}); give another one") from error
    return is_new


def _closed(collection: Collection) -> list[Path]:
    """A collection's files, if no crawl left one open."""
    warcs = collection.warcs()
    for path in warcs:
        if path.name.endswith(OPEN):
            raise NotMergeable(
                f"{path}: was not closed, so a crawl was cut off; the next `genbun crawl … --to {collection.path}` "
                "closes it, then merge again"
            )
    return warcs


def _strange(collection: Collection) -> list[Path]:
    known = {*collection.warcs(), collection.stored}
    return sorted(path for path in collection.archive.iterdir() if path not in known)


def _make_the_rest(
    target: Collection, others: Sequence[Collection], jobs: int | None, shows: Shows | None
) -> tuple[Written, int]:
    """Records, index and journal from the archive; the journal last, so that without it the next crawl reads anew."""
    warcs = target.warcs()
    _begin(shows, "read", sum(map(size_of, warcs)))
    new = target.journal.with_name(f".{target.journal.name}.new")
    new.unlink(missing_ok=True)
    journal = passing_journal(new)
    try:
        jobs = jobs or default_jobs(warcs)
        alignments, shares = Alignments(journal.db, jobs=jobs), KeptShares(journal.db, jobs=jobs)
        journals = [one.journal for one in (target, *others)]
        for path in journals:
            alignments.take(path)
            shares.take(path)
        rebuilt = rebuild_with(journal, warcs, target, alignments, shares, jobs, shows.moved if shows else None)
        complete_unmodified(journal)
        unresolved = journal.db.execute(
            "SELECT COUNT(*) FROM captures r WHERE type = 'revisit' AND refers_to != ''"
            " AND NOT EXISTS (SELECT 1 FROM captures h WHERE h.record_id = r.refers_to)"
        ).fetchone()[0]
        _carry_frontier(journals, journal)
    except BaseException:
        journal.close()
        new.unlink()
        raise
    journal.close()
    _put_in_place(new, target.journal)
    return rebuilt.written, unresolved


def _put_in_place(new: Path, journal: Path) -> None:
    with new.open("rb") as written:
        os.fsync(written.fileno())
    for ending in ("", "-wal", "-shm"):  # the journal first: SQLite takes a log without its database for none
        journal.with_name(journal.name + ending).unlink(missing_ok=True)
    new.replace(journal)
    sync_folder(journal.parent)


def _carry_frontier(journals: Sequence[Path], journal: Journal) -> None:
    """Take over which crawls there were, and what they asked, so that an unfinished one can be gone on with.

    Of what two journals say of one address the one that is settled holds. A journal that cannot be read is passed
    over: what its crawls had still to ask is forgotten then, as it is where a journal is missing.
    """
    crawls: dict[str, _Begun] = {}
    journal.db.execute("BEGIN")
    for path in journals:
        with glance(path) as db:
            if db is None:
                continue
            db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
            began = ""
            for crawl in (_Begun(*row) for row in _rows(db, _CRAWLS)):
                began = crawl.began = max(began, crawl.started_at)
                known = crawls.get(crawl.id, crawl)
                crawls[crawl.id] = replace(max(crawl, known, key=_order), ended_at=crawl.ended_at or known.ended_at)
            journal.db.executemany(_ASKED, _rows(db, _ADDRESSES))
    for number, crawl in enumerate(sorted(crawls.values(), key=_order), 1):
        values = (crawl.id, crawl.newspaper, crawl.started_at, crawl.ended_at, crawl.resumes, number)
        journal.db.execute(_BEGUN, values)
    journal.db.execute("COMMIT")


@dataclass(slots=True)
class _Begun:
    """A crawl as a journal has it. `began` is its start as that of no earlier one: clocks are set back."""

    id: str
    newspaper: str
    started_at: str
    ended_at: str | None
    resumes: str
    number: int
    began: str = ""


def _order(crawl: _Begun) -> tuple[str, int, str]:
    return crawl.began, crawl.number, crawl.id


def _rows(db: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """What a query gives, up to where the journal turns out to be damaged."""
    with suppress(sqlite3.DatabaseError):
        yield from db.execute(query)


def _merge_crawls(collections: Sequence[Collection]) -> None:
    """Copy receipts and outcomes into the first collection's `crawls/`.

    Two collections have different ones of a crawl where one was copied before the crawl was over, or taken over: the
    one that knows more is kept, of two that know as much always the same.
    """
    target = collections[0]
    crawls = sorted({crawl for one in collections for crawl in _crawls_of(one)})
    for crawl in crawls:
        folders = [one.crawls for one in collections]
        best = max((folder for folder in folders if _files_of(folder, crawl)), key=lambda f: _knows(f, crawl))
        for path in _files_of(best, crawl):
            if best != target.crawls:
                with replaced(target.crawls / path.name) as new:
                    shutil.copyfile(path, new)


def _crawls_of(collection: Collection) -> Iterator[str]:
    for path in collection.crawls.glob("*.json*"):
        name = path.name.removesuffix(_OUTCOMES).removesuffix(".json")
        if not path.name.startswith(".") and _files_of(collection.crawls, name):
            yield name


def _files_of(folder: Path, crawl: str) -> list[Path]:
    return [path for path in (folder / f"{crawl}.json", folder / f"{crawl}{_OUTCOMES}") if path.is_file()]


def _knows(folder: Path, crawl: str) -> tuple[int, bool, str, list[str]]:
    """How much is known of a crawl: receipt and outcomes, whether it finished, when it ended; then digests."""
    digests = []
    for path in _files_of(folder, crawl):
        with path.open("rb") as handle:
            digests.append(hashlib.file_digest(handle, "sha256").hexdigest())
    path = folder / f"{crawl}.json"
    try:
        receipt = object_in(path)
        finished, ended = receipt["finished"] is True, str(receipt["ended_at"] or "")
    except (OSError, KeyError):
        finished, ended = False, ""
    return len(digests), finished, ended, digests


def _begin(shows: Shows | None, word: str, total: int) -> None:
    if shows is not None:
        shows.begin(word, total)


def _unseen(size: int) -> None:
    """Nobody looks."""
