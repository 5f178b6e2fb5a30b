"""COLLECTION → EXPORT: the steps, and that a path is written whole or not at all, and never over another."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from archives.collection import Collection, sync_folder
from crawler.errors import GenbunError, NothingFound, UsageError
from crawler.exporting.changing import Changes
from crawler.exporting.choosing import REASONS, Filters, choose, unknown_rules
from crawler.exporting.formats import FORMATS, Format, Job, Writer, writer_for
from crawler.exporting.making import Maker
from crawler.exporting.provenance import files_of, origin_of, provenance_of, write_provenance
from crawler.exporting.reading import Records

PROVENANCE: Final = "provenance.json"
#: Why a pair is not aligned, in words; any other reason is its status.
NOT_ALIGNED: Final = {"cannot_be": "that cannot be", "not_tried": "not tried"}
BOM_FORMATS: Final = ("csv", "tsv")


class Progress(Protocol):
    """Is told what is done now, to how many bytes in all, and how many more are done."""

    def begin(self, word: str, total: int) -> None:
        """Go on to other work."""

    def moved(self, size: int) -> None:
        """So many bytes more are done."""

    def note(self, line: str) -> None:
        """Tell what whoever asked ought to know now."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: `provenance` says all of it, and lies at `provenance_path`."""

    path: Path
    provenance_path: Path
    provenance: dict[str, Any]
    next: tuple[str, ...]


def export(
    collection: Collection, format_name: str, target: Path, filters: Filters, progress: Progress, *, bom: bool = False
) -> Exported:
    """Write an export, by the last committed state: nothing is locked.

    Raises `UsageError` where the target is there or the options make no sense, `NotVerified` where a line is not as it
    should be, `NothingFound` where nothing passes the filters; then nothing is written.
    """
    format_ = FORMATS[format_name]
    filters.check()
    _check_options(format_, filters, bom=bom)
    collection.require()
    _check_target(collection, target, format_)
    try:
        with Records(collection) as records:
            progress.begin("read", records.size)
            records.index(progress.moved)
            choose(records, filters)
            if unknown := unknown_rules(records.db, filters.robots):
                progress.note(f"--leave-out-robots: {unknown}")
            total = _require_something(records)
            progress.begin("exported", total)
            maker = Maker(records, filters, progress.moved)
            changes = Changes(maker, _Reading(collection, progress).moved)
            with _fresh(target, format_) as folder:
                path = folder if format_.is_folder else folder / target.name
                job = Job(format_, path, records, filters, origin_of(collection, format_, filters), bom)
                with closing(writer_for(job)) as writer:
                    _write(writer, maker, changes)
                    provenance = provenance_of(records, writer, maker, changes)
                    writer.finish(provenance)
                provenance["files"] = files_of(folder)
                write_provenance(folder / _provenance_name(target, format_), provenance)
    except (OSError, sqlite3.OperationalError) as error:
        raise GenbunError(f"{target}: could not be written ({error}); nothing of it was left there") from error
    return Exported(target, _outputs(target, format_)[-1], provenance, writer.next)


def _check_options(format_: Format, filters: Filters, *, bom: bool) -> None:
    if bom and format_.name not in BOM_FORMATS:
        raise UsageError(f"--bom: is for csv and tsv, not for {format_.name}")
    if format_.needs_text and not filters.text:
        others = ", ".join(one.name for one in FORMATS.values() if not one.needs_text)
        raise UsageError(f"--no-text: {format_.name} holds nothing but text; these can do without: {others}")


def _check_target(collection: Collection, target: Path, format_: Format) -> None:
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent}: is no folder; make it first, or give another --to")
    if target.resolve().is_relative_to(collection.path.resolve()):
        raise UsageError(f"{target}: lies in the collection, where only what a crawl wrote belongs; give another --to")
    for path in _outputs(target, format_):
        if os.path.lexists(path):
            raise UsageError(f"{path}: is there already, and nothing is overwritten; remove it, or give another --to")


