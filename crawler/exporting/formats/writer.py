"""What every format's writer is given, and what it has to do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final

from crawler.exporting.choosing import Filters
from crawler.exporting.reading import Records
from crawler.exporting.rows import Row

ALL: Final = ("articles", "pairs", "sentences", "history")


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its facts. `module` holds its `Writer`; `needs_text` says that it is nothing without words.

    A file may have others `beside` it, whose names add this to its own.
    """

    name: str
    module: str
    is_folder: bool = True
    tables: tuple[str, ...] = ALL
    needs_text: bool = False
    beside: tuple[str, ...] = ()


FORMATS: Final = {
    one.name: one
    for one in (
        Format("jsonl", "jsonl"),
        Format("csv", "delimited"),
        Format("tsv", "delimited"),
        Format("parquet", "parquet"),
        Format("sqlite", "sqlite", is_folder=False, beside=("metadata.json",)),
        Format("tmx", "tmx", is_folder=False, tables=("sentences",), needs_text=True),
        Format("moses", "moses", tables=("sentences",), needs_text=True),
        Format("hf", "hf"),
    )
}


@dataclass(frozen=True, slots=True)
class Job:
    """One export: `path` is what to write (a folder that is there, or a file that is not yet)."""

    format: Format
    path: Path
    records: Records
    filters: Filters
    origin: dict[str, Any]
    """Provenance as far as it is known before any row: collection, crawls, version, filters."""
    bom: bool = False


class Writer(ABC):
    """Takes rows, and writes them into the job's path.

    `written` counts rows by table, `left_out` those of sentences that the format cannot hold, by reason; `replaced` is
    how many characters it cannot hold (each is U+FFFD there, so that places stay right). `made_with` names what else
    the bytes depend on, `notes` what provenance ought to say of this format. `next` are lines of what to do with it;
    `{path}` stands for the export, `{table}` for a table that has rows.
    """

    next: tuple[str, ...] = ()

    def __init__(self, job: Job) -> None:
        self.job = job
        self.written: Counter[str] = Counter(dict.fromkeys(job.format.tables, 0))
        self.left_out: Counter[str] = Counter()
        self.replaced = 0
        self.made_with: dict[str, str] = {}
        self.notes: dict[str, Any] = {}
        self.stack = ExitStack()
        self.begin()

    @abstractmethod
    def begin(self) -> None:
        """Open what there is to open."""

    @abstractmethod
    def add(self, table: str, row: Row) -> None:
        """Write a row, and count it, or count why not."""

    def finish(self, provenance: dict[str, Any]) -> None:  # noqa: B027  # most formats have nothing to write last
        """Write what comes last; all rows are there. `provenance` is all of it but the files' digests."""

    def close(self) -> None:
        """Close all files, whatever happened."""
        self.stack.close()

    def open(self, path: Path, encoding: str = "utf-8") -> IO[str]:
        """A new text file, closed with the rest."""
        return self.stack.enter_context(path.open("x", encoding=encoding, newline="\n"))

    def clean(self, text: str) -> str:
        """Text without NUL, which this format cannot hold."""
        if "\0" not in text:
            return text
        self.replaced += text.count("\0")
        return text.replace("\0", "\ufffd")


def writer_for(job: Job) -> Writer:
    """The writer of the job's format, opened. Raises `UsageError` where a library is not installed."""
    module = import_module(f"crawler.exporting.formats.{job.format.module}")
    writer: Callable[[Job], Writer] = module.Writer
    return writer(job)