def _provenance_name(target: Path, format_: Format) -> str:
    return PROVENANCE if format_.is_folder else f"{target.name}.{PROVENANCE}"


def _outputs(target: Path, format_: Format) -> list[Path]:
    """What comes to lie where; the provenance last."""
    if format_.is_folder:
        return [target, target / PROVENANCE]
    beside = [target.with_name(f"{target.name}.{more}") for more in format_.beside]
    return [target, *beside, target.with_name(_provenance_name(target, format_))]


def _require_something(records: Records) -> int:
    """How many bytes of lines are to be exported; raises `NothingFound` for none."""
    articles, pairs = (
        records.db.execute(f"SELECT COUNT(*), COALESCE(SUM(size), 0) FROM {table} WHERE why IS NULL").fetchone()  # noqa: S608  # ours
        for table in ("articles", "pairs")
    )
    if not articles[0] and not pairs[0]:
        held = records.db.execute("SELECT COUNT(*), MIN(day), MAX(day) FROM articles").fetchone()
        if not held[0]:
            raise NothingFound(
                f"{records.collection.path}: its records hold no article, so there is nothing to export; "
                f"`genbun status {records.collection.path}` says what its crawls met"
            )
        raise NothingFound(
            f"{records.collection.path}: none of its {held[0]:,} versions of articles ({held[1]} to {held[2]}) is what "
            "was asked for, so nothing was written; ask for less"
        )
    return int(articles[1] + pairs[1])


class _Reading:
    """Tells of WARC files that have to be read, where the journal does not know when editions were captured."""

    def __init__(self, collection: Collection, progress: Progress) -> None:
        self._collection, self._progress, self._began = collection, progress, False

    def moved(self, size: int) -> None:
        """So many bytes more were read."""
        if not self._began:
            self._began = True
            total = sum(path.stat().st_size for path in self._collection.warcs())
            self._progress.begin("of the archive, for the history (--no-history does without), read", total)
        self._progress.moved(size)


def _write(writer: Writer, maker: Maker, changes: Changes) -> None:
    """All rows, articles first, each pair followed by its sentences; what changed between versions last."""
    tables = writer.job.format.tables
    if "articles" in tables:
        for article in maker.articles():
            writer.add("articles", article)
    for pair, sentences in maker.pairs():
        if "pairs" in tables:
            writer.add("pairs", pair)
        for sentence in sentences:
            writer.add("sentences", sentence)
    if "history" in tables and writer.job.filters.history:
        for change in changes.rows():
            writer.add("history", change)
    if tables == ("sentences",) and not writer.written.total():
        _refuse_empty(writer, maker)


def _refuse_empty(writer: Writer, maker: Maker) -> None:
    if not maker.methods:
        why = _why_none_aligned(writer, maker)
    else:
        left_out = maker.left_out + writer.left_out
        why = f"no pair of sentences is left ({', '.join(f'{left_out[why]:,} {REASONS[why]}' for why in left_out)})"
    raise NothingFound(f"{writer.job.format.name} holds pairs of sentences, and {why}; nothing was written")


def _why_none_aligned(writer: Writer, maker: Maker) -> str:
    if count := maker.not_aligned.total():
        reasons = ", ".join(f"{number:,} {NOT_ALIGNED.get(why, why)}" for why, number in maker.not_aligned.items())
        return f"none of the {count:,} pairs here that have an original is aligned yet ({reasons})"
    chosen = writer.job.records.db.execute("SELECT COUNT(*) FROM pairs WHERE why IS NULL").fetchone()[0]
    return f"of the pairs that were asked for ({chosen:,}) none has an original"


@contextmanager
def _fresh(target: Path, format_: Format) -> Iterator[Path]:
    """A new folder beside the target; what lies in it takes its place, durable, when the block ends without error."""
    folder = target.with_name(f".{target.name}.{os.getpid()}.new")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
        _sync(folder)
        if format_.is_folder:
            folder.rename(target)
        else:
            for path in reversed(_outputs(target, format_)):  # the file itself last: it is never without its provenance
                (folder / path.name).rename(path)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)
